"""The front page of the desk: cards of what waits for the person who signed in.

An app offers its own by decorating a function in its admin module:

    @desk.offers_cards
    def my_work(request: HttpRequest) -> Iterable[Card]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

SHOWN = 8  # lines on one card; the rest is a click away


@dataclass(frozen=True)
class Line:
    """One piece of work: what it is, where it is done, and a few words beside it."""

    text: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Card:
    """One kind of work. `all_at` is the address of the whole list, `nothing` what is said when it is empty."""

    heading: str
    lines: tuple[Line, ...]
    nothing: str
    all_at: str = ""
    total: int | None = None

    @property
    def count(self) -> int:
        return len(self.lines) if self.total is None else self.total

    @property
    def shown(self) -> tuple[Line, ...]:
        return self.lines[:SHOWN]


Offer = Callable[[HttpRequest], Iterable[Card]]
_offers: list[Offer] = []


def offers_cards(offer: Offer) -> Offer:
    """Register a function that gives the cards for the person who asks; it checks their roles itself."""
    if offer not in _offers:
        _offers.append(offer)
    return offer


def cards_for(request: HttpRequest) -> list[Card]:
    """Every app's cards, in the order the apps were loaded."""
    return [card for offer in _offers for card in offer(request)]
