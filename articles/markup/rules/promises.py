"""promise-wording: words that promise what no page can, such as "will live", "guarantee", "miracle", "best doctor".

Words in quotation marks count. Denied words ("is not a cure", "no guarantee"), questions, and words about what is
hoped or tested ("whether it can cure") do not. "Some people can be cured" is a statement, not a promise, and is
left alone. Not caught: a promise made by the whole of a sentence without such a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..amounts import word_set
from .denial import is_denied, is_doubted
from .flaw import Flaw, Text
from .phrases import any_of, named

_HINTS = word_set("""
    cure cures cured curing guarantee guarantees guaranteed guaranteeing will proven miracle miracles miraculous
    best top finest effects harmless curable free risk risks works never wonder safe effective foolproof sure
    certain magic
""")
_DOCTORS = (
    r"(?:doctors?|surgeons?|specialists?|oncologists?|physicians?|hospitals?|(?:cancer|treatment) cent(?:er|re)s?"
    r"|clinics?|lawyers?|attorneys?|law firms?)"
)
_SURELY = r"(?:definitely |surely |certainly |always |all |also |fully |soon )?"
_GETS_WELL = (
    r"(?:live|survive|recover|be cured|be healed|beat|get (?:better|well)|be (?:cancer|disease)[- ]free"
    r"|go into remission|make a full recovery)"
)
_GOOD = (
    r"(?:work|help|extend|improve|cure|prolong|lengthen|shrink|stop|treat|heal|reverse|save|fight|beat"
    r"|be (?:safe|effective)|increase (?:survival|life)|reduce (?:symptoms|pain))"
)
_PROMISE = named(
    cure=(
        r"\b(?:can|will|could|does|to|would|and|that|which|it|this) cures?\b",
        r"\bcures\b(?! rates?)",
        r"\bcur(?:e|ing) (?:your|the|this) (?:cancer|disease|illness|mesothelioma)\b",
        r"\b(?:a|the|complete|real|new|natural|only) cure for\b",
        r"\b(?:is|found|have|has) a (?:complete |real |new |natural )?cure\b",
        r"\b(?:is|are|was|were|be|been|get|gets|got) (?:completely |fully |totally |now )?cured\b",
    ),
    guarantee=(r"\bguarantee(?:s|d|ing)?\b",),
    will=(
        r"\b(?:you|they|he|she|patients?|people|everyone|everybody)(?: \w+){0,2}? will "
        rf"{_SURELY}{_GETS_WELL}\b(?! (?:with|in|at|near|on|alone|independently)\b)",
    ),
    proven=(
        rf"\b(?:clinically |scientifically )?prove[nd] to {_GOOD}\b",
        r"\b(?:clinically|scientifically|medically) proven\b",
        r"\bproven (?:cure|remedy|treatment|therapy|results)\b",
    ),
    miracle=(r"\bmirac(?:les?|ulous(?:ly)?)\b", r"\bwonder (?:drugs?|cures?)\b", r"\bmagic bullet\b"),
    best=(rf"\b(?:best|top|finest|number[- ]one)(?:[- ]rated)?(?: [\w-]{{1,20}}){{0,2}}? {_DOCTORS}\b",),
    risk=(
        r"\b(?:no|zero|without(?: any)?|free of) (?:health )?risks?\b(?! factors?| (?:of|to|for|that|from|groups?)\b)",
        r"\bno risks? of (?:harm|side effects|complications|failure)\b",
        r"\brisk-free\b",
        r"\b(?:no|without(?: any)?|zero) side effects\b",
        r"\b(?:completely|totally|perfectly|100 ?(?:%|percent)) (?:safe|effective|harmless|curable)\b",
        r"\bfoolproof\b",
    ),
    always=(
        r"\balways works\b",
        r"\bworks (?:for everyone|every time|in every case|for all patients)\b",
        r"\bnever (?:comes|come) back\b",
        r"\b(?:sure|certain) to (?:work|help|recover)\b",
    ),
)
_MESSAGES = {
    "cure": "No page can promise a cure. Say what was seen, in how many people, with its source.",
    "guarantee": "Nothing here can be guaranteed. Say what was seen and how often, with its source.",
    "will": "No page can say what will happen to somebody. Say what was seen, in how many people, with its source.",
    "proven": "“Proven” promises more than studies can. Say what the study found, with its source.",
    "miracle": "This word promises too much. Say what happened, and how rare it is.",
    "best": "Nobody can say who is best. Say what to look for, such as a doctor who treats this illness often.",
    "risk": "Everything has risks. Say which ones, or how rare they are, with the source.",
    "always": "No treatment works for everyone. Say for how many it did, with the source.",
}
_HEDGE = any_of(
    r"\b(?:some|certain|may|might|could|sometimes|often|many|most|if|early|chance|likely|usually"
    r"|rare|same as|possible)\b"
)
_NOT_YET = any_of(r" (?:is|has|does|do|did|can|will) ?(?:not|never)\b", r" \w+n['’]t\b", r" rates?\b")
_FOR_YOU = any_of(r"(?: \w+){0,3} for (?:you|me|your|each|them)\b")
_MOST = 2_000


def promise_wording(text: Text) -> Iterator[Flaw]:
    """Find words that promise an outcome, or praise somebody beyond measure."""
    for statement in text.statements:
        if _HINTS.isdisjoint(statement.words) or statement.is_question:
            continue
        words = statement.text[:_MOST]
        for found in _PROMISE.finditer(words):
            name = found.lastgroup or "cure"
            if not _is_meant_otherwise(words, found, name):
                yield text.flaw("promise-wording", statement, found.start(), _MESSAGES[name])
                break


def _is_meant_otherwise(words: str, found: re.Match[str], name: str) -> bool:
    # "No" belongs to the words themselves in "no risk", "never" in "never comes back".
    if is_denied(words, found.start()) or _NOT_YET.match(words, found.end()):
        return True
    if name in ("cure", "will", "proven", "always", "miracle") and is_doubted(words, found.start()):
        return True
    if name == "cure":
        passive = found[0].lower().endswith("cured")
        return passive and bool(_HEDGE.search(words, 0, found.end()))
    return name == "best" and bool(_FOR_YOU.match(words, found.end()))
