"""Names of people, taken apart."""

from __future__ import annotations

import re

_GENERATION = re.compile(r"(?:Jr|Sr|2nd|3rd|4th|II|III|IV)\.?")


def surname_parts(words: list[str]) -> dict[str, str]:
    """A surname as particle and family name. Small words in front (van, de la) are the particle, never the last."""
    begin = 0
    while begin < len(words) - 1 and words[begin][:1].islower():
        begin += 1
    parts = {"non-dropping-particle": " ".join(words[:begin]), "family": " ".join(words[begin:])}
    return {part: text for part, text in parts.items() if text}


def inverted(name: str) -> dict[str, str]:
    """A name told as “van Meerbeeck, Jan P.” or “King, Martin, Jr.”; without a comma it is an organization's."""
    family, *rest = [" ".join(part.split()) for part in name.split(",")]
    if not rest or not family:
        return {"literal": " ".join(name.split())} if name.strip() else {}
    person = surname_parts(family.split()) | {"given": rest[0], "suffix": ", ".join(filter(None, rest[1:]))}
    return {part: text for part, text in person.items() if text}


def with_initials(name: str) -> dict[str, str] | None:
    """A name as medicine prints it: “Fennell DA”, “van Meerbeeck JP”, “King M Jr”. None for anything else."""
    words = name.split()
    suffix = words.pop() if len(words) > 2 and _GENERATION.fullmatch(words[-1]) else ""
    if len(words) < 2 or not re.fullmatch(r"[^\W\d_](?:-?[^\W\d_]){0,3}", words[-1]) or not words[-1].isupper():
        return None
    if words[-2][:1].islower() or len(words) > 6:
        return None
    given = re.sub(r"([^\W\d_])(?!-)", r"\1. ", words[-1]).replace("-", ".-").strip()
    person = surname_parts(words[:-1]) | {"given": given, "suffix": suffix}
    return {part: text for part, text in person.items() if text}


def generation_apart(person: dict[str, str]) -> dict[str, str]:
    """With a “Jr” at the end of the given names told as the suffix it is."""
    given, _, last = person.get("given", "").rpartition(" ")
    if given and _GENERATION.fullmatch(last) and "suffix" not in person:
        return person | {"given": given, "suffix": last}
    return person
