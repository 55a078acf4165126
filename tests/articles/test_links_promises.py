"""What PostgreSQL itself promises about links that lead out: each test goes past the ORM's own rules and is refused."""

from __future__ import annotations

from typing import Any

import pytest

from articles.models import Link, LinkUse, PublishedPage
from mesoinfo.models import User
from tests.articles.links import DEAD, FAILING, MOVED, NOW, UNCHECKED, WORKING, a_link, days_ago, ignored_until, used
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("published_once")


@pytest.mark.parametrize(
    "address",
    ["", "/about/", "ftp://example.org/", "https://", "https:///x", "https://example.org/#place", "https://a b"],
)
def test_a_link_leads_out_to_a_web_address(address: str) -> None:
    with refused("a_link_leads_out_by_http"):
        a_link(address)


def test_an_address_is_one_link() -> None:
    a_link()
    with refused("articles_link_address"):
        a_link()


DAY = NOW().date()


@pytest.mark.parametrize(
    ("before", "changed", "promise"),
    [
        (WORKING, {"state": "fine"}, "a_link_has_a_known_state"),
        ({}, {"state": "works"}, "a_link_that_was_asked_says_when"),
        ({}, {"asked_at": NOW()}, "a_link_that_was_asked_says_when"),
        (WORKING, {"asked_at": None}, "a_link_that_was_asked_says_when"),
        (WORKING, {"asked_at": days_ago(31)}, "a_link_that_was_asked_says_when"),
        (WORKING, {"failures": 1}, "a_failing_link_says_since_when_and_how_often"),
        (FAILING, {"failures": 0}, "a_failing_link_says_since_when_and_how_often"),
        (FAILING, {"failing_since": None}, "a_failing_link_says_since_when_and_how_often"),
        (FAILING, {"failed_at": days_ago(5)}, "a_failing_link_says_since_when_and_how_often"),
        (FAILING, {"state": "works", "reason": ""}, "a_failing_link_says_since_when_and_how_often"),
        (FAILING, {"dead_since": NOW()}, "a_dead_link_failed_three_times_over_seven_days"),
        (DEAD, {"dead_since": None}, "a_dead_link_failed_three_times_over_seven_days"),
        (DEAD, {"failures": 2}, "a_dead_link_failed_three_times_over_seven_days"),
        (DEAD, {"failing_since": days_ago(9.9)}, "a_dead_link_failed_three_times_over_seven_days"),
        (FAILING, {"reason": ""}, "what_is_wrong_with_a_link_is_said"),
        (UNCHECKED, {"reason": ""}, "what_is_wrong_with_a_link_is_said"),
        (WORKING, {"reason": "Odd."}, "what_is_wrong_with_a_link_is_said"),
        (MOVED, {"moved_to": ""}, "a_moved_link_says_where_to"),
        (WORKING, {"moved_to": "https://example.org/"}, "a_moved_link_says_where_to"),
        ({}, {"ignored_reason": "Because."}, "an_ignored_link_says_why_by_whom_and_until_when"),
        ("ignored", {"ignored_reason": ""}, "an_ignored_link_says_why_by_whom_and_until_when"),
        ("ignored", {"ignored_by": None}, "an_ignored_link_says_why_by_whom_and_until_when"),
        ("ignored", {"ignored_on": None}, "an_ignored_link_says_why_by_whom_and_until_when"),
        ("ignored", {"ignored_until": None}, "an_ignored_link_says_why_by_whom_and_until_when"),
        ("ignored", {"ignored_on": DAY, "ignored_until": DAY}, "an_ignored_link_says_why_by_whom_and_until_when"),
    ],
)  # fmt: skip
def test_what_a_link_says_holds_together(before: Any, changed: dict[str, Any], promise: str, editor: User) -> None:
    link = a_link(**(ignored_until(DAY) if before == "ignored" else before))
    with refused(promise):
        Link.objects.filter(pk=link.pk).update(**changed)


def test_each_place_on_a_page_holds_one_link(published: PublishedPage) -> None:
    use = used(a_link(), published)
    with refused("one_link_at_each_place"):
        LinkUse.objects.bulk_create([LinkUse(reading=use.reading, link=use.link, place=use.place, kind="text")])


@pytest.mark.parametrize("fields", [{"kind": "source"}, {"kind": "text", "source_key": "x"}, {"kind": "elsewhere"}])
def test_a_link_in_the_reference_list_names_its_source(published: PublishedPage, fields: dict[str, Any]) -> None:
    with refused("a_link_in_the_reference_list_names_its_source"):
        used(a_link(), published, **fields)
