"""The Markdown parser: CommonMark, tables, definition lists, and the rules of this package.

One parser serves all threads. It holds rules and no state; what belongs to one page travels in ``env``.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from .abbreviations import Abbreviations, abbreviations_plugin
from .citations_rule import citations_plugin
from .directives import Layout, directives_plugin
from .findings import Findings
from .positions import PositionedInline

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]{0,1000})?>|<!--|<!\[CDATA\[|<![A-Za-z]|<\?")
_INLINE_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,500}\)")


class GuardedBlocks(ParserBlock):
    """markdown-it's block parser, which throws away what is nested too deep; this one shows it."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        if state.level < state.md.options.maxNesting:
            super().tokenize(state, startLine, endLine)
            return
        line = startLine + 1
        while line < endLine and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
            line += 1
        token = state.push("too_deep", "", 0)
        token.content = state.getLines(startLine, line, state.blkIndent, False).strip()
        token.map = [startLine, line]
        state.env["findings"].add(
            "nested-too-deep",
            (startLine + 1, 1),
            "Lists or quotations stand inside one another more deeply than a reader can follow. Make them flatter.",
            token.content,
        )
        state.line = line


def _raw_html(state: StateInline, silent: bool) -> bool:
    """HTML is no part of the grammar: it is found, and shown as the text it is."""
    if state.src[state.pos] != "<":
        return False
    tag = _TAG.match(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    if not silent:
        token = state.push("refused", "", 0)
        token.content = tag[0]
        token.meta["rule"] = "raw-html"
    state.pos = tag.end()
    return True


def _inline_image(state: StateInline, silent: bool) -> bool:
    """Pictures come from the library, which knows their size, alternative text and rights."""
    if state.src[state.pos] != "!":
        return False
    image = _INLINE_IMAGE.match(state.src, state.pos, state.posMax)
    if image is None:
        return False
    if not silent:
        token = state.push("refused", "", 0)
        token.content = image[0]
        token.meta["rule"] = "unknown-image"
    state.pos = image.end()
    return True


def _any_link(url: str) -> bool:
    """Take every address as a link: `links.review` refuses the bad ones, and says so."""
    return True


def _build() -> MarkdownIt:
    md = MarkdownIt("commonmark")
    md.block = GuardedBlocks()
    md.inline = PositionedInline()
    md.configure("commonmark", {"html": False, "xhtmlOut": False})
    md.inline.ruler2.enable("keep_positions")
    md.validateLink = _any_link  # type: ignore[method-assign]  # markdown-it documents replacing it
    md.enable("table")
    # An address defined elsewhere on the page would change a signed block without changing its text;
    # underlined headings turn a paragraph before "---" into a heading by accident.
    md.disable(["reference", "lheading", "image", "html_block", "html_inline"])
    md.use(deflist_plugin)
    md.use(directives_plugin)
    md.use(abbreviations_plugin)
    md.use(citations_plugin)
    md.inline.ruler.after("autolink", "raw_html", _raw_html)
    md.inline.ruler.before("link", "inline_image", _inline_image)
    md.parse("# Rules are compiled on first use: *do* so now, not in a race [@between] threads.", _env())
    return md


def _env(layout: Layout | None = None, findings: Findings | None = None) -> dict[str, object]:
    return {
        "layout": layout or Layout(),
        "findings": findings or Findings(),
        "abbreviations": Abbreviations(),
    }


def parse(text: str, layout: Layout, findings: Findings) -> tuple[list[Token], Abbreviations]:
    """Parse normalised ``text``; problems of the grammar itself go to ``findings``."""
    env = _env(layout, findings)
    tokens = _MARKDOWN.parse(text, env)
    abbreviations = env["abbreviations"]
    assert isinstance(abbreviations, Abbreviations)
    return tokens, abbreviations


_MARKDOWN = _build()
