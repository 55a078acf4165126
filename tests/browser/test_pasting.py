"""Pasting into the editor: from a word processor comes clean Markdown, and nothing else changes.

The clipboards in `clipboard/` are written after what the programs put there, each beside the Markdown it becomes:

- word: Word for Windows, with its headers, smart tags, tracked changes, a comment, a footnote and its own kind of lists
- word_online: Word in a browser, where each item is a list of its own and headings are paragraphs with a role
- google_docs: all in one `<b>` that is not bold, formats in styles only, lists within lists
- libreoffice: Writer, with `<font>`, footnotes and a list whose item has two paragraphs
- outlook, outlook_web: mails, with protected links, bullets typed by hand, and pixels that tell of the reading
- excel: a sheet
- web_page: Chromium's copy of a page that wants to do harm
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from articles.markup import CompiledPage, compile_page
from mesoinfo import sample_accounts
from tests.articles.markup.sample_library import LIBRARY
from tests.browser.conftest import only_what_we_promise
from tests.size import examples, sized

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

CLIPBOARDS = Path(__file__).parent / "clipboard"
PROGRAMS = sorted(file.stem for file in CLIPBOARDS.glob("*.html"))
PAGE = "# Title\n\nThe lede.\n\n"


@pytest.fixture(scope="module")
def draft(browser: Browser, site: str) -> Iterator[Page]:
    """The editor of a draft of a sample page, before somebody who writes."""
    context = browser.new_context(base_url=site, permissions=["clipboard-read", "clipboard-write"])
    broken = only_what_we_promise(context, site)
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/articles/article/%3Fq=stage-4")
    page.get_by_label("Email").fill(sample_accounts.email_of("writer"))
    page.get_by_label("Password").fill(sample_accounts._passwords()["writer"])
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="mesothelioma/stage-4").click()
    page.get_by_role("button", name="Start a draft", exact=True).click()
    expect(page.get_by_label("Text of the page")).to_be_visible()
    page.route("**/autosave/", lambda route: route.abort())  # these tests are about what stands in the box
    yield page
    context.close()
    # Not what is our own doing.
    assert not [problem for problem in broken if "/autosave/" not in problem]


@pytest.fixture
def text(draft: Page) -> Locator:
    return draft.get_by_label("Text of the page")


def put(text: Locator, before: str, after: str = "") -> None:
    """What stands before and behind the cursor."""
    text.evaluate(
        """(box, [before, after]) => {
            box.value = before + after;
            box.focus();
            box.setSelectionRange(before.length, before.length);
        }""",
        [before, after],
    )


def paste(text: Locator, rich: str = "", plain: str = "plain", *, picture: bool = False) -> bool:
    """Paste a clipboard that holds this. True when it was taken up, false when it is left to the browser."""
    return text.evaluate(
        """(box, [rich, plain, picture]) => {
            const clipboardData = new DataTransfer();
            if (rich) clipboardData.setData("text/html", rich);
            if (plain) clipboardData.setData("text/plain", plain);
            if (picture) clipboardData.items.add(new File(["x"], "image.png", { type: "image/png" }));
            box.focus();
            return !box.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })
            );
        }""",
        [rich, plain, picture],
    )


def pasted(text: Locator, rich: str, plain: str = "plain") -> str:
    """What comes of it below the opening of a page."""
    put(text, PAGE)
    assert paste(text, rich, plain)
    return text.input_value().removeprefix(PAGE)


def findings(markdown: str) -> set[str]:
    """What is wrong with a page of this text, but for figures without a source, which is for its words to answer."""
    found = compile_page(markdown, LIBRARY).findings
    return {finding.rule for finding in found if finding.severity == "error"} - {"uncited-statistic"}


@pytest.mark.proof
@pytest.mark.parametrize("program", sized(PROGRAMS, PROGRAMS[:3]))
def test_what_programs_give_becomes_clean_markdown(text: Locator, program: str) -> None:
    rich = (CLIPBOARDS / f"{program}.html").read_text()
    expected = (CLIPBOARDS / f"{program}.md").read_text().rstrip("\n")
    assert pasted(text, rich) == expected
    assert findings(PAGE + expected) == set()
    # One step takes it back, and one more brings it again.
    text.press("Control+z")
    assert text.input_value() == PAGE
    text.press("Control+Shift+z")
    assert text.input_value() == PAGE + expected


def test_nothing_pasted_runs_or_is_fetched(draft: Page, text: Locator) -> None:
    asked: list[str] = []
    draft.on("request", lambda request: asked.append(request.url))
    pasted(
        text,
        """<img src="https://tracker.example.net/a.png" onload="document.title = 'taken'"
            onerror="document.title = 'taken'"><img srcset="https://tracker.example.net/b.png 1x" alt="">
        <script>document.title = "taken"</script><link rel="stylesheet" href="https://tracker.example.net/c.css">
        <iframe src="https://tracker.example.net/d"></iframe><svg onload="document.title = 'taken'"></svg>
        <video src="https://tracker.example.net/e" poster="https://tracker.example.net/f"></video>
        <p style="background: url(https://tracker.example.net/g)">Words</p>""",
    )
    assert text.input_value() == PAGE + "Words"
    with draft.expect_response("**/markdown/preview/**"):
        text.press("End")
    assert draft.title().startswith("Draft of")
    assert all("tracker" not in address for address in asked)


def test_pictures_that_were_left_out_are_told_where_one_adds_them(draft: Page, text: Locator) -> None:
    pasted(text, '<p>One <img src="file:///C:/a.png"> and <img src="data:image/png;base64,AA"></p>')
    form = draft.locator("#picture-form")
    expect(form.get_by_role("status")).to_have_text(
        "2 pictures were left out of what you pasted. Add each here, with its description."
    )
    pasted(text, '<p>One <img src="cid:one@example"></p>')
    expect(form.get_by_role("status")).to_have_text(
        "1 picture was left out of what you pasted. Add it here, with its description."
    )


def test_a_picture_of_the_words_which_office_adds_is_not_taken_for_one(draft: Page, text: Locator) -> None:
    put(text, PAGE)
    assert paste(text, "<p>The <b>words</b></p>", picture=True)
    assert text.input_value() == PAGE + "The **words**"
    assert not paste(text, "", "The words", picture=True)
    chosen = draft.get_by_label("Picture", exact=True)
    assert chosen.evaluate("field => field.files.length") == 0
    assert paste(text, '<img src="https://www.example.org/lungs.png">', "", picture=True)
    assert chosen.evaluate("field => field.files[0].name") == "image.png"
    chosen.evaluate("field => field.form.reset()")


VS_CODE = (
    "<meta charset='utf-8'><div style=\"color: #3b3b3b;background-color: #ffffff;font-family: 'Droid Sans Mono', "
    "'monospace', monospace;font-weight: normal;font-size: 14px;line-height: 19px;white-space: pre;\"><div><span "
    'style="color: #800000;font-weight: bold;"># Title</span></div><br><div><span style="color: #000080;font-weight: '
    'bold;">**Strong**</span></div></div>'
)


@pytest.mark.parametrize(
    "rich",
    [
        "",
        VS_CODE,
        "<pre># Title\n\n**Strong**</pre>",
        "<meta charset='utf-8'><code>::offer case-review</code>",
        '<div class="highlight"><pre><span class="gh"># Title</span></pre></div>',
    ],
)
def test_plain_words_and_markdown_are_left_to_the_browser(text: Locator, rich: str) -> None:
    put(text, PAGE)
    assert not paste(text, rich, "# Title\n\n**Strong** [@key]")
    assert text.input_value() == PAGE


def test_with_the_keyboard(draft: Page, text: Locator) -> None:
    """Copied from a page that Chromium shows, once with and once without its formatting."""
    put(text, "# Title\n\nAn *old* word and [a link](https://www.example.org/).")
    preview = draft.get_by_role("region", name="As readers will see it")
    with draft.expect_response("**/markdown/preview/**"):
        text.press("End")
    expect(preview.get_by_role("link", name="a link")).to_be_visible()
    preview.locator(".lede").evaluate("lede => getSelection().selectAllChildren(lede)")
    draft.keyboard.press("Control+c")
    put(text, PAGE)
    text.press("Control+v")
    assert text.input_value() == PAGE + "An *old* word and [a link](https://www.example.org/)."
    put(text, PAGE)
    text.press("Control+Shift+v")
    assert text.input_value() == PAGE + "An old word and a link."


def test_the_keys_for_plain_words_win_over_a_browser_that_gives_formats(draft: Page, text: Locator) -> None:
    put(text, PAGE)
    draft.keyboard.down("Control")
    draft.keyboard.down("Shift")
    text.evaluate("box => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'V', shiftKey: true, bubbles: true }))")
    assert not paste(text, "<b>Words</b>", "Words")
    draft.keyboard.up("Shift")
    draft.keyboard.up("Control")
    text.press("End")
    assert paste(text, "<b>Words</b>", "Words")


@pytest.mark.parametrize(
    ("before", "rich", "after", "expected"),
    [
        ("One ", "<p>two <b>three</b></p>", " four", "One two **three** four"),
        ("One", "<span> two</span>", " three", "One two three"),  # with the blanks that it had
        ("", "<p>1. no list</p>", "", "1\\. no list"),
        ("See ", "<p>1. no list</p>", "", "See 1. no list"),
        ("One", "<p>Two</p><p>Three</p>", "Four", "One\n\nTwo\n\nThree\n\nFour"),
        ("One\n", "<ul><li>Two</li></ul>", "\nThree", "One\n\n- Two\n\nThree"),
        ("One\n\n", "<h2>Two</h2>", "\n\nThree", "One\n\n## Two\n\nThree"),
    ],
)
def test_it_stands_where_the_cursor_was(text: Locator, before: str, rich: str, after: str, expected: str) -> None:
    put(text, before, after)
    words = html.unescape(re.sub("<[^>]+>", "", rich))
    assert paste(text, rich, words)
    assert text.input_value() == expected


@pytest.mark.parametrize(
    ("before", "rich", "expected"),
    [
        # A whole document into an empty box keeps its title.
        ("", "<h1>T</h1><h2>A</h2><h3>B</h3><h5>C</h5>", "# T\n\n## A\n\n### B\n\n### C"),
        ("", "<p class=MsoTitle>T</p><h1>A</h1><h2>B</h2><h1>C</h1>", "# T\n\n## A\n\n### B\n\n## C"),
        # Chapters are no titles.
        ("", "<h1>A</h1><h1>B</h1>", "## A\n\n## B"),
        # A page has its title already.
        (PAGE, "<h1>T</h1><h2>A</h2>", "## T\n\n### A"),
        (PAGE, "<h2>A</h2><h4>B</h4><h2>C</h2>", "## A\n\n### B\n\n## C"),
        # No level is skipped, and a sub-section may stand where there is a section.
        (PAGE, "<h3>A</h3>", "## A"),
        (PAGE + "## Section\n\n", "<h3>A</h3><h4>B</h4>", "### A\n\n### B"),
    ],
)
def test_headings_take_their_place_on_the_page(text: Locator, before: str, rich: str, expected: str) -> None:
    put(text, before)
    assert paste(text, rich)
    assert text.input_value() == before + expected


@pytest.mark.parametrize(
    ("rich", "expected"),
    [
        ("<p>soft&shy;ly&nbsp;spoken&#8203;, 5&#8239;mg&#8209;wise</p>", "softly spoken, 5 mg-wise"),
        ("<p>“It’s” ‘his’ — or…</p>", "“It’s” ‘his’ — or…"),
        ("<p> </p><p>&nbsp;</p><p><br></p><h2> </h2><ul><li></li></ul><p>Words</p>", "Words"),
        ("<p>One<br>two<br><br>three<br></p>", "One\\\ntwo\n\nthree"),
        (
            "<p>Survival<sup>1,2</sup>, 10<sup>6</sup>, 1 m<sup>2</sup>, 2<sup>nd</sup></p>",
            "Survival[1,2], 10⁶, 1 m², 2nd",
        ),
        ("<b>a</b><b>b</b> <b>c</b>", "**ab c**"),
        ("<p><b>Note: </b>it <i> leans </i>here.</p>", "**Note:** it *leans* here."),
        ("<p><b>Note:</b>it, so(<b>far)</b></p>", "**Note**:it, so(**far)**"),
        ("<p><s>Gone</s><del>Gone</del><span style='text-decoration: line-through'>Gone</span>Here</p>", "Here"),
        ("<p><a href='https://www.example.org/'></a><a name=top>Here</a></p>", "Here"),
        (
            "<ul><li>One<ol><li>Two<ul><li>Three</li></ul></li></ol></li><li>Four</li></ul>",
            "- One\n  1. Two\n     - Three\n- Four",
        ),
        ("<ol start=4><li>Four</li><li>Five</li></ol><ul><li>One</li></ul>", "4. Four\n5. Five\n\n- One"),
        ("<table><tr><td>In<br>one</td></tr><tr><td>column</td></tr></table>", "In\\\none\n\ncolumn"),
        ("<p>One</p><hr><p>Two</p>", "One\n\nTwo"),
    ],
)
def test_small_things(text: Locator, rich: str, expected: str) -> None:
    assert pasted(text, rich) == expected


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("https://www.example.org/a?b=1&amp;c=2#d", "https://www.example.org/a?b=1&c=2#d"),
        ("https://www.example.org/a (b)|c", "https://www.example.org/a%20%28b%29%7Cc"),
        ("mailto:nurse@example.org", "mailto:nurse@example.org"),
        ("/mesothelioma/stage-4/", "/mesothelioma/stage-4/"),
        ("{site}/free-case-review/?need=other#form", "/free-case-review/?need=other#form"),
        ("{site}/admin/", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///C:/notes.docx", ""),
        ("tel:+15550100", ""),
        ("#_Toc1234", ""),
        ("//www.example.org/", ""),
        ("notes.html", ""),
        ("https://www.google.com/url?sa=D&amp;q=https://www.example.org/&amp;ust=1", "https://www.example.org/"),
        ("https://www.google.com/url?q=javascript:alert(1)", ""),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2F&amp;data=05%7Cme",
            "https://www.example.org/",
        ),
    ],
)
def test_links_lead_where_our_pages_may_lead(text: Locator, site: str, written: str, leads_to: str) -> None:
    expected = f"[here]({leads_to})" if leads_to else "here"
    assert pasted(text, f'<p>Read <a href="{written.replace("{site}", site)}">here</a>.</p>') == f"Read {expected}."


SIGNS = [
    "# no title", "#9 is no title", "- no list", "* no list", "+ no list", "1. no list", "12) no list",
    "> no quotation", "--- ", "***", "___", "~~~", "```", "+++", "| a |", "::offer nowhere", ":::warning", ":::",
    ": no explanation", "*not stressed*", "_not stressed_", "**not strong**", "a_b_c", "5 * 3 * 2", "`no code`",
    "[@alpha]", "[see @alpha, p. 3]", "[no link](/about/)", "![no picture](x.png)", "*[EPP]: no abbreviation",
    "[1]", "<b>no tag</b>", "<!-- seen -->", "p < 0.05", "&copy; &amp; AT&T", "C:\\no \\* escape", "\\", "wow![1]",
    "a@example.org",
]  # fmt: skip


BEFORE_SIGNS = ["<p>One<br>{}</p>", "<p>{}</p>", "<ul><li>{}</li></ul>", "<h2>{}</h2>"]


@pytest.mark.whole
@pytest.mark.parametrize("around", sized(BEFORE_SIGNS, BEFORE_SIGNS[:1]))
def test_signs_that_mean_something_are_shown_as_they_are(text: Locator, around: str) -> None:
    wrong = []
    for words in SIGNS:
        markdown = pasted(text, around.format(html.escape(words)))
        expected = blank_free(("One" if "One" in around else "") + words)
        if shown(compile_page(PAGE + markdown, LIBRARY)) != expected or findings(PAGE + markdown):
            wrong.append(markdown)
    assert not wrong


PIECES = [
    "word", "Two words", "a", "é", "e\u0301", "(in brackets)", "so:", "“quoted”", "*", "**", "_", "a_b", "_a_", "#",
    "# no", "- no", "1. no", "> no", "+", "5 * 3", "[1]", "[@alpha]", "[see @alpha, p. 3]", "[text](http://x.y)",
    "![x](y)", "`code`", "<b>", "<!-- x -->", "p < 0.05", "a<b", "&amp;", "AT&T", "\\", "\\*", "C:\\dir", "|", "|---|",
    "---", "***", "===", "~~~", "```", "::offer x", ":::warning", ":::", ": def", "*[EPP]: long", "!", "100%", "^",
    "{x}", "http://x.y/a_b_c", "a@b.c", "…", "\u00a0", " ", "  ", ".", ",", "®", "\U0001f469\u200d\u2695\ufe0f",
]  # fmt: skip
AROUND = {
    "<p>{}</p>": "",
    "<ul><li>{}</li></ul>": "",
    "<h2>{}</h2>": "",
    "<blockquote><p>{}</p></blockquote>": "",
    "<table><tr><th>a</th><th>b</th></tr><tr><td>{}</td><td>end</td></tr></table>": "ab|end",
}


@pytest.mark.whole
def test_any_words_in_any_formats_are_shown_as_they_were(text: Locator) -> None:
    """Formats may give way where Markdown cannot have them, as within a word; words never do."""
    chance = random.Random(4)
    wrong = []
    for _ in range(examples(1000)):
        runs = [
            (
                "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 3))),
                [tag for tag, share in (("b", 0.3), ("i", 0.3), ("a", 0.15)) if chance.random() < share],
            )
            for _ in range(chance.randint(1, 5))
        ]
        rich = "".join(marked(html.escape(words), tags) for words, tags in runs)
        around, beside = chance.choice(list(AROUND.items()))
        before, _, after = beside.partition("|")
        put(text, PAGE)
        paste(text, f"<p>Before.</p>{around.format(rich)}")
        markdown = text.input_value()
        expected = blank_free("Before." + before + "".join(words for words, _ in runs) + after)
        if shown(compile_page(markdown, LIBRARY)) != expected or findings(markdown) - {"heading-skip"}:
            wrong.append(f"{rich}\n{markdown}")
    assert not wrong, "\n\n".join(wrong)


def marked(words: str, tags: list[str]) -> str:
    for tag in tags:
        words = f'<a href="https://www.example.org/">{words}</a>' if tag == "a" else f"<{tag}>{words}</{tag}>"
    return words


class Words(HTMLParser):
    """What of a page is seen, but for what the table says again for small screens."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = ""
        self.unseen = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.unseen or ("class", "cell-head") in attributes:
            self.unseen += 1

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - 1)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.seen += data


def shown(compiled: CompiledPage) -> str:
    words = Words()
    words.feed(compiled.html)
    return blank_free(words.seen)


def blank_free(words: str) -> str:
    # Our pages hold words composed.
    return unicodedata.normalize("NFC", re.sub(r"\s", "", words))


@pytest.mark.whole
def test_formats_between_words_are_kept(text: Locator) -> None:
    marked = "a <b>strong and <i>stressed</i> end</b> <i>leaning <b>both</b></i>"
    markdown = pasted(text, f"{marked} <a href='https://example.org/'>to <b>it</b></a>")
    assert markdown == "a **strong and *stressed* end** *leaning* ***both*** [to **it**](https://example.org/)"
    compiled = compile_page(PAGE + markdown, LIBRARY)
    assert "<strong>strong and <em>stressed</em> end</strong> <em>leaning</em>" in compiled.html
    assert re.search(r"<em><strong>both</strong></em>|<strong><em>both</em></strong>", compiled.html)


@pytest.mark.whole
def test_a_whole_book_is_pasted_and_taken_back(text: Locator) -> None:
    rich = "".join(f"<h2>Chapter {n}</h2><p>Words &amp; <b>more</b> words.</p>" for n in range(1000))
    assert pasted(text, rich).count("\n\n") == 1999
    text.press("Control+z")
    assert text.input_value() == PAGE


@pytest.mark.whole
def test_a_browser_without_such_commands_pastes_too(draft: Page, text: Locator) -> None:
    draft.evaluate("document.execCommand = () => false")
    with draft.expect_response("**/markdown/preview/**"):
        assert pasted(text, "<p>The <b>words</b></p>") == "The **words**"
    draft.evaluate("delete document.execCommand")
