"""Words that nobody else would ever write, and a search for them in all the forms in which they may lie somewhere.

A canary that lies in a file lies there in one of its `forms`. Compressed content has to be expanded before, and what is
encrypted is not found: that is the point.
"""

from __future__ import annotations

import html
import json
import os
import quopri
import random
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from caseintake.private_code import PrivateCode
from tests.leaks import in_base64

# A needle is cut to this: what is found of it is telling enough, and part of a leak is a leak.
LONGEST_NEEDLE = 24
# Shorter ones would be found by chance in random bytes.
SHORTEST_NEEDLE = 10
WORDS_OF_A_CODE = 4  # so many in a row: the list itself, in its order, is no code
HEXADECIMAL = frozenset(b"0123456789abcdefABCDEF")
_VOWELS, _CONSONANTS = "aeiou", "bdfgklmnprstvz"
# Each is written in another way by who quotes addresses, HTML, JSON, mail, SQL or bytes.
_MARKS = "é ’<&ö\"'ñ%+\\ł"


@dataclass(frozen=True)
class Canary:
    """Something one person gave, of one kind, such as a name or a phone number."""

    kind: str
    text: str

    def forms(self) -> Iterator[bytes]:
        """All that it may be found by, cut to needles."""
        for form in {whole[:LONGEST_NEEDLE] for whole in self._whole_forms()}:
            # A needle ends with its line.
            if b"\n" not in form and len(form) >= SHORTEST_NEEDLE:
                yield form

    def _whole_forms(self) -> Iterator[bytes]:
        yield from forms_of_text(self.text)


class PhoneNumber(Canary):
    """A number in the US with an extension, `(212) 555-0199 ext. 48213`."""

    def _whole_forms(self) -> Iterator[bytes]:
        yield from super()._whole_forms()
        digits = re.sub(r"\D", "", self.text)
        area, exchange, line = digits[:3], digits[3:6], digits[6:10]
        for written in (
            digits,
            digits[:10],
            f"+1{digits[:10]}",
            f"({area}) {exchange}-{line}",
            *(mark.join((area, exchange, line)) for mark in " -."),
        ):
            yield from _in_characters(written)


class Code(Canary):
    """A private code, the words parted by blanks. Some of its words in a row are telling enough."""

    def _whole_forms(self) -> Iterator[bytes]:
        words = self.text.split()
        for first in range(0, len(words), WORDS_OF_A_CODE):
            few = words[first : first + WORDS_OF_A_CODE]
            yield from _in_letters(" ".join(few).encode())
            yield from _in_characters(" ".join(few))
            # The first four letters tell each from every other.
            for some in (few, [word[:4] for word in few]):
                for mark in (" ", "-", "+", "%20", "", ",", ", ", '", "'):
                    yield mark.join(some).encode()
                    yield mark.join(some).upper().encode()


class Secret(Canary):
    """Bytes that open something, written here as hexadecimal digits."""

    def _whole_forms(self) -> Iterator[bytes]:
        raw = bytes.fromhex(self.text)
        yield raw
        yield from _in_letters(raw)


def secrets_of(code: PrivateCode) -> Iterator[Canary]:
    """The code, and the key that is made of it."""
    yield Code("code", str(code))
    yield Secret("key of a code", code.key.hex())


def forms_of_text(text: str) -> Iterator[bytes]:
    for cased in {text, text.lower(), text.upper()}:
        yield from _in_characters(cased)
        escaped = json.dumps(cased)[1:-1]
        yield from (one.encode() for one in (escaped, escaped.upper(), re.sub(r"\\u", r"\\\\u", escaped)))
        for quoted in (quote(cased, safe=""), quote(cased), quote_plus(cased)):
            yield quoted.encode()
            yield re.sub(r"%..", lambda found: found[0].lower(), quoted).encode()
        yield html.escape(cased).encode()
        yield html.escape(cased).encode("ascii", "xmlcharrefreplace")
        yield repr(cased).encode()[1:-1]
        yield ascii(cased).encode()[1:-1]
        yield repr(cased.encode()).encode()[2:-1]
        yield cased.replace("'", "''").encode()
        # As PostgreSQL writes bytes that are no ASCII.
        yield re.sub(rb"[\x80-\xff]", lambda found: b"\\%03o" % found[0][0], cased.encode())
        yield quopri.encodestring(cased.encode()).replace(b"=\n", b"")
    for raw in (text.encode(), text.encode("utf-16-le")):
        yield from _in_letters(raw)


def _in_characters(text: str) -> Iterator[bytes]:
    yield text.encode()
    # The part that both orders of bytes have.
    yield text.encode("utf-16-le").strip(b"\0")


def _in_letters(raw: bytes) -> Iterator[bytes]:
    """Bytes as base64 has them, wherever they begin, and as hexadecimal digits."""
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for offset in range(3):
        written = in_base64(raw, offset).encode()
        yield written
        yield written.translate(bytes.maketrans(b"+/", b"-_"))


class Aviary:
    """Draws canaries, none of them twice, and keeps them."""

    def __init__(self, seed: int) -> None:
        self.kept: set[Canary] = set()
        self._chance = random.Random(seed)
        self._drawn: set[str] = set()

    def word(self, kind: str) -> str:
        """A word of twelve letters that can be said."""
        return self._keep(Canary(kind, self._letters(12).capitalize()))

    def marked(self, kind: str) -> str:
        """Short runs of letters with other marks between: what quotes or escapes changes it everywhere."""
        marks = self._chance.sample(_MARKS, 6)
        return self._keep(Canary(kind, "".join(f"{self._letters(2)}{mark}" for mark in marks) + self._letters(2)))

    def email(self) -> str:
        """An address that is told by each of its parts."""
        return self._keep(Canary("email", f"{self.word('email').lower()}@{self.word('email').lower()}.example"))

    def phone(self) -> str:
        digits = str(self._chance.randrange(10**12, 10**13))
        return self._keep(PhoneNumber("phone", f"(2{digits[:2]}) {digits[2:5]}-{digits[5:9]} ext. 9{digits[9:13]}"))

    def keep(self, canaries: Iterable[Canary]) -> None:
        """Also search for these."""
        self.kept.update(canaries)

    def _letters(self, count: int) -> str:
        while True:
            drawn = "".join(self._chance.choice((_CONSONANTS, _VOWELS)[number % 2]) for number in range(count))
            if count < SHORTEST_NEEDLE or drawn not in self._drawn:
                self._drawn.add(drawn)
                return drawn

    def _keep(self, canary: Canary) -> str:
        self.kept.add(canary)
        return canary.text


@dataclass(frozen=True)
class Found:
    """A form of a canary in a file."""

    canary: Canary
    form: bytes
    path: Path
    offset: int

    def __str__(self) -> str:
        return f"{self.canary.kind} {self.canary.text!r} as {self.form!r} in {self.path}, byte {self.offset}"


class Search:
    """A search for all forms of these canaries, by GNU grep. `needles` is a file that it may write."""

    def __init__(self, canaries: Iterable[Canary], needles: Path) -> None:
        self._whose: dict[bytes, Canary] = {form: canary for canary in canaries for form in canary.forms()}
        self._needles = needles
        needles.write_bytes(b"\n".join(self._whose) + b"\n")

    def __len__(self) -> int:
        """How many needles it has."""
        return len(self._whose)

    def through(self, *places: Path) -> list[Found]:
        """What is found in these files and in all below these directories, which nobody may be writing now."""
        command = ["grep", "-F", "-r", "-D", "skip", "-a", "-o", "-b", "-H", "-Z", "-f"]
        done = subprocess.run(
            [*command, self._needles, "--", *places], env={"LC_ALL": "C", "PATH": os.defpath}, capture_output=True
        )
        assert done.returncode in (0, 1), f"grep did not succeed: {done.stderr.decode()[:500]}"
        found = []
        for line in done.stdout.split(b"\n")[:-1]:
            path, _, rest = line.partition(b"\0")
            offset, _, form = rest.partition(b":")
            found.append(Found(self._whose[form], form, Path(path.decode()), int(offset)))
        return [one for one in found if not _is_within_hexadecimals(one)]


def _is_within_hexadecimals(found: Found) -> bool:
    """Ten digits are found by chance in bytes that are written in hexadecimals: with more of these on both sides."""
    if not found.form.isdigit():
        return False
    with found.path.open("rb") as file:
        file.seek(max(found.offset - 1, 0))
        around = file.read(len(found.form) + 2)
    return len(around) == len(found.form) + 2 and {around[0], around[-1]} <= HEXADECIMAL
