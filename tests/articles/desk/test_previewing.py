"""The live preview: what readers will get, and nothing for anybody who does not write."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Offer, PublishedPage
from citations.models import Source
from citations.style import DEFAULT_STYLE
from mesoinfo.models import User
from tests.conftest import PAGE

PREVIEW = "/admin/markdown/preview/"
PLAIN = f"# Title\n\nLede.\n\n## Care\n\n{'You can ask us. ' * 40}"
LONG = " ".join(["Considerable multidisciplinary deliberation"] * 9)
HARD = f"# Title\n\nLede [@nobody2020].\n\n## Care\n\nShort.\n\n{LONG}.\n\n{'Multidisciplinary deliberation. ' * 40}"


@pytest.fixture
def at_the_desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def test_the_preview_is_the_published_page(at_the_desk: Client, published: PublishedPage) -> None:
    shown = at_the_desk.post(PREVIEW, {"content": PAGE}).content.decode()
    for part in (
        published.lede_html,
        published.hero_html,
        published.body_html,
        published.references_html[DEFAULT_STYLE],
    ):
        assert part
        assert part in shown
    assert f"<h1>{published.title}</h1>" in shown
    assert "Nothing to mend" in shown


def test_line_endings_of_browsers_make_no_difference(at_the_desk: Client, offer: Offer, source: Source) -> None:
    as_sent = at_the_desk.post(PREVIEW, {"content": PAGE.replace("\n", "\r\n")}).content
    assert as_sent == at_the_desk.post(PREVIEW, {"content": PAGE}).content


def test_findings_name_line_and_column(at_the_desk: Client) -> None:
    shown = at_the_desk.post(PREVIEW, {"content": "# Title\n\nLede.\n\nSee [@nobody2020].\n"}).content.decode()
    text = "# Title\n\nLede.\n\nSee [@nobody2020].\n"
    finding = next(f for f in compile_page(text, for_text(text)).findings)
    assert f"Line {finding.line}, column {finding.column}" in shown
    assert "1 to mend" in shown


def test_the_reading_grade_stands_beside_what_must_be_mended(at_the_desk: Client) -> None:
    words = at_the_desk.post(PREVIEW, {"content": PLAIN}).content.decode()
    assert f"Reading grade {compile_page(PLAIN, for_text(PLAIN)).reading.grade}" in words
    assert "Aim for 8 or fewer" in words
    assert "longest sentences" not in words


def test_a_hard_section_is_advice_that_names_its_longest_sentences(at_the_desk: Client) -> None:
    shown = at_the_desk.post(PREVIEW, {"content": HARD}).content.decode()
    assert "1 to mend, 3 to make easier" in re.sub(r"\s+", " ", shown)
    assert "This section asks for" in shown
    section = shown.partition("Its longest sentences:")[2]
    assert re.findall(r'data-line="(\d+)"', section)[0] == "9"
    assert "27 words" in section


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "# <img src=x onerror=alert(1)>",
        "[link](javascript:alert(1))",
        "[@<svg onload=alert(1)>]",
        "::offer <b onclick=alert(1)>",
        ':::quote person="<script>alert(1)</script>"\nx\n:::',
        "::: " * 500,
        "[" * 2000,
        "> " * 500,
        "\x00\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_nothing_typed_becomes_a_script_or_an_error(at_the_desk: Client, hostile: str) -> None:
    answer = at_the_desk.post(PREVIEW, {"content": hostile})
    assert answer.status_code == 200
    assert not re.search(r"<(script|img|svg|b)\b|<[^>]*\son\w+=|href=.javascript", answer.content.decode())


def test_the_setting_of_django_markdownx_leads_to_the_same_page(db: None, at_the_desk: Client) -> None:
    from markdownx import settings as markdownx_settings

    function = import_string(markdownx_settings.MARKDOWNX_MARKDOWNIFY_FUNCTION)
    text = "# Title\n\nLede <b>.\n"
    assert function(text) == at_the_desk.post(PREVIEW, {"content": text}).content.decode()
    assert "<b>" not in function(text)


def test_a_missing_text_is_told(at_the_desk: Client) -> None:
    answer = at_the_desk.post(PREVIEW)
    assert answer.status_code == 400
    assert answer.json() == {"error": "There is no text to show: send it as content."}


def test_a_text_that_is_far_too_long_is_told(at_the_desk: Client) -> None:
    answer = at_the_desk.post(PREVIEW, {"content": "x" * 200_001})
    assert answer.status_code == 400
    assert "longer than 200,000 characters" in answer.json()["error"]


def test_the_preview_is_asked_for_by_post(at_the_desk: Client) -> None:
    answer = at_the_desk.get(PREVIEW)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize("address", [PREVIEW, "/admin/markdown/upload/"])
def test_strangers_and_readers_get_json_and_no_redirect(client: Client, publisher: User, address: str) -> None:
    for user in (None, publisher):
        if user:
            client.force_login(user)
        answer = client.post(address, {"content": "# Title"})
        assert answer.status_code == 403
        assert answer.json()["error"].startswith("Sign in as a writer or an editor.")


def test_a_forged_request_is_refused_in_json(writer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    answer = client.post(PREVIEW, {"content": "# Title"})
    assert answer.status_code == 403
    assert "older than your sign-in" in answer.json()["error"]


def test_the_stock_addresses_of_django_markdownx_are_not_there(at_the_desk: Client) -> None:
    for address in ("/markdownx/markdownify/", "/markdownx/upload/"):
        assert at_the_desk.post(address, {"content": "<script>"}).status_code in (404, 405)
