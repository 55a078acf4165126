"""What an answer says of a link. A link called dead that is not costs a reviewer an hour and a page its badge."""

from __future__ import annotations

import pytest

from articles.links.judging import (
    Verdict,
    calls_for_nowhere,
    is_enough,
    judge,
    judge_no_answer,
    shown_at_nowhere,
    site_to_compare,
)
from citations.fetching import Answer, NoAnswer, NoSuchHost, NotAsked

AT = "https://www.hospital.example/patients/remission"
STORY = "Remission means that tests find no sign of the illness for a time. " * 40
SHELL = "<title>Hospital</title><div id=app></div><noscript>This site needs scripts.</noscript>"


def answered(body: str = "", status: int = 200, *, url: str = AT, moved_to: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, url, body.encode(), {"content-type": "text/html; charset=utf-8", **named}, moved_to)


def a_page(title: str, heading: str = "", text: str = STORY) -> str:
    return f"<!doctype html><title>{title}</title><body><h1>{heading or title}</h1><p>{text}</p>"


NOT_THERE = answered(a_page("Page not found", text="Try the search."), 404, url="https://www.hospital.example/made-up")

NOWHERE = shown_at_nowhere(NOT_THERE)


def verdict(answer: Answer, nowhere: Answer | None = NOT_THERE, address: str = AT) -> Verdict:
    found = judge(address, answer, shown_at_nowhere(nowhere) if nowhere else None)
    assert bool(found.reason) == (found.verdict not in (Verdict.WORKS, Verdict.MOVED))
    assert bool(found.moved_to) == (found.verdict is Verdict.MOVED)
    return found.verdict


def test_a_page_that_is_there_works():
    assert verdict(answered(a_page("Remission | The hospital"))) is Verdict.WORKS


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there_is_gone(status):
    assert verdict(answered(status=status)) is Verdict.GONE


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 406, 418, 429, 451, 999])
def test_who_turns_machines_away_says_nothing_of_the_link(status):
    assert verdict(answered(a_page("Access denied"), status)) is Verdict.CANNOT_TELL


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_fault_of_the_site_is_no_page_reached(status):
    assert verdict(answered(status=status)) is Verdict.NOT_REACHED


def test_a_wall_before_the_site_is_no_fault_of_it():
    assert verdict(answered(status=503, cf_mitigated="challenge")) is Verdict.CANNOT_TELL
    assert verdict(answered(a_page("Just a moment..."))) is Verdict.CANNOT_TELL
    assert verdict(answered(a_page("Attention Required! | Cloudflare"))) is Verdict.CANNOT_TELL


def test_an_article_about_walls_is_none():
    assert verdict(answered(a_page("Access denied: what insurers do not pay | The hospital"))) is Verdict.WORKS


def test_what_moved_for_good_tells_its_new_address():
    new = "https://hospital.example/care/remission#top"
    found = judge(AT, answered(a_page("Remission"), url=new, moved_to=new), NOWHERE)
    assert (found.verdict, found.moved_to) == (Verdict.MOVED, "https://hospital.example/care/remission")


def test_what_leads_elsewhere_for_the_moment_has_not_moved():
    assert verdict(answered(a_page("Remission"), url="https://www.hospital.example/en/patients/remission")) is (
        Verdict.WORKS
    )


def test_what_moved_to_where_nothing_is_is_gone():
    assert verdict(answered(status=404, moved_to="https://hospital.example/new")) is Verdict.GONE


# A doi is looked up by who knows them all


def test_a_doi_that_is_known_works_whatever_the_publisher_lets_machines_see():
    doi = "https://doi.org/10.1234/trial.2020"
    at_the_publisher = "https://publisher.example/article/10.1234/trial.2020"
    for status in (403, 429, 401):
        assert verdict(answered(status=status, url=at_the_publisher), address=doi) is Verdict.WORKS
    assert verdict(answered(a_page("Just a moment..."), url=at_the_publisher), address=doi) is Verdict.WORKS
    made_up = answered(SHELL, url="https://publisher.example/made-up")
    assert verdict(answered(SHELL, url=at_the_publisher), nowhere=made_up, address=doi) is Verdict.WORKS
    assert verdict(answered(status=404, url=at_the_publisher), address=doi) is Verdict.GONE
    assert verdict(answered(status=503, url=at_the_publisher), address=doi) is Verdict.NOT_REACHED
    assert verdict(answered(status=403, url=doi), address=doi) is Verdict.CANNOT_TELL
    assert verdict(answered(status=404, url=doi), address=doi) is Verdict.GONE


def test_behind_a_doi_the_site_of_the_publisher_is_compared():
    answer = answered(a_page("A trial"), url="https://publisher.example/a/1")
    assert site_to_compare("https://doi.org/10.1234/x", answer) == "https://publisher.example"
    assert site_to_compare(AT, answer) == "https://www.hospital.example"


# Soft 404s: pages that are not there, answered with 200


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Error 404 - The hospital",
        "Page not found | The hospital",
        "Sorry, the page you are looking for cannot be found",
        "Oops! That page can’t be found.",
        "This page does not exist",
        "We couldn't find the page you were looking for",
        "The requested document is no longer available",
        "Seite nicht gefunden – Klinik",
        "Page introuvable | Hôpital",
        "Página no encontrada",
    ],
)
def test_a_title_that_says_nothing_else_tells_that_the_page_is_not_there(title):
    assert verdict(answered(a_page(title, heading="Welcome"))) is Verdict.GONE


def test_of_a_title_without_end_the_beginning_is_told():
    reason = judge(AT, answered(a_page("page not found " * 10_000)), NOWHERE).reason
    assert len(reason) < 200
    assert "says “page not found page" in reason


def test_so_does_a_heading():
    assert verdict(answered(a_page("The hospital", heading="Sorry, we can’t find that page"))) is Verdict.GONE
    assert verdict(answered(a_page("The hospital", heading="What to do when a page cannot be found"))) is Verdict.WORKS


@pytest.mark.parametrize(
    "title",
    [
        "A cure has not been found | The hospital",
        "Not found: the patients whom nobody counts",
        "404 Media",
        "What to do when a drug is no longer available",
        "Trial 404: pleural mesothelioma",
        "410 patients with mesothelioma",
        "Lost and found",
        "Patients who could not be found for follow-up",
    ],
)
def test_a_title_that_says_something_else_too_does_not(title):
    assert verdict(answered(a_page(title))) is Verdict.WORKS


def test_an_address_that_leads_to_a_page_for_errors_is_gone():
    for error_page in ("/404", "/404.html", "/error/page-not-found", "/not-found?from=/patients"):
        assert verdict(answered(a_page("Hello"), url=f"https://www.hospital.example{error_page}")) is Verdict.GONE
    about_errors = "https://blog.example/posts/404"
    assert verdict(answered(a_page("Errors"), url=about_errors), address="http://blog.example/posts/404") is (
        Verdict.WORKS
    )


@pytest.mark.parametrize("home", ["/", "", "/index.html", "/en/", "/en-us/home"])
def test_a_page_that_leads_to_the_home_page_of_its_site_is_gone(home):
    for site in ("https://www.hospital.example", "https://hospital.example"):
        assert verdict(answered(a_page("The hospital"), url=f"{site}{home}", moved_to=f"{site}{home}")) is Verdict.GONE


@pytest.mark.parametrize("asked", ["", "/", "/index.html", "/en", "/en/index.php", "/home"])
def test_one_home_page_may_lead_to_another(asked):
    address = f"http://hospital.example{asked}"
    answer = answered(a_page("The hospital"), url="https://www.hospital.example/en/")
    assert verdict(answer, address=address) is Verdict.WORKS
    assert not calls_for_nowhere(address, answer)


def test_a_page_may_have_become_a_site_of_its_own_unless_all_pages_have():
    new = answered(a_page("Remission"), url="https://remission.example/", moved_to="https://remission.example/")
    assert verdict(new) is Verdict.MOVED
    assert verdict(new, nowhere=answered(a_page("Remission"), url="https://remission.example/")) is Verdict.GONE


def test_a_page_that_leads_where_a_made_up_address_leads_is_gone():
    elsewhere = "https://www.hospital.example/news/welcome-to-our-new-site"
    answer = answered(a_page("Welcome"), url=elsewhere)
    assert verdict(answer, nowhere=answered(a_page("Welcome"), url=elsewhere)) is Verdict.GONE
    assert verdict(answer) is Verdict.WORKS


def test_the_same_page_as_for_a_made_up_address_is_gone_when_it_says_so():
    lost = a_page("The hospital", "Something went wrong", f"This page could not be found. {STORY} 22 November")
    other_day = lost.replace("22 November", "23 November")
    assert verdict(answered(lost), nowhere=answered(other_day)) is Verdict.GONE
    assert verdict(answered(lost)) is Verdict.WORKS


def test_a_site_that_runs_on_scripts_shows_a_machine_nothing():
    assert verdict(answered(SHELL), nowhere=answered(SHELL)) is Verdict.CANNOT_TELL
    consent = a_page("We value your privacy", text="We and our partners store cookies. " * 100)
    assert verdict(answered(consent), nowhere=answered(consent)) is Verdict.CANNOT_TELL


def test_pages_that_share_most_of_their_words_are_not_the_same():
    menu = "Home Patients Visitors Donors Research Contact " * 200
    there = answered(a_page("Remission", text=menu + "What remission means."))
    not_there = answered(a_page("Nothing here", text=menu + "The page was not found."))
    assert verdict(there, nowhere=not_there) is Verdict.WORKS


def test_who_asks_for_a_password_shows_a_machine_nothing():
    assert verdict(answered(a_page("Sign in"), url="https://www.hospital.example/login?next=/x")) is (
        Verdict.CANNOT_TELL
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0",
        b"\xff\xfe<",
        b"<title>",
        b"<h1><h1><script>",
        b"%PDF-1.7",
        b"<![foo[",
        b"<!--" * 75_000,
        b"<b>" * 99_000,
    ],
    ids=range(9),
)
def test_any_bytes_are_read_and_soon(body):
    answer = Answer(200, AT, body, {})
    assert judge(AT, answer, NOWHERE).verdict is Verdict.WORKS


def test_only_what_a_reader_sees_is_read():
    hidden = "<script>var message = 'Page not found'</script><!-- <h1>Page not found</h1> -->"
    page = f"<title>Remission</title>{hidden}<h1>Rémission <em>means</em></h1>{STORY}"
    assert verdict(answered(page)) is Verdict.WORKS
    assert verdict(answered(f"<svg><title>Logo</title></svg><h1>Page <b>not</b> found</h1>{hidden}")) is Verdict.GONE


# What a HEAD is good for


def test_a_head_is_enough_for_a_file_that_is_right_there():
    paper = answered(url=f"{AT}.pdf", content_type="application/pdf")
    assert is_enough(f"{AT}.pdf", paper)
    assert not calls_for_nowhere(f"{AT}.pdf", paper)
    assert not is_enough(AT, paper)
    assert not is_enough(AT, answered())
    assert not is_enough(AT, Answer(200, AT, b"", {}))
    assert not is_enough(AT, answered(status=405, content_type="application/pdf"))


def test_who_was_asked_too_often_is_not_asked_again_at_once():
    assert is_enough(AT, answered(status=429))


# Nothing came back


def test_a_name_that_nobody_has_is_gone_and_who_does_not_answer_is_not_reached():
    found = judge_no_answer(NoSuchHost("old.example cannot be found. There is no network, or the name is wrong."))
    assert (found.verdict, found.reason) == (Verdict.GONE, "old.example cannot be found: no site has that name.")
    slow = judge_no_answer(NoAnswer("old.example did not answer in time. Try again later."))
    assert (slow.verdict, slow.reason) == (Verdict.NOT_REACHED, "old.example did not answer in time.")
    inside = judge_no_answer(NotAsked("inside.example is not on the public network, so it is not asked."))
    assert inside.verdict is Verdict.CANNOT_TELL
    assert [one.is_failure for one in (found, slow, inside)] == [True, True, False]
