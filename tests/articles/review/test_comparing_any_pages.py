"""Whatever two pages are compared: nothing is lost, nothing invented, and what is unchanged is called so."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup import CompiledBlock, compile_page
from articles.review.comparing import What, compare
from tests.articles.markup.sample_library import LIBRARY
from tests.articles.markup.test_any_text import any_text, page_of, piece, sections
from tests.size import examples

pytestmark = pytest.mark.proof
quick = settings(max_examples=examples(200), derandomize=True, deadline=None, database=None)
MARKS = re.compile(r"</?(?:ins|del|mark)(?: [^>]*)?>")


def blocks_of(text: str) -> tuple[CompiledBlock, ...]:
    return compile_page(text, LIBRARY).blocks


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str]:
    """A page, and the same page after a few random edits: blocks taken out, put in, moved, doubled, a word changed."""
    before = page_of(draw(sections))
    after = list(before)
    for _ in range(draw(st.integers(min_value=0, max_value=6))):
        place = draw(st.integers(min_value=0, max_value=len(after) - 1))
        edit = draw(st.sampled_from(["take out", "put in", "move", "double", "reword"]))
        if edit == "take out" and len(after) > 1:
            del after[place]
        elif edit == "put in":
            after.insert(place, draw(piece))
        elif edit == "move":
            after.insert(draw(st.integers(min_value=0, max_value=len(after) - 1)), after.pop(place))
        elif edit == "double":
            after.insert(place, after[place])
        elif edit == "reword":
            after[place] = after[place].replace("care", "cure").replace("cough", "**cough**")
    return "\n\n".join(before), "\n\n".join(after)


two_pages = st.one_of(edited(), st.tuples(any_text, any_text))


@quick
@given(two_pages)
def test_every_block_of_both_pages_is_told_of_once(pages: tuple[str, str]) -> None:
    before, after = map(blocks_of, pages)
    found = compare(before, after)
    assert [change.after for change in found if change.after] == list(after)
    assert Counter(change.before.key for change in found if change.before) == Counter(block.key for block in before)


@quick
@given(two_pages)
def test_without_its_marks_each_side_is_the_page_as_it_was(pages: tuple[str, str]) -> None:
    for change in compare(*map(blocks_of, pages)):
        if change.what is What.SAME:
            continue
        if change.before and change.what is not What.MOVED:
            assert MARKS.sub("", change.before_html) == change.before.html
        if change.after:
            assert MARKS.sub("", change.after_html) == change.after.html


@quick
@given(two_pages)
def test_a_block_is_called_unchanged_if_and_only_if_its_digest_stands_on_both_pages(pages: tuple[str, str]) -> None:
    before, after = map(blocks_of, pages)
    left = Counter(block.digest for block in before)
    common = left & Counter(block.digest for block in after)
    kept = Counter(
        change.after.digest
        for change in compare(before, after)
        if change.after and change.what in (What.SAME, What.MOVED)
    )
    assert kept == common


@quick
@given(two_pages)
def test_every_change_is_marked_or_told(pages: tuple[str, str]) -> None:
    for change in compare(*map(blocks_of, pages)):
        if change.what is What.CHANGED:
            assert change.notes or "<del>" in change.before_html or "<ins>" in change.after_html
        elif change.what is What.MOVED:
            assert change.notes
