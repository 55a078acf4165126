"""The intake inside Django's admin: where its pages hang, and the ledgers. None of the admin's own forms, searches,
deletions or histories is here: they print what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from caseintake import desk, triage
from caseintake.models import AccessEvent, CaseEvent, ConsentEvent, ConsentText, ContactAttempt, Submission
from mesoinfo.desk import SHOWN, Card, Line, offers_cards
from mesoinfo.models import User
from mesoinfo.roles import holds


class RolesOnly(admin.ModelAdmin):
    """Who may look is asked of the roles, so that being superuser shows nothing. Nobody adds, edits or deletes here."""

    see: str

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request.user, self.see)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(RolesOnly):
    """The queue and the case page: `caseintake.desk`, for those whose role shows them the queue."""

    see = "caseintake.view_submission"

    def get_urls(self) -> list[URLPattern]:
        return [
            # The admin's own pages link to the first and the last by these names.
            self._path("", desk.queue, "changelist"),
            self._path("mine/", desk.mine, "mine"),
            self._path("quarantine/", desk.quarantine, "quarantine"),
            self._path("closed/", desk.closed, "closed"),
            self._path("find/", desk.find, "find"),
            self._path("person/", desk.find_person, "person"),
            self._path("<str:ref>/", desk.case, "change"),
            self._path("<str:ref>/open/", desk.open_case, "open"),
            self._path("<str:ref>/<slug:step>/", desk.take_step, "step"),
        ]

    def _path(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        def for_roles(request: HttpRequest, **kwargs: str) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request, **kwargs)

        signed_in = self.admin_site.admin_view(for_roles)

        def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
            # The admin would answer with its sign-in page, and what was typed would be gone.
            if request.POST.get("text") and not self.admin_site.has_permission(request):
                return desk.signed_out(request)
            return signed_in(request, **kwargs)

        return path(route, answer, name=f"caseintake_submission_{name}")


class Ledger(RolesOnly):
    """A list to read. It has no other address: nothing to open, edit or delete, and no history."""

    list_display_links = None
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return [path("", self.admin_site.admin_view(self.changelist_view), name=name)]


@admin.register(AccessEvent)
class AccessEventAdmin(Ledger):
    see = "caseintake.view_accessevent"
    list_display = [
        "sequence", "at", "actor", "actor_kind", "role", "submission", "purpose", "payloads", "result", "cause",
    ]  # fmt: skip
    list_filter = ["result", "purpose", "actor_kind"]
    list_select_related = ["actor", "submission"]


@admin.register(CaseEvent)
class CaseEventAdmin(Ledger):
    see = "caseintake.view_caseevent"
    list_display = ["submission", "version", "at", "sentence"]
    list_filter = ["to_state", "reason"]
    list_select_related = ["actor", "holder", "submission"]
    ordering = ["-at"]


@admin.register(ContactAttempt)
class ContactAttemptAdmin(Ledger):
    see = "caseintake.view_contactattempt"
    list_display = ["submission", "at", "actor", "channel", "automated", "result"]
    list_filter = ["channel", "result"]
    list_select_related = ["actor", "submission"]
    ordering = ["-at"]


@admin.register(ConsentEvent)
class ConsentEventAdmin(Ledger):
    see = "caseintake.view_consentevent"
    list_display = ["submission", "at", "kind", "action", "method", "told_by", "actor", "text", "shown_sha256"]
    list_select_related = ["submission", "text", "actor"]
    ordering = ["-at"]


@admin.register(ConsentText)
class ConsentTextAdmin(Ledger):
    see = "caseintake.view_consentevent"
    list_display = ["kind", "version", "body", "sha256", "published_at", "retired_at"]


@offers_cards
def work_of_advocates(request: HttpRequest) -> Iterable[Card]:
    """Who waits, and what this advocate has; references and states only."""
    user = request.user
    if not isinstance(user, User) or not triage.may_work(user):
        return
    for heading, cases, list_name, nothing in (
        ("Waiting for an advocate", Submission.objects.queued(), "changelist", "Nobody is waiting."),
        ("Your cases", Submission.objects.held_by(user), "mine", "You have no case now."),
        ("In quarantine", Submission.objects.quarantined(), "quarantine", "The quarantine is empty."),
    ):
        yield Card(
            heading=heading,
            lines=tuple(
                Line(ref, desk.address(ref), words)
                for ref, words in desk.in_short(list(cases.most_urgent_first().select_related("assignee")[:SHOWN]))
            ),
            nothing=nothing,
            all_at=reverse(f"admin:caseintake_submission_{list_name}"),
            total=cases.count(),
        )
