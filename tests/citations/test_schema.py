"""What we take into the bibliography is what CSL's own schema allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from citations import csl
from citations.importing import read
from tests.citations.conftest import a_record, sample_records

SCHEMA = json.loads((Path(csl.__file__).parent / "schema" / "csl-data.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)

SCALARS = st.none() | st.booleans() | st.integers(-9999, 99999) | st.floats(allow_nan=False) | st.text(max_size=8)
PEOPLE = st.lists(
    st.dictionaries(st.sampled_from([*csl.NAME_PARTS, *csl.NAME_FLAGS, "name"]), SCALARS, max_size=3), max_size=3
)
DATE = st.dictionaries(
    st.sampled_from([*csl.DATE_PARTS, "year"]),
    SCALARS | st.lists(st.lists(st.integers(0, 2100) | st.text("0123456789", max_size=4), max_size=4), max_size=3),
    max_size=2,
)
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | PEOPLE | DATE
FIELDS = st.dictionaries(
    st.sampled_from([*csl.FIELDS, *csl.SPELLINGS, "custom", "categories", "citation-key"]),
    ANYTHING,
    max_size=4,
)


@given(FIELDS)
@settings(max_examples=300)
def test_whatever_passes_our_rules_passes_the_schema(fields: dict[str, Any]):
    record = csl.normalised(a_record() | fields)
    if not csl.problems(record):
        VALIDATOR.validate([{name: value for name, value in record.items() if name not in csl.UNSCHEMED}])


@pytest.mark.parametrize("record", sample_records(), ids=lambda record: record["id"])
def test_each_sample_record_passes_the_schema(record):
    VALIDATOR.validate([read(record).record])


@pytest.mark.parametrize(
    "fields",
    [{"comma-suffix": {}}, {"static-ordering": [1]}, {"parse-names": None}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_the_schema_asks_of_the_smallest_part_is_asked_here(fields):
    record = a_record(author=[{"family": "Doe"} | fields])
    assert not VALIDATOR.is_valid([record])
    assert csl.problems(record)


def test_season_and_circa_are_text_or_number():
    for part in ("season", "circa"):
        record = a_record(issued={"date-parts": [[2020]], part: {}})
        assert not VALIDATOR.is_valid([record])
        assert csl.problems(record)
