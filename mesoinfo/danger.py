"""Words of somebody who may harm themselves, or whose body cannot wait. Better one warning too many.

But plain questions about the illness, its end included, are what people come here with: they get no warning. Both
lists stand in tests/mesoinfo/test_danger.py.
"""

from __future__ import annotations

import re
import unicodedata

from django.db import models


class Danger(models.TextChoices):
    """What is in danger, and so whom to call first. The labels head what we show to the person."""

    BODY = "body", "Call 911 if this is happening now"
    DESPAIR = "despair", "You can talk to somebody now"


# Text is compared in small letters and without apostrophes, so "can't" is "cant" and "I'll" is "ill".
_CANNOT = r"(?:cannot|can not|cant|couldnt|could not|unable to|not able to)(?: (?:even|just|really|hardly))?"
_SELF = r"(?:myself|my self|himself|herself|themselves|themself|yourself|ourselves)"
_WHOSE = r"(?:my|his|her|their|our|your)"
_ANY_MORE = r"(?:any ?more|(?:any|much) longer|much more|another (?:day|night|minute))"
_IT = r"(?:it|this|that|things|everything|life)(?: all)?"
_WANT_TO = (
    r"(?:want(?:s|ed|ing)? to|wanna|would like to|id like to|going to|gonna|about to|ready to|plan(?:s|ning)? to|"
    r"might|will|ill|hell|shell)(?: just)?"
)
_TOO_MUCH = (
    r"(?:the whole bottle|(?:all|every|too many|too much|lots|a lot|a handful|a bottle|a whole bottle)(?: of)?"
    rf"(?: (?:the|these|those|{_WHOSE}))?(?: \w+)? "
    r"(?:pills?|tablets?|meds|medicines?|medications?|morphine|opioids?|painkillers?))"
)
# What people give up without being in despair.
_A_HABIT = r" (?:smok|cigar|drink|alcohol|beer|coffee|sugar|salt|meat|driving|golf|work|(?:my|his|her) (?:job|work))"

_DESPAIR = (
    r"suicid\w*",
    rf"(?:kill|killing|hang|hanging|shoot|shooting|harm|harming) {_SELF}|self[ -]harm",
    rf"{_WANT_TO} hurt {_SELF}",
    rf"(?:end|ending) {_WHOSE} (?:own )?life|(?:take|taking|took) {_WHOSE} own life|(?:end|ending) it all",
    rf"{_WANT_TO} end (?:it|this|things|everything)",
    rf"want(?:s|ed)? {_IT} to (?:be (?:all )?over|end|stop)|wish {_IT} (?:was|were) (?:all )?over",
    r"(?:not|never|dont|doesnt|didnt|no longer) (?:really |even )?want(?:s|ed|ing)? to "
    r"(?:live|be alive|wake up|go on|be here|exist)",
    r"(?:and|just|to) (?:never|not) wake up",
    r"(?:wants?|wanted|wanting|ready|would like|id like|how|ways?|prefer) to die|wanna die|rather (?:die|be dead)",
    r"let me die|help (?:me|him|her) (?:to )?die",
    r"wish(?:es|ed)? (?:that )?(?:i|he|she|we|they)(?:d| had| would| could| was| were| am| is)?"
    r"(?: just| already| both)? (?:dead|die|died|not alive|never (?:been )?born)",
    r"(?:no|any) (?:reason|point|use|sense) (?:to|in) (?:live|living|go on|going on)|nothing (?:left )?to live for",
    r"(?:not|isnt|no longer) worth living|(?:tired|sick) of (?:living|life|being alive)|done with (?:living|life)",
    r"better off (?:dead|without me)|better if i (?:was|were) (?:dead|gone|not here)|would miss me",
    r"(?:lost|losing) all hope|no hope left|in despair",
    rf"{_CANNOT} (?:go on|carry on|keep going|cope)",
    rf"{_CANNOT} (?:bear|stand|endure) (?:{_IT}|the pain|{_ANY_MORE}|to live|living)",
    # Not "I cannot take this with food".
    rf"{_CANNOT} (?:take|do|handle|face) (?:{_IT} |the pain )?{_ANY_MORE}",
    rf"{_CANNOT} (?:take|do|handle|face) {_IT}(?= ?(?:[.,;!?]|$))",
    rf"{_CANNOT} live (?:like this|with (?:this|it|the pain)|{_ANY_MORE})",
    rf"i(?:m|ve|ll)?(?: (?:am|have|will|just|really))* (?:give|giving|gave|given) up(?!{_A_HABIT})",
    rf"(?:{_WANT_TO}|feel(?:s|ing)? like|has|have) (?:give|giving|given) up(?!{_A_HABIT})",
    rf"(?:take|taking|swallow|swallowing) {_TOO_MUCH}",
)

_BODY = (
    # Many write "breath" for "breathe".
    rf"(?:{_CANNOT}|hardly|barely|struggl(?:e|es|ing) to) breathe?",
    rf"{_CANNOT} (?:catch|get) (?:(?:{_WHOSE}|any|enough) )?(?:breath|air)",
    r"(?:not|stopped|barely|hardly) breathing|gasping|choking|suffocating|turning blue|blue lips|lips are blue",
    r"(?:sudden|suddenly|severe|severely) (?:shortness of breath|short of breath|(?:trouble|difficulty) breathing)",
    r"(?:(?:trouble|difficulty) breathing|short(?:ness)? of breath|chest pains?) (?:right )?now",
    r"(?:cough\w*|vomit\w*|throw\w* up|spit\w*)(?: up)? (?:\w+ ){0,3}?blood"
    r"(?! (?:tests?|pressure|thinners?|counts?|work|sugar|samples?))",
    r"(?:crushing|severe|sudden|strong|terrible|unbearable|extreme|intense|squeezing|bad) "
    rf"(?:chest pains?|pains? in (?:the|{_WHOSE}) chest)",
    r"crushing (?:\w+ ){1,4}?chest|chest (?:is |feels )(?:being )?crush\w*",
    r"having a (?:heart attack|stroke)|dying right now|need an ambulance",
    r"passed out|unconscious|unresponsive|fainted|wont wake up|not waking up|cant wake (?:him|her|them)",
    r"(?:wont|cant|doesnt) stop bleeding|bleeding (?:a lot|badly|heavily)",
    # Whoever has already taken it: minutes count.
    rf"overdos\w*|(?:took|taken|swallowed) {_TOO_MUCH}",
)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_APOSTROPHES = re.compile("['’‘ʼʹ′´`＇]")
_BODY_IN_DANGER = _any_of(_BODY)
_IN_DESPAIR = _any_of(_DESPAIR)


def danger_in(text: str) -> Danger | None:
    """What the text speaks of. Of a body in danger first, where it speaks of both: 911 sends help to despair too."""
    plain = " ".join(unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold().split())
    if _BODY_IN_DANGER.search(plain):
        return Danger.BODY
    if _IN_DESPAIR.search(plain):
        return Danger.DESPAIR
    return None
