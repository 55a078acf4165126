"""One pass over the inline content of a page: abbreviations, terms, citation numbers, links, refused markup."""

from __future__ import annotations

import re

from markdown_it.token import Token

from . import links
from .abbreviations import Abbreviations, meaning_of, put_in
from .citations_rule import Cluster, anchor_part, is_identifier
from .embeds import Library
from .findings import Findings
from .first_uses import FirstUses
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
        self._term_uses: dict[str, int] = {}
        self._first_uses = FirstUses()
        self.citations: list[CitationUse] = []
        self.unresolved: dict[str, None] = {}  # identifiers of works that no source of the library is, in order
        self.terms: list[tuple[str, str]] = []  # each marked use: which term, and its anchor

    def review(self, segment: Segment) -> set[tuple[str, str, str]]:
        """Review one block; return the sources, abbreviations and terms it embeds."""
        self._first_uses.enter(segment)
        embeds: set[tuple[str, str, str]] = set()
        self._source.place_cells(
            [b for a, b in zip(segment.tokens, segment.tokens[1:], strict=False) if a.type in ("th_open", "td_open")]
        )
        before = ""
        for token in segment.tokens:
            if token.type == "inline":
                in_heading = "heading" in before
                if self._abbreviations.expansions and not in_heading:
                    self._expand(token, embeds)
                self._children(token, segment, embeds, in_heading=in_heading)
            before = token.type
        return embeds

    def _expand(self, inline: Token, embeds: set[tuple[str, str, str]]) -> None:
        children: list[Token] = []
        for child in inline.children or ():
            if child.type != "text":
                children.append(child)
                continue
            meaning: Token | None = None
            for part in self._abbreviations.split(child):
                if meaning is not None:
                    children += put_in(meaning, part)
                    meaning = None
                else:
                    children.append(part)
                if part.type == "abbreviation":
                    short = part.content
                    expansion = self._abbreviations.expansions[short]
                    first = self._first_uses.note("abbreviation", short)
                    part.meta.update(expansion=expansion, **first)
                    embeds.add(("abbreviation", short, self._abbreviations.digest(short)))
                    if first["first_in_section"] and not self._first_uses.has_words(expansion):
                        meaning = meaning_of(part)
            if meaning is not None:
                children.append(meaning)
        inline.children = children

    def _children(
        self, inline: Token, segment: Segment, embeds: set[tuple[str, str, str]], *, in_heading: bool
    ) -> None:
        opened: Token | None = None
        before: Token | None = None
        for child in inline.children or ():
            if child.type == "citation":
                self._citation(inline, child, segment, embeds)
                if before is not None and any(item.known for item in child.meta["cluster"].items):
                    _close_up(before)
            elif child.type == "link_open":
                opened = child
                key = "" if self._library.on_term_page else links.term_at(str(child.attrs.get("href", "")))
                if key:
                    self._term(inline, child, key, embeds, in_heading=in_heading)
                else:
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
        is_unknown = problem is not None and problem[0] == "unknown-link"
        link.meta["refused"] = is_unknown and not address.startswith(("/", "#"))

    def _term(
        self, inline: Token, link: Token, key: str, embeds: set[tuple[str, str, str]], *, in_heading: bool
    ) -> None:
        problem = _problem_with_term(key, self._library, in_heading=in_heading)
        if problem is not None:
            rule, message = problem
            line, column = self._place(inline, link)
            self._findings.add(rule, (line, column - 1), message, f"/glossary/{key}/")
            link.meta["refused"] = True
            return
        first = self._first_uses.note("term", key)
        link.meta.update(term=key, **first)
        embeds.add(("term", key, self._library.terms[key].digest))
        if first["first_in_section"]:
            occurrence = self._term_uses[key] = self._term_uses.get(key, 0) + 1
            link.meta["anchor"] = f"use-{key}-{occurrence}"
            self.terms.append((key, link.meta["anchor"]))

    def _citation(self, inline: Token, token: Token, segment: Segment, embeds: set[tuple[str, str, str]]) -> None:
        cluster: Cluster = token.meta["cluster"]
        problems = cluster.problems
        if token.meta["in_link"]:
            problems = [(token.meta["at"], "A citation cannot stand inside a link. Put it after the link.")]
        elif self._library.on_term_page and segment.kind == "lede":
            message = "Other pages show this definition, where no number can follow it. Cite the source further down."
            problems = [(token.meta["at"], message)]
        for offset, message in problems:
            self._findings.add("bad-citation", self._source.position(inline, offset), message, token.content)
        if problems:
            token.meta["bad"] = True
            return
        for item in cluster.items:
            source = self._library.sources.get(item.key)
            if source is None or item.key in self._library.retired:
                rule, message = _problem_with_key(item.key, self._library)
                self._findings.add(rule, self._source.position(inline, item.at), message, token.content)
                if rule == "unresolved-source" and item.key not in self._library.identified:
                    self.unresolved[item.key] = None
            if source is None:
                continue
            item.known = True
            item.number = self._numbers.setdefault(item.key, len(self._numbers) + 1)
            item.occurrence = self._occurrences[item.key] = self._occurrences.get(item.key, 0) + 1
            item.anchor = f"cite-{anchor_part(item.key)}-{item.occurrence}"
            embeds.add(("source", item.key, source.digest))
            self.citations.append(
                CitationUse(item.key, item.number, item.occurrence, item.locator, segment.key, item.anchor)
            )


def _problem_with_key(key: str, library: Library) -> tuple[str, str]:
    if key in library.retired:
        survivor = library.retired[key]
        return "retired-key", f"The source “{key}” was merged into “{survivor}”. Write [@{survivor}]."
    if key in library.identified:
        known = library.identified[key]
        return "unresolved-source", f"“{key}” is the source “{known}” of the bibliography. Write [@{known}]."
    if is_identifier(key):
        return (
            "unresolved-source",
            f"“{key}” is an identifier, not a key. The system can look it up: add the source to the bibliography with "
            "it, and cite the key that it gets.",
        )
    return "unknown-key", f"There is no source “{key}” in the bibliography."


def _problem_with_term(key: str, library: Library, *, in_heading: bool) -> tuple[str, str] | None:
    if in_heading:
        return "misplaced-term", "Nothing is explained in a heading or a question. Mark the term in the text below it."
    if key in library.terms:
        return None
    if f"/glossary/{key}/" in library.addresses:
        return "unknown-term", f"The term “{key}” is not published yet. Publish it first, or take the link out."
    return "unknown-term", f"There is no term “{key}” in the glossary."


def _close_up(before: Token) -> None:
    """Take the blank before a citation away: a reference number stands close to the word it follows."""
    if before.type == "softbreak":
        before.type, before.content = "text", ""
    elif before.type == "text":
        before.content = before.content.rstrip(" ")
