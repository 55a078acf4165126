"""Search at a hundred thousand pages: how long an answer takes, and whether PostgreSQL reads only indexes for it.

Fills a database of its own with made-up pages (from a fixed seed), asks each question many times as a visitor would,
and drops the database again.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from bench import Say
from bench.site import own_database

PAGES = 100_000
RUNS = 30  # of each question
BATCH = 500
NAME = "mesoinfo_bench_search"
BIG = 1000  # rows: to read all of a smaller table is no fault
SEED = 4

# Words that a page on this illness uses, the most frequent first; made-up ones stand between and behind them.
MEDICAL = """
    mesothelioma cancer treatment patients asbestos lung pleural chemotherapy surgery doctor symptoms pain tumor
    cells fluid chest study survival effusion breath diagnosis stage trial therapy radiation care cough
    immunotherapy pemetrexed cisplatin peritoneal exposure biopsy clinical palliative remission nausea fatigue
    drain nivolumab lining hospital nurse family support side effects appetite weight scan imaging drug dose
    oncologist thoracentesis pleurodesis abdomen ascites metastasis recurrence prognosis hospice blood platelets
    anemia inflammation antibody mutation
"""
SMALL = """
    the of and to a in is that it for was on are as with they at be this from or had by but some what there we can out
    other were all your when up use how said an each she which do their if will about many then them would like so these
"""
BEGINNINGS = "b c d f g h l m n p r s t v br cl dr fl gr pl st tr"
VOWELS = "a e i o u ai ea io ou"
ENDINGS = "n r s l t nd m"
QUESTIONS = {
    "a word on every page": {"q": "mesothelioma"},
    "the last page that is listed": {"q": "mesothelioma", "page": "100"},
    "in one topic": {"q": "mesothelioma", "topic": "topic-7"},
    "two frequent words": {"q": "chest pain"},
    "three frequent words": {"q": "treatment surgery survival"},
    "a rare word": {"q": "{rare}"},
    "a rare word and a frequent one": {"q": "{rare} treatment"},
    "a phrase": {"q": '"pleural effusion"'},
    "a phrase of three words": {"q": '"pleural effusion drain"'},
    "a synonym for a word": {"q": "asbestos cancer"},
    "a synonym for a phrase": {"q": "fluid in the lung"},
    "with a word left out": {"q": "treatment -surgery"},
    "one word or another": {"q": "nausea or fatigue"},
    "a misspelt word": {"q": "mesotheliona"},
    "two misspelt words": {"q": "kemotherapy nausia"},
    "a question": {"q": "how long can people live with stage 4 mesothelioma after chemotherapy"},
    "no page has both words": {"q": "{rare} {other}"},
    "nothing at all": {"q": "xqzvjk"},
}
TYPED = {
    "two letters typed": "me",
    "four letters typed": "pleu",
    "two words typed": "side ef",
    "nothing begins so": "xqz",
    "a misspelt word typed": "mesotheliona",
}
LOST = {
    "a wrong address": "/mesothelioma/stage4/",
    "a wrong address of words in every title": "/mesotheliona-treatment-of-cancer/",
    "a wrong address of a scanner": "/wp-login.php",
}
SYNONYMS = {"asbestos cancer": "mesothelioma", "fluid in the lung": "pleural effusion"}


class Writer:
    """Makes up pages: lengths, repetition and frequent words as in running text, always the same from one seed."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self.words = self._vocabulary(30_000)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))  # Zipf and Mandelbrot
        self._small_words = SMALL.split()
        self._small = list(accumulate(1 / (rank + 2.7) for rank in range(len(self._small_words))))

    def _vocabulary(self, size: int) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < size:
            made[self.word(self.random.randint(2, 4))] = None
        words = list(made)
        for place, word in enumerate(MEDICAL.split()):
            words.insert(2 * place, word)
        return words

    def word(self, syllables: int) -> str:
        """A made-up word that can be spoken, of so many syllables."""
        made = (self.random.choice(BEGINNINGS.split()) + self.random.choice(VOWELS.split()) for _ in range(syllables))
        return "".join(made) + self.random.choice(["", *ENDINGS.split()])

    def some(self, count: int, *, small: bool = True) -> list[str]:
        """So many words, nearly half of them small ones."""
        of_them = int(count * 0.45) if small else 0
        words = self.random.choices(self.words, cum_weights=self._weights, k=count - of_them)
        words += self.random.choices(self._small_words, cum_weights=self._small, k=of_them)
        self.random.shuffle(words)
        return words

    def title(self) -> str:
        words = self.some(self.random.randint(1, 4), small=False)
        return " ".join(["mesothelioma", *words] if self.random.random() < 0.5 else words).capitalize()

    def page(self) -> dict[str, str]:
        """Title, lede, headings and text of one page: some 800 words, as a rule between 300 and 2,000."""
        title = self.title()
        lede = f"Mesothelioma {' '.join(self.some(18))}."
        length = max(150, min(4000, int(self.random.lognormvariate(6.6, 0.5))))
        lines, headings = [title, lede], [title]
        words = [*self.some(length), self.word(5)]  # a name, or another word that no other page has
        self.random.shuffle(words)
        place = 0
        while place < length:
            if place % 150 < 15:
                headings.append(" ".join(self.some(self.random.randint(2, 6))).capitalize())
                lines.append(headings[-1])
            sentence = words[place : place + self.random.randint(8, 22)]
            place += len(sentence)
            lines.append(" ".join(sentence).capitalize() + ".")
        return {"title": title, "lede": lede, "headings_text": "\n".join(headings), "plain_text": "\n".join(lines)}


@dataclass
class Answer:
    """What one question cost: milliseconds of each run, pages found, and tables that PostgreSQL read through."""

    name: str
    asked: str
    found: str = ""
    took: list[float] = field(default_factory=list)
    read_through: set[str] = field(default_factory=set)

    def row(self) -> str:
        p50, p95 = quantiles(self.took)
        read = ", ".join(sorted(self.read_through)) or "none"
        return f"| {self.name} | `{self.asked}` | {self.found} | {p50:.0f} | {p95:.0f} | {read} |"


def measure(say: Say, pages: int = PAGES) -> str:
    """Figures as a section of Markdown. Takes the better part of an hour at 100,000 pages on two cores."""
    from django.conf import settings
    from django.test import override_settings

    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with own_database(NAME), override_settings(STORAGES=plain):
        began = time.monotonic()
        fill(pages, say=say)
        seeded = time.monotonic() - began
        answers = ask(RUNS, say=say)
        return report(pages, seeded, answers, sizes())


def fill(pages: int, *, say: Say = lambda line: None) -> None:
    """Put so many pages live, as if they had been signed: triggers that would ask for signatures are switched off.

    The tables of search are filled by the function that keeps them when a page is published.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("articles_article", "articles_revision", "articles_publishedpage"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'search_entry_terms'")
        (index,) = cursor.fetchone()
        cursor.execute("DROP INDEX search_entry_terms")
        cursor.execute("SET maintenance_work_mem = '512MB'")
    writer, began = Writer(), time.monotonic()
    for start in range(0, pages, BATCH):
        _add(writer, range(start, min(start + BATCH, pages)))
        done = min(start + BATCH, pages)
        if done % (20 * BATCH) == 0 or done == pages:
            say(f"  {done:,} of {pages:,} pages, {time.monotonic() - began:.0f} s")
    say("  the index of terms")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # in a transaction, what waits to be checked is in the way
        cursor.execute(index)
        cursor.execute("ALTER INDEX search_entry_terms ALTER COLUMN 1 SET STATISTICS 0")
        for table in ("articles_article", "articles_revision", "articles_publishedpage"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    say(f"  seeded in {time.monotonic() - began:.0f} s")


def _add(writer: Writer, numbers: range) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    from articles.models import Article, Kind, PublishedPage, Revision, Synonym, Topic
    from mesoinfo.models import User

    today = timezone.now().date()
    somebody, _ = User.objects.get_or_create(email="bench@example.org", defaults={"name": "The bench"})
    topics = [
        Topic.objects.get_or_create(slug=f"topic-{n}", defaults={"name": f"Topic {n}", "summary": "Made up."})[0]
        for n in range(40)
    ]
    for lay, clinical in SYNONYMS.items():
        Synonym.objects.get_or_create(lay=lay, clinical=clinical)
    articles, texts = [], []
    for number in numbers:
        is_term = number % 100 == 99
        topic = topics[writer.random.randrange(len(topics))]
        text = writer.page()
        if is_term:
            text["title"] = (
                f"{' '.join(writer.some(3, small=False)).capitalize()} ({' '.join(writer.some(2, small=False))})"
            )
        texts.append(text)
        articles.append(
            Article(
                address=f"glossary/term-{number}" if is_term else f"{topic.slug}/page-{number}",
                kind=Kind.GLOSSARY_TERM if is_term else Kind.ARTICLE,
                topic=None if is_term else topic,
                # One in ten was to be looked at again long ago.
                last_reviewed=today - timedelta(days=950 if number % 10 == 5 else writer.random.randrange(600)),
                next_due=today + timedelta(days=-220 if number % 10 == 5 else 150),
            )
        )
    with transaction.atomic(), connection.cursor() as cursor:
        Article.objects.bulk_create(articles)
        revisions = Revision.objects.bulk_create(
            Revision(article=article, number=1, text="", created_by=somebody, saved_by=somebody) for article in articles
        )
        live = PublishedPage.objects.bulk_create(
            PublishedPage(article=article, revision=revision, lede_html="", body_html="", published_by=somebody, **text)
            for article, revision, text in zip(articles, revisions, texts, strict=True)
        )
        cursor.execute(
            """
            UPDATE articles_article a SET live_id = p.id, page_state = 'live', first_published_at = p.published_at
            FROM articles_publishedpage p WHERE p.article_id = a.id AND p.id = ANY(%s)
            """,
            [[page.pk for page in live]],
        )
        cursor.execute("SELECT articles_refresh_search(%s)", [[article.pk for article in articles]])


def ask(runs: int, *, say: Say = lambda line: None) -> list[Answer]:
    """Ask every question so many times, through all of Django, and look at the plans of each once."""
    from django.db import connection
    from django.test import Client

    visitor = Client(headers={"host": "localhost"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM articles_searchword ORDER BY pages, word LIMIT 2")
        (rare,), (other,) = cursor.fetchall()
    addresses = {
        name: ("/search/", {key: value.format(rare=rare, other=other) for key, value in asked.items()})
        for name, asked in QUESTIONS.items()
    } | {name: ("/search/suggestions/", {"q": typed}) for name, typed in TYPED.items()}
    addresses |= {name: (path, {}) for name, path in LOST.items()}
    answers = []
    for name, (path, asked) in addresses.items():
        address = f"{path}?{urlencode(asked)}" if asked else path
        q = asked.get("q", path)
        answer = Answer(name, " ".join([q, *(f"{k}={v}" for k, v in asked.items() if k != "q")]))
        answer.read_through = tables_read_through(partial(visitor.get, address))
        for _ in range(runs):
            began = time.perf_counter()
            response = visitor.get(address)
            answer.took.append((time.perf_counter() - began) * 1000)
            assert response.status_code == (200 if asked else 404), address
        answer.found = _found_in(response)
        answers.append(answer)
        say("  " + answer.row())
    return answers


def _found_in(response: Any) -> str:
    if response.status_code == 404:
        said = response.content.decode().partition("Did you mean")[2].partition("</p>")[0]
        return str(said.count("<a "))
    if response.headers["Content-Type"] == "application/json":
        return str(len(response.json()["suggestions"]))
    found = response.context_data.get("found")
    return "0" if found is None else f"{len(found.pages)}{' and more' if found.more else ''}"


def tables_read_through(visit: Callable[[], object]) -> set[str]:
    """The big tables that PostgreSQL would read from end to end for the queries of this visit."""
    from django.db import connection

    queries: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.split(maxsplit=1)[0].strip("(").upper() in ("SELECT", "WITH"):
            queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        visit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [BIG])
        big = {name for (name,) in cursor.fetchall()}
        read: set[str] = set()
        for sql, params in queries:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            read |= {node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"}
    return read & big


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def quantiles(took: list[float]) -> tuple[float, float]:
    """The median, and what 95 of 100 stay below."""
    return statistics.median(took), sorted(took)[max(0, round(0.95 * len(took)) - 1)]


def sizes() -> list[tuple[str, int]]:
    """The tables of search with what is stored beside them, and their indexes, in bytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, CASE relkind WHEN 'i' THEN pg_relation_size(oid) ELSE pg_table_size(oid) END
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
              AND (relname LIKE 'articles_search%' OR relname LIKE 'search_%')
            ORDER BY 2 DESC
            """
        )
        found: list[tuple[str, int]] = cursor.fetchall()
    return found


def report(pages: int, seeded: float, answers: list[Answer], sizes: list[tuple[str, int]]) -> str:
    rows = "\n".join(answer.row() for answer in answers)
    stored = "\n".join(f"| `{name}` | {size / 2**20:,.0f} |" for name, size in sizes if size >= 2**20)
    slowest = max(quantiles(answer.took)[1] for answer in answers)
    read = sorted({table for answer in answers for table in answer.read_through})
    return f"""## Search

{pages:,} made-up pages of some 800 words from a fixed seed, a word like “mesothelioma” on every one, live without
signatures in a database of their own; {seeded / 60:.0f} minutes to put them there. Each question is asked {RUNS} times,
one after the other, through all of Django but the network. The slowest p95 is {slowest:.0f} ms.
Big tables read from end to end: {", ".join(read) or "none"}.

| question | asked | found | p50 ms | p95 ms | tables read through |
| --- | --- | ---: | ---: | ---: | --- |
{rows}

| table or index | MB |
| --- | ---: |
{stored}
"""
