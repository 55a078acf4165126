"""What `make bench` says of asking for help: that codes which open nothing are told apart by nothing, if that is so."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.db import connection

from bench import SHORT, asking
from bench.asking import NOBODYS, Sending
from bench.programs import CannotMeasure
from caseintake.models import Erasure, Submission
from caseintake.private_code import read_code
from mesoinfo.models import SiteSettings
from tests.browser.served import served
from tests.proofs.visitors import Answer

GONE = "a code of a request that is gone"
HEADERS = {"content-type": "text/html", "date": "now", "content-length": "7"}


def an_answer(page: str, status: int = 200, **changed: str) -> Answer:
    headers = HEADERS | {name.replace("_", "-"): told for name, told in changed.items()}
    return Answer(status, headers, page.encode())


def a_sending(name: str, times: Sequence[float], answer: Callable[[str], Answer]) -> Sending:
    """One that was sent as often, with a code of its own each time, which the answer is made of."""
    sending = Sending(name, lambda n: an_answer("never sent"), "")
    sending.took += times
    sending.answers += [answer(f"{name} {n}") for n in range(len(times))]
    return sending


def section_on(times: Sequence[float], others: Sequence[float], answer: Callable[[str], Answer]) -> str:
    """The section when codes of what is gone take `times` and bring `answer`, and those that nobody has `others`."""
    nobodys = a_sending(NOBODYS, others, lambda code: an_answer(f"<p>Check {code}</p>"))
    gone = a_sending(GONE, times, answer)
    tried = {name: [f"{name} {n}" for n in range(len(times))] for name in (NOBODYS, GONE)}
    return asking.section_on_codes([nobodys, gone], tried)


def times_around(middle: float, seed: int) -> list[float]:
    chance = random.Random(seed)
    return [middle * chance.lognormvariate(0, 0.05) for _ in range(300)]


def same(code: str) -> Answer:
    return an_answer(f"<p>Check {code}</p>", date="later", content_length="8")


def told(section: str) -> list[str]:
    return [line for line in section.splitlines() if SHORT in line]


def test_codes_that_are_answered_alike_are_fine():
    section = section_on(times_around(20, seed=1), times_around(20, seed=2), same)
    assert told(section) == []
    assert "300 codes of each kind" in section and "All answers are the same byte for byte" in section


def test_a_time_that_differs_is_told():
    section = section_on(times_around(21, seed=1), times_around(20, seed=2), same)
    assert told(section) == [
        f"{SHORT}: the answer to a code {GONE} takes another time. If it does so again, the site tells them apart."
    ]


@pytest.mark.parametrize(
    "answer",
    [
        lambda code: an_answer(f"<p>Check {code} </p>"),
        lambda code: an_answer(f"<p>Check {code}</p>", status=404),
        lambda code: an_answer(f"<p>Check {code}</p>", etag="gone"),
    ],
)
def test_an_answer_that_differs_in_anything_is_told(answer):
    section = section_on(times_around(20, seed=1), times_around(20, seed=2), answer)
    assert told(section) == [f"{SHORT}: the answers to codes that open nothing are not the same."]
    assert "Not all answers are the same" in section


def test_the_interval_is_around_the_ratio_and_the_same_each_time():
    some, others = times_around(22, seed=1), times_around(20, seed=2)
    ratio, low, high = asking.ratio_of_medians(some, others)
    assert 1.05 < low < ratio < high < 1.15
    assert asking.ratio_of_medians(some, others) == (ratio, low, high)


def test_all_take_turns_in_an_order_that_changes(monkeypatch):
    monkeypatch.setattr(asking, "TIMES", 20)
    sent: list[str] = []

    def one(name: str) -> Sending:
        def send(n: int) -> Answer:
            sent.append(f"{name}{n}")
            return an_answer("<p>Yes</p>")

        return Sending(name, send, "Yes")

    sendings = [one("a"), one("b"), one("c")]
    asking.in_turns(sendings)
    rounds = [sent[start : start + 3] for start in range(0, len(sent), 3)]
    assert [sorted(turns) for turns in rounds] == [[f"a{n}", f"b{n}", f"c{n}"] for n in range(20)]
    assert len({tuple(name[0] for name in turns) for turns in rounds}) > 3
    assert all(len(sending.took) == len(sending.answers) == 20 for sending in sendings)


@pytest.mark.parametrize(
    ("status", "page"), [(503, "<p>Your reference is CR-1</p>"), (200, "<p>Please check 1 thing</p>")]
)
def test_an_answer_that_is_not_the_one_to_measure_is_no_figure(status, page):
    request = Sending("a request", lambda n: an_answer(page, status), "Your reference is")
    with pytest.raises(CannotMeasure, match=f"answered a request with {status} and not with “Your reference is”"):
        request.read(request.send(0))


def test_an_answer_is_unpacked_as_a_browser_does():
    packed = Answer(200, {"content-encoding": "br"}, brotli.compress(b"<p>We have it</p>"))
    assert Sending("a request", lambda n: packed, "We have it").read(packed).page == "<p>We have it</p>"


def test_a_slip_is_one_other_word_of_the_list():
    codes = [" ".join(words) for words in (["abandon"] * 12, ["zoo"] * 12)]
    tried = asking.codes_that_open_nothing(there=codes, deleted=codes)
    assert tried[asking.DELETED] == codes
    for code, slip in zip(codes, tried[asking.SLIPPED], strict=True):
        pairs = zip(code.split(), slip.split(), strict=True)
        assert sum(one != other for one, other in pairs) == 1
    made_up = tried[NOBODYS]
    assert len({str(read_code(code)) for code in made_up}) == 2
    assert made_up == asking.codes_that_open_nothing(there=codes, deleted=codes)[NOBODYS]


@pytest.mark.whole
@pytest.mark.django_db(transaction=True)
def test_everything_is_asked_of_the_site_in_production(monkeypatch: Any, tmp_path: Path) -> None:
    SiteSettings.objects.create(publisher_name="Sample Press", phone="1-800-555-0100", phone_hours="Any day", about="")
    for name, value in {"TIMES": 4, "ROUNDS": 1, "SECONDS": 0.5, "AT_ONCE": 2, "RUN": tmp_path}.items():
        monkeypatch.setattr(asking, name, value)
    said: list[str] = []
    with served(connection.settings_dict, tmp_path) as site:
        section = asking.measure(site, said.append)
    assert said
    rows = [line for line in section.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) == (1 + 5) + (1 + 3) + (1 + 3)
    assert "All answers are the same byte for byte" in section
    assert Erasure.objects.count() == 4
    # Those before the others, and those in turns; and those of the rounds. What was in the spool went with it.
    assert Submission.objects.exclude(state="disposed").count() > 4
    assert not list(tmp_path.glob("**/*.parcel"))
