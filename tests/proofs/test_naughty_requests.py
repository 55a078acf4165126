"""Whatever a request is made of, it is answered, and never with an error page: names of fields, files, headers, types
of content and broken bodies, addresses and what is asked of them, on public pages and on the desk.
"""

from __future__ import annotations

from itertools import count, cycle, product
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.urls import URLPattern

from caseintake.models import Submission
from mesoinfo.models import User
from mesoinfo.roles import ROLES
from tests.conftest import a_user
from tests.naughty import FEW, STRINGS, WORST
from tests.size import sized

from .naughty_pages import FORM, MINE, MORE, OURS, Visitor, page_of, title_of

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("intake")]

SENT_TO = (FORM, MORE, MINE, "/feedback/", "/admin/login/")
EACH = sized(STRINGS, [*FEW[::12], WORST])
HEADERS = (
    "REFERER", "ORIGIN", "USER_AGENT", "X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST", "FORWARDED",
    "COOKIE", "ACCEPT", "ACCEPT_LANGUAGE", "ACCEPT_ENCODING", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "RANGE",
    "SEC_FETCH_SITE", "X_REQUESTED_WITH", "X_CSRFTOKEN", "CONTENT_ENCODING", "TRANSFER_ENCODING", "EXPECT",
)  # fmt: skip
TYPES = (
    "", ";", "\xff", "x" * 5000, "text/plain", "application/json", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\xe9",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary*=utf-8''x", "multipart/form-data; boundary=x; a*=b; a*0=c",
    "multipart/form-data; boundary=x",
    *(
        f"{kind}; charset{named}"
        for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain")
        for named in (
            "=utf-8", "=utf-16", "=utf-7", "=unicode_escape", "=raw_unicode_escape", "=hex", "=rot13", "=idna",
            "=punycode", "=undefined", "=zlib", "=\0", "=", "*=nobody''x", "*=utf-8''%00", "*=hex''00",
        )
    ),
)  # fmt: skip
PART = b"\r\n\r\nwords\r\n--x--\r\n"
BODIES = (
    b"",
    b"\0",
    b"&&&===;;;",
    b"name=%",
    b"name=%zz%u1234%ff%ed%a0%80%c0%80%00&%00=%00",
    "name=\ud800&n\ud800=1".encode("utf-8", "surrogatepass"),
    b"name=" + bytes(range(256)),
    b"&".join(b"a%d=1" % number for number in range(1999)),
    b"--x",
    b"--x\r\n",
    b"--x--",
    b"--x\r\n\r\n\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: form-data; name" + PART,
    b'--x\r\nContent-Disposition: form-data; name="name\\ud800"\r\n\r\n\\ud800 +2AA-\r\n--x--\r\n',
    b"--x\r\nContent-Disposition: form-data; name*=nobody''name" + PART,
    b"--x\r\nContent-Disposition: form-data; name*=name; name*0=more" + PART,
    b'--x\r\nContent-Disposition: form-data; name="name"\r\nContent-Transfer-Encoding: base64' + PART,
    b'--x\r\nContent-Disposition: form-data; name="name"\r\nContent-Transfer-Encoding: nobody' + PART,
    b'--x\r\nContent-Disposition: form-data; name="name"; filename="\0\xff\r\nA: b"\r\nContent-Type: ;;;' + PART,
    b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\nContent-Transfer-Encoding: base64' + PART,
    b"--x\r\n" + b"A: b\r\n" * 500 + PART,
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nnever ends',
)
COOKIES: list[dict[str, Any]] = [
    {"HTTP_COOKIE": cookie}
    for cookie in (
        'sessionid="\\000aaaaaaaaaa"; csrftoken="\\000"',
        'sessionid="\\012\\015aaaaaaaaaa"',
        "sessionid=\xff\xfe; ;=;",
    )
]
ASKED_OF_THE_DESK = (
    "q", "p", "page", "o", "e", "all", "standing", "risk", "why", "sort", "month", "period", "show", "format", "with",
    "since", "rule", "line", "article", "_popup", "_changelist_filters",
)  # fmt: skip
LENGTHS = ("\xb2", "9" * 5000, "-1", "1_0", " 5 ", "five", "1e3")


@pytest.fixture
def everybody(db: None) -> Visitor:
    """A browser of somebody who may do everything on the desk."""
    user = User.objects.create_superuser("root@example.org", "a long enough password", name="Root")
    desk = Visitor()
    for role in ROLES:
        user.groups.add(*a_user(role, email=f"{quote(role)}@example.org").groups.all())
    desk.force_login(user)
    return desk


def sendable(words: str) -> str:
    """As a header brings it to the product: of controls a server lets none but the tab through."""
    return "".join(c for c in words.encode().decode("latin-1") if c.isprintable() or c == "\t" or ord(c) >= 128)


def expect_an_answer(answer: Any, *details: object) -> None:
    assert answer.status_code < 500, (answer.status_code, *details)


def test_any_names_of_fields_and_files_are_answered(visitor: Visitor) -> None:
    for address, words in zip(cycle(SENT_TO), EACH, strict=False):
        expect_an_answer(visitor.post(address, {words: words, f"{words}[]": "1"}, headers=OURS), words)
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{words}"\r\nContent-Type: {words}\r\n\r\n'
            for name in (words, "name", "message", "code", "do", "page", "username")
        ]
        body = "".join(f"{part}{words}\r\n" for part in parts) + "--x--\r\n"
        answer = visitor.post(address, body.encode(), "multipart/form-data; boundary=x", headers=OURS)
        expect_an_answer(answer, words)


@pytest.mark.parametrize("content_type", sized(TYPES, TYPES[::6]), ids=count())
def test_any_type_of_content_and_any_body_are_answered(visitor: Visitor, content_type: str) -> None:
    for address, body in zip(cycle(SENT_TO), sized(BODIES, BODIES[::5]), strict=False):
        answer = visitor.generic("POST", address, body, content_type, headers=OURS)
        expect_an_answer(answer, address, body)
        if address in (FORM, MORE, MINE):
            assert title_of(page_of(answer)).startswith("Error: ")
    for address in SENT_TO:
        asked = "q=%5Cud800&need=%5Cud800&page=%5Cud800"
        expect_an_answer(visitor.get(f"{address}?{asked}", CONTENT_TYPE=content_type), address)
    assert not Submission.objects.exists()


def test_any_announced_length_is_answered(visitor: Visitor) -> None:
    for address, length in product(SENT_TO, LENGTHS):
        answer = visitor.post(address, {"name": "Pat"}, CONTENT_LENGTH=length, headers=OURS)
        expect_an_answer(answer, address, length)


def test_any_headers_are_answered(visitor: Visitor) -> None:
    places = (*SENT_TO, "/search/", "/admin/")
    fields = {"username": "nobody@example.org", "password": "x", "name": "Pat"}
    said: list[dict[str, Any]] = [{f"HTTP_{name}": sendable(words) for name in HEADERS} for words in EACH]
    for address, headers in [*zip(cycle(places), said, strict=False), *product(places, COOKIES)]:
        expect_an_answer(visitor.get(address, **headers), address, headers)
        expect_an_answer(visitor.post(address, fields, **headers), address, headers)


@pytest.mark.parametrize("words", sized(EACH[::4], EACH[-2:]), ids=count())
def test_any_address_and_any_question_are_answered(visitor: Visitor, everybody: Visitor, words: str) -> None:
    piece = quote(words, safe="")[:6000]
    asked = urlencode(dict.fromkeys(("q", "page", "topic", "exact", "need", "next", "sort", "format"), words))
    for address in ("", "people/", "glossary/", "free-case-review/", "a/", "a/b/", "media/", "search/", "feedback/"):
        expect_an_answer(visitor.get(f"/{address}{piece}/"), address)
        expect_an_answer(visitor.get(f"/{address}{piece}"), address)
    for address in (FORM, MORE, MINE, "/search/", "/search/suggestions/", "/feedback/thank-you/", "/"):
        expect_an_answer(visitor.get(f"{address}?{asked}"), address)
        expect_an_answer(visitor.get(f"{address}?{piece}={piece}&{piece}"), address)
    for address in ("", "articles/article/", "caseintake/submission/", "caseintake/submission/CR-7K2M9-X4T1Q/"):
        expect_an_answer(everybody.get(f"/admin/{address}{piece}/", follow=True), address)
        expect_an_answer(everybody.post(f"/admin/{address}{piece}/", {"text": words}), address)
    assert everybody.post("/admin/caseintake/submission/find/", {"reference": words}).status_code == 404
    for address in ("https://", "//", "/admin/", ""):
        fields = {"username": words, "password": words, "next": f"{address}{words}"}
        expect_an_answer(visitor.post(f"/admin/login/?{asked}", fields), words)


def desk_addresses() -> list[str]:
    """Every page of the desk that is reached without naming a thing."""
    found = []
    for one in admin.site.get_urls():
        inner = [one] if isinstance(one, URLPattern) else one.url_patterns
        before = "" if isinstance(one, URLPattern) else str(one.pattern)
        found += [f"{before}{pattern.pattern}" for pattern in inner]
    return sorted(
        {f"/admin/{address}" for address in found if "<" not in address and "(?P" not in address and "^" not in address}
    )


def test_every_page_of_the_desk_answers_any_question(everybody: Visitor) -> None:
    for number, address in enumerate(sized(desk_addresses(), desk_addresses()[::4])):
        for words in sized(STRINGS[number % 10 :: 10], [WORST]):
            asked = urlencode(dict.fromkeys(ASKED_OF_THE_DESK, words))
            expect_an_answer(everybody.get(f"{address}?{asked}", follow=True), address, words)


def test_every_form_of_the_desk_answers_any_words(everybody: Visitor) -> None:
    for address in sized(desk_addresses(), desk_addresses()[::4]):
        if "logout" in address:
            continue
        page = everybody.get(address)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        names = {
            one["name"]
            for form in page_of(page).all("form", method="post")
            for tag in ("input", "textarea", "select")
            for one in form.all(tag)
        }
        if names:
            for words in sized(STRINGS[::10], [WORST]):
                expect_an_answer(everybody.post(address, dict.fromkeys(names, words)), address, words)
