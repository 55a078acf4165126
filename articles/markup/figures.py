"""Statements with a figure: which sentences state a number that needs a source, and whether they cite one.

Paragraphs are read sentence by sentence. A list item, a table cell or a definition is one statement: a
citation anywhere in it covers it. Telephone numbers, hours of service and numbers in advice ("if you are over 65,
ask") are no figures; nor are times the publisher promises ("we answer within a day").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from .amounts import NUMBER_WORDS
from .amounts import words as listed
from .figure_numbers import Figure, Kind
from .figure_reader import figures
from .figure_words import SEEDS
from .findings import Findings
from .outline import Segment
from .page import FigureStatement
from .positions import SourceLines
from .quantities.passed_over import NAMES_AND_TIMES, blotted
from .sentences import Piece, piece_of, sentences

# A cheap look before the costly one: a sentence with none of these holds no figure.
_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")
_LETTERS = re.compile(r"[a-z]+")

_PEOPLE = "patients|people|persons|men|women|adults|children|cases|deaths|times"

# What both readers leave out, numbers of three digits that help, addresses, lines that are always open
_NO_FIGURE = re.compile(
    "|".join(
        (
            *NAMES_AND_TIMES,
            # Unless they count
            rf"(?<![\w.,$£€])(?:[2-9]11|988)\b(?![.,/-]?\d|\s?%|\s(?:[a-z-]{{1,20}}\s)?(?:{_PEOPLE})\b)",
            r"(?-i:\b\d{1,5} (?:[A-Z][\w.]{0,20} ){1,3}(?:Street|Avenue|Road|Drive|Boulevard|Lane|Place)\b)",
            r"(?-i:\bBox \d{1,5}\b|\b[A-Z]{2} \d{5}(?:-\d{4})?\b)",
            r"\b24-hour (?:\w{1,12} )?(?:hotline|helpline|line|service)\b",
        )
    ),
    re.IGNORECASE,
)
_PUBLISHER = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_MEDICAL = re.compile(
    r"\b(?:median|mean|average|surviv\w*|liv(?:e|ed|es|ing)|life|remission|patients?|die[ds]?|tumou?rs?|treat\w*)\b",
    re.IGNORECASE,
)

# What somebody is told to do: "should", or a verb that begins the sentence, an item, or what follows "if you smoke,".
_TELLING = re.compile(
    r"\bshould\b(?! have (?:been|\w{2,20}ed)\b)|\brecommends?\b|\baim(?:s|ing)? (?:for|to)\b"
    r"|\b(?:is|are) (?:advised|encouraged|urged|recommended)\b|\bmust (?:not )?be \w{2,20}ed\b"
    r"|\b(?:tell|tells|ask|asks|want|wants) you to\b"
    r"|\bit(?: is|['’]s) (?:important|best|recommended|a good idea) (?:to|that)\b"
    r"|\byou(?: may| will|['’]ll)? (?:must|need to|have to)\b",
    re.IGNORECASE,
)
_VERBS = "|".join(
    listed("""
        add aim apply ask avoid be begin boil bring brush call change check choose clean consider contact continue cook
        cover cut discard do don['’]t drink eat exercise find follow freeze get give go have heat hold include inspect
        join keep learn let lie limit look lose make measure move plan put quit read record reduce refrigerate remember
        repeat replace report rest rinse schedule see set sit sleep soak speak start stay stop store swallow take talk
        tell test throw treat try turn use visit wait walk warm wash watch wear work write
    """)
)
# "Use of tobacco", "Rest was best"; "have you …?"
_NO_VERB = r"(?! (?:of|is|are|was|were|may|can|has|you)\b)"
_IMPERATIVE = re.compile(
    rf"(?:^|:\s)\W{{0,3}}(?:(?:please|also|always|never|then|instead)\s)?(?:{_VERBS})\b"
    rf"{_NO_VERB}|^\W{{0,3}}(?:if|when|before|after|while|once|until|unless|as|to|for|every|each|during|at|twice|two|three|four|\d)"
    rf"\b[^.!?]{{0,200}}?,\s(?:please\s)?(?:{_VERBS})\b{_NO_VERB}",
    re.IGNORECASE,
)
# The dash of an item, if a list is run into the line; not that of "5 - 10 minutes".
_ITEM = re.compile(r"(?<!\d) - ")

_NUMBER = rf"\b(?:\d{{1,4}}|(?:{'|'.join(sorted(NUMBER_WORDS))})(?:-[a-z]{{3,5}})?)"
_KIND_OF_SOURCE = r"(?:cited|medical|scientific|academic|peer-reviewed|numbered|research|published)"
_TYPED_COUNT = re.compile(
    rf"{_NUMBER}(?:\s{_KIND_OF_SOURCE}){{0,3}}\s(?:references|citations)\b"
    rf"|{_NUMBER}(?:\s{_KIND_OF_SOURCE}){{0,2}}\scited(?:\s{_KIND_OF_SOURCE}){{0,2}}\s"
    r"(?:articles|sources|papers|studies)\b"
    rf"|\bcit(?:es|ing)\s{_NUMBER}(?:\s{_KIND_OF_SOURCE}){{0,3}}\s(?:articles|sources|papers|studies)\b",
    re.IGNORECASE,
)
_COUNTS_SOURCES = re.compile(r"(?:cit(?:es?|ed|ing|ations)|references)\b", re.IGNORECASE)

# Cells of nothing but a number, as in a column of months.
_BARE_NUMBER = re.compile(r"[<>≤≥~≈ ]{0,3}\d[\d,.]{0,12}(?:\s?(?:[-–]|to)\s?\d[\d,.]{0,12})?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTING_COLUMN = re.compile(r"\b(?:stage|step|phase|grade|type|level|no|number|year|date|page)\b|#", re.IGNORECASE)


def find_figure(sentence: str) -> tuple[int, int] | None:
    """Return where in ``sentence`` the first figure that needs a source stands, or None if it states none."""
    letters = _LETTERS.findall(sentence.lower())
    if not _DIGIT.search(sentence) and SEEDS.isdisjoint(letters):
        return None
    text = blotted(_NO_FIGURE, sentence)
    if _COUNTS_SOURCES.search(text):
        text = blotted(_TYPED_COUNT, text)
    at = 0
    leads_to_advice = False
    for item in _ITEM.split(text):
        figure = _stated(item, is_advice=leads_to_advice)
        if figure and (letters or figure.kind is not Kind.VALUE):
            return at + figure.start, at + figure.end
        at += len(item) + len(" - ")
        leads_to_advice = leads_to_advice or (item.endswith(":") and _tells_what_to_do(item))
    return None


def _stated(words: str, *, is_advice: bool) -> Figure | None:
    """Return the first figure of ``words`` that is neither advice nor a promise of ours."""
    found = figures(words)
    first = next(found, None)
    if first is None:
        return None
    is_advice = is_advice or _tells_what_to_do(words)
    is_ours = _PUBLISHER.search(words) and not _MEDICAL.search(words)
    for figure in chain((first,), found):
        promised = is_ours and figure.kind is Kind.SPAN
        if not promised and (figure.of_people or not is_advice):
            return figure
    return None


def _tells_what_to_do(words: str) -> bool:
    return bool(_TELLING.search(words) or _IMPERATIVE.search(words))


@dataclass(slots=True)
class _Statement:
    """What one citation covers: the sentences of a paragraph each, or a whole item, cell or definition."""

    whole: bool
    pieces: list[Piece] = field(default_factory=list)
    column_heading: str = ""
    is_cell: bool = False


def _statements(segment: Segment) -> Iterator[_Statement]:
    holders: list[_Statement] = []
    headings: list[str] = []
    column = 0
    in_heading = False
    for token in segment.tokens:
        kind = token.type
        if kind in ("list_item_open", "dd_open", "td_open", "th_open"):
            holders.append(_Statement(whole=True, is_cell=kind == "td_open"))
        elif kind in ("list_item_close", "dd_close", "td_close", "th_close"):
            holder = holders.pop()
            if kind == "th_close":
                headings.append(" ".join(piece.text for piece in holder.pieces))
            elif kind == "td_close":
                holder.column_heading = headings[column] if column < len(headings) else ""
                column += 1
            yield holder
        elif kind == "table_open":
            headings = []
        elif kind == "tr_open":
            column = 0
        elif kind == "heading_open":
            in_heading = True
        elif kind == "heading_close":
            in_heading = False
        elif kind == "inline":
            piece = piece_of(token)
            if holders:
                holders[-1].pieces.append(piece)
            elif not (in_heading and piece.text.rstrip().endswith("?")):
                yield _Statement(whole=in_heading, pieces=[piece])


def review_figures(segment: Segment, source: SourceLines, findings: Findings) -> list[FigureStatement]:
    """Return the statements of a block that hold a figure; uncited ones are findings."""
    found: list[FigureStatement] = []
    for statement in _statements(segment):
        covered = statement.whole and any(piece.citations for piece in statement.pieces)
        for piece in statement.pieces:
            _review_piece(statement, piece, covered, source, findings, found)
    return found


def _review_piece(
    statement: _Statement,
    piece: Piece,
    covered: bool,
    source: SourceLines,
    findings: Findings,
    found: list[FigureStatement],
) -> None:
    spans = list(sentences(piece.text))
    for place, (start, end) in enumerate(spans):
        words = piece.text[start:end]
        typed = _TYPED_COUNT.search(words) if _COUNTS_SOURCES.search(words) else None
        if typed:
            findings.add(
                "typed-count",
                source.position(piece.inline, piece.source_offset(start + typed.start())),
                "The number of references is counted by the system and shown with the page. Leave it out here.",
                typed[0],
            )
        figure = find_figure(words)
        if statement.is_cell and len(words) < 40 and _BARE_NUMBER.fullmatch(words.strip()):
            counts = _COUNTING_COLUMN.search(statement.column_heading) or _YEAR.fullmatch(words.strip())
            figure = None if counts else (0, len(words))
        if figure is None:
            continue
        # A citation after the full stop belongs to the sentence before it.
        until = spans[place + 1][0] if place + 1 < len(spans) else len(piece.text)
        after = start if place else -1
        cited = covered or any(after < at <= until or (at == start == 0) for at in piece.citations)
        line, _ = source.position(piece.inline, piece.source_offset(start))
        sentence = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(words.split()))
        found.append(FigureStatement(line, sentence, cited))
        if not cited:
            findings.add(
                "uncited-statistic",
                source.position(piece.inline, piece.source_offset(start + figure[0])),
                "This statement has a figure and cites nothing. Add its source, [@key], or leave the figure out.",
                sentence,
            )
