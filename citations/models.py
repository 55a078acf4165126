"""The bibliography all pages share. A record in CSL-JSON is the truth; PostgreSQL reads its columns off it."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Func, GeneratedField, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils import timezone
from django.utils.text import Truncator

from citations import csl, style
from mesoinfo import audit
from mesoinfo.ledger import append_only, refusal
from mesoinfo.models import User

_NAME_PATTERN = csl.ET_AL_PATTERN.replace("\\", "\\\\")
_ET_AL = " || ".join(f'@.{part} like_regex "{_NAME_PATTERN}" flag "i"' for part in ("family", "given", "literal"))


def _read_off(expression: Any, output_field: models.Field[Any, Any]) -> GeneratedField:
    return GeneratedField(expression=expression, output_field=output_field, db_persist=True)


def _json_path(function: str, path: str, output_field: models.Field[Any, Any]) -> Func:
    return Func(F("csl"), Value(path), function=function, output_field=output_field)


class NoticeKind(models.TextChoices):
    RETRACTED = "retracted", "retracted"
    CONCERN = "concern", "expression of concern"
    CORRECTED = "corrected", "corrected"
    REINSTATED = "reinstated", "reinstated"
    SUPERSEDED = "superseded", "superseded"


# The newest of these says whether a source is retracted.
_ON_RETRACTION = (NoticeKind.RETRACTED, NoticeKind.REINSTATED)


class SourceQuerySet(models.QuerySet["Source"]):
    def retracted(self) -> SourceQuerySet:
        """Those of which `is_retracted` is true."""
        said = Notice.objects.filter(source=OuterRef("pk"), kind__in=_ON_RETRACTION).order_by("-on", "-pk")
        return self.alias(last_said=Subquery(said.values("kind")[:1])).filter(last_said=NoticeKind.RETRACTED)

    def superseded(self) -> SourceQuerySet:
        """Those of which `is_superseded` is true."""
        return self.filter(Exists(Notice.objects.filter(source=OuterRef("pk"), kind=NoticeKind.SUPERSEDED)))


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["key", "csl", "study_design", "population_size", "peer_reviewed", "unverified", "provenance"],
    model_name="SourceEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    context_field=pghistory.ContextJSONField(),
    append_only=True,
)
class Source(models.Model):
    """One work that pages may cite, by its key: `[@fennell2021mist1]`.

    `csl` is the truth. `title`, `year`, `csl_type`, `doi`, `pmid`, `pmcid`, `url` and `people` are read off it by
    PostgreSQL and cannot disagree with it. A source is never deleted while a page cites it: pages protect it.
    """

    key = models.CharField(
        max_length=120,
        unique=True,
        help_text="How pages cite it, such as fennell2021mist1. It never changes.",
    )
    csl = models.JSONField("record (CSL-JSON)")
    study_design = models.CharField(
        max_length=120,
        blank=True,
        help_text="Such as: phase 2 trial, case report, narrative review, organisation page.",
    )
    population_size = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many people were studied. Empty when it does not apply or is not known."
    )
    peer_reviewed = models.BooleanField(null=True, blank=True, help_text="Leave at unknown until somebody has checked.")
    unverified = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Fields of the record that nobody has compared with the original, such as: DOI, PMID.",
    )
    provenance = models.JSONField(default=dict, blank=True, editable=False)
    entry = models.TextField(blank=True, editable=False)
    entry_stamp = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    title = _read_off(Coalesce(KT("csl__title"), Value(""), output_field=models.TextField()), models.TextField())
    csl_type = _read_off(Coalesce(KT("csl__type"), Value(""), output_field=models.TextField()), models.TextField())
    year = _read_off(
        # Only the digits, so that a strange date leaves the year empty instead of failing to be kept.
        Cast(
            Func(
                KT("csl__issued__date-parts__0__0"),
                Value(r"^[0-9]{1,4}$"),
                function="substring",
                output_field=models.TextField(),
            ),
            models.IntegerField(),
        ),
        models.IntegerField(null=True),
    )
    doi = _read_off(Lower(KT("csl__DOI")), models.TextField(null=True))
    pmid = _read_off(KT("csl__PMID"), models.TextField(null=True))
    pmcid = _read_off(KT("csl__PMCID"), models.TextField(null=True))
    url = _read_off(Coalesce(KT("csl__URL"), Value(""), output_field=models.TextField()), models.TextField())
    people = _read_off(
        Concat(
            Cast(_json_path("jsonb_path_query_array", "$.*[*].family", models.JSONField()), models.TextField()),
            Cast(_json_path("jsonb_path_query_array", "$.*[*].literal", models.JSONField()), models.TextField()),
        ),
        models.TextField(),
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        indexes = [models.Index(fields=["-year", "key"], name="sources_by_year")]
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=csl.KEY_PATTERN), name="a_key_can_be_cited"),
            models.CheckConstraint(
                condition=Q(key=Coalesce(KT("csl__id"), Value(""), output_field=models.TextField())),
                name="the_record_and_the_source_share_a_key",
            ),
            models.CheckConstraint(condition=Q(title__regex=r"\S"), name="a_source_has_a_title"),
            models.CheckConstraint(condition=Q(csl_type__in=csl.TYPES), name="a_source_has_a_type_csl_knows"),
            models.CheckConstraint(
                condition=~Q(_json_path("jsonb_path_exists", f"$.*[*] ? ({_ET_AL})", models.BooleanField())),
                name="nobody_is_named_et_al",
            ),
            # DOIs compare without regard to case.
            models.UniqueConstraint(fields=["doi"], name="one_source_per_doi"),
            models.CheckConstraint(
                condition=Q(doi__isnull=True) | Q(doi__regex=csl.DOI_PATTERN), name="a_doi_looks_like_one"
            ),
            models.UniqueConstraint(fields=["pmid"], name="one_source_per_pmid"),
            models.CheckConstraint(
                condition=Q(pmid__isnull=True) | Q(pmid__regex=csl.PMID_PATTERN), name="a_pmid_looks_like_one"
            ),
            models.UniqueConstraint(fields=["pmcid"], name="one_source_per_pmcid"),
            models.CheckConstraint(
                condition=Q(pmcid__isnull=True) | Q(pmcid__regex=csl.PMCID_PATTERN), name="a_pmcid_looks_like_one"
            ),
            models.CheckConstraint(condition=Q(url="") | Q(url__iregex=csl.URL_PATTERN), name="a_url_is_a_web_address"),
            models.CheckConstraint(condition=~Q(csl__has_key="accessed") | ~Q(url=""), name="an_access_date_has_a_url"),
            models.CheckConstraint(
                condition=Q(population_size__isnull=True) | Q(population_size__gt=0), name="a_population_is_of_somebody"
            ),
            models.CheckConstraint(condition=~Q(unverified__contains=[""]), name="an_unverified_field_is_named"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keys_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("key"),
                condition=pgtrigger.Q(old__key__df=pgtrigger.F("new__key")),
                func=refusal("the key of a source never changes: pages cite it by that key"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {Truncator(str(self.csl.get('title', ''))).chars(80)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the record in its bare form and sets its entry, so that no page ever waits for the engine."""
        self._tidy()
        if not self.entry_is_current:
            self.set_entry()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "entry", "entry_stamp", "updated_at"}
        super().save(*args, **kwargs)
        # What PostgreSQL reads off the record is read again when next asked for.
        for field in self._meta.concrete_fields:
            if field.generated:
                self.__dict__.pop(field.attname, None)

    def clean(self) -> None:
        """Raises ValidationError with a sentence for everything that keeps the record out of the bibliography."""
        if self.csl is None:
            # Nothing to judge yet; that a record is required, the field itself says.
            return
        if not isinstance(self.csl, dict):
            raise ValidationError('A source is a JSON object: it starts with "{" and ends with "}".')
        self._tidy()
        sentences = csl.problems(self.csl)
        if not sentences:
            sentences = self.clashes()
        if self.pk and not Source.objects.filter(pk=self.pk, key=self.key).exists():
            sentences.append("The key of a source never changes: pages cite it by that key.")
        if sentences:
            raise ValidationError(sentences)

    def clashes(self) -> list[str]:
        """A sentence for each identifier that another source already has."""
        sentences = []
        for name, value in (("doi", "DOI"), ("pmid", "PMID"), ("pmcid", "PMCID")):
            given = self.csl.get(value)
            wanted = given.lower() if isinstance(given, str) and name == "doi" else given
            other = Source.objects.filter(**{name: wanted}).exclude(key=self.key).first() if wanted else None
            if other is not None:
                sentences.append(f"The {value} {given} already belongs to {other.key} ({other.title}).")
        return sentences

    def _tidy(self) -> None:
        if isinstance(self.csl, dict):
            self.csl = {**csl.normalised(self.csl), "id": self.key}

    def _stamp(self) -> str:
        return _sha256([style.version(), self.csl])

    @property
    def entry_is_current(self) -> bool:
        """Whether the stored entry is the one this record gets from this version of the style."""
        return self.entry_stamp == self._stamp()

    def set_entry(self) -> None:
        """Set the entry anew, without saving it."""
        self.entry = style.format_entries([{**self.csl, "id": self.key}])[self.key]
        self.entry_stamp = self._stamp()

    @property
    def entry_html(self) -> str:
        """The entry of the reference list: safe HTML, without number and access date.

        It was set when the source was saved. Only after the style has changed (until `manage.py set_entries`), or
        after a script went past `save`, is it set on the spot.
        """
        if not self.entry_is_current:
            self.set_entry()
        return self.entry

    @property
    def digest(self) -> str:
        """SHA-256 of what a signature on a citing block covers: title, year, type, study design, population size,
        and where there are any, the pinned quotes and the notices.

        To ask many sources, prefetch "quotes" and "notices__successor".
        """
        covered: list[Any] = [self.title, self.year, self.csl_type, self.study_design, self.population_size]
        # Sets, so that what is recorded twice says nothing new.
        quotes = {(quote.text, quote.locator) for quote in self.quotes.all() if quote.retired_at is None}
        notices = {
            (notice.on.isoformat(), notice.kind, notice.successor.key if notice.successor else "")
            for notice in self.notices.all()
        }
        if quotes or notices:
            covered += [sorted(quotes), sorted(notices)]
        return _sha256(covered)

    @property
    def is_retracted(self) -> bool:
        """Whether the newest notice on the matter retracts it. Of two on one day, what was recorded last counts."""
        said = [notice for notice in self.notices.all() if notice.kind in _ON_RETRACTION]
        return bool(said) and max(said, key=lambda notice: (notice.on, notice.pk)).kind == NoticeKind.RETRACTED

    @property
    def is_superseded(self) -> bool:
        """Whether a later work stands in its place."""
        return any(notice.kind == NoticeKind.SUPERSEDED for notice in self.notices.all())

    @property
    def is_research(self) -> bool:
        """Whether it counts among a page's cited research articles: an article in a journal."""
        return self.csl_type == "article-journal"

    @property
    def accessed_on(self) -> date | None:
        """The day its address was visited."""
        return csl.full_date(self.csl.get("accessed"))

    def uses(self) -> dict[str, int]:
        """How many of what outside the bibliography refer to this source and keep it from being deleted:
        {"citations": 4, "stories": 1}.
        """
        counts = {}
        for relation in self._meta.related_objects:
            outside = relation.related_model._meta.app_label != self._meta.app_label
            if outside and getattr(relation, "on_delete", None) is models.PROTECT:
                users = relation.related_model._base_manager.filter(**{relation.field.name: self})
                counts[str(relation.related_model._meta.verbose_name_plural)] = users.count()
        return {name: count for name, count in counts.items() if count}

    def findings(self) -> list[str]:
        """What is missing or doubtful, one plain sentence each; empty when nothing is."""
        record, found = self.csl, []
        creators = [role for role in csl.NAMES if record.get(role)]
        if not creators:
            found.append("Nobody is named as its author or publisher.")
        elif self.provenance.get("authors_complete") is False:
            found.append("The list of authors is not complete.")
        if self.is_research:
            if self.year is None:
                found.append("A journal article has a year; this one gives none.")
            if "container-title" not in record:
                found.append("The journal is not named.")
            if not (self.doi or self.pmid or self.pmcid):
                found.append("There is no DOI, PMID or PMCID to look it up by.")
            if not self.study_design:
                found.append("The study design is not stated.")
        elif self.csl_type == "chapter" and "container-title" not in record:
            found.append("The book this chapter is in is not named.")
        elif self.csl_type in ("webpage", "post", "post-weblog") and not self.url:
            found.append("There is no URL, so nobody can visit the page.")
        if "accessed" in self.provenance and "accessed" not in record:
            found.append("An access date came without a URL. It is kept with the origin of the record, and not shown.")
        if self.unverified:
            found.append(f"Not compared with the original: {', '.join(self.unverified)}.")
        return found


# Made by pghistory.track: what each source said before, with who changed it and how.
SourceEvent: Any


class QuoteQuerySet(models.QuerySet["Quote"]):
    def pinned(self) -> QuoteQuerySet:
        """Those that pages rest on: not retired."""
        return self.filter(retired_at__isnull=True)


class Quote(models.Model):
    """Words of a source that pages rest on, shown to reviewers beside the blocks that cite it.

    They never change. A wrong quote is retired, and another pinned.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="quotes")
    text = models.CharField(
        max_length=600,
        help_text="Verbatim words of the source that a page rests on. Reviewers see them beside the sentence.",
    )
    locator = models.CharField(max_length=60, blank=True, help_text="Where they stand, such as: p. 3.")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    retired_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(text__regex=r"\S"), name="a_quote_has_words"),
            models.UniqueConstraint(
                fields=["source", "text"],
                condition=Q(retired_at__isnull=True),
                name="one_quote_per_source_and_words",
            ),
            models.CheckConstraint(
                condition=Q(retired_by__isnull=True, retired_at__isnull=True)
                | Q(retired_by__isnull=False, retired_at__isnull=False),
                name="a_retirement_says_who_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="words_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("source", "text", "locator"),
                func=refusal("the words of a quote never change; retire it and pin another"),
            ),
            pgtrigger.Trigger(
                name="quotes_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refusal("a quote is kept, because signatures rest on it; retire it instead"),
            ),
        ]

    def __str__(self) -> str:
        return f"“{Truncator(self.text).chars(80)}”"

    def clean(self) -> None:
        """Raises ValidationError when the source has these words already: Django asks nothing of a row's parent."""
        same = Quote.objects.pinned().filter(source_id=self.source_id, text=self.text).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError({"text": "These words are pinned already."})

    def retire(self, *, by: User) -> None:
        """From here on no page rests on these words. Whoever retired them first is who did it."""
        if Quote.objects.pinned().filter(pk=self.pk).update(retired_by=by, retired_at=timezone.now()):
            audit.record(by, "quote.retired", self, source=self.source.key)


class Notice(models.Model):
    """What was later said about a source: it was retracted, corrected, replaced. Notices add up; none is taken back."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    on = models.DateField("date of the notice")
    reference = models.CharField(
        "where it is announced", max_length=400, blank=True, help_text="A DOI, such as 10.1234/abc, or a web address."
    )
    successor = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes")
    note = models.CharField(max_length=300, blank=True, help_text="In a few words, for readers and staff.")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="a_notice_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(reference="") | Q(reference__regex=csl.DOI_PATTERN) | Q(reference__iregex=csl.URL_PATTERN),
                name="a_notice_is_announced_at_a_doi_or_a_web_address",
                violation_error_message=(
                    "Say where it is announced by a DOI, such as 10.1234/abc, or by an address that starts with "
                    "https:// or http://."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.SUPERSEDED, successor__isnull=False)
                | (~Q(kind=NoticeKind.SUPERSEDED) & Q(successor__isnull=True)),
                name="a_notice_names_a_successor_exactly_when_there_is_one",
                violation_error_message=(
                    "A source that was superseded has a successor: give its key. Of any other notice leave it empty."
                ),
            ),
            models.CheckConstraint(condition=~Q(successor=F("source")), name="no_source_supersedes_itself"),
        ]
        triggers = [append_only(message="a notice stands as it was recorded; record what was said later")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.on:%-d %B %Y}"

    def clean(self) -> None:
        """Raises ValidationError when the source would follow itself, which Django does not ask of a row's parent."""
        if self.successor_id is not None and self.successor_id == self.source_id:
            raise ValidationError({"successor": "A source cannot be its own successor. Give the key of another."})


def _sha256(value: Any) -> str:
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode(
            "utf-8", "replace"
        )
    ).hexdigest()
