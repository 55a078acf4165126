"""References to take away: what a file says is what the record says, whatever a record holds."""

from __future__ import annotations

import json
import re
from typing import Any

import bibtexparser
import pytest
import rispy

from citations import csl
from citations.formats import public_record, to_bibtex, to_csl_json, to_ris
from citations.formats.ris import LIST_TAGS, TAGS
from citations.importing import read
from tests.citations.conftest import a_record, sample_records

SAMPLE = [read(record).record for record in sample_records()]


def from_ris(text: str) -> list[dict[str, Any]]:
    """As a reader of RIS takes it. A record that is never closed is dropped in silence, so they are counted first."""
    assert text.count("\r\nER  - ") == text.count("TY  - ")
    return rispy.loads(text, mapping=TAGS, list_tags=LIST_TAGS)


LETTERS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    **{f"\\{character}": character for character in "&%$#_"},
}


def as_printed(latex: str) -> str:
    """What LaTeX would print: commands as their letters, grouping braces not at all."""
    pieces = re.split(r"(\\text\w+\{\}|\\[&%$#_])", latex)
    return "".join(LETTERS.get(piece) or re.sub("[{}]", "", piece) for piece in pieces)


def from_bibtex(text: str) -> list[dict[str, str]]:
    """As a reader of BibTeX takes it, each field as it is printed."""
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [
        {"ID": entry.key, "TYPE": entry.entry_type, **{field.key: as_printed(field.value) for field in entry.fields}}
        for entry in library.entries
    ]


def ris_of(**fields: Any) -> dict[str, Any]:
    (record,) = from_ris(to_ris([a_record(**fields)]))
    return record


def bibtex_of(**fields: Any) -> dict[str, str]:
    (entry,) = from_bibtex(to_bibtex([a_record(**fields)]))
    return entry


# The sample bibliography, there and back


def test_csl_json_is_the_records_themselves() -> None:
    assert json.loads(to_csl_json(SAMPLE)) == SAMPLE
    assert len(SAMPLE) == 33


def test_ris_gives_back_every_sample_source_in_order() -> None:
    read_back = from_ris(to_ris(SAMPLE))
    assert [record["id"] for record in read_back] == [record["id"] for record in SAMPLE]
    for record, source in zip(read_back, SAMPLE, strict=True):
        assert record["title"] == source["title"]
        assert record.get("doi") == source.get("DOI")
        assert record.get("accession_number") == source.get("PMID")
        assert record.get("urls", []) == ([source["URL"]] if "URL" in source else [])
        assert record.get("secondary_title") == source.get("container-title")
        assert record.get("volume") == source.get("volume")
        assert record.get("number") == source.get("issue")
        authors, editors = source.get("author", []), source.get("editor", [])
        assert len(record.get("authors", [])) == len(authors)
        assert len(record.get("editors", [])) == len(editors)
        issued = source.get("issued", {"date-parts": [[]]})["date-parts"][0]
        assert record.get("year", "") == (str(issued[0]) if issued else "")
        assert [int(part) for part in record.get("date", "").split("/") if part] == issued


def test_bibtex_gives_back_every_sample_source_in_order() -> None:
    read_back = from_bibtex(to_bibtex(SAMPLE))
    assert [entry["ID"] for entry in read_back] == [record["id"] for record in SAMPLE]
    for entry, source in zip(read_back, SAMPLE, strict=True):
        assert entry["title"] == source["title"]
        assert entry.get("doi") == source.get("DOI")
        assert entry.get("pmid") == source.get("PMID")
        assert entry.get("url") == source.get("URL")
        assert entry.get("volume") == source.get("volume")
        people = source.get("author", []) or source.get("director", [])
        assert len(entry.get("author", "").split(" and ")) == max(1, len(people))
        issued = source.get("issued", {"date-parts": [[]]})["date-parts"][0]
        assert entry.get("year", "") == (str(issued[0]) if issued else "")
        accessed = csl.full_date(source.get("accessed"))
        assert entry.get("urldate") == (accessed.isoformat() if accessed else None)


@pytest.mark.parametrize("kind", csl.TYPES)
def test_every_type_of_source_is_written(kind: str) -> None:
    assert ris_of(type=kind)["title"] == bibtex_of(type=kind)["title"] == "Two drugs for mesothelioma: a trial"


def test_the_fields_of_an_article() -> None:
    fields = {"volume": "9", "issue": "6", "page": "593-600", "PMID": "33515503", "PMCID": "PMC123", "ISSN": "1-2"}
    ris = ris_of(**fields)
    assert (ris["type_of_reference"], ris["start_page"], ris["end_page"]) == ("JOUR", "593", "600")
    assert (ris["date"], ris["year"], ris["name_of_database"]) == ("2020/05/01", "2020", "PubMed")
    assert (ris["issn"], ris["custom2"]) == ("1-2", "PMC123")
    bibtex = bibtex_of(**fields)
    assert (bibtex["TYPE"], bibtex["journal"], bibtex["pages"]) == ("article", "A Journal", "593--600")
    assert (bibtex["year"], bibtex["month"]) == ("2020", "may")
    assert "month = may,\n" in to_bibtex([a_record()])


def test_an_edited_book_has_editors_and_no_authors() -> None:
    book = {"type": "book", "author": None, "editor": [{"family": "Pass", "given": "Harvey I."}]}
    assert ris_of(**book)["editors"] == ["Pass, Harvey I."]
    assert "authors" not in ris_of(**book)
    assert bibtex_of(**book)["editor"] == "Pass, Harvey I."
    assert ris_of(**{**book, "type": "chapter"})["secondary_authors"] == ["Pass, Harvey I."]


@pytest.mark.parametrize(
    ("page", "first", "last", "bibtex"),
    [
        ("75–78", "75", "78", "75--78"),
        ("e101", "e101", None, "e101"),
        ("S1-S9", "S1", "S9", "S1--S9"),
        ("-", *[None] * 3),
    ],
)
def test_pages(page: str, first: str | None, last: str | None, bibtex: str | None) -> None:
    assert (ris_of(page=page).get("start_page"), ris_of(page=page).get("end_page")) == (first, last)
    assert (f"pages = {{{bibtex}}}" in to_bibtex([a_record(page=page)])) == (bibtex is not None)


@pytest.mark.parametrize(
    ("issued", "year", "date"),
    [
        (None, None, None),
        ({"date-parts": [[2021]]}, "2021", "2021"),
        ({"date-parts": [[2021, 2]]}, "2021", "2021/02"),
        ({"date-parts": [[2019, 5, 1], [2019, 7, 1]]}, "2019", "2019/05/01"),
        ({"literal": "Spring 2019"}, None, "Spring 2019"),
    ],
)
def test_dates_are_told_as_precisely_as_they_are_known(issued: Any, year: str | None, date: str | None) -> None:
    ris = ris_of(issued=issued)
    assert (ris.get("year"), ris.get("date")) == (year, date)
    assert bibtex_of(issued=issued).get("year") == (year or date)


# Names


@pytest.mark.parametrize(
    ("name", "ris", "bibtex"),
    [
        ({"family": "Doe", "given": "Jane"}, "Doe, Jane", "Doe, Jane"),
        ({"literal": "World Health Organization"}, "World Health Organization", "{World Health Organization}"),
        ({"literal": "Health and Safety Executive"}, "Health and Safety Executive", "{Health and Safety Executive}"),
        (
            {"family": "Meerbeeck", "given": "Jan P.", "non-dropping-particle": "van"},
            "van Meerbeeck, Jan P.",
            "van Meerbeeck, Jan P.",
        ),
        ({"family": "King", "given": "Martin", "suffix": "Jr."}, "King, Martin, Jr.", "King, Jr., Martin"),
        ({"given": "Plato"}, "Plato", "{Plato}"),
        ({"family": "Plato"}, "Plato", "{Plato}"),
        ({"family": "Smith, and Sons", "given": "A"}, "Smith and Sons, A", "{Smith, and Sons}, A"),
        ({"family": "李", "given": "明"}, "李, 明", "李, 明"),
    ],
)
def test_names(name: dict[str, str], ris: str, bibtex: str) -> None:
    assert ris_of(author=[name])["authors"] == [ris]
    assert f"author = {{{bibtex}}}" in to_bibtex([a_record(author=[name])])


def test_many_authors_stay_apart() -> None:
    people = [{"family": "A", "given": "B"}, {"literal": "C and D"}, {"family": "E"}]
    assert "author = {A, B and {C and D} and {E}}" in to_bibtex([a_record(author=people)])


def test_nobody_is_named_where_nobody_is_known() -> None:
    assert "authors" not in ris_of(author=None)
    assert "author" not in bibtex_of(author=None)


# Titles


def test_capitals_that_mean_something_are_kept_by_every_style() -> None:
    title = "Rucaparib in BAP1-deficient mesothelioma: a phase II trial of Japan"
    assert "title = {Rucaparib in {BAP1-deficient} mesothelioma: a phase {II} trial of {Japan}}" in to_bibtex(
        [a_record(title=title)]
    )


def test_markup_of_a_title_becomes_that_of_the_format() -> None:
    title = 'CO<sub>2</sub> and <i>Mesothelioma</i> <span class="nocase">in vivo</span>'
    assert ris_of(title=title)["title"] == "CO2 and Mesothelioma in vivo"
    written = to_bibtex([a_record(title=title)])
    assert r"{CO}\textsubscript{2} and \textit{{Mesothelioma}} {in vivo}" in written


def test_markup_that_is_not_nested_is_text() -> None:
    assert ris_of(title="a <b>b <i>c</b> d")["title"] == "a <b>b <i>c</b> d"


HOSTILE = [
    "A {brace",
    "A brace}",
    "}} , title = {Mine",
    "50% of $5 & #1 a_b ~ ^ |",
    r"back\slash \input{/etc/passwd}",
    "two\nlines\r\nTY  - JOUR\nER  - ",
    "line separators\u2028ER  - \u2029and \x85 more",
    "controls \x00\x07\x1b here",
    "@article{other, title={x}}",
    "quotes \" and ' and `",
    "ünïcödé — 肺癌 ≥ 5 µm 😀",
    "<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_its_field_or_begins_another(text: str) -> None:
    said = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    record = a_record(
        title=text,
        **{"container-title": text, "publisher": text, "volume": text, "page": text},
        author=[{"literal": text}, {"family": text, "given": text}],
    )
    (ris,) = from_ris(to_ris([record]))
    assert ris["title"] == ris["secondary_title"] == ris["publisher"] == said
    assert ris["authors"][0] == said
    assert ris["doi"] == "10.1234/Trial.2020"
    entry = from_bibtex(to_bibtex([record, a_record(id="next2020")]))
    assert [one["ID"] for one in entry] == ["doe2020trial", "next2020"]
    assert set(entry[0]) - set(entry[1]) <= {"volume", "publisher", "pages"}
    assert entry[0]["title"] == entry[0]["journal"] == entry[0]["publisher"] == said
    assert json.loads(to_csl_json([record]))[0]["title"] == text


@pytest.mark.parametrize("address", ["https://example.org/a{b}c\\d", "https://example.org/a_b%20c?d=1&e=#f"])
def test_an_address_stands_as_it_is_but_for_what_would_end_the_field(address: str) -> None:
    written = to_bibtex([a_record(URL=address)])
    encoded = address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    assert f"url = {{{encoded}}}" in written


@pytest.mark.parametrize(
    "wrong",
    [
        {"author": "Jane"},
        {"author": ["Jane", None, {}]},
        {"issued": "2020"},
        {"issued": {"date-parts": [["x"]]}},
        {"title": 5},
        {"volume": 9},
        {"page": None},
        {"volume": True},
        {"DOI": ["x"]},
        {"type": None},
        {"URL": {"a": 1}},
    ],
)
def test_a_record_that_a_script_spoiled_is_written_without_what_makes_no_sense(wrong: dict[str, Any]) -> None:
    record = a_record() | wrong
    assert from_ris(to_ris([record]))
    assert from_bibtex(to_bibtex([record]))
    assert json.loads(to_csl_json([record]))


# What stays here


def test_our_notes_and_origins_never_leave() -> None:
    ours = {
        "note": "Private note",
        "annote": "Private note",
        "abstract": "Private note",
        "keyword": "Private note",
        "source": "Private note",
        "call-number": "Private note",
        "custom": {"notes": "Private note"},
        "_provenance": "Private note",
    }
    record = a_record() | ours
    for written in (to_csl_json([record]), to_ris([record]), to_bibtex([record])):
        assert "Private note" not in written
        assert "Two drugs for mesothelioma" in written
    assert public_record(record) == a_record()


def test_no_sources_make_an_empty_file() -> None:
    assert (json.loads(to_csl_json([])), to_ris([]).strip(), to_bibtex([])) == ([], "", "")
