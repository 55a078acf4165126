"""Headers, health and whom to believe about where a request came from."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from mesoinfo.middleware import TrustedProxies

pytestmark = pytest.mark.usefixtures("published_once")

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
# What it is: how it is asked for, and the status of the answer.
ANSWERS = {
    "a page": ("GET", "/mesothelioma/stage-4/", 200),
    "its head": ("HEAD", "/mesothelioma/stage-4/", 200),
    "a form with mistakes": ("POST", "/free-case-review/", 200),
    "a text file": ("GET", "/robots.txt", 200),
    "the list of pages": ("GET", "/sitemap.xml", 200),
    "the feed": ("GET", "/feed/", 200),
    "references": ("GET", "/mesothelioma/stage-4/references.ris", 200),
    "an icon": ("GET", "/favicon.ico", 200),
    "what a home screen asks": ("GET", "/manifest.webmanifest", 200),
    "an old address": ("GET", "/Mesothelioma/Stage-4/", 301),
    "a sign of life": ("GET", "/healthz", 200),
    "the desk's door": ("GET", "/admin/login/", 200),
    "a redirect": ("GET", "/mesothelioma", 301),
    "nothing there": ("GET", "/no/such/page/", 404),
    "another method": ("PUT", "/mesothelioma/stage-4/", 405),
    "a preflight": ("OPTIONS", "/mesothelioma/stage-4/", 405),
}


@pytest.mark.parametrize(("method", "address", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_the_headers(client, published, method, address, status):
    answer = client.generic(method, address)
    assert answer.status_code == status
    assert_complete(answer.headers)
    # Development, and plain HTTP: a promise of TLS would lock the visitor out.
    assert "Strict-Transport-Security" not in answer.headers


def test_an_unchanged_page_carries_them_too(client, published):
    tag = client.get("/mesothelioma/stage-4/")["ETag"]
    answer = client.get("/mesothelioma/stage-4/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert_complete(answer.headers)


def test_a_host_that_is_not_ours_is_refused_with_them(client, db):
    answer = client.get("/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert_complete(answer.headers)


def test_they_come_while_the_database_is_away_too(client, published, database_away):
    with database_away():
        answer = client.get("/mesothelioma/stage-4/")
    assert answer.status_code == 503
    assert_complete(answer.headers)


def test_only_pictures_made_to_be_shown_elsewhere_may_be(client, published):
    answer = client.get("/images/share/mesothelioma/stage-4.png")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert_complete({**answer.headers, "Cross-Origin-Resource-Policy": "same-origin"})


def test_a_mistake_of_ours_is_answered_with_them(client, db, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("articles.public.views.navigation_for", lambda request: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert_complete(answer.headers)


def assert_complete(headers):
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=()"
    if "html" in headers.get("Content-Type", "html"):
        assert headers["Cache-Control"] in ("no-cache", "no-store") or "private" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


@pytest.fixture
def production(settings):
    """What the settings say where real people are served, of the way there."""
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def test_behind_tls_browsers_are_told_to_come_by_tls_for_a_year(client, published, production):
    by_tls = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}
    for address in ("/mesothelioma/stage-4/", "/no/such/page/", "/robots.txt"):
        answer = client.get(address, **by_tls)
        assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert_complete(answer.headers)


def test_without_tls_they_are_sent_there_and_promised_nothing(client, published, production):
    answer = client.get("/mesothelioma/stage-4/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_PROTO="http")
    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/mesothelioma/stage-4/"
    assert "Strict-Transport-Security" not in answer.headers
    assert_complete(answer.headers)


def test_a_process_that_is_up_says_so_without_a_database(client):
    # No database fixture: a query would fail the test.
    assert client.get("/healthz").content == b"ok\n"


def test_ready_says_what_is_missing(client, db, settings, tmp_path):
    settings.DESK_PUBLIC_KEY = tmp_path / "none"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "public_key": False, "erasures": True}
    settings.DESK_PUBLIC_KEY.write_bytes(b"key")
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("proxy", "believed"), [("10.0.0.1", True), ("203.0.113.9", False)])
def test_only_a_trusted_proxy_is_believed(rf, settings, proxy, believed):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = rf.get("/", REMOTE_ADDR=proxy, HTTP_X_FORWARDED_PROTO="https")
    TrustedProxies(lambda request: HttpResponse())(request)
    assert request.is_secure() is believed


def test_guessing_passwords_is_stopped_for_the_guesser_only(client, db, settings):
    from tests.conftest import member

    member("writer")
    for _ in range(5):
        answer = client.post(
            "/admin/login/", {"username": "writer@example.org", "password": "wrong"}, REMOTE_ADDR="203.0.113.9"
        )
    assert answer.status_code == 429
    right = {"username": "writer@example.org", "password": "a long enough password"}
    assert client.post("/admin/login/", right, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.post("/admin/login/", right, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_another_spelling_of_an_address_is_no_further_guess(client, db):
    from tests.conftest import member

    member("writer")
    for spelling in (
        "writer@example.org",
        "Writer@example.org",
        "WRITER@EXAMPLE.ORG",
        " wriTer@example.org",
        "wRiter@Example.org",
    ):
        answer = client.post("/admin/login/", {"username": spelling, "password": "wrong"})
    assert answer.status_code == 429


def test_a_very_long_address_is_a_wrong_one(client, db):
    answer = client.post("/admin/login/", {"username": "é" * 5000, "password": "wrong"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the first was made up by the visitor
        ("203.0.113.9, 10.0.0.1", "203.0.113.9"),  # through two of our proxies
        ("2001:DB8::1", "2001:db8::1"),
        ("somewhere", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_behind_a_proxy_each_visitor_has_an_address_of_their_own(rf, settings, forwarded, visitor):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    TrustedProxies(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == visitor


def test_who_names_another_address_is_not_believed(rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = rf.get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.7")
    TrustedProxies(lambda request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
