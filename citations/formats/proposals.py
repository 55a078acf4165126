"""What a printed reference seems to have got wrong, proposed to a person.

Only one thing is put right at once: “Et al.” is nobody, wherever it stands. Of everything else somebody has to look
at the work itself. Nothing is re-cased, no address invented, and no DOI repaired, however odd it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from citations.formats.reading import Correction
from citations.formats.reference_entry import PUBLISHERS, Entry

_SITE_WORDS = re.compile(
    r"\b(?:journal|journals|pubmed|wikipedia|youtube|medline(?:plus)?|webmd|society|institute|foundation|university"
    r"|hospital|clinic|cent(?:er|re)|network|news|magazine|online|home ?page|health|oncology"
    r"|[\w-]+\.(?:com|org|gov|net|edu))\b",
    re.I,
)
_ACRONYM = re.compile(r"\(([a-z]{2,}-?[0-9]+[a-z]?)\)")
_MOST_WORDS_OF_A_SITE = 6


def for_entry(entry: Entry) -> Iterator[Correction]:
    """Each thing a person should look at, and the one that has been put right already."""
    yield from _nobody(entry)
    yield from _address_missing(entry)
    yield from _site_in_title(entry)
    yield from _acronym_in_small_letters(entry)
    yield from _publisher_as_author(entry)
    yield from _editors_as_authors(entry)


def _nobody(entry: Entry) -> Iterator[Correction]:
    if entry.has_nobody:
        reason = "“Et al.” is nobody. It was left out, and the list of authors is marked as not complete."
        yield Correction("author", entry.has_nobody, "", reason, applied=True)


def _address_missing(entry: Entry) -> Iterator[Correction]:
    if entry.leads_nowhere:
        reason = (
            "No address follows. Look the page up and add its address; the day of the visit is kept aside until then."
        )
        yield Correction("URL", entry.leads_nowhere, "", reason)


def _site_in_title(entry: Entry) -> Iterator[Correction]:
    """“A case report – Journal of Medical Case Reports”: what follows the last dash is where it appeared."""
    title = entry.record["title"]
    found = re.fullmatch(r"(?P<title>.+\S) (?:[-–—|]|::) (?P<site>[^|]+)", title)
    if not found:
        return
    site = found.group("site").strip()
    makers = [person.get("literal", "") for person in entry.record.get("author", [])]
    known = [entry.record.get("container-title", ""), entry.record.get("publisher", ""), *makers]
    named = site.lower() in [name.lower() for name in known if name]
    if named or (len(site.split()) <= _MOST_WORDS_OF_A_SITE and _SITE_WORDS.search(site)):
        reason = f"“{site}” looks like the name of the site or journal, taken along with the title."
        yield Correction("title", title, found.group("title"), reason)


def _acronym_in_small_letters(entry: Entry) -> Iterator[Correction]:
    for found in _ACRONYM.finditer(entry.record["title"]):
        reason = "This looks like the name of a trial that lost its capitals. Compare it with the work itself."
        yield Correction("title", found.group(1), "", reason)


def _publisher_as_author(entry: Entry) -> Iterator[Correction]:
    authors = entry.record.get("author", [])
    names = [person.get("literal", "") for person in authors]
    for name in names:
        bare = re.sub(r"\s*\([A-Z]{2,8}\)$", "", name)
        twice = bool(name) and len(authors) == 1 and name.lower() == entry.record.get("publisher", "").lower()
        # A publisher may well be the author of its own page or book.
        if bare.lower() in PUBLISHERS and not twice:
            reason = "This is a publisher. Name the people who wrote the work, and keep the publisher as one."
            yield Correction("author", name, "", reason)


def _editors_as_authors(entry: Entry) -> Iterator[Correction]:
    authors = entry.record.get("author", [])
    if entry.record["type"] == "book" and len([person for person in authors if "family" in person]) > 2:
        names = ", ".join(person.get("family", person.get("literal", "")) for person in authors)
        reason = (
            "Books by many people mostly name their editors. If the title page does, move these names to the editors."
        )
        yield Correction("author", names, "", reason)
