"""The glossary: every word from A to Z with what it means, and a page for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, TextField, Value, When
from django.db.models.functions import Left, Lower, Upper
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from articles.models import Kind, PublishedPage
from articles.public.navigation import HOME, Link, navigation_for
from articles.public.paging import PER_PAGE, page_number
from articles.public.views import around

NAMES_PER_PAGE = 200
OTHER = "#"  # where names stand that begin with no letter from A to Z; it sorts before A
COLUMNS = ["name", "also", "definition", "address", "is_sample", "letter", "by"]
GLOSSARY = Link("/glossary/", "Glossary")


@dataclass(frozen=True)
class Letter:
    """A letter of the list: the id of its heading, how it is called, and where its names begin."""

    anchor: str
    label: str
    address: str


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Every name of every term, plain and clinical, each with the definition."""
    names = Paginator(_names(), NAMES_PER_PAGE)
    page = names.get_page(page_number(request))
    for above, name in pairwise(page):
        # The same words twice in a row help nobody; further apart, each name has its meaning beside it.
        if name["address"] == above["address"] and name["letter"] == above["letter"]:
            name["see"] = above["name"]
    letters = _letters(page.number)
    groups = [(letters[letter], list(group)) for letter, group in groupby(page, key=lambda name: name["letter"])]
    context = {
        "page": page,
        "groups": groups,
        "letters": list(letters.values()),
        "is_sample": any(name["is_sample"] for name in page),
        "trail": [HOME],
    }
    return TemplateResponse(request, "articles/glossary.html", context)


def _names() -> Any:
    """A row for each name of each live term, in the order of the alphabet."""
    both = _under(F("plain_name"), F("clinical_name")), _under(F("clinical_name"), F("plain_name"))
    plain, clinical = (terms.values(*COLUMNS) for terms in both)
    return plain.union(clinical.exclude(name=""), all=True).order_by("letter", "by", "address")


def _under(name: F, also: F) -> Any:  # an annotated queryset has no type of its own
    return (
        PublishedPage.objects.terms()
        .annotate(name=name, also=also, definition=F("lede"), address=F("article__address"))
        .annotate(is_sample=F("article__is_sample"), by=Lower("name"))
        .annotate(
            letter=Case(
                When(name__iregex="^[a-z]", then=Upper(Left("name", 1))), default=Value(OTHER), output_field=TextField()
            )
        )
    )


def _letters(shown: int) -> dict[str, Letter]:
    """The letters that have names, each leading to where its names begin: on this page of the list, or another."""
    counted: Counter[str] = Counter()
    for terms in (_under(F("plain_name"), F("clinical_name")), _under(F("clinical_name"), F("plain_name"))):
        for letter, count in terms.exclude(name="").values_list("letter").annotate(Count("pk")).order_by():
            counted[letter] += count
    letters, before = {}, 0
    for letter in sorted(counted):
        anchor = "letter-other" if letter == OTHER else f"letter-{letter.lower()}"
        number = before // NAMES_PER_PAGE + 1
        address = f"#{anchor}" if number == shown else f"?page={number}#{anchor}"
        letters[letter] = Letter(anchor, "Other" if letter == OTHER else letter, address)
        before += counted[letter]
    return letters


@require_safe
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """One word: what it means, who answers for that, and which pages use it."""
    page = get_object_or_404(
        PublishedPage.objects.readable().with_shell(),
        article__address=f"glossary/{slug}",
        article__kind=Kind.GLOSSARY_TERM,
    )
    using = PublishedPage.objects.live().for_lists().filter(term_keys__contains=[slug]).order_by("title", "pk")
    listed = Paginator(using, PER_PAGE).get_page(page_number(request))
    context = around(page, navigation_for(request), paging=listed) | {
        "using": listed,
        "trail": [HOME, GLOSSARY],
    }
    return TemplateResponse(request, "articles/article.html", context)
