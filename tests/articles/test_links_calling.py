"""A link that is dead calls the live pages in that have it: once, and nobody who was told already."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.links import calling, deciding, reading
from articles.models import Article, EarlyReview, Freshness, Link, LinkUse, PublishedPage, TransitionRefused, Trigger
from articles.models.links import LinkState
from articles.publishing import takedown
from articles.review import freshness
from mesoinfo import schedule
from mesoinfo.models import AuditEntry, User
from tests.articles.links import A_DAY, DEAD, FAILING, NOW, UNCHECKED, a_link, ignored_until, used
from tests.conftest import a_user

pytestmark = pytest.mark.usefixtures("published_once")

AT = "https://hospital.example/gone"
# Dead since a moment ago, so after the page was submitted.
DEAD_NOW: dict[str, Any] = DEAD


@pytest.fixture
def dead(published: PublishedPage) -> Link:
    """A link of the page, dead since it was published."""
    link = a_link(AT, **DEAD | {"dead_since": NOW()})
    used(link, published)
    return link


def early() -> list[tuple[str, str]]:
    return list(EarlyReview.objects.values_list("article__address", "subject"))


def test_a_dead_link_makes_its_page_due_and_says_what_is_wrong(dead: Link, published: PublishedPage) -> None:
    assert "articles.links.calling.call_in" in schedule.SWEEPS.values()
    assert calling.call_in() == 1
    made = EarlyReview.objects.get()
    assert (made.trigger, made.subject, made.noted_by) == (Trigger.DEAD_LINK, AT, None)
    assert made.detail == f"{AT}: The site says that nothing is at this address (404)"
    assert Article.objects.get(pk=published.article_id).freshness is Freshness.OVERDUE
    assert AuditEntry.objects.filter(action="page.called_in").count() == 1


def test_a_page_is_called_in_once_for_a_link_wherever_on_it_that_is(dead: Link, published: PublishedPage) -> None:
    used(dead, published)
    assert calling.call_in() == 1
    assert calling.call_in() == 0


def test_every_page_that_has_it_is_called_in(dead: Link, published: PublishedPage, publish_page: Any) -> None:
    other = publish_page("mesothelioma/other", "# Other\n\nA lede.\n")
    used(dead, other)
    Link.objects.update(dead_since=NOW())
    assert calling.call_in() == 2
    assert early() == [("mesothelioma/stage-4", AT), ("mesothelioma/other", AT)]


def test_what_somebody_dismissed_calls_again_only_after_another_death(dead: Link, medical_lead: User) -> None:
    calling.call_in()
    freshness.dismiss(EarlyReview.objects.get(), reason="The words stand without it.", by=medical_lead)
    assert calling.call_in() == 0
    Link.objects.update(dead_since=NOW())
    assert calling.call_in() == 1


def test_a_page_that_was_submitted_with_the_dead_link_is_not_called_in(dead: Link, publish_page: Any) -> None:
    used(dead, publish_page("mesothelioma/other", "# Other\n\nA lede.\n"))
    calling.call_in()
    assert early() == [("mesothelioma/stage-4", AT)]


@pytest.mark.parametrize("fields", [FAILING, UNCHECKED, {}])
def test_a_link_that_is_not_dead_calls_nobody(published: PublishedPage, fields: dict[str, Any]) -> None:
    used(a_link(**fields), published)
    assert calling.call_in() == 0


def test_an_ignored_link_calls_nobody(dead: Link, editor: User) -> None:
    Link.objects.update(**ignored_until(NOW().date() + A_DAY))
    assert calling.call_in() == 0
    Link.objects.update(**ignored_until(NOW().date()))
    assert calling.call_in() == 1


def test_a_page_that_readers_do_not_see_is_not_called_in(
    dead: Link, published: PublishedPage, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*args: object, **kwargs: object) -> bool:
        raise TransitionRefused("Readers do not see this page, so it is not called in.")

    with monkeypatch.context() as patch:
        patch.setattr(freshness, "due_now", meanwhile)
        assert calling.call_in() == 0
    takedown.withdraw_page(published.article, reason="Old.", reader_note="It is old.", by=publisher)
    assert calling.call_in() == 0


def test_an_address_longer_than_fits_calls_in_too(published: PublishedPage) -> None:
    used(a_link(f"https://hospital.example/{'x' * 900}", **DEAD | {"dead_since": NOW()}), published)
    assert calling.call_in() == 1
    assert calling.call_in() == 0
    made = EarlyReview.objects.get()
    assert (len(made.subject), len(made.detail)) == (500, 300)
    assert made.detail.endswith("…: The site says that nothing is at this address (404)")


def test_the_command_calls_in_at_once(
    dead: Link, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Link.objects.update(due_at=NOW() + A_DAY)
    monkeypatch.setattr(reading, "keep_up", lambda: 0)
    call_command("check_links")
    assert "Pages called in to be read again: 1" in capsys.readouterr().out


# What staff decide


def test_a_link_is_ignored_with_a_reason_until_a_day(dead: Link, writer: User) -> None:
    until = timezone.now().date() + 30 * A_DAY
    deciding.ignore(dead, reason=" They said it comes back. ", until=until, by=writer)
    dead.refresh_from_db()
    assert dead.is_ignored
    assert (dead.ignored_reason, dead.ignored_by, dead.ignored_until) == ("They said it comes back.", writer, until)
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.actor, entry.action, entry.facts) == (writer, "link.ignored", {"until": until.isoformat()})


@pytest.mark.parametrize("days", [-1, 0, 733])
def test_a_link_is_ignored_for_a_time_and_with_a_reason(dead: Link, writer: User, days: int) -> None:
    today = timezone.now().date()
    with pytest.raises(TransitionRefused, match="Give a day after today and at most two years ahead"):
        deciding.ignore(dead, reason="Because.", until=today + days * A_DAY, by=writer)
    with pytest.raises(TransitionRefused, match="Say in a sentence why"):
        deciding.ignore(dead, reason=" ", until=today + A_DAY, by=writer)


def test_a_link_is_watched_again_and_asked_soon(dead: Link, writer: User) -> None:
    with pytest.raises(TransitionRefused, match="watched already"):
        deciding.watch_again(dead, by=writer)
    deciding.ignore(dead, reason="Because.", until=timezone.now().date() + A_DAY, by=writer)
    with pytest.raises(TransitionRefused, match="Watch it again first"):
        deciding.ask_again(dead, by=writer)
    Link.objects.update(due_at=NOW() + A_DAY)
    deciding.watch_again(dead, by=writer)
    dead.refresh_from_db()
    assert (dead.is_ignored, dead.ignored_by, dead.state) == (False, None, LinkState.DEAD)
    assert dead in Link.objects.due(NOW())
    Link.objects.update(due_at=NOW() + A_DAY)
    deciding.ask_again(dead, by=writer)
    assert dead in Link.objects.due(NOW())


def test_who_has_not_the_role_decides_nothing(dead: Link, reviewer: User) -> None:
    superuser = User.objects.create_superuser("r@e.org", "p", name="R")
    for user in (reviewer, superuser, a_user(email="none@example.org")):
        with pytest.raises(TransitionRefused, match="needs the writer, editor or medical lead role"):
            deciding.ask_again(dead, by=user)


def test_a_link_that_went_meanwhile_is_told(dead: Link, writer: User) -> None:
    LinkUse.objects.all().delete()
    Link.objects.all().delete()
    with pytest.raises(TransitionRefused, match="No live page has this link any more"):
        deciding.ask_again(dead, by=writer)
