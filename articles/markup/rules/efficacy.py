"""efficacy-without-source: a statement that a treatment works, without a citation in it.

Read are strong words: "improves survival", "extends life", "reduces symptoms", "is effective", "live longer". Left
alone is what is denied, asked, hoped or tested ("whether it helps", "to ease symptoms"), and of symptoms also what
"may" or "can" happen. Not caught: weaker words ("helps", "is good for"), and effects on anything but life, illness
and symptoms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..amounts import words as listed
from .denial import is_denied, is_doubted
from .flaw import Flaw, Text

_STEMS = listed("""
        improv extend prolong lengthen increas boost doubl rais add reduc reliev eas lessen controll eliminat
    """)
_HINTS = frozenset(
    [
        *(f"{stem}{ending}" for stem in _STEMS for ending in listed("e es s ed ing")),
        *_STEMS,
        *listed("controls controlled shrinks destroys slows stops prevents halts longer beyond past effective works"),
    ]
)
_GAP = r"(?: [\w’'-]{1,20}){0,4}?"
_LIFE = (
    r"(?:survival(?: (?:times?|rates?))?|life expectanc(?:y|ies)|life ?spans?|lives|life\b(?! (?:threatening|more|"
    r"easier))|quality of life|"
    r"outcomes|prognosis|outlook)"
)
_CLAIM = re.compile(
    "|".join(
        (
            r"(?P<life>\b(?:improv|extend|prolong|lengthen|increas|boost|doubl|rais|add)(?:e|es|s|ed|"
            rf"ing)?\b{_GAP}(?: to)? {_LIFE}\b)",
            r"(?P<longer>\b(?:live|lives|lived|living|survive|survives|survived) (?:(?:much |significantly |far |even |"
            r"up to [\w ]{1,15} )?longer|"
            r"(?:well |far )?(?:beyond|past) (?:the|their|his|her|your|any) (?:expected |initial )?(?:prognosis|life expectancy))\b)",
            r"(?P<symptoms>\b(?:reduc|reliev|eas|lessen|controll?|improv|eliminat)(?:es|s|ed)\b(?: "
            r"[\w’'-]{1,20}){0,2}? "
            r"(?:symptoms?|pain|breathlessness|fatigue|nausea)\b)",
            r"(?P<cancer>\b(?:shrinks|destroys|eliminates|(?:slows|stops|prevents|halts)(?: the)?(?: (?:growth|"
            r"spread|progression) of)?)"
            r"(?: (?:the|most|many|all|these|pleural|peritoneal))? (?:tumou?rs?|mesothelioma|cancer(?: cells)?|"
            r"recurrence|progression)\b)",
            r"(?P<effective>\b(?:is|are|was|were|be|been|proved|remains?) (?:a |an |the )?(?:highly |very |most |"
            r"more |quite |equally |"
            r"especially |particularly |extremely )?effective\b)",
            r"(?P<works>\bworks (?:very )?(?:well|better|best) (?:for|in|against|on|than|when)\b)",
        )
    ),
    re.IGNORECASE,
)
_TREATMENT = re.compile(
    r"\b(?:treat(?:ments?|ed|ing)|therap(?:y|ies)|surger(?:y|ies)|operations?|chemo(?:therapy)?|radiation|radiotherapy|"
    r"immunotherapy|drugs?|medicines?|medications?|supplements?|herb(?:s|al)?|diets?|vaccines?|procedures?|care|HIPEC|acupuncture|"
    r"yoga|exercise|trials?|regimens?|\w{3,12}(?:umab|izumab|parib|platin|trexed|citabine|taxel|rubicin)|it|this|they|these|which|that)\b",
    re.IGNORECASE,
)
_MAY = re.compile(r"\b(?:may|might|could|can|would|should|to|must|will)(?: [\w-]{1,15}){0,2} $", re.IGNORECASE)
_PURPOSE = re.compile(
    r"\b(?:to(?: \w+[^.;:]{1,40} and)?|can be used to|(?:may|might|could|would|should|must)(?: \w{1,12}){0,3}|in "
    r"order to|ways? of|for)(?: help)? $",
    re.IGNORECASE,
)
_LEARN = re.compile(
    r"\b(?:learn|see|know|tell|say|show|decide|compare|prove)s?\b[^.;]{0,30}\b(?:if|whether|how|which|what|that)\b|"
    r"\bsafe and $|"
    r"\b(?:until|when|which|what|once) ",
    re.IGNORECASE,
)
# Care that is named for easing symptoms, and what is said of some people only.
_FOR_SOME = re.compile(
    r"\b(?:palliative|supportive|comfort|hospice) (?:care|treatment|surgery)\b|^care\b|\bsome (?:people|patients|of)\b",
    re.IGNORECASE,
)
_MOST = 2_000


def efficacy_without_source(text: Text) -> Iterator[Flaw]:
    """Find statements that a treatment works which cite nothing."""
    for statement in text.statements:
        if (
            statement.cited
            or statement.is_heading
            or _HINTS.isdisjoint(statement.words)
            or statement.is_question
            or statement.segment.kind in ("quote", "title", "trial")
        ):
            continue
        words = statement.text[:_MOST]
        for found in _CLAIM.finditer(words):
            if _is_claimed(words, found):
                message = (
                    "This says that a treatment works and cites nothing. Add the source, [@key], or say what is not "
                    "known."
                )
                yield text.flaw("efficacy-without-source", statement, found.start(), message)
                break


def _is_claimed(words: str, found: re.Match[str]) -> bool:
    before = words[max(0, found.start() - 90) : found.start()]
    if is_denied(words, found.start()) or is_doubted(words, found.start()) or _LEARN.search(before):
        return False
    if not _TREATMENT.search(words, 0, found.end()):
        return False
    if found.lastgroup in ("symptoms", "cancer") and _FOR_SOME.search(words, 0, found.start()):
        return False
    if found.lastgroup in ("symptoms", "cancer", "effective", "works"):
        return not _MAY.search(before)
    if found.lastgroup == "life":
        # "to improve quality of life" says what is tried; "known to improve survival" what is claimed.
        return not _PURPOSE.search(before) or bool(
            re.search(r"\b(?:known|shown|found|proven|said|reported) to $", before)
        )
    return True
