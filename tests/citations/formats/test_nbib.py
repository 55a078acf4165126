"""What PubMed saves: retractions above all."""

from __future__ import annotations

from typing import Any

import pytest

from citations.formats import read

TWO = """
PMID- 33515503
OWN - NLM
STAT- MEDLINE
DCOM- 20210701
IS  - 2213-2619 (Electronic)
IS  - 2213-2600 (Linking)
VI  - 9
IP  - 6
DP  - 2021 Jun
TI  - Two drugs in a trial whose title is long enough to go on
      over the next line.
PG  - 593-600
LID - S2213-2600(20)30390-8 [pii]
LID - 10.1016/S2213-2600(20)30390-8 [doi]
AB  - BACKGROUND: Not ours to keep.
CI  - Copyright (c) 2021
FAU - Doe, Jane A
AU  - Doe JA
AD  - Somewhere.
FAU - King, Martin Jr
AU  - King M Jr
CN  - MiST Study Group
FAU - van Roe, Richard
AU  - van Roe R
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
DEP - 20210127
PL  - England
TA  - Lancet Respir Med
JT  - The Lancet. Respiratory medicine
RIN - Lancet Respir Med. 2022 Jan;10(1):e1. doi: 10.1016/x. PMID: 34800000
CIN - Lancet Respir Med. 2021 Jun;9(6):550. PMID: 33515504
MH  - Humans
PMC - PMC1234567
SO  - Lancet Respir Med. 2021 Jun;9(6):593-600.

PMID- 16542747
TI  - [A title in another language].
AU  - Pinto C
DP  - 2006 May-Jun
"""


def test_a_record_is_read_with_everything_pubmed_says_of_it() -> None:
    first, second = read(TWO, "nbib")
    assert (first.line, second.line) == (2, 39)
    assert first.record == {
        "type": "article-journal",
        "title": "Two drugs in a trial whose title is long enough to go on over the next line",
        "author": [
            {"family": "Doe", "given": "Jane A"},
            {"family": "King", "given": "Martin", "suffix": "Jr"},
            {"literal": "MiST Study Group"},
            {"non-dropping-particle": "van", "family": "Roe", "given": "Richard"},
        ],
        "container-title": "The Lancet. Respiratory medicine",
        "container-title-short": "Lancet Respir Med",
        "issued": {"date-parts": [[2021, 6]]},
        "available-date": {"date-parts": [[2021, 1, 27]]},
        "volume": "9",
        "issue": "6",
        "page": "593-600",
        "ISSN": "2213-2619",
        "DOI": "10.1016/S2213-2600(20)30390-8",
        "PMID": "33515503",
        "PMCID": "PMC1234567",
        "language": "en",
        "publisher-place": "England",
    }


def test_retractions_and_comments_are_kept_beside_the_record() -> None:
    first, _ = read(TWO, "nbib")
    assert first.said == {
        "publication_types": ["Journal Article", "Retracted Publication"],
        "notices": {
            "RIN": ["Lancet Respir Med. 2022 Jan;10(1):e1. doi: 10.1016/x. PMID: 34800000"],
            "CIN": ["Lancet Respir Med. 2021 Jun;9(6):550. PMID: 33515504"],
        },
        "other_fields": {"MH": ["Humans"]},
    }


@pytest.mark.parametrize("tag", ["RIN", "ROF", "ECI", "ECF", "EIN", "EFR", "CIN", "CON", "UIN", "UOF", "CRIN", "CROF"])
def test_every_notice_is_kept(tag: str) -> None:
    (reading,) = read(f"PMID- 1\nTI  - A\n{tag:4}- Somewhere. 2020\n", "nbib")
    assert reading.said["notices"] == {tag: ["Somewhere. 2020"]}


def test_short_names_serve_where_there_are_no_full_ones() -> None:
    _, second = read(TWO, "nbib")
    assert second.record["author"] == [{"family": "Pinto", "given": "C."}]
    assert second.record["title"] == "[A title in another language]"


@pytest.mark.parametrize(
    ("told", "issued"),
    [
        ("2021 Jan 27", {"date-parts": [[2021, 1, 27]]}),
        ("2006 May-Jun", {"date-parts": [[2006, 5], [2006, 6]]}),
        ("2019 Dec-2020 Jan", None),
        ("2019 Spring", {"literal": "2019 Spring"}),
        ("2019", {"date-parts": [[2019]]}),
    ],
)
def test_dates(told: str, issued: Any) -> None:
    (reading,) = read(f"PMID- 1\nTI  - A\nDP  - {told}\n", "nbib")
    assert reading.record["issued"] == (issued or {"date-parts": [[2019, 12], [2020, 1]]})


def test_books_and_their_chapters() -> None:
    (book,) = read("PMID- 1\nBTI - A Book\nFED - Pass, Harvey I\nPB  - Springer\nISBN- 9783161484100\n", "nbib")
    assert (book.record["type"], book.record["title"], book.record["ISBN"]) == ("book", "A Book", "9783161484100")
    assert book.record["editor"] == [{"family": "Pass", "given": "Harvey I"}]
    (chapter,) = read("PMID- 1\nBTI - A Book\nTI  - A chapter\n", "nbib")
    assert (chapter.record["type"], chapter.record["container-title"]) == ("chapter", "A Book")


def test_a_record_without_a_title_is_told_and_stops_no_other() -> None:
    bad, good = read("PMID- 1\nVI  - 9\n\nPMID- 2\nTI  - A\n", "nbib")
    assert (bad.line, "no title" in bad.problem, bad.record) == (1, True, {})
    assert good.record["PMID"] == "2"


def test_lines_before_the_first_record_are_told() -> None:
    stray, good = read("TI  - A\nVI  - 9\nPMID- 2\nTI  - A\n", "nbib")
    assert (stray.line, good.line) == (1, 3)
    assert "Begin each record" in stray.problem
