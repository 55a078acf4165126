"""Times on the pages of somebody who asked for help: by the clock of their state."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from caseintake.zones import stamp_in_words

from .conftest import REQUEST

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("CA", "November 23, 2026, 6:05 p.m. Pacific time"),
        ("TN", "November 23, 2026, 8:05 p.m. Central time"),
        ("GU", "November 24, 2026, 12:05 p.m. Chamorro time"),
        ("outside", "November 23, 2026, 9:05 p.m. Eastern time"),
        ("", "November 23, 2026, 9:05 p.m. Eastern time"),
    ],
)
def test_a_time_that_was_is_told_by_the_clock_of_the_state(state, words):
    assert stamp_in_words(MOMENT, state=state) == words


@pytest.mark.parametrize(("state", "zone"), [("AZ", "Arizona time"), ("unsaid", "Eastern time")])
def test_every_time_on_the_pages_of_a_request_is_in_the_zone_of_its_sender(site, client: Client, state, zone):
    confirmation = client.post("/free-case-review/", REQUEST | {"state": state}).content.decode()
    assert re.search(rf"Sent \w+ \d+, \d{{4}}, \d+:\d\d [ap]\.m\. {zone}", confirmation)
    code = re.search(r'name="code" value="([a-z ]+)"', confirmation)[1]  # type: ignore[index]
    client.post("/free-case-review/more/", {"code": code, "message": "He liked the sea."})
    taken_back = {"code": code, "do": "withdraw", "kind": "use_to_reply", "sure": "yes"}
    own = client.post("/my-request/", taken_back).content.decode()
    times = re.findall(r"\d+:\d\d [ap]\.m\. (\w+ time)", own)
    assert times == [zone] * 4, "the request, what was added, what was agreed to, and what was taken back"
