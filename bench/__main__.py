"""The command line: everything, or one part by its name."""

from __future__ import annotations

import datetime
import fcntl
import os
import signal
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import django

from bench import (
    SHORT,
    Say,
    asking,
    casework,
    comparing,
    desk,
    evidence,
    looks,
    machine,
    observatory,
    pages,
    pictures,
    printing,
    programs,
    search,
    site,
    speed,
    weights,
)
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.dev_postgres_programs import DevPostgresError
from tests.browser.chromium import NoBrowser
from tests.browser.served import NotServed, Served

OF_THE_SITE: dict[str, Callable[[Served, Say], str]] = {
    "weights": weights.measure,
    "observatory": observatory.measure,
    "printing": printing.measure,
    "speed": speed.measure,
    "asking": asking.measure,
    "pages": pages.measure,
    "looks": looks.measure,
}
BY_THEMSELVES: dict[str, Callable[[Say], str]] = {
    "pictures": pictures.measure,
    "search": search.measure,
    "comparing": comparing.measure,
    "casework": casework.measure,
    "desk": desk.measure,
    "evidence": evidence.measure,
}
PAGE = BASE_DIR / "docs" / "quality.md"
NEED_NODE = {"pages", "observatory"}
HEAD = """# What the public pages are like, measured

Written by `make bench` on {date}. The tests hold what does not depend on the machine: weight, requests, layout shift,
headers, the Nu HTML checker, axe, reading grade. Here are the figures, and what only other people's programs can say.

{machine}

{noise}"""
QUIET = "Nothing else was at work on it when the run began."
BUSY = """**Other work ran on it at the same time**, so timings (LCP, TBT, the performance score, answers a second) are
worse than they would be. Bytes, requests, headers and sheets do not depend on it."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and write the page, or show some parts. Returns the exit status."""
    parts = [*OF_THE_SITE, *BY_THEMSELVES]
    if unknown := [name for name in arguments if name not in parts]:
        print(f"There is no part {unknown[0]!r}. There are: {', '.join(parts)}.", file=sys.stderr)
        return 2
    os.environ.setdefault("MESOINFO_DEVELOPMENT", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesoinfo.settings")
    django.setup()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _only_one():
            noise = BUSY if machine.is_busy() else QUIET
            if noise is BUSY:
                _say("Other work runs on this machine: timings will be worse than they are.")
            sections = _measure(arguments or parts)
            if arguments:
                _say("\n\n".join(sections))
            else:
                _write(noise, sections)
    except (programs.CannotMeasure, NoBrowser, NotServed, DevPostgresError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing was written. Run it again: it begins anew.", file=sys.stderr)
        return 130
    return 0


def _measure(names: Iterable[str]) -> list[str]:
    """The section of each part, in our order."""
    of_the_site = [name for name in OF_THE_SITE if name in names]
    by_themselves = [name for name in BY_THEMSELVES if name in names]
    if NEED_NODE & set(names):
        programs.node()  # before anything that takes long
    sections = []
    if of_the_site:
        _say("Loading the sample pages into a database of their own.")
        with site.sample_site() as served:
            for name in of_the_site:
                _say(f"{name}:")
                sections.append(OF_THE_SITE[name](served, _say))
    for name in by_themselves:
        _say(f"{name}:")
        sections.append(BY_THEMSELVES[name](_say))
    return sections


def _write(noise: str, sections: list[str]) -> None:
    """All of it or nothing: an interrupted run leaves the page of the one before."""
    date = datetime.datetime.now(datetime.UTC).strftime("%B %-d, %Y")
    head = HEAD.format(date=date, machine=machine.description(), noise=noise)
    fresh = PAGE.with_suffix(".new")
    fresh.write_text("\n\n".join(map(_wrapped, [head, *sections])) + "\n", encoding="utf-8")
    fresh.rename(PAGE)
    _say(f"Wrote {PAGE.relative_to(BASE_DIR)}.")
    for line in (line for section in sections for line in section.splitlines() if SHORT in line):
        _say(line)


def _wrapped(section: str) -> str:
    """Long lines of text broken; tables as they are."""
    lines = section.splitlines()
    return "\n".join(line if line.startswith("|") else textwrap.fill(line, 120) for line in lines)


def _say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def _only_one() -> Iterator[None]:
    """Two runs would measure each other; the kernel lets go if this process dies."""
    programs.HOME.mkdir(parents=True, exist_ok=True)
    with (programs.HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise programs.CannotMeasure(
                "Another make bench runs in this checkout. Let it finish, or stop it."
            ) from None
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
