"""RIS as the programs of the world write it."""

from __future__ import annotations

from typing import Any

import pytest

from citations.formats import Reading, read


def ris(*lines: str, kind: str = "JOUR") -> str:
    return "\n".join([f"TY  - {kind}", *lines, "ER  - ", ""])


def one(*lines: str, kind: str = "JOUR") -> Reading:
    (reading,) = read(ris(*lines, kind=kind), "ris")
    assert reading.problem == ""
    return reading


def field(name: str, *lines: str, kind: str = "JOUR") -> Any:
    return one(*lines, kind=kind).record.get(name)


def test_a_record_says_where_it_begins_and_what_it_was() -> None:
    text = "\ufeff1.\r\n" + (ris("TI  - First") + "\n2.\n" + ris("TI  - Second", "ID  - second")).replace("\n", "\r\n")
    first, second = read(text, "ris")
    assert (first.line, first.key, first.record) == (2, "", {"type": "article-journal", "title": "First"})
    assert (second.line, second.key, second.record["id"]) == (7, "second", "second")
    assert second.text.splitlines()[:2] == ["TY  - JOUR", "TI  - Second"]


def test_a_record_without_er_is_told_with_its_line() -> None:
    text = ris("TI  - Whole") + "TY  - JOUR\nTI  - Open\n\n" + ris("TI  - Whole too") + "TY  - BOOK\nTI  - Cut of"
    whole, opened, whole_too, cut = read(text, "ris")
    assert (whole.record["title"], whole_too.record["title"]) == ("Whole", "Whole too")
    assert (opened.line, opened.record, opened.text) == (4, {}, "TY  - JOUR\nTI  - Open")
    assert opened.problem == (
        "This record has no end, so nobody can tell whether it is whole. Add a line “ER  - ” after line 6, or bring the"
        " whole file."
    )
    assert (cut.line, "after line 11" in cut.problem) == (10, True)


def test_an_unknown_type_is_told() -> None:
    (reading,) = read(ris("TI  - A", kind="PODCAST"), "ris")
    assert reading.problem.startswith("The type “PODCAST” is none that RIS knows.")


def test_lines_outside_a_record_are_told_once() -> None:
    stray, record = read("AU  - Doe, J.\nTI  - A\n" + ris("TI  - B"), "ris")
    assert (stray.line, record.line) == (1, 3)
    assert "outside a record" in stray.problem


@pytest.mark.parametrize(
    ("lines", "issued"),
    [
        (["PY  - 2021"], {"date-parts": [[2021]]}),
        (["PY  - 2021/01/27/"], {"date-parts": [[2021, 1, 27]]}),
        (["Y1  - 2021/01//"], {"date-parts": [[2021, 1]]}),
        (["PY  - 2021", "DA  - 2021/01/27"], {"date-parts": [[2021, 1, 27]]}),
        (["PY  - 2019", "DA  - 2019///Spring"], {"date-parts": [[2019]]}),
        (["DA  - Spring 2019"], {"literal": "Spring 2019"}),
        (["Y1  - 2021-01-27"], {"date-parts": [[2021, 1, 27]]}),
        (["PY  - "], None),
        (["PY  - 2021/13/45"], {"date-parts": [[2021]]}),
    ],
)
def test_dates(lines: list[str], issued: Any) -> None:
    assert field("issued", *lines) == issued


def test_a_season_beside_the_year_is_only_said() -> None:
    assert one("PY  - 2019", "DA  - 2019///Spring").said == {"other_fields": {"DA": ["2019///Spring"]}}


@pytest.mark.parametrize(
    ("tag", "name", "person"),
    [
        ("AU", "Doe, Jane", {"family": "Doe", "given": "Jane"}),
        ("A1", "van Meerbeeck, Jan P.", {"non-dropping-particle": "van", "family": "Meerbeeck", "given": "Jan P."}),
        ("AU", "King, Martin, Jr.", {"family": "King", "given": "Martin", "suffix": "Jr."}),
        ("AU", "World Health Organization", {"literal": "World Health Organization"}),
    ],
)
def test_people(tag: str, name: str, person: dict[str, str]) -> None:
    assert field("author", f"{tag}  - {name}") == [person]


def test_first_authors_stand_before_the_others() -> None:
    people = field("author", "AU  - Roe, R.", "A1  - Doe, J.")
    assert [person["family"] for person in people] == ["Doe", "Roe"]


def test_the_journal_has_one_full_name_and_one_short_one() -> None:
    record = one(
        "JF  - Journal of Clinical Oncology", "JO  - J Clin Oncol", "T2  - Journal of Clinical Oncology"
    ).record
    assert record["container-title"] == "Journal of Clinical Oncology"
    assert record["container-title-short"] == "J Clin Oncol"
    assert field("container-title-short", "JA  - Chest") == "Chest"


def test_identifiers_are_bare_and_stand_in_their_fields() -> None:
    record = one(
        *("DO  - https://doi.org/10.1200/JCO.20005.14.589", "AN  - 16192580", "DB  - PubMed", "C2  - PMC2637280"),
        *("UR  - https://example.org/a;https://example.org/b",),
    )
    assert record.record["DOI"] == "10.1200/JCO.20005.14.589"
    assert (record.record["PMID"], record.record["PMCID"]) == ("16192580", "PMC2637280")
    assert record.record["URL"] == "https://example.org/a"
    assert record.said == {"other_fields": {"UR": ["https://example.org/b"]}}


def test_a_number_of_another_database_is_no_pmid() -> None:
    reading = one("AN  - 16192580", "DB  - Embase")
    assert "PMID" not in reading.record
    assert reading.said["other_fields"] == {"AN": ["16192580"], "DB": ["Embase"]}


def test_the_doi_is_found_where_publishers_put_it() -> None:
    assert field("DOI", "UR  - http://dx.doi.org/10.1234/a(b)") == "10.1234/a(b)"
    assert field("DOI", "M3  - 10.1234/x") == "10.1234/x"


def test_pages_are_one_range() -> None:
    assert field("page", "SP  - 593", "EP  - 600") == "593-600"
    assert field("page", "SP  - 593-600") == "593-600"
    assert field("page", "C7  - e101") == "e101"


def test_an_access_date_without_an_address_is_only_said() -> None:
    reading = one("TI  - A", "Y2  - 2022/11/16")
    assert "accessed" not in reading.record
    assert reading.said == {"accessed": {"date-parts": [[2022, 11, 16]]}}
    assert field("accessed", "UR  - https://a.example/", "Y2  - 2022/11/16") == {"date-parts": [[2022, 11, 16]]}


def test_what_csl_has_no_field_for_is_said_and_abstracts_are_not_kept() -> None:
    reading = one(
        "TI  - A", "U1  - mine", "U1  - twice", "N1  - a note", "KW  - a", "KW  - b", "AB  - Long", "N2  - Long"
    )
    assert reading.said == {"other_fields": {"U1": ["mine", "twice"]}}
    assert (reading.record["note"], reading.record["keyword"]) == ("a note", "a; b")
    assert "Long" not in str(reading.record)


def test_a_value_goes_on_over_lines() -> None:
    assert field("title", "TI  - A title", "that goes on", "T2  - B") == "A title that goes on"
