"""Two sources side by side, before one is merged into the other; and parting them again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from citations import merging
from citations.merging import MergeRefused, Preview
from citations.models import Source
from mesoinfo.desk import staff

MERGE = "citations.merge_source"


class OtherForm(forms.Form):
    """Which source the one at hand is merged into."""

    into = forms.ModelChoiceField(
        Source.objects.in_use(),
        to_field_name="key",
        label="Key of the source that stays",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={
            "required": "Give the key of the source that stays.",
            "invalid_choice": "No source in use has this key. Look it up in the list of sources.",
        },
    )


class TakeForm(forms.Form):
    """What the source that stays takes over."""

    stamp = forms.CharField(widget=forms.HiddenInput)
    take = forms.MultipleChoiceField(required=False)

    def __init__(self, seen: Preview, data: Any = None) -> None:
        super().__init__(data, initial={"stamp": seen.stamp})
        take = self.fields["take"]
        assert isinstance(take, forms.MultipleChoiceField)
        take.choices = [(choice.name, choice.name) for choice in seen.choices]


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks into which source this one is merged, shows what would become of both, and on POST does it."""
    if not request.user.has_perm(MERGE):
        raise PermissionDenied
    source = get_object_or_404(Source, pk=pk)
    asked = OtherForm(request.GET if "into" in request.GET else None)
    context: dict[str, Any] = {"source": source, "asked": asked}
    if asked.is_valid():
        try:
            seen = merging.preview(source, asked.cleaned_data["into"])
            form = TakeForm(seen, request.POST if request.method == "POST" else None)
            context |= {"seen": seen, "form": form}
            if form.is_valid():
                taken = frozenset(form.cleaned_data["take"])
                merging.merge(source, seen.other, take=taken, stamp=form.cleaned_data["stamp"], by=staff(request))
                messages.success(request, f"The source {source.key} was merged into {seen.other.key}.")
                return redirect("admin:citations_source_change", seen.other.pk)
        except MergeRefused as refusal:
            context["refusal"] = str(refusal)
        except ValidationError as error:
            context["refusal"] = " ".join(error.messages)
    return _screen(request, context, status=409 if "refusal" in context else 200)


@require_POST
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merger."""
    if not request.user.has_perm(MERGE):
        raise PermissionDenied
    source = get_object_or_404(Source, pk=pk, merged_into__isnull=False)
    try:
        merging.part(source, by=staff(request))
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The source {source.key} stands for itself again, and can be cited.")
    return redirect("admin:citations_source_change", source.pk)


def _screen(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    title = f"Merge {context['source'].key}"
    return TemplateResponse(
        request,
        "admin/citations/merge.html",
        {**admin.site.each_context(request), "title": title, **context},
        status=status,
    )
