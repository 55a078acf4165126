"""Abbreviations: ``*[EPP]: extrapleural pneumonectomy`` defines one, wherever it stands on the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from .findings import Findings

_DEFINITION = re.compile(r"\*\[(?P<short>[^\[\]\n]{1,100})\]:(?P<long>.*)", re.DOTALL)
_REST_OF_WORD = re.compile(r"(?:[-/'’]?\w+)+")
_WORD = re.compile(r"\w+|[^\w\s]")


class Abbreviations:
    """The abbreviations of one page, found in text by their first word and their length."""

    def __init__(self) -> None:
        self.expansions: dict[str, str] = {}
        # For each first word the lengths worth trying, longest first: at most a hundred, however
        # many abbreviations begin alike.
        self._lengths: dict[str, list[int]] = {}

    def define(self, short: str, expansion: str) -> bool:
        """Define ``short``; False if it already means something else (the first meaning stays)."""
        known = self.expansions.setdefault(short, expansion)
        first = _WORD.match(short)
        assert first is not None  # definitions are stripped and never blank
        lengths = self._lengths.setdefault(first[0], [])
        if len(short) not in lengths:
            lengths.append(len(short))
            lengths.sort(reverse=True)
        return known == expansion

    def digest(self, short: str) -> str:
        """The SHA-256 of what ``short`` stands for: what a block that uses it depends on."""
        return hashlib.sha256(self.expansions[short].encode()).hexdigest()

    def split(self, token: Token) -> Iterator[Token]:
        """Cut a text token at the abbreviations in it."""
        text, done = token.content, 0
        for word in _WORD.finditer(text):
            start = word.start()
            if start < done or word[0] not in self._lengths:
                continue
            short = self._at(text, start, self._lengths[word[0]])
            if not short:
                continue
            if start > done:
                yield _part(token, "text", text[done:start], done)
            yield _part(token, "abbreviation", short, start)
            done = start + len(short)
        if done == 0:
            yield token
        elif done < len(text):
            yield _part(token, "text", text[done:], done)

    def _at(self, text: str, start: int, lengths: list[int]) -> str:
        for length in lengths:
            end = start + length
            short = text[start:end]
            # A word that goes on is another word: CTs, not CT.
            if short in self.expansions and not (short[-1].isalnum() and text[end : end + 1].isalnum()):
                return short
        return ""


def _part(token: Token, kind: str, content: str, offset: int) -> Token:
    part = Token(kind, "", 0, content=content, level=token.level)
    part.meta = {"at": token.meta.get("at", 0) + offset}
    return part


def meaning_of(abbreviation: Token) -> Token:
    """What follows an abbreviation that its section does not explain: its meaning, in brackets.

    It has no content: it is shown, and is none of the words that were written.
    """
    meaning = _part(abbreviation, "abbreviation_meaning", "", len(abbreviation.content))
    expansion = abbreviation.meta["expansion"]
    meaning.meta.update(expansion=expansion, said=f" ({expansion})")
    return meaning


def put_in(meaning: Token, after: Token) -> Iterator[Token]:
    """Put a meaning into what comes after its abbreviation: behind the rest of the word, as of “the VA’s line”."""
    rest = _REST_OF_WORD.match(after.content) if after.type == "text" else None
    if after.content.startswith(")"):
        meaning.meta["said"] = f", {meaning.meta['expansion']}"  # no brackets within brackets
    if rest is None:
        yield from (meaning, after)
        return
    yield _part(after, "text", rest[0], 0)
    yield meaning
    yield _part(after, "text", after.content[rest.end() :], rest.end())


def abbreviation_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """markdown-it block rule for definitions; needs ``env["abbreviations"]`` and ``env["findings"]``."""
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("*[", begin):
        return False
    line = state.src[begin : state.eMarks[start]]
    definition = _DEFINITION.fullmatch(line)
    short = " ".join(definition["short"].split()) if definition else ""
    if definition is None or not short:
        return False
    if silent:
        return True
    abbreviations: Abbreviations = state.env["abbreviations"]
    findings: Findings = state.env["findings"]
    expansion = " ".join(definition["long"].split())
    place = (start + 1, begin - state.src.rfind("\n", 0, begin))
    if not expansion:
        findings.add("bad-argument", place, f"Say after the colon what {short} stands for.", line)
    elif not abbreviations.define(short, expansion):
        findings.add(
            "abbreviation-redefined",
            place,
            f"{short} already stands for “{abbreviations.expansions[short]}” on this page.",
            line,
        )
    token = state.push("abbreviation_definition", "", 0)
    token.map = [start, start + 1]
    state.line = start + 1
    return True


def abbreviations_plugin(md: MarkdownIt) -> None:
    """Add the rule for definitions; it interrupts paragraphs, lists and quotations."""
    md.block.ruler.before(
        "table", "abbreviation", abbreviation_rule, {"alt": ["paragraph", "blockquote", "list", "reference"]}
    )
