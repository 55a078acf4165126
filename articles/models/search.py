"""What search asks instead of the pages: narrow tables that PostgreSQL itself keeps as pages go live and change.

Nothing here is typed by anyone but synonyms. `articles_refresh_search` (migration `0008_search`) writes the rest, in
the transaction that publishes.
"""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Greatest, Least

from articles.models.article import Article, Kind
from articles.models.published import PublishedPage
from articles.models.topic import Topic


class SearchEntry(models.Model):
    """The live page of an article as search sees it: a few small columns, and its words beside the table.

    The words are kept out of line (`toast_tuple_target`), so that finding and ordering many pages touches little.
    """

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="search_entry")
    page = models.ForeignKey(PublishedPage, on_delete=models.CASCADE, db_index=False, related_name="+")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    lapses_on = models.DateField(help_text="From that day on the page comes last.")
    title_words = models.PositiveSmallIntegerField(help_text="The shorter a title, the more it is about its words.")
    words = SearchVectorField(help_text="Title A, lede B, headings C, everything D.")

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [
            # With neighbouring words beside single ones: see articles_terms.
            GinIndex(
                Func(F("words"), function="articles_terms", output_field=SearchVectorField()),
                name="search_entry_terms",
                fastupdate=False,
            )
        ]

    def __str__(self) -> str:
        return str(self.article)


class SearchName(models.Model):
    """A name a reader may begin to type: a title or the names of a glossary term, from each of its words on."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=160)
    name = models.CharField(max_length=300)
    stems = models.TextField(help_text="The whole name as search knows its words.")
    begins = models.CharField(max_length=100, db_collation="C", help_text="In plain small letters, from one word on.")
    is_whole = models.BooleanField(help_text="Begins with the first word.")
    is_term = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["is_term", "begins"], include=["name", "address"], name="search_name_begins"),
            models.Index(fields=["stems"], condition=Q(is_term=True, is_whole=True), name="search_name_of_a_term"),
            GinIndex(
                OpClass(F("begins"), name="gin_trgm_ops"),
                condition=Q(is_term=True, is_whole=True),
                name="search_name_like_a_term",
            ),
            # By the last part of the address, since many pages have what stands before it.
            GinIndex(
                OpClass(Func(F("address"), Value("([^/]+)/$"), function="substring"), name="gin_trgm_ops"),
                condition=Q(is_whole=True),
                name="search_name_like_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """A word that live pages use, in plain small letters: what a misspelt one may have meant."""

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")
    stem = models.TextField(help_text="As search knows it.")
    pages = models.IntegerField(help_text="How many live pages use it.")

    class Meta:
        indexes = [
            models.Index(fields=["stem"], name="search_word_by_stem"),
            GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="search_word_like"),
            models.Index(Func(F("word"), function="dmetaphone"), name="search_word_by_sound"),
        ]

    def __str__(self) -> str:
        return self.word


def _stems_of(field: str) -> Any:
    return models.GeneratedField(
        expression=Func(F(field), function="articles_key"), output_field=models.TextField(), db_persist=True
    )


PLAIN_WORDS = r"^[[:alnum:]][[:alnum:]'’/-]*( [[:alnum:]][[:alnum:]'’/-]*)*$"


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["id", "lay", "clinical"],
    model_name="SynonymEvent",
)
class Synonym(models.Model):
    """Two names for one thing. Whoever searches for one finds pages that use the other, both ways."""

    lay = models.CharField("plain words", max_length=80, help_text="What people say, such as: fluid in the lung.")
    clinical = models.CharField("clinical words", max_length=80, help_text="What pages say, such as: pleural effusion.")
    lay_stems = _stems_of("lay")
    clinical_stems = _stems_of("clinical")

    class Meta:
        ordering = ["lay", "clinical"]
        indexes = [
            models.Index(fields=["lay_stems"], name="synonym_by_plain_words"),
            models.Index(fields=["clinical_stems"], name="synonym_by_clinical_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lay__regex=PLAIN_WORDS, clinical__regex=PLAIN_WORDS)
                & Q(lay=Func(F("lay"), function="lower"), clinical=Func(F("clinical"), function="lower")),
                name="a_synonym_is_plain_words_in_small_letters",
            ),
            models.CheckConstraint(
                condition=~Q(lay_stems="") & ~Q(clinical_stems=""), name="a_synonym_has_words_to_search_for"
            ),
            models.CheckConstraint(condition=~Q(lay_stems=F("clinical_stems")), name="a_synonym_is_not_its_own"),
            models.UniqueConstraint(
                Least("lay_stems", "clinical_stems"),
                Greatest("lay_stems", "clinical_stems"),
                name="one_synonym_per_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lay} = {self.clinical}"
