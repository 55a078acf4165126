"""Asking the links of live pages: politely, in turn, and without believing a silence that may be our own."""

from __future__ import annotations

import datetime
import io
import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from articles.links import asking
from articles.links.asking import ask_due, keep
from articles.links.judging import Judgment, Verdict
from articles.models import Link, PublishedPage
from articles.models.links import LinkState
from citations import fetching, lookups
from citations.models import Import
from mesoinfo import schedule
from tests.articles.links import (
    A_DAY,
    DEAD,
    FAILING,
    MOVED,
    NOW,
    UNCHECKED,
    WORKING,
    Network,
    a_link,
    days_ago,
    ignored_until,
    network,
    used,
)
from tests.citations.stub_site import Reply, pauses, stub

__all__ = ["network", "pauses", "stub"]
pytestmark = pytest.mark.django_db

HTML = {"Content-Type": "text/html"}
GONE = Judgment(Verdict.GONE, "Nothing is there.")
CANNOT_TELL = Judgment(Verdict.CANNOT_TELL, "It turns machines away.")
WORKS = Judgment(Verdict.WORKS)


def again(link: Link) -> Link:
    return Link.objects.get(pk=link.pk)


def asked(link: Link) -> Link:
    """The link after a run in which it was due."""
    Link.objects.filter(pk=link.pk).update(due_at=days_ago(1))
    ask_due()
    return again(link)


# One link


def test_a_page_is_asked_by_head_then_by_get_then_held_against_a_made_up_address(network: Network) -> None:
    link = asked(a_link(network.at("/page")))
    assert (link.state, link.reason, link.failures) == (LinkState.WORKS, "", 0)
    assert network.requests == ["HEAD /page", "GET /page", "GET /?"]
    assert link.due_at == pytest.approx(NOW() + 7 * A_DAY, abs=datetime.timedelta(minutes=1))


def test_of_a_file_a_head_is_enough(network: Network) -> None:
    link = asked(a_link(network.at("/paper.pdf", Reply(headers={"Content-Type": "application/pdf"}))))
    assert link.state == LinkState.WORKS
    assert network.requests == ["HEAD /paper.pdf"]


def test_who_does_not_take_a_head_is_asked_properly(network: Network) -> None:
    pdf = {"Content-Type": "application/pdf"}
    for status in (403, 404, 405, 500):
        assert asked(a_link(network.at(f"/{status}", Reply(status), Reply(200, b"%PDF", pdf)))).state == LinkState.WORKS


def test_a_large_file_is_not_read_to_its_end(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LARGEST", 400_000)
    large = Reply(200, b"%PDF" * 200_000, {"Content-Type": "application/pdf"})
    assert asked(a_link(network.at("/large.pdf", Reply(405), large))).state == LinkState.WORKS


def test_one_made_up_address_is_asked_of_each_host_in_a_run(network: Network) -> None:
    for path in ("/one", "/two", "/three"):
        a_link(network.at(path))
    ask_due()
    assert network.requests.count("GET /?") == 1


def test_a_soft_404_is_found_by_the_made_up_address(network: Network) -> None:
    lost = b"<title>The hospital</title><p>Hm. This page could not be found, it seems."
    network.stub.otherwise = Reply(200, lost, HTML)
    link = asked(a_link(network.at("/gone", Reply(200, lost, HTML))))
    assert link.state == LinkState.FAILING
    assert "the same as for an address made up by us" in link.reason


def test_what_moved_for_good_says_where_to(network: Network) -> None:
    new = network.at("/new")
    link = asked(a_link(network.at("/old", Reply(301, headers={"Location": "/new"}))))
    assert (link.state, link.moved_to) == (LinkState.MOVED, new)


def test_a_host_is_given_time_between_two_requests(network: Network, pauses: list[float]) -> None:
    asked(a_link(network.at("/page")))
    assert pauses == pytest.approx([asking.EVERY, 2 * asking.EVERY], abs=0.5)  # nothing sleeps here, so they add up


def test_what_cannot_be_asked_is_not_dead(network: Network) -> None:
    a_link(network.at("/page"))
    odd = asked(a_link("http://[x/"))
    assert (odd.state, odd.reason) == (LinkState.UNCHECKED, "This is not a web address.")


# What becomes of it


def test_three_failures_over_seven_days_are_a_death(network: Network) -> None:
    link, began = a_link(network.at("/page")), days_ago(20)
    states = []
    for day in (0, 1, 2, 6.9, 7, 8):
        keep(link, GONE, at=began + day * A_DAY)
        states.append(again(link).state)
    assert states == ["failing"] * 4 + ["dead"] * 2
    dead = again(link)
    assert (dead.failures, dead.failing_since, dead.dead_since) == (6, began, began + 7 * A_DAY)
    assert dead.failed_at == dead.asked_at == began + 8 * A_DAY


def test_two_failures_are_none_however_far_apart(network: Network) -> None:
    link = a_link()
    for day in (40, 20):
        keep(link, GONE, at=days_ago(day))
    assert again(link).state == LinkState.FAILING
    keep(link, GONE, at=days_ago(1))
    assert again(link).state == LinkState.DEAD


def test_what_fails_is_asked_daily_and_all_else_weekly(network: Network) -> None:
    at = NOW()
    for judgment, fields, days in (
        (GONE, {}, 1),
        (GONE, FAILING | {"failures": 2, "failing_since": days_ago(9)}, 7),
        (WORKS, FAILING, 7),
        (CANNOT_TELL, {}, 7),
        (CANNOT_TELL, FAILING, 1),
    ):
        link = a_link(f"https://hospital.example/{len(Link.objects.all())}", **fields)
        keep(link, judgment, at=at)
        assert again(link).due_at == at + days * A_DAY


@pytest.mark.parametrize("before", [{}, WORKING, MOVED, UNCHECKED, FAILING, DEAD])
def test_what_works_again_is_as_if_nothing_had_been(before: dict[str, Any]) -> None:
    link = a_link(**before)
    keep(link, WORKS, at=NOW())
    kept = again(link)
    assert (kept.state, kept.failures, kept.failing_since, kept.dead_since) == (LinkState.WORKS, 0, None, None)
    assert (kept.reason, kept.moved_to) == ("", "")


@pytest.mark.parametrize(("before", "state"), [({}, "unchecked"), (MOVED, "unchecked"), (DEAD, "dead")])
def test_that_nobody_can_tell_is_no_failure_and_ends_none(before: dict[str, Any], state: str) -> None:
    link = a_link(**before)
    keep(link, CANNOT_TELL, at=NOW())
    kept = again(link)
    assert (kept.state, kept.failures) == (state, before.get("failures", 0))
    assert kept.asked_at is not None
    assert NOW() - kept.asked_at < A_DAY


def test_who_turns_machines_away_for_a_month_is_not_dead(network: Network) -> None:
    link = a_link(network.at("/page", Reply(403)))
    for _ in range(5):
        link = asked(link)
        Link.objects.update(first_asked_at=days_ago(30))
    assert (link.state, link.reason) == (LinkState.UNCHECKED, "The site turns machines away (403).")


# A silence that may be our own


def test_without_a_network_no_failure_is_counted_and_it_is_said(network: Network, log: io.StringIO) -> None:
    for number in range(30):
        a_link(network.at(f"/{number}", host=f"{number}.example"))
    network.away.add("*")
    assert ask_due().is_offline
    assert not Link.objects.exclude(state=LinkState.NEW).exists()
    assert "there is no network. No failure was counted." in log.getvalue()
    # Nor is everybody tried in vain.
    assert len(set(network.asked_for)) == asking.SILENT_AT_MOST + 1
    assert Link.objects.due(NOW()).count() == 30


def test_without_a_network_the_worker_tries_again_in_a_quarter_of_an_hour(
    network: Network, published: PublishedPage
) -> None:
    network.away.add("*")
    asking.sweep()
    asking.sweep()
    assert network.asked_for == ["doi.org", "register.example"]
    assert Link.objects.due(NOW() + asking.OFFLINE_FOR).exists()


def test_the_one_link_that_is_due_may_be_gone_although_nobody_else_answers(network: Network) -> None:
    network.away.add("closed.example")
    link = asked(a_link(network.at("/page", host="closed.example")))
    assert network.requests == ["HEAD /"]  # of the register
    assert (link.state, link.reason) == (LinkState.FAILING, "closed.example cannot be found: no site has that name.")


def test_a_failure_counts_once_somebody_else_has_answered(network: Network) -> None:
    network.away.add("closed.example")
    closed = a_link(network.at("/page", host="closed.example"), due_at=days_ago(2))
    there = a_link(network.at("/there"), due_at=days_ago(1))
    assert not ask_due().is_offline
    assert [again(closed).state, again(there).state] == ["failing", "works"]
    assert "HEAD /" not in network.requests


# Many links


def test_links_of_one_host_are_not_asked_in_a_row(network: Network) -> None:
    for number in range(3):
        a_link(network.at(f"/a{number}", Reply(404), host="a.example"))
    for host in ("b.example", "c.example"):
        a_link(network.at(f"/{host}", Reply(404), host=host))
    ask_due()
    heads = [path for path in network.requests if path.startswith("HEAD")]
    assert heads == ["HEAD /a0", "HEAD /b.example", "HEAD /c.example", "HEAD /a1", "HEAD /a2"]


def test_only_what_is_due_is_asked_and_each_once(network: Network) -> None:
    a_link(network.at("/later"), due_at=NOW() + A_DAY)
    a_link(network.at("/ignored"), **ignored_until(NOW().date() + A_DAY))
    a_link(network.at("/no-longer-ignored", Reply(404)), **ignored_until(NOW().date()))
    assert ask_due().links == 1
    assert network.requests == ["HEAD /no-longer-ignored", "GET /no-longer-ignored"]
    assert ask_due().links == 0


def test_a_run_ends_in_time_and_the_next_goes_on(network: Network) -> None:
    for number in range(3):
        a_link(network.at(f"/{number}", Reply(404)))
    turns = iter([True, True, False])
    assert ask_due(goes_on=lambda: next(turns)).links == 2
    assert ask_due().links == 1


def test_the_worker_stops_in_time_and_for_somebody_who_waits_for_a_lookup(
    network: Network, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups.ask("DOI", "10.1234/other", by=None)
    asking.sweep()
    Import.objects.all().delete()
    monkeypatch.setattr(asking, "PATIENCE", 0.0)
    asking.sweep()
    assert network.asked_for == []
    assert Link.objects.filter(state=LinkState.NEW).exists()


def test_a_run_that_is_killed_loses_nothing(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        a_link(network.at(f"/{number}", Reply(404)))

    def killed(link: Link) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask_due(progress=killed)
    assert Link.objects.filter(state=LinkState.FAILING).count() == 1
    assert ask_due().links == 2


def test_who_claims_a_link_and_vanishes_keeps_it_for_a_quarter_of_an_hour(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_link(network.at("/page"))

    def killed(*args: object, **kwargs: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(asking, "fetch", killed)
        ask_due()
    assert ask_due().links == 0
    Link.objects.update(due_at=again(link).due_at - asking.CLAIMED_FOR)
    assert ask_due().links == 1


def test_no_transaction_is_open_goes_onthe_network_is_waited_for(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = len(connection.savepoint_ids)  # the test itself is in one
    seen = []

    def look(address: str, **options: object) -> fetching.Answer:
        seen.append(len(connection.savepoint_ids))
        return fetching.Answer(404, address, b"", {})

    monkeypatch.setattr(asking, "fetch", look)
    a_link()
    ask_due()
    assert seen == [inside, inside]


def test_a_link_that_went_or_is_ignored_meangoes_onis_left(network: Network) -> None:
    link = a_link()
    Link.objects.update(**ignored_until(NOW().date() + A_DAY))
    keep(link, GONE, at=NOW())
    assert again(link).state == LinkState.NEW
    Link.objects.all().delete()
    keep(link, GONE, at=NOW())
    assert not Link.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_nothing_twice(network: Network) -> None:
    for number in range(6):
        a_link(network.at(f"/{number}", Reply(404), host=f"{number}.example"))
    both = threading.Barrier(2)

    def work() -> None:
        both.wait()
        ask_due()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(network.requests) == sorted(f"{how} /{number}" for number in range(6) for how in ("HEAD", "GET"))


# By the worker, and by hand


def test_the_fetch_worker_does_it_for_the_links_of_live_pages(network: Network, published: PublishedPage) -> None:
    assert "articles.links.asking.sweep" in schedule.FETCH_SWEEPS.values()
    network.stub.otherwise = Reply(404)
    Link.objects.all().delete()
    network.away.add("doi.org")  # it stands on another port
    asking.sweep()
    assert set(Link.objects.values_list("address", "state")) == {("https://doi.org/10.1234/trial.2020", "failing")}


def test_by_hand_it_says_how_the_links_stand(
    network: Network, published: PublishedPage, capsys: pytest.CaptureFixture[str]
) -> None:
    network.away.add("doi.org")  # whose link is on the page
    for place, fields in enumerate((WORKING, MOVED, UNCHECKED, DEAD)):
        used(a_link(network.at(f"/{place}"), due_at=NOW() + A_DAY, **fields), published)
    used(a_link(network.at("/new")), published)
    used(a_link(network.at("/ignored"), **ignored_until(NOW().date() + A_DAY)), published)
    call_command("check_links")
    told = (
        "Links of live pages: 2 work, 1 moved, 0 failing, 1 dead, 1 could not be checked, 0 not asked yet, 1 ignored."
    )
    assert told in capsys.readouterr().out


def test_by_hand_all_of_them_can_be_asked(network: Network, published: PublishedPage) -> None:
    used(a_link(network.at("/page"), due_at=NOW() + A_DAY, **DEAD), published)
    call_command("check_links")
    assert "HEAD /page" not in network.requests
    call_command("check_links", "--all")
    assert "HEAD /page" in network.requests


def test_by_hand_it_may_be_interrupted(
    network: Network, published: PublishedPage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(asking, "fetch", interrupted)
    call_command("check_links")
    told = capsys.readouterr()
    assert "Run it again without --all" in told.err
    assert "1 not asked yet" in told.out


def test_by_hand_it_says_when_there_is_no_network(
    network: Network, published: PublishedPage, capsys: pytest.CaptureFixture[str]
) -> None:
    network.away.add("*")
    call_command("check_links")
    assert "there is no network here. No link was counted as failing." in capsys.readouterr().err
