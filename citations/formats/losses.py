"""What a record does not bring back from a file of each format. The tests hold it: nothing else may differ.

What never leaves at all (`fields.KEPT_HERE`: notes, abstracts, shelf marks) is no loss of a format.
"""

from __future__ import annotations

from collections.abc import Mapping


def _fields(names: str) -> frozenset[str]:
    return frozenset(names.split())


_NEITHER_HOLDS = _fields(
    "authority available-date chair collection-number compiler composer contributor curator dimensions division"
    " editor-translator editorial-director event executive-producer guest host illustrator interviewer jurisdiction"
    " narrator organizer original-author page-first part-title performer printing producer recipient reviewed-author"
    " reviewed-genre scale script-writer series-creator submitted supplement supplement-number volume-title-short"
)
# Fields that a file of the format does not hold.
LOSES: Mapping[str, frozenset[str]] = {
    "csl-json": frozenset(),
    "ris": _NEITHER_HOLDS
    | _fields(
        "chapter-number container-author director event-date event-place event-title number-of-pages original-date"
        " original-publisher original-publisher-place original-title part version volume-title"
    ),
    "bibtex": _NEITHER_HOLDS | _fields("collection-editor number reviewed-title section"),
}
# Types for which the format has no word of its own, and what they come back as.
COMES_BACK_AS: Mapping[str, Mapping[str, str]] = {
    "csl-json": {},
    "ris": {
        **dict.fromkeys(
            ("article", "broadcast", "collection", "entry", "event", "interview", "performance", "treaty"), "document"
        ),
        "post": "webpage",
        "review": "article-journal",
        "review-book": "article-journal",
    },
    "bibtex": {},
}
_NEITHER_TELLS_APART = {
    "dates": "Of two dates the first comes back; a season and “circa” do not. A day of access has to be a date.",
    "names": "Whoever has one name only comes back as an organization. Particles all become part of the surname's"
    " non-dropping ones, and small words that lead a surname do too. Marks on how to print a name are lost.",
    "genre": "Genre and medium share one field: it tells the medium of film, sound and pictures, of other works the"
    " genre; what is told of the one where the other is missing comes back as the other.",
    "page": "Dashes between pages become hyphens.",
}
# What comes back, and differs.
CHANGES: Mapping[str, Mapping[str, str]] = {
    "csl-json": {},
    "ris": {
        **_NEITHER_TELLS_APART,
        "title": "Titles lose italics, bold type, raised and lowered letters, and marks that protect capitals.",
        "author": "Directors come back as authors where there are no authors. An organization with a comma in its name"
        " comes back as a person; commas inside the names of people are lost.",
        "ISSN": "Of ISBN and ISSN the ISBN comes back.",
    },
    "bibtex": {
        **_NEITHER_TELLS_APART,
        "title": "Words with capitals come back protected (`nocase`): BibTeX has no other way to keep them.",
        "number": "The number of a report comes back, also when it was told as its issue.",
        "DOI": "In DOIs and addresses braces, backslashes and blanks come back percent-encoded.",
    },
}
