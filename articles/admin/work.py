"""What waits for each person on the desk's front page, by their roles."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from articles.admin.access import ARRANGE, PUBLISH, SIGN, WRITE, may_read
from articles.admin.feedback import about_at
from articles.admin.freshness import in_scope_of, reread_at, to_be_read_again, why_due
from articles.admin.links import uses
from articles.admin.own_record import person_of
from articles.admin.places import article_page
from articles.admin.safety import HIDE, TAKE_DOWN
from articles.feedback.reading import READ_FEEDBACK
from articles.links.deciding import WATCH
from articles.models import (
    EmergencyEdit,
    FeedbackMessage,
    PageState,
    Priority,
    ReviewRequest,
    Revision,
    RevisionStatus,
    Schedule,
    Takedown,
    Waiver,
)
from articles.models.links import LinkState
from articles.models.lint import today
from articles.review import reporting
from articles.review.coverage import WHAT_WAS_TAKEN_OUT, live_without_every_signature
from articles.review.qualifying import running_out
from articles.review.waiting import Waiting, as_waiting, reviews_for, sent_back_to, stuck
from articles.review.waiving import SOON, WAIVE
from mesoinfo import desk, roles
from mesoinfo.desk import Card, Line
from mesoinfo.models import User


@desk.offers_cards
def cards(request: HttpRequest) -> Iterator[Card]:
    """What waits: first, and only when there is any, what was taken from readers; drafts and what was sent back
    for writers, dead links for those who watch links, what readers wrote for editors, the queue and pages to be read
    again for reviewers, what does not move for those who arrange reviews, waivers that soon run out for those who may
    waive, the approved for publishers.
    """
    user: Any = request.user
    if (taken := taken_from_readers_by_others(user)).lines:
        yield taken
    if roles.holds(user, WRITE):
        yield was_sent_back_to(user)
        yield drafts_of(user)
        yield with_reviewers(user)
    if roles.holds(user, WATCH):
        yield dead_links()
    if roles.holds(user, READ_FEEDBACK):
        yield readers_wrote()
    if roles.holds(user, SIGN):
        yield for_review_by(user)
        yield to_read_again(user)
        yield record_of(user)
    if roles.holds(user, ARRANGE):
        yield to_arrange()
        yield lost_signatures()
    if roles.holds(user, WAIVE) and (ending := waivers_that_run_out()).lines:
        yield ending
    if roles.holds(user, PUBLISH):
        yield ready_to_publish()
        yield going_out()
    if roles.holds(user, HIDE):
        yield when_it_could_do_harm(user)
    if may_read(user):
        yield what_is_late()


def _screen(name: str, revision: Revision) -> str:
    return reverse(f"admin:articles_revision_{name}", args=[revision.pk])


def _lines(revisions: Iterable[Revision], screen: str, note: Any) -> tuple[Line, ...]:
    return tuple(Line(str(revision.article), _screen(screen, revision), note(revision)) for revision in revisions)


def taken_from_readers_by_others(user: User) -> Card:
    """Pages taken down that this person may confirm, hidden blocks they may review: each has its hour."""
    down = Takedown.objects.unconfirmed().exclude(by=user).select_related("article", "by").order_by("at")
    hidden = EmergencyEdit.objects.unreviewed().exclude(by=user).select_related("page__article", "by").order_by("at")
    lines = [
        Line(
            str(edit.page.article),
            article_page(edit.page.article),
            f"{edit.by} hid blocks: review it by {_hour(edit.review_by)}",
        )
        for edit in (hidden if roles.holds(user, SIGN) else ())
    ]
    lines += [
        Line(
            str(one.article), article_page(one.article), f"{one.by} took it down: confirm it by {_hour(one.confirm_by)}"
        )
        for one in (down if roles.holds(user, TAKE_DOWN) else ())
    ]
    return Card(heading="Taken from readers", lines=tuple(lines), nothing="Nothing waits for a second person.")


def _hour(moment: datetime.datetime) -> str:
    return f"{moment:%-d %B, %H:%M} UTC"


def was_sent_back_to(user: User) -> Card:
    """Revisions with changes requested that nobody has taken up since, and that this person helped write."""
    found = sent_back_to(user)
    return Card(
        heading="Sent back to you",
        lines=tuple(
            Line(
                str(revision.article),
                article_page(revision.article),
                f"{revision.review_request.closed_by}: {revision.review_request.reason}",
            )
            for revision in found[: desk.SHOWN]
        ),
        nothing="Nothing was sent back.",
        total=found.count(),
    )


def drafts_of(user: User) -> Card:
    """Drafts this person started or saved last."""
    found = _drafts().filter(Q(created_by=user) | Q(saved_by=user))
    return Card(
        heading="Your drafts",
        lines=_lines(found[: desk.SHOWN], "write", lambda draft: f"saved {draft.saved_at:%-d %B, %H:%M} UTC"),
        nothing="You have no drafts. Open a page and start one.",
        all_at=reverse("admin:articles_article_changelist") + f"?open={RevisionStatus.DRAFT}",
        total=found.count(),
    )


def with_reviewers(user: User) -> Card:
    """What this person submitted and is in review."""
    found = reviews_for(user).filter(revision__submitted_by=user)
    return Card(
        heading="With the reviewers",
        lines=tuple(
            Line(str(row.revision.article), article_page(row.revision.article), _how_urgent(row))
            for row in as_waiting(found[: desk.SHOWN], user)
        ),
        nothing="Nothing that you submitted waits for them.",
        total=found.count(),
    )


def dead_links() -> Card:
    """Links of live pages that are dead, each place of them."""
    found = uses(LinkState.DEAD)
    all_at = f"{reverse('admin:articles_link_changelist')}?standing={LinkState.DEAD}"
    return Card(
        heading="Dead links",
        lines=tuple(
            Line(str(use.reading.page.article), all_at, f"“{use.words}”: {use.link.reason}")
            for use in found[: desk.SHOWN]
        ),
        nothing="No link of a live page is dead.",
        all_at=reverse("admin:articles_link_changelist"),
        total=found.count(),
        all_label="All links",
    )


def _drafts() -> QuerySet[Revision]:
    return Revision.objects.drafts().select_related("article").order_by("-saved_at")


def readers_wrote() -> Card:
    """Pages whose readers wrote something that nobody has dealt with, the most first."""
    found = FeedbackMessage.objects.waiting().per_article().order_by("-waiting", "address")
    return Card(
        heading="What readers wrote",
        lines=tuple(
            Line(row["address"], about_at(row["article"]), f"{_messages(row['waiting'])} waiting")
            for row in found[: desk.SHOWN]
        ),
        nothing="Nothing waits to be read.",
        all_at=reverse("admin:articles_feedback_changelist"),
        total=found.count(),
    )


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def for_review_by(user: User) -> Card:
    """Revisions in review that this person may sign: what they are asked for first, then by the day it is due."""
    found = reviews_for(user).filter(may_sign=True, has_declined=False)
    return Card(
        heading="For your review",
        lines=tuple(
            Line(str(row.revision.article), _screen("review", row.revision), _how_urgent(row))
            for row in as_waiting(found[: desk.SHOWN], user)
        ),
        nothing="Nothing waits for your signature.",
        all_at=reverse("admin:articles_revision_queue"),
        total=found.count(),
    )


def _how_urgent(row: Waiting) -> str:
    """Such as: 5 blocks to sign, due 3 March, urgent, asked of you."""
    asked = row.request
    notes = [
        _what_is_left(row),
        f"{'overdue since' if asked.is_overdue else 'due'} {asked.due_on:%-d %B}",
        "urgent" if asked.priority == Priority.URGENT else "",
        "asked of you" if row.is_mine else "",
        ", ".join(f"being reviewed by {claim.reviewer}" for claim in row.held_by),
    ]
    return ", ".join(note for note in notes if note)


def _what_is_left(row: Waiting) -> str:
    to_sign = [_blocks(row.unsigned)] * bool(row.unsigned) + [WHAT_WAS_TAKEN_OUT] * row.takes_out
    return f"{' and '.join(to_sign)} to sign" if to_sign else "the rest waits for a colleague"


def to_arrange() -> Card:
    """Reviews that do not move: their day is past, or somebody declined and nobody else is asked."""
    found = stuck()
    return Card(
        heading="Reviews that do not move",
        lines=tuple(
            Line(str(request.revision.article), _screen("review", request.revision), _why_stuck(request))
            for request in found[: desk.SHOWN]
        ),
        nothing="Every review is on its way.",
        all_at=reverse("admin:articles_revision_report", args=["oldest-in-the-queue"]),
        total=found.count(),
        all_label="Every open review",
    )


def lost_signatures() -> Card:
    """Live pages that lack a signature: readers see no badge and a notice until the words are signed again."""
    found = live_without_every_signature().order_by("address")
    return Card(
        heading="Live without every signature",
        lines=tuple(
            Line(str(article), article_page(article), "a signature was withdrawn") for article in found[: desk.SHOWN]
        ),
        nothing="Every live page is signed throughout.",
        total=found.count(),
    )


def waivers_that_run_out() -> Card:
    """Waived findings that are found again within two weeks."""
    found = Waiver.objects.running().filter(expires_on__lte=today() + SOON).select_related("article")
    return Card(
        heading="Waivers that run out",
        lines=tuple(
            Line(str(waiver.article), article_page(waiver.article), f"{waiver.rule}, on {waiver.expires_on:%-d %B}")
            for waiver in found.order_by("expires_on", "pk")[: desk.SHOWN]
        ),
        nothing="None runs out within two weeks.",
        all_at=reverse("admin:articles_ruleweight_changelist"),
        total=found.count(),
    )


def _why_stuck(request: ReviewRequest) -> str:
    return f"overdue since {request.due_on:%-d %B}" if request.is_overdue else "declined, and nobody else is asked"


def record_of(user: User) -> Card:
    """What in this person's own record keeps them from signing, or soon will."""
    person = person_of(user)
    at = reverse("admin:articles_person_record")
    return Card(
        heading="Your record",
        lines=tuple(Line("See your record", at, found.sentence) for found in running_out(person))
        if person
        else (Line("See your record", at, "Your account is not linked with a person yet."),),
        nothing="Your credentials and your declaration of interests are in order.",
        all_at=at,
        all_label="Credentials, scopes, interests",
    )


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def what_is_late() -> Card:
    """How much is overdue, and the way to the reports."""
    found = reporting.late()
    lines = (
        Line("Overdue reviews", _report("overdue-reviews"), str(found.reviews)),
        Line("Pages to be read again", _report("pages-to-be-read-again"), str(found.pages)),
    )
    return Card(
        heading="What is late",
        lines=tuple(line for line in lines if line.note != "0"),
        nothing="No review is overdue, and every page was reviewed in time.",
        all_at=reverse("admin:articles_revision_reports"),
        total=found.reviews + found.pages,
        all_label="Reports",
    )


def _report(name: str) -> str:
    return reverse("admin:articles_revision_report", args=[name])


def to_read_again(user: User) -> Card:
    """Live pages in this person's scope whose next review is due or soon will be, the longest due first."""
    found = to_be_read_again().filter(in_scope_of(user))
    return Card(
        heading="To be read again",
        lines=tuple(
            Line(str(article), reread_at(article), f"due {article.next_due:%-d %B %Y}. {why_due(article)}")
            for article in found[: desk.SHOWN]
        ),
        nothing="No page is due.",
        all_at=reverse("admin:articles_article_due"),
        total=found.count(),
    )


def ready_to_publish() -> Card:
    """Approved revisions that no schedule publishes."""
    found = (
        Revision.objects.filter(status=RevisionStatus.APPROVED)
        .exclude(schedules__in=Schedule.objects.waiting())
        .select_related("article", "submitted_by")
        .order_by("submitted_at")
    )
    return Card(
        heading="Approved, to be published",
        lines=_lines(found[: desk.SHOWN], "publish", lambda revision: str(revision.change_note)),
        nothing="Nothing waits to be published.",
        all_at=reverse("admin:articles_article_changelist") + f"?open={RevisionStatus.APPROVED}",
        total=found.count(),
    )


def going_out() -> Card:
    """What is scheduled, the next first, and the way to the calendar."""
    found = Schedule.objects.standing().select_related("revision__article").order_by("publish_at")
    return Card(
        heading="To be published later",
        lines=tuple(
            Line(str(made.revision.article), _screen("publish", made.revision), made.when)
            for made in found[: desk.SHOWN]
        ),
        nothing="Nothing is scheduled.",
        all_at=reverse("admin:articles_revision_calendar"),
        total=found.count(),
        all_label="Calendar",
    )


def when_it_could_do_harm(user: User) -> Card:
    """The way to a page that must be taken from readers, and what this person took down and nobody has confirmed."""
    found = Takedown.objects.unconfirmed().filter(by=user).select_related("article").order_by("at")
    return Card(
        heading="If a page could do harm",
        lines=tuple(
            Line(
                str(one.article),
                article_page(one.article),
                f"you took it down: somebody else confirms it by {_hour(one.confirm_by)}",
            )
            for one in found
        ),
        nothing="Find it and open it. There it is taken down, or blocks of it are hidden.",
        all_at=reverse("admin:articles_article_changelist") + f"?page_state={PageState.LIVE}",
        all_label="Find the page",
    )
