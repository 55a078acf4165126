"""Entries of the reference list: set as the style asks, as another engine sets them too."""

from __future__ import annotations

import json

import pytest

from citations.style import format_entries, version
from tests.citations.conftest import HERE, a_record, golden, sample_records

KINDS = json.loads((HERE / "golden" / "kinds.json").read_text(encoding="utf-8"))
# Where we mean to differ from pandoc, and what we print.
DIFFERENCES = {
    # It turns single quotation marks into double ones; we keep the author's.
    "quotes": (
        "O’Brien, J.-L. (2020). The “quoted” title isn’t ‘single’ one. <i>Patients’ Journal</i>.",
        "O’Brien, J.-L. (2020). The “quoted” title isn’t “single” one. <i>Patients’ Journal</i>.",
    ),
    # An address without encryption is shown and not linked.
    "noauthor": (
        "<i>A page by nobody</i>. (2020, January 2). Site. http://example.org/a",
        '<i>A page by nobody</i>. (2020, January 2). Site. <a href="http://example.org/a">http://example.org/a</a>',
    ),
    # "<" and ">" in an old DOI: percent-encoded in the address, as doi.org asks.
    "sici": (
        'Smith, J. Q. (1998). S. <i>Stat Med</i>. <a href="https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16'
        '%3C1661::AID-SIM968%3E3.0.CO;2-2">https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16'
        "&lt;1661::AID-SIM968&gt;3.0.CO;2-2</a>",
        'Smith, J. Q. (1998). S. <i>Stat Med</i>. <a href="https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16'
        '&lt;1661::AID-SIM968&gt;3.0.CO;2-2">https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16'
        "&lt;1661::AID-SIM968&gt;3.0.CO;2-2</a>",
    ),
}


@pytest.mark.parametrize("key", [record["id"] for record in sample_records()])
def test_each_sample_source_is_set_as_pandoc_sets_it(key, sample_entries):
    assert sample_entries[key] == golden("apa-numeric-superscript.en-US.txt")[key]


@pytest.mark.parametrize("key", [record["id"] for record in KINDS])
def test_each_kind_of_source_is_set_as_pandoc_sets_it(key, entries_of_kinds):
    expected = golden("kinds.en-US.txt")[key]
    ours, theirs = DIFFERENCES.get(key, (expected, expected))
    assert (entries_of_kinds[key], expected) == (ours, theirs)


@pytest.fixture(scope="module")
def sample_entries():
    return format_entries(sample_records())


@pytest.fixture(scope="module")
def entries_of_kinds():
    return format_entries(KINDS)


def test_an_entry_does_not_depend_on_what_is_set_beside_it():
    record = a_record()
    alone = format_entries([record])[record["id"]]
    assert format_entries([*KINDS, record])[record["id"]] == alone
    assert format_entries([record])[record["id"]] == alone


def test_an_entry_has_no_number_and_no_access_date(sample_entries):
    assert not any(entry[0].isdigit() or "Retrieved" in entry for entry in sample_entries.values())


def test_a_doi_is_a_link_and_kept_as_it_was_registered():
    entry = format_entries([a_record(DOI="10.1016/S2213-2600(20)30390-8")])["doe2020trial"]
    address = "https://doi.org/10.1016/S2213-2600(20)30390-8"
    assert entry.endswith(f'<a href="{address}">{address}</a>')


def test_capitals_stay_as_the_record_has_them():
    entry = format_entries([a_record(title="Rucaparib in BAP1-deficient mesothelioma (MiST1)")])["doe2020trial"]
    assert "Rucaparib in BAP1-deficient mesothelioma (MiST1)" in entry


def test_titles_may_hold_italics_and_indices():
    entry = format_entries([a_record(title="Loss of <i>BAP1</i> and H<sub>2</sub>O in 10<sup>9</sup> <b>cells</b>")])
    assert "Loss of <i>BAP1</i> and H<sub>2</sub>O in 10<sup>9</sup> <b>cells</b>." in entry["doe2020trial"]


def test_a_title_that_leaves_a_tag_open_shows_it_as_text():
    entry = format_entries([a_record(title="Loss of <i>BAP1 in 5 < 10 & more")])["doe2020trial"]
    assert "Loss of &lt;i&gt;BAP1 in 5 &lt; 10 &amp; more." in entry


def test_an_unknown_style_or_locale_is_named():
    with pytest.raises(ValueError, match=r"no citation style 'house'\. We have: apa-numeric-superscript"):
        format_entries([a_record()], style="house")
    with pytest.raises(ValueError, match="no locale 'xx-XX'"):
        format_entries([a_record()], locale="xx-XX")
    with pytest.raises(ValueError, match=r"no citation style '\.\./styles/apa'"):
        version(style="../styles/apa")


def test_the_version_names_everything_an_entry_depends_on():
    assert version().startswith("apa-numeric-superscript@")
    assert "en-US citeproc-py 0.11" in version()
    assert version(locale="en-GB") != version()
