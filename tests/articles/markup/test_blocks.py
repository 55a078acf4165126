"""Blocks: what is signed. Each has a key, a canonical text, a digest, and a hash that numbering leaves alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from articles.markup import CompiledBlock, CompiledPage, Library, compile_page

from .sample_library import LIBRARY, OPENING, PICTURE, compile_body, source


def changed(before: CompiledPage, after: CompiledPage) -> list[str]:
    """Keys of the blocks of ``after`` whose digest no block of ``before`` has."""
    known = {block.digest for block in before.blocks}
    return [block.key for block in after.blocks if block.digest not in known]


def test_every_outermost_node_is_a_block_with_a_readable_key() -> None:
    page = compile_body(
        "One.\n\nTwo.\n\n- a\n- b\n\n### Sub part\n\nThree.\n\n:::warning\nCare.\n:::\n\n"
        "| a |\n|---|\n| b |\n\n::image types-of-remission\n"
    )
    assert [(block.key, block.kind, block.heading_path) for block in page.blocks] == [
        ("title", "title", ()),
        ("lede", "lede", ()),
        ("first-part/heading", "heading", ()),
        ("first-part/p-1", "paragraph", ("First part",)),
        ("first-part/p-2", "paragraph", ("First part",)),
        ("first-part/list-1", "list", ("First part",)),
        ("first-part/sub-part/heading", "heading", ("First part",)),
        ("first-part/sub-part/p-1", "paragraph", ("First part", "Sub part")),
        ("first-part/sub-part/warning-1", "warning", ("First part", "Sub part")),
        ("first-part/sub-part/table-1", "table", ("First part", "Sub part")),
        ("first-part/sub-part/image-1", "image", ("First part", "Sub part")),
    ]
    assert [block.line for block in page.blocks] == [1, 3, 5, 7, 9, 11, 14, 16, 18, 22, 26]


def test_the_canonical_text_is_compact_sorted_json_and_the_digest_its_sha_256() -> None:
    block = compile_body("Some   “words” [@beta, p. 3; @alpha].\n").blocks[-1]
    assert block.canonical == json.dumps(
        {
            "kind": "paragraph",
            "heading_path": ["First part"],
            "markdown": "Some “words” [@beta, p. 3; @alpha].",
            "embeds": [["source", "alpha", "digest-of-alpha"], ["source", "beta", "digest-of-beta"]],
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    assert block.digest == hashlib.sha256(block.canonical.encode()).hexdigest()


def test_the_body_is_made_of_the_html_of_its_blocks() -> None:
    page = compile_body("One [@alpha].\n\n- a\n")
    assert page.html == "".join(block.html for block in page.blocks[2:])


def test_changing_a_word_changes_one_block() -> None:
    text = "One word.\n\nTwo.\n\n- a\n- b\n\n:::faq\n### Why?\nSo.\n\n### How?\nThus.\n:::\n"
    before = compile_body(text)
    assert changed(before, compile_body(text.replace("word", "phrase"))) == ["first-part/p-1"]
    assert changed(before, compile_body(text.replace("- b", "- c"))) == ["first-part/list-1"]
    assert changed(before, compile_body(text.replace("So.", "Therefore."))) == ["first-part/why"]


def test_moving_a_block_to_another_section_changes_it() -> None:
    before = compile_page("# T\n\nL.\n\n## A\n\nWords.\n\n## B\n\nMore.\n", LIBRARY)
    after = compile_page("# T\n\nL.\n\n## A\n\nMore.\n\n## B\n\nWords.\n", LIBRARY)
    assert changed(before, after) == ["a/p-1", "b/p-1"]


def test_renaming_a_section_changes_everything_in_it_and_nothing_else() -> None:
    text = "# T\n\nL.\n\n## A\n\nOne.\n\n### Deep\n\nTwo.\n\n## B\n\nThree.\n"
    before, after = compile_page(text, LIBRARY), compile_page(text.replace("## A", "## Z"), LIBRARY)
    assert changed(before, after) == ["z/heading", "z/p-1", "z/deep/heading", "z/deep/p-1"]


def test_renaming_the_page_changes_the_title_only() -> None:
    assert changed(
        compile_body("Words.\n"), compile_page(OPENING.replace("A title", "Another") + "Words.\n", LIBRARY)
    ) == ["title"]


def test_a_changed_source_offer_image_or_story_changes_the_blocks_that_embed_it() -> None:
    text = (
        "Cited [@alpha].\n\nNot cited.\n\n::offer case-review\n\n::image types-of-remission\n\n"
        ":::story takanen-four-years\nTold [@takanenndlongterm].\n:::\n"
    )
    before = compile_body(text)
    sources = {**LIBRARY.sources, "alpha": source("alpha", digest="new")}
    offers = {**LIBRARY.offers, "case-review": replace(LIBRARY.offers["case-review"], digest="new")}
    images = {**LIBRARY.images, PICTURE.key: replace(PICTURE, digest="new")}
    story = LIBRARY.stories["takanen-four-years"]
    stories = {story.key: replace(story, digest="new")}
    assert changed(before, compile_body(text, replace(LIBRARY, sources=sources))) == ["first-part/p-1"]
    assert changed(before, compile_body(text, replace(LIBRARY, offers=offers))) == ["first-part/offer-1"]
    assert changed(before, compile_body(text, replace(LIBRARY, images=images))) == ["first-part/image-1"]
    assert changed(before, compile_body(text, replace(LIBRARY, stories=stories))) == ["first-part/story-1"]


def test_an_offers_picture_belongs_to_the_offer() -> None:
    offer = replace(LIBRARY.offers["case-review"], image=PICTURE)
    block = compile_body("::offer case-review\n", Library(offers={"case-review": offer})).blocks[-1]
    assert [kind for kind, _, _ in block.embeds] == ["image", "offer"]
    assert "<img" in block.html


def test_citing_a_source_further_up_leaves_later_blocks_as_they_were() -> None:
    later = "Later [@beta; @gamma; @delta, p. 2].\n\n::offer case-review\n\n:::faq\n### Why?\nSo [@beta].\n:::\n"
    before = compile_body(f"First.\n\n{later}")
    after = compile_body(f"First [@delta; @beta].\n\n::offer case-review\n\n{later}")
    assert changed(before, after) == ["first-part/p-1"]

    def hashes(page: CompiledPage) -> dict[str, str]:
        return {block.digest: block.html_hash for block in page.blocks}

    shared = hashes(before).keys() & hashes(after).keys()
    assert len(shared) == len(before.blocks) - 1
    assert all(hashes(before)[digest] == hashes(after)[digest] for digest in shared)
    assert before.blocks[4].html != after.blocks[5].html


def test_the_hash_follows_what_is_shown() -> None:
    def block(library: Library) -> CompiledBlock:
        return compile_body("::offer case-review\n", library).blocks[-1]

    offer = LIBRARY.offers["case-review"]
    other = replace(LIBRARY, offers={"case-review": replace(offer, heading="Other words")})
    assert block(LIBRARY).html_hash != block(other).html_hash


def test_line_ends_trailing_blanks_and_runs_of_blanks_make_no_difference() -> None:
    text = "Some words here.\n\n- a\n- b\n\n:::warning\nCare.\n\nMore.\n:::\n"
    before = compile_body(text)
    for same in (
        text.replace("\n", "\r\n"),
        text.replace("\n", "  \n"),
        text.replace("\n\n", "\n\n\n"),
        text.replace(" words ", "  words \t "),
        text + "\n\n\n",
    ):
        assert changed(before, compile_body(same)) == []


def test_one_letter_in_two_spellings_is_one_letter() -> None:
    assert changed(compile_body("caf\u00e9\n"), compile_body("cafe\u0301\n")) == []


def test_blanks_at_the_end_of_a_line_break_no_line_since_they_are_not_signed() -> None:
    assert "<br>" not in compile_body("One  \ntwo\n").html
    assert "<br>" in compile_body("One\\\ntwo\n").html


def test_blanks_in_code_count() -> None:
    before = compile_body("```\na  b\n```\n")
    assert changed(before, compile_body("```\na b\n```\n")) == ["first-part/code-1"]


def test_keys_are_unique_even_where_headings_repeat() -> None:
    page = compile_page("# T\n\nL.\n\n## A\n\nOne.\n\n## A\n\nTwo.\n\n### p-1\n\nThree.\n", LIBRARY)
    keys = [block.key for block in page.blocks]
    assert len(set(keys)) == len(keys)


def test_byte_order_marks_are_no_part_of_the_text() -> None:
    assert changed(compile_body("Words.\n"), compile_page(f"\ufeff{OPENING}Wor\ufeffds.\n", LIBRARY)) == []
