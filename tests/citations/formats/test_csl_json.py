"""CSL-JSON: records as they are, and what is wrong with those that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from citations.formats import read, write
from tests.citations.conftest import a_record

GOOD = json.dumps(a_record(), indent=1)


def test_a_list_one_record_and_a_record_to_a_line_are_all_read() -> None:
    record = a_record()
    line = json.dumps(record)
    for text in (json.dumps([record, record]), f"{line}\n{line}\n", f"\ufeff[{GOOD},\n{GOOD}]"):
        assert [reading.record for reading in read(text, "csl-json")] == [record, record]
    (reading,) = read(GOOD, "csl-json")
    assert (reading.record, reading.key, reading.line) == (record, "doe2020trial", 1)
    assert list(read("[]", "csl-json")) == list(read("", "csl-json")) == []


def test_one_wrong_element_is_told_with_its_line_and_the_others_are_read() -> None:
    good, wrong, number, last = read(
        f'[\n{json.dumps(a_record())},\n"text",\n5,\n{json.dumps(a_record())}\n]', "csl-json"
    )
    assert [reading.line for reading in (good, wrong, number, last)] == [2, 3, 4, 5]
    assert "starts with" in wrong.problem
    assert "starts with" in number.problem
    assert last.record == a_record()


def test_a_record_with_a_slip_costs_no_other() -> None:
    slip = '{"id": "b", "title": "B" "type": "book", "author": [{"family": "X"}, {"family": "Y"}]}'
    text = f"[{GOOD},\n{slip},\n{GOOD}]"
    first, broken, last = read(text, "csl-json")
    assert first.record == last.record == a_record()
    assert broken.record == {}
    assert broken.problem.startswith(f"This is not valid JSON: line {broken.line}, column 26: Expecting ',' delimiter.")


@pytest.mark.parametrize("empty", [{"family": "King"}, {"accessed": {"date-parts": [[2022]]}}, {"title": ""}, {}])
def test_an_object_without_any_field_of_a_source_is_told(empty: dict[str, Any]) -> None:
    nothing, last = read(json.dumps([empty, a_record()]), "csl-json")
    assert nothing.problem == "No field of this is one of a source. Look whether the whole record is there."
    assert last.record == a_record()


def test_a_file_that_was_cut_off_says_where() -> None:
    text = write([a_record(), a_record(id="b")], "csl-json")
    first, broken, end = read(text[:-40], "csl-json")
    assert first.record == a_record()
    assert "bring the whole file" in broken.problem
    assert f"line {text[:-40].count(chr(10)) + 1}" in end.problem
    (unclosed,) = (reading for reading in read(text.rstrip("]\n"), "csl-json") if reading.problem)
    assert unclosed.problem.startswith("The list is never closed")


def test_what_stands_behind_the_list_is_told() -> None:
    *_, last = read("[]\n{}", "csl-json")
    assert (last.line, "behind the end of the list" in last.problem) == (2, True)


def test_what_csl_has_no_field_for_is_said() -> None:
    item = a_record(
        id=7, DOI="https://doi.org/10.1/x", custom={"study_type": "trial"}, collections=["a"], accessed={"raw": "x"}
    )
    (reading,) = read(json.dumps([item]), "csl-json")
    assert (reading.key, reading.record["id"]) == ("7", "7")
    assert reading.said == {"study_type": "trial", "other_fields": {"collections": ["a"]}, "accessed": {"raw": "x"}}


def test_what_json_does_not_know_is_told() -> None:
    for value, sentence in (
        ("NaN", "NaN is not a value"),
        ("9" * 5_000, "too long"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 60 + "]" * 60, "nested too deeply"),
    ):
        reading = next(read(f'[{{"id": "a", "volume": {value}}}]', "csl-json"))
        assert sentence in reading.problem
