"""`manage.py lint_article PATH | --file F`: what the rules find wrong with a page, or with any text file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from articles.management.commands.review_status import newest
from articles.markup import Finding, Library, compile_page
from articles.markup.citations_rule import keys_named_in
from articles.markup.findings import Findings
from articles.markup.foreign import embeds_of, lint_file
from articles.markup.library import for_text
from articles.models import Article, BylineRole
from citations import formats

UNREADABLE = 2
FIELDS = ("rule", "severity", "line", "column", "message", "excerpt")  # of a finding, in the JSON
NO_DATABASE = (
    "The database of this site cannot be read. Start it and run the migrations; a file needs none if it brings its "
    "bibliography with --sources."
)
# A book has less. More is a mistake, and would keep the machine busy.
LARGEST_FILE = 2_000_000


class Command(BaseCommand):
    help = (
        "What is wrong with the words of a page: with its draft if there is one, else with its newest revision. With "
        "--file, of any Markdown or plain text file. Ends with 1 if there is an error, 2 if nothing could be read."
    )
    # A text can be read on a machine where the site could not start.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("path", nargs="?", help="the address of the page, such as mesothelioma/remission")
        what.add_argument("--file", metavar="F", help="a text file, in UTF-8")
        parser.add_argument("--sources", metavar="F", help="with --file: the bibliography whose keys it cites")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(
        self, *args: Any, path: str | None, file: str | None, sources: str | None, format: str, **options: Any
    ) -> None:
        """Print the findings. Raises CommandError if there is nothing to read, SystemExit if there is an error."""
        if file is None and sources is not None:
            raise CommandError("--sources goes with --file: a page cites the bibliography of the site.", returncode=2)
        try:
            findings = (
                _of_page(path or "") if file is None else _of_file(Path(file), Path(sources) if sources else None)
            )
        except DatabaseError as error:
            raise CommandError(NO_DATABASE, returncode=UNREADABLE) from error
        if format == "json":
            told = [{name: getattr(each, name) for name in FIELDS} for each in findings]
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_as_text(findings))
        if any(each.severity == "error" for each in findings):
            raise SystemExit(1)


def _of_page(path: str) -> Iterable[Finding]:
    address = path.strip().strip("/")
    article = Article.objects.filter(address=address).first()
    if article is None:
        raise CommandError(
            f"There is no page at /{address}/. Give its address, such as mesothelioma/stage-4, or a file with --file.",
            returncode=UNREADABLE,
        )
    revision = newest(article)
    if revision is None:
        raise CommandError(f"/{address}/ has no text yet.", returncode=UNREADABLE)
    library = for_text(revision.text, article)
    byline = Findings(library.severities, library.waived)
    if not article.bylines.filter(role=BylineRole.AUTHOR).exists():
        byline.add(
            "empty-byline", (1, 1), "Nobody is named as author. An editor adds a byline on the page of the article."
        )
    return (*byline.in_order(), *compile_page(revision.text, library).findings)


def _of_file(path: Path, sources: Path | None) -> Iterable[Finding]:
    text = _read(path)
    if sources is not None:
        library = Library(sources=embeds_of(_records(sources)))
        return lint_file(text, library, listed=library.sources)
    return lint_file(text, _library_of_the_site(text))


def _library_of_the_site(text: str) -> Library:
    """The sources that the site has of those a text cites."""
    # A text that cites nothing can be read without a database.
    cites = "[" in text and keys_named_in(text)
    return Library(sources=for_text(text).sources) if cites else Library()


def _read(path: Path) -> str:
    """Return the text of a file. Raises CommandError with a sentence if it has none that can be read."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise CommandError(f"{path} is larger than 2 MB. Split it.", returncode=UNREADABLE)
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=UNREADABLE) from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CommandError(f"{path} is in UTF-16. Save it as UTF-8.", returncode=UNREADABLE)
    if b"\x00" in content:
        raise CommandError(f"{path} is no text file. Save the words as plain text or Markdown.", returncode=UNREADABLE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CommandError(
            f"{path} is not in UTF-8: see line {line}. Save it as UTF-8.", returncode=UNREADABLE
        ) from error
    if not text.strip():
        raise CommandError(f"{path} is empty.", returncode=UNREADABLE)
    return text


def _records(path: Path) -> list[dict[str, object]]:
    """Return the records of a bibliography in any format that we read. Raises CommandError if there is none in it."""
    text = _read(path)
    format = formats.guess(text, path.name)
    if format is None:
        known = ", ".join(formats.READABLE)
        raise CommandError(f"{path} is no bibliography. It may be in one of these: {known}.", returncode=UNREADABLE)
    readings = list(formats.read(text, format))
    records = [{**reading.record, "custom": reading.said} for reading in readings if reading.record]
    if not records:
        problem = next((reading.problem for reading in readings), "There is no record in it.")
        raise CommandError(f"{path} cannot be read as {format}. {problem}", returncode=UNREADABLE)
    return records


def _as_text(findings: Iterable[Finding]) -> str:
    findings = list(findings)
    lines = [
        f"{each.line}:{each.column}  {each.severity}  {each.rule}  {each.message}"
        + f"  “{each.excerpt}”" * bool(each.excerpt)
        for each in findings
    ]
    errors = sum(each.severity == "error" for each in findings)
    advice = sum(each.severity == "warning" for each in findings)
    waived = len(findings) - errors - advice
    counted = f"{errors} to mend, {advice} as advice" + f", {waived} waived" * bool(waived)
    return "\n".join([*lines, counted if findings else "Nothing found."])
