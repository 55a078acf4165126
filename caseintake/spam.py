"""Whether a request may not come from a person: signals with weights, and from when on they add up to a doubt.

A doubt sends a request to the quarantine, where people read it; nothing is ever refused or deleted for it. So a
signal that a person may give by accident never reaches the threshold alone. No signal is:

- the language or the script of a message: people who write Russian or Vietnamese ask us for help too;
- how soon it was sent: pages are cached, browsers fill forms in, and some people paste what they wrote before.

The corpus that the weights were set by is tests/caseintake/spam_corpus.py.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from caseintake.bursts import Arrivals, Bursts
from caseintake.spam_words import attacks_programs, is_far_from_our_subject, kinds_of_sales_talk
from mesoinfo.danger import danger_in
from mesoinfo.provenance import Provenance

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signal:
    """What one finding weighs, and what the desk reads of it."""

    weight: int
    words: str


THRESHOLD = 10
SIGNALS = {
    # Enough alone: no person who uses a browser does this.
    "no-browser-headers": Signal(10, "not sent by a usual browser"),
    "attack-on-programs": Signal(10, "holds text that attacks programs"),
    # Enough alone: who asks for help may use one such phrase by accident, hardly two of different kinds.
    "sales-talk-of-two-kinds": Signal(12, "reads like advertising, in more than one way"),
    # With a link in it enough, and it has one nearly always.
    "link-in-markup": Signal(8, "holds a link written for a web page"),
    # Never enough alone. A union hall or a clinic may hand out a text to be copied.
    "same-words-from-others": Signal(8, "at least three people sent the same words"),
    "sales-talk": Signal(7, "reads like advertising"),
    # Password managers and browsers fill in fields that people cannot see.
    "hidden-field-filled": Signal(6, "filled in a field that people cannot see"),
    "link-in-hidden-field": Signal(6, "put a link into that field"),
    "link-in-name": Signal(6, "a link where the name goes"),
    "many-links": Signal(6, "three links or more"),
    "no-words-in-message": Signal(5, "a message without words"),
    "no-words-in-name": Signal(5, "a name that is random letters"),
    "little-beside-links": Signal(4, "hardly anything but links"),
    # Not enough beside a filled hidden field either. People ask what an article means, and leave out why they ask.
    "link": Signal(3, "holds a link"),
    "far-from-our-subject": Signal(3, "names nothing of what people come to us with"),
    # Little, however many: whoever floods the network of a hospital must not bring its people into the quarantine.
    "busy-network": Signal(2, "many requests from one network"),
}

# Of one network. Fifty people of a hospital in one hour stay below both.
BUSY_MINUTE, BUSY_HOUR = 10, 200
MANY_LINKS = 3
MANY_SENDERS = 3
# Shorter words, such as "Please call me", are everybody's.
OWN_WORDS = 40

BURSTS = Bursts()

_MARKUP = re.compile(r"\[(?:url|link)[=\]]|<a\s[^>]{0,200}href")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}")
# Names that end sentences as well (.in, .it, .me, .us) are left out: many people set no blank after a full stop.
_ENDINGS = "com|net|org|info|biz|edu|gov|ru|xyz|icu|io|cn|pl|ua|eu|click|shop|store|online|site|club|vip"
_LINK = re.compile(
    r"(?:https?|hxxps?|ftp)://\S*|\bwww\.\S+|\b(?:t\.me|wa\.me|bit\.ly|goo\.gl)/\S+|"
    rf"(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{_ENDINGS})(?![\w-])\S*|"
    rf"\b[a-z0-9-]{{2,63}} ?[\[(] ?dot ?[\])] ?(?:{_ENDINGS})\b",
    re.IGNORECASE,
)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")


def arrivals_with(request: HttpRequest) -> Arrivals:
    """How much came in from where this comes from, if it is taken in. Never fails: what cannot be counted is none."""
    try:
        return BURSTS.arrivals(_address(request))
    except Exception as error:  # whatever it is, it must not stand in the way of somebody who asks for help
        _could_not_count(error)
        return Arrivals(0, 0, 0)


def took_in(request: HttpRequest) -> None:
    """Count what was taken in, a request or what was added to one. What we refuse, and slips, count as nothing.

    Never fails: by now the person is to read that we have it.
    """
    try:
        BURSTS.took_in(_address(request))
    except Exception as error:
        _could_not_count(error)


def _address(request: HttpRequest) -> str:
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


@sensitive_variables()
def suspicions(
    answers: Mapping[str, Any], *, hidden_field: str, provenance: Provenance, arrivals: Arrivals
) -> tuple[str, ...]:
    """Codes for why a request may not come from a person, the most telling first; empty when there is no doubt.

    `answers` is the cleaned data of the form, `hidden_field` what was typed into the field that nobody sees,
    `arrivals` what `arrivals_with` said. Each code is a key of SIGNALS.
    """
    found = list(_of_the_sending(hidden_field, provenance, arrivals))
    # Who speaks of danger may have lost money to swindlers as well, and cannot wait.
    if not danger_in(answers["message"]):
        found += _of_the_words(answers["name"], answers["message"])
    if _senders_of(answers) >= MANY_SENDERS:
        found.append("same-words-from-others")
    if sum(SIGNALS[code].weight for code in found) < THRESHOLD:
        return ()
    return tuple(sorted(found, key=lambda code: -SIGNALS[code].weight))


def in_words(codes: Iterable[str]) -> list[str]:
    """What the desk reads of the codes that a request was stored with. One that we no longer give is shown as it is."""
    return [SIGNALS[code].words if code in SIGNALS else code for code in codes]


def _of_the_sending(hidden_field: str, provenance: Provenance, arrivals: Arrivals) -> Iterator[str]:
    if provenance is Provenance.UNKNOWN:
        yield "no-browser-headers"
    if hidden_field.strip():
        yield "hidden-field-filled"
    if _links_in(_plain(hidden_field)):
        yield "link-in-hidden-field"
    if arrivals.minute > BUSY_MINUTE or arrivals.hour > BUSY_HOUR:
        yield "busy-network"


def _of_the_words(name: str, message: str) -> Iterator[str]:
    plain_name, plain = _plain(name), _plain(message)
    both = f"{plain_name}\n{plain}"
    if attacks_programs(both):
        yield "attack-on-programs"
    kinds = kinds_of_sales_talk(both)
    if kinds:
        yield "sales-talk-of-two-kinds" if kinds > 1 else "sales-talk"
    if is_far_from_our_subject(plain):
        yield "far-from-our-subject"
    if _MARKUP.search(plain):
        yield "link-in-markup"
    if _links_in(plain_name):
        yield "link-in-name"
    links = len(_links_in(plain))
    if links:
        yield "many-links" if links >= MANY_LINKS else "link"
        if _letters(_LINK.sub("", plain)) < 20:
            yield "little-beside-links"
    if _is_random(name):
        yield "no-words-in-name"
    if _has_no_words(_LINK.sub("", message)):
        yield "no-words-in-message"


def _senders_of(answers: Mapping[str, Any]) -> int:
    """How many people sent the same message lately; 0 for words that anybody may use, and when it cannot be counted."""
    message = _plain(answers["message"])
    if len(message) < OWN_WORDS:
        return 0
    sender = "\n".join(_plain(answers[field]) for field in ("name", "phone", "email"))
    try:
        return BURSTS.senders_of(message, sender)
    except Exception as error:  # as in `arrivals_with`
        _could_not_count(error)
        return 0


def _could_not_count(error: Exception) -> None:
    # The kind only: what an error says may hold the address or the words.
    logger.warning("Requests for help are taken, but could not be counted (%s).", type(error).__name__)


def _plain(text: str) -> str:
    """In small letters of the usual shape, with single blanks, and without what has no shape at all."""
    shaped = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in shaped if unicodedata.category(c) != "Cf").split())


def _links_in(plain: str) -> list[str]:
    # The part of an address of mail behind the @ is no link.
    return _LINK.findall(_EMAIL.sub(" ", plain))


def _letters(text: str) -> int:
    """Letters of any script. Marks count, since scripts such as Thai write vowels with them."""
    return sum(unicodedata.category(c)[0] in "LM" for c in text)


def _has_no_words(message: str) -> bool:
    """One long run of Latin letters, random letters, or hardly any letters. Other scripts need no blanks."""
    shown = "".join(message.split())
    one_run = len(shown) == len(message.strip()) >= 30 and message.isascii()
    return one_run or _is_random(message) or (len(shown) >= 20 and _letters(shown) < len(shown) * 0.3)


def _is_random(text: str) -> bool:
    """Whether it is one word such as "kRtYpQwErT": programs send these to see what becomes of them."""
    word = text.strip()
    if len(word) < 10 or not (word.isascii() and word.isalpha()):
        return False
    turns = sum(a.islower() != b.islower() for a, b in pairwise(word))
    return turns >= 5 or bool(_CONSONANTS.search(word.casefold()))
