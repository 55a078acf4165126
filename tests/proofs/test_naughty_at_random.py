"""Whatever could be sent at all: any letters of Unicode, halves of letters too, any fields, any bytes. No error page;
what is taken is kept as it was typed, what is refused is shown again, and the title says that it was.
"""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseintake.models import Submission
from caseintake.more_form import MoreForm
from mesoinfo.readable import BROKEN, readable
from tests.conftest import Tell
from tests.naughty import STRINGS, as_kept
from tests.size import examples

from .naughty_pages import (
    FORM,
    MINE,
    MORE,
    OF_MORE,
    OF_THE_FORM,
    OURS,
    Piece,
    Visitor,
    at_the_desk,
    is_refused,
    on_their_page,
    page_of,
    title_of,
)

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("intake")]


def tried(times: int) -> settings:
    """So many examples, the same in each run. All of a test share one visitor and one database."""
    return settings(
        max_examples=examples(times), derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


letters = st.characters()  # halves of pairs as well
text = st.one_of(st.text(letters, max_size=60), st.sampled_from(STRINGS))
message = st.one_of(text, st.text(letters, max_size=1500))
# What is taken unless a letter in it makes it too long; and what mostly is not.
typed_into_the_form = st.one_of(
    st.fixed_dictionaries(
        {
            "name": st.builds("N {}".format, st.text(letters, max_size=60)),
            "phone": st.builds("212 555 0199{}".format, st.text(letters, max_size=20)),
            "email": st.sampled_from(["pat@example.org", "", "\x9f pat@exa\u0308mple.org\r\n"]),
            "message": message,
        }
    ),
    st.fixed_dictionaries(dict.fromkeys((*OF_THE_FORM, "message"), text)),
)
typed_into_more = st.fixed_dictionaries(dict.fromkeys(OF_MORE, text) | {"message": message})
fields = st.dictionaries(
    st.one_of(
        text, st.sampled_from([*MoreForm.base_fields, *OF_THE_FORM, "start", "do", "kind", "sure", "need", "who"])
    ),
    st.one_of(text, st.lists(text, max_size=3)),
    max_size=8,
)
content_types = st.one_of(
    st.sampled_from(["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", ""]),
    st.text(st.characters(max_codepoint=255), max_size=40),
    st.lists(
        st.sampled_from(
            [*";*='\"\\, ()<>", "a", "0", "1", "%00", "%ff", "''", "utf-8", "hex", "charset", "boundary", "="]
        ),
        max_size=16,
    ).map(lambda pieces: "multipart/form-data; " + "".join(pieces)),
)
parts = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from(
            [
                b"--x",
                b"--x--",
                b"\r\n",
                b"\r\n\r\n",
                b'Content-Disposition: form-data; name="name"',
                b"; filename=",
                b"*=",
                b"*0=",
            ]
        ),
    ),
    max_size=25,
).map(b"".join)
bodies = st.one_of(st.binary(max_size=400), parts)


def arrives(typed: str) -> str:
    """As the words come out of UTF-8, which has no halves of letters."""
    return typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def post(visitor: Visitor, address: str, sent: dict[str, Any]) -> Any:
    """As a browser sends it, or a program that knows of no rules."""
    body = urlencode(sent, doseq=True, encoding="utf-8", errors="surrogatepass")
    answer = visitor.generic("POST", address, body, "application/x-www-form-urlencoded", headers=OURS)
    assert answer.status_code < 500, answer.status_code
    return answer


def kept_by(typed: dict[str, str], labels: dict[str, str]) -> Piece:
    """As a page shows it."""
    shown = {label: as_kept(typed[name]) for name, label in labels.items() if as_kept(typed[name])}
    return shown, as_kept(typed["message"], lines=True)


def of(labels: dict[str, str], piece: Piece) -> Piece:
    """Without what else the page shows."""
    shown, message = piece
    return {label: words for label, words in shown.items() if label in labels.values()}, message


def test_any_words_are_kept_as_they_were_typed_or_shown_again(visitor: Visitor, lead: Visitor, tell: Tell) -> None:
    taken: list[str] = []
    number = count()

    @tried(200)
    @given(typed_into_the_form, typed_into_more)
    def holds(first: dict[str, str], second: dict[str, str]) -> None:
        first, second = ({name: arrives(words) for name, words in typed.items()} for typed in (first, second))
        # The same answers again would be a repeat of what others added to already.
        first["message"] += f"\n{next(number)}"
        page = page_of(post(visitor, FORM, first | {"who": "me", "consent_use": "on"}))
        if is_refused(page, FORM, first):
            return
        code = page.all("input", name="code")[0]["value"]
        expected = [kept_by(first, OF_THE_FORM)]
        if not is_refused(page_of(post(visitor, MORE, second | {"code": code})), MORE, second):
            expected.append(kept_by(second, OF_MORE))
        reference = page.one("p", class_="reference").one("strong").text
        submission = Submission.objects.get(ref=reference)
        for pieces in (on_their_page(visitor, code), at_the_desk(lead, submission)):
            assert len(pieces) == len(expected)
            assert [
                of(labels, piece) for labels, piece in zip((OF_THE_FORM, OF_MORE), pieces, strict=False)
            ] == expected
        taken.append(reference)

    holds()
    assert len(taken) > examples(200) // 5, "enough was taken to say so"
    tell(f"{examples(200)} requests of any words: {len(taken)} taken and read back as typed, the rest shown again.")


def test_any_fields_are_answered(visitor: Visitor, tell: Tell) -> None:
    @tried(600)
    @given(st.sampled_from([FORM, MORE, MINE, "/feedback/", "/admin/login/"]), fields)
    def holds(address: str, sent: dict[str, Any]) -> None:
        answer = post(visitor, address, sent)
        # To start is to be shown the form for the first time.
        if address in (FORM, MORE, MINE) and "start" not in sent:
            assert title_of(page_of(answer)).startswith("Error: ")

    holds()
    tell(f"{examples(600)} sets of any fields: each answered.")


def test_any_bytes_are_answered(visitor: Visitor, tell: Tell) -> None:
    @tried(800)
    @given(st.sampled_from([FORM, MORE, MINE, "/feedback/", "/admin/login/"]), content_types, bodies)
    def holds(address: str, content_type: str, body: bytes) -> None:
        answer = visitor.generic("POST", address, body, content_type, headers=OURS)
        assert answer.status_code < 500, answer.status_code
        if address in (FORM, MORE, MINE) and answer.status_code != 413:
            assert title_of(page_of(answer)).startswith("Error: ")

    holds()
    tell(f"{examples(800)} bodies of any bytes: each answered.")


def test_any_address_is_answered(visitor: Visitor, holder: Visitor, tell: Tell) -> None:
    places = st.sampled_from(["/", "/search/", "/people/", "/a/", MORE, "/admin/", "/admin/caseintake/submission/"])

    @tried(300)
    @given(places, text, st.dictionaries(st.sampled_from(["q", "page", "need", "topic", "o", "next"]), text))
    def holds(place: str, below: str, asked: dict[str, str]) -> None:
        query = urlencode(asked, encoding="utf-8", errors="surrogatepass")
        path = quote(below.encode("utf-8", "surrogatepass")[:2000])
        for browser in (visitor, holder):
            assert browser.get(f"{place}{path}?{query}").status_code < 500
            assert browser.get(f"{place}?{query}").status_code < 500

    holds()
    tell(f"{examples(300)} addresses of any letters, by a visitor and an advocate: each answered.")


@tried(4000)
@given(content_types)
def test_any_header_of_content_is_ours_or_broken(content_type: str) -> None:
    assert readable(content_type) in (content_type, BROKEN)
