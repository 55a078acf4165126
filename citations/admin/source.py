"""Where the bibliography is kept: search, add, correct, and see plainly what nobody has checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pghistory
from django.contrib import admin
from django.db import IntegrityError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from citations import checking, csl, duplicates, importing, lookups, provenance, retractions
from citations.admin import completing, merging
from citations.admin import importing as bringing
from citations.forms import NoticeForm, QuoteForm, QuoteFormSet, RelationForm, SourceForm
from citations.models import Notice, Origin, Quote, Relation, Source
from citations.study_designs import NAMES
from mesoinfo import audit
from mesoinfo.desk import Audited, staff
from mesoinfo.models import User


class CheckedFilter(admin.SimpleListFilter):
    """Sources by whether a file or a colleague said that something in them is unverified."""

    title = "checking"
    parameter_name = "checking"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("unverified", "Something unverified"), ("rest", "Nothing marked unverified")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        if self.value() == "unverified":
            return queryset.exclude(unverified=[])
        if self.value() == "rest":
            return queryset.filter(unverified=[])
        return queryset


class TitleFilter(admin.SimpleListFilter):
    """Sources whose title another has too: where a librarian looks for doubles. Left out is what a person said of two:
    that they are no duplicates, or versions of each other.
    """

    title = "title"
    parameter_name = "title"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shared", "The same as another's")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        return queryset.sharing_a_title() if self.value() == "shared" else queryset  # type: ignore[attr-defined]


class KindFilter(admin.AllValuesFieldListFilter):
    """Sources by what CSL calls their type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "kind of work"


class QuoteInline(admin.StackedInline):
    model = Quote
    form = QuoteForm
    formset = QuoteFormSet
    extra = 1
    fields = ["text", "locator", "retire", "so_far"]
    readonly_fields = ["so_far"]
    can_delete = False
    classes = ["desk-compact"]
    verbose_name_plural = (
        "Quotes. To add or retire one re-opens every block that cites this source, the next time its page is submitted"
    )

    def get_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        may_retire = self.has_change_permission(request, obj)
        return [name for name in self.fields if name != "retire" or may_retire]

    @admin.display(description="so far")
    def so_far(self, quote: Quote) -> str:
        if not quote.pk:
            return "Not pinned yet."
        pinned = f"Pinned {_by_on(quote.added_by, quote.added_at)}."
        return f"{pinned} Retired {_by_on(quote.retired_by, quote.retired_at)}." if quote.retired_at else pinned


class NoticeInline(admin.StackedInline):
    model = Notice
    fk_name = "source"
    form = NoticeForm
    extra = 1
    fields = ["kind", "on", "reference", "successor", "note", "recorded"]
    readonly_fields = ["recorded"]
    can_delete = False
    verbose_name_plural = (
        "Notices: what was later said about this source. One stays as it is once saved, and re-opens every block that "
        "cites the source, the next time its page is submitted"
    )

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False

    @admin.display(description="recorded")
    def recorded(self, notice: Notice) -> str:
        return f"{_by_on(notice.recorded_by, notice.recorded_at)}." if notice.pk else "Not recorded yet."


class RelationInline(admin.StackedInline):
    model = Relation
    fk_name = "source"
    form = RelationForm
    extra = 1
    fields = ["kind", "other", "note"]
    classes = ["desk-compact"]
    verbose_name_plural = "Relations: how this source belongs to others"


# Who added a record is kept under the name of what they did.
NAMED_BY = {Quote: "added_by", Notice: "recorded_by", Relation: "noted_by"}


def _beside(request: HttpRequest, object_id: str | None) -> dict[str, Any]:
    """What the page of a source shows around its form: whether it was merged, what may be the same work, and where it
    can be looked up.
    """
    source = Source.objects.filter(pk=object_id).first() if object_id and object_id.isdecimal() else None
    if source is None:
        return {}
    matches = duplicates.matches_of(source) if source.merged_into_id is None else []
    registers = [(field, name) for field, (_, name, _) in lookups.REGISTERS.items() if source.csl.get(field)]
    may_look_up = source.merged_into_id is None and request.user.has_perm(bringing.ADD)
    return {
        "source": source,
        "matches": matches,
        "may_merge": request.user.has_perm(merging.MERGE),
        "registers": registers if may_look_up else [],
    }


def _by_on(user: User | None, at: datetime) -> str:
    return f"by {user or 'the system'}, {at:%-d %B %Y}"


@admin.register(Source)
class SourceAdmin(Audited):
    class Media:
        css = {"all": ["css/sources.css"]}

    form = SourceForm
    list_display = ["key", "title_short", "year", "standing", "study_design", "identifiers", "not_compared"]
    list_display_links = ["key", "title_short"]
    list_filter = [CheckedFilter, TitleFilter, ("csl_type", KindFilter)]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["key", "title", "people", "doi", "pmid", "pmcid", "study_design", "year"]
    search_help_text = "Words of the title, names, key, year, DOI, PMID or study design."
    ordering = ["key"]
    readonly_fields = [
        "as_printed",
        "missing",
        "later_said",
        "related",
        "counts_as",
        "origin",
        "said",
        "created_by",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (None, {"fields": ["key", "as_printed", "counts_as", "missing", "later_said", "related"]}),
        ("Record", {"fields": ["record", "opened_at"]}),
        ("Evidence", {"fields": ["study_design", "population_size", "peer_reviewed", "unverified", "locked_fields"]}),
        ("Origin", {"fields": ["origin", "said", "created_by", "created_at", "updated_at"]}),
    ]

    inlines = [QuoteInline, NoticeInline, RelationInline]

    def get_inlines(self, request: HttpRequest, obj: Source | None) -> Any:
        if obj is None or obj.merged_into_id is not None:
            return []
        tells_of_none = not obj.notices.all() and not request.user.has_perm("citations.add_notice")
        return [inline for inline in self.inlines if inline is not NoticeInline or not tells_of_none]

    def get_urls(self) -> list[URLPattern]:
        """The steps of a source besides its form."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/merge/", view(merging.merge), name="citations_source_merge"),
            path("<int:pk>/part/", view(merging.part), name="citations_source_part"),
            path("<int:pk>/look-up/", view(bringing.look_up), name="citations_source_import_look_up"),
            path("completions/", view(completing.completions), name="citations_source_completions"),
            path("import/", view(bringing.bring), name="citations_source_import"),
            path("import/<int:pk>/", view(bringing.one), name="citations_source_import_one"),
            path("import/<int:pk>/add-all/", view(bringing.add_all), name="citations_source_import_add_all"),
            path("import/<int:pk>/again/", view(bringing.again), name="citations_source_import_again"),
            path("import/<int:pk>/<int:place>/", view(bringing.record), name="citations_source_import_record"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).select_related("merged_into").prefetch_related("notices")

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """A source that was merged stands as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.merged_into_id is None)

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["key"]}), *self.fieldsets[1:3]]
        if not self.has_change_permission(request, obj):
            record = ("Record", {"fields": ["record_as_text"]})
            return [self.fieldsets[0], record, *self.fieldsets[2:]]
        return self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        return [*self.readonly_fields, "record_as_text", *(["key"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """Nobody deletes a source that a page cites or tells a story from."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.uses())

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        by = staff(request)
        before = importing.own_fields(Source.objects.get(pk=obj.pk)) if change else {}
        after = importing.own_fields(obj)
        typed = {name: after.get(name) for name in sorted({*before, *after}) if after.get(name) != before.get(name)}
        if change:
            # Who changes a field has decided what stands there.
            own = [name for name in typed if name != importing.UNVERIFIED]
            obj.locked_fields = [*dict.fromkeys([*obj.locked_fields, *own])]
        else:
            obj.created_by = by
        with pghistory.context(by=by.pk, how="desk"):
            super().save_model(request, obj, form, change)
        if typed or form.told.said:
            digest = importing.sha256([typed, form.told.said])
            obj.accounts.create(origin=Origin.PERSON, record=typed, said=form.told.said, digest=digest, by=by)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseInlineFormSet[Any, Any, Any], change: bool
    ) -> None:
        """Keep what was added, retire the quotes that were ticked, change and take out relations."""
        formset.save(commit=False)
        for record in formset.new_objects:
            setattr(record, NAMED_BY[type(record)], staff(request))
            record.save()
            audit.record(staff(request), f"{record._meta.model_name}.added", record, source=record.source.key)
        for record, _ in formset.changed_objects:
            if isinstance(record, Quote):
                record.retire(by=staff(request))
            else:
                record.save()
                audit.record(staff(request), "relation.changed", record, source=record.source.key)
        for relation in formset.deleted_objects:
            audit.record(staff(request), "relation.taken_out", relation, source=relation.source.key)
            relation.delete()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra_context = {**(extra_context or {}), **_beside(request, object_id)}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # A colleague saved the same a moment ago. Now the form can see it: it says so, and keeps what was typed.
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        with pghistory.context(by=request.user.pk, how="desk"):
            super().delete_model(request, obj)

    @admin.display(description="title", ordering="title")
    def title_short(self, source: Source) -> str:
        return source.title if len(source.title) <= 90 else f"{source.title[:89]}…"

    @admin.display(description="standing")
    def standing(self, source: Source) -> str:
        if source.merged_into is not None:
            return f"Merged into {source.merged_into.key}"
        return capfirst(str(source.doubt or ""))

    @admin.display(description="identifiers")
    def identifiers(self, source: Source) -> str:
        named = (("DOI", source.doi), ("PMID", source.pmid), ("PMCID", source.pmcid))
        return ", ".join(f"{name} {value}" for name, value in named if value) or "none"

    @admin.display(description="unverified", ordering="unverified")
    def not_compared(self, source: Source) -> str:
        return f"Unverified: {', '.join(source.unverified)}" if source.unverified else ""

    @admin.display(description="as printed")
    def as_printed(self, source: Source) -> SafeString:
        # `entry_html` has been through nh3.
        return mark_safe(source.entry_html)

    @admin.display(description="what is missing")
    def missing(self, source: Source) -> SafeString | str:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in source.findings())) or "Nothing."

    @admin.display(description="counts as")
    def counts_as(self, source: Source) -> str:
        return NAMES[source.evidence_kind]

    @admin.display(description="later said of it")
    def later_said(self, source: Source) -> SafeString:
        told = [*(str(notice) for notice in source.notices.all()), *retractions.as_of(source), *checking.as_of(source)]
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in told))

    @admin.display(description="other sources say")
    def related(self, source: Source) -> SafeString | str:
        told = source.relations_of_others.select_related("source", "other")
        lines = [(str(relation), f" ({relation.note})" if relation.note else "") for relation in told]
        return format_html_join("", "<p>{}{}.</p>", lines) or "Nothing of this one."

    @admin.display(description="record (CSL-JSON)")
    def record_as_text(self, source: Source) -> SafeString:
        return format_html('<pre class="source-told">{}</pre>', csl.as_text(source.csl))

    @admin.display(description="who said what")
    def origin(self, source: Source) -> SafeString:
        return render_to_string("admin/citations/provenance.html", {"fields": provenance.fields_of(source)})

    @admin.display(description="said beside the record")
    def said(self, source: Source) -> SafeString | str:
        told = [(account, csl.as_text(account.said)) for account in source.accounts.all() if account.said]
        lines = ((account, text) for account, text in told)
        return format_html_join("", '<p>{}</p><pre class="source-told">{}</pre>', lines) or "Nothing."
