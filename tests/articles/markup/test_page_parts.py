"""A page has a title, a lede, perhaps a hero, then sections; each is its own part."""

from __future__ import annotations

from articles.markup import CompiledPage, compile_page

from .sample_library import LIBRARY, compile_body, rules


def test_the_title_and_the_lede_stand_apart_from_the_body() -> None:
    page = compile_page("# Life *after* treatment\n\nWhat comes next [@alpha].\n\n## First\n\nWords.\n", LIBRARY)
    assert page.title == "Life after treatment"
    assert page.title_html == "Life <em>after</em> treatment"
    assert page.lede == "What comes next."
    assert page.lede_html.startswith("What comes next<sup")
    assert "What comes next" not in page.html
    assert "<h1" not in page.html
    assert [block.key for block in page.blocks][:2] == ["title", "lede"]


def test_an_offer_straight_after_the_lede_is_the_hero_and_a_block() -> None:
    page = compile_page("# T\n\nLede.\n\n::offer case-review\n\n## Part\n\n::offer case-review\n", LIBRARY)
    assert page.hero is not None
    assert 'class="offer offer-legal offer-hero"' in page.hero
    assert "offer-hero" not in page.html
    assert page.html.count("<aside") == 1
    assert [(block.key, block.kind) for block in page.blocks if block.kind == "offer"] == [
        ("hero", "offer"),
        ("part/offer-1", "offer"),
    ]
    assert next(block for block in page.blocks if block.key == "hero").html == page.hero


def test_an_offer_further_down_is_no_hero() -> None:
    assert compile_body("::offer case-review\n").hero is None


def test_an_unknown_offer_after_the_lede_is_no_hero_and_is_shown_where_it_stands() -> None:
    page = compile_page("# T\n\nLede.\n\n::offer gone\n", LIBRARY)
    assert page.hero is None
    assert '<div class="markup-problem"><p>::offer gone</p></div>' in page.html
    assert rules(page) == ["unknown-offer"]


def test_a_page_without_a_title_or_a_lede_says_so() -> None:
    assert rules(compile_page("", LIBRARY)) == ["missing-lede", "missing-title"]
    assert rules(compile_page("Only words.\n", LIBRARY)) == ["missing-title"]
    assert rules(compile_page("# Title\n\n## Part\n\nWords.\n", LIBRARY)) == ["missing-lede"]
    assert rules(compile_page("#\n\nLede.\n", LIBRARY)) == ["missing-title"]


def test_front_matter_is_skipped_and_its_lines_are_counted() -> None:
    page = compile_page('+++\naddress = "a"\n# no title\n+++\n\n# Title\n\nLede <b>.\n', LIBRARY)
    assert page.title == "Title"
    assert [(finding.rule, finding.line) for finding in page.findings] == [("raw-html", 8)]
    assert page.blocks[0].line == 6


def test_front_matter_that_is_never_closed_is_a_finding() -> None:
    page = compile_page("+++\n\n# Title\n\nLede.\n", LIBRARY)
    assert ("unclosed-block", 1) in [(finding.rule, finding.line) for finding in page.findings]


def test_sections_get_readable_addresses_each_once() -> None:
    page = compile_page(
        "# T\n\nL.\n\n## Über “Größe” & more\n\nA.\n\n## Same\n\nB.\n\n## Same\n\nC.\n\n## Top\n\nD.\n", LIBRARY
    )
    assert [entry.anchor for entry in page.contents] == ["uber-große-more", "same", "same-2", "top-2"]
    assert all(f'id="{entry.anchor}"' in page.html for entry in page.contents)


def test_the_contents_list_holds_sections_and_sub_sections_but_no_faq_questions() -> None:
    page = compile_page(
        "# T\n\nL.\n\n## One [@alpha]\n\n### Two\n\n#### Three\n\nA.\n\n:::faq\n### Why?\nSo.\n:::\n", LIBRARY
    )
    assert [(entry.level, entry.text) for entry in page.contents] == [(2, "One"), (3, "Two")]


def test_a_skipped_level_is_a_finding() -> None:
    page = compile_page("# T\n\nL.\n\n## One\n\n#### Three\n\nA.\n", LIBRARY)
    assert [(f.rule, f.line) for f in page.findings] == [("heading-skip", 7)]
    assert rules(compile_page("# T\n\nL.\n\n### Two\n\nA.\n", LIBRARY)) == ["heading-skip"]


def test_a_second_title_is_a_finding_and_becomes_a_section() -> None:
    page = compile_page("# T\n\nL.\n\n# Again\n\nA.\n", LIBRARY)
    assert rules(page) == ["heading-skip"]
    assert '<h2 id="again">Again</h2>' in page.html


def test_a_heading_without_words_is_a_finding() -> None:
    assert rules(compile_body("##\n\nWords.\n")) == ["empty-block"]


def test_underlines_do_not_make_headings() -> None:
    page = compile_body("Words.\n---\nMore.\n")
    assert page.contents == compile_body("").contents
    assert "<hr>" in page.html


def test_the_words_for_search_hold_no_numbers_no_alternative_texts_and_no_offers() -> None:
    page = compile_body(
        "It came back [@alpha, p. 3].\n\n::image types-of-remission\n\n::offer case-review\n\n"
        ":::faq\n### Why?\nNobody `knows` [@beta].\n:::\n\n| Head |\n|---|\n| Cell |\n"
    )
    assert page.plain_text.split("\n") == [
        "A title",
        "The lede.",
        "First part",
        "It came back.",
        "Before and after",
        "Why?",
        "Nobody knows.",
        "Head",
        "Cell",
    ]
    assert page.headings_text.split("\n") == ["A title", "First part", "Why?"]


def test_the_same_text_gives_the_same_page() -> None:
    text = "# T\n\nL.\n\n## Part\n\nA [@beta; @alpha].\n\n*[EPP]: long\n\nEPP.\n"
    first: CompiledPage = compile_page(text, LIBRARY)
    assert compile_page(text, LIBRARY) == first
