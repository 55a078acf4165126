"""What this page rests on: readers are told in plain words, in figures that agree with the rest of the page."""

from __future__ import annotations

import itertools
import re

import pytest

from articles.markup.evidence import EvidenceProfile
from articles.markup.reading_grade import AIM, grade
from articles.models import Article, EmergencyNotice, Kind, PublishedPage
from articles.public.rests_on import KINDS, in_words
from articles.publishing import emergency
from citations.models import Source
from citations.study_designs import EvidenceKind
from mesoinfo.models import User
from tests.conftest import a_user, without_triggers

from .conftest import PublishPage, Read
from .seen import Element, seen

AT = "/mesothelioma/made-up/"
TEXT = """# Made up

What helps.

## Drugs

Two drugs were tried [@trial2020]. They may help you. In 40% of people they did [@trial2020].
"""

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.fixture
def made_up(publish_page: PublishPage, source: Source) -> PublishedPage:
    Source.objects.filter(pk=source.pk).update(study_design="phase 2 trial")
    return publish_page("mesothelioma/made-up", TEXT)


def section_of(page: str) -> Element:
    """The part of the page that says what it rests on."""
    (section,) = [part for part in seen(page).all("section") if part["aria-labelledby"] == "rests-on"]
    return section


def test_a_page_says_what_it_rests_on(read: Read, made_up: PublishedPage) -> None:
    section = section_of(read(AT))
    assert section.one("h2").text == "What this page rests on"
    assert [item.text for item in section.all("li")] == [
        "2 rest on a trial of a treatment, with no sign that chance decided who got it"
    ]
    assert [paragraph.text for paragraph in section.all("p")][:3] == [
        "This page makes 4 statements. 2 of them name a source. We count each once, for its strongest source. "
        "The strongest kinds come first.",
        "2 name no source. They should only explain, advise, or say what is widely known. None gives a figure.",
        "The page cites one source, from 2020.",
    ]


def test_it_stands_behind_the_references_and_is_no_part_of_what_is_signed(read: Read, made_up: PublishedPage) -> None:
    page = read(AT)
    assert page.index('id="references"') < page.index('id="rests-on"') < page.index('id="people"')
    assert page.count("What this page rests on") == 1
    words = "This page makes"
    assert words not in made_up.body_html + made_up.plain_text + "".join(made_up.references_html.values())
    assert not made_up.revision.blocks.filter(html__contains=words).exists()


def test_it_is_counted_once_when_the_page_is_published(read: Read, made_up: PublishedPage, source: Source) -> None:
    assert made_up.evidence == {"kinds": {"trial": 2}, "nothing": 2, "bare_figures": 0, "years": [2020]}
    Source.objects.filter(pk=source.pk).update(study_design="case report")
    assert "2 rest on a trial" in section_of(read(AT)).text


def test_a_page_from_before_says_nothing(read: Read, made_up: PublishedPage) -> None:
    as_from_before(made_up)
    assert "rests-on" not in read(AT)


def test_a_page_that_cites_nothing_says_so(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    told = section_of(read("/mesothelioma/cough/")).text
    assert "This page makes 2 statements. None of them names a source." in told
    assert "They should only explain" in told
    assert "The page cites" not in told


def test_a_page_of_the_site_that_cites_nothing_needs_nothing(
    read: Read, publish_page: PublishPage, source: Source
) -> None:
    publish_page("privacy", "# Privacy\n\nWhat we keep.\n\n## Cookies\n\nNone.\n", kind=Kind.PAGE)
    assert "rests-on" not in read("/privacy/")
    publish_page("about", "# About\n\nWho we are.\n\n## Care\n\nA trial was done [@trial2020].\n", kind=Kind.PAGE)
    assert "One of them names a source." in section_of(read("/about/")).text


def test_hidden_blocks_are_counted_no_more_and_the_list_stays(
    read: Read, made_up: PublishedPage, reviewer: User
) -> None:
    hide_the_drugs(made_up, reviewer)
    page = read(AT)
    assert "This page makes one statement. It does not name a source." in section_of(page).text
    assert "The page cites one source, from 2020." in section_of(page).text
    assert 'id="ref-trial2020"' in page


def test_hiding_blocks_of_a_page_from_before_counts_nothing(read: Read, made_up: PublishedPage, reviewer: User) -> None:
    as_from_before(made_up)
    hide_the_drugs(made_up, reviewer)
    assert "rests-on" not in read(AT)


def as_from_before(page: PublishedPage) -> None:
    """The page as one that was published before this was counted."""
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.filter(pk=page.pk).update(evidence={})


def hide_the_drugs(page: PublishedPage, reviewer: User) -> None:
    """Hide the one block that cites something."""
    officer = a_user("safety officer")
    notice = EmergencyNotice.objects.create(text="We are checking this part.", written_by=officer)
    emergency.sign_notice(notice, by=reviewer)
    block = page.revision.blocks.get(canonical__contains="Two drugs")
    article = Article.objects.get(pk=page.article_id)
    emergency.hide_blocks(article, digests=[block.digest], notice=notice, reason="Wrong.", by=officer)


# The words

NOW = 2026
COUNTS = [*itertools.product((0, 1, 2, 7), (0, 1, 2, 30), (0, 1, 2))]
YEARS: list[tuple[int | None, ...]] = [
    (),
    (None,),
    (2015,),
    (None, None),
    (2015, None),
    (2015, None, None),
    (2015, 2015),
    (2026, 2025),
    (2021, 2015, 2009, None),
    (2021, 2015, 2009),
]


def all_words(profile: EvidenceProfile) -> list[str]:
    """Each sentence of a profile."""
    told = in_words(profile, year=NOW)
    rests = [f"{count} {'rests' if count == 1 else 'rest'} on {kind}." for count, kind in told.kinds]
    return [told.opening, *rests, *filter(None, (told.on_nothing, told.ages))]


@pytest.mark.parametrize("years", YEARS, ids=str)
def test_the_words_are_plain_whatever_the_figures(years: tuple[int | None, ...]) -> None:
    for (cited, nothing, bare), kind in itertools.product(COUNTS, EvidenceKind):
        if not cited + nothing or bare > nothing or (cited and not years):
            continue
        words = all_words(EvidenceProfile({kind: cited} if cited else {}, nothing, bare, years))
        assert grade(words) <= AIM, words
        assert not re.search(
            r"\b1 (?:of them (?:name|give)|name|statements|sources)\b(?!s)|\b0 |  |\.\.", " ".join(words)
        )


@pytest.mark.parametrize("kind", EvidenceKind)
def test_each_kind_has_words_that_are_plain_by_themselves(kind: EvidenceKind) -> None:
    assert grade([f"These rest on {KINDS[kind]}."]) <= AIM


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((), ""),
        ((None,), "The page cites one source. It gives no year."),
        ((None, None), "The page cites 2 sources. None of them gives a year."),
        ((2015, None), "The page cites 2 sources. 1 of them gives no year. The other one is from 2015."),
        ((2015, 2015), "The page cites 2 sources. All of them are from 2015."),
        (
            (2026, 2025),
            "The page cites 2 sources. At least half of them are from 2026 or later: a year old or less. "
            "The oldest is from 2025, the newest from 2026.",
        ),
        (
            (2009, 2021, None, 2015, 2010),
            "The page cites 5 sources. 1 of them gives no year. At least half of the other 4 are from 2015 or later: "
            "11 years old or less. The oldest is from 2009, the newest from 2021.",
        ),
    ],
)
def test_the_age_of_the_sources_is_told(years: tuple[int | None, ...], said: str) -> None:
    assert in_words(EvidenceProfile({}, 1, 0, years), year=NOW).ages == said


def test_figures_without_a_source_are_owned_up_to() -> None:
    told = in_words(EvidenceProfile({EvidenceKind.COHORT: 3}, 5, 1, (2015,)), year=NOW)
    assert told.on_nothing.endswith("Yet 1 of them gives a figure.")


def test_sources_grow_older_with_the_years() -> None:
    profile = EvidenceProfile({EvidenceKind.COHORT: 3}, 5, 0, (2015, 2010))
    assert "11 years old or less" in in_words(profile, year=NOW).ages
    assert "12 years old or less" in in_words(profile, year=NOW + 1).ages
