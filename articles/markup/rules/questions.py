"""faq-unanswered, outside an FAQ block: a heading, or a line in bold, that asks a question and has nothing below it.

Another heading of its level or above, another question, or the end of the page is nothing. A question with a section of
further headings below it is taken as answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from ..outline import Segment, words_of
from .flaw import Flaw, Text

_BELOW_HEADINGS = 7


def faq_unanswered(text: Text) -> Iterator[Flaw]:
    """Find questions that nothing follows."""
    for segment, after in zip_longest(text.segments, text.segments[1:]):
        level = _level_of_question(segment)
        if level is None:
            continue
        if after is None or (after.kind == "heading" and after.level <= level) or _level_of_question(after) == level:
            message = "This question has no answer. Answer it below, or take it out."
            yield Flaw("faq-unanswered", (segment.first + 1, 1), message, words_of(segment.tokens[1]))


def _level_of_question(segment: Segment) -> int | None:
    if segment.kind not in ("heading", "paragraph") or not words_of(segment.tokens[1]).endswith("?"):
        return None
    if segment.kind == "heading":
        return segment.level
    children = [child for child in segment.tokens[1].children or () if child.content or child.nesting]
    bold = len(children) >= 2 and children[0].type == "strong_open" and children[-1].type == "strong_close"
    is_one = sum(child.type == "strong_open" for child in children) == 1
    return _BELOW_HEADINGS if bold and is_one else None
