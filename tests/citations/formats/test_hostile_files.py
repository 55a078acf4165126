"""Files are strangers' words: no reader fails on any, and none keeps the machine busy."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citations import csl
from citations.formats import READABLE, WRITABLE, decode, guess, note_on_encoding, read, write
from citations.formats.reading import LONGEST_TEXT, Reading
from tests.citations.conftest import a_record, sample_records
from tests.hanging import must_end
from tests.size import SIZE, examples, sized

FILES = {
    **{name: write(sample_records()[3:8], name) for name in WRITABLE},
    "nbib": "PMID- 1\nTI  - A title\nFAU - Doe, Jane\nDP  - 2021 Jan 27\nRIN - Retracted\n\nPMID- 2\nTI  - B\n",
    "reference-list": "1. Doe, J., & Roe, R. (2020). A trial. A Journal, 3(1), 5–9. https://doi.org/10.1234/x\n"
    "2. Doe J, et al. A trial. Chest. 2020;3(1):5-9. Accessed May 1, 2020.\n",
}
PAYLOADS = [
    *(
        "\0",
        "\ud800",
        "\u202egpj",
        "\u2028",
        "\x85",
        "\x1c",
        "\ufeff",
        "﷽",
        "<script>",
        "{{ 7 * 7 }}",
        "\\",
        "\\x",
        "{",
        "}",
    ),
    *(
        '"',
        "@",
        "#",
        "$",
        "%",
        "\n",
        "\r",
        "\r\n",
        "TY  - ",
        "ER  - ",
        "@string{a = a # b}",
        "PMID- ",
        "[",
        "]",
        ",",
        "(2020)",
    ),
    *(
        "et al.",
        "&",
        "Retrieved from",
        "10.1234/",
        "In ",
        "\\'",
        "\\textit{",
        "$_",
        "$^{",
        "TY  - JOUR\n",
        "NaN",
        "null",
        "1e999",
    ),
]


def assert_well_formed(readings: Iterator[Reading], text: str) -> None:
    lines = text.count("\n") + text.count("\r") + 1
    for reading in readings:
        assert isinstance(reading, Reading)
        assert 1 <= reading.line <= lines
        assert len(reading.text) <= LONGEST_TEXT
        assert bool(reading.problem) != bool(reading.record)
        assert len(reading.problem) < 500
        assert reading.problem.isprintable()
        csl.problems(reading.record)


@pytest.mark.proof
@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=examples(600), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_file_that_was_tampered_with_never_fails(name: str, data: st.DataObject) -> None:
    text = FILES[name]
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(place, min(len(text), place + 40)))
        text = text[:place] + data.draw(st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=8))) + text[end:]
    assert_well_formed(read(text, name), text)


@pytest.mark.proof
@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=examples(400), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=st.lists(st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=10)), max_size=30).map("".join))
def test_no_text_whatever_fails(name: str, text: str) -> None:
    assert_well_formed(read(text, name), text)
    assert guess(text, "a.txt") in (None, *READABLE)


LONG = 1_000_000 if SIZE else 50_000
MANY = 10_000 if SIZE else 500
FLOODS = [
    *(
        "{" * LONG,
        "}" * LONG,
        "[" * LONG,
        '{"a":' * (LONG // 5),
        "@" * LONG,
        "@a{" * (LONG // 3),
        "@book{a,t={" + "{" * LONG,
    ),
    *(
        "@book{a, title={" + "{a}" * (LONG // 3) + "}}",
        "@book{a, author={" + "a and " * (LONG // 6) + "}}",
        "\n" * LONG,
    ),
    *(
        "@book{a, title={" + "{" * LONG + "}" * LONG + "}}",
        "@book{a, year=" + "1#" * (LONG // 3) + "1}",
        " " * LONG + "x",
    ),
    *(
        "TY  - JOUR\n" * (LONG // 11),
        "TY  - JOUR\n" + "x\n" * (LONG // 2),
        "PMID- 1\n" * (LONG // 8),
        "PMID- " * (LONG // 6),
    ),
    *(
        "(" * LONG,
        "A. " * (LONG // 3),
        "Doe J, " * (LONG // 7),
        "Doe, J., " * 10_000 + "(2020). T. J, 1(1), 2.",
        "(2020)" * LONG,
    ),
    *(
        "1. " + "a. " * 20_000 + "2020",
        "A. " + "In " * 900 + "(2020). B",
        "Doe, J. (2020). " + "a, 1(" * 550,
        "In: a, " * 14_000,
    ),
    *(
        ',{"id":"' * (LONG // 8),
        '[{"id":"a","x":' * (LONG // 15),
        "Retrieved from " * (LONG // 15),
        "10.1234/((((" * 8_000,
    ),
    *(
        "Doe J. " + "A. B 2020;1: " * 220,
        "Doe J. " + "a: b; 2020 " * 250,
        "a - " * 25_000 + "(2020). b - c",
        "\\'" * (LONG // 2),
    ),
    *(
        "," * 95_000 + " (2020). T. J.",
        "a" * 95_000 + " (2020). T.",
        "." * 95_000 + "x",
        "et al " * 15_000 + "(2020). T",
    ),
    *("https://" + ")" * 90_000 + "a", "doi:10.1234/" + ")" * 90_000, "[cited " * 13_000, "A. " * 30_000 + "(2020). T"),
]


@pytest.mark.proof
@pytest.mark.parametrize("flood", sized(FLOODS, FLOODS[::5]), ids=lambda flood: repr(flood[:20]))
def test_a_flood_ends(flood: str) -> None:
    for name in READABLE:
        with must_end():
            assert_well_formed(read(flood, name), flood)
    with must_end():
        guess(flood)


@pytest.mark.whole
@pytest.mark.parametrize("name", WRITABLE)
def test_a_giant_record_is_read(name: str) -> None:
    giant = a_record(
        title="word " * 200_000, author=[{"family": f"Name{number}", "given": "A."} for number in range(3_000)]
    )
    with must_end():
        (reading,) = read(write([giant], name), name)
    assert len(reading.record["author"]) == 3_000
    assert len(reading.record["title"]) > 900_000


def test_a_reference_with_three_thousand_authors_is_read() -> None:
    names = ", ".join(f"Name{'a' * (number % 9)}, A. B." for number in range(3_000))
    (reading,) = read(f"{names} (2020). A trial. A Journal, 3(1), 5–9.", "reference-list")
    assert len(reading.record["author"]) == 3_000


@pytest.mark.proof
@pytest.mark.parametrize("name", READABLE)
def test_ten_thousand_records_come_one_after_the_other(name: str) -> None:
    if name in ("csl-json", "bibtex"):
        many = write([a_record(id=f"x{number}") for number in range(MANY)], name)
    else:
        # Two records to a file, or five.
        many = FILES[name] * (MANY // 2)
    with must_end():
        tracemalloc.start()
        first = next(read(many, name))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        count = sum(not reading.problem for reading in itertools.islice(read(many, name), MANY))
    assert first.record
    assert count == MANY
    # What is held is the text and its lines, not ten thousand records.
    assert peak < 20 * len(many) + 5_000_000


# From bytes to text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_however_it_is_written(encoding: str) -> None:
    text = "TY  - JOUR\r\nAU  - Müller, Jörg\r\nER  - \r\n"
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == text
    assert note_on_encoding(text.encode(encoding)) == ""


def test_windows_latin_is_read_with_a_note() -> None:
    data = "AU  - Müller – “x”\x81".encode("cp1252", errors="ignore") + b"\x81"
    assert decode(data) == "AU  - Müller – “x”\ufffd"
    assert "save the file as UTF-8" in note_on_encoding(data)


@given(data=st.binary(max_size=200))
@settings(max_examples=examples(300), derandomize=True, deadline=None)
def test_no_bytes_fail(data: bytes) -> None:
    assert isinstance(decode(data), str)


# Which format it is


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize("filename", ["", "library.txt", "wrong.bib"])
def test_the_text_tells_the_format(name: str, filename: str) -> None:
    expected = "bibtex" if name == "reference-list" and filename.endswith(".bib") else name
    assert guess(FILES[name], filename) == expected
    assert guess("\ufeff\r\n\r\n" + FILES[name].replace("\n", "\r\n"), filename) == expected


def test_the_name_helps_where_the_text_does_not() -> None:
    assert guess("", "a.ris") == "ris"
    assert guess("% nothing yet", "A.BIB") == "bibtex"
    assert guess("Hello, how are you?", "letter.txt") is None
    assert guess("PK\x03\x04\0\0", "a.ris") is None
    assert guess("") is None


@pytest.mark.parametrize("name", ["ris", "bibtex", "nbib", "reference-list"])
def test_a_file_without_any_record_says_so(name: str) -> None:
    (reading,) = read("References", name)
    assert reading.problem.startswith("No record was found here.")
    assert list(read(" \n", name)) == []


def test_a_format_we_do_not_know_is_refused_in_words() -> None:
    unknown: Any = "endnote"
    with pytest.raises(ValueError, match="We read: csl-json, ris, bibtex, nbib, reference-list"):
        read("", unknown)
    with pytest.raises(ValueError, match="We write: csl-json, ris, bibtex"):
        write([], unknown)
    assert json.loads(write([], "csl-json")) == []
