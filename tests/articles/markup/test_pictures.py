"""Pictures on a page: the best file for each screen, and the same signed block whatever files there are."""

from __future__ import annotations

import dataclasses
import re

import pytest

from articles.markup import CompiledPage, ImageEmbed, Library, compile_page, sanitise

from .sample_library import LIBRARY, PICTURE, compile_body

IN_THE_COLUMN = 'sizes="(min-width:44em) 40rem, 91vw"'
IN_AN_OFFER = 'sizes="(min-width:40em) 13rem, 80vw"'
HERO = "# T\n\nLede.\n\n::offer guide\n\n"


def with_picture(**changes: object) -> Library:
    changed: ImageEmbed = dataclasses.replace(PICTURE, **changes)  # type: ignore[arg-type]  # facts by name
    guide = dataclasses.replace(LIBRARY.offers["guide"], image=changed)
    return dataclasses.replace(
        LIBRARY, images={**LIBRARY.images, PICTURE.key: changed}, offers={**LIBRARY.offers, "guide": guide}
    )


def pictures(page: CompiledPage) -> list[str]:
    return re.findall(r"<img[^>]*>", (page.hero or "") + page.html)


def test_a_picture_offers_each_format_at_each_width_and_keeps_its_words() -> None:
    name = "/images/0123456789abcdef01234567"
    page = compile_body("::image types-of-remission\n")
    assert page.findings == ()
    assert page.html.endswith(
        '<figure class="figure"><picture>'
        f'<source type="image/avif" srcset="{name}-400.avif 400w, {name}-640.avif 640w" {IN_THE_COLUMN}>'
        f'<source type="image/webp" srcset="{name}-400.webp 400w, {name}-640.webp 640w" {IN_THE_COLUMN}>'
        f'<img src="{name}-640.jpg" srcset="{name}-400.jpg 400w, {name}-640.jpg 640w" {IN_THE_COLUMN} '
        'alt="Two scans side by side" width="640" height="400" loading="lazy" decoding="async"></picture>'
        '<figcaption>Before and after <span class="figure-credit">Drawing: mesoinfo (CC BY 4.0)</span>'
        "</figcaption></figure>\n"
    )


def test_a_picture_in_an_offer_is_told_to_be_small() -> None:
    html = compile_body("::offer guide\n").html
    assert html.count(IN_AN_OFFER) == 3
    assert IN_THE_COLUMN not in html


def test_a_picture_without_renditions_is_shown_as_it_is_stored() -> None:
    html = compile_page("# T\n\nL.\n\n## One\n\n::image types-of-remission\n", with_picture(renditions=())).html
    assert f'<figure class="figure"><img src="{PICTURE.url}" alt=' in html
    assert "<picture" not in html
    assert "srcset" not in html


def test_one_format_at_one_width_needs_no_choice() -> None:
    only = PICTURE.renditions[-1:]
    html = compile_page("# T\n\nL.\n\n## One\n\n::image types-of-remission\n", with_picture(renditions=only)).html
    assert f'<img src="{only[0].url}" alt=' in html
    assert "<picture" not in html


def test_pictures_on_the_first_screen_come_at_once_and_all_others_when_they_are_near() -> None:
    page = compile_page(
        f"{HERO}::image types-of-remission\n\n## One\n\n::image types-of-remission\n\n::offer guide\n\n"
        ":::quick-fact\nWords.\n\n::image types-of-remission\n:::\n",
        LIBRARY,
    )
    assert ['loading="lazy"' in picture for picture in pictures(page)] == [False, False, True, True, True]
    assert all('decoding="async"' in picture for picture in pictures(page))


def test_more_renditions_change_neither_digest_nor_what_was_signed() -> None:
    text = f"{HERO}::image types-of-remission\n\n## One\n\n:::faq\n### Why?\n::image types-of-remission\n:::\n"
    few = compile_page(text, with_picture(renditions=PICTURE.renditions[-1:]))
    none, many = compile_page(text, with_picture(renditions=())), compile_page(text, LIBRARY)
    assert few.html != none.html != many.html
    signed = [(block.digest, block.html_hash) for block in none.blocks]
    for page in (few, many):
        assert [(block.digest, block.html_hash) for block in page.blocks] == signed


@pytest.mark.parametrize(
    "changes", [{"alt": "Other"}, {"caption": "Other"}, {"credit": "Other"}, {"licence": "Other"}, {"url": "/other"}]
)
def test_what_a_reader_sees_changes_what_was_signed(changes: dict[str, object]) -> None:
    text = "# T\n\nL.\n\n## One\n\n::image types-of-remission\n"
    before, after = compile_page(text, LIBRARY).blocks[-1], compile_page(text, with_picture(**changes)).blocks[-1]
    assert before.html_hash != after.html_hash


def test_an_answer_for_machines_names_the_picture_and_no_more() -> None:
    (question,) = compile_body(":::faq\n### Why?\n::image types-of-remission\n:::\n").questions
    assert f'<img src="{PICTURE.url}"' in question.answer_html
    assert "srcset" not in question.answer_html


@pytest.mark.parametrize(
    "srcset",
    [
        "https://example.org/a.avif 400w",
        "//example.org/0123456789abcdef01234567-400.avif 400w",
        "/images/0123456789abcdef01234567-400.avif 400w, https://example.org/a.avif 800w",
        "/images/0123456789abcdef01234567-400.svg 400w",
        "/images/../0123456789abcdef01234567-400.avif 400w",
        "/images/0123456789abcdef01234567-400.avif 2x",
        "data:image/avif;base64,AAAA 400w",
        "javascript:alert(1) 400w",
        "",
    ],
)
def test_nothing_but_our_own_renditions_passes(srcset: str) -> None:
    given = f'<picture><source type="image/avif" srcset="{srcset}"><img srcset="{srcset}"></picture>'
    assert sanitise.page_html(given) == '<picture><source type="image/avif"><img></picture>'


def test_sources_say_nothing_else() -> None:
    assert sanitise.page_html(
        '<picture onclick="x" class="lede"><source type="text/html" sizes="100vw" media="print" src="/a" id="a">'
        '<img sizes="100vw" loading="eager" decoding="sync" onload="x"></picture>'
    ) == ("<picture><source><img></picture>")
