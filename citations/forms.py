"""What a librarian may type: a record in CSL-JSON, and what we keep beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from citations import csl, importing
from citations.models import Notice, Quote, Relation, Source
from citations.study_designs import DESIGNS

BLANK_RECORD = {
    "type": "article-journal",
    "title": "",
    "author": [{"family": "", "given": ""}],
    "container-title": "",
    "issued": {"date-parts": [["", "", ""]]},
    "volume": "",
    "issue": "",
    "page": "",
    "DOI": "",
    "PMID": "",
    "URL": "",
}
_BLANKS: tuple[Any, ...] = ("", [], {}, None)


class RecordField(forms.CharField):
    """Text in which the line ends of a browser are no change."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class SourceForm(forms.ModelForm):
    """A source, its record as text: what was typed comes back as it was when something is wrong with it."""

    record = RecordField(
        label="Record (CSL-JSON)",
        max_length=200_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 26, "cols": 100, "spellcheck": "false", "class": "source-record"}),
        help_text=(
            "Paste the CSL-JSON that Zotero, Crossref or PubMed gives for this one work, or fill in the fields shown. "
            "Fields left empty are dropped."
        ),
    )
    unverified = SimpleArrayField(
        forms.CharField(max_length=60),
        required=False,
        label="Not compared with the original",
        help_text="Fields of the record, with commas between them, such as: DOI, PMID. Empty once all are compared.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    locked_fields = SimpleArrayField(
        forms.CharField(max_length=60),
        required=False,
        label="Locked",
        help_text=(
            "Fields of the record that no file and no register changes any more, with commas between them. What you "
            "change here is locked by itself."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    opened_at = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Source
        fields = ["key", "study_design", "population_size", "peer_reviewed", "unverified", "locked_fields"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = importing.read({})
        if "study_design" in self.fields:
            proposed = ", ".join(DESIGNS)
            self.fields[
                "study_design"
            ].help_text = f"One of: {proposed}; or your own words. “Counts as” then says whether they were understood."
        if "record" not in self.fields:
            # Somebody who may only look is shown the record as text.
            return
        if self.instance.pk:
            record = {field: value for field, value in self.instance.csl.items() if field != "id"}
            self.fields["opened_at"].initial = self.instance.updated_at.isoformat()
            for name in ("unverified", "locked_fields"):
                self.initial[name] = ", ".join(getattr(self.instance, name))
        else:
            record = BLANK_RECORD
        self.fields["record"].initial = csl.as_text(record)

    def clean_key(self) -> str:
        """The key, or a sentence on what a key looks like."""
        key: str = self.cleaned_data["key"]
        if not csl.is_key(key):
            raise forms.ValidationError(csl.KEY_ADVICE)
        return key

    def clean(self) -> dict[str, Any]:
        """Reads the record. What is wrong with what it says, `Source.clean` tells in sentences of its own."""
        cleaned = super().clean() or {}
        if "record" not in cleaned:
            return cleaned
        try:
            found = _without_blanks(csl.read_record(cleaned["record"]))
        except csl.Unreadable as error:
            self.add_error("record", str(error))
            return cleaned
        key = self.instance.key if self.instance.pk else cleaned.get("key")
        if not key:
            return cleaned
        if found.get("id", key) != key and self.instance.pk:
            self.add_error("record", f"The record names another key, but this source is {key}, and keys never change.")
            return cleaned
        custom = self.told = importing.read({"custom": found.pop("custom", {})})
        self.instance.csl = {**found, "id": key}
        cleaned["study_design"] = cleaned.get("study_design") or custom.study_design
        cleaned["unverified"] = [*dict.fromkeys([*cleaned.get("unverified", []), *custom.unverified])]
        self._refuse_stale()
        return cleaned

    def _refuse_stale(self) -> None:
        """Two librarians at one source: the second is told, and keeps what they typed."""
        opened_at = parse_datetime(self.cleaned_data.get("opened_at") or "") if self.instance.pk else None
        if opened_at is None:
            return
        now = Source.objects.only("updated_at").get(pk=self.instance.pk)
        if now.updated_at != opened_at:
            self.add_error(
                None,
                "Somebody saved this source after you opened it. Open it in another tab, compare, and copy what you "
                "want to keep; nothing you typed here is lost.",
            )


class QuoteForm(forms.ModelForm):
    """A quote to pin; of one that is pinned, only whether to retire it."""

    retire = forms.BooleanField(
        required=False, label="Retire", help_text="Tick this if the words are wrong or no page rests on them any more."
    )

    class Meta:
        model = Quote
        fields = ["text", "locator"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "cols": 100})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pinned = self.instance.pk is not None and self.instance.retired_at is None
        for name, field in self.fields.items():
            if name in ("text", "locator"):
                field.disabled = self.instance.pk is not None
            elif name == "retire":
                field.disabled = not pinned
            if field.disabled:
                field.help_text = ""

    def clean_text(self) -> str:
        """The words, without the line ends of where they were copied."""
        return " ".join(self.cleaned_data["text"].split())


class QuoteFormSet(forms.BaseInlineFormSet):
    """The quotes of one source."""

    def clean(self) -> None:
        """Raises ValidationError for words typed in twice, which Django asks of rules without a condition only."""
        super().clean()
        typed = [form.cleaned_data["text"] for form in self.extra_forms if form.cleaned_data.get("text")]
        if len(set(typed)) < len(typed):
            raise forms.ValidationError("The same words stand in two new quotes. Empty one of the two.")


class NoticeForm(forms.ModelForm):
    """What was later said about a source."""

    successor = forms.ModelChoiceField(
        Source.objects.all(),
        to_field_name="key",
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="The key of the source that stands in its place. Only for one that was superseded.",
        error_messages={"invalid_choice": "No source has this key. Add that source first, or correct the key."},
    )

    class Meta:
        model = Notice
        fields = ["kind", "on", "reference", "note"]

    def clean_on(self) -> date:
        """The day of the notice, or a sentence when it has not come: a notice could never be mended."""
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("This day has not come yet. Correct the date.")
        return on


class RelationForm(forms.ModelForm):
    """How the source belongs to another, named by its key."""

    other = forms.ModelChoiceField(
        Source.objects.in_use(),
        to_field_name="key",
        label="Key of the other",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"invalid_choice": "No source in use has this key. Look it up in the list of sources."},
    )

    class Meta:
        model = Relation
        fields = ["kind", "other", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["other"] = self.instance.other.key

    def clean_other(self) -> Source:
        """The other source, or a sentence when it is this one or is related to it already."""
        other: Source = self.cleaned_data["other"]
        source = self.instance.source
        if other == source:
            raise forms.ValidationError("A source is not related to itself. Give the key of another.")
        between = Relation.objects.filter(Q(source=source, other=other) | Q(source=other, other=source))
        if between.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("These two are related already. Change that relation, or take it out.")
        return other


def _without_blanks(value: Any) -> Any:
    """The record without fields left empty, so that the blank form can be filled in only where there is something.

    In a date only what is empty at the end goes: a day without a month must not become a month.
    """
    if isinstance(value, dict):
        kept = {name: _without_blanks(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in _BLANKS}
    if isinstance(value, list):
        parts = [_without_blanks(part) for part in value]
        if all(isinstance(part, dict) for part in parts):
            return [part for part in parts if part]
        while parts and parts[-1] in _BLANKS:
            parts.pop()
        return parts
    return value.strip() if isinstance(value, str) else value
