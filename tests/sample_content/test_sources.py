"""The shared bibliography: thirty-three records as found, and no citation without one."""

from __future__ import annotations

import re

from tests.sample_content.conftest import PAGES, Page

# Sources that no honest sentence can rest on, with the reason in sample_content/README.md.
UNCITED = {"cttindpantelas", "pass2005book", "pennndprognosis", "vanderbilt2013meso", "acsndmeso"}


def keys_cited_by(page: Page) -> set[str]:
    clusters = re.findall(r"\[([^\]]*@[^\]]*)\]", page.body)
    return {key for cluster in clusters for key in re.findall(r"@([\w-]+)", cluster)}


def test_all_records_of_both_lists_are_there(sources):
    numbers = {(item["custom"]["page"], item["custom"]["number"]) for item in sources.values()}
    assert numbers == {("remission", n) for n in range(1, 18)} | {("stage-4", n) for n in range(1, 17)}


def test_nothing_was_added_to_the_records(sources):
    """Identifiers that nobody looked up are worse than none."""
    assert sum("DOI" in item for item in sources.values()) == 8
    assert sum("PMID" in item for item in sources.values()) == 5
    assert sum("URL" in item for item in sources.values()) == 2


def test_unchecked_identifiers_stay_marked(sources):
    unverified = {
        (key, field)
        for key, item in sources.items()
        for field, mark in item["custom"].get("ids_source", {}).items()
        if mark == "unverified" and field in {"DOI", "PMID", "URL"}
    }
    assert unverified == {
        ("acsndmeso", "URL"),
        ("ncindcr", "URL"),
        ("fennell2021mist1", "DOI"),
        ("fennell2021mist1", "PMID"),
        ("vanmeerbeeck2005raltitrexed", "DOI"),
        ("vanmeerbeeck2005raltitrexed", "PMID"),
    }


def test_known_mistakes_of_the_printed_lists_are_mended(sources):
    assert "Translational" in sources["pass2005book"]["title"]
    assert "MiST1" in sources["fennell2021mist1"]["title"]
    names = [person.get("family", "") for item in sources.values() for person in item.get("author", [])]
    assert not [name for name in names if name.lower().startswith("et al")]


def test_every_cited_key_is_in_the_bibliography(page: Page, sources):
    assert keys_cited_by(page) <= set(sources)


def test_a_source_is_cited_or_known_to_have_no_honest_use(sources):
    cited = set().union(*(keys_cited_by(page) for page in PAGES))
    assert set(sources) - cited == UNCITED


def test_sources_that_are_not_cited_are_explained(sources):
    from tests.sample_content.conftest import CONTENT

    readme = (CONTENT / "README.md").read_text(encoding="utf-8")
    assert [key for key in UNCITED if f"`{key}`" not in readme] == []
