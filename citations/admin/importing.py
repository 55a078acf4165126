"""Where a librarian brings sources in: a file, a text or an identifier; then record by record, what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_q.tasks import async_task

from citations import csl, formats, lookups, receiving, retractions
from citations.admin import comparing
from citations.duplicates import Verdict
from citations.models import Import, ImportedRecord, ImportKind, ImportState, Origin, Outcome, Source
from citations.receiving import NEW, DecisionRefused
from mesoinfo import audit
from mesoinfo.desk import staff

ADD = "citations.add_source"
LARGEST_FILE = 10_000_000  # bytes
LONGEST_TEXT = 400_000  # characters: in any script less than a request may hold
IMPORTS_PER_PAGE, RECORDS_PER_PAGE = 25, 50
SLOW = timedelta(minutes=2)

FORMATS = {
    "csl-json": "CSL-JSON",
    "ris": "RIS",
    "bibtex": "BibTeX",
    "nbib": "nbib (PubMed)",
    "reference-list": "a list of references",
}
VERDICTS = {
    "": "New",
    Verdict.SAME: "The same work",
    Verdict.CONFLICT: "One identifier, two works",
    Verdict.CANDIDATE: "Perhaps the same work",
    Verdict.LOOK_ALIKE: "New, with a title like another's",
}
# What the records of an import can be narrowed down to, in the order in which they are shown.
KINDS = {
    "look": ("Like a source of ours", Q(outcome=Outcome.WAITING) & ~Q(verdict__in=NEW)),
    "new": ("New", Q(outcome=Outcome.WAITING, verdict__in=NEW)),
    "refused": ("Cannot be read", Q(outcome=Outcome.REFUSED)),
    "added": ("Added", Q(outcome=Outcome.ADDED)),
    "changed": ("Changed a source", Q(outcome=Outcome.CHANGED)),
    "unchanged": ("Said nothing new", Q(outcome=Outcome.UNCHANGED)),
    "left-out": ("Left out", Q(outcome=Outcome.LEFT_OUT)),
}

View = Callable[..., HttpResponse]


def for_librarians(view: View) -> View:
    """A view for those who may add sources."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(ADD):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


class FormatField(forms.ChoiceField):
    """The format of what is brought, if somebody says it."""

    def __init__(self) -> None:
        choices = [("", "Find out from the text"), *((name, f"It is {label}") for name, label in FORMATS.items())]
        super().__init__(choices=choices, required=False, label="Format")


class FileForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="RIS, BibTeX, CSL-JSON, nbib or a list of references as text, up to 10 MB.",
        error_messages={
            "required": "Choose a file.",
            "empty": f"This file is empty. {receiving.NOTHING_IN_IT}",
        },
    )
    file_format = FormatField()

    def clean_file(self) -> UploadedFile[bytes]:
        """The file, or a sentence when it is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError("This file is larger than 10 MB. Split it.")
        return file

    def bring(self, request: HttpRequest) -> Import:
        """Keep the file. Raises ValueError, with a sentence, when it cannot be read."""
        file = self.cleaned_data["file"]
        content = file.read()
        batch = receiving.receive(
            formats.decode(content),
            name=file.name,
            by=staff(request),
            named=self.cleaned_data["file_format"],
        )
        if note := formats.note_on_encoding(content):
            messages.warning(request, note)
        return batch


class TextForm(forms.Form):
    text = forms.CharField(
        label="Text",
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "source-record"}),
        help_text="Records in one of these formats, or references copied from a page. Up to 400,000 characters.",
        error_messages={
            "required": "Paste the text first.",
            "max_length": "This is longer than 400,000 characters. Save it as a file, and bring that.",
        },
    )
    text_format = FormatField()

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        # A browser would cut what is pasted without a word.
        self.fields["text"].widget.attrs.pop("maxlength")

    def bring(self, request: HttpRequest) -> Import:
        """Keep the text. Raises ValueError, with a sentence, when it cannot be read."""
        text, named = self.cleaned_data["text"], self.cleaned_data["text_format"]
        return receiving.receive(text, name="", by=staff(request), named=named)


class IdentifierForm(forms.Form):
    identifier = forms.CharField(
        label="DOI or PMID",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as 10.1016/j.lungcan.2006.01.002, or 33515503. The address of the work will do too.",
        error_messages={"required": "Give a DOI or a PMID."},
    )

    def bring(self, request: HttpRequest) -> Import:
        """Ask Crossref or PubMed. Raises ValueError, with a sentence, for what is no identifier."""
        return lookups.ask(*csl.identifier_in(self.cleaned_data["identifier"]), by=staff(request))


class OtherForm(forms.Form):
    """Which source a record is compared with."""

    compared = forms.ModelChoiceField(
        Source.objects.in_use(),
        to_field_name="key",
        label="Key of a source of ours",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "Give the key of a source.",
            "invalid_choice": "No source in use has this key. Look it up in the list of sources.",
        },
    )

    def add_prefix(self, field_name: str) -> str:
        """`with`, as an address says it, is no name in Python."""
        return "with"


BRINGING: dict[str, type[FileForm] | type[TextForm] | type[IdentifierForm]] = {
    "file": FileForm,
    "text": TextForm,
    "identifier": IdentifierForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_librarians
@transaction.atomic
def bring(request: HttpRequest) -> HttpResponse:
    """Takes a file, a text or an identifier; below, what was brought so far."""
    bound = {
        name: form(request.POST, request.FILES) if request.POST.get("bring") == name else form()
        for name, form in BRINGING.items()
    }
    for name, form in bound.items():
        if form.is_valid():
            try:
                return _brought(request, form.bring(request))
            except ValueError as error:
                form.add_error(name, str(error))
    batches = Import.objects.defer("content").select_related("asked_by")
    page = Paginator(batches, IMPORTS_PER_PAGE).get_page(request.GET.get("page"))
    counted = tallies(page.object_list)
    lines = [(batch, called(batch), FORMATS.get(batch.format, ""), counted[batch.pk]) for batch in page.object_list]
    context = {"title": "Bring sources in", "forms": bound, "lines": lines, "page": page}
    return _screen(request, "import", context)


@require_safe
@for_librarians
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how far it is, and its records, those that wait for a person first."""
    batch = get_object_or_404(Import.objects.defer("content").select_related("asked_by", "source"), pk=pk)
    tally = tallies([batch])[batch.pk]
    is_worked_on = batch.state == ImportState.WAITING or batch.add_all_by_id is not None
    is_still = "still" in request.GET
    context: dict[str, Any] = {
        "title": called(batch),
        "batch": batch,
        "format": FORMATS.get(batch.format, ""),
        "tally": tally,
        "is_worked_on": is_worked_on,
        "refreshes": is_worked_on and not is_still,
        "seems_stuck": _seems_stuck(batch, tally),
    }
    if not context["refreshes"]:
        chosen = request.GET.get("show", "")
        records = batch.records.select_related("match", "source")
        shown = in_order(of_kind(records, chosen) if chosen in KINDS else records)
        page = Paginator(shown, RECORDS_PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "chosen": chosen,
            "kinds": [(name, label, tally[name]) for name, (label, _) in KINDS.items() if tally[name]],
            "page": page,
            "lines": [
                (kept, comparing.in_a_line(kept.record), VERDICTS.get(kept.verdict, "")) for kept in page.object_list
            ],
        }
    return _screen(request, "import_one", context)


@require_POST
@for_librarians
@transaction.atomic
def add_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the worker add what is new in an import."""
    batch = get_object_or_404(Import.objects.only("pk"), pk=pk, state=ImportState.READ)
    Import.objects.filter(pk=batch.pk, add_all_by__isnull=True).update(add_all_by=staff(request))
    async_task("citations.receiving.sweep")
    audit.record(staff(request), "import.all_new_asked_for", batch)
    return redirect("admin:citations_source_import_one", batch.pk)


@require_POST
@for_librarians
@transaction.atomic
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Look up once more what could not be looked up."""
    batch = get_object_or_404(Import, pk=pk, kind=ImportKind.LOOKUP)
    return _brought(request, lookups.ask(batch.format, batch.name, by=staff(request), source=batch.source))


@require_POST
@for_librarians
@transaction.atomic
def look_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a source looked up by the identifier that `field` names."""
    source = get_object_or_404(Source.objects.in_use(), pk=pk)
    field = request.POST.get("field", "")
    try:
        return _brought(request, lookups.ask(field, source.csl.get(field, ""), by=staff(request), source=source))
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("admin:citations_source_change", source.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_librarians
def record(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """One record of an import beside the source that it is like; on POST, what a person decided on it."""
    kept = _kept(pk, place)
    asked = OtherForm(request.GET if "with" in request.GET else None)
    named = asked.cleaned_data["compared"] if asked.is_valid() else None
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _decide(request, kept, named))
        except DecisionRefused as error:
            refusal = str(error)
            kept = _kept(pk, place)
        else:
            return redirect(_after(kept))
    seen = comparing.look(kept, named)
    others = next_like(kept)
    context = {
        "title": f"Record {kept.place}",
        "batch": kept.batch,
        "batch_called": called(kept.batch),
        "kept": kept,
        "seen": seen,
        "said_by": "this record" if kept.origin == Origin.FILE else kept.get_origin_display(),
        "later_said": retractions.told_by(receiving.who_speaks(kept), kept.said),
        "verdict": VERDICTS[seen.match.verdict] if seen.match else "",
        "ticked": frozenset(request.POST.getlist("take")) if refusal else seen.gaps,
        "entry": "" if kept.problem else comparing.as_printed(kept.record),
        "asked": asked,
        "refusal": refusal,
        "following": others.first(),
        "following_count": others.count(),
    }
    return _screen(request, "import_record", context, status=409 if refusal else 200)


@transaction.atomic
def _decide(request: HttpRequest, kept: ImportedRecord, named: Source | None) -> str:
    """Do what was decided, and say so in a sentence. Raises DecisionRefused."""
    by, decision = staff(request), request.POST.get("decision")
    receiving.waiting(kept)
    if decision == "leave-out":
        receiving.leave_out(kept, by=by)
        return f"Record {kept.place} was left out."
    seen = comparing.look(kept, named)
    if request.POST.get("stamp") != seen.stamp:
        raise DecisionRefused("The bibliography changed after you opened this page. Look once more, then decide.")
    if decision == "take" and seen.source is not None:
        taken = seen.offered & {*request.POST.getlist("take")}
        receiving.take_into(kept, seen.source, take=taken, by=by)
        listed = ", ".join(row.name for row in seen.rows if row.name in taken) or "nothing"
        return f"The source {seen.source.key} took over from record {kept.place}: {listed}."
    if decision in ("add", "add-another"):
        source = receiving.add(kept, by=by, is_another_work=decision == "add-another")
        return f"Record {kept.place} was added as {source.key}."
    raise DecisionRefused("Choose what is to become of this record.")


def tallies(batches: Iterable[Import]) -> dict[int, Counter[str]]:
    """By import, how many of its records are of each of the KINDS, how many "wait" and how many there are in "all"."""
    batches = list(batches)
    counted: dict[int, Counter[str]] = {batch.pk: Counter() for batch in batches}
    kinds = {name: Count("pk", filter=records) for name, (_, records) in KINDS.items()}
    records = ImportedRecord.objects.filter(batch__in=batches).order_by()
    for batch, *row in records.values_list("batch").annotate(**kinds):
        numbers = dict(zip(KINDS, row, strict=True))
        counted[batch].update(numbers, wait=numbers["look"] + numbers["new"], all=sum(numbers.values()))
    return counted


def of_kind(records: QuerySet[ImportedRecord], kind: str) -> QuerySet[ImportedRecord]:
    """The records of one of the KINDS."""
    return records.filter(KINDS[kind][1])


def in_order(records: QuerySet[ImportedRecord]) -> QuerySet[ImportedRecord]:
    """Those first that a person has to look at, then what is new, then what cannot be read."""
    ranks = [When(KINDS[name][1], then=Value(rank)) for rank, name in enumerate(["look", "new", "refused"])]
    return records.annotate(rank=Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())).order_by(
        "rank", "place"
    )


def next_like(kept: ImportedRecord) -> QuerySet[ImportedRecord]:
    """The others of its import that wait as this one does or did, the next one in the file first."""
    kind = "new" if kept.verdict in NEW else "look"
    others = of_kind(ImportedRecord.objects.filter(batch=kept.batch_id), kind).exclude(pk=kept.pk)
    return others.annotate(
        is_before=Case(When(place__lt=kept.place, then=1), default=0, output_field=IntegerField())
    ).order_by("is_before", "place")


def called(batch: Import) -> str:
    """What an import is called on the desk."""
    return f"{batch.format} {batch.name}" if batch.kind == ImportKind.LOOKUP else batch.name


def _brought(request: HttpRequest, batch: Import) -> HttpResponse:
    """Put on record that somebody asked for it, and lead there."""
    audit.record(staff(request), "import.asked_for", batch)
    return redirect("admin:citations_source_import_one", batch.pk)


def _seems_stuck(batch: Import, tally: Counter[str]) -> bool:
    waits = batch.state == ImportState.WAITING and not tally["all"]
    return waits and timezone.now() - batch.asked_at > SLOW


def _kept(pk: int, place: int) -> ImportedRecord:
    records = ImportedRecord.objects.select_related("batch__source", "source", "settled_by").defer("batch__content")
    return get_object_or_404(records, batch=pk, place=place)


def _after(kept: ImportedRecord) -> str:
    """Where the desk goes on once this record is settled."""
    following = next_like(kept).first()
    if following is None:
        return reverse("admin:citations_source_import_one", args=[kept.batch_id])
    return reverse("admin:citations_source_import_record", args=[kept.batch_id, following.place])


def _screen(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return TemplateResponse(
        request, f"admin/citations/{name}.html", {**admin.site.each_context(request), **context}, status=status
    )
