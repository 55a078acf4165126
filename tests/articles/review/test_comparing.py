"""What changed between two versions of a page: marked on both sides, and told in an editor's words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from articles.markup import CompiledBlock, Library, compile_page
from articles.review.comparing import BlockChange, What, compare
from tests.articles.markup.sample_library import LIBRARY, PICTURE, source

LIST = "- Ask about side effects\n- Write your questions down\n- Bring somebody along"
TABLE = "| Drug | Months |\n| --- | --- |\n| Alpha | 12.5 |\n| Beta | 9 |"


def blocks_of(body: str, library: Library = LIBRARY) -> tuple[CompiledBlock, ...]:
    return compile_page(f"# Title\n\nThe lede.\n\n## Symptoms\n\n{body}\n", library).blocks


def changes(before: str, after: str, library: Library = LIBRARY, later: Library | None = None) -> list[BlockChange]:
    """What changed between two bodies, without the blocks that did not."""
    found = compare(blocks_of(before, library), blocks_of(after, later or library))
    return [change for change in found if change.what is not What.SAME]


def the_change(before: str, after: str, library: Library = LIBRARY, later: Library | None = None) -> BlockChange:
    (change,) = changes(before, after, library, later)
    return change


def test_nothing_changed() -> None:
    blocks = blocks_of(f"One.\n\n{LIST}\n\nTwo.")
    assert [change.what for change in compare(blocks, blocks)] == [What.SAME] * len(blocks)


def test_one_word_in_a_sentence() -> None:
    change = the_change("Most people cough a lot.", "Some people cough a lot.")
    assert change.what is What.CHANGED
    assert change.before_html == "<p><del>Most</del> people cough a lot.</p>\n"
    assert change.after_html == "<p><ins>Some</ins> people cough a lot.</p>\n"
    assert change.notes == ()


def test_a_figure_is_one_word() -> None:
    change = the_change("It was 57.7% of 1,200 people.", "It was 57.8% of 1,200 people.")
    assert "<del>57.7</del>%" in change.before_html
    assert "<ins>57.8</ins>%" in change.after_html


def test_words_that_two_sentences_happen_to_share_are_not_picked_out() -> None:
    change = the_change(
        "You may feel short of breath. Drainage of the fluid helps many people.",
        "You may feel short of breath. Surgeons of one center treated no patients.",
    )
    assert change.after_html.count("<ins>") == 1


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("Many **cough** at night.", "Many cough at night.", "“cough” is no longer bold."),
        ("Many cough at night.", "Many *cough at* night.", "“cough at” is set in italic now."),
        ("Many **cough** at night.", "Many *cough* at night.", "“cough” is set in italic now and no longer bold."),
        (
            "Ask about [trials](/about/).",
            "Ask about [trials](/resources/).",
            "The link on “trials” leads to /resources/ now. It led to /about/",
        ),
        ("Ask about trials.", "Ask about [trials](/about/).", "“trials” is a link now. It leads to /about/"),
        ("Ask about [trials](/about/).", "Ask about trials.", "“trials” is no longer a link. It led to /about/"),
    ],
)
def test_words_that_stayed_and_look_or_lead_otherwise(before: str, after: str, note: str) -> None:
    change = the_change(before, after)
    assert change.notes == (note,)
    assert '<mark class="restyled">' in change.before_html
    assert '<mark class="restyled">' in change.after_html
    assert "<ins>" not in change.after_html


def test_a_link_on_other_words_to_the_same_place_is_the_same_link() -> None:
    assert the_change("Ask about [a trial](/about/).", "Ask about [studies](/about/).").notes == ()


def test_the_order_of_a_list() -> None:
    lines = LIST.split("\n")
    change = the_change(LIST, "\n".join([lines[2], *lines[:2]]))
    assert change.notes == ("The order changed: “Bring somebody along” is item 1 now; it was item 3.",)
    assert '<li><mark class="moved">Bring somebody along</mark></li>' in change.after_html
    assert "<ins>" not in change.after_html


def test_the_rows_of_a_table_and_a_figure_in_one() -> None:
    rows = TABLE.split("\n")
    change = the_change(TABLE, "\n".join([*rows[:2], rows[3], "| Alpha | 12.6 |"]))
    assert change.notes == ("The order changed: “Alpha 12.6” is row 2 now; it was row 1.",)
    assert "<ins>12.6</ins>" in change.after_html
    assert ">Beta<" in change.after_html


def test_a_list_that_is_numbered_now() -> None:
    change = the_change(LIST, re.sub("^- ", "1. ", LIST, flags=re.MULTILINE))
    assert change.notes == ("The list is numbered now.",)


def test_a_paragraph_that_moved_within_its_section_keeps_its_signatures_and_is_named() -> None:
    change = the_change(
        "First words here.\n\nSecond words here.\n\nThird one.",
        "Second words here.\n\nThird one.\n\nFirst words here.",
    )
    assert change.what is What.MOVED
    assert change.notes == ("It was moved. It stands under the same heading.",)
    assert change.after is not None
    assert "First words" in change.after.html


def test_a_paragraph_that_moved_to_another_section_is_to_be_read_under_its_new_heading() -> None:
    change = the_change(
        "Surgery is rarely possible.\n\nOne.\n\n## Treatment\n\nTwo.",
        "One.\n\n## Treatment\n\nTwo.\n\nSurgery is rarely possible.",
    )
    assert change.what is What.CHANGED
    assert change.notes == ("It stands under “Treatment” now; it stood under “Symptoms”.",)


def test_a_heading_with_another_wording_opens_its_section() -> None:
    heading, paragraph = changes("One.\n\n## Treatment\n\nTwo.", "One.\n\n## Treatments\n\nTwo.")
    assert heading.name == "heading"
    assert heading.what is What.CHANGED
    assert paragraph.notes == ("The heading above it reads “Treatments” now; it read “Treatment”.",)
    assert "<ins>" not in paragraph.after_html


def test_added_and_removed_blocks_stand_where_they_are_and_were() -> None:
    before, after = "One is here.\n\nGone for good.\n\nThree.", "One is here.\n\nThree.\n\nNew and last."
    found = compare(blocks_of(before), blocks_of(after))
    assert [change.what for change in found[3:]] == [What.SAME, What.REMOVED, What.SAME, What.ADDED]
    assert found[4].before_html == "<p><del>Gone for good.</del></p>\n"
    assert found[6].after_html == "<p><ins>New and last.</ins></p>\n"


def test_a_paragraph_that_was_divided_and_two_that_were_joined() -> None:
    whole = "Many people cough at first and lose weight. Later the breath grows short, even when they rest."
    parts = whole.replace("weight. ", "weight.\n\n")
    assert any("which was divided" in note for change in changes(whole, parts) for note in change.notes)
    assert any("the two were joined" in note for change in changes(parts, whole) for note in change.notes)


def test_sources_that_came_went_and_moved() -> None:
    assert the_change("It helped [@alpha].", "It helped [@alpha; @beta].").notes == ("It cites [@beta] now.",)
    assert the_change("It helped [@alpha; @beta].", "It helped [@beta].").notes == ("It no longer cites [@alpha].",)
    assert the_change("It helped some [@alpha, p. 3].", "It helped some [@alpha, p. 4].").notes == (
        "It cites [@alpha] with “p. 4” now, not with “p. 3”.",
    )
    moved = the_change("It helped [@alpha]. Most lived.", "It helped. Most lived [@alpha].")
    assert moved.notes == ("The citation of [@alpha] stands at another place.",)


def test_sources_are_named_by_their_titles() -> None:
    before, after = blocks_of("It helped."), blocks_of("It helped [@alpha].")
    assert compare(before, after, titles={"alpha": "A trial"})[-1].notes == ("It cites “A trial” [@alpha] now.",)


def test_numbers_that_moved_on_are_no_difference() -> None:
    found = compare(
        blocks_of("It helped [@alpha].\n\nIt was short [@beta]."),
        blocks_of("New [@gamma].\n\nIt helped [@alpha].\n\nIt was long [@beta]."),
    )
    assert [change.what for change in found[3:]] == [What.ADDED, What.SAME, What.CHANGED]
    assert found[5].notes == ()
    assert "<ins>long</ins>" in found[5].after_html
    assert found[5].after_html.count("<ins>") == 1


def test_a_picture_with_another_description_or_another_picture() -> None:
    told = replace(LIBRARY, images={**LIBRARY.images, PICTURE.key: replace(PICTURE, alt="Other words", digest="new")})
    change = the_change("::image types-of-remission", "::image types-of-remission", later=told)
    assert change.notes == (
        "The description of the picture, for people who cannot see it, reads “Other words” now; "
        "it read “Two scans side by side”.",
        "The picture “types-of-remission” was changed in the library: its file, description, caption, credit or "
        "license.",
    )
    change = the_change("::image types-of-remission", "::image ornament")
    assert "It is another picture now." in change.notes


def test_a_picture_in_more_sizes_is_the_same_picture() -> None:
    fewer = replace(PICTURE, renditions=PICTURE.renditions[:2])
    before = blocks_of("::image types-of-remission", replace(LIBRARY, images={PICTURE.key: fewer}))
    assert {change.what for change in compare(before, blocks_of("::image types-of-remission"))} == {What.SAME}


def test_a_source_or_an_offer_that_changed_behind_the_same_words() -> None:
    later = replace(LIBRARY, sources={**LIBRARY.sources, "alpha": source("alpha", digest="new")})
    change = the_change("It helped [@alpha].", "It helped [@alpha].", later=later)
    assert change.notes == (
        "The record of the source “alpha” was changed: its title, year, kind, design, size, quotes or notices.",
    )
    offers = {**LIBRARY.offers, "guide": replace(LIBRARY.offers["guide"], heading="A better guide", digest="new")}
    change = the_change("Text.\n\n::offer guide", "Text.\n\n::offer guide", later=replace(LIBRARY, offers=offers))
    assert "<ins>A better</ins>" in change.after_html
    assert change.notes == ("The offer “guide” was changed in the library.",)


def test_a_word_of_the_glossary_marked() -> None:
    change = the_change("Ask about a biopsy.", "Ask about [a biopsy](/glossary/biopsy/).")
    assert change.notes == ("It leads to “biopsy” in the glossary now.",)


def test_a_paragraph_that_became_a_box() -> None:
    words = "Call us if you cannot breathe when you lie down at night."
    change = the_change(words, f":::warning\n{words}\n:::")
    assert change.notes[0] == "It was a paragraph and is a box “Important” now."


def test_what_readers_do_not_see_is_said_to_be_so() -> None:
    assert the_change("Many *cough* here.", "Many _cough_ here.").notes == (
        "Readers see no difference: only how it is written down was changed.",
    )


def test_words_are_never_lost_from_a_question_with_an_answer_of_several_paragraphs() -> None:
    before = ":::faq\n### Can it be cured?\nRarely.\n\nAsk your doctor.\n:::"
    change = the_change(before, before.replace("Rarely.", "Not often."))
    assert change.name == "question and answer"
    assert "<p><ins>Not often</ins>.</p>" in change.after_html
    assert "<p>Ask your doctor.</p>" in change.after_html
