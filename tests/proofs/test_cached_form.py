"""One copy of a page with the form, as a shared cache keeps it, serves everybody; sent twice, a request is one
request; and what another website makes a browser send is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from caseintake.models import State, Submission
from mesoinfo.dev_run import THREADS
from mesoinfo.models import SiteSettings
from mesoinfo.public_forms import TRAP
from tests.articles.public.seen import Element, seen
from tests.conftest import STAGE_4, Tell
from tests.mesoinfo.conftest import directory_all_can_enter
from tests.proofs.running import WORKERS, Product, Site, own_database, product
from tests.proofs.visitors import (
    HOURS,
    PHONE,
    URL,
    Answer,
    Crowd,
    Fields,
    Ledger,
    ask,
    new_key,
    send,
    stored,
    words_of,
)
from tests.size import SIZE

# What the site stores is committed by its own processes, and seen from here all the same.
pytestmark = [pytest.mark.proof, pytest.mark.django_db]

FETCHES = 20
AT_ONCE = 50
# As browsers say of a request that another website had them send; the last three know no Sec-Fetch-Site.
FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost"},
    {"Origin": "null"},
]


@pytest.fixture(scope="module")
def running(sample_pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The sample pages, served in the role of the site."""
    with (
        pytest.MonkeyPatch.context() as environment,
        directory_all_can_enter(environment),
        own_database(),
        product(tmp_path_factory.mktemp("product")) as running,
    ):
        SiteSettings.objects.update_or_create(defaults={"phone": PHONE, "phone_hours": HOURS})
        connection.close()
        yield running


@pytest.mark.parametrize("address", [URL, f"/{STAGE_4}/"])
def test_one_copy_of_the_page_serves_every_visitor(running: Product, address: str, tell: Tell) -> None:
    visitors = 1_000 * SIZE or 16
    copies = [
        ask(running.site.port, address, number=number, headers=_of_a_browser(number)) for number in range(FETCHES)
    ]
    [body] = {copy.body for copy in copies}
    [headers] = {frozenset(_of_the_page(copy).items()) for copy in copies}
    told = dict(headers)
    assert told.keys().isdisjoint({"set-cookie", "expires"})
    assert "cookie" not in told.get("vary", "").lower()
    assert told["cache-control"] == "no-cache"

    blank = _as_a_browser_would_send(seen(body.decode()).one("form", class_="case-review-form"))
    ledger = Ledger()
    first = 100_000 if address == URL else 200_000

    def visit(number: int) -> None:
        own = {name: value for name, value in words_of(number).items() if name not in ("need", "consent_use")}
        answer = send(running.site.port, blank | own, number=number)
        assert answer.is_acknowledged, f"answered with {answer.status}"
        ledger.acknowledged(number, answer)

    with Crowd(WORKERS * THREADS, range(first, first + visitors), visit, ledger):
        pass
    assert not ledger.problems, ledger.problems[:5]
    assert len(set(ledger.references.values())) == visitors
    assert stored(running.key).holds(ledger, lambda number: words_of(number)["message"]) == []
    arrived = Submission.objects.filter(ref__in=ledger.references.values())
    assert set(arrived.values_list("state", "need")) == {(State.QUEUED, "case_review")}
    assert len(arrived) == visitors
    tell(f"{address}: {FETCHES} fetches of {len(body):,} equal bytes; one of them served {visitors} visitors.")


def test_what_another_website_makes_a_browser_send_is_refused_with_every_value_shown(
    running: Product, tell: Tell
) -> None:
    tries = 50 * SIZE or 1
    before = Submission.objects.count()
    for number in range(tries * len(FOREIGN)):
        words = words_of(300_000 + number)
        answer = send(running.site.port, words, number=number, headers=FOREIGN[number % len(FOREIGN)])
        assert answer.status == 403
        assert not answer.is_acknowledged
        assert answer.shows_again(words)
        form = seen(answer.body.decode()).one("form", class_="case-review-form")
        assert "checked" not in form.one("input", name="consent_use").attributes, "another website must not agree"
        assert PHONE in answer.page
    assert Submission.objects.count() == before
    tell(f"{tries * len(FOREIGN)} requests from other websites: all refused, nothing stored.")


def test_what_no_browser_vouches_for_is_taken_and_looked_at_by_people(running: Product, tell: Tell) -> None:
    visitors = 100 * SIZE or 3
    for number in range(400_000, 400_000 + visitors):
        answer = send(running.site.port, words_of(number), number=number, headers={})
        assert answer.is_acknowledged
        arrived = Submission.objects.get(ref=answer.reference)
        assert (arrived.state, arrived.suspicions) == (State.QUARANTINED, ["no-browser-headers"])
    tell(f"{visitors} requests with neither header: all acknowledged, all in quarantine.")


@pytest.mark.parametrize("key", ["", new_key()], ids=["without a key", "with a key"])
def test_fifty_equal_requests_at_once_are_one(running: Product, key: str, tell: Tell) -> None:
    number = 500_001 if key else 500_000
    words = words_of(number, request_key=key)
    before, together = Submission.objects.count(), Barrier(AT_ONCE)

    def click(_: int) -> Answer:
        together.wait()
        return send(running.site.port, words, number=number)

    with ThreadPoolExecutor(AT_ONCE) as clicks:
        answers = list(clicks.map(click, range(AT_ONCE)))
    _are_one_request(answers, running, number, before)
    tell(f"{AT_ONCE} equal requests at the same moment, {'with' if key else 'without'} a key of the page: 1 stored.")


@pytest.mark.parametrize("key", ["", new_key()], ids=["without a key", "with a key"])
def test_a_double_click_is_one_request_and_says_so(running: Product, key: str) -> None:
    number = 600_001 if key else 600_000
    before = Submission.objects.count()
    answers = [send(running.site.port, words_of(number, request_key=key), number=number) for _ in range(2)]
    assert "We have your request" in answers[0].page
    assert "We already have this request" in answers[1].page
    _are_one_request(answers, running, number, before)


@pytest.mark.whole
def test_an_hour_later_a_key_tells_a_repeat_from_a_new_request(running: Product) -> None:
    port = running.site.port
    keyed, plain = words_of(700_000, request_key=new_key()), words_of(700_001)
    earlier = Site(running.surroundings, "tests.proofs.an_hour_ago:application")
    earlier.start()
    try:
        earlier.wait()
        first, other = send(earlier.port, keyed), send(earlier.port, plain)
    finally:
        earlier.stop()
    again, anew = send(port, keyed), send(port, plain)
    assert again.reference == first.reference and "We already have this request" in again.page
    assert anew.reference != other.reference and "We have your request" in anew.page
    assert again.code != first.code


def _are_one_request(answers: list[Answer], running: Product, number: int, before: int) -> None:
    ledger = Ledger()
    for answer in answers:
        assert answer.is_acknowledged, f"answered with {answer.status}"
        ledger.acknowledged(number, answer)
    assert len(ledger.references) == 1
    assert len({answer.code for answer in answers}) == len(answers)
    assert Submission.objects.count() == before + 1
    assert stored(running.key).holds(ledger, lambda number: words_of(number)["message"]) == []


def _of_a_browser(number: int) -> dict[str, str]:
    """What tells one visitor from another."""
    return {
        "User-Agent": f"Browser/{number}",
        "Cookie": f"visitor={number}",
        "Accept-Language": "es" if number % 2 else "en",
        "Referer": f"https://localhost/search/?q={number}",
    }


def _of_the_page(copy: Answer) -> dict[str, str]:
    assert copy.status == 200
    return {name: value for name, value in copy.headers.items() if name != "date"}


def _as_a_browser_would_send(form: Element) -> Fields:
    """The form untouched but for the box that agrees, which is ticked."""
    sent: Fields = {}
    for field in form.all("input"):
        if field["type"] not in ("checkbox", "radio") or field["name"] == "consent_use":
            sent[field["name"]] = field["value"]
    for choice in form.all("select"):
        options = choice.all("option")
        sent[choice["name"]] = next((one for one in options if "selected" in one.attributes), options[0])["value"]
    assert sent[TRAP] == sent["request_key"] == "", "what a script fills in, or nobody"
    return sent
