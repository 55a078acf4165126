"""The component page: staff see every piece of the public pages on it, so that none is forgotten."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from articles.admin.design import SECTIONS, SPECIMEN, TEXT, contrast, tokens
from articles.markup.directives import CALLOUTS, CONTAINERS, LEAVES
from articles.markup.render import OFFER_KINDS
from articles.models import OfferKind
from articles.public.trust import SENTENCE, Standing
from mesoinfo.models import User

ADDRESS = "/admin/design/"
# What stands in the head of a page cannot be seen.
COMPONENTS = sorted(
    {path.name for path in (settings.BASE_DIR / "templates" / "components").glob("*.html")} - {"head.html"}
)


@pytest.fixture
def shown(client: Client, writer: User):
    """What a member of staff gets there."""
    client.force_login(writer)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return response


@pytest.fixture
def html(shown) -> str:
    return shown.content.decode()


def test_anybody_else_is_sent_to_sign_in(client: Client, db: None) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_whoever_works_here_may_look_whatever_their_role(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("new@example.org", "a long enough password", name="New"))
    assert client.get(ADDRESS).status_code == 200


def test_it_uses_the_stylesheet_of_the_site(html: str) -> None:
    assert "/static/css/site.css" in html
    assert "<style" not in html


def test_every_component_is_shown(shown) -> None:
    templates = {template.name for template in shown.templates}
    assert {name for name in COMPONENTS if f"components/{name}" not in templates} == set()


def test_every_block_of_the_page_language_is_in_the_specimen(html: str) -> None:
    blocks = {*CONTAINERS, *LEAVES}
    assert {name for name in blocks if not re.search(rf"^:::?{name}\b", SPECIMEN, re.MULTILINE)} == set()
    assert {name for name in CALLOUTS if f'<aside class="callout callout-{name}"' not in html} == set()


def test_the_specimen_has_nothing_wrong_with_it(shown) -> None:
    assert [finding.rule for finding in shown.context_data["specimen"].findings] == []


def test_every_kind_of_offer_is_shown(html: str) -> None:
    for kind in OfferKind.values:
        assert f'<p class="offer-kind">{OFFER_KINDS[kind]}</p>' in html
        assert re.search(rf'<aside class="offer offer-{kind}[ "]', html)


def test_a_page_is_shown_in_every_standing(html: str) -> None:
    for standing in Standing:
        # Up to the days that it names.
        assert SENTENCE.get(standing, f"badge-{standing.value}").partition("{")[0] in html


OPEN = {
    "a question": r"<details open",
    "a closed question": r"<details class",
    "a note": r'<div class="note as-open"',
    "suggestions": r'<ul class="suggestions as-open".*aria-selected="true"',
    "the form that asks for help": r'class="case-review-form".*name="consent_use"',
    "a field in error": r'aria-invalid="true"',
    "the last page of a list": r'aria-label="More, from the last page"(?:(?!</nav>).)*Previous(?:(?!Next).)*</nav>',
}


@pytest.mark.parametrize("state", OPEN.values(), ids=OPEN)
def test_what_only_shows_while_it_is_used_is_shown(html: str, state: str) -> None:
    assert re.search(state, html, re.DOTALL)


def test_its_sections_have_names_and_addresses(html: str) -> None:
    for anchor, text in SECTIONS:
        assert f'<h2 id="{anchor}">{text}</h2>' in html
        assert f'href="#{anchor}"' in html


def test_no_id_is_given_twice(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_the_contrasts_are_computed(html: str) -> None:
    ink, ground = TEXT[0]
    assert f"{contrast(tokens('light')[ink], tokens('light')[ground]):.1f}" in html
    assert f"{contrast(tokens('dark')[ink], tokens('dark')[ground]):.1f}" in html


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
