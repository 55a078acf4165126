"""Words of somebody who may harm themselves, or cannot breathe. Better one warning too many."""

from __future__ import annotations

import re

_DANGER_WORDS = re.compile(
    r"\b(suicid\w*|kill (?:myself|himself|herself)|end (?:my|his|her) life|end it all|"
    r"(?:not|never|do(?:es)?n['’]?t) want(?:s|ed|ing)? to (?:live|be alive|wake up|go on)|"
    r"wants? to die|no reason to (?:live|go on)|better off dead|"
    r"(?:cannot|can['’]?t|can not|unable to) breathe)\b",
    re.IGNORECASE,
)


def speaks_of_danger(text: str) -> bool:
    """Whether the text holds words of despair, or of a body in danger now."""
    return bool(_DANGER_WORDS.search(text))
