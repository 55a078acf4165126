"""Headers, health and whom to believe about where a request came from."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from mesoinfo.middleware import TrustedProxies


def test_every_answer_carries_the_headers(client, db):
    headers = client.get("/healthz").headers
    assert headers["Cache-Control"] == "no-cache"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert not client.cookies


def test_a_process_that_is_up_says_so_without_a_database(client):
    # No database fixture: a query would fail the test.
    assert client.get("/healthz").content == b"ok\n"


def test_ready_says_what_is_missing(client, db, settings, tmp_path):
    settings.DESK_PUBLIC_KEY = tmp_path / "none"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "public_key": False}
    settings.DESK_PUBLIC_KEY.write_bytes(b"key")
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("proxy", "believed"), [("10.0.0.1", True), ("203.0.113.9", False)])
def test_only_a_trusted_proxy_is_believed(rf, settings, proxy, believed):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    request = rf.get("/", REMOTE_ADDR=proxy, HTTP_X_FORWARDED_PROTO="https")
    TrustedProxies(lambda request: HttpResponse())(request)
    assert request.is_secure() is believed


def test_guessing_passwords_is_stopped_for_the_guesser_only(client, db, settings):
    from tests.conftest import a_user

    a_user("writer")
    for _ in range(5):
        answer = client.post(
            "/admin/login/", {"username": "writer@example.org", "password": "wrong"}, REMOTE_ADDR="203.0.113.9"
        )
    assert answer.status_code == 429
    right = {"username": "writer@example.org", "password": "a long enough password"}
    assert client.post("/admin/login/", right, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.post("/admin/login/", right, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_another_spelling_of_an_address_is_no_further_guess(client, db):
    from tests.conftest import a_user

    a_user("writer")
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
