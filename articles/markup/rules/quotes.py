"""quote-contradicts and quote-missing: whether figures follow from the quotes pinned to the sources cited for them.

A citation of a place ("p. 3") is held against the quotes from there, if there are any, and else against all of its
source.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..citations_rule import Cited, read_locator
from ..embeds import QuoteEmbed, SourceEmbed
from ..page import FigureStatement
from ..proof import Comparison, Proof, Verdict, prove
from ..statements import Statement
from .flaw import Flaw, Text


def with_evidence(figures: Sequence[FigureStatement], text: Text) -> tuple[list[FigureStatement], list[Flaw]]:
    """Return the statements with a figure, each with its sources and the verdict of their quotes; and what is wrong.

    A statement without a figure can be wrong too: "all patients" where the source says 57.7%.
    """
    flaws: list[Flaw] = []
    known = []
    pairs = list(_paired(figures, text))
    for figure, statement in pairs:
        sources = text.sources_of(statement) if statement is not None else []
        quotes = tuple(_quotes(statement, text)) if statement is not None else ()
        proof = _proof(figure.sentence, quotes) if quotes else None
        keys = tuple(source.key for source in sources)
        verdict, reasons = (proof.verdict, _reasons_of(proof)) if proof else (None, ())
        known.append(replace(figure, sources=keys, verdict=verdict, reasons=reasons))
        if statement is not None:
            flaws += _flaws(text, statement, sources, proof)
    with_figure = {id(statement) for _, statement in pairs}
    for statement in text.statements:
        quotes = tuple(_quotes(statement, text)) if id(statement) not in with_figure else ()
        proof = _proof(statement.sentence, quotes) if quotes else None
        if proof is not None and proof.verdict is Verdict.CONTRADICTS:
            flaws += _flaws(text, statement, [], proof)
    return known, flaws


def _reasons_of(proof: Proof) -> tuple[str, ...]:
    """The sentences that tell how each figure of a statement was judged, each once."""
    return tuple(dict.fromkeys(comparison.sentence for comparison in proof.comparisons))


@lru_cache(maxsize=2048)
def _proof(sentence: str, quotes: tuple[str, ...]) -> Proof:
    # A preview comes with every pause in typing, and most sentences are those of the one before.
    return prove(sentence, quotes)


def _paired(figures: Sequence[FigureStatement], text: Text) -> Iterator[tuple[FigureStatement, Statement | None]]:
    """Pair each statement with a figure with the same one as it is read here, by its line and its words."""
    wanted = {figure.sentence for figure in figures}
    alike = [statement for statement in text.statements if statement.sentence in wanted] if wanted else []
    on_line: dict[tuple[str, int], deque[Statement]] = {}
    for statement in alike:
        on_line.setdefault((statement.sentence, text.place(statement)[0]), deque()).append(statement)
    for figure in figures:
        # The next of the same words on the same line is another.
        found = on_line.get((figure.sentence, figure.line))
        yield figure, found.popleft() if found else None


def _quotes(statement: Statement, text: Text) -> Iterator[str]:
    seen = set()
    for cited in statement.cited:
        source = text.library.sources.get(cited.key)
        for quote in _at_place(source, cited) if source is not None else ():
            if quote.text not in seen:
                seen.add(quote.text)
                yield quote.text


def _at_place(source: SourceEmbed, cited: Cited) -> Sequence[QuoteEmbed]:
    there = [quote for quote in source.quotes if cited.locator and read_locator(quote.locator.strip()) == cited.locator]
    return there or source.quotes


def _flaws(text: Text, statement: Statement, sources: Sequence[SourceEmbed], proof: Proof | None) -> Iterator[Flaw]:
    if proof is not None and proof.verdict is Verdict.CONTRADICTS:
        worst = next(each for each in proof.comparisons if each.verdict is Verdict.CONTRADICTS)
        message = f"{worst.sentence} Say what the source says, or cite the one that says this."
        yield text.flaw_beside_sources("quote-contradicts", statement, _offset(statement, worst), message)
    elif sources and (proof is None or proof.verdict is Verdict.NOT_FOUND):
        message = "No pinned quote of the sources cited here has this figure. Pin the words that it rests on."
        yield text.flaw_beside_sources("quote-missing", statement, 0, message)


def _offset(statement: Statement, comparison: Comparison) -> int:
    words = statement.sentence[comparison.quantity.start : comparison.quantity.end]
    return max(statement.text.find(words), 0)
