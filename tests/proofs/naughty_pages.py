"""Pages taken apart to the letter: what stands in their fields, and what they show beside a label."""

from __future__ import annotations

import re

from django.test import Client

from mesoinfo.readable import readable
from tests.articles.public.seen import Element, seen

OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
FORM, MORE, MINE = "/free-case-review/", "/free-case-review/more/", "/my-request/"


class Visitor(Client):
    """Asks as the server has the product asked (mesoinfo.wsgi)."""

    def request(self, **request):
        if "CONTENT_TYPE" in request:
            request["CONTENT_TYPE"] = readable(request["CONTENT_TYPE"])
        return super().request(**request)


def page_of(answer) -> Element:
    """The page as every parser reads it, its line breaks as ends of lines."""
    return seen(line_ends(answer.content.decode()).replace("<br>", "\n"))


def title_of(page: Element) -> str:
    return page.one("title").text


def typed_in(page: Element, form: str = "") -> dict[str, str]:
    """By name what stands in the fields to be typed in, or that are hidden, of the form sent to this address."""
    [found] = [one for one in page.all("form", method="post") if one["action"].startswith(form)]
    typed = {
        field["name"]: field["value"]
        for field in found.all("input")
        if field["type"] not in ("radio", "checkbox", "submit")
    }
    # A parser of pages leaves out the first end of a line in a field of many.
    return typed | {field["name"]: exact(field).removeprefix("\n") for field in found.all("textarea")}


def shown_in(part: Element) -> dict[str, str]:
    """By label what a list of answers shows."""
    labels, values = part.all("dt"), part.all("dd")
    return {label.text: exact(value).strip() for label, value in zip(labels, values, strict=True)}


def exact(element: Element) -> str:
    """The text in it, with all its blanks."""
    return "".join(element.pieces)


def line_ends(text: str) -> str:
    """As every parser of pages reads them."""
    return re.sub("\r\n?", "\n", text)
