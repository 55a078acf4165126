"""Who has a review: take it, give it back, decline it, hand it over, arrange it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from articles.admin.access import ARRANGE, SIGN, desk_view, refused
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.fields import DateInput, ReasonField
from articles.models import Absence, Priority, ReviewRequest, TransitionRefused
from articles.review import claiming
from articles.review.eligibility import why_not
from mesoinfo import roles
from mesoinfo.desk import staff
from mesoinfo.models import User

PLAIN_DAY = "Give a day as year, month and day, such as 2026-03-31."


class ColleagueField(forms.ModelChoiceField):
    """One of the reviewers who may sign the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)


def _who_may_sign(request: ReviewRequest, *, except_for: User | None = None) -> Any:
    may = [user.pk for user in roles.holders(SIGN) if user != except_for and not why_not(user, request.revision)]
    return User.objects.filter(pk__in=may)


class HandOverForm(forms.Form):
    to = ColleagueField(label="Colleague", empty_label=None, error_messages={"required": "Choose a colleague."})
    reason = ReasonField("Why (optional)", ask="", rows=3)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]  # a choice of models


class ArrangeForm(forms.Form):
    due_on = forms.DateField(
        label="Due", widget=DateInput, error_messages={"required": "Give the day it is due.", "invalid": PLAIN_DAY}
    )
    priority = forms.ChoiceField(choices=Priority.choices)
    assigned_to = ColleagueField(label="Reviewer who is asked", required=False, empty_label="Any reviewer in scope")

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].queryset = colleagues  # type: ignore[attr-defined]  # a choice of models


def _request(revision_id: int) -> ReviewRequest:
    return get_object_or_404(
        ReviewRequest.objects.select_related("revision__article", "assigned_to"), revision=revision_id
    )


def _review(asked: ReviewRequest) -> str:
    return reverse("admin:articles_revision_review", args=[asked.revision_id])


def _queue() -> str:
    return reverse("admin:articles_revision_queue")


@require_POST
@desk_view(acting=SIGN)
def claim(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Take the review: colleagues see who is at work."""
    asked = _request(revision_id)
    try:
        held = claiming.claim(asked, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=_review(asked))
    messages.success(request, f"It is yours until {held.lease_until:%-d %B, %H:%M} UTC. Signing keeps it longer.")
    return redirect(_review(asked))


@require_POST
@desk_view(acting=SIGN)
def give_back(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Let go of it: anybody may take it."""
    asked = _request(revision_id)
    try:
        claiming.give_back(asked, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=_review(asked))
    messages.success(request, "Given back. Your signatures stay.")
    return redirect(_review(asked))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=SIGN)
def decline(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Say why one will not review it."""
    asked = _request(revision_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        claiming.decline(asked, reason=given["reason"], by=staff(request))
        return done(request, "Declined. Whoever submitted it is told, and any reviewer in scope can take it.", _queue())

    return ask(
        request,
        ReasonForm(request.POST or None),
        step,
        title=f"Decline the review of {asked.revision.article}",
        explanation="It is open to your colleagues again. Whoever submitted it reads your reason.",
        button="Decline",
        article=asked.revision.article,
        back=_review(asked),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=SIGN)
def hand_over(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Ask a colleague in one's place."""
    asked = _request(revision_id)

    def step(given: dict[str, Any]) -> HttpResponse:
        claiming.hand_over(asked, **given, by=staff(request))
        return done(request, f"{given['to']} is asked now. Your signatures stay.", _queue())

    return ask(
        request,
        HandOverForm(request.POST or None, colleagues=_who_may_sign(asked, except_for=staff(request))),
        step,
        title=f"Hand over the review of {asked.revision.article}",
        explanation="Only colleagues who may sign this page are listed.",
        button="Hand over",
        article=asked.revision.article,
        back=_review(asked),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=ARRANGE)
def arrange(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Set when it is due, how urgent it is, and who is asked."""
    asked = _request(revision_id)
    form = ArrangeForm(
        request.POST or None,
        colleagues=_who_may_sign(asked),
        initial={"due_on": asked.due_on, "priority": asked.priority, "assigned_to": asked.assigned_to_id},
    )

    def step(given: dict[str, Any]) -> HttpResponse:
        claiming.arrange(asked, **{**given, "priority": Priority(given["priority"])}, by=staff(request))
        return done(request, "Arranged.", _review(asked))

    return ask(
        request,
        form,
        step,
        title=f"Arrange the review of {asked.revision.article}",
        explanation="Only reviewers who may sign this page are listed.",
        button="Save",
        article=asked.revision.article,
        back=_review(asked),
    )


class AwayForm(forms.Form):
    first_day = forms.DateField(
        label="First day", widget=DateInput, error_messages={"required": "Give the first day.", "invalid": PLAIN_DAY}
    )
    last_day = forms.DateField(
        label="Last day", widget=DateInput, error_messages={"required": "Give the last day.", "invalid": PLAIN_DAY}
    )
    stand_in = ColleagueField(
        label="Who stands in", empty_label=None, error_messages={"required": "Choose a colleague."}
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = colleagues  # type: ignore[attr-defined]  # a choice of models


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=SIGN)
def away(request: HttpRequest) -> HttpResponse:
    """Say when one is away, and who stands in."""
    user = staff(request)

    def step(given: dict[str, Any]) -> HttpResponse:
        claiming.go_away(user, **given)
        moved = claiming.hand_over_what_the_absent_have()
        handed = f" {moved} {'review was' if moved == 1 else 'reviews were'} handed over." if moved else ""
        return done(
            request,
            f"Noted. {given['stand_in']} stands in for you.{handed}",
            reverse("admin:articles_reviewer_away"),
        )

    return ask(
        request,
        AwayForm(request.POST or None, colleagues=roles.holders(SIGN).exclude(pk=user.pk)),
        step,
        title="Away",
        explanation="From the first day on, reviews that you are asked for or have taken go to the colleague you name, "
        "where they may sign them. Your signatures stay.",
        button="I am away then",
        back=_queue(),
        back_label="Back to what waits for review",
        template="admin/articles/away.html",
        absences=user.absences.filter(last_day__gte=timezone.now().date()).select_related("stand_in"),
    )


@require_POST
@desk_view(acting=SIGN)
def back(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Be there after all."""
    absence = get_object_or_404(Absence, pk=absence_id)
    try:
        claiming.come_back(absence, by=staff(request))
    except TransitionRefused as refusal:
        return refused(request, str(refusal), back=reverse("admin:articles_reviewer_away"))
    messages.success(request, "Welcome back. What your stand-in has by now stays with them.")
    return redirect("admin:articles_reviewer_away")
