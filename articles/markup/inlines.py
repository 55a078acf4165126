"""One pass over the inline content of a page: abbreviations, citation numbers, links, refused markup."""

from __future__ import annotations

import re

from markdown_it.token import Token

from . import links
from .abbreviations import Abbreviations
from .citations_rule import Cluster, anchor_part
from .embeds import Library
from .findings import Findings
from .outline import Segment
from .page import CitationUse
from .positions import SourceLines

_ADDRESS_BELOW = re.compile(r"^\[[^\[\]\n@]+\]:[ \t]*\S", re.MULTILINE)
_REFUSED = {
    "raw-html": "HTML is not part of the text and is shown as it stands. Use Markdown, or a block.",
    "unknown-image": "Pictures come from the image library. Write ::image and the key of the image, on its own line.",
}


class InlineReview:
    """Goes through a page's blocks in order; holds the numbering of its sources."""

    def __init__(
        self,
        library: Library,
        findings: Findings,
        source: SourceLines,
        abbreviations: Abbreviations,
        anchors: frozenset[str],
    ) -> None:
        self._library = library
        self._findings = findings
        self._source = source
        self._abbreviations = abbreviations
        self._anchors = anchors
        self._numbers: dict[str, int] = {}
        self._occurrences: dict[str, int] = {}
        self._section = -1
        self._introduced: set[str] = set()
        self.citations: list[CitationUse] = []

    def review(self, segment: Segment) -> set[tuple[str, str, str]]:
        """Review one block; return the sources and abbreviations it embeds."""
        if segment.section != self._section:
            self._section, self._introduced = segment.section, set()
        embeds: set[tuple[str, str, str]] = set()
        in_block: set[str] = set()
        self._source.place_cells(
            [b for a, b in zip(segment.tokens, segment.tokens[1:], strict=False) if a.type in ("th_open", "td_open")]
        )
        before = ""
        for token in segment.tokens:
            if token.type == "inline":
                if self._abbreviations.expansions and "heading" not in before:
                    self._expand(token, in_block, embeds)
                self._children(token, segment, embeds)
            before = token.type
        return embeds

    def _expand(self, inline: Token, in_block: set[str], embeds: set[tuple[str, str, str]]) -> None:
        children: list[Token] = []
        for child in inline.children or ():
            if child.type != "text":
                children.append(child)
                continue
            for part in self._abbreviations.split(child):
                if part.type == "abbreviation":
                    short = part.content
                    part.meta.update(
                        expansion=self._abbreviations.expansions[short],
                        first_in_section=short not in self._introduced,
                        first_in_block=short not in in_block,
                    )
                    self._introduced.add(short)
                    in_block.add(short)
                    embeds.add(("abbreviation", short, self._abbreviations.digest(short)))
                children.append(part)
        inline.children = children

    def _children(self, inline: Token, segment: Segment, embeds: set[tuple[str, str, str]]) -> None:
        opened: Token | None = None
        before: Token | None = None
        for child in inline.children or ():
            if child.type == "citation":
                self._citation(inline, child, segment, embeds)
                if before is not None and any(item.known for item in child.meta["cluster"].items):
                    _close_up(before)
            elif child.type == "link_open":
                opened = child
                self._link(inline, child)
            elif child.type == "link_close":
                if opened is not None:
                    child.meta.update(opened.meta)
            elif child.type == "refused":
                rule = child.meta["rule"]
                self._findings.add(rule, self._place(inline, child), _REFUSED[rule], child.content)
            before = child
        if "]:" in inline.content:
            for found in _ADDRESS_BELOW.finditer(inline.content):
                self._findings.add(
                    "unknown-link",
                    self._source.position(inline, found.start()),
                    "An address stands beside its words: [words](/address/). Lists of addresses are not read.",
                    found[0],
                )

    def _place(self, inline: Token, child: Token) -> tuple[int, int]:
        return self._source.position(inline, child.meta.get("at", 0))

    def _link(self, inline: Token, link: Token) -> None:
        address = str(link.attrs.get("href", ""))
        problem = links.problem_with(address, self._library, self._anchors)
        if problem is not None:
            rule, message = problem
            line, column = self._place(inline, link)
            # markdown-it opens a link behind its bracket.
            self._findings.add(rule, (line, column if link.info == "auto" else column - 1), message, address)
        link.meta["refused"] = problem is not None and not address.startswith(("/", "#"))

    def _citation(self, inline: Token, token: Token, segment: Segment, embeds: set[tuple[str, str, str]]) -> None:
        cluster: Cluster = token.meta["cluster"]
        problems = cluster.problems
        if token.meta["in_link"]:
            problems = [(token.meta["at"], "A citation cannot stand inside a link. Put it after the link.")]
        for offset, message in problems:
            self._findings.add("bad-citation", self._source.position(inline, offset), message, token.content)
        if problems:
            token.meta["bad"] = True
            return
        for item in cluster.items:
            source = self._library.sources.get(item.key)
            if source is None:
                self._findings.add(
                    "unknown-key",
                    self._source.position(inline, item.at),
                    f"There is no source “{item.key}” in the bibliography.",
                    token.content,
                )
                continue
            item.known = True
            item.number = self._numbers.setdefault(item.key, len(self._numbers) + 1)
            item.occurrence = self._occurrences[item.key] = self._occurrences.get(item.key, 0) + 1
            item.anchor = f"cite-{anchor_part(item.key)}-{item.occurrence}"
            embeds.add(("source", item.key, source.digest))
            self.citations.append(
                CitationUse(item.key, item.number, item.occurrence, item.locator, segment.key, item.anchor)
            )


def _close_up(before: Token) -> None:
    """Take the blank before a citation away: a reference number stands close to the word it follows."""
    if before.type == "softbreak":
        before.type, before.content = "text", ""
    elif before.type == "text":
        before.content = before.content.rstrip(" ")
