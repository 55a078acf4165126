"""What an answer says of a link: it works, it moved, nothing is there, it was not reached, or nobody can tell.

A link called dead that is not costs a reviewer an hour and a page its badge, so whatever a machine cannot know is
“cannot tell”: publishers turn machines away (403, 429), and some sites show the same page to every address.

A page that is not there but is answered with 200 (a “soft 404”) gives itself away by what it leads to, by what it says,
or by being what the same host answers to an address that cannot exist. The last is the strongest test, and not enough
by itself: a site that runs on scripts sends the same shell to every address, and so does one that asks for consent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lxml import etree
from rapidfuzz import fuzz

from articles.markup.findings import shortened
from citations.fetching import Answer, NoAnswer, NoSuchHost, NotAsked


class Verdict(Enum):
    WORKS = "works"
    MOVED = "moved"  # for good, to an address that works
    GONE = "gone"  # nothing is there
    NOT_REACHED = "not reached"  # the site is down, too slow, or cannot prove who it is
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Judgment:
    """A verdict, what is wrong in a sentence, and the new address of what moved."""

    verdict: Verdict
    reason: str = ""
    moved_to: str = ""

    @property
    def is_failure(self) -> bool:
        return self.verdict in (Verdict.GONE, Verdict.NOT_REACHED)


# Who says so has looked the identifier up: it exists, whatever the publisher behind it lets a machine see.
RESOLVERS = frozenset({"doi.org", "dx.doi.org", "hdl.handle.net"})
HTML = ("text/html", "application/xhtml+xml")
ALIKE = 95.0  # of 100: dates and advertisements differ between two answers of one page
LOOKED_AT = 20_000  # characters of a page


@dataclass(frozen=True)
class Seen:
    """What of a page a reader would see at first."""

    title: str
    heading: str
    text: str

    @property
    def titles(self) -> list[str]:
        """The title, and its parts: most sites add their name."""
        return [*_BETWEEN_TITLES.split(self.title), self.title]

    def says_not_found(self) -> str:
        """The title, a part of it, or the first heading, if it says nothing but that the page is not there."""
        return next((part for part in (*self.titles, self.heading) if _says_not_found(part)), "")

    def hints_at_not_found(self) -> bool:
        """Whether it says so somewhere among other words, which a page about something else may do as well."""
        words = f" {_plain(f'{self.title} {self.heading} {self.text}')} "
        return any(f" {phrase} " in words for phrase in (*_NOT_FOUND, *_ELSEWHERE))


@dataclass(frozen=True)
class Nowhere:
    """What a host shows, as if something were there, at an address that cannot exist."""

    url: str
    seen: Seen


def judge(address: str, answer: Answer, nowhere: Nowhere | None = None) -> Judgment:
    """What this answer to a GET of `address` says. `nowhere`: what the same host shows at an address that cannot exist;
    None where it shows nothing, or nobody asked.
    """
    found = (
        _by_status(answer)
        or _by_where_it_leads(address, answer, nowhere)
        or _by_what_it_says(answer, nowhere)
        or _fine(address, answer)
    )
    led_on = urlsplit(address).hostname in RESOLVERS and urlsplit(answer.url).hostname not in RESOLVERS
    return _fine(address, answer) if found.verdict is Verdict.CANNOT_TELL and led_on else found


def shown_at_nowhere(answer: Answer) -> Nowhere | None:
    """What a host shows that answered so to an address that cannot exist. None if it says that nothing is there."""
    return Nowhere(answer.url, _see(answer)) if _is_good(answer) else None


def judge_no_answer(error: NoAnswer) -> Judgment:
    """What it says of a link that nothing came back."""
    reason = str(error).removesuffix(" Try again later.")
    if isinstance(error, NotAsked):
        return Judgment(Verdict.CANNOT_TELL, reason)
    if isinstance(error, NoSuchHost):
        host = reason.partition(" cannot be found")[0]
        return Judgment(Verdict.GONE, f"{host} cannot be found: no site has that name.")
    return Judgment(Verdict.NOT_REACHED, reason)


def is_enough(address: str, answer: Answer) -> bool:
    """Whether this answer to a HEAD is enough: something is there, right there, and it is no page that could say
    “not found”. Or we were told that we ask too often.
    """
    is_there = _is_good(answer) and answer.url == address
    return answer.status == 429 or (is_there and _is_other_than_html(answer))


def calls_for_nowhere(address: str, answer: Answer) -> bool:
    """Whether it helps to know what the host answers to an address that cannot exist: not of a home page."""
    is_page = _is_good(answer) and not _is_other_than_html(answer)
    return is_page and not _is_home(urlsplit(address))


def site_to_compare(address: str, answer: Answer) -> str:
    """The start of an address on the site that should have had what `address` names: https://example.org."""
    own = urlsplit(address)
    parts = urlsplit(answer.url) if own.hostname in RESOLVERS else own
    return f"{parts.scheme}://{parts.netloc}"


def _is_good(answer: Answer) -> bool:
    return answer.status in range(200, 300)


def _fine(address: str, answer: Answer) -> Judgment:
    moved_to = answer.moved_to.partition("#")[0]
    if moved_to and moved_to != address:
        return Judgment(Verdict.MOVED, moved_to=moved_to)
    return Judgment(Verdict.WORKS)


# By the status


_SAYS = {
    401: "The site asks whoever comes to sign in (401).",
    402: "The site asks for payment (402).",
    404: "The site says that nothing is at this address (404).",
    410: "The site says that what was at this address is gone for good (410).",
    429: "The site turns machines away: it was asked too often (429).",
    451: "The site keeps this page back for legal reasons (451).",
}


def _by_status(answer: Answer) -> Judgment | None:
    status = answer.status
    if _is_good(answer):
        return None
    if status in (404, 410):
        return Judgment(Verdict.GONE, _SAYS[status])
    # A wall in front of the site sends it too, with 503.
    if status in range(500, 600) and "cf-mitigated" not in answer.headers:
        return Judgment(Verdict.NOT_REACHED, f"The site answers that it has a fault of its own ({status}).")
    return Judgment(Verdict.CANNOT_TELL, _SAYS.get(status, f"The site turns machines away ({status})."))


# By where it leads


_ERROR_PAGES = frozenset(
    {
        "404", "404-error", "404-not-found", "404-page-not-found", "404error", "410", "error", "error-404", "error404",
        "errorpage", "error-page", "missing-page", "not-found", "not_found", "notfound", "page-not-found",
        "page_not_found", "pagenotfound",
    }
)  # fmt: skip
_SIGN_IN = frozenset({"login", "log-in", "signin", "sign-in", "sso"})
_HOMES = frozenset({"index", "home", "homepage", "default", "main", "start", "welcome"})
_LANGUAGE = re.compile(r"[a-z]{2}([-_][a-z]{2})?")


def _by_where_it_leads(address: str, answer: Answer, nowhere: Nowhere | None) -> Judgment | None:
    asked, reached = urlsplit(address), urlsplit(answer.url)
    if (asked.hostname, asked.path, asked.query) == (reached.hostname, reached.path, reached.query):
        return None
    if _last_name(reached) in _ERROR_PAGES and _last_name(asked) not in _ERROR_PAGES:
        return Judgment(Verdict.GONE, f"It leads to a page for errors: {answer.url}")
    if not _is_home(asked):
        if _is_home(reached) and _site(asked) == _site(reached):
            return Judgment(Verdict.GONE, f"It leads to the home page of {reached.hostname} instead.")
        if nowhere is not None and nowhere.url == answer.url:
            return Judgment(Verdict.GONE, f"It leads to {answer.url}, as an address made up by us does.")
    if _last_name(reached) in _SIGN_IN and _last_name(asked) not in _SIGN_IN:
        return Judgment(Verdict.CANNOT_TELL, f"The site asks whoever comes to sign in: {answer.url}")
    return None


def _names(parts: SplitResult) -> list[str]:
    return [name for name in parts.path.lower().split("/") if name]


def _last_name(parts: SplitResult) -> str:
    return (_names(parts) or [""])[-1].partition(".")[0]


def _is_home(parts: SplitResult) -> bool:
    names = _names(parts)
    if parts.query or len(names) > 2:
        return False
    return all(name.partition(".")[0] in _HOMES or _LANGUAGE.fullmatch(name) for name in names)


def _site(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


# By what it says


# A title that has one of these and is made of no other words than those below.
_NOT_FOUND = (
    "404", "410", "not found", "be found", "cannot find", "can t find", "couldn t find", "could not find", "not exist",
    "doesn t exist", "no longer exists", "no longer available", "not available", "page unavailable", "page missing",
)  # fmt: skip
_ERROR_WORDS = (
    "404 410 a all an any anymore apologies are article at available be been but can cannot code content could couldn "
    "deleted did document does doesn error exist exists file find following for found gone has have haven here http i "
    "if is isn it item longer looking missing moved no not of oh on oops or our page pages post product publication re "
    "record removed requested resource s site sorry status such t that the there this to topic trying uh unable "
    "unavailable url view was wasn we web webpage website were what whoops you your"
)
_WORDS_OF_ERRORS = frozenset(_ERROR_WORDS.split())
_ELSEWHERE = (
    "seite nicht gefunden", "page introuvable", "page non trouvée", "página no encontrada", "página não encontrada",
    "pagina non trovata", "pagina niet gevonden", "sidan hittades inte", "siden blev ikke fundet",
)  # fmt: skip
# Walls against machines, in the titles that they have.
_WALLS = frozenset({
    "just a moment", "attention required", "access denied", "checking your browser", "are you a robot",
    "are you a human", "human verification", "verify you are human", "security check", "pardon our interruption",
    "client challenge", "request rejected", "captcha", "bot verification", "ddos guard", "validate user",
})  # fmt: skip
# Not a colon: titles of articles have those.
_BETWEEN_TITLES = re.compile(r"\s*[|»·•]\s+|\s+[–—-]\s+")
_NOT_A_WORD = re.compile(r"[\W_]+")


def _by_what_it_says(answer: Answer, nowhere: Nowhere | None) -> Judgment | None:
    if _is_other_than_html(answer):
        return None
    seen = _see(answer)
    if any(_plain(part) in _WALLS for part in seen.titles):
        return Judgment(Verdict.CANNOT_TELL, "The site turns machines away: it asks whether a person has come.")
    if said := seen.says_not_found():
        return Judgment(Verdict.GONE, f"The site answers as if all were well, and its page says “{shortened(said)}”.")
    if nowhere is not None and _are_alike(seen, nowhere.seen):
        if seen.hints_at_not_found():
            return Judgment(
                Verdict.GONE, "The site shows its page for what is not there, the same as for an address made up by us."
            )
        return Judgment(
            Verdict.CANNOT_TELL, "The site shows the same page to a machine, whatever the address, even one made up."
        )
    return None


def _says_not_found(part: str) -> bool:
    words = _plain(part)
    if words in _ELSEWHERE:
        return True
    return any(f" {phrase} " in f" {words} " for phrase in _NOT_FOUND) and set(words.split()) <= _WORDS_OF_ERRORS


def _are_alike(one: Seen, other: Seen) -> bool:
    same_names = (one.title, one.heading) == (other.title, other.heading)
    return same_names and fuzz.ratio(one.text, other.text, score_cutoff=ALIKE) > 0


def _plain(words: str) -> str:
    return _NOT_A_WORD.sub(" ", words.lower()).strip()


def _is_other_than_html(answer: Answer) -> bool:
    """Whether it says that it is something else; what says nothing may be HTML."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(kind) and kind not in HTML


def _see(answer: Answer) -> Seen:
    """Read any page, however badly it is made. Not by Python's own parser, which one bad page keeps busy for hours."""
    page = etree.fromstring(answer.text.encode(), etree.HTMLParser(encoding="utf-8"))
    if page is None:
        return Seen("", "", "")
    title, heading = (_words_of(page.find(f".//{tag}")) for tag in ("title", "h1"))
    etree.strip_elements(page, "script", "style", "template", "title", with_tail=False)
    return Seen(title, heading, _words_of(page)[:LOOKED_AT])


def _words_of(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
