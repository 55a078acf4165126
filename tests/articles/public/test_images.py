"""Pictures: named by their bytes, so kept for good; nothing else can be fetched through their address."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

NAME = "0123456789abcdef01234567.webp"
BYTES = b"RIFF....WEBP"


@pytest.fixture
def picture(settings, tmp_path: Path) -> str:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / NAME).write_bytes(BYTES)
    (tmp_path / "secret.webp").write_bytes(b"not for visitors")
    return f"/images/{NAME}"


def test_a_picture_is_sent_with_its_type_and_kept_for_good(client: Client, picture: str) -> None:
    response = client.get(picture)
    assert response.content == BYTES
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


def test_a_picture_the_browser_has_is_not_sent_again(client: Client, picture: str) -> None:
    etag = client.get(picture)["ETag"]
    response = client.get(picture, headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert not response.content


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("avif", "image/avif"), ("webp", "image/webp"), ("jpg", "image/jpeg"), ("png", "image/png")],
)
def test_renditions_are_sent_with_their_type(client: Client, settings, picture: str, extension: str, kind: str) -> None:
    name = f"0123456789abcdef01234567-400.{extension}"
    (settings.MEDIA_ROOT / "images" / name).write_bytes(BYTES)
    response = client.get(f"/images/{name}")
    assert (response.content, response["Content-Type"]) == (BYTES, kind)
    assert response["ETag"] == f'"{name}"'
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.whole
def test_site_and_desk_send_the_same_pictures() -> None:
    """The desk shows pages with their pictures, and its security policy lets them come from nowhere else."""
    asked = (
        "import django; django.setup(); from django.urls import resolve; import sys; print(resolve(sys.argv[1]).func)"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", asked, "/images/0123456789abcdef01234567-400.avif"],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "MESOINFO_TIER": tier},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split(" at ")[0]
        for tier in ("site", "desk")
    }
    assert answers == {"<function image"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/images/ffffffffffffffffffffffff.webp",
        "/images/0123456789abcdef01234567.svg",
        "/images/0123456789abcdef01234567-400.avif",
        "/images/0123456789abcdef01234567-40000.avif",
        "/images/0123456789abcdef01234567-.avif",
        "/images/0123456789ABCDEF01234567.webp",
        "/images/../secret.webp",
        "/images/..%2fsecret.webp",
        "/images/%2e%2e/secret.webp",
        "/images/",
        "/images/0123456789abcdef01234567.webp/",
        "/images/0123456789abcdef01234567.webp%0a",
    ],
)
def test_nothing_else_is_found_there(client: Client, picture: str, address: str) -> None:
    assert client.get(address).status_code == 404


def test_pictures_are_only_read(client: Client, picture: str) -> None:
    assert client.post(picture).status_code == 405


def test_pictures_need_no_database(client: Client, picture: str) -> None:
    # No database fixture: a query would fail this test.
    assert client.get(picture).status_code == 200
