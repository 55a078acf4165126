"""What is sent is read in UTF-8 or not at all, and a header that makes no sense breaks nothing."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from mesoinfo.readable import BROKEN, readable
from mesoinfo.wsgi import application
from tests.in_its_role import in_the_role_that_answers


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded; charset=UTF-8",
        'multipart/form-data; boundary="x"; charset=utf8',
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
    ],
)
def test_what_browsers_say_of_a_body_stays_as_it_is(content_type: str) -> None:
    assert readable(content_type) == content_type


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset=latin-1",
        "multipart/form-data; boundary=x; charset=unicode_escape",
        "multipart/form-data; boundary=x; charset=hex",
        "text/plain; charset=nobody",
        "text/plain; charset*=nobody''x",
        "text/plain; charset*=utf-8''%00",
        "text/plain; a*=b; a*0=c",
    ],
)
def test_another_encoding_and_what_makes_no_sense_is_a_broken_form(content_type: str) -> None:
    assert readable(content_type) == BROKEN


@pytest.mark.parametrize("content_type", ["text/plain; charset*=nobody''x", "text/plain; charset=hex"])
@pytest.mark.parametrize(("method", "status"), [("GET", "200 OK"), ("POST", "400 Bad Request")])
def test_the_product_answers_whatever_a_body_is_said_to_be(
    db: None, content_type: str, method: str, status: str
) -> None:
    told: list[str] = []
    request = RequestFactory().generic(method, "/my-request/?q=x")
    environ = {**request.environ, "CONTENT_TYPE": content_type}
    with in_the_role_that_answers("/my-request/"):
        application(environ, lambda status, headers, *error: told.append(status))
    assert told == [status]
