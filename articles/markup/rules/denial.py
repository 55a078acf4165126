"""Whether words are denied or only wondered about where they stand: "no cure", "whether it helps"."""

from __future__ import annotations

import re

_REACH = 70  # letters before the words; what denies them stands closer
_DENIAL = re.compile(
    r"\b(?:no|not|never|nobody|none|nothing|neither|nor|without|cannot|rarely|hardly|seldom|unlikely|few|false|"
    r"beware(?: of)?|myths?|unproven|lacks?|fail(?:s|ed)?|instead of|rather than)\b|n['’]t\b",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"\b(?:whether|if|unless|how|(?:know|say|tell|predict)s? who|aim(?:s|ed|ing)?|hop(?:e|es|ed|ing)|goals?|try|tries"
    r"|trying|intended|meant|designed|test(?:s|ed|ing)?|look(?:s|ed|ing)? for|wants?|find out|ask|claims?|claimed"
    r"|unclear|unknown|unsure|doubt(?:s|ful)?)\b",
    re.IGNORECASE,
)
# Words after these say something of their own.
_TURN = re.compile(r"[;:]|\b(?:but|yet|although|though|however|while|whereas|only)\b", re.IGNORECASE)


def is_denied(text: str, start: int) -> bool:
    """Say whether what begins at ``start`` in a sentence is denied by the words before it."""
    return bool(_DENIAL.search(_before(text, start)))


def is_doubted(text: str, start: int) -> bool:
    """Say whether what begins at ``start`` in a sentence is only asked, hoped or tested."""
    return bool(_DOUBT.search(_before(text, start)))


def _before(text: str, start: int) -> str:
    before = text[max(0, start - _REACH) : start]
    turns = list(_TURN.finditer(before))
    return before[turns[-1].end() :] if turns else before
