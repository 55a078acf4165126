"""Entries of the reference list: set as each style asks, as another engine sets them too."""

from __future__ import annotations

import re
import tomllib

import pytest

from citations.style import DEFAULT_STYLE, STYLES, format_entries, version
from tests.citations.conftest import GOLDEN, a_record, golden, golden_records, sample_records
from tests.citations.golden import make, synthetic
from tests.size import sized

STYLE_FILES = make.STYLES
EXPECTED = sorted(path.stem for path in GOLDEN.glob("*.txt"))
KNOWN = tomllib.loads((GOLDEN / "known_differences.toml").read_text(encoding="utf-8"))


@pytest.mark.proof
@pytest.mark.parametrize("name", sized(EXPECTED, [name for name in EXPECTED if "synthetic" not in name]))
def test_entries_are_as_pandoc_sets_them_but_for_known_differences(name):
    records, style, locale = name.split(".")
    expected = golden(name)
    entries = format_entries(golden_records(records), style, locale)
    assert entries.keys() == expected.keys()
    differing = {key: entry for key, entry in entries.items() if entry != expected[key]}
    assert differing == {row["key"]: row["ours"] for row in KNOWN["difference"] if row["file"] == name}


def test_every_style_has_expected_entries_for_every_set_of_records():
    assert set(EXPECTED) == {
        *(f"{records}.{style}.en-US" for records in make.RECORDS for style in STYLES),
        *(f"sample.{style}.en-GB" for style in STYLES),
    }


def test_each_known_difference_has_its_reason():
    rows = KNOWN["difference"]
    assert {row["reason"] for row in rows} == KNOWN["reasons"].keys()
    assert {row["file"] for row in rows} <= set(EXPECTED)


def test_the_synthetic_records_are_those_the_program_makes():
    assert synthetic.records() == golden_records("synthetic")


def test_each_style_is_a_file_and_told_of_in_the_readme():
    told = re.findall(r"^\| `(.+)\.csl` \|", (STYLE_FILES / "README.md").read_text(encoding="utf-8"), re.M)
    assert sorted(told) == sorted(path.stem for path in STYLE_FILES.glob("*.csl")) == sorted(STYLES)
    assert DEFAULT_STYLE in STYLES


def test_an_entry_does_not_depend_on_what_is_set_beside_it():
    record = a_record()
    alone = format_entries([record])[record["id"]]
    assert format_entries([*golden_records("kinds"), record])[record["id"]] == alone
    assert format_entries([record])[record["id"]] == alone


@pytest.mark.parametrize("style", STYLES)
def test_an_entry_has_no_number_and_no_access_date(style):
    for entry in format_entries(sample_records(), style).values():
        assert not entry[0].isdigit()
        assert not re.search("Retrieved|[Aa]ccessed|[Cc]ited ", entry)


def test_a_doi_is_a_link_and_kept_as_it_was_registered():
    entry = format_entries([a_record(DOI="10.1016/S2213-2600(20)30390-8")])["doe2020trial"]
    address = "https://doi.org/10.1016/S2213-2600(20)30390-8"
    assert entry.endswith(f'<a href="{address}">{address}</a>')


def test_a_pmid_and_a_pmcid_are_links():
    record = a_record(DOI=None, PMID="33515503", PMCID="PMC7000001")
    assert format_entries([record], "nlm-citation-sequence")["doe2020trial"].endswith(
        'PubMed PMID: <a href="https://pubmed.ncbi.nlm.nih.gov/33515503/">33515503</a>;'
        ' PubMed Central PMCID: <a href="https://pmc.ncbi.nlm.nih.gov/articles/PMC7000001/">PMC7000001</a>.'
    )


def test_what_is_no_pmid_leads_nowhere():
    entry = format_entries([a_record(PMID="33/../x", PMCID="7000001")], "nlm-citation-sequence")["doe2020trial"]
    assert entry.endswith("PubMed PMID: 33/../x; PubMed Central PMCID: 7000001.")


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
