"""Every sentence that people read before, while and after they ask for help: short, and in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from articles.markup.reading_grade import grade, words_in
from articles.markup.sentences import sentences
from caseintake import more_form, person, person_views, views
from caseintake.accept import NotSaved
from caseintake.models import ConsentText, Submission
from mesoinfo import vault

from .conftest import REQUEST

pytestmark = pytest.mark.django_db

FORM, MORE, MINE = "/free-case-review/", "/free-case-review/more/", "/my-request/"
MOST_GRADE, MOST_WORDS = 6, 20
# The formula was made for passages: a line of few words has any grade, and is weighed with its page.
ENOUGH_WORDS = 8
BANNED = ("invalid", "mandatory", "victim", "claimant", "decedent", "suffer")


class Texts(HTMLParser):
    """The texts in the main part of a page, each with all that is in it: paragraphs, labels, headings and so on.

    Not what a person wrote, and not the words of a code, which are drawn by lot.
    """

    BLOCKS = {"p", "label", "legend", "h1", "h2", "h3", "li", "option", "button", "dt", "title"}
    LEFT_OUT = {"ol", "dd", "blockquote", "textarea", "script", "nav"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "main":
            self.inside = True
        if tag in self.BLOCKS and "ol" not in self.open:
            self.found.append("")
        if tag in self.BLOCKS | self.LEFT_OUT:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.inside = False
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        reads = (self.inside or "title" in self.open) and "ol" not in self.open
        if reads and self.open and self.open[-1] in self.BLOCKS:
            self.found[-1] += data


def texts(html: str) -> list[str]:
    # However many figures it has by chance, a reference is one word, and a time is one, whenever the tests run.
    found = (re.sub(r"CR-\w{5}-\w{5}", "CR", " ".join(found.split())) for found in Texts(html).found)
    return [re.sub(r"\d+:\d\d (?=[ap]\.m\.)", "9 ", text) for text in found if text]


def plainly(html: str) -> str:
    """The page without what the person wrote themselves, which may be as hard as they like."""
    for own in (str(REQUEST["name"]), "1492", "zzzz", "<b>"):
        html = html.replace(own, "")
    return html


def raising(error: Exception) -> Callable[..., None]:
    """A function that always raises this."""

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    return fail


@pytest.fixture
def pages(site: object, client: Client, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The texts of every page, and of every answer to what can go wrong on it."""
    found: dict[str, str] = {}

    def post(name: str, address: str, sent: Mapping[str, object], **headers: Any) -> str:
        found[name] = plainly(client.post(address, sent, **headers).content.decode())
        return found[name]

    found["form"] = client.get(FORM).content.decode()
    found["form for other help"] = client.get(f"{FORM}?need=support_group").content.decode()
    post("nothing filled in", FORM, {})
    long = {"name": "z" * 101, "phone": "123", "email": "pat@", "message": "z" * 5000, "consent_use": "f" * 64}
    post("all filled in wrongly", FORM, {**REQUEST, **long})
    post("asked for a call without a number", FORM, REQUEST | {"phone": "", "reply_by": ["call", "text"]})
    post("asked for an email without one", FORM, REQUEST | {"email": "", "reply_by": ["email"]})
    post("from another website", FORM, REQUEST, HTTP_SEC_FETCH_SITE="cross-site")
    post("more than the form takes", FORM, {f"x{number}": "1" for number in range(61)})
    answer = post("confirmation", FORM, REQUEST | {"message": "My number is 123-45-6789."})
    code = re.search(r'name="code" value="([a-z ]+)"', answer)[1]  # type: ignore[index]
    post("confirmation again", FORM, REQUEST | {"message": "My number is 123-45-6789."})
    post("in despair", FORM, REQUEST | {"message": "I want to die"})
    post("in danger", FORM, REQUEST | {"message": "I cannot breathe"})

    found["part b"] = client.get(MORE).content.decode()
    post("part b, code there", MORE, {"start": "yes", "code": code})
    years = dict.fromkeys(("died_year", "told_year", "stopped_year", "first_year", "last_year"), "1492")
    long_lines = dict.fromkeys(("told_more", "contact_work", "contact_states", "language", "family"), "z" * 300)
    post("part b, all wrong", MORE, {"code": "zzzz", "message": "z" * 5000, **years, **long_lines})
    post("part b, years", MORE, {"code": code, "first_year": "1990", "last_year": "1980"})
    with monkeypatch.context() as in_november:
        today = datetime(2026, 11, 23, tzinfo=UTC)
        in_november.setattr(more_form, "timezone", SimpleNamespace(now=lambda: today))
        post("part b, ahead", MORE, {"code": code, "died_month": "12", "died_year": "2026"})
    post("part b, nothing", MORE, {"code": code})
    post("part b, unknown code", MORE, {"code": "abandon " * 12, "message": "more"})
    post("part b, another website", MORE, {"code": code, "message": "more"}, HTTP_SEC_FETCH_SITE="cross-site")
    post("added", MORE, {"code": code, "message": "more", "illness": "mesothelioma"})

    found["my request"] = client.get(MINE).content.decode()
    for name, typed in {"none": "", "few": "abandon", "wrong": "zzzz", "unknown": "abandon " * 12}.items():
        post(f"my request, code {name}", MINE, {"code": typed})
    post("my request, another website", MINE, {"code": code}, HTTP_SEC_FETCH_SITE="cross-site")
    post("my request, open", MINE, {"code": code})
    post("my request, sure?", MINE, {"code": code, "do": "erase"})
    take_back = {"code": code, "do": "withdraw", "kind": "use_to_reply"}
    post("my request, take back?", MINE, take_back)
    post("my request, taken back", MINE, take_back | {"sure": "yes"})
    post("added after that", MORE, {"code": code, "message": "even more"})
    post("my request, reference typed", MINE, {"code": Submission.objects.latest("received_at").ref})
    with monkeypatch.context() as away:
        away.setattr(views, "accept", raising(NotSaved("no-space")))
        away.setattr(person_views, "amend", raising(NotSaved("no-space")))
        away.setattr(person, "open_own", raising(DatabaseError()))
        post("not saved", FORM, REQUEST | {"message": "another"})
        post("part b, not saved", MORE, {"code": code, "message": "more"})
        post("my request, database away", MINE, {"code": code})
        away.setattr(person_views, "amend", lambda *args, **kwargs: None)
        post("added to the spool", MORE, {"code": code, "message": "more"})
    with monkeypatch.context() as damaged:
        damaged.setattr(vault, "unlock", raising(vault.VaultRefused("damaged", "It was changed.")))
        post("my request, damaged", MINE, {"code": code})
    post("my request, deleted", MINE, {"code": code, "do": "erase", "sure": "yes"})
    # Lawyers wrote these.
    agreed = {text.body for text in ConsentText.objects.all()}
    shown = {name: [text for text in texts(html) if text not in agreed] for name, html in found.items()}
    return shown | {"where it stands": [*person.STANDING.values(), person.TAKEN_BACK]}


def test_each_page_and_each_longer_text_asks_for_six_years_of_school_at_most(pages):
    hard = [(name, round(grade(found), 1)) for name, found in pages.items() if grade(found) > MOST_GRADE]
    assert hard == []
    longer = {text for found in pages.values() for text in found if len(words_in(text)) >= ENOUGH_WORDS}
    assert len(longer) > 60, "the pages were not read"
    assert {text: grade([text]) for text in longer if grade([text]) > MOST_GRADE} == {}


def test_each_sentence_has_twenty_words_at_most(pages):
    for name, found in pages.items():
        for text in found:
            for start, end in sentences(text):
                assert len(words_in(text[start:end])) <= MOST_WORDS, f"{name}: {text[start:end]}"


def test_no_word_blames_or_sounds_like_an_office(pages):
    for name, found in pages.items():
        words = {word.lower() for text in found for word in words_in(text)}
        assert not {word for word in words if word.startswith(BANNED)}, name


def test_what_can_go_wrong_did_go_wrong_on_these_pages(pages):
    for name, sentence in {
        "all filled in wrongly": "Your message is 1,000 letters too long.",
        "from another website": "This came to us from another website",
        "not saved": "Something is wrong on our side.",
        "in despair": "People answer day and night.",
        "part b, all wrong": "This is 100 letters too long.",
        "part b, years": "The last year is before the first.",
        "part b, ahead": "That date is in the future.",
        "my request, take back?": "Shall we stop?",
        "my request, reference typed": "That is your reference.",
        "added after that": "nobody will get in touch",
        "part b, nothing": "You have not added anything yet.",
        "part b, not saved": "We could not save this yet.",
        "my request, database away": "We cannot look this up right now.",
        "my request, damaged": "Your copy of this does not open.",
        "added to the spool": "It is locked and safe.",
        "my request, deleted": "Your request is deleted",
    }.items():
        assert any(sentence in text for text in pages[name]), (name, sentence)
