"""Whatever is done to a page: a comment stays on its words, moves with them, or is orphaned. Never on other words.

Real pages are edited at random, and private marks that travel through the edits say where the words truly went.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from articles.markup import CompiledBlock, compile_page
from articles.review.anchoring import Found, Quote, places_of, quote_in, words_of
from tests.articles.markup.sample_library import LIBRARY
from tests.size import examples

pytestmark = pytest.mark.proof

PAGES = sorted((Path(__file__).parents[3] / "sample_content" / "articles").rglob("*.md"))
OPEN, CLOSE = "\ue000", "\ue001"
STAND_IN = "Zqxj"  # put in place of the words to see where they come out
MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
PLAIN_WORD = re.compile(r"[A-Za-z]+[,.;]?")
NEW_WORDS = ["quince", "walrus", "plum"]  # on no page: the words in question come back only where they are copied


@cache
def pieces_of(path: Path) -> tuple[str, ...]:
    return tuple(piece for piece in re.sub(r"\A\+\+\+\n.*?\n\+\+\+\n", "", path.read_text(), flags=re.S).split("\n\n"))


@cache
def blocks_of(text: str) -> tuple[CompiledBlock, ...]:
    return compile_page(text, LIBRARY).blocks


def unmarked(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def where(text: str, words: str) -> set[tuple[int, int]]:
    """Number of the block and place in its words, wherever the marked words stand whole."""
    found = set()
    for match in MARKED.finditer(text):
        if " ".join(match[1].split()) == words:
            shown = unmarked(f"{text[: match.start()]}{STAND_IN}{text[match.end() :]}")
            found |= {
                (number, words_of(block).find(STAND_IN))
                for number, block in enumerate(blocks_of(shown))
                if STAND_IN in words_of(block)
            }
    return found


@st.composite
def a_page_and_words(draw: st.DrawFn) -> list[str]:
    """Some neighboring paragraphs of a real page, with a few of its words marked."""
    pieces = list(pieces_of(draw(st.sampled_from(PAGES))))
    first = draw(st.integers(min_value=0, max_value=max(0, len(pieces) - 6)))
    pieces = pieces[first : first + draw(st.integers(min_value=3, max_value=14))]
    place = draw(st.integers(min_value=0, max_value=len(pieces) - 1))
    tokens = re.findall(r"\S+|\s+", pieces[place])
    plain = [number for number, token in enumerate(tokens) if PLAIN_WORD.fullmatch(token)]
    if draw(st.booleans()):
        # Words that stand there more than once are the ones to be taken for others.
        everywhere = Counter(re.findall(r"\w+", " ".join(pieces)))
        plain = [number for number in plain if everywhere[tokens[number].strip(",.;")] > 1] or plain
    assume(plain)
    begin = draw(st.sampled_from(plain))
    end = begin + 1
    wanted = draw(st.sampled_from([1, 1, 2, 3, 5, 8, 12]))
    while wanted > 1 and end + 1 < len(tokens) and tokens[end] == " " and PLAIN_WORD.fullmatch(tokens[end + 1]):
        end += 2
        wanted -= 1
    tokens[begin] = OPEN + tokens[begin]
    tokens[end - 1] += CLOSE
    pieces[place] = "".join(tokens)
    return pieces


@st.composite
def edited(draw: st.DrawFn, pieces: list[str]) -> list[str]:
    """The same after up to eight random edits, of whole paragraphs, sentences and words."""
    after = list(pieces)
    for _ in range(draw(st.integers(min_value=0, max_value=8))):
        place = draw(st.integers(min_value=0, max_value=len(after) - 1))
        with_words = [number for number, piece in enumerate(after) if OPEN in piece]
        near = bool(with_words) and draw(st.booleans())
        if near:
            place = with_words[0]
        other = draw(st.integers(min_value=0, max_value=len(after) - 1))
        edit = draw(st.sampled_from(["take out", "copy", "move", "split", "join", "reword", "reword", "cut", "add"]))
        tokens = re.findall(r"\S+|\s+", after[place])
        spot = draw(st.integers(min_value=0, max_value=max(0, len(tokens) - 1)))
        if near:
            at_words = next(number for number, token in enumerate(tokens) if OPEN in token)
            spot = min(max(0, at_words + draw(st.integers(min_value=-6, max_value=3))), len(tokens) - 1)
        if edit == "take out" and len(after) > 1:
            del after[place]
        elif edit == "copy":
            after.insert(other, after[place])
        elif edit == "move":
            after.insert(other, after.pop(place))
        elif edit == "split" and tokens and " " in tokens[spot]:
            tokens[spot] = "\n\n"
        elif edit == "join" and place + 1 < len(after):
            after[place : place + 2] = [f"{after[place]} {after[place + 1]}"]
            continue
        elif edit == "reword" and tokens:
            tokens[spot] = draw(st.sampled_from(NEW_WORDS)) if tokens[spot].strip() else tokens[spot]
        elif edit == "cut":
            del tokens[spot : spot + draw(st.integers(min_value=1, max_value=12))]
        elif edit == "add":
            tokens.insert(spot, f" {draw(st.sampled_from(NEW_WORDS))} ")
        if edit in ("split", "reword", "cut", "add"):
            after[place] = "".join(tokens)
    return after


@settings(max_examples=examples(500), derandomize=True, deadline=None, database=None)
@given(st.data())
def test_words_are_found_where_they_went_or_orphaned(data: st.DataObject) -> None:
    pieces = data.draw(a_page_and_words())
    before_text = "\n\n".join(pieces)
    match = MARKED.search(before_text)
    assert match is not None
    words = match[1]
    before = blocks_of(unmarked(before_text))
    stood = where(before_text, words)
    assume(len(stood) == 1)
    number, start = stood.pop()
    on = before[number]
    quote = Quote(words, words_of(on)[max(0, start - 32) : start], words_of(on)[start + len(words) :][:32])
    assume(words_of(on)[start:].startswith(words))
    assert quote_in(on, words, prefix=quote.prefix) is not None

    after_text = "\n\n".join(data.draw(edited(pieces)))
    after = blocks_of(unmarked(after_text))
    truly = where(after_text, words)
    (place,) = places_of([(quote, on)], before, after)

    if place.found is Found.ORPHANED:
        assert place.block is None
        # Nothing is given up that stands in the same block as before, word for word.
        assert not any(
            words_of(after[number]) == words_of(on) and after[number].digest == on.digest for number, _ in truly
        )
        return
    assert place.block is not None
    assert words_of(place.block)[place.start :].startswith(words)
    found_at = (after.index(place.block), place.start)
    assert found_at in truly, f"“{words}”: {found_at}, truly {truly}\n\n{before_text}\n\n=====\n\n{after_text}"
