"""The cast of the intake: people who ask for help, and the advocates who answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from caseintake import doors, spam, surroundings, triage
from caseintake.accept import accept
from caseintake.bursts import Bursts
from caseintake.form import CaseReviewForm
from caseintake.models import ConsentKind, ConsentText, Submission
from caseintake.private_code import PrivateCode
from mesoinfo import vault
from mesoinfo.models import SiteSettings, User
from tests.size import sized

# Every word a person gives is a canary: unlike anything else, so that a leak is found by searching for it.
REQUEST = {
    "need": "case_review",
    "who": "parent",
    "name": "Canaryname Ünicorn",
    "phone": "212 555 0199",
    "email": "canary.mail@example.org",
    "reply_by": ["call", "email"],
    "voicemail": "no_reason",
    "best_time": "morning",
    "state": "KY",
    "message": "Canarymessage: my father was told last week.",
    "consent_use": "on",
}
CANARIES = ("Canaryname", "5550199", "555 0199", "canary.mail", "Canarymessage")
PHONE = "1-800-555-0100"


@pytest.fixture(autouse=True)
def _keys(keys):
    """Everything here is sealed, or opened."""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Nobody has sent anything yet. The list holds the seconds that the counts go by."""
    seconds = [3_600_000.0]  # at the beginning of an hour
    monkeypatch.setattr(spam, "BURSTS", Bursts(clock=lambda: seconds[0]))
    return seconds


@pytest.fixture
def site(db):
    """The site's settings, with a phone number."""
    return SiteSettings.objects.create(
        publisher_name="Sample Press", phone=PHONE, phone_hours="Monday to Friday, 9 to 5 Eastern", about="About us."
    )


def member(name, *roles, **fields):
    user = User.objects.create_user(f"{name}@desk.example", "a long enough password", name=name.title(), **fields)
    user.groups.add(*Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def advocate(db):
    return member("ada", "advocate")


@pytest.fixture
def colleague(db):
    return member("ben", "advocate")


@pytest.fixture
def lead(db):
    return member("lea", "advocate lead")


@pytest.fixture
def privacy_officer(db):
    return member("pia", "privacy officer")


@pytest.fixture
def auditor(db):
    return member("aud", "auditor")


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root@desk.example", "a long enough password", name="Root")


@pytest.fixture
def writer(db):
    return member("wim", "writer")


def words_in_force():
    return ConsentText.objects.get(kind=ConsentKind.USE_TO_REPLY, retired_at__isnull=True)


def answers(**changes):
    """Cleaned answers, as the form gives them to `accept`."""
    form = CaseReviewForm(REQUEST | changes, around=surroundings.current())
    assert form.is_valid(), form.errors
    return form.cleaned_data


def new_request(*, suspicions=(), **changes):
    reference = accept(answers(**changes), page="/mesothelioma/stage-4/", suspicions=suspicions).reference
    return Submission.objects.get(ref=reference)


@pytest.fixture
def queued(db):
    """A request in the queue."""
    return new_request()


@pytest.fixture
def quarantined(db):
    """A request that may not come from a person."""
    return new_request(suspicions=("no-browser-headers",), message="Canarymessage from a program")


# What no form of ours writes, and whoever has taken over the public site can seal all the same.
MALFORMED = {
    "nothing": b"",
    "not UTF-8": b'{"answers":{"name":"\xff\xfe"}}',
    "half of it": b'{"answers":{"name":"Pat"',
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "too many digits": b"9" * 5_000,
    "a text": b'"answers"',
    "lists without end": b"[" * 65_000,
    "answers without end": b'{"answers":' * 5_900,
    "no answers": b"{}",
    "answers in a list": b'{"answers":[1]}',
    "no answers but null": b'{"answers":null}',
    "a phone number that is a number": b'{"answers":{"phone":5}}',
    "a name that is null": b'{"answers":{"name":null}}',
    "several names": b'{"answers":{"name":["Pat","Sam"]}}',
    "one way to reply that is no list": b'{"answers":{"reply_by":"email"}}',
    "ways to reply that are numbers": b'{"answers":{"reply_by":[1]}}',
    "illnesses in lists": b'{"answers":{"illness":[["tests"]]}}',
    "an unknown field with an object": b'{"answers":{"more":{}}}',
    "half a pair of surrogates": rb'{"answers":{"message":"\ud800"}}',
    "half a pair of surrogates for a field": rb'{"answers":{"\ud800":""}}',
    "a page that is an object": b'{"answers":{},"page":{}}',
    "half a pair of surrogates for a page": rb'{"answers":{},"page":"\udfff"}',
    "a check that is a number": b'{"answers":{},"check":5}',
    "a check that is a text": b'{"answers":{},"check":"check_phone"}',
    "checks in lists": b'{"answers":{},"check":[[]]}',
}


def malformed(test):
    """Mark a test that goes through all of these, in `make test` through a few."""
    names = sized([*MALFORMED], [*MALFORMED][::5])
    return pytest.mark.proof(pytest.mark.parametrize("content", [MALFORMED[name] for name in names], ids=names)(test))


@contextmanager
def sealing(content: bytes) -> Iterator[None]:
    """Within, this is what is sealed for the desk and locked for the person, whatever was written."""
    lock = vault.lock
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "lock", lambda payload, **where: lock(content, **where))
        yield


def damage(payload):
    """One byte of the wrapped key of what was sealed is another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE caseintake_datakey SET wrapped_for_desk = set_byte(wrapped_for_desk, 500,"
            " (get_byte(wrapped_for_desk, 500) + 1) %% 256) WHERE payload_id = %s",
            [payload.pk],
        )


@pytest.fixture
def claimed(queued, advocate):
    """A request that `advocate` has claimed."""
    triage.claim(queued, by=advocate)
    return queued


@pytest.fixture
def reading_desk(client, advocate):
    """A browser in which `advocate` has signed in."""
    client.force_login(advocate)
    return client


OURS = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Sent:
    """A request as its sender knows it: its reference and the private code that was shown."""

    reference: str
    code: PrivateCode

    @property
    def submission(self):
        return Submission.objects.get(ref=self.reference)


@pytest.fixture
def sent(db):
    """A request, and the private code its sender was shown."""
    accepted = accept(answers(), page="/mesothelioma/stage-4/")
    return Sent(accepted.reference, accepted.code)


@pytest.fixture
def gone(sent):
    """A request that its sender has erased."""
    assert doors.erase(sent.code.lookup)
    return sent
