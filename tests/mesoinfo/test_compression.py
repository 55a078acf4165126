"""How text is sent: in Brotli, in gzip or plain, as the browser asks; the same tag for all; pictures untouched."""

from __future__ import annotations

import gzip
from typing import Any

import brotli
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from mesoinfo.middleware import Compression

LONG = b"<p>A sentence that comes again and again. </p>" * 50
PAGE = "/mesothelioma/stage-4/"


def sent(
    rf: RequestFactory, asked: str, content: bytes = LONG, *, path: str = "/", kind: str = "text/html; charset=utf-8"
) -> Any:
    """The answer as it leaves us, to a browser that accepts these codings."""
    return compressed(rf.get(path, headers={"Accept-Encoding": asked}), HttpResponse(content, content_type=kind))


def compressed(request: HttpRequest, response: HttpResponseBase) -> Any:
    return Compression(lambda request: response)(request)


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "br"),
        ("BR", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("brotli, x-gzip", None),
        ("identity", None),
        ("", None),
    ],
)
def test_each_browser_gets_what_it_can_read(rf: RequestFactory, asked: str, coding: str | None) -> None:
    response = sent(rf, asked)
    assert response.get("Content-Encoding") == coding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(response.content) == LONG
    if coding:
        assert len(response.content) < len(LONG)
        assert int(response["Content-Length"]) == len(response.content)


def test_the_desk_has_gzip_with_random_bytes_and_no_brotli(rf: RequestFactory) -> None:
    answers = [sent(rf, "br, gzip", path="/admin/") for _ in range(10)]
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert len({len(answer.content) for answer in answers}) > 1  # one in a hundred is as long as the one before
    assert sent(rf, "br", path="/admin/").content == LONG


def test_a_few_bytes_and_pictures_go_as_they_are(rf: RequestFactory) -> None:
    assert "Content-Encoding" not in sent(rf, "br, gzip", b"<p>Short.</p>")
    assert "Content-Encoding" not in sent(rf, "br, gzip", kind="image/webp")


@pytest.mark.parametrize("kind", ["application/json", "application/atom+xml; charset=utf-8", "image/svg+xml"])
def test_other_kinds_of_text_are_compressed_too(rf: RequestFactory, kind: str) -> None:
    assert sent(rf, "br", kind=kind)["Content-Encoding"] == "br"


def test_what_is_compressed_already_or_comes_in_pieces_is_left_alone(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Accept-Encoding": "br, gzip"})
    done = HttpResponse(gzip.compress(LONG), headers={"Content-Encoding": "gzip"})
    assert gzip.decompress(compressed(request, done).content) == LONG
    assert b"".join(compressed(request, StreamingHttpResponse(iter([LONG, LONG])))) == LONG * 2


def test_one_tag_stands_for_a_page_in_every_coding(client: Client, published: object) -> None:
    answers = [client.get(PAGE, headers={"Accept-Encoding": coding}) for coding in ("br", "gzip", "identity")]
    assert [answer.get("Content-Encoding") for answer in answers] == ["br", "gzip", None]
    (tag,) = {answer["ETag"] for answer in answers}
    assert tag.startswith('W/"')
    assert {answer["Vary"] for answer in answers} == {"Accept-Encoding"}


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_an_unchanged_page_is_not_sent_again_whatever_its_coding_was(
    client: Client, published: object, coding: str
) -> None:
    first = client.get(PAGE, headers={"Accept-Encoding": "br"})
    again = client.get(PAGE, headers={"Accept-Encoding": coding, "If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert "Content-Encoding" not in again
    assert (again["ETag"], again["Vary"]) == (first["ETag"], "Accept-Encoding")


def test_a_head_tells_the_length_that_a_get_would_have(client: Client, published: object) -> None:
    asked = {"Accept-Encoding": "br"}
    whole, head = client.get(PAGE, headers=asked), client.head(PAGE, headers=asked)
    assert head["Content-Length"] == whole["Content-Length"] == str(len(whole.content))
    assert head["Content-Encoding"] == "br"


def test_a_picture_keeps_its_own_tag(client: Client, db: object, settings, tmp_path) -> None:
    name = f"{'0' * 24}.webp"
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / name).write_bytes(b"RIFF" + bytes(1000))
    settings.MEDIA_ROOT = tmp_path
    picture = client.get(f"/images/{name}", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in picture
    assert "Vary" not in picture
    assert picture["ETag"] == f'"{name}"'
