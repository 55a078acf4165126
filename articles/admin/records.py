"""How records behave on the desk: changes go to the audit ledger, ledgers are for reading, little is deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.admin.sentences import PlainRefusals
from articles.models import PublishedPage, Redirect, ReviewRequest, SignOff
from mesoinfo.desk import Audited


class KeptRecords(PlainRefusals, Audited):
    """Records that pages stand on: changed with an entry in the audit ledger, and never deleted from the desk."""

    view_on_site = False
    actions = None
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Ledger(admin.ModelAdmin):
    """A list to read. Its rows are written by the steps of the desk, or by nobody."""

    view_on_site = False
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(SignOff)
class SignOffAdmin(Ledger):
    list_display = ["article", "reviewer", "credential_then", "signed_at", "counts"]
    list_select_related = ["article", "reviewer", "withdrawal"]
    search_fields = ["article__address", "reviewer__name"]
    date_hierarchy = "signed_at"
    fields = ["article", "revision", "digest", "html_hash", "reviewer", "credential_then", "signed_at"]

    @admin.display(description="withdrawn")
    def counts(self, sign_off: SignOff) -> str:
        withdrawal = getattr(sign_off, "withdrawal", None)
        return f"{withdrawal.at:%-d %B %Y}" if withdrawal else ""


@admin.register(PublishedPage)
class PublishedPageAdmin(Ledger):
    list_display = ["article", "title", "published_at", "published_by", "is_live"]
    list_select_related = ["article", "published_by"]
    search_fields = ["article__address", "title"]
    date_hierarchy = "published_at"
    fields = [
        "article",
        "revision",
        "title",
        "lede",
        "research_count",
        "source_keys",
        "published_by",
        "published_at",
        "plain_text",
    ]

    @admin.display(description="live", boolean=True)
    def is_live(self, page: PublishedPage) -> bool:
        return page.article.live_id == page.pk


@admin.register(ReviewRequest)
class ReviewRequestAdmin(Ledger):
    list_display = ["revision", "opened_at", "outcome", "closed_by", "closed_at"]
    list_select_related = ["revision__article", "closed_by"]
    list_filter = ["outcome"]
    fields = ["revision", "opened_at", "outcome", "reason", "closed_by", "closed_at"]


@admin.register(Redirect)
class RedirectAdmin(Ledger):
    """Addresses that lead on. A publisher moves a page from the page of the article."""

    list_display = ["address", "article", "made_at", "moved_by"]
    list_select_related = ["article", "moved_by"]
    search_fields = ["address", "article__address"]
    fields = ["address", "article", "made_at", "moved_by", "reason"]
