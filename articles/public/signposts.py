"""Where readers want to go whose words are on no page: "contact", "phone number", "español", /help/."""

from __future__ import annotations

import re
from collections.abc import Iterable

from articles.public.navigation import Link

ANY_WORD = re.compile(r"[^\W\d_]+")
# What people say for these pages of the site.
FOR_ADVOCATES = """
    advocate advocates call calls chat contact email hotline number phone reach speak support talk telephone
"""
FOR_RESOURCES = "contact help helpline hotline number phone resource resources support"
SAID = {"/advocates/": frozenset(FOR_ADVOCATES.split()), "/resources/": frozenset(FOR_RESOURCES.split())}
SAID_AROUND = "a an can do how i me my of our please the to us we with you your"
AROUND = frozenset(SAID_AROUND.split())
SPANISH = frozenset({"ayuda", "cáncer", "castellano", "espanol", "español", "hispano", "mesotelioma", "spanish"})


def signposts(text: str, pages: Iterable[Link]) -> list[Link]:
    """The pages of the site that the text asks for by name, or by nothing but what people say for them."""
    said = frozenset(ANY_WORD.findall(text.lower()))
    asked = said - AROUND
    meant = [
        page
        for page in pages
        if asked and (asked <= SAID.get(page.address, frozenset()) or said == frozenset(page.text.lower().split()))
    ]
    return sorted(meant, key=lambda page: page.address)  # advocates, who are people, before resources


def asks_for_spanish(text: str) -> bool:
    return not SPANISH.isdisjoint(ANY_WORD.findall(text.lower()))
