"""The cast of the intake: people who ask for help, and the advocates who answer."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group

from caseintake import doors, spam, surroundings, triage
from caseintake.accept import accept
from caseintake.bursts import Bursts
from caseintake.form import CaseReviewForm
from caseintake.models import ConsentKind, ConsentText, Submission
from caseintake.private_code import PrivateCode
from mesoinfo.models import SiteSettings, User

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
    assert doors.erase(sent.code.lookup) == sent.reference
    return sent
