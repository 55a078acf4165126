"""What a page rests on, on the desk: a picture with a table beside it, and a report over all live pages."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from django.utils import timezone

from articles.admin.evidence import picture_of, share
from articles.admin.reports import RESTS_ON
from articles.markup.evidence import EvidenceProfile
from articles.models import Kind, PublishedPage, Revision
from citations.models import Source
from citations.study_designs import NAMES, EvidenceKind
from mesoinfo.models import User
from tests.articles.public.conftest import PublishPage
from tests.conftest import without_triggers
from tests.desk_answers import told

REPORT = "/admin/articles/revision/reports/what-pages-rest-on/"
# PAGE of tests/conftest.py: a lede, two lines, one that cites a source of no stated design, and a checklist of two.
FIGURES = (
    "1 of 6 statements cite a source, each counted once for the strongest. Of those that cite nothing, none give a"
)
ROWS = "Source whose design is not stated 1 17% Nothing cited 5 83%"


@pytest.fixture
def at_the_desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def at_step(revision: Revision, name: str) -> str:
    return f"/admin/articles/revision/{revision.pk}/{name}/"


def test_the_page_of_an_article_shows_what_the_live_page_rests_on(
    at_the_desk: Client, published: PublishedPage
) -> None:
    answer = at_the_desk.get(f"/admin/articles/article/{published.article_id}/change/")
    assert f"What the live page rests on {FIGURES}" in told(answer)
    assert ROWS in told(answer)
    age = timezone.now().year - 2020
    assert f"1 source; median age in years: {age}, from 2020." in told(answer)


def test_an_article_without_a_live_page_or_with_one_from_before_shows_none(
    at_the_desk: Client, approved: Revision, published: PublishedPage
) -> None:
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.update(evidence={})
    assert "rests on" not in told(at_the_desk.get(f"/admin/articles/article/{published.article_id}/change/"))


def test_reviewers_see_what_the_page_would_rest_on(client: Client, in_review: Revision, reviewer: User) -> None:
    client.force_login(reviewer)
    answer = client.get(at_step(in_review, "review"))
    assert f"What it would rest on {FIGURES}" in told(answer)
    assert ROWS in told(answer)


def test_publishers_see_it_with_what_will_be_published(client: Client, approved: Revision, publisher: User) -> None:
    client.force_login(publisher)
    assert f"What it would rest on {FIGURES}" in told(client.get(at_step(approved, "publish")))
    assert f"What it rests on {FIGURES}" in told(client.get(at_step(approved, "read")))


def test_writers_see_it_beside_the_draft_and_as_they_type(at_the_desk: Client, draft: Revision) -> None:
    assert f"What it rests on {FIGURES}" in told(at_the_desk.get(at_step(draft, "write")))
    preview = at_the_desk.post("/admin/markdown/preview/", {"content": "# T\n\nIn 40% of people it helps.\n"})
    assert "0 of 1 statement cite a source" in told(preview)
    assert "Of those that cite nothing, 1 give a figure. It cites no source." in told(preview)


def test_the_chart_has_the_figures_of_the_table() -> None:
    profile = EvidenceProfile({EvidenceKind.COHORT: 3, EvidenceKind.STORY: 1}, 12, 2, (2015, None))
    picture = picture_of(profile, year=2026)
    assert [(bar.label, bar.value) for bar in picture.chart.bars] == [(name, count) for name, count, _ in picture.rows]
    assert picture.rows == [(NAMES[EvidenceKind.COHORT], 3, "19%"), ("Story", 1, "6%"), ("Nothing cited", 12, "75%")]
    assert picture.statements.endswith("Of those that cite nothing, 2 give a figure.")
    assert picture.sources == "2 sources, 1 without a year; median age in years: 11, from 2015."


def test_its_picture_has_a_name_and_ids_of_its_own(at_the_desk: Client, published: PublishedPage) -> None:
    page = at_the_desk.get(f"/admin/articles/article/{published.article_id}/change/").content.decode()
    assert re.search(r'<svg class="chart"[^>]*role="img"[^>]*aria-labelledby="chart-rests-on-title ', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "–"), (0, 9, "0%"), (1, 1000, "<1%"), (1, 8, "12%"), (999, 1000, ">99%"), (9, 9, "100%")],
)
def test_a_share_is_never_told_as_none_or_all_if_it_is_not(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


# The report


def test_the_report_tells_every_live_page_the_longest_first(
    at_the_desk: Client, published: PublishedPage, publish_page: PublishPage, source: Source
) -> None:
    Source.objects.filter(pk=source.pk).update(study_design="randomized controlled trial")
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nA trial was done [@trial2020].\n")
    publish_page("privacy", "# Privacy\n\nWhat we keep.\n\n## Cookies\n\nNone.\n", kind=Kind.PAGE)
    answer = at_the_desk.get(f"{REPORT}?format=csv")
    columns, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert columns == ["Page", "Statements", *RESTS_ON, "Nothing cited", "Sources", "Median age in years"]
    age = str(timezone.now().year - 2020)
    assert rows == [
        ["mesothelioma/stage-4", "6", "0%", "0%", "0%", "0%", "0%", "0%", "17%", "83%", "1", age],
        ["mesothelioma/cough", "2", "0%", "50%", "0%", "0%", "0%", "0%", "0%", "50%", "1", age],
    ]
    shown = told(at_the_desk.get(REPORT))
    assert " ".join(rows[0]) in shown
    assert "Of each live page, the longest first" in shown


def test_every_kind_is_in_one_column_of_the_report() -> None:
    assert sorted(kind for kinds in RESTS_ON.values() for kind in kinds) == sorted(EvidenceKind)


def test_a_page_from_before_stands_in_the_report_with_dashes(at_the_desk: Client, published: PublishedPage) -> None:
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.update(evidence={})
    assert f"mesothelioma/stage-4{' –' * 11} " in told(at_the_desk.get(REPORT)) + " "
