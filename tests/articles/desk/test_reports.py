"""Reports on the desk: each figure says what it counts, each table is a file too, each chart stands beside a table."""

from __future__ import annotations

import csv
import datetime
import io
import re

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.admin.charts import WIDTH, Bar, Chart
from articles.admin.csv_download import FORMULA, csv_download, harmless
from articles.admin.reports import REPORTS, SPANS, duration
from articles.models import Article, Credential, PublishedPage, ReviewClaim, ReviewRequest, Revision
from articles.review import claiming
from mesoinfo.models import User
from tests.articles.review.rows import fill
from tests.conftest import a_user, without_triggers
from tests.desk_answers import told

ALL = "/admin/articles/revision/reports/"
HOSTILE = '=HYPERLINK("http://evil.example", "Click"), it says\nand 🦠 “more”'


@pytest.fixture
def at_the_desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def file_of(answer: StreamingHttpResponse) -> list[list[str]]:
    """The rows of a CSV file, as a spreadsheet reads them."""
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_report_has_words_for_having_nothing(at_the_desk: Client) -> None:
    shown = told(at_the_desk.get(ALL))
    for nothing in (
        "You signed nothing in the last 90 days.",
        "You declined nothing in the last 90 days.",
        "No review is overdue.",
        "Every live page was reviewed in time.",
        "Nothing waits for review.",
        "No review was approved in the last 90 days.",
        "No page is live yet.",
    ):
        assert nothing in shown
    assert "Typical time – Median over these 0 reviews" in shown
    for name in REPORTS:
        assert at_the_desk.get(f"{ALL}{name}/").status_code == 200


def test_my_reviews_are_mine(client: Client, published: PublishedPage, reviewer: User, second_reviewer: User) -> None:
    blocks = published.revision.blocks.count()
    client.force_login(reviewer)
    shown = told(client.get(ALL))
    assert f"Blocks signed {blocks} Each signature of yours on one block, those withdrawn since too." in shown
    assert "Pages 1 Pages of which you signed at least one block." in shown
    assert f"mesothelioma/stage-4 1 {blocks} 0" in shown
    client.force_login(second_reviewer)
    shown = told(client.get(ALL))
    assert "Blocks signed 0" in shown
    assert "You signed nothing in the last 90 days." in shown


def test_a_period_is_chosen(at_the_desk: Client, published: PublishedPage) -> None:
    with without_triggers("articles_reviewrequest"):
        long_ago = timezone.now() - datetime.timedelta(days=100)
        ReviewRequest.objects.update(opened_at=long_ago - datetime.timedelta(days=3), closed_at=long_ago)
    assert "No review was approved in the last 90 days." in told(at_the_desk.get(f"{ALL}time-to-sign-off/"))
    longer = at_the_desk.get(f"{ALL}time-to-sign-off/?period=365")
    assert "of 1 review approved in the last 365 days" in told(longer)
    assert "All 1 3.0 days 3.0 days Medium 1 3.0 days 3.0 days" in told(longer)
    assert "approved ever" in told(at_the_desk.get(f"{ALL}time-to-sign-off/?period=all"))
    assert "in the last 90 days" in told(at_the_desk.get(f"{ALL}time-to-sign-off/?period=nonsense"))
    assert 'aria-current="true">Last 365 days' in longer.content.decode()


def test_what_is_overdue_says_who_has_it(at_the_desk: Client, in_review: Revision, reviewer: User) -> None:
    asked = in_review.review_request
    today = timezone.now().date()
    due = today - datetime.timedelta(days=3)
    ReviewRequest.objects.filter(pk=asked.pk).update(due_on=due)
    assert f"mesothelioma/stage-4 Medium {due} 3 Nobody yet" in told(at_the_desk.get(f"{ALL}overdue-reviews/"))
    ReviewRequest.objects.filter(pk=asked.pk).update(assigned_to=reviewer)
    assert f"{due} 3 reviewer is asked" in told(at_the_desk.get(f"{ALL}overdue-reviews/"))
    claiming.claim(asked, by=reviewer)
    assert f"{due} 3 Being reviewed by reviewer" in told(at_the_desk.get(f"{ALL}overdue-reviews/"))
    oldest = told(at_the_desk.get(f"{ALL}oldest-in-the-queue/"))
    assert f"mesothelioma/stage-4 Medium {today} 0 {due} Being reviewed by reviewer" in oldest


def test_a_page_past_its_review_is_listed_with_its_state(at_the_desk: Client, published: PublishedPage) -> None:
    today = timezone.now().date()
    Article.objects.update(next_due=today, last_reviewed=today - datetime.timedelta(days=700))
    assert f"{today} 0 Overdue" in told(at_the_desk.get(f"{ALL}pages-to-be-read-again/"))
    matrix = told(at_the_desk.get(f"{ALL}risk-and-freshness/"))
    assert "The 1 live page, as of today." in matrix
    assert "Medium 0 0 1 0 1" in matrix


@pytest.mark.whole
def test_long_lists_go_on_on_further_pages(at_the_desk: Client, reviewer: User) -> None:
    fill(1, [reviewer], Credential.objects.all()[0], articles=220)
    page = told(at_the_desk.get(f"{ALL}pages-to-be-read-again/"))
    assert "Page 1 of" in page
    assert "Page 2 of" in told(at_the_desk.get(f"{ALL}pages-to-be-read-again/?page=2"))
    assert at_the_desk.get(f"{ALL}pages-to-be-read-again/?page=x").status_code == 200
    whole = file_of(at_the_desk.get(f"{ALL}pages-to-be-read-again/?format=csv"))  # type: ignore[arg-type]
    assert len(whole) - 1 > 50
    overview = told(at_the_desk.get(ALL))
    assert f"All {len(whole) - 1} : Pages to be read again" in overview


def test_a_report_nobody_wrote_is_not_found(at_the_desk: Client) -> None:
    assert at_the_desk.get(f"{ALL}who-is-fastest/").status_code == 404


@pytest.mark.whole
def test_the_number_of_queries_does_not_depend_on_how_much_there_is(at_the_desk: Client, reviewer: User) -> None:
    people = [reviewer, a_user("medical reviewer", email="third@example.org")]
    fill(1, people, Credential.objects.all()[0], articles=15)

    def queries(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = at_the_desk.get(address)
            if isinstance(answer, StreamingHttpResponse):
                answer.getvalue()
        return len(asked)

    addresses = [ALL, *(f"{ALL}{name}/" for name in REPORTS), *(f"{ALL}{name}/?format=csv" for name in REPORTS)]
    few = [queries(address) for address in addresses]
    fill(2, people, Credential.objects.all()[0], articles=60)
    assert [queries(address) for address in addresses] == few


def test_the_front_page_leads_to_what_is_late(at_the_desk: Client, in_review: Revision) -> None:
    assert "No review is overdue, and every page was reviewed in time." in told(at_the_desk.get("/admin/"))
    ReviewRequest.objects.update(due_on=timezone.now().date() - datetime.timedelta(days=3))
    front = at_the_desk.get("/admin/")
    assert "What is late 1 Overdue reviews 1" in told(front)
    assert f'href="{ALL}"' in front.content.decode()
    assert f'href="{ALL}"' in at_the_desk.get("/admin/articles/revision/for-review/").content.decode()


# Files


def test_every_report_is_a_file_with_the_same_rows(at_the_desk: Client, published: PublishedPage) -> None:
    for name in REPORTS:
        answer = at_the_desk.get(f"{ALL}{name}/?format=csv&period=all")
        assert isinstance(answer, StreamingHttpResponse)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        today = timezone.now().date()
        assert answer["Content-Disposition"] == f'attachment; filename="mesoinfo-{name}-{today}.csv"'
        assert b"".join(answer).startswith(b'\xef\xbb\xbf"')
        columns, *rows = file_of(at_the_desk.get(f"{ALL}{name}/?format=csv&period=all"))
        shown = told(at_the_desk.get(f"{ALL}{name}/?period=all"))
        assert " ".join(columns) in shown or not rows
        for row in rows:
            assert " ".join(" ".join(row).split()) in shown


def test_a_hostile_reason_is_text_in_the_file_and_runs_nowhere(
    at_the_desk: Client, in_review: Revision, reviewer: User
) -> None:
    claiming.claim(in_review.review_request, by=reviewer)
    claiming.decline(in_review.review_request, reason=HOSTILE, by=reviewer)
    _, row = file_of(at_the_desk.get(f"{ALL}what-i-declined/?format=csv"))  # type: ignore[arg-type]
    assert row[-1] == f"'{HOSTILE}"
    assert ReviewClaim.objects.get().reason == HOSTILE


def test_a_file_has_each_cell_quoted() -> None:
    answer = csv_download("x", ["A", "B"], [['say "so"', 1], [None, "two\r\nlines"]])
    assert answer.getvalue().decode() == '\ufeff"A","B"\r\n"say ""so""","1"\r\n"","two\r\nlines"\r\n'


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "=cmd|' /C calc'!A0", "-", "'=1"]
)
def test_what_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["mesothelioma/stage-4", "3.5 days", "O'Neill", "1 = 1", "–", "", "🦠"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_a_file_reads_back_as_what_was_written(rows: list[tuple[str, str]]) -> None:
    """But for the apostrophe; and no cell begins with what starts a formula."""
    _, *found = file_of(csv_download("x", ["A", "B"], rows))
    cells = [cell for row in found for cell in row]
    given = [cell for row in rows for cell in row]
    assert not any(cell.startswith(FORMULA) for cell in cells)
    assert [cell if cell == was else cell.removeprefix("'") for cell, was in zip(cells, given, strict=True)] == given


# Charts


def test_a_chart_has_a_name_and_the_figures_stand_in_the_table(at_the_desk: Client, published: PublishedPage) -> None:
    page = at_the_desk.get(ALL).content.decode()
    charts = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(charts) == 2  # nothing waits, so there is no chart of it
    for chart in charts:
        assert 'role="img"' in chart
        names = re.search(r'aria-labelledby="(\S+) (\S+)"', chart)
        assert names is not None
        assert re.search(rf'<title id="{names[1]}">[^<]+</title>', chart)
        assert re.search(rf'<desc id="{names[2]}">[^<]+</desc>', chart)
        assert "style=" not in chart
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_bar_is_as_long_as_its_share_of_the_largest_and_never_invisible() -> None:
    chart = Chart("c", "T", "D", [Bar("all", 1_000_000), Bar("half", 500_000), Bar("one", 1), Bar("none", 0)])
    assert [drawn.length for drawn in chart.drawn] == [WIDTH, WIDTH // 2, 2, 0]
    assert [drawn.length for drawn in Chart("c", "T", "D", [Bar("none", 0)]).drawn] == [0]


def test_bars_and_headings_stand_below_each_other_inside_the_picture() -> None:
    chart = Chart("c", "T", "D", [Bar("a", 1, heading="First"), Bar("b", 2), Bar("c", 3, heading="Second")])
    places = [place for drawn in chart.drawn for place in (drawn.top, drawn.bar_at + chart.thickness)]
    assert places == sorted(places)
    assert places[-1] <= chart.height


def test_the_spans_of_days_are_named_without_a_gap() -> None:
    assert SPANS == (
        "Less than a day",
        "1 day",
        "2 days",
        "3 to 4 days",
        "5 to 7 days",
        "8 to 14 days",
        "15 to 28 days",
        "More than 28 days",
    )


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (None, "–"),
        (datetime.timedelta(seconds=20), "0 minutes"),
        (datetime.timedelta(minutes=1), "1 minute"),
        (datetime.timedelta(hours=5, minutes=30), "5.5 hours"),
        (datetime.timedelta(days=3, hours=12), "3.5 days"),
    ],
)
def test_how_long_things_took_is_said_in_a_fitting_unit(took: datetime.timedelta | None, said: str) -> None:
    assert duration(took) == said
