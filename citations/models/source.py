from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, F, Func, GeneratedField, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat, Lower, Trim
from django.utils.text import Truncator

from citations import csl, style
from citations.study_designs import EvidenceKind, kind_of
from mesoinfo.ledger import refusal
from mesoinfo.models import User

if TYPE_CHECKING:
    from citations.models.notice import Notice

_NAME_PATTERN = csl.ET_AL_PATTERN.replace("\\", "\\\\")
_ET_AL = " || ".join(f'@.{part} like_regex "{_NAME_PATTERN}" flag "i"' for part in ("family", "given", "literal"))


def _read_off(expression: Any, output_field: models.Field[Any, Any]) -> GeneratedField:
    return GeneratedField(expression=expression, output_field=output_field, db_persist=True)


def _json_path(function: str, path: str, output_field: models.Field[Any, Any]) -> Func:
    return Func(F("csl"), Value(path), function=function, output_field=output_field)


def _replaced(text: Any, pattern: str, by: str) -> Func:
    """`text` with another text for whatever the pattern of PostgreSQL matches there."""
    return Func(text, Value(pattern), Value(by), Value("g"), function="regexp_replace", output_field=models.TextField())


class NoticeKind(models.TextChoices):
    RETRACTED = "retracted", "retracted"
    CONCERN = "concern", "expression of concern"
    CORRECTED = "corrected", "corrected"
    REINSTATED = "reinstated", "reinstated"
    SUPERSEDED = "superseded", "superseded"


# The letters of Western languages; `unaccent` depends on a dictionary, and no column may be read off it.
_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöøšùúûüýÿž"
_PLAIN = "aaaaaaceeeeiiiinoooooosuuuuyyz"
_NOT_MERGED = Q(merged_into__isnull=True)
# The newest of these says whether a source is retracted.
_ON_RETRACTION = (NoticeKind.RETRACTED, NoticeKind.REINSTATED)
# And the newest of these whether readers are to know of a doubt.
_ON_DOUBT = (*_ON_RETRACTION, NoticeKind.CONCERN)


class SourceQuerySet(models.QuerySet["Source"]):
    def retracted(self) -> SourceQuerySet:
        """Those of which `is_retracted` is true."""
        said = Source.objects.filter(pk=OuterRef("pk"), notices__kind__in=_ON_RETRACTION)
        last = said.order_by("-notices__on", "-notices__pk").values("notices__kind")[:1]
        return self.alias(last_said=Subquery(last)).filter(last_said=NoticeKind.RETRACTED)

    def perhaps_in_doubt(self) -> SourceQuerySet:
        """Those of whose `survivor` `doubt` may be one: something was said that could make it so, or it was merged."""
        said = Source.objects.filter(pk=OuterRef("pk"), notices__kind__in=(NoticeKind.RETRACTED, NoticeKind.CONCERN))
        found = self.filter(Exists(said) | ~_NOT_MERGED).select_related("merged_into")
        return found.prefetch_related("notices", "merged_into__notices")

    def superseded(self) -> SourceQuerySet:
        """Those of which `is_superseded` is true."""
        return self.filter(Exists(Source.objects.filter(pk=OuterRef("pk"), notices__kind=NoticeKind.SUPERSEDED)))

    def sharing_a_title(self) -> SourceQuerySet:
        """Those in use with a title that another in use has too, unless a person said how the two belong together."""
        # First the few titles that occur twice: to ask for another of each source takes seconds.
        in_use = Source.objects.in_use().order_by()
        titles = in_use.exclude(title_words="").values("title_words")
        others = (
            in_use.filter(title_words=OuterRef("title_words"))
            .exclude(pk=OuterRef("pk"))
            .exclude(relations__other=OuterRef("pk"))
            .exclude(relations_of_others__source=OuterRef("pk"))
        )
        twice = titles.annotate(sources=Count("pk")).filter(sources__gt=1).values("title_words")
        return self.in_use().filter(Exists(others), title_words__in=twice)

    def in_use(self) -> SourceQuerySet:
        """Those that pages may cite: not merged into another."""
        return self.filter(_NOT_MERGED)

    def merged(self) -> SourceQuerySet:
        """Those that another stands for. Pages that were frozen before may still cite them."""
        return self.exclude(_NOT_MERGED).select_related("merged_into")


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=[
        "key",
        "csl",
        "study_design",
        "population_size",
        "peer_reviewed",
        "unverified",
        "locked_fields",
        "merged_into",
    ],
    model_name="SourceEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
    context_field=pghistory.ContextJSONField(),
    append_only=True,
)
class Source(models.Model):
    """One work that pages may cite, by its key: `[@fennell2021mist1]`.

    `csl` is the truth. `title`, `year`, `csl_type`, `doi`, `pmid`, `pmcid`, `isbn`, `url` and `people` are read off it
    by PostgreSQL and cannot disagree with it. A source is never deleted while a page cites it: pages protect it. One
    that turned out to be another's double is merged into that one (`citations.merging`): it stays, cited no more.
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
        help_text="Such as: phase 2 trial, case report, narrative review, organization page.",
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
    locked_fields = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Fields of the record that no file and no register changes any more, because a person decided.",
    )
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from", editable=False
    )
    merged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    merged_at = models.DateTimeField(null=True, editable=False)
    entries = models.JSONField(default=dict, editable=False, help_text="{style: {html, stamp}}")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    title = _read_off(Coalesce(KT("csl__title"), Value(""), output_field=models.TextField()), models.TextField())
    title_words = _read_off(
        # As titles are compared: small letters, no accents, no markup, no punctuation.
        Trim(
            _replaced(
                _replaced(
                    Func(
                        Lower(Coalesce(KT("csl__title"), Value(""), output_field=models.TextField())),
                        Value(_ACCENTED),
                        Value(_PLAIN),
                        function="translate",
                        output_field=models.TextField(),
                    ),
                    r"</?(i|b|sub|sup|span)[^>]*>",
                    by="",
                ),
                r"[^[:alnum:]]+",
                by=" ",
            )
        ),
        models.TextField(),
    )
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
    isbn = _read_off(KT("csl__ISBN"), models.TextField(null=True))
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
        permissions = [("merge_source", "Can merge two sources")]
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
            models.UniqueConstraint(fields=["doi"], condition=_NOT_MERGED, name="one_source_per_doi"),
            models.CheckConstraint(
                condition=Q(doi__isnull=True) | Q(doi__regex=csl.DOI_PATTERN), name="a_doi_looks_like_one"
            ),
            models.UniqueConstraint(fields=["pmid"], condition=_NOT_MERGED, name="one_source_per_pmid"),
            models.CheckConstraint(
                condition=Q(pmid__isnull=True) | Q(pmid__regex=csl.PMID_PATTERN), name="a_pmid_looks_like_one"
            ),
            models.UniqueConstraint(fields=["pmcid"], condition=_NOT_MERGED, name="one_source_per_pmcid"),
            models.CheckConstraint(
                condition=Q(pmcid__isnull=True) | Q(pmcid__regex=csl.PMCID_PATTERN), name="a_pmcid_looks_like_one"
            ),
            # The parts of a book carry its ISBN too.
            models.UniqueConstraint(
                fields=["isbn"],
                condition=_NOT_MERGED & ~Q(csl_type__in=csl.PARTS),
                name="one_whole_source_per_isbn",
            ),
            models.CheckConstraint(
                condition=Q(isbn__isnull=True)
                | Q(Func(F("isbn"), function="citations_isbn_holds", output_field=models.BooleanField())),
                name="an_isbn_has_thirteen_digits_and_the_last_is_right",
            ),
            models.CheckConstraint(condition=Q(url="") | Q(url__iregex=csl.URL_PATTERN), name="a_url_is_a_web_address"),
            models.CheckConstraint(condition=~Q(csl__has_key="accessed") | ~Q(url=""), name="an_access_date_has_a_url"),
            models.CheckConstraint(
                condition=Q(population_size__isnull=True) | Q(population_size__gt=0), name="a_population_is_of_somebody"
            ),
            models.CheckConstraint(condition=~Q(unverified__contains=[""]), name="an_unverified_field_is_named"),
            models.CheckConstraint(condition=~Q(locked_fields__contains=[""]), name="a_locked_field_is_named"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, merged_by__isnull=True, merged_at__isnull=True)
                | Q(merged_into__isnull=False, merged_by__isnull=False, merged_at__isnull=False),
                name="a_merger_says_into_what_by_whom_and_when",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="no_source_is_merged_into_itself"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keys_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("key"),
                condition=pgtrigger.Q(old__key__df=pgtrigger.F("new__key")),
                func=refusal("the key of a source never changes: pages cite it by that key"),
            ),
            pgtrigger.Trigger(
                name="what_was_merged_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NOT NULL AND"
                    " (OLD.csl, OLD.study_design, OLD.population_size, OLD.peer_reviewed, OLD.merged_into_id)"
                    " IS DISTINCT FROM"
                    " (NEW.csl, NEW.study_design, NEW.population_size, NEW.peer_reviewed, NEW.merged_into_id)"
                ),
                func=refusal("a source that was merged into another stands as it was; change the other"),
            ),
            pgtrigger.Trigger(
                name="mergers_end_at_a_source_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__merged_into__isnull=False),
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.merged_into_id IS NOT DISTINCT FROM NEW.merged_into_id THEN
                        RETURN NEW;
                    END IF;
                    -- The other waits for us, should somebody merge it at this moment.
                    PERFORM 1 FROM citations_source s WHERE s.id = NEW.merged_into_id FOR UPDATE;
                    IF EXISTS (SELECT 1 FROM citations_source s
                               WHERE s.id = NEW.merged_into_id AND s.merged_into_id IS NOT NULL) THEN
                        {refusal("a source cannot be merged into one that was itself merged into another")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {Truncator(str(self.csl.get('title', ''))).chars(80)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the record in its bare form and sets its entries, so that no page ever waits for the engine."""
        self._tidy()
        if not self.entries_are_current:
            self.set_entries()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "entries", "updated_at"}
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
        for field, others in self.with_same_identifiers():
            for other in others:
                sentences.append(f"The {field} {self.csl[field]} already belongs to {other.key} ({other.title}).")
        return sentences

    def with_same_identifiers(self) -> Iterator[tuple[str, SourceQuerySet]]:
        """For each identifier of the record, its field and the other sources in use that have it."""
        for field in csl.IDENTIFIERS:
            given = self.csl.get(field)
            if not isinstance(given, str) or (field == "ISBN" and self.csl.get("type") in csl.PARTS):
                continue
            others = Source.objects.in_use().filter(**{field.lower(): given.lower() if field == "DOI" else given})
            yield field, (others.exclude(csl_type__in=csl.PARTS) if field == "ISBN" else others).exclude(key=self.key)

    def _tidy(self) -> None:
        if isinstance(self.csl, dict):
            self.csl = {**csl.normalised(self.csl), "id": self.key}

    def _stamp(self, name: str) -> str:
        return _sha256([style.version(name), self.csl])

    @property
    def entries_are_current(self) -> bool:
        """Whether the stored entries are those this record gets, in each style, from this version of the style."""
        return {name: entry["stamp"] for name, entry in self.entries.items()} == {
            name: self._stamp(name) for name in style.STYLES
        }

    def set_entries(self) -> None:
        """Set the entries anew, without saving them."""
        record = {**self.csl, "id": self.key}
        self.entries = {
            name: {"html": style.format_entries([record], name)[self.key], "stamp": self._stamp(name)}
            for name in style.STYLES
        }

    @property
    def entry_in(self) -> dict[str, str]:
        """The entry of the reference list in each style: safe HTML, without number and access date.

        They were set when the source was saved. Only after a style has changed (until `manage.py set_entries`), or
        after a script went past `save`, are they set on the spot.
        """
        if not self.entries_are_current:
            self.set_entries()
        return {name: self.entries[name]["html"] for name in style.STYLES}

    @property
    def entry_html(self) -> str:
        """The entry in the style that a site has unless it chooses another: how the desk shows a source."""
        return self.entry_in[style.DEFAULT_STYLE]

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
    def doubt(self) -> Notice | None:
        """The notice that readers of a page that rests on it are to know of: of a retraction, or of a concern that
        stands. None when there is none, or when the work was reinstated since.
        """
        said = [notice for notice in self.notices.all() if notice.kind in _ON_DOUBT]
        newest = max(said, key=lambda notice: (notice.on, notice.pk), default=None)
        return None if newest is None or newest.kind == NoticeKind.REINSTATED else newest

    @property
    def is_superseded(self) -> bool:
        """Whether a later work stands in its place."""
        return any(notice.kind == NoticeKind.SUPERSEDED for notice in self.notices.all())

    @property
    def survivor(self) -> Source:
        """The source in use that stands for this one: itself, unless it was merged into another."""
        source = self
        while source.merged_into is not None:
            source = source.merged_into
        return source

    def with_doubles(self) -> list[int]:
        """The ids of all that it stands for: itself, and each source merged into it, in however many steps."""
        found = newest = [self.pk]
        while newest := list(Source.objects.filter(merged_into__in=newest).values_list("pk", flat=True)):
            found = found + newest
        return found

    @property
    def is_research(self) -> bool:
        """Whether it counts among a page's cited research articles: an article in a journal."""
        return bool(self.csl_type == "article-journal")

    @property
    def evidence_kind(self) -> EvidenceKind:
        """What it counts as in the evidence profile of a page that cites it."""
        return kind_of(self.study_design, self.csl_type)

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
        elif self._last_told("authors_complete") is False:
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
        if self.study_design and self.evidence_kind is EvidenceKind.NOT_STATED:
            found.append(
                f"The study design “{self.study_design}” is not understood, so pages count it as not stated. "
                "Put it in other words, such as: retrospective cohort."
            )
        if self._last_told("accessed") and "accessed" not in record:
            found.append("An access date came without a URL. It is kept with the origin of the record, and not shown.")
        if self.unverified:
            found.append(f"Not compared with the original: {', '.join(self.unverified)}.")
        return found

    def _last_told(self, name: str) -> Any:
        """What the newest account that speaks of it says of the record, beside what CSL has a field for."""
        return next((account.said[name] for account in self.accounts.all() if name in account.said), None)


def _sha256(value: Any) -> str:
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode(
            "utf-8", "replace"
        )
    ).hexdigest()
