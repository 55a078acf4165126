"""robots.txt, security.txt, the manifest and the icon: at their fixed addresses, true, and never invented."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from articles.public import site_files
from mesoinfo.models import SiteSettings

SECURITY = "/.well-known/security.txt"


def fields(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def test_robots_learn_what_to_leave_alone_and_where_the_list_is(client: Client, db: None) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    found = fields(answer.content.decode())
    assert found["User-agent"] == ["*"]
    assert {"/admin/", "/search/", "/feedback/"} <= set(found["Disallow"])
    assert found["Sitemap"] == ["http://testserver/sitemap.xml"]


def test_what_robots_leave_alone_is_there() -> None:
    for address in site_files.LEAVE_ALONE:
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"nothing is at {address}")


def test_whoever_finds_a_hole_learns_whom_to_tell(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@example.org", "https://example.org/report"]
    answer = client.get(SECURITY, secure=True)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    found = fields(answer.content.decode())
    assert found["Contact"] == settings.SECURITY_CONTACT
    assert found["Preferred-Languages"] == ["en"]
    assert found["Canonical"] == [f"https://testserver{SECURITY}"]
    (expires,) = found["Expires"]
    ahead = datetime.datetime.fromisoformat(expires) - timezone.now()
    assert datetime.timedelta(days=120) < ahead < datetime.timedelta(days=365)


@pytest.mark.parametrize(
    ("today", "expires"),
    [
        ("2026-01-31", "2026-07-01"),
        ("2026-06-30", "2026-12-01"),
        ("2026-07-01", "2027-01-01"),
        ("2026-12-31", "2027-06-01"),
    ],
)
def test_it_expires_within_half_a_year_and_changes_once_a_month(today: str, expires: str) -> None:
    day = site_files._half_a_year_on(datetime.date.fromisoformat(today))
    assert day.isoformat() == expires


def test_nobody_is_invented_to_be_told(client: Client, db: None) -> None:
    assert client.get(SECURITY).status_code == 404


def test_a_home_screen_learns_name_icon_and_colors(client: Client, site_settings: SiteSettings) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == manifest["short_name"] == "Meso pages"
    assert manifest["start_url"] == "/"
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}


@pytest.mark.parametrize(
    ("address", "content_type", "signature"),
    [
        ("/favicon.ico", "image/vnd.microsoft.icon", b"\0\0\1\0"),
        ("/apple-touch-icon.png", "image/png", b"\x89PNG"),
    ],
)
def test_icons_are_where_browsers_look_without_being_told(
    client: Client, db: None, address: str, content_type: str, signature: bytes
) -> None:
    answer = client.get(address)
    assert answer["Content-Type"] == content_type
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.content.startswith(signature)


def test_while_the_database_is_away_these_files_still_come(
    client: Client, site_settings: Any, database_away: Any
) -> None:
    client.get("/")
    with database_away():
        for address in ("/robots.txt", "/favicon.ico", "/apple-touch-icon.png", "/manifest.webmanifest"):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/robots.txt", "/sitemap.xml", "/feed/", "/manifest.webmanifest", "/favicon.ico", "/images/share.png"],
)
def test_they_refuse_other_methods(client: Client, db: None, address: str) -> None:
    assert client.post(address).status_code == 405
