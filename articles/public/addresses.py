"""The addresses behind the links of a text, for paper, where nobody can follow a link.

The words of a page are signed and stay as they are, so the style sheet puts the letters at the links: it counts the
same ones, in the same order. Each letter of an address stands for one link to it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

# As nh3 writes them: every value in double quotes, and none in the value.
OFFER = re.compile(r'<aside class="offer\b.*?</aside>', re.DOTALL)
LINK_ELSEWHERE = re.compile(r'<a(?: [\w-]+="[^"]*")*? href="((?:/|http)[^"]*)"')


@dataclass
class PrintedAddress:
    """An address, and the letter of each link that leads to it."""

    href: str
    letters: list[str] = field(default_factory=list)

    @property
    def is_ours(self) -> bool:
        """Whether the site's own name is to stand before it."""
        return self.href.startswith("/")


def printed_addresses(body_html: str) -> list[PrintedAddress]:
    """Where the links of a text lead, each address once, in the order of the text.

    Offers are not printed; citations and terms stay on the page; a number to call says itself.
    """
    found: dict[str, PrintedAddress] = {}
    for number, link in enumerate(LINK_ELSEWHERE.finditer(OFFER.sub("", body_html)), start=1):
        href = html.unescape(link[1])
        found.setdefault(href, PrintedAddress(href)).letters.append(letter(number))
    return list(found.values())


def letter(number: int) -> str:
    """As `lower-alpha` counts in CSS: a to z, then aa, ab."""
    rest, last = divmod(number - 1, 26)
    return (letter(rest) if rest else "") + chr(ord("a") + last)
