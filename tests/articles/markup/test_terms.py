"""Glossary terms: marked by a link, explained at first use in each section, and part of the blocks that use them."""

from __future__ import annotations

import re
from dataclasses import replace

from articles.markup import Library, TermEmbed, compile_page

from .sample_library import LIBRARY, OPENING, compile_body, rules

EFFUSION = "[pleural effusion](/glossary/pleural-effusion/)"
BIOPSY = "[biopsy](/glossary/biopsy/)"


def mark(words: str, key: str, number: int) -> str:
    return f'<a class="term" href="#word-{key}" id="use-{key}-{number}" role="doc-glossref">{words}</a>'


def with_definition(definition: str) -> Library:
    """The sample library, after the definition of pleural effusion has changed."""
    term = replace(LIBRARY.terms["pleural-effusion"], definition=definition, digest=f"digest-of-{definition}")
    return replace(LIBRARY, terms={**LIBRARY.terms, "pleural-effusion": term})


def test_the_first_use_in_each_section_leads_to_the_meaning_and_later_ones_are_plain_words() -> None:
    page = compile_page(
        f"# T\n\nL.\n\n## One\n\nA {EFFUSION}, the {EFFUSION}.\n\n### Sub\n\nThat {EFFUSION}.\n\n"
        f"## Two\n\n{EFFUSION}\n",
        LIBRARY,
    )
    assert f"<p>A {mark('pleural effusion', 'pleural-effusion', 1)}, the pleural effusion.</p>" in page.html
    assert "<p>That pleural effusion.</p>" in page.html
    assert f"<p>{mark('pleural effusion', 'pleural-effusion', 2)}</p>" in page.html
    assert rules(page) == []


def test_the_words_of_the_text_stay_plain_or_clinical_as_written() -> None:
    page = compile_body(
        "[Fluid *there*](/glossary/pleural-effusion/) and shortness of breath ([dyspnea](/glossary/dyspnea/)).\n"
    )
    assert mark("Fluid <em>there</em>", "pleural-effusion", 1) in page.html
    assert f"shortness of breath ({mark('dyspnea', 'dyspnea', 1)})" in page.html


def test_words_on_this_page_are_listed_by_the_alphabet_with_what_they_mean_and_the_ways_back() -> None:
    page = compile_body(f"{EFFUSION} and {BIOPSY}.\n\n## Two\n\n{EFFUSION}\n")
    assert page.words_html == (
        '<dl class="words">\n'
        '<div id="word-biopsy"><dt><a href="/glossary/biopsy/">Biopsy</a></dt>\n'
        "<dd>A small piece of tissue is taken &amp; tested.&nbsp;"
        '<span class="back-links"><a href="#use-biopsy-1" role="doc-backlink" '
        'aria-label="Back to use of “Biopsy”">↩</a></span></dd></div>\n'
        '<div id="word-pleural-effusion"><dt>'
        '<a href="/glossary/pleural-effusion/">Fluid around the lung (pleural effusion)</a></dt>\n'
        "<dd>Fluid has gathered in the space around a lung.&nbsp;"
        '<span class="back-links"><span aria-hidden="true">↩</span> '
        '<a href="#use-pleural-effusion-1" role="doc-backlink" '
        'aria-label="Back to use a of “Fluid around the lung”">a</a> '
        '<a href="#use-pleural-effusion-2" role="doc-backlink" '
        'aria-label="Back to use b of “Fluid around the lung”">b</a></span></dd></div>\n'
        "</dl>\n"
    )
    assert [(word.key, word.name, word.clinical) for word in page.words] == [
        ("biopsy", "Biopsy", ""),
        ("pleural-effusion", "Fluid around the lung", "pleural effusion"),
    ]
    assert page.words[1].back_links == (("a", "use-pleural-effusion-1"), ("b", "use-pleural-effusion-2"))


def test_a_page_that_marks_no_term_has_no_list() -> None:
    page = compile_body("Words about a [page](/about/) and [the glossary](/glossary/biopsy/#see-also).\n")
    assert (page.words, page.words_html) == ((), "")
    assert '<a href="/glossary/biopsy/#see-also">' in page.html


def test_every_mark_leads_to_an_entry_and_every_way_back_to_a_mark() -> None:
    page = compile_page(
        f"# T\n\nThe lede has {BIOPSY}.\n\n{BIOPSY}\n\n## Word biopsy\n\n:::warning\n{BIOPSY}\n:::\n\n"
        f"## Use biopsy 1\n\n:::faq\n### Why?\n{BIOPSY} and {EFFUSION}.\n:::\n\n"
        f":::terms\n{BIOPSY}\n: See {EFFUSION}.\n:::\n\n| {EFFUSION} |\n| --- |\n| {BIOPSY} |\n",
        LIBRARY,
    )
    shown = page.lede_html + page.html + page.words_html
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= set(ids)
    assert mark("biopsy", "biopsy", 1) in page.lede_html
    assert [len(word.back_links) for word in page.words] == [3, 1]
    assert rules(page) == []


def test_an_unknown_term_is_found_and_shown_as_what_it_is() -> None:
    page = compile_body("See [the cough](/glossary/cough/).\n")
    (finding,) = page.findings
    assert (finding.rule, finding.line, finding.column) == ("unknown-term", 7, 5)
    assert finding.message == "There is no term “cough” in the glossary."
    assert '<span class="markup-problem">the cough</span>' in page.html


def test_a_term_that_is_not_published_cannot_be_marked_yet() -> None:
    (finding,) = compile_body("See [it](/glossary/not-live/).\n").findings
    assert finding.rule == "unknown-term"
    assert "“not-live” is not published yet" in finding.message


def test_headings_and_questions_explain_nothing() -> None:
    page = compile_page(
        f"# A {BIOPSY}\n\nL.\n\n## The {BIOPSY}\n\n{BIOPSY}\n\n:::warning The {BIOPSY}\nCare.\n:::\n\n"
        f":::faq\n### Is a {BIOPSY} safe?\nAsk.\n:::\n",
        LIBRARY,
    )
    assert rules(page) == ["misplaced-term"] * 4
    assert page.html.count('class="term"') == 1
    assert page.contents[0].text == "The biopsy"
    assert page.questions[0].question == "Is a biopsy safe?"


def test_an_answer_for_machines_is_plain_words() -> None:
    page = compile_body(f":::faq\n### Why?\nAsk about {BIOPSY}.\n:::\n")
    assert page.questions[0].answer_html == "<p>Ask about biopsy.</p>"


def test_an_abbreviation_can_be_a_term() -> None:
    page = compile_body("[PE](/glossary/pleural-effusion/) and PE.\n\n*[PE]: pleural effusion\n")
    assert mark("PE (pleural effusion)", "pleural-effusion", 1) + " and PE." in page.html


def test_a_changed_definition_changes_the_blocks_that_use_it_and_no_others() -> None:
    text = f"{OPENING}A {EFFUSION}.\n\nNothing here.\n\n{BIOPSY}\n\n## Two\n\n- That {EFFUSION} again.\n"
    before, after = compile_page(text, LIBRARY), compile_page(text, with_definition("Other words."))
    changed = [a.key for a, b in zip(before.blocks, after.blocks, strict=True) if a.digest != b.digest]
    assert changed == ["first-part/p-1", "two/list-1"]
    assert ("term", "pleural-effusion", "digest-of-effusion") in before.blocks[3].embeds


def test_a_later_use_depends_on_the_definition_as_the_first_one_does() -> None:
    text = f"{OPENING}A {EFFUSION}.\n\nThat {EFFUSION}.\n"
    later = compile_page(text, LIBRARY).blocks[-1]
    assert 'class="term"' not in later.html
    assert [embed[:2] for embed in later.embeds] == [("term", "pleural-effusion")]


def test_an_earlier_use_leaves_the_digest_and_hash_of_a_later_block_alone() -> None:
    before = compile_body(f"Words.\n\nA {EFFUSION}, a {EFFUSION}.\n").blocks[-1]
    after = compile_body(f"That {EFFUSION}.\n\nA {EFFUSION}, a {EFFUSION}.\n").blocks[-1]
    assert (before.digest, before.html_hash) == (after.digest, after.html_hash)
    assert before.html != after.html
    elsewhere = compile_page(
        f"# T\n\nL.\n\n## Zero\n\n{EFFUSION}\n\n## First part\n\nWords.\n\nA {EFFUSION}, a {EFFUSION}.\n", LIBRARY
    ).blocks[-1]
    assert (before.digest, before.html_hash) == (elsewhere.digest, elsewhere.html_hash)


def test_taking_the_mark_away_changes_the_hash() -> None:
    marked = compile_body(f"A {EFFUSION}.\n").blocks[-1]
    plain = compile_body("A pleural effusion.\n").blocks[-1]
    assert marked.html_hash != plain.html_hash


def test_terms_lead_to_each_other_from_their_own_pages_whether_live_or_not() -> None:
    page = compile_page(
        f"# Cough\n\nAir leaves the lungs.\n\n## See also\n\n- {BIOPSY}\n- [That](/glossary/not-live/)\n",
        replace(LIBRARY, on_term_page=True),
    )
    assert '<a href="/glossary/biopsy/">biopsy</a>' in page.html
    assert '<a href="/glossary/not-live/">That</a>' in page.html
    assert page.words_html == ""
    assert [(finding.rule, finding.severity) for finding in page.findings] == [("not-live-link", "warning")]
    assert all(block.embeds == () for block in page.blocks)


def test_a_definition_cites_nothing_because_other_pages_show_it() -> None:
    text = "# Cough\n\nAir leaves the lungs [@alpha].\n\nIt is common [@alpha].\n"
    (finding,) = compile_page(text, replace(LIBRARY, on_term_page=True)).findings
    assert (finding.rule, finding.line) == ("bad-citation", 3)
    assert "Cite the source further down." in finding.message


def test_names_and_definitions_from_the_library_are_made_harmless() -> None:
    evil = TermEmbed("x", "d", '<script>alert(1)</script>"', "<img src=x onerror=alert(1)>", '"onclick="')
    page = compile_page("# T\n\nL [x](/glossary/x/).\n", Library(terms={"x": evil}))
    assert not re.search(r"<(script|img)|<[^>]* on\w+=", page.words_html + page.lede_html)
    assert "&lt;script&gt;" in page.words_html
