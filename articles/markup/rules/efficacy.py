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
from .phrases import any_of, named

_STEMS = listed("improv extend prolong lengthen increas boost doubl rais add reduc reliev eas lessen controll eliminat")
_HINTS = frozenset(
    [
        *(f"{stem}{ending}" for stem in _STEMS for ending in listed("e es s ed ing")),
        *_STEMS,
        *listed("controls controlled shrinks destroys slows stops prevents halts longer beyond past effective works"),
    ]
)
_LIFE = (
    r"(?:survival(?: (?:times?|rates?))?|life expectanc(?:y|ies)|life ?spans?|lives"
    r"|life\b(?! (?:threatening|more|easier))|quality of life|outcomes|prognosis|outlook)"
)
_DISEASE = r"(?:tumou?rs?|mesothelioma|cancer(?: cells)?|recurrence|progression)"
_CLAIM = named(
    life=(
        r"\b(?:improv|extend|prolong|lengthen|increas|boost|doubl|rais|add)(?:e|es|s|ed|ing)?\b"
        rf"(?: [\w’'-]{{1,20}}){{0,4}}?(?: to)? {_LIFE}\b",
    ),
    longer=(
        r"\b(?:live|survive)[sd]? (?:much |significantly |far |even |up to [\w ]{1,15} )?longer\b",
        r"\b(?:live|survive)[sd]? (?:well |far )?(?:beyond|past) (?:the|their|his|her|your|any) (?:expected |initial )?"
        r"(?:prognosis|life expectancy)\b",
    ),
    symptoms=(
        r"\b(?:reduc|reliev|eas|lessen|controll?|improv|eliminat)(?:es|s|ed)\b(?: [\w’'-]{1,20}){0,2}? "
        r"(?:symptoms?|pain|breathlessness|fatigue|nausea)\b",
    ),
    disease=(
        r"\b(?:shrinks|destroys|eliminates|(?:slows|stops|prevents|halts)(?: the)?"
        r"(?: (?:growth|spread|progression) of)?)"
        rf"(?: (?:the|most|many|all|these|pleural|peritoneal))? {_DISEASE}\b",
    ),
    effective=(
        r"\b(?:is|are|was|were|be|been|proved|remains?) (?:a |an |the )?(?:highly |very |most |more |quite |equally "
        r"|especially |particularly |extremely )?effective\b",
    ),
    works=(r"\bworks (?:very )?(?:well|better|best) (?:for|in|against|on|than|when)\b",),
)
_TREATMENT = any_of(
    r"\b(?:treat(?:ments?|ed|ing)|therap(?:y|ies)|surger(?:y|ies)|operations?|chemo(?:therapy)?|radiation|radiotherapy"
    r"|immunotherapy|drugs?|medicines?|medications?|supplements?|herb(?:s|al)?|diets?|vaccines?|procedures?|care|HIPEC"
    r"|acupuncture|massage|yoga|vitamins?|exercise|trials?|regimens?)\b",
    r"\b\w{3,12}(?:umab|izumab|parib|platin|trexed|citabine|taxel|rubicin)\b",
)
_IT = any_of(r"\b(?:it|this|they|these|which|that)\b")
_MAY = any_of(r"\b(?:may|might|could|can|would|should|to|must|will)(?: [\w-]{1,15}){0,2} $")
# "To improve quality of life" says what is tried; "known to improve survival" what is claimed.
_PURPOSE = any_of(
    r"\bto(?: \w+[^.;:]{1,40} and)?(?: help)? $",
    r"\b(?:may|might|could|would|should|must)(?: \w{1,12}){0,3}(?: help)? $",
    r"\b(?:ways? of|for) $",
)
_SAID_TO = any_of(r"\b(?:known|shown|found|proven|said|reported) to $")
_TO_LEARN = any_of(
    r"\b(?:learn|see|know|tell|say|show|decide|compare|prove)s?\b[^.;]{0,30}\b(?:if|whether|how|which|what|that)\b",
    r"\bsafe and $",
    r"\b(?:until|when|which|what|once) ",
)
# Care that is named for easing symptoms, and what is said of some people only.
_FOR_SOME = any_of(
    r"\b(?:palliative|supportive|comfort|hospice) (?:care|treatment|surgery)\b",
    r"^care\b",
    r"\bsome (?:people|patients|of)\b",
)
_NO_CLAIMS = frozenset(("quote", "title", "trial"))
_MOST = 2_000


def efficacy_without_source(text: Text) -> Iterator[Flaw]:
    """Find statements that a treatment works which cite nothing."""
    for statement in text.statements:
        if statement.cited or _HINTS.isdisjoint(statement.words) or statement.is_question:
            continue
        if statement.is_heading or statement.segment.kind in _NO_CLAIMS:
            continue
        words = statement.text[:_MOST]
        for found in _CLAIM.finditer(words):
            if _is_claimed(words, found):
                message = "This says that a treatment works and cites nothing. Add the source, [@key], or leave it out."
                yield text.flaw("efficacy-without-source", statement, found.start(), message)
                break


def _is_claimed(words: str, found: re.Match[str]) -> bool:
    before = words[max(0, found.start() - 90) : found.start()]
    if is_denied(words, found.start()) or is_doubted(words, found.start()) or _TO_LEARN.search(before):
        return False
    if found.lastgroup == "longer":
        return bool(_TREATMENT.search(words))
    if not (_TREATMENT.search(words, 0, found.end()) or _IT.search(words, 0, found.end())):
        return False
    if found.lastgroup == "life":
        return not _PURPOSE.search(before) or bool(_SAID_TO.search(before))
    if found.lastgroup in ("symptoms", "disease") and _FOR_SOME.search(words, 0, found.start()):
        return False
    return not _MAY.search(before)
