"""Statements with a figure: which sentences state a number that needs a source, and whether they cite one.

Paragraphs are read sentence by sentence. A list item, a table cell or a definition is one statement: a
citation anywhere in it covers it. Stage numbers, years, telephone numbers, hours of service and ages in
advice ("if you are over 65") are no figures; nor are times the publisher promises ("we answer within a day").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .findings import Findings
from .outline import Segment
from .page import FigureStatement
from .positions import SourceLines
from .sentences import Piece, piece_of, sentences


def _any(words: str) -> str:
    return "|".join(words.split())


_FOLDS = "twofold threefold fourfold fivefold sixfold sevenfold eightfold ninefold tenfold hundredfold"
_ONES = "two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_AGES = "twenties thirties forties fifties sixties seventies eighties nineties"
_PEOPLE = (
    "patients? person people man men woman women adults? child children participants? volunteers? survivors? "
    "cases? deaths? babies infants? newborns? workers? veterans? americans? siblings? famil(?:y|ies) births?"
)
_COUNTED = (
    f"{_PEOPLE} stud(?:y|ies) trials? hospitals? cent(?:er|re)s? countr(?:y|ies) relapses? recurrences? "
    "tumou?rs? nodules? cycles? doses? sessions? infusions? injections? operations? pints? cups? gallons? "
    "dollars? pounds? euros?"
)
_MEASURES = (
    "mg mcg µg μg g kg ml l dl cm mm m km gy cgy kcal calories °c °f degrees inch inches feet ounces? grams? "
    "milligrams? micrograms? kilograms? millilit(?:re|er)s? centimet(?:re|er)s? millimet(?:re|er)s? lit(?:re|er)s? "
    "mmhg iu units?"
)
_PERIOD = r"(?:second|minute|hour|day|night|week|month|year|decade|yr)s?"
_SP = r"[ \u00a0\u202f]{1,2}"
_SP0 = r"[ \u00a0\u202f]{0,2}"
_DASH = r"[-–—‑]"  # the dashes that writers and word processors put between numbers

_BIG = "hundred|thousand|million|billion"
_DIGITS = r"(?<![\w.,])(?<![a-z]-)(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,6})?[½¼¾]?"
_SPELT = (
    rf"\b(?:(?:{_any(_TENS)})(?:{_DASH}(?:one|{_any(_ONES)}))?|{_any(_TEENS)}|{_any(_ONES)}|"
    rf"(?:a{_SP}|one{_SP}|several{_SP})(?:{_BIG}|dozen))"
)
_SEVERAL = rf"(?:{_DIGITS}(?:{_SP}(?:{_BIG}))?|{_SPELT}(?:{_SP}(?:{_BIG}))?)"
_AMOUNT = rf"(?:{_SEVERAL}|[½¼¾]|\bone)"
_TO = rf"(?:{_SP0}{_DASH}{_SP0}|{_SP}(?:to|or|and){_SP})"
_SPAN = rf"{_AMOUNT}(?:{_TO}{_AMOUNT})?"
_ABOUT = (
    rf"\b(?:about|around|nearly|almost|roughly|over|under|within|up{_SP}to|at{_SP}least|at{_SP}most|"
    rf"(?:less|more|fewer|longer|shorter){_SP}than)"
)
# Words that may stand between a count and what is counted, as in "19 node-negative patients".
_PLAIN_WORD = (
    r"(?!(?:of|for|in|to|and|or|with|that|the|from|by|on|at|as|is|are|things?|ways?|types?|kinds?|reasons?|"
    r"questions?|systems?|steps?|points?|main|parts?)\b)[a-z][\w’'-]{0,30}"
)
_FRACTION = r"(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)"

_FIGURE = re.compile(
    "|".join(
        (
            # 78%, 12 to 15 percent
            rf"{_AMOUNT}{_SP0}(?:%|‰|per{_SP0}cent\b|percentage\b)",
            # 7 in 100, one in five, 3 out of 10, 19 of 35, 1:1,000
            rf"{_AMOUNT}{_SP}(?:in|out{_SP}of)(?:{_SP}every)?{_SP}{_SEVERAL}\b",
            rf"{_DIGITS}{_SP}of{_SP}(?:the{_SP}|all{_SP})?{_SEVERAL}\b|{_SEVERAL}{_SP}of{_SP}(?:the{_SP})?{_DIGITS}\b",
            rf"{_DIGITS}{_SP}of{_SP}(?:them|these|those)\b",
            rf"{_DIGITS}:\d{{1,3}}(?:,\d{{3}}){{0,3}}\b",
            # two-thirds, a fifth of, half of, nearly half
            rf"\b(?:two|three|four|five|seven|nine)(?:{_SP}|{_DASH}){_FRACTION}s\b",
            rf"\b(?:a|one)(?:{_SP}|{_DASH}){_FRACTION}{_SP}of\b",
            rf"\bhalf{_SP}(?:of|the{_SP}(?:people|patients|cases|time|men|women)|are|were|had|have|live|lived)\b",
            rf"{_ABOUT}{_SP}(?:half|(?:a|one)(?:{_SP}|{_DASH}){_FRACTION})\b(?!{_SP}an?\b)",
            # doubles, threefold, twice as likely, 2.5 times higher
            rf"\b(?:doubl|tripl|quadrupl|halv)(?:es|ed|ing)\b|\b(?:double|triple|quadruple|halve){_SP}(?:the|their|your)\b",
            rf"\btwice{_SP}(?:as|the|that)\b",
            rf"\b(?:{_any(_FOLDS)})\b|(?:{_DIGITS}|\b(?:{_any(_ONES)}|ten|hundred))(?:{_DASH}|{_SP})?fold\b",
            rf"{_AMOUNT}{_SP}times{_SP}(?:as|more|less|higher|lower|greater|the|that|longer|better|worse)\b",
            # 12 to 21 months, two-year, 14-year, less than a year
            rf"(?!one{_SP}(?:day|night)\b){_SPAN}(?:{_SP}or{_SP}(?:more|fewer))?(?:{_SP}(?:full|whole|more))?"
            rf"(?:{_SP}|{_DASH}){_PERIOD}\b",
            rf"{_ABOUT}{_SP}(?:an?|one){_SP}{_PERIOD}\b",
            rf"\b(?:dozens|hundreds|thousands|millions|billions|decades){_SP}of\b",
            # 3,000 new cases, 25 people, two patients, 400 mg, $5,000
            rf"{_DIGITS}(?:{_TO}{_DIGITS})?(?:{_SP}{_PLAIN_WORD}){{0,2}}{_SP}(?:{_any(_COUNTED)})\b",
            rf"{_SPELT}(?:{_SP}{_PLAIN_WORD})?{_SP}(?:{_any(_PEOPLE)})\b",
            rf"{_DIGITS}(?:{_TO}{_DIGITS})?(?:{_SP0}|{_DASH})(?:{_any(_MEASURES)})(?!\w)",
            rf"[$£€]{_SP0}\d",
            # 12–21, from 12 to 21
            rf"{_DIGITS}{_SP0}(?:{_DASH}|to{_SP}){_SP0}\d{{1,6}}(?:\.\d{{1,3}})?\b",
            # aged 76, a man of 76, in her thirties, 76 and older
            rf"\b(?:age[ds]?(?:{_SP}of)?|(?:older|younger){_SP}than|(?:man|woman|person){_SP}of){_SP}{_SEVERAL}\b",
            rf"\bin{_SP}(?:his|her|their){_SP}(?:(?:early|late|mid){_SP}|mid-)?(?:{_any(_AGES)}|\d0s)\b",
            rf"\b(?:over|under){_SP}(?:the{_SP}age{_SP}of{_SP})?\d{{1,3}}\b|\b\d{{1,3}}{_SP}(?:or|and){_SP}(?:older|over)\b",
            # p = 0.03, n = 35, hazard ratio 0.7, median survival of 7.3
            rf"\b(?:p|n|hr|or|rr){_SP0}[=<>≤≥]{_SP0}\.?\d",
            r"\b(?:hazard|odds|risk) ratio\b[^.!?]{0,30}?\d",
            rf"\b(?:median|mean|average)\b[^.!?]{{0,60}}?{_SEVERAL}\b",
        )
    ),
    re.IGNORECASE,
)
# A cheap look before the expensive one: a sentence with none of these holds no figure.
_HINT = re.compile(r"[\d½¼¾]")
_HINT_WORDS = frozenset(
    f"one {_ONES} {_TEENS} {_TENS} {_AGES} {_FOLDS} hundred thousand million billion dozen hundreds thousands millions "
    "billions dozens decades half third thirds quarter quarters fifth fifths sixth sixths seventh sevenths eighth "
    "eighths ninth ninths tenth tenths twice fold double doubles doubled doubling triple triples tripled tripling "
    "quadruple quadrupled quadruples halve halves halved halving year month week day hour decade minute".split()
)
_LETTERS = re.compile(r"[a-z]+")
_SEED = re.compile(r"(?P<number>\d+|[½¼¾$£€])|(?<![^\W_])[a-z]+", re.IGNORECASE)
_SEED_WORDS = frozenset(
    f"one {_ONES} {_TEENS} {_TENS} {_FOLDS} a hundred several half about around nearly almost roughly over "
    "under within up at less more fewer longer shorter double doubles doubled doubling triple triples tripled tripling "
    "quadruple quadruples quadrupled quadrupling halve halves halved halving twice dozens hundreds thousands millions "
    "billions decades age aged ages older younger man woman person in p n hr or rr hazard odds risk median mean "
    "average".split()
)

_ROMAN = r"(?:IV|I{1,3}|V|\d{1,2})[a-c]?"
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_NUMBERED = (
    r"(?:stages?|phases?|grades?|types?|levels?|steps?|parts?|pages?|chapters?|sections?|figures?|tables?|"
    r"questions?|numbers?|no\.|options?|class|classes|factor|vitamin|chromosomes?|room|suite)"
)
_NO_FIGURE = re.compile(
    "|".join(
        (
            rf"\b{_NUMBERED}[ \u00a0-]{_ROMAN}(?:(?:,[ \u00a0]|/|[-–]|[ \u00a0](?:to|or|and)[ \u00a0]){_ROMAN})*\b",
            rf"\b{_NUMBERED}[ \u00a0](?:one|{_any(_ONES)})\b(?!-)",
            # Telephone numbers: with a country code, in groups, or said to be called
            r"\+\d[\d \u00a0().-]{6,20}\d",
            r"(?<![\w.,])(?:1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b",
            r"\b(?:call|dial|text|phone|ring)[ \u00a0][\d(][\d \u00a0().-]{1,20}\d\b",
            # Hours of service and times of day
            r"\b(?:24|twenty-four) hours (?:a|per) day\b|\b(?:7|seven) days (?:a|per) week\b|\b24/7\b",
            r"\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b\.?",
            # Dates and years
            rf"\b\d{{1,2}}[ \u00a0]{_MONTH},?(?:[ \u00a0]\d{{4}})?\b",
            rf"\b{_MONTH}[ \u00a0]\d{{1,2}}(?:,?[ \u00a0]\d{{4}})?\b|\b{_MONTH}[ \u00a0]\d{{4}}\b",
            r"(?<![\w.,$£€])(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?s?\b(?![.,]\d)(?![ \u00a0]?%)"
            rf"(?![ \u00a0](?:percent|per|mg|{_any(_PEOPLE)})\b)",
            # Numbers of trials; places in a row
            r"\bNCT\d+\b|\b\d{1,2}(?:st|nd|rd|th)\b",
        )
    ),
    re.IGNORECASE,
)
_NOT_AN_AMOUNT = rf"(?!{_SP0}%|{_SP}per|{_SP}in{_SP}|{_SP}out{_SP}|{_SP}to{_SP}|[.,]\d|{_SP}(?:{_any(_COUNTED)})\b)"
_AGE = re.compile(
    rf"\b(?:aged?(?:{_SP}of)?|over|under|(?:older|younger){_SP}than|turn(?:ed|s)?|by){_SP}(?:the{_SP}age{_SP}of{_SP})?"
    rf"\d{{1,3}}\b(?:{_SP}years?{_SP}(?:old|of{_SP}age)\b|(?!{_SP}{_PERIOD}\b)){_NOT_AN_AMOUNT}"
    rf"(?:{_SP}(?:or|and){_SP}(?:older|over|above|younger|under)\b)?"
    rf"|\b\d{{1,3}}(?:{_SP}|{_DASH})years?(?:{_SP}|{_DASH})(?:old|of{_SP}age)s?\b(?:{_SP}(?:or|and){_SP}\w+)?"
    rf"|\b\d{{1,3}}{_SP}(?:or|and){_SP}(?:older|over|above|younger|under)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\byou(?:rs?|rself)?\b|^(?:ask|bring|call|check|choose|contact|do|eat|find|get|go|join|keep|learn|look|make|"
    r"please|read|see|speak|take|talk|tell|try|use|visit|write)\b",
    re.IGNORECASE,
)
_PUBLISHER = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_MEDICAL = re.compile(
    r"\b(?:median|mean|average|surviv\w*|liv(?:e|ed|es|ing)|life|remission|patients?|die[ds]?|tumou?rs?|treat\w*)\b",
    re.IGNORECASE,
)
_PROMISED_TIME = re.compile(
    rf"(?:{_SPAN}|\ban?)(?:{_SP}(?:working|business|calendar|full))?(?:{_SP}|{_DASH}){_PERIOD}\b",
    re.IGNORECASE,
)
_KIND_OF_SOURCE = r"(?:cited|medical|scientific|academic|peer-reviewed|numbered|research|published)"
_TYPED_COUNT = re.compile(
    rf"(?:{_SEVERAL})(?:{_SP}{_KIND_OF_SOURCE}){{0,3}}{_SP}(?:references|citations)\b"
    rf"|(?:{_SEVERAL})(?:{_SP}{_KIND_OF_SOURCE}){{0,2}}{_SP}cited(?:{_SP}{_KIND_OF_SOURCE}){{0,2}}{_SP}"
    r"(?:articles|sources|papers|studies)\b"
    rf"|\bcit(?:es|ing){_SP}(?:{_SEVERAL})(?:{_SP}{_KIND_OF_SOURCE}){{0,3}}{_SP}(?:articles|sources|papers|studies)\b",
    re.IGNORECASE,
)
_COUNTS_SOURCES = re.compile(r"(?:cit(?:es?|ed|ing|ations)|references)\b", re.IGNORECASE)

# Cells of nothing but a number, as in a column of months.
_BARE_NUMBER = re.compile(r"[<>≤≥~≈ ]{0,3}\d[\d,.]{0,12}(?:\s?(?:[-–]|to)\s?\d[\d,.]{0,12})?")
_COUNTING_COLUMN = re.compile(r"\b(?:stage|step|phase|grade|type|level|no|number|year|date|page)\b|#", re.IGNORECASE)


def find_figure(sentence: str) -> tuple[int, int] | None:
    """Return where in ``sentence`` the first figure stands, or None if it states none."""
    if not _HINT.search(sentence) and _HINT_WORDS.isdisjoint(_LETTERS.findall(sentence.lower())):
        return None
    # Blotting out what is no figure costs more than looking, and can only take figures away: look first.
    found = _first_figure(sentence)
    if found is None:
        return None
    text = _NO_FIGURE.sub(_blot, sentence)
    text = _TYPED_COUNT.sub(_blot, text)
    if _ADVICE.search(text):
        text = _AGE.sub(_blot, text)
    if _PUBLISHER.search(text) and not _MEDICAL.search(text):
        text = _PROMISED_TIME.sub(_blot, text)
    return found if text == sentence else _first_figure(text)


def _first_figure(text: str) -> tuple[int, int] | None:
    # Thirty patterns at every letter are slow; each begins with a number or one of few words.
    for seed in _SEED.finditer(text):
        if seed.lastgroup == "number" or seed[0].lower() in _SEED_WORDS:
            found = _FIGURE.match(text, seed.start())
            if found:
                return found.span()
    return None


def _blot(found: re.Match[str]) -> str:
    return "·" * len(found[0])


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
        if figure is None and statement.is_cell and not _COUNTING_COLUMN.search(statement.column_heading):
            bare = _BARE_NUMBER.fullmatch(words.strip()) if len(words) < 40 else None
            figure = (0, len(words)) if bare and not _NO_FIGURE.fullmatch(words.strip()) else None
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
