"""The rules about words: each a function that reads a page and yields what is wrong, and changes nothing.

A warning that is false costs more than one that is missing, as people stop reading them: every rule says in its
docstring what it leaves alone. A look at the words of a statement comes before any pattern, so that all of them
together cost little beside compiling a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..embeds import Library
from ..outline import Segment
from ..positions import SourceLines
from ..statements import statements_of
from .bylines import empty_byline
from .case_reports import case_report_percentage, story_as_typical
from .conflicts import conflicting_figures
from .dated import dated_wording
from .drugs import brand_without_generic
from .durations import duration_mismatch
from .efficacy import efficacy_without_source
from .flaw import Flaw, Text
from .names import name_spelling
from .pictures import missing_alt
from .promises import promise_wording
from .questions import faq_unanswered
from .reference_lists import typed_list, typed_reference_list
from .shortened import abbreviation_undefined
from .years import year_mismatch

_RULES: tuple[Callable[[Text], Iterator[Flaw]], ...] = (
    abbreviation_undefined,
    brand_without_generic,
    case_report_percentage,
    conflicting_figures,
    dated_wording,
    duration_mismatch,
    efficacy_without_source,
    empty_byline,
    faq_unanswered,
    missing_alt,
    name_spelling,
    promise_wording,
    story_as_typical,
    typed_reference_list,
    year_mismatch,
)


def read(segments: Sequence[Segment], source: SourceLines, library: Library, abbreviations: Mapping[str, str]) -> Text:
    """Return a page as the rules read it."""
    by_hand = typed_list(segments)
    left_out = {segment.key for segment in by_hand[1:]}
    statements = statements_of(segment for segment in segments if segment.key not in left_out)
    return Text(segments, statements, source, library, abbreviations, by_hand)


def flaws_of(text: Text) -> Iterator[Flaw]:
    """Yield all that the rules about words find in a page."""
    for rule in _RULES:
        yield from rule(text)


__all__ = ["Flaw", "Text", "flaws_of", "read"]
