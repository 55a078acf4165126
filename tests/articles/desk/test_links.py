"""The desk: links that lead out, by page, sentence and text, and what staff decide about them."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.links import calling
from articles.links.asking import keep
from articles.links.judging import Judgment, Verdict
from articles.models import Link, PublishedPage
from articles.publishing import takedown
from mesoinfo.models import User
from tests.articles.links import A_DAY, DEAD, FAILING, MOVED, NOW, UNCHECKED, WORKING, a_link, ignored_until, used
from tests.conftest import PublishPage
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("published_once")

LIST = "/admin/articles/link/"
SENTENCE = "Ask the hospital before you travel."


@pytest.fixture
def links(published: PublishedPage) -> dict[str, Link]:
    """A link of the page in each state."""
    today = timezone.now().date()
    made = {
        "works": a_link("https://works.example/", **WORKING),
        "dead": a_link("https://dead.example/a?b=1&c=2", **DEAD),
        "failing": a_link("https://failing.example/", **FAILING),
        "moved": a_link("https://moved.example/", **MOVED),
        "unchecked": a_link("https://unchecked.example/", **UNCHECKED),
        "new": a_link("https://new.example/"),
        "ignored": a_link("https://ignored.example/", **DEAD, **ignored_until(today + A_DAY)),
    }
    for link in made.values():
        used(link, published, words="the hospital", sentence=SENTENCE)
    return made


@pytest.fixture
def desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def test_dead_links_stand_on_the_front_page(desk: Client, links: dict[str, Link]) -> None:
    page = told(desk.get("/admin/"))
    assert "Dead links 1 mesothelioma/stage-4 “the hospital”: The site says that nothing is at this address" in page
    keep(links["dead"], Judgment(Verdict.WORKS), at=NOW())
    assert "No link of a live page is dead." in told(desk.get("/admin/"))


def test_the_list_stands_in_the_menu(desk: Client, links: dict[str, Link]) -> None:
    assert f'href="{LIST}"' in desk.get("/admin/").content.decode()


def test_each_link_is_told_with_its_page_its_sentence_its_words_and_what_is_wrong(
    desk: Client, links: dict[str, Link], published: PublishedPage
) -> None:
    page = told(desk.get(LIST))
    since = f"{links['dead'].dead_since:%-d %B %Y}"
    assert f"Dead since {since}. The site says that nothing is at this address (404)." in page
    assert f"“{SENTENCE}” The words “the hospital” lead to https://dead.example/a?b=1&c=2" in page
    assert "In the text. Failing since" in page
    assert "Failed 8 times in a row. Last asked" in page
    assert "Moved for good. Write the new address: https://hospital.example/new" in page
    assert "The site turns machines away (403)." in page
    assert f'href="/admin/articles/article/{published.article_id}/change/"' in desk.get(LIST).content.decode()
    assert "Works: 1 · Moved for good: 1 · Failing: 1 · Dead: 1" in page
    assert "Not asked yet: 1" in page


def test_what_is_in_order_or_ignored_is_left_out(desk: Client, links: dict[str, Link]) -> None:
    page = told(desk.get(LIST))
    for name in ("works", "new", "ignored"):
        assert links[name].address not in page


@pytest.mark.parametrize("standing", ["dead", "failing", "moved", "unchecked", "ignored"])
def test_the_list_shows_those_that_stand_so(desk: Client, links: dict[str, Link], standing: str) -> None:
    page = told(desk.get(f"{LIST}?standing={standing}"))
    assert [name for name, link in links.items() if link.address in page] == [standing]


def test_a_standing_that_is_none_shows_what_to_look_at(desk: Client, links: dict[str, Link]) -> None:
    assert links["dead"].address in told(desk.get(f"{LIST}?standing=odd&page=-7"))


def test_links_stand_under_their_pages_and_a_long_list_has_pages(
    desk: Client, published: PublishedPage, publish_page: PublishPage
) -> None:
    first = publish_page("mesothelioma/a-first", "# First\n\nA lede.\n")
    link = a_link(**DEAD)
    for page in (published, first):
        used(link, page)
    html = desk.get(LIST).content.decode()
    assert html.index("mesothelioma/a-first") < html.index("mesothelioma/stage-4")
    for _ in range(50):
        used(link, published)
    assert "Page 1 of 2" in told(desk.get(LIST))
    assert "?standing=dead&amp;page=2" in desk.get(f"{LIST}?standing=dead").content.decode()
    with CaptureQueriesContext(connection) as queries:
        desk.get(LIST)
    assert len(queries) < 20


def test_a_link_in_the_reference_list_names_its_source(desk: Client, published: PublishedPage) -> None:
    used(a_link(**DEAD), published, kind="source", source_key="trial2020")
    assert "In the reference list, source trial2020." in told(desk.get(LIST))


def test_nothing_wrong_is_said(desk: Client) -> None:
    assert "There is no such link on any live page." in told(desk.get(LIST))


def test_a_page_that_readers_do_not_see_is_left_out(
    desk: Client, links: dict[str, Link], published: PublishedPage, publisher: User
) -> None:
    takedown.withdraw_page(published.article, reason="Old.", reader_note="Old.", by=publisher)
    assert "There is no such link on any live page." in told(desk.get(LIST))


def test_the_list_comes_as_a_file(desk: Client, links: dict[str, Link]) -> None:
    answer = desk.get(f"{LIST}?standing=dead&format=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [
        (row["Page"], row["Words of the link"], row["Address"], row["State"], row["Where"], row["Ignored until"])
        for row in rows
    ] == [("mesothelioma/stage-4", "the hospital", links["dead"].address, "Dead", "in the text", "")]
    (row,) = csv.DictReader(io.StringIO(desk.get(f"{LIST}?standing=ignored&format=csv").getvalue().decode("utf-8-sig")))
    assert row["Why ignored"] == "They move house."


def test_a_link_is_ignored_with_a_reason_and_watched_again(desk: Client, links: dict[str, Link]) -> None:
    link = links["dead"]
    form = desk.get(f"{LIST}{link.pk}/ignore/")
    a_year_on = timezone.now().date() + datetime.timedelta(days=365)
    assert f'value="{a_year_on:%Y-%m-%d}"' in form.content.decode()
    assert link.address in told(form)
    wrong = desk.post(f"{LIST}{link.pk}/ignore/", {"reason": "They move.", "until": "2020-01-01"})
    assert wrong.status_code == 400
    assert "Give a day after today" in told(wrong)
    assert "They move." in wrong.content.decode()
    until = timezone.now().date() + 30 * A_DAY
    page = told(desk.post(f"{LIST}{link.pk}/ignore/", {"reason": "They move.", "until": f"{until}"}, follow=True))
    assert f"Ignored until {until:%-d %B %Y}." in page
    assert link.address not in page
    page = told(desk.get(f"{LIST}?standing=ignored"))
    assert "Ignored by The writer on" in page
    assert "They move." in page
    page = told(desk.post(f"{LIST}{link.pk}/watch/", follow=True))
    assert f"Watched again, and asked within minutes: {link.address}" in page
    assert desk.post(f"{LIST}{link.pk}/watch/").status_code == 409


def test_a_link_is_asked_again(desk: Client, links: dict[str, Link]) -> None:
    link = links["failing"]
    Link.objects.update(due_at=NOW() + A_DAY)
    assert f"Asked within minutes; open this list again then: {link.address}" in told(
        desk.post(f"{LIST}{link.pk}/ask/", follow=True)
    )
    assert [due.pk for due in Link.objects.due(NOW())] == [link.pk]
    assert desk.post(f"{LIST}{links['ignored'].pk}/ask/").status_code == 409
    assert desk.post(f"{LIST}0/ask/").status_code == 404


def test_a_superuser_looks_and_has_no_buttons(client: Client, links: dict[str, Link], superuser: User) -> None:
    client.force_login(superuser)
    page = told(client.get(LIST))
    assert links["dead"].address in page
    assert "Ignore…" not in page


def test_a_page_that_was_called_in_says_that_its_link_works_again(
    desk: Client, published: PublishedPage, medical_lead: User
) -> None:
    link = a_link(**DEAD | {"dead_since": NOW()})
    used(link, published)
    calling.call_in()
    article = f"/admin/articles/article/{published.article_id}/change/"
    assert f"A link on it is dead: {link.address}: The site says that nothing is at this address (404)." in told(
        desk.get(article)
    )
    assert "The link works again." not in told(desk.get(article))
    keep(link, Judgment(Verdict.WORKS), at=NOW())
    assert "The link works again." in told(desk.get(article))
    assert "The link works again." in told(desk.get(f"/admin/articles/article/{published.article_id}/read-again/"))
