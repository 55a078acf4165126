"""Somebody who types whatever they like into our pages; and those pages taken apart to the letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

from caseintake.models import Submission
from mesoinfo.readable import readable
from tests.articles.public.seen import Element, seen

OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
FORM, MORE, MINE = "/free-case-review/", "/free-case-review/more/", "/my-request/"
# What stands on the desk and on the person's own page beside the fields that are typed in; without the message.
OF_THE_FORM = {"name": "Name", "phone": "Phone", "email": "Email"}
OF_MORE = {
    "told_more": "If there were more illnesses, when was each found?",
    "contact_work": "What kind of work was it?",
    "contact_states": "In which states?",
    "court_date": "If there is a court or claim date, when is it?",
    "language": "Which language do you speak best?",
    "family": "Whom in your family should we talk to, and how?",
}
# A piece of what somebody sent, as a page shows it: what stands beside the labels, and the message.
Piece = tuple[dict[str, str], str]


class Visitor(Client):
    """Asks as the server has the product asked (mesoinfo.wsgi)."""

    def request(self, **request: Any) -> Any:
        if "CONTENT_TYPE" in request:
            request["CONTENT_TYPE"] = readable(request["CONTENT_TYPE"])
        return super().request(**request)

    def send(self, address: str, fields: Mapping[str, Any]) -> Element:
        """Post the fields as a form of ours does; the page that comes back. It may say that this is too much."""
        answer = self.post(address, fields, headers=OURS)
        assert answer.status_code in (200, 413), answer.status_code
        return page_of(answer)


def page_of(answer: Any) -> Element:
    """The page as every parser reads it, its line breaks as ends of lines."""
    return seen(line_ends(answer.content.decode()).replace("<br>", "\n"))


def title_of(page: Element) -> str:
    return page.one("title").text


def is_refused(page: Element, address: str, typed: Mapping[str, str]) -> bool:
    """Whether it is the form of this address again: then with an error, and all that was typed, to the letter."""
    if not page.all("div", class_="error-summary"):
        return False
    assert title_of(page).startswith("Error: ")
    again = typed_in(page, address)
    assert {name: again[name] for name in typed} == {name: line_ends(words) for name, words in typed.items()}
    return True


def problems_in(page: Element, start: str) -> set[str]:
    """The fields that the page names as to be put right; `start` is what their ids start with."""
    links = [one["href"] for one in page.one("div", class_="error-summary").all("a")]
    return {link.removeprefix(f"#{start}-") for link in links if link.startswith(f"#{start}-")}


def typed_in(page: Element, address: str) -> dict[str, str]:
    """By name what stands in the fields to be typed in, or that are hidden, of the form sent to this address."""
    [form] = [one for one in page.all("form", method="post") if one["action"].startswith(address)]
    typed = {
        field["name"]: field["value"]
        for field in form.all("input")
        if field["type"] not in ("radio", "checkbox", "submit")
    }
    return typed | {field["name"]: text_in(field) for field in form.all("textarea")}


def text_in(field: Element) -> str:
    """What stands in a field of many lines: the end of a line that it begins with is none of it."""
    text = exact(field)
    assert text.startswith("\n"), "without one, the words would lose one of theirs"
    return text[1:]


def at_the_desk(desk: Client, submission: Submission) -> list[Piece]:
    """What the person wrote, and notes on it, as somebody of the desk opens it."""
    answer = desk.post(reverse("admin:caseintake_submission_open", args=[submission.ref]), {"purpose": "review"})
    assert answer.status_code == 200, answer.status_code
    pieces = page_of(answer).all("article", class_="cases-piece")
    return [(_shown_in(piece), "".join(map(exact, piece.all("p", class_="cases-text")))) for piece in pieces]


def on_their_page(visitor: Visitor, code: str) -> list[Piece]:
    """What the person wrote, as their own page shows it, which is the one to be printed."""
    pieces = visitor.send(MINE, {"code": code}).all("section", class_="sent")
    return [(_shown_in(piece), "".join(map(exact, piece.all("blockquote")))) for piece in pieces]


def exact(element: Element) -> str:
    """The text in it, with all its blanks."""
    return "".join(element.pieces)


def line_ends(text: str) -> str:
    """As every parser of pages reads them."""
    return re.sub("\r\n?", "\n", text)


def _shown_in(piece: Element) -> dict[str, str]:
    labels, values = piece.all("dt"), piece.all("dd")
    return {label.text: exact(value).strip() for label, value in zip(labels, values, strict=True)}
