"""Out and in again: what a format loses stands in one table, and nothing else differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citations import csl
from citations.formats import WRITABLE, fields, read, write
from citations.formats.losses import CHANGES, COMES_BACK_AS, LOSES
from citations.importing import read as taken_apart
from tests.citations.conftest import a_record, sample_records
from tests.size import examples

SAMPLE = [taken_apart(record).record for record in sample_records()]
MARKUP = re.compile(r"</?(?:i|b|sub|sup)>")
SPAN = re.compile(r'<span class="nocase">|</span>')


def there_and_back(records: list[dict[str, Any]], name: str) -> list[Mapping[str, Any]]:
    readings = list(read(write(records, name), name))
    assert [reading.problem for reading in readings] == [""] * len(records)
    assert [reading.said for reading in readings] == [{}] * len(records)
    return [reading.record for reading in readings]


def first_date(value: dict[str, Any]) -> dict[str, Any]:
    if "date-parts" in value:
        return {"date-parts": [[int(part) for part in value["date-parts"][0]]]}
    return {"literal": value.get("literal") or value.get("raw")}


def person_as_told(person: dict[str, Any]) -> dict[str, str]:
    parts = {part: text for part, text in person.items() if part in csl.NAME_PARTS}
    if "literal" in parts or "given" not in parts:
        return {"literal": parts.get("literal") or fields.surname(dict.fromkeys(csl.NAME_PARTS, "") | parts)}
    particles = [parts.pop(part) for part in ("dropping-particle", "non-dropping-particle") if part in parts]
    return parts | ({"non-dropping-particle": " ".join(particles)} if particles else {})


def as_the_table_says(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The record as it should come back: without what the format loses, changed where it says so."""
    told = {field: value for field, value in record.items() if field not in LOSES[name]}
    told["type"] = COMES_BACK_AS[name].get(record["type"], record["type"])
    changes = CHANGES[name]
    if "dates" in changes:
        told |= {field: first_date(told[field]) for field in csl.DATES if field in told}
    if "names" in changes:
        told |= {role: [person_as_told(person) for person in told[role]] for role in csl.NAMES if role in told}
    if "genre" in changes:
        # The medium of film and sound decides how it is read; type as it was written and as it comes back agree.
        kind = fields.kind_of_work(record)
        told = {field: value for field, value in told.items() if field not in ("genre", "medium")}
        if kind:
            told["medium" if told["type"] in fields.TOLD_BY_MEDIUM else "genre"] = kind
    if "page" in changes and "page" in told:
        told["page"] = re.sub("[–—]", "-", told["page"])
    if "author" in changes and "director" in record and "author" not in told:
        told["author"] = [person_as_told(person) for person in record["director"]]
    if "ISSN" in changes and "ISBN" in told:
        told.pop("ISSN", None)
    if "number" in changes and record["type"] == "report" and (number := record.get("issue") or record.get("number")):
        told.pop("issue", None)
        told["number"] = number
    return {field: without_marks(value, name) if field in csl.TITLES else value for field, value in told.items()}


def without_marks(title: str, name: str) -> str:
    """RIS loses all markup of a title; with BibTeX protected capitals are not compared."""
    if name == "ris":
        title = MARKUP.sub("", title)
    return title if name == "csl-json" else SPAN.sub("", title)


def assert_comes_back(records: list[dict[str, Any]], name: str) -> None:
    for found, record in zip(there_and_back(records, name), records, strict=True):
        bare = {field: without_marks(value, name) if field in csl.TITLES else value for field, value in found.items()}
        assert bare == as_the_table_says(record, name)


@pytest.mark.parametrize("name", WRITABLE)
def test_the_sample_bibliography_comes_back(name: str) -> None:
    assert len(SAMPLE) == 33
    assert_comes_back(SAMPLE, name)


@pytest.mark.parametrize("name", WRITABLE)
def test_the_table_names_exactly_the_fields_that_are_lost(name: str) -> None:
    samples = {"DOI": "10.1234/x", "PMID": "123", "PMCID": "PMC123", "URL": "https://a.example/", "ISSN": "1234-5678"}
    samples |= {"ISBN": "9783161484100"}
    lost = set()
    for field in csl.FIELDS - fields.KEPT_HERE - {"id", "type", "title"}:
        value: Any = samples.get(field, "12")
        if field in csl.NAMES:
            value = [{"family": "Doe", "given": "Jane"}]
        elif field in csl.DATES:
            value = {"date-parts": [[2020, 5, 1]]}
        record = {"id": "x", "type": "report" if field == "genre" else "motion_picture", "title": "T", field: value}
        (found,) = there_and_back([record | ({"URL": "https://a.example/"} if field == "accessed" else {})], name)
        if found.get(field) != value:
            lost.add(field)
    assert lost == LOSES[name]


@pytest.mark.parametrize("name", WRITABLE)
def test_the_table_names_exactly_the_types_that_come_back_as_another(name: str) -> None:
    for address in ({}, {"URL": "https://a.example/"}):
        records = [a_record(id=f"x{number}", type=kind, **address) for number, kind in enumerate(csl.TYPES)]
        found = there_and_back(records, name)
        changed = {
            before["type"]: after["type"]
            for before, after in zip(records, found, strict=True)
            if before["type"] != after["type"]
        }
        assert changed == COMES_BACK_AS[name]


@pytest.mark.parametrize("name", WRITABLE)
def test_a_file_written_from_what_came_back_is_the_same_file(name: str) -> None:
    once = there_and_back(SAMPLE, name)
    assert there_and_back([dict(record) for record in once], name) == once


def test_protected_capitals_come_back_from_bibtex_as_marks_of_csl() -> None:
    (found,) = there_and_back([a_record(title="Rucaparib in BAP1-deficient disease of Japan")], "bibtex")
    assert found["title"] == (
        'Rucaparib in <span class="nocase">BAP1-deficient</span> disease of <span class="nocase">Japan</span>'
    )


def test_what_stays_here_is_in_no_file() -> None:
    for name in WRITABLE:
        (found,) = there_and_back([a_record(abstract="Ours", note="Ours", keyword="Ours")], name)
        assert "Ours" not in str(found)


# Generated records

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHJKLéüßøłñç肺µ≥αЖ0123456789-–—'’\"“”.,:;?!()[]/&%$#_~^{}\\|<>=+*@`"
one_word = st.text(LETTERS, min_size=1, max_size=9)
words = st.lists(one_word, min_size=1, max_size=8).map(" ".join).filter(lambda text: not MARKUP.search(text))
marked = st.builds(
    lambda before, tag, inside: f"{before} <{tag}>{inside}</{tag}>", words, st.sampled_from(["i", "sub"]), words
)
titles = st.one_of(words, words.map(lambda text: f'In <span class="nocase">{text}</span>'), marked)
capitalized = st.sampled_from(
    ["Fennell", "De Pangher Manzini", "Dell'Amore", "Ünal-Şahin", "O’Neil", "王", "Łoś", "Müller_X"]
)
literals = st.sampled_from(["World Health Organization", "Health and Safety Executive", "{A} & B", "ACS", "van Inc"])
persons = st.one_of(
    st.fixed_dictionaries(
        {"family": capitalized, "given": st.sampled_from(["J. P.", "Jane", "明", "D'Arcy and Co", "J.-P.", "{é}"])},
        optional={
            "non-dropping-particle": st.sampled_from(["van", "de la"]),
            "dropping-particle": st.just("von"),
            "suffix": st.sampled_from(["Jr.", "III"]),
            "comma-suffix": st.just(True),
        },
    ),
    st.fixed_dictionaries({"literal": literals}),
    st.fixed_dictionaries({"family": capitalized}),
)
days = st.dates().map(lambda day: [day.year, day.month, day.day])
dates = st.builds(
    lambda days, count: {"date-parts": [day[:count] for day in days]},
    st.lists(days, min_size=1, max_size=2),
    st.integers(1, 3),
)
numbers = st.from_regex(r"[A-Za-z]{0,4}[0-9]{1,4}( ?Suppl ?[0-9])?", fullmatch=True)
IDENTIFIERS = {
    "DOI": st.from_regex(r"10\.[0-9]{4,9}/[A-Za-z0-9()_;.<>#%&~-]{1,30}", fullmatch=True),
    "PMID": st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True),
    "PMCID": st.from_regex(r"PMC[1-9][0-9]{0,8}", fullmatch=True),
    "URL": st.from_regex(r"https?://[a-z]{1,9}\.example/[A-Za-z0-9()_;.#%&~?=-]{0,30}", fullmatch=True),
    "ISSN": st.from_regex(r"[0-9]{4}-[0-9]{3}[0-9X]", fullmatch=True),
    "ISBN": st.sampled_from(["9783161484100", "9780306406157"]),
    "page": st.from_regex(r"[A-Z]?[0-9]{1,4}([-–][A-Z]?[0-9]{1,4})?", fullmatch=True),
    "issued": st.one_of(dates, st.just({"literal": "Spring 2019"}), st.just({"raw": "about 1960"})),
}
LEAVES = sorted(csl.FIELDS - fields.KEPT_HERE - {"id", "type", "title", "accessed"})


def values_of(field: str) -> st.SearchStrategy[Any]:
    if field in IDENTIFIERS:
        return IDENTIFIERS[field]
    if field in csl.NAMES:
        return st.lists(persons, min_size=1, max_size=4)
    if field in csl.DATES:
        return dates
    return numbers if field in csl.NUMBERS else titles if field in csl.TITLES else words


generated = st.fixed_dictionaries(
    {"id": st.just("x2020y"), "type": st.sampled_from(csl.TYPES), "title": titles},
    optional={field: values_of(field) for field in LEAVES},
)


@pytest.mark.proof
@pytest.mark.parametrize("name", WRITABLE)
@settings(max_examples=examples(1_000), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(record=generated)
def test_whatever_a_record_holds_it_comes_back(name: str, record: dict[str, Any]) -> None:
    record = csl.normalised(record)
    assert csl.problems(record) == []
    assert_comes_back([record], name)


def test_what_the_table_says_stands_in_the_handbook() -> None:
    page = (Path(csl.__file__).parent.parent / "docs" / "evidence.md").read_text(encoding="utf-8")
    page = " ".join(page.split())
    for name in WRITABLE:
        for sentence in CHANGES[name].values():
            assert sentence in page
        for field in LOSES[name] | set(COMES_BACK_AS[name]):
            assert f"`{field}`" in page
