"""case-report-percentage and story-as-typical: what happened to one person is told as if it happened to many.

A source is told of single people if its study design, or its title, says "case report", "case series" or "story". A
share that measures one body ("the tumor shrank by 40%") is none of people. As general count words that conclude
from the story ("this shows that") or speak of others through it ("patients like her often"). Not caught: a general
claim in words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..amounts import word_set
from ..embeds import SourceEmbed
from ..statements import Statement
from .denial import is_denied
from .flaw import Flaw, Text
from .phrases import any_of

_OF_ONE = any_of(
    r"\bcase (?:reports?|series|stud(?:y|ies))\b",
    r"\b(?:patient|personal|survivor)\b.{0,20}\b(?:story|stories|video|account|blog)\b",
    r"\bstory\b|\btestimonials?\b|\banecdot",
)
_TITLED = any_of(r"\bcase (?:reports?|series)\b", r"\breports? of (?:a|one|two|three) cases?\b")
_NUMBER = r"(?:\d[\d,.]{0,8}|one|two|three|four|five|six|seven|eight|nine|ten|half|most)"
_OF_HOW_MANY = r"(?:\d{1,6}|two|three|four|five|six|ten|twenty|a hundred)"
_SHARE = any_of(
    rf"{_NUMBER} ?(?:%|per ?cent\b|percent\b)",
    rf"\b{_NUMBER} (?:in|out of|of)(?: every)? {_OF_HOW_MANY}\b(?! (?:weeks?|months?|years?|days?|hours?|minutes?))",
    r"\b(?:half|a third|two[- ]thirds|a quarter|three[- ]quarters|a fifth|the majority) of (?:all |the |these |those )?"
    r"(?:patients|people|cases|men|women|survivors)\b",
)
_OF_A_BODY_BEFORE = any_of(
    r"\b(?:by|(?<!up )to|from) (?:about |almost |nearly |over |more than |roughly )?$",
    r"\b(?:stage|grade|phase|type|part|cycle|day|week|month|year|level|age)s? $",  # no share at all
)
_OF_A_BODY_AFTER = any_of(
    r"(?: smaller| larger| lower| higher| less| more)? of (?:the|his|her|its|a|each|this|that)? ?(?:\w+ )?"
    r"(?:tumou?rs?|cells?|lungs?|cancer|normal|chest|volume|size|weight|blood|tissue|body|dose|lining|pleura)",
    r" (?:oxygen|confidence|lung|smaller|reduction|decrease|shrinkage)",
)

_LIKE = any_of(
    r"\b(?:patients?|people|others|men|women|survivors|someone|anyone|those) (?:just |exactly )?"
    r"(?:like|such as) (?:her|him|them|this (?:man|woman|patient))\b"
)
_STORY = r"(?:case|story|stories|result|recovery|remission|response|survival|experience|report|example|outcome|patient)"
_CONCLUDES = any_of(
    rf"\b(?:this|that|it|(?:his|her|their|this|the|one|a|such a|these|a single) (?:[\w’'-]{{1,15}} )?{_STORY})s? "
    r"(?:clearly |also )?(?:shows?|proves?|demonstrates?|confirms?|is proof|means) that\b"
)
_GENERAL = any_of(
    r"\b(?:most|many|all) (?:[\w-]{1,20} )?(?:patients|people|survivors)(?: with [\w -]{1,40}?)? "
    r"(?:who [\w -]{1,40}? )?(?:can|will|live|survive|respond|recover|go into remission|have the same)\b",
    r"\b(?:patients|people) (?:often|usually|typically|generally|commonly) "
    r"(?:live|survive|respond|recover|go into|can|have|see)\b",
    r"\byou (?:can|will|could) too\b",
    r"\b(?:anyone|everyone|anybody) can\b",
    r"\bis (?:quite )?typical\b",
)
_LIKENESS = frozenset(("like", "such"))
_STORY_HINTS = _LIKENESS | word_set("""
    like that too often usually typically generally commonly can will typical most many all
""")


def case_report_percentage(text: Text) -> Iterator[Flaw]:
    """Find shares of people for which only reports of single people are cited."""
    for statement in text.statements:
        if not statement.cited:
            continue
        sources = text.sources_of(statement)
        if len(sources) < len(statement.keys) or not all(map(_is_of_one, sources)):
            continue
        for found in _SHARE.finditer(statement.text[:2_000]):
            before = statement.text[max(0, found.start() - 30) : found.start()]
            if _OF_A_BODY_BEFORE.search(before) or _OF_A_BODY_AFTER.match(statement.text, found.end()):
                continue
            message = (
                "Only a report of one person or of a few is cited for this share. Tell it as what happened to them, or "
                "cite a study of many people."
            )
            yield text.flaw_beside_sources("case-report-percentage", statement, found.start(), message)
            break


def story_as_typical(text: Text) -> Iterator[Flaw]:
    """Find general claims that rest on a story."""
    for before, statement in pairwise([None, *text.statements]):
        assert statement is not None
        if _STORY_HINTS.isdisjoint(statement.words) or statement.is_question:
            continue
        found = _LIKE.search(statement.text[:2_000]) if _LIKENESS & statement.words else None
        if found is None and _is_in_a_story(text, statement, before):
            found = _CONCLUDES.search(statement.text[:2_000]) or _GENERAL.search(statement.text[:2_000])
        if found is None or is_denied(statement.text, found.end()):
            continue
        message = "A story says what happened to one person, not what is usual. Leave it out, or cite a study of many."
        yield text.flaw("story-as-typical", statement, found.start(), message)


def _is_in_a_story(text: Text, statement: Statement, before: Statement | None) -> bool:
    """Whether a statement tells a story or follows one: in a story block, or behind the report of a single case."""
    sources = text.sources_of(statement)
    if sources:
        return all(map(_is_of_one, sources))
    if statement.is_story:
        return True
    if before is None or before.segment is not statement.segment:
        return False
    told = text.sources_of(before)
    return bool(told) and all(map(_is_of_one, told))


def _is_of_one(source: SourceEmbed) -> bool:
    return bool(_OF_ONE.search(source.study_design) or _TITLED.search(source.title))
