"""The publisher's calendar: when a revision is to go out, and what else is to come."""

from __future__ import annotations

import datetime
import re
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles.admin.access import PUBLISH, READ, desk_view
from articles.admin.asking import ReasonForm, ask, done
from articles.admin.fields import DateInput, TimeInput
from articles.admin.places import article_page, find_revision
from articles.models import Schedule
from articles.publishing import schedule as scheduling
from articles.publishing.calendar import days_of, overdue_before
from articles.review.dates import months_after
from mesoinfo.desk import staff

ZONES = [
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("UTC", "UTC"),
]


class ScheduleForm(forms.Form):
    """A day and a time, in the zone of whoever chooses them."""

    day = forms.DateField(widget=DateInput, error_messages={"required": "Give the day.", "invalid": "Give the day."})
    time = forms.TimeField(widget=TimeInput, error_messages={"required": "Give the time.", "invalid": "Give the time."})
    zone = forms.ChoiceField(label="Time zone", choices=ZONES)

    def clean(self) -> dict[str, Any]:
        """Adds `publish_at`. Raises ValidationError for a time that the clocks leave out or show twice that day."""
        given = super().clean() or {}
        if {"day", "time", "zone"} <= given.keys():
            local = datetime.datetime.combine(given["day"], given["time"], ZoneInfo(given["zone"]))
            if local.year == datetime.MAXYEAR:
                raise forms.ValidationError("That day is too far off. Give one that is nearer.")
            if local.astimezone(datetime.UTC).astimezone(local.tzinfo) != local or local.utcoffset() != (
                local.replace(fold=1).utcoffset()
            ):
                raise forms.ValidationError(
                    "The clocks are changed at that time. Choose another, an hour later or earlier."
                )
            given["publish_at"] = local.astimezone(datetime.UTC)
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=PUBLISH)
def schedule(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Ask when an approved revision is to be published."""
    revision = find_revision(revision_id)
    back = reverse("admin:articles_revision_publish", args=[revision.pk])

    def step(given: dict[str, Any]) -> HttpResponse:
        made = scheduling.schedule(revision, publish_at=given["publish_at"], zone=given["zone"], by=staff(request))
        return done(request, f"It will be published on {made.when}, if every condition holds then.", back)

    return ask(
        request,
        ScheduleForm(request.POST or None),
        step,
        title=f"Schedule {revision.article}",
        explanation="The page that is live stays until then. Every condition is asked again at that time; if one does "
        "not hold, nothing is published and you are told.",
        button="Schedule",
        article=revision.article,
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(acting=PUBLISH)
def unschedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Take a schedule back, with the reason."""
    made = get_object_or_404(Schedule.objects.select_related("revision__article"), pk=schedule_id)
    article = made.revision.article

    def step(given: dict[str, Any]) -> HttpResponse:
        scheduling.unschedule(made, reason=given["reason"], by=staff(request))
        return done(request, "Taken back. The revision stays approved.", article_page(article))

    return ask(
        request,
        ReasonForm(request.POST or None),
        step,
        title=f"Do not publish {article} then",
        explanation="The revision stays approved: it can be published at once, or scheduled again.",
        button="Take the schedule back",
        article=article,
        back=article_page(article),
    )


@require_safe
@desk_view(reading=READ)
def calendar(request: HttpRequest) -> HttpResponse:
    """What will be published, which reviews are due, and which pages are to be read again, month by month."""
    today = timezone.now().date()
    named = re.fullmatch(r"(2\d{3})-(0[1-9]|1[0-2])", request.GET.get("month", ""))
    first = today.replace(day=1)
    if named:
        first = datetime.date(int(named[1]), int(named[2]), 1)
    context = {
        **admin.site.each_context(request),
        "title": f"Calendar: {first:%B %Y}",
        "days": days_of(first),
        "today": today,
        "before": months_after(first, -1),
        "after": months_after(first, 1),
        "overdue": overdue_before(first) if first <= today else None,
    }
    return TemplateResponse(request, "admin/articles/calendar.html", context)
