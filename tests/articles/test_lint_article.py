"""`manage.py lint_article`: what is wrong with a page, or with a file from elsewhere."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles.management.commands import lint_article
from articles.models import BylineRole
from articles.review import drafting
from tests.conftest import PAGE

CLEAN = "# A title\n\nThe lede.\n"
BIBLIOGRAPHY = [{"id": "doe2020", "type": "article-journal", "title": "A trial", "issued": {"date-parts": [[2020]]}}]


def lint(*args: str, ends_with: int = 0, **options: Any) -> str:
    out = StringIO()
    code: Any = 0
    try:
        call_command("lint_article", *args, stdout=out, **options)
    except SystemExit as ending:
        code = ending.code
    assert code == ends_with
    return out.getvalue()


def found(*args: str, ends_with: int = 0, **options: Any) -> list[tuple[str, str, int]]:
    findings = json.loads(lint(*args, ends_with=ends_with, format="json", **options))
    return [(each["rule"], each["severity"], each["line"]) for each in findings]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def test_a_clean_file_has_no_findings(file: Path) -> None:
    file.write_text(CLEAN, encoding="utf-8")
    assert lint(file=str(file)) == "Nothing found.\n"
    assert lint(file=str(file), format="json") == "[]\n"


def test_json_has_the_six_fields_of_a_finding(file: Path) -> None:
    file.write_text(CLEAN + "\nWords. It is a miracle.\n", encoding="utf-8")
    (told,) = json.loads(lint(file=str(file), format="json"))
    assert told == {
        "rule": "promise-wording",
        "severity": "warning",
        "line": 5,
        "column": 16,
        "message": "This word promises too much. Say what happened, and how rare it is.",
        "excerpt": "It is a miracle.",
    }


def test_an_error_ends_with_one_and_advice_with_nothing(file: Path) -> None:
    file.write_text(CLEAN + "\nHalf of patients lived longer than a year.\n", encoding="utf-8")
    assert found(file=str(file), ends_with=1) == [("uncited-statistic", "error", 5)]
    file.write_text(CLEAN + "\nWritten by:\n", encoding="utf-8")
    assert found(file=str(file)) == [("empty-byline", "warning", 5)]


def test_as_text_each_finding_is_a_line_and_the_last_one_counts(file: Path) -> None:
    file.write_text(CLEAN + "\nHalf of patients lived longer than a year. It is a miracle.\n", encoding="utf-8")
    lines = lint(file=str(file), ends_with=1).splitlines()
    assert lines[0].startswith("5:1  error  uncited-statistic  This statement has a figure and cites nothing.")
    assert lines[1].startswith("5:52  warning  promise-wording")
    assert lines[2] == "1 to mend, 1 as advice"


def test_a_file_cites_the_bibliography_that_goes_with_it(file: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources.json"
    sources.write_text(json.dumps(BIBLIOGRAPHY), encoding="utf-8")
    file.write_text(CLEAN + "\nA 2022 study says so [@doe2020]. It did [@gone].\n", encoding="utf-8")
    assert found(file=str(file), sources=str(sources), ends_with=1) == [
        ("year-mismatch", "warning", 5),
        ("unknown-key", "error", 5),
    ]
    file.write_text(CLEAN, encoding="utf-8")
    assert found(file=str(file), sources=str(sources)) == [("orphan-source", "warning", 1)]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("list.json", json.dumps(BIBLIOGRAPHY)),
        ("one.json", json.dumps(BIBLIOGRAPHY[0])),
        ("list.bib", "@article{doe2020, title = {A trial}, year = {2020}}"),
    ],
)
def test_a_bibliography_may_have_any_format_that_we_read(file: Path, tmp_path: Path, name: str, written: str) -> None:
    sources = tmp_path / name
    sources.write_text(written, encoding="utf-8")
    file.write_text(CLEAN + "\nA 2022 study says so [@doe2020].\n", encoding="utf-8")
    assert found(file=str(file), sources=str(sources)) == [("year-mismatch", "warning", 5)]


def test_the_study_design_of_a_record_counts(file: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources.json"
    sources.write_text(json.dumps([BIBLIOGRAPHY[0] | {"custom": {"study_type": "case report"}}]), encoding="utf-8")
    file.write_text(CLEAN + "\nIn 33% of people it goes away [@doe2020].\n", encoding="utf-8")
    assert found(file=str(file), sources=str(sources), ends_with=1) == [("case-report-percentage", "error", 5)]


@pytest.mark.django_db
def test_without_a_bibliography_a_file_cites_that_of_the_site(file: Path, source: object) -> None:
    file.write_text(CLEAN + "\nIt is so [@trial2020]. It did [@gone].\n", encoding="utf-8")
    assert found(file=str(file), ends_with=1) == [("unknown-key", "error", 5)]


def test_without_a_database_a_file_needs_a_bibliography(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database(text: str) -> None:
        raise OperationalError

    monkeypatch.setattr(lint_article, "for_text", no_database)
    file.write_text(CLEAN + "\nIt is so [@trial2020].\n", encoding="utf-8")
    with pytest.raises(CommandError, match="if it brings its bibliography with --sources") as refusal:
        lint(file=str(file))
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty."),
        (b" \n\n\t", "is empty."),
        (b"\xef\xbb\xbf", "is empty."),
        (b"caf\xe9\n", "is not in UTF-8: see line 1. Save it as UTF-8."),
        ("words".encode("utf-16"), "is in UTF-16. Save it as UTF-8."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no text file. Save the words as plain text or Markdown."),
        (b"a " * 1_100_000, "is larger than 2 MB. Split it."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(file: Path, content: bytes, sentence: str) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        lint(file=str(file))
    assert str(refusal.value) == f"{file} {sentence}"
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is no bibliography. It may be in one of these: csl-json, ris"),
        ('[{"id": ,}]', "cannot be read as csl-json. This is not valid JSON: line 1, column 9"),
        ("[]", "cannot be read as csl-json. There is no record in it."),
        ("[3]", "is no bibliography"),
        ('[{"id": ' + "[" * 100_000, "cannot be read as csl-json"),
        ("Some words.", "is no bibliography"),
    ],
)
def test_a_bibliography_that_cannot_be_read_gets_a_sentence(
    file: Path, tmp_path: Path, content: str, sentence: str
) -> None:
    file.write_text(CLEAN, encoding="utf-8")
    sources = tmp_path / "sources.txt"
    sources.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence) as refusal:
        lint(file=str(file), sources=str(sources))
    assert refusal.value.returncode == 2


def test_what_is_no_file_gets_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.md"):
        with pytest.raises(CommandError, match="cannot be read") as refusal:
            lint(file=str(path))
        assert refusal.value.returncode == 2


def test_a_page_is_linted_as_its_draft_stands(published: object, article: Any, writer: Any) -> None:
    assert found("/mesothelioma/stage-4/") == found("mesothelioma/stage-4")
    before = found("mesothelioma/stage-4")
    draft = drafting.start_draft(article, by=writer)
    draft.refresh_from_db()
    drafting.save_draft(draft, text=PAGE + "\nIt is a miracle.\n", version=draft.version, by=writer)
    assert {rule for rule, _, _ in found("mesothelioma/stage-4")} - {rule for rule, _, _ in before} == {
        "promise-wording"
    }


def test_a_page_without_an_author_has_an_empty_byline(draft: object, article: Any) -> None:
    assert "empty-byline" not in {rule for rule, _, _ in found("mesothelioma/stage-4")}
    article.bylines.filter(role=BylineRole.AUTHOR).delete()
    assert ("empty-byline", "warning", 1) in found("mesothelioma/stage-4")


@pytest.mark.django_db
def test_an_address_without_a_page_gets_a_sentence() -> None:
    with pytest.raises(CommandError, match="There is no page at /nowhere/") as refusal:
        lint("nowhere")
    assert refusal.value.returncode == 2


def test_a_bibliography_goes_with_a_file_only() -> None:
    with pytest.raises(CommandError, match="--sources goes with --file"):
        lint("mesothelioma/stage-4", sources="x.json")
