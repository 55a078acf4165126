"""Any text whatever compiles: no exception, no blow-up, no loss, and the promises about digests hold."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.markup import CompiledPage, Library, compile_page, sanitise
from tests.hanging import must_end
from tests.size import SIZE, examples, sized

from .sample_library import LIBRARY

pytestmark = pytest.mark.proof

quick = settings(max_examples=examples(60), derandomize=True, deadline=None, database=None)

_NAUGHTY = [
    "[@alpha]", "[@alpha, p. 3; see @beta]", "[@", "@", "]", "[", "(", ")", ";", "::offer case-review", ":::faq",
    ":::", ":::warning Heading", ":::quote person=\"", ":::quote person=\"a-nurse\"",
    ":::story takanen-four-years", ":::terms", "::image wordless", "::",
    "# ", "## ", "### Why?", "#### ", "*[EPP]: long", "*[", "EPP", "- ", "  - ", "1. ", "> ", "|", "|---|", "| a | b |",
    "```", "    ", "***", "_", "**", "`", "\\", "<b>", "<!--", "<", "&lt;", "&#0;", "![a](b)", "[a](/about/)",
    "[a](javascript:x)", "[a]: b",
    "[a](/glossary/biopsy/)", "[EPP](/glossary/dyspnea/)", "[a](/glossary/no/)",
    "+++", "---", "===", ": ", "Term", "78%", "one in five", "stage 4", "11 references",
    "\n", "\n\n", "\r\n", "\t", "\u0000", "\ud800", "\u202e", "\u2028", "\u00a0", "e\u0301",
    "\U0001f469\u200d\u2695\ufe0f", "\ufeff", "ﷺ", "\x0b", "\x1b",
]  # fmt: skip
naughty = st.lists(st.one_of(st.sampled_from(_NAUGHTY), st.text(max_size=5)), max_size=40).map("".join)
lines = st.lists(st.lists(st.sampled_from(_NAUGHTY), max_size=4).map(" ".join), max_size=25).map("\n".join)
any_text = st.one_of(naughty, lines, st.text(max_size=200))

word = st.sampled_from(["remission", "scan", "doctor", "ask", "care", "cough", "lung", "study", "words", "people"])
sentence = st.lists(word, min_size=2, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")
cluster = st.sampled_from(["", " [@alpha]", " [@beta; @gamma]", " [@delta, p. 4]", " [@alpha; @beta; @gamma]"])
paragraph = st.tuples(sentence, cluster).map(lambda parts: parts[0][:-1] + parts[1] + ".")
piece = st.one_of(
    paragraph,
    st.lists(paragraph, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    paragraph.map(lambda text: f":::warning\n{text}\n:::"),
    st.tuples(sentence, paragraph).map(lambda pair: f":::faq\n### {pair[0][:-1]}?\n{pair[1]}\n:::"),
    st.just("::offer case-review"),
    st.just("Ask about [a biopsy](/glossary/biopsy/)."),
)
sections = st.lists(st.tuples(sentence, st.lists(piece, min_size=1, max_size=4)), min_size=1, max_size=3)


def page_of(parts: list[tuple[str, list[str]]]) -> list[str]:
    """A page as a list of its blocks' texts; of neighbouring lists, which Markdown joins, the first."""
    blocks = ["# Title", "The lede."]
    for number, (heading, pieces) in enumerate(parts):
        blocks.append(f"## {heading[:-1]} {number}")
        for text in pieces:
            if not (text.startswith("- ") and blocks[-1].startswith("- ")):
                blocks.append(text)
    return blocks


def compiled(blocks: list[str]) -> CompiledPage:
    return compile_page("\n\n".join(blocks) + "\n", LIBRARY)


def html_of(page: CompiledPage) -> list[str]:
    return [
        page.title_html,
        page.lede_html,
        page.hero or "",
        page.html,
        page.words_html,
        page.references_html.get("apa", ""),
    ] + [block.html for block in page.blocks]


@quick
@given(any_text)
def test_any_text_compiles_to_html_that_is_safe_and_stays_as_it_is(text: str) -> None:
    page = compile_page(text, LIBRARY)
    for html in html_of(page):
        assert sanitise.page_html(html) == html
    lines_given = len(re.split("\r\n|\r|\n", text))
    assert all(1 <= finding.line <= lines_given and finding.column >= 1 for finding in page.findings)
    assert len({block.key for block in page.blocks}) == len(page.blocks)
    shown = page.lede_html + (page.hero or "") + page.html + page.words_html + page.references_html.get("apa", "")
    anchors = re.findall(r' id="([^"]*)"', shown)
    assert len(set(anchors)) == len(anchors)


@quick
@given(any_text)
def test_compiling_twice_gives_the_same(text: str) -> None:
    assert compile_page(text, LIBRARY) == compile_page(text, LIBRARY)


@quick
@given(any_text)
def test_no_word_is_lost(text: str) -> None:
    marked = f"# Title\n\nLede.\n\n{text}\n\nlastword\n"
    page = compile_page(marked, LIBRARY)
    assert "lastword" in page.html + page.lede_html


@quick
@given(any_text)
def test_line_ends_and_trailing_blanks_change_no_digest(text: str) -> None:
    def digests(given: str) -> list[str]:
        return [block.digest for block in compile_page(given, Library()).blocks]

    text = text.replace("\r", "")
    assert digests(text) == digests(text.replace("\n", "\r\n")) == digests(text.replace("\n", " \t\n"))


@quick
@given(sections, st.data())
def test_citing_further_up_leaves_every_other_block_signed(
    parts: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    blocks = page_of(parts)
    place = data.draw(st.integers(min_value=3, max_value=len(blocks)))
    new = "A new thought on [a biopsy](/glossary/biopsy/) [@delta; @gamma; @beta; @alpha]."
    before, after = compiled(blocks), compiled([*blocks[:place], new, *blocks[place:]])
    known = {block.digest: block.html_hash for block in after.blocks}
    for block in before.blocks:
        assert known.get(block.digest) == block.html_hash


@quick
@given(sections, st.data())
def test_a_changed_word_changes_one_digest(parts: list[tuple[str, list[str]]], data: st.DataObject) -> None:
    blocks = page_of(parts)
    paragraphs = [n for n, text in enumerate(blocks) if n > 1 and text[0].isalpha()]
    if not paragraphs:
        return
    place = data.draw(st.sampled_from(paragraphs))
    edited = [*blocks[:place], f"Changed {blocks[place]}", *blocks[place + 1 :]]
    before, after = compiled(blocks).blocks, compiled(edited).blocks
    assert sum(one.digest != other.digest for one, other in zip(before, after, strict=True)) == 1


@quick
@given(sections)
def test_a_changed_heading_changes_its_section_and_no_other(parts: list[tuple[str, list[str]]]) -> None:
    heading, pieces = parts[0]
    before = compiled(page_of(parts)).blocks
    after = compiled(page_of([(f"Changed {heading}", pieces), *parts[1:]])).blocks
    first = f"{heading[:-1]} 0"
    for one, other in zip(before, after, strict=True):
        within = first in one.heading_path or (one.kind == "heading" and first in one.canonical)
        assert (one.digest != other.digest) == within


# 100 KB of each beginning that the grammar knows, and less of what else has been slow in parsers.
_PATHOLOGICAL = {
    "citations begun": "[@" * 50_000,
    "images begun": "![" * 50_000,
    "closing colons": ":::\n" * 25_000,
    "abbreviations begun": "*[" * 50_000,
    "citations": "[@alpha]" * 4_000,
    "one long cluster": "[@alpha; " * 4_000 + "]",
    "brackets": "[" * 30_000,
    "links begun": "[a](" * 8_000,
    "blocks opened": ":::warning\n" * 3_000,
    "lines of blocks": "::offer case-review\n" * 2_000,
    "attributes": ':::quote person="a-nurse" ' + "a " * 30_000 + "\n:::",
    "questions": ":::faq\n" + "### a?\n" * 4_000 + ":::",
    "abbreviations": "".join(f"*[a {n}]: b\n" for n in range(2_000)) + "\n" + "a 1 " * 8_000,
    "headings": "## a\n" * 5_000,
    "quotations": ">" * 100_000,
    "lists": "- " * 50_000,
    "stairs": "\n".join(" " * n + "- a" for n in range(440)),
    "cells": "|a" * 10_000 + "\n" + "|-" * 10_000,
    "tags begun": "<a " * 30_000,
    "comments begun": "<!--" * 10_000,
    "digits": "1" * 100_000,
    "numbers": "1 in " * 10_000,
    "stops": "." * 100_000,
    "sentences": "A. " * 20_000,
    "telephone numbers": "+1 " * 20_000,
    "combining marks": "a" + "\u0316\u0301" * 50_000,
    "definitions": "a\n: b\n" * 3_000,
    "addresses": "[x]: y\n" * 4_000,
    "terms": "[x](/glossary/biopsy/) " * 4_000,
    "terms in sections": "## a\n\n[x](/glossary/biopsy/)\n\n" * 2_000,
    "commas in a number": "1," * 50_000,
    "vowels": "eo" * 50_000,
    "one long sentence": "a " * 50_000,
    "apostrophes": "a’" * 40_000,
    # What the rules about words look for, begun and never ended, on one line and on many.
    "years and times": "In 2012 almost ten years later, in 2019 " * 2_500,
    "times until years": "2012 for ten years until " * 4_000,
    "ranges of years": "from 2010 to 2014, six years (2010 to 2014) " * 2_300,
    "years of studies": "a 2022 a a a a a study published in a a a a in 2016 [@alpha] " * 1_600,
    "years in sentences": "In 2012 it was so. Ten years later, in 2019, it was not [@alpha]. " * 1_500,
    "capitals": "EPP " * 25_000,
    "abbreviations in brackets": "words (EPP" * 10_000,
    "abbreviations with strokes": "A/B " * 25_000,
    "shouting": "STOP " * 20_000,
    "full names": "".join(f"Sample Person{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}n. " for n in range(5_000)),
    "names in a row": "Sample Person " * 7_000,
    "names of one word": "".join(f"by Abcdefg{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} " for n in range(6_000)),
    "authors": "Fennel and and and et al [@alpha] " * 3_000,
    "drugs": "".join(f"pemetrex{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} " for n in range(9_000)),
    "brands": "Opdivo and Yervoy. " * 5_000,
    "promises": "is completely is fully you will best of the will a cure " * 1_800,
    "doctors": "best " * 20_000 + "doctors",
    "efficacy": "improves the the the the improves treatment live far " * 2_000,
    "efficacy in sentences": "Surgery improves survival. " * 4_000,
    "denials": "no not whether it is not a cure and " * 2_800,
    "dates": "recently in the last few in recent will soon to date " * 1_900,
    "shares": "one in five of 33% of the of the [@takanenndlongterm] " * 1_900,
    "stories": "patients with a a a a who a a a this his a case result that [@takanenndlongterm] " * 1_200,
    "figures of one thing": "".join(f"Median survival is {n} months. " for n in range(3_000)),
    "figures in one sentence": "the median survival is 3 months and 4% recur and " * 2_000,
    "bylines": "Written by:\n" * 8_000,
    "long bylines": "- **Written by**" * 6_000,
    "references": "## References\n\n" + "1. a 2019 " * 9_000,
    "many lists of references": "## References\n\n- a\n\n" * 2_500,
    "bold questions": "**Why?**\n\n" * 9_000,
    "pictures": "![](a) " * 10_000,
    "pictures in HTML": "<img alt " * 10_000,
}


@pytest.mark.proof
@pytest.mark.parametrize("name", sized(sorted(_PATHOLOGICAL), sorted(_PATHOLOGICAL)[::4]))
def test_hostile_text_keeps_nobody_busy(name: str) -> None:
    text = _PATHOLOGICAL[name]
    if not SIZE:
        text = text[: len(text) // 20] + text[-len(text) // 20 :]
    with must_end():
        page = compile_page("# Title\n\nLede.\n\n" + text, LIBRARY)
    assert sanitise.page_html(page.html) == page.html


@pytest.mark.whole
def test_work_grows_with_the_text_and_not_with_its_square() -> None:
    unit = (
        "Some words [@alpha] and 78% of them.\n\n## P\n\n[A biopsy](/glossary/biopsy/).\n\n"
        "- a\n- b\n\n:::warning\nCare.\n:::\n\n"
    )

    def steps(times: int) -> int:
        done = count()
        sys.setprofile(lambda *_: next(done))  # each call of a function, and each return from one
        try:
            compile_page("# T\n\nL.\n\n## P\n\n" + unit * times, LIBRARY)
        finally:
            sys.setprofile(None)
        return next(done)

    # Eight times the text: a square would be 64.
    assert steps(160) < 10 * steps(20)


def test_threads_share_the_parser_and_nothing_else() -> None:
    texts = [f"# T\n\nL.\n\n## P {n}\n\nWords {n} [@alpha; @beta].\n\n*[P]: {n}\n" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda text: compile_page(text, LIBRARY), texts))
    assert pages == [compile_page(text, LIBRARY) for text in texts]


def test_the_compiler_needs_neither_django_nor_a_database() -> None:
    program = (
        "import sys, articles.markup as m;"
        "m.compile_page('# T\\n\\nL.\\n', m.Library());"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
