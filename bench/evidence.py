"""The bibliography at ten thousand sources: what a librarian waits for, and how long a dataset of retractions takes.

Fills a database of its own with made-up sources (from a fixed seed), asks each question many times, and drops it again.
"""

from __future__ import annotations

import csv
import hashlib
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import SHORT, Say
from bench.search import Writer
from bench.site import own_database

SOURCES = 10_000
PAGES = 300
CITED_ON_A_PAGE = 100
ROWS = 60_000
RUNS = 30
GOAL = 100  # milliseconds in SQL, of each question
GOAL_OF_DATASET = 20  # seconds
SEED = 5
NAME = "mesoinfo_bench_evidence"
COLUMNS = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
    "Reason,Paywalled,Notes"
)


def measure(say: Say) -> str:
    """Ask at full size, and return the section on it."""
    with own_database(NAME):
        fill(SOURCES)
        say(f"  {SOURCES:,} sources are there")
        answers = {name: _summary(took) for name, took in ask(RUNS).items()}
        for name, (middle, worst, whole) in answers.items():
            say(f"  {name}: {middle:.1f} ms in SQL, at most {worst:.1f}; {whole:.1f} ms in all")
        with TemporaryDirectory() as place:
            first, second, found = read_dataset(Path(place), ROWS)
        say(f"  {ROWS:,} rows: {first:.1f} s, again {second:.1f} s")
    short = f" {SHORT}" if any(middle >= GOAL for middle, *_ in answers.values()) else ""
    slow = f" {SHORT}" if first >= GOAL_OF_DATASET else ""
    return "\n".join(
        [
            "## The bibliography at ten thousand sources",
            "",
            f"{SOURCES:,} made-up sources, {PAGES} live pages that cite {CITED_ON_A_PAGE} each; each question {RUNS} "
            f"times. The aim is less than {GOAL} ms in SQL.{short}",
            "",
            "| question | median, ms in SQL | slowest | median in all |",
            "| --- | --- | --- | --- |",
            *(f"| {name} | {sql:.1f} | {worst:.1f} | {whole:.1f} |" for name, (sql, worst, whole) in answers.items()),
            "",
            f"`check_retractions` on {ROWS:,} rows, {found} of them on works that are there: {first:.1f} s; a second "
            f"run, which writes nothing: {second:.1f} s. The aim is {GOAL_OF_DATASET} s.{slow}",
        ]
    )


def fill(sources: int) -> None:
    """Make up so many sources, and live pages that cite them."""
    from django.db import connection

    from citations.models import Source

    writer, chance = Writer(SEED), random.Random(SEED)
    made = [Source(key=record["id"], csl=record) for record in _records(writer, chance, sources)]
    Source.objects.bulk_create(made, batch_size=1000)
    _cite(made, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _records(writer: Writer, chance: random.Random, sources: int) -> Iterator[dict[str, Any]]:
    names = [writer.word(2).capitalize() for _ in range(2000)]
    for number in range(sources):
        people = [{"family": chance.choice(names), "given": "A."} for _ in range(chance.randint(1, 8))]
        yield {
            "id": f"{people[0]['family'].lower()}{1980 + number % 45}n{number}",
            "type": chance.choice(["article-journal"] * 8 + ["webpage", "book"]),
            "title": " ".join(writer.some(chance.randint(5, 16))).capitalize(),
            "author": people,
            "container-title": " ".join(writer.some(3, small=False)).title(),
            "issued": {"date-parts": [[1980 + number % 45]]},
            "DOI": f"10.1234/bench.{number}",
        }


def _cite(sources: list[Any], chance: random.Random) -> None:
    """Put pages live that cite the sources, as if they had been signed: the triggers that would ask are switched off.
    The first source is cited on every page.
    """
    from django.db import connection

    from articles.models import Article, Block, Citation, PublishedPage, Revision, Topic
    from mesoinfo.models import User

    writer = User.objects.create(email="bench@example.org", name="Bench")
    topic = Topic.objects.create(slug="bench", name="Bench", summary="Made up.")
    with without_triggers():
        articles = Article.objects.bulk_create(
            Article(
                address=f"bench/page-{page}",
                topic=topic,
                risk_class="medium",
                last_reviewed=date(2026, 1, 1),
                next_due=date(2028, 1, 1),
            )
            for page in range(PAGES)
        )
        revisions = Revision.objects.bulk_create(
            Revision(article=article, number=1, text="", created_by=writer, saved_by=writer) for article in articles
        )
        blocks, citations = [], []
        for revision in revisions:
            cited = [sources[0], *chance.sample(sources, min(CITED_ON_A_PAGE, len(sources)))]
            for place, source in enumerate(cited, start=1):
                key, words = f"s/p-{place}", f"Statement {place} rests on it."
                digest = hashlib.sha256(words.encode()).hexdigest()
                shown = f"<p>{words}</p>"
                blocks.append(
                    Block(
                        revision=revision, position=place, key=key, kind="paragraph", canonical=words, digest=digest,
                        html=shown,
                    )
                )  # fmt: skip
                citations.append(
                    Citation(revision=revision, source=source, position=place, number=place, block_key=key)
                )
        Block.objects.bulk_create(blocks, batch_size=5000)
        Citation.objects.bulk_create(citations, batch_size=5000)
        PublishedPage.objects.bulk_create(
            PublishedPage(
                article=article, revision=revision, title="Bench", lede_html="", body_html="", published_by=writer
            )
            for article, revision in zip(articles, revisions, strict=True)
        )
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE articles_article a SET live_id = p.id, page_state = 'live', first_published_at = p.published_at
                FROM articles_publishedpage p WHERE p.article_id = a.id
                """
            )


@contextmanager
def without_triggers() -> Iterator[None]:
    from django.db import connection

    tables = ("articles_article", "articles_revision", "articles_block", "articles_publishedpage")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # in a transaction, what waits to be checked is in the way
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _summary(took: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The median in SQL, the slowest in SQL, and the median in all."""
    in_sql, in_all = zip(*took, strict=True)
    return statistics.median(in_sql), max(in_sql), statistics.median(in_all)


def ask(runs: int) -> dict[str, list[tuple[float, float]]]:
    """How long each question took in SQL and in all, in milliseconds, once for each run."""
    from django.contrib import admin
    from django.test import RequestFactory

    from articles.admin.where_used import uses_of
    from citations import duplicates
    from citations.models import Source

    writer, chance = Writer(SEED + 1), random.Random(SEED + 1)
    records = list(_records(writer, chance, runs))
    some = chance.sample(list(Source.objects.order_by("pk")), runs)
    most_cited = Source.objects.order_by("pk")[0]
    desk = admin.site._registry[Source]
    request = RequestFactory().get("/admin/citations/source/")

    def search(words: str) -> None:
        found, _ = desk.get_search_results(request, desk.get_queryset(request).order_by("key"), words)
        list(found[:50])
        found.count()

    questions: dict[str, Callable[[int], object]] = {
        "search by two words of a title": lambda n: search(" ".join(some[n].title.split()[:2])),
        "search by a name": lambda n: search(some[n].csl["author"][0]["family"]),
        "search by DOI": lambda n: search(some[n].doi),
        "doubles of a new source": lambda n: duplicates.matches({**records[n], "DOI": f"10.1234/new.{n}"}),
        "doubles of one of ours, brought again": lambda n: duplicates.matches(
            {**some[n].csl, "DOI": f"10.1234/again.{n}"}
        ),
        "sources that share a title": lambda n: list(Source.objects.sharing_a_title()[:50]),
        "where a source is used": lambda n: uses_of(some[n]),
        "where one is used that every page cites": lambda n: uses_of(most_cited),
    }
    return {name: [_timed(question, n) for n in range(runs)] for name, question in questions.items()}


def _timed(question: Callable[[int], object], n: int) -> tuple[float, float]:
    start = time.perf_counter()
    with _clock() as spent:
        question(n)
    return 1000 * sum(spent), 1000 * (time.perf_counter() - start)


@contextmanager
def _clock() -> Iterator[list[float]]:
    """The seconds that each statement takes, until the end of the block."""
    from django.db import connection

    spent: list[float] = []

    def timed(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - start)

    with connection.execute_wrapper(timed):
        yield spent


def read_dataset(place: Path, rows: int) -> tuple[float, float, int]:
    """Seconds for a dataset of so many rows, and for the same once more; and how many rows were on our works."""
    from citations import retractions
    from citations.models import Source

    path = place / "retraction_watch.csv"
    write_dataset(path, rows, list(Source.objects.order_by("pk").values_list("doi", flat=True)[: rows // 60]))
    start = time.perf_counter()
    first = retractions.read_dataset(path, by=None)
    middle = time.perf_counter()
    retractions.read_dataset(path, by=None)
    end = time.perf_counter()
    assert first.reading is not None  # the first reading of this file
    return middle - start, end - middle, first.reading.matched


def write_dataset(path: Path, rows: int, ours: list[str]) -> None:
    """A file as Retraction Watch has it, with the DOIs in `ours` among its rows."""
    writer, chance = Writer(SEED + 2), random.Random(SEED + 2)
    names = COLUMNS.split(",")
    among = dict(zip(chance.sample(range(rows), len(ours)), ours, strict=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, names, restval="Words, with a comma; and more of them")
        out.writeheader()
        for number in range(rows):
            day = date(2000, 1, 1) + timedelta(days=chance.randrange(9000))
            out.writerow(
                {
                    "Record ID": number + 1,
                    "Title": " ".join(writer.some(12)),
                    "RetractionDate": f"{day.month}/{day.day}/{day.year} 0:00",
                    "RetractionDOI": f"10.9999/notice.{number}",
                    "OriginalPaperDOI": among.get(number, f"10.9999/paper.{number}"),
                    "OriginalPaperPubMedID": "0",
                    "RetractionNature": chance.choice(["Retraction"] * 9 + ["Expression of concern", "Reinstatement"]),
                }
            )
