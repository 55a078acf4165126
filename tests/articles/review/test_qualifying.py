"""Reviewers are written to before something in their record runs out and once it has: once for each step."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from articles.models import Credential, Interest
from articles.review import qualifying
from articles.review.dates import months_after
from mesoinfo import outbox, roles
from mesoinfo.models import OutboxMessage, User
from tests.conftest import a_reviewer, without_triggers

TODAY = timezone.now().date()


def days(number: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=number)


def mails() -> list[tuple[list[str], str]]:
    """Whom each new mail goes to, and what it says."""
    mail.outbox.clear()
    outbox.deliver_due()
    return [(sent.to, f"{sent.subject}\n{sent.body}") for sent in mail.outbox]


def test_who_is_in_order_gets_no_mail(reviewer: User) -> None:
    assert qualifying.remind() == 0


def test_a_credential_is_told_of_once_before_it_expires_and_once_after(medical_lead: User) -> None:
    user = a_reviewer("physician@example.org", verified_by=medical_lead, valid_until=days(60))
    assert qualifying.remind() == 1
    assert qualifying.remind() == 0
    ((to, words),) = mails()
    assert to == ["physician@example.org"]
    assert f"expires on {days(60):%-d %B %Y}" in words
    Credential.objects.update(valid_until=days(-1), verified_by=None, verified_at=None)
    assert qualifying.remind() == 0  # changed, so that nobody has checked it
    Credential.objects.get(person__user=user).verify(by=medical_lead)
    assert qualifying.remind() == 1
    assert qualifying.remind() == 0
    ((_, words),) = mails()
    assert "A credential of yours has expired" in words
    assert "physician" not in words.lower()


@pytest.mark.parametrize("state", ["unverified", "revoked", "later", "never"])
def test_no_mail_about_a_credential_that(medical_lead: User, state: str) -> None:
    until = {"later": days(61), "never": None}.get(state, days(10))
    user = a_reviewer("physician@example.org", verified_by=medical_lead, valid_until=until)
    credential = Credential.objects.get(person__user=user)
    if state == "revoked":
        credential.revoke(because="The board withdrew it.", by=medical_lead)
    elif state == "unverified":
        Credential.objects.update(verified_by=None, verified_at=None)
    assert qualifying.remind() == 0


@pytest.mark.parametrize(
    ("age", "told"), [(300, []), (310, ["will be a year"]), (364, ["will be a year"]), (365, ["was a year"])]
)
def test_a_declaration_is_told_of_before_it_is_a_year_old_and_then(reviewer: User, age: int, told: list[str]) -> None:
    # Counted from a year before today, so that it holds in leap years too.
    declared_on = months_after(TODAY, -12) + datetime.timedelta(days=365 - age)
    with without_triggers("articles_interest"):
        Interest.objects.update(declared_on=declared_on)
    found = qualifying.running_out(reviewer.person)
    assert len(found) == len(told)
    assert all(part in each.sentence for part, each in zip(told, found, strict=True))
    assert (qualifying.remind(), qualifying.remind()) == (len(told), 0)
    assert all("Declare your interests" in words for _, words in mails())


def test_who_has_declared_nothing_is_told_once(reviewer: User) -> None:
    with without_triggers("articles_interest"):
        Interest.objects.all().delete()
    assert (qualifying.remind(), qualifying.remind()) == (1, 0)
    assert "You have not declared your interests yet." in mails()[0][1]


def test_only_whoever_may_sign_gets_mail(medical_lead: User) -> None:
    user = a_reviewer("physician@example.org", verified_by=medical_lead, valid_until=days(5))
    roles.dismiss(user, "medical reviewer", by=medical_lead)
    assert qualifying.remind() == 0
    roles.appoint(user, "medical reviewer", by=medical_lead)
    assert qualifying.remind() == 1
    assert OutboxMessage.objects.get().recipient == user
