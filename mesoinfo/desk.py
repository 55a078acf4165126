"""What the desks of all apps share: who is signed in, the audit entry of a change, and cards on the front page.

A card says what waits for the person who signed in. An app offers its own by decorating a function in its admin module:

    @desk.offers_cards
    def my_work(request: HttpRequest) -> Iterable[Card]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from mesoinfo import audit
from mesoinfo.models import User

SHOWN = 8  # lines on one card; the rest is a click away


@dataclass(frozen=True)
class Line:
    """One piece of work: what it is, where it is done, and a few words beside it."""

    text: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Card:
    """One kind of work. `all_at` is the address of the whole list, which a link with the words of `all_label` leads to;
    `nothing` is what is said when it is empty.
    """

    heading: str
    lines: tuple[Line, ...]
    nothing: str
    all_at: str = ""
    total: int | None = None
    all_label: str = "See all"

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


def staff(request: HttpRequest) -> User:
    """Who is signed in, once a guard has let them through."""
    assert isinstance(request.user, User)
    return request.user


class Audited(admin.ModelAdmin):
    """Records whose every change on the desk is an entry in the audit ledger: which fields, never their words."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # Django's own title asks to select one.
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        entry = super().log_addition(request, obj, message)
        audit.record(staff(request), f"{self.opts.model_name}.added", obj)
        return entry

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        entry = super().log_change(request, obj, message)
        audit.record(staff(request), f"{self.opts.model_name}.changed", obj, fields=_fields_in(message))
        return entry

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        entries = super().log_deletions(request, queryset)
        for obj in queryset:
            audit.record(staff(request), f"{self.opts.model_name}.deleted", obj)
        return entries


def _fields_in(message: Any) -> str:
    """The names of the changed fields in an admin's change message."""
    if not isinstance(message, list):
        return ""
    names = [name for part in message for step in part.values() for name in step.get("fields", [])]
    return ", ".join(sorted(set(map(str, names))))
