"""The budget of the public pages, held where visitors are: in a real browser, served as production serves them.

The figures are those of the design; `make bench` writes what they are now to docs/quality.md.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlencode, urljoin

import brotli
import pytest
from django.db import connection
from playwright.sync_api import Browser

from tests.browser import vnu
from tests.browser.public import MAIN, PAGES
from tests.browser.reading import A_PHONE, Reading, read
from tests.browser.served import Served, served
from tests.caseintake.conftest import REQUEST

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

KB = 1000
A_WIDE_SCREEN = {"viewport": {"width": 1280, "height": 900}}
FOUND = 400  # pages; a site of samples that has more goes round in circles


@pytest.fixture(scope="module")
def site(sample_pages: Path) -> Iterator[Served]:
    """The sample pages in production."""
    with served(connection.settings_dict, sample_pages) as site:
        yield site


@pytest.fixture(scope="module")
def on_a_phone(browser: Browser, site: Served) -> dict[str, Reading]:
    """Each page, read once on a phone."""
    return {address: read(browser, site, address, **A_PHONE) for address in MAIN}


@pytest.mark.proof
@pytest.mark.parametrize("address", MAIN)
def test_a_page_weighs_at_most_30_kb_in_at_most_5_requests(on_a_phone, address: str) -> None:
    reading = on_a_phone[address]
    assert reading.html + reading.css + reading.js <= 30 * KB
    assert len(reading.requests) <= 5, reading.requests


@pytest.mark.proof
@pytest.mark.parametrize("address", MAIN)
def test_its_scripts_weigh_at_most_8_kb(on_a_phone, address: str) -> None:
    assert on_a_phone[address].js <= 8 * KB


@pytest.mark.proof
@pytest.mark.parametrize("address", MAIN)
def test_it_asks_nobody_else_leaves_no_cookie_and_draws_no_complaint(on_a_phone, address: str) -> None:
    reading = on_a_phone[address]
    assert reading.complaints == []
    assert reading.cookies == []
    assert {exchange.status for exchange in reading.exchanges[1:]} <= {200}


@pytest.mark.proof
@pytest.mark.parametrize("address", MAIN)
def test_nothing_moves_on_a_phone_while_it_loads_and_is_read(on_a_phone, address: str) -> None:
    assert sum(on_a_phone[address].shifts) == 0


@pytest.mark.whole
@pytest.mark.parametrize("address", MAIN)
def test_nothing_moves_on_a_wide_screen_either(browser: Browser, site: Served, address: str) -> None:
    assert sum(read(browser, site, address, **A_WIDE_SCREEN).shifts) == 0


# Every page there is


@dataclass
class Answer:
    """What came for one address."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    page: Page | None = None


@dataclass
class Page(HTMLParser):
    """What the tests ask of the HTML of a page."""

    ids: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    inline: list[str] = field(default_factory=list)
    lines: int = 0

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.links, self.inline = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "id" in given:
            self.ids.append(given["id"])
        self.links |= {given[name] for name in ("href", "src", "poster") if name in given}
        self.links |= {choice.split()[0] for choice in given.get("srcset", "").split(",") if choice.strip()}
        if tag == "form" and given.get("method", "get").lower() == "get":
            self.links.add(given.get("action", ""))
        by_itself = tag == "script" and "src" not in given and given.get("type") != "application/ld+json"
        if by_itself or tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(self.get_starttag_text() or tag)


class Visitor:
    """Asks the site for addresses over one connection, as a browser that reads Brotli."""

    def __init__(self, site: Served) -> None:
        trusted = ssl.create_default_context(cafile=str(site.certificate))
        self.line = http.client.HTTPSConnection("localhost", site.front.server_port, context=trusted, timeout=30)

    def ask(self, address: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        self.line.request(method, address, body, {"Accept-Encoding": "br", **headers})
        answer = self.line.getresponse()
        content = answer.read()
        if answer.headers.get("Content-Encoding") == "br" and content:
            content = brotli.decompress(content)
        html = answer.headers.get_content_type() == "text/html"
        return Answer(answer.status, answer.headers, content, Page(content.decode()) if html else None)


@pytest.fixture(scope="module")
def visitor(site: Served) -> Iterator[Visitor]:
    visitor = Visitor(site)
    with closing(visitor.line):
        yield visitor


@pytest.fixture(scope="module")
def everything(site: Served, visitor: Visitor) -> dict[str, Answer]:
    """Every address that leads from the pages above to ours, by links alone, with what comes for it."""
    answers: dict[str, Answer] = {}
    ahead = list(PAGES)
    while ahead:
        address = ahead.pop()
        if address in answers:
            continue
        answers[address] = answer = visitor.ask(address)
        assert len(answers) <= FOUND, sorted(answers)
        if answer.page:
            ahead += [target for target, _ in ours(site, address, answer.page)]
    return answers


def ours(site: Served, address: str, page: Page) -> list[tuple[str, str]]:
    """Where the links of this page lead within the site: the address and the fragment."""
    found = []
    for link in page.links:
        target, fragment = urldefrag(urljoin(site.address + address, link))
        if target.startswith(site.address):
            found.append((target.removeprefix(site.address) or "/", unquote(fragment)))
    return found


@pytest.mark.whole
def test_every_link_leads_somewhere(site: Served, everything: dict[str, Answer]) -> None:
    broken = [
        (address, target)
        for address, answer in everything.items()
        if answer.page
        for target, _ in ours(site, address, answer.page)
        if everything[target].status != 200 and target != address
    ]
    assert broken == []


@pytest.mark.whole
def test_every_link_into_a_page_finds_its_place_there(site: Served, everything: dict[str, Answer]) -> None:
    lost = []
    for address, answer in everything.items():
        for target, fragment in ours(site, address, answer.page) if answer.page else []:
            there = everything[target].page
            if fragment and fragment not in (there.ids if there else []):
                lost.append((address, f"{target}#{fragment}"))
    assert lost == []


@pytest.mark.whole
def test_no_page_uses_an_id_twice(everything: dict[str, Answer]) -> None:
    assert not {
        address: twice
        for address, answer in everything.items()
        if answer.page and (twice := {name for name in answer.page.ids if answer.page.ids.count(name) > 1})
    }


def test_no_page_has_a_script_or_a_style_of_its_own(everything: dict[str, Answer]) -> None:
    assert not {
        address: answer.page.inline for address, answer in everything.items() if answer.page and answer.page.inline
    }


@pytest.mark.whole
def test_the_nu_html_checker_finds_no_error(
    site: Served, visitor: Visitor, everything: dict[str, Answer], tmp_path: Path
) -> None:
    """On every page that links lead to, and on what the forms of asking for help answer: to mistakes, and to words."""
    pages = {address: answer.body for address, answer in everything.items() if answer.page}
    from_our_page = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}

    def post(name: str, address: str, sent: Mapping[str, Any]) -> str:
        answer = visitor.ask(address, "POST", urlencode(sent, doseq=True), **from_our_page)
        assert answer.status == 200
        pages[name] = answer.body
        return answer.body.decode()

    post("mistakes", "/free-case-review/", {})
    answer = post("a request", "/free-case-review/", REQUEST)
    assert "We have your request" in answer
    code = {"code": re.findall(r'name="code" value="([a-z ]+)"', answer)[0]}
    post("questions", "/free-case-review/more/", {**code, "start": "yes"})
    post("questions, mistakes", "/free-case-review/more/", {"code": "zzzz", "died_year": "1492"})
    post("added", "/free-case-review/more/", {**code, "message": "He liked the sea."})
    post("their request, mistakes", "/my-request/", {"code": "zzzz"})
    assert "He liked the sea." in post("their request", "/my-request/", code)
    post("a consent taken back", "/my-request/", {**code, "do": "withdraw", "kind": "use_to_reply"})
    post("whether they are sure", "/my-request/", {**code, "do": "erase"})
    post("a request deleted", "/my-request/", {**code, "do": "erase", "sure": "yes"})
    files = {tmp_path / f"{number}.html": address for number, address in enumerate(pages)}
    for file, address in files.items():
        file.write_bytes(pages[address])
    planted = tmp_path / "planted.html"
    planted.write_bytes(pages["/"].replace(b"</h1>", b"</h2>", 1))
    findings = vnu.check([*files, planted])
    assert (planted, "error") in {(finding.file, finding.kind) for finding in findings}, "put there to be found"
    errors = [finding for finding in findings if finding.kind == "error" and finding.file != planted]
    assert not {files[error.file]: str(error) for error in errors}


# What comes with every answer


KINDS = {
    "a page": "/mesothelioma/stage-4/",
    "nothing there": "/no/such/page/",
    "a redirect": "/mesothelioma",
    "a text file": "/robots.txt",
    "no such file": "/static/css/none.css",
}


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_every_answer_carries_the_headers(visitor: Visitor, address: str) -> None:
    assert_complete(visitor.ask(address).headers)


def test_files_and_pictures_carry_them_too(everything: dict[str, Answer], visitor: Visitor) -> None:
    files = [address for address in everything if address.startswith(("/static/", "/images/"))]
    assert {address.rpartition(".")[2] for address in files} >= {"css", "svg", "webp"}
    for address in files:
        answer = visitor.ask(address)
        assert answer.status == 200
        assert_complete(answer.headers)
        assert "immutable" in answer.headers["Cache-Control"], "its name is its hash, so it is kept for good"
        again = visitor.ask(address, **{"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
        assert_complete(again.headers)


def assert_complete(headers: http.client.HTTPMessage) -> None:
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_pages_and_files_come_in_brotli(everything: dict[str, Answer]) -> None:
    for address, answer in everything.items():
        if answer.headers.get_content_type() in ("text/html", "text/css", "text/javascript", "image/svg+xml"):
            assert answer.headers["Content-Encoding"] == "br", address
            assert answer.headers["Vary"] == "Accept-Encoding", address


@pytest.mark.whole
def test_plain_http_leads_to_tls_and_no_further(site: Served) -> None:
    with closing(http.client.HTTPConnection("localhost", site.front.server_port, timeout=30)) as line:
        line.request("GET", "/mesothelioma/stage-4/")
        answer = line.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"{site.address}/mesothelioma/stage-4/"
    assert "Strict-Transport-Security" not in answer.headers
