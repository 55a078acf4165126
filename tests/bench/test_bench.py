"""What `make bench` says of what it measured, and that it says nothing when it could not."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import SHORT, machine, observatory, pages, programs, site, speed
from bench import __main__ as bench
from tests.browser import npm
from tests.browser.public import PAGES
from tests.browser.served import NotServed, granian

HERE = Path(pages.__file__).parent
ORIGIN = "https://localhost:1"
SITE: Any = SimpleNamespace(address=ORIGIN, certificate="/a/certificate")


def a_visit(**changed: Any) -> pages.Visit:
    """A run in which Lighthouse found nothing."""
    found: dict[str, Any] = {
        "lcp": 900.0,
        "cls": 0.0,
        "tbt": 0.0,
        "weight": 20_000,
        "requests": 3,
        "short": frozenset(),
    }
    scores = dict.fromkeys(pages.CATEGORIES, 100) | changed.pop("scores", {})
    return pages.Visit(scores=scores, **(found | changed))


@pytest.fixture
def lighthouse(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[pages.Visit]]:
    """What Lighthouse will find, run by run, on an address; nothing on those not named."""
    found: dict[str, list[pages.Visit]] = {}
    monkeypatch.setattr(
        pages, "visit", lambda origin, address: found[address].pop(0) if found.get(address) else a_visit()
    )
    return found


def told(section: str) -> list[str]:
    return [line for line in section.splitlines() if SHORT in line]


def test_every_page_of_the_budget_is_a_row(lighthouse):
    said: list[str] = []
    section = pages.section(ORIGIN, said.append)
    assert (
        re.findall(
            r"^\| `(.*?)` \| 100 \| 100 \| 100 \| 100 \| 900 \| 0 \| 0 \| 20.0 \| 3 \| 100, 100, 100, 100, 100 \|$",
            section,
            re.M,
        )
        == PAGES
    )
    assert len(said) == len(PAGES) * pages.RUNS
    assert told(section) == []
    assert "is met" in section


def test_the_best_run_counts_for_timings_and_the_worst_for_what_the_machine_does_not_change(lighthouse):
    lighthouse["/"] = [
        a_visit(scores={"performance": 60}, lcp=3000.0, tbt=900.0),
        a_visit(scores={"performance": 98, "seo": 92}, cls=0.02, lcp=2000.0, tbt=100.0),
        *[a_visit(scores={"performance": 99}, lcp=1000.0, tbt=10.0)] * 3,
    ]
    section = pages.section(ORIGIN, lambda line: None)
    assert "| `/` | 99 | 100 | 100 | 92 | 1,000 | 0.02 | 10 | 20.0 | 3 | 60, 98, 99, 99, 99 |" in section
    assert told(section) == [f"{SHORT}, four times 100 and no layout shift: `/` (timing)."]


def test_an_audit_that_costs_points_is_named(lighthouse):
    lighthouse["/free-case-review/"] = [
        a_visit(scores={"seo": 91}, short=frozenset({"meta-description"})) for _ in range(pages.RUNS)
    ]
    assert "`/free-case-review/` (meta-description)" in told(pages.section(ORIGIN, lambda line: None))[0]


def test_lighthouse_is_read_as_it_writes():
    audits = {
        "largest-contentful-paint": {"numericValue": 1017.5, "score": 1},
        "cumulative-layout-shift": {"numericValue": 0, "score": 1},
        "total-blocking-time": {"numericValue": 12.0, "score": 1},
        "total-byte-weight": {"numericValue": 55232, "score": 1},
        "network-requests": {"details": {"items": [{}, {}, {}]}, "score": None},
        "image-alt": {"score": 0},
        "render-blocking-insight": {"score": 0.5},
    }
    refs = [{"id": "image-alt", "weight": 10}, {"id": "render-blocking-insight", "weight": 0}]
    categories = {name: {"score": 0.995, "auditRefs": refs} for name in pages.CATEGORIES}
    visit = pages._read({"audits": audits, "categories": categories})
    assert visit == a_visit(lcp=1017.5, tbt=12.0, weight=55232, short=frozenset({"image-alt"}))


def test_a_run_that_lighthouse_lost_is_run_again_and_not_for_ever(monkeypatch):
    answers: list[pages.Visit | Exception] = [
        programs.CannotMeasure("Please run Lighthouse again."),
        a_visit(lcp=800.0),
    ]

    def visit(site: object, address: str) -> pages.Visit:
        answer = answers.pop(0) if answers else programs.CannotMeasure("The site is gone.")
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(pages, "visit", visit)
    monkeypatch.setattr(pages, "PAGES", ["/"])
    monkeypatch.setattr(pages, "RUNS", 1)
    said: list[str] = []
    assert "| 800 |" in pages.section(ORIGIN, said.append)
    assert said[-1] == "  again: Please run Lighthouse again."
    with pytest.raises(programs.CannotMeasure, match="The site is gone"):
        pages.section(ORIGIN, said.append)


def test_a_page_that_lighthouse_cannot_read_is_no_figure():
    with pytest.raises(programs.CannotMeasure, match=r"could not read https://localhost:1/ .*: It is blank"):
        pages._read({"runtimeError": {"message": "It is blank"}, "requestedUrl": "https://localhost:1/ "})


@pytest.fixture
def scanned(monkeypatch, tmp_path):
    """Runs the part on what the scanner is made to print."""
    conf = tmp_path / "node_modules" / observatory.PACKAGE / "conf"
    conf.mkdir(parents=True)
    monkeypatch.setattr(programs, "HOME", tmp_path)
    monkeypatch.setattr(programs, "node", lambda: "node")

    def scan(printed: dict[str, Any]) -> str:
        monkeypatch.setattr(programs, "run", lambda *arguments, **environment: json.dumps(printed))
        return observatory.measure(SITE, lambda line: None)

    return scan


@pytest.mark.parametrize(("grade", "score", "met"), [("A+", 130, True), ("A+", 125, False), ("A", 130, False)])
def test_the_observatory_has_an_aim_too(scanned, grade, score, met):
    tests = {"x-frame-options": {"result": "x-frame-options-implemented-via-csp", "scoreModifier": 5}}
    scan = {"grade": grade, "score": score, "testsPassed": 10, "testsQuantity": 10}
    section = scanned({"scan": scan, "tests": tests})
    assert f"**{score}** points" in section
    assert "| x-frame-options | x frame options implemented via csp | +5 |" in section
    assert (told(section) == []) is met


def test_a_scan_that_did_not_happen_is_no_grade(scanned):
    with pytest.raises(programs.CannotMeasure, match="The site seems to be down"):
        scanned({"error": "The site seems to be down."})


def test_packages_are_pinned_by_version_and_digest_and_name_no_registry():
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    text = (HERE / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    assert locked.pop("")["dependencies"] == wanted
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
    assert '"resolved"' not in text


@pytest.mark.parametrize(("version", "used"), [("v20.1.0", "at hand"), ("v18.19.1", "brought"), ("", "brought")])
def test_a_node_that_is_too_old_is_passed_over_for_one_that_pip_brings(monkeypatch, tmp_path, version, used):
    for name, says in (("node", version), ("npm", "")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (tmp_path / name).chmod(0o755)
    installed: list[list[str]] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "HOME", tmp_path)
    monkeypatch.setattr(programs, "_install", installed.append)
    monkeypatch.setattr(npm, "brought", lambda place: ["a new node", "npm-cli.js"])
    at_hand = str(tmp_path / "node")
    assert programs.node.__wrapped__() == {"at hand": at_hand, "brought": "a new node"}[used]
    assert installed == [{"at hand": [str(tmp_path / "npm")], "brought": ["a new node", "npm-cli.js"]}[used]]


def test_the_machine_is_described_and_not_named(db, monkeypatch):
    monkeypatch.setattr(programs, "node", lambda: sys.executable)  # any program with a --version; nothing is fetched
    text = machine.description()
    assert re.search(r"\d+ processors \(.+\), \d+ GB of memory", text)
    assert re.search(r"Chromium \d+.*Django 5\.2.*PostgreSQL \d+", text)
    assert platform.node() not in text
    assert str(Path.home()) not in text


def test_the_server_is_stopped_and_one_that_cannot_start_says_so():
    with granian({}, "bench.bare:application") as port:
        bare = speed.Subject("nothing", port, speed.request("/"))
        assert len(speed.durations(bare)) == speed.ALONE
    with pytest.raises(ConnectionRefusedError):
        speed.durations(bare)
    with pytest.raises(NotServed, match="ended with status"), granian({}, "bench.nothing:application"):
        pass


# The command


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Runs the command over parts that are made up; the page goes to a directory of this test."""
    usual = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(programs, "HOME", tmp_path)
    monkeypatch.setattr(programs, "node", lambda: "node")
    monkeypatch.setattr(bench, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bench, "PAGE", tmp_path / "quality.md")
    monkeypatch.setattr(machine, "description", lambda: "A machine.")
    monkeypatch.setattr(machine, "is_busy", lambda: False)

    @contextlib.contextmanager
    def sample_site() -> Iterator[object]:
        yield SITE

    monkeypatch.setattr(site, "sample_site", sample_site)

    def run(*arguments: str, **parts: Any) -> int:
        by_themselves = {name: parts.pop(name) for name in list(parts) if name == "alone"}
        monkeypatch.setattr(bench, "OF_THE_SITE", parts)
        monkeypatch.setattr(bench, "BY_THEMSELVES", by_themselves)
        return bench.main(arguments)

    yield run
    signal.signal(signal.SIGTERM, usual)


def fine(site: object, say: object) -> str:
    return "## Fine\n\n" + "All is well here. " * 12


def short(site: object, say: object) -> str:
    return f"## Short\n\n{SHORT}: the home page."


def interrupted(site: object, say: object) -> str:
    raise KeyboardInterrupt


def impossible(site: object, say: object) -> str:
    raise programs.CannotMeasure("There is no Node.")


def test_everything_is_one_page_and_what_is_short_is_told_at_the_end(command, tmp_path, capsys):
    assert command(alone=lambda say: "## Alone", first=fine, second=short) == 0
    page = (tmp_path / "quality.md").read_text()
    assert page.index("A machine.") < page.index("## Fine") < page.index("## Short") < page.index("## Alone")
    assert max(map(len, page.splitlines())) <= 120
    assert capsys.readouterr().out.splitlines()[-1] == f"{SHORT}: the home page."


def test_one_part_is_shown_and_not_written(command, tmp_path, capsys):
    assert command("first", first=fine, second=interrupted) == 0
    assert "## Fine" in capsys.readouterr().out
    assert not (tmp_path / "quality.md").exists()


@pytest.mark.parametrize(
    ("part", "status", "words"),
    [(interrupted, 130, "Stopped; nothing was written"), (impossible, 1, "There is no Node.")],
)
def test_a_run_that_does_not_end_leaves_the_page_of_the_one_before(command, tmp_path, capsys, part, status, words):
    (tmp_path / "quality.md").write_text("The page of the run before.")
    assert command(first=fine, second=part) == status
    assert (tmp_path / "quality.md").read_text() == "The page of the run before."
    assert words in capsys.readouterr().err


def test_two_runs_do_not_measure_each_other(command, capsys):
    def another(site: object, say: object) -> str:
        assert command(first=fine) == 1
        return "## The first run goes on"

    assert command(first=another) == 0
    assert "Another make bench runs" in capsys.readouterr().err


def test_a_part_that_is_not_there_is_refused_with_those_that_are():
    done = subprocess.run([sys.executable, "-m", "bench", "colors"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("There is no part 'colors'. There are: weights, observatory,")
