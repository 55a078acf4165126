"""What a source says word for word, and what was later said about it: what they change for pages that cite it."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.markup.library import for_text
from articles.review.coverage import unsigned_blocks
from citations.models import Notice, NoticeKind, Quote, Source
from mesoinfo.models import AuditEntry
from tests.citations.conftest import a_source
from tests.conftest import PAGE

pytestmark = pytest.mark.django_db

RETRACTED, REINSTATED, SUPERSEDED = NoticeKind.RETRACTED, NoticeKind.REINSTATED, NoticeKind.SUPERSEDED


def read(source: Source) -> Source:
    return Source.objects.get(pk=source.pk)


def test_without_quotes_and_notices_the_digest_is_what_it_was_before_there_were_any(writer):
    source = a_source()
    words = '["Two drugs for mesothelioma: a trial",2020,"article-journal","phase 2 trial",null]'
    assert source.digest == hashlib.sha256(words.encode()).hexdigest()
    before = source.digest
    quote = Quote.objects.create(source=source, text="Half of them were alive.")
    assert read(source).digest != before
    quote.retire(by=writer)
    assert read(source).digest == before


def test_the_digest_covers_each_pinned_quote_and_its_place():
    digests = set()
    for number, quotes in enumerate(
        [
            [],
            [("Half of them were alive.", "")],
            [("Half of them were alive.", "p. 3")],
            [("Half of them had died.", "")],
            [("Half of them were alive.", ""), ("Half of them had died.", "")],
        ]
    ):
        source = a_source(id=f"s{number}", DOI=None)
        for text, locator in quotes:
            Quote.objects.create(source=source, text=text, locator=locator)
        digests.add(source.digest)
    assert len(digests) == 5


def test_the_digest_covers_kind_day_and_successor_of_each_notice():
    other, third = a_source(id="other", DOI=None), a_source(id="third", DOI=None)
    day, next_day = date(2024, 3, 1), date(2024, 3, 2)
    histories: list[list[tuple[NoticeKind, date, Source | None]]] = [
        [],
        [(RETRACTED, day, None)],
        [(RETRACTED, next_day, None)],
        [(NoticeKind.CONCERN, day, None)],
        [(SUPERSEDED, day, other)],
        [(SUPERSEDED, day, third)],
        [(RETRACTED, day, None), (REINSTATED, next_day, None)],
    ]
    digests = set()
    for number, notices in enumerate(histories):
        source = a_source(id=f"s{number}", DOI=None)
        for kind, on, successor in notices:
            Notice.objects.create(source=source, kind=kind, on=on, successor=successor)
        digests.add(source.digest)
    assert len(digests) == 7


def test_the_digest_knows_neither_order_nor_notes_nor_repetition():
    one, two = a_source(id="one", DOI=None), a_source(id="two", DOI=None)
    for source, words in ((one, "ab"), (two, "ba")):
        for text in words:
            Quote.objects.create(source=source, text=text)
    for source, times in ((one, 1), (two, 2)):
        for time in range(times):
            Notice.objects.create(
                source=source, kind=RETRACTED, on=date(2024, 3, 1), note=f"Note {time}", reference="10.1234/x"
            )
    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("said", "retracted"),
    [
        ([], False),
        ([(RETRACTED, 1)], True),
        ([(RETRACTED, 1), (REINSTATED, 2)], False),
        ([(REINSTATED, 2), (RETRACTED, 1)], False),
        ([(RETRACTED, 1), (REINSTATED, 1)], False),
        ([(REINSTATED, 1), (RETRACTED, 1)], True),
        ([(RETRACTED, 1), (NoticeKind.CORRECTED, 2)], True),
        ([(NoticeKind.CONCERN, 1), (NoticeKind.CORRECTED, 2)], False),
    ],
)
def test_a_source_is_retracted_when_the_newest_notice_on_it_says_so(said, retracted):
    source = a_source()
    for kind, day in said:
        Notice.objects.create(source=source, kind=kind, on=date(2024, 3, day))
    assert source.is_retracted == retracted
    assert Source.objects.retracted().exists() == retracted


def test_a_source_is_superseded_once_another_stands_in_its_place():
    source, later = a_source(), a_source(id="later", DOI=None)
    Notice.objects.create(source=source, kind=SUPERSEDED, on=date(2024, 3, 1), successor=later)
    assert list(Source.objects.superseded()) == [source]
    assert (source.is_superseded, later.is_superseded) == (True, False)
    assert [notice.source for notice in later.supersedes.all()] == [source]


def test_postgres_and_python_agree_on_any_history():
    chance = random.Random(5)
    sources = [a_source(id=f"s{number}", DOI=None) for number in range(30)]
    for source in sources:
        for _ in range(chance.randrange(5)):
            kind = chance.choice(NoticeKind.values)
            successor = chance.choice([other for other in sources if other != source])
            Notice.objects.create(
                source=source,
                kind=kind,
                on=date(2024, 3, chance.randint(1, 3)),
                successor=successor if kind == SUPERSEDED else None,
            )
    in_python = [source.key for source in Source.objects.all() if source.is_retracted]
    assert [source.key for source in Source.objects.retracted()] == in_python
    assert 0 < len(in_python) < 30
    superseded = [source.key for source in Source.objects.all() if source.is_superseded]
    assert [source.key for source in Source.objects.superseded()] == superseded
    assert 0 < len(superseded) < 30


def test_whoever_retires_a_quote_first_is_who_did_it(writer, editor):
    quote = Quote.objects.create(source=a_source(), text="Half of them were alive.")
    seen_by_another = Quote.objects.get(pk=quote.pk)
    quote.retire(by=writer)
    seen_by_another.retire(by=editor)
    quote.refresh_from_db()
    assert quote.retired_by == writer
    assert not Quote.objects.pinned().exists()
    entry = AuditEntry.objects.get(action="quote.retired")
    assert (entry.actor, entry.facts) == (writer, {"source": "doe2020trial"})


def test_a_page_costs_the_same_queries_whatever_was_said_of_its_sources():
    def queries_for(text: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            for_text(text)
        return len(queries)

    def said(source: Source, **fields: Any) -> None:
        Quote.objects.create(source=source, text="Half of them were alive.")
        Notice.objects.create(source=source, kind=SUPERSEDED, on=date(2024, 3, 1), successor=a_source(**fields))

    said(a_source(id="s0", DOI=None), id="later0", DOI=None)
    few = queries_for("[@s0]")
    for number in range(1, 20):
        said(a_source(id=f"s{number}", DOI=None), id=f"later{number}", DOI=None)
    many = " ".join(f"[@s{number}]" for number in range(20))
    assert queries_for(many) == few
    assert for_text("[@s0]").sources["s0"].digest == Source.objects.get(key="s0").digest


def test_a_quote_re_opens_the_blocks_that_cite_the_source_and_no_others(published, next_revision, source, reviewer):
    Quote.objects.create(source=source, text="Half of them were alive.")
    revision = next_revision(PAGE)
    citing = {block.key for block in revision.blocks.all() if f"@{source.key}" in block.canonical}
    assert citing
    assert {block.key for block in unsigned_blocks(revision)} == citing
