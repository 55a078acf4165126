"""Why a reader may trust a page: who wrote and checked it, when, and whether that still holds.

Composed anew for each view from the signatures as they stand, so that a withdrawn signature takes the
badge away at once. Six queries, however many people and blocks a page has.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from articles.models import Byline, BylineRole, Credential, Freshness, Person, PublishedPage, Reaffirmation, SignOff
from articles.review.coverage import unsigned_blocks


class Standing(Enum):
    """How far the review of a page reaches. The template's badge, or the sentence in its place."""

    REVIEWED = "reviewed"  # every block signed, and not yet due again
    SAMPLE = "sample"  # signed by a made-up reviewer
    UNSIGNED = "unsigned"  # a signature was withdrawn
    OVERDUE = "overdue"  # the date of the next review has come
    LAPSED = "lapsed"  # it came long ago


CHECKED = "It was last checked on {reviewed}, and was to be checked again by {due}."
SENTENCE = {
    Standing.UNSIGNED: "Part of this page is waiting to be checked again by a medical reviewer.",
    Standing.OVERDUE: f"The next review of this page is overdue. {CHECKED} Some of it may be out of date.",
    Standing.LAPSED: (
        f"The review of this page is long overdue. {CHECKED} Please ask your care team before you rely on it."
    ),
}
# Of accounts the public site may read no more than which they are (mesoinfo/grants.py).
PERSON_OF_ACCOUNT = ("reviewer__id", "reviewer__person__is_sample")
NOT_FRESH = {Freshness.OVERDUE: Standing.OVERDUE, Freshness.LAPSED: Standing.LAPSED}


@dataclass(frozen=True)
class Reviewer:
    """Somebody who signed, or read the page again and found it right: with the credential as it read that day, the last
    time.
    """

    person: Person
    credential: str
    signed_on: datetime.date


@dataclass(frozen=True)
class NamedPerson:
    """One person as the page names them, for the card at its foot."""

    person: Person
    roles: tuple[str, ...]

    @property
    def said(self) -> str:
        """What they did, as one phrase: "Wrote and edited this page"."""
        return f"{' and '.join(self.roles)} this page".capitalize()


@dataclass(frozen=True)
class Trust:
    """The panel under the title of a page, and the cards at its foot."""

    standing: Standing
    authors: tuple[Person, ...]
    editors: tuple[Person, ...]
    reviewers: tuple[Reviewer, ...]
    people: tuple[NamedPerson, ...]
    published: datetime.datetime
    updated: datetime.datetime
    last_reviewed: datetime.date
    next_due: datetime.date
    research_count: int

    @property
    def sentence(self) -> str:
        """What stands in place of a badge; empty when there is one."""
        reviewed, due = (date_format(day, "F j, Y") for day in (self.last_reviewed, self.next_due))
        return SENTENCE.get(self.standing, "").format(reviewed=reviewed, due=due)


def trust_in(page: PublishedPage) -> Trust:
    """Who answers for this page as of now. Takes a live page with its article and revision."""
    article = page.article
    assert article.first_published_at and article.last_reviewed and article.next_due  # a CHECK of live articles
    bylines = list(Byline.objects.filter(article=article).values_list("role", "person_id"))
    checked = reviewers_of(page)
    ids = [person_id for _, person_id in bylines] + [who.person.pk for who in checked]
    people = {person.pk: person for person in with_record(Person.objects.filter(pk__in=ids))}

    def named(role: BylineRole) -> tuple[Person, ...]:
        return tuple(people[person_id] for byline_role, person_id in bylines if byline_role == role)

    authors, editors = named(BylineRole.AUTHOR), named(BylineRole.EDITOR)
    reviewers = tuple(replace(who, person=people[who.person.pk]) for who in checked)
    standing = _standing(page, checked)
    return Trust(
        standing=standing,
        authors=authors,
        editors=editors,
        reviewers=() if standing is Standing.UNSIGNED else reviewers,
        people=_cards(
            {
                "reviewed part of" if standing is Standing.UNSIGNED else "reviewed": [r.person for r in reviewers],
                "wrote": authors,
                "edited": editors,
                "quoted on": named(BylineRole.QUOTED),
            }
        ),
        published=article.first_published_at,
        updated=page.published_at,
        last_reviewed=article.last_reviewed,
        next_due=article.next_due,
        research_count=page.research_count,
    )


def reviewers_of(page: PublishedPage) -> list[Reviewer]:
    """Everyone whose signature on the page counts, or who found it still right; whoever checked it last comes first."""
    signed = (
        SignOff.objects.extra(
            where=["articles_signoff.id IN (SELECT id FROM articles_live_signoffs(%s))"], params=[page.revision_id]
        )
        .exclude(digest__in=page.hidden)
        .select_related("reviewer__person")
        .only("signed_at", "credential_then", *PERSON_OF_ACCOUNT)
        .order_by("reviewer_id", "-signed_at", "-pk")
        .distinct("reviewer_id")
    )
    found_right = (
        Reaffirmation.objects.extra(
            where=["articles_reaffirmation.id IN (SELECT id FROM articles_live_reaffirmations(%s))"],
            params=[page.revision_id],
        )
        .select_related("reviewer__person")
        .only("at", "credential_then", *PERSON_OF_ACCOUNT)
        .order_by("reviewer_id", "-at")
        .distinct("reviewer_id")
    )
    times = [(one.signed_at, one.reviewer.person, one.credential_then) for one in signed]
    times += [(one.at, one.reviewer.person, one.credential_then) for one in found_right]
    times.sort(key=lambda one: one[0], reverse=True)
    newest: dict[int, Reviewer] = {}
    for at, person, credential in times:
        newest.setdefault(person.pk, Reviewer(person, credential, at.astimezone(datetime.UTC).date()))
    return list(newest.values())


def with_record(people: QuerySet[Person]) -> QuerySet[Person]:
    """People with the credentials a reader may rely on (verified, valid today) and their interests."""
    return people.prefetch_related(
        Prefetch(
            "credentials",
            queryset=Credential.objects.valid_on(timezone.now().date())
            .defer("number", "revoked_because")
            .order_by("title"),
            to_attr="valid_credentials",
        ),
        "interests",
    )


def _standing(page: PublishedPage, checked: list[Reviewer]) -> Standing:
    if unsigned_blocks(page.revision):
        return Standing.UNSIGNED
    if not_fresh := NOT_FRESH.get(page.article.freshness):
        return not_fresh
    if page.article.is_sample or any(who.person.is_sample for who in checked):
        return Standing.SAMPLE
    return Standing.REVIEWED


def _cards(did: dict[str, Iterable[Person]]) -> tuple[NamedPerson, ...]:
    """One card per person, whatever they did. Reviewers come first, since readers look for them."""
    roles: dict[Person, list[str]] = {}
    for said, people in did.items():
        for person in people:
            roles.setdefault(person, []).append(said)
    return tuple(NamedPerson(person, tuple(said)) for person, said in roles.items())
