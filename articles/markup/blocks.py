"""What each block demands: its key must be known, its attributes right, its content there and in place.

The pass also notes on the tokens what the renderer needs: the embedded record, the id of a label, a class.
"""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it.token import Token

from .citations_rule import Cluster
from .directives import CALLOUTS, CONTAINERS, LEAVES, Directive, read_attributes
from .embeds import ImageEmbed, Library
from .findings import Findings
from .outline import Anchors, Segment, slug, words_of

_TRIAL = re.compile(r"NCT\d{8}", re.ASCII)
_HOLDS_OTHERS = frozenset({"list_item_open", "blockquote_open", "dd_open"})


class BlockReview:
    """Reviews the blocks of one page against the library."""

    def __init__(self, library: Library, findings: Findings, anchors: Anchors) -> None:
        self._library = library
        self._findings = findings
        self._anchors = anchors
        self._landmarks: dict[str, int] = {}

    def faq_line(self, opening: Token) -> None:
        """Review the opening line of an FAQ, whose pairs are blocks of their own."""
        self._no_argument(opening)

    def review(self, segment: Segment) -> set[tuple[str, str, str]]:
        """Review one block; return what it embeds, apart from sources and abbreviations."""
        embeds: set[tuple[str, str, str]] = set()
        enclosing: list[Token] = []
        if segment.kind == "question":
            enclosing.append(Token("directive_open", "", 1, meta={"directive": Directive("faq", "", 0, ":::faq")}))
        for place, token in enumerate(segment.tokens):
            if token.type in ("directive", "directive_open"):
                token.meta["opening"] = segment.section == 0
                # A heading of its own, of a callout, stands below that of its section or question.
                token.meta["level"] = min(segment.level + (2 if segment.kind == "question" else 1), 6)
                self._in_place(token, enclosing)
                embeds |= self._directive(token)
            elif token.type == "heading_open" and enclosing and "question" not in token.meta:
                self._misplaced_heading(token)
                segment.tokens[place + 2].meta = token.meta
            elif token.type == "table_open":
                self._table(segment.tokens[place:])
            if token.type in _HOLDS_OTHERS or token.type == "directive_open":
                enclosing.append(token)
            elif enclosing and token.nesting < 0 and token.type.replace("close", "open") == enclosing[-1].type:
                enclosing.pop()
        for place, token in enumerate(segment.tokens):
            if token.type == "directive_open":
                self._content(token, _inside(segment.tokens, place))
        return embeds

    def _in_place(self, token: Token, enclosing: list[Token]) -> None:
        directive: Directive = token.meta["directive"]
        outer: Directive | None = enclosing[-1].meta.get("directive") if enclosing else None
        if outer is None or outer.name not in CONTAINERS or directive.name in CONTAINERS[outer.name]:
            return
        if directive.name in CONTAINERS or directive.name in LEAVES:
            self._findings.add(
                "misplaced-block",
                token.meta["at"],
                f"The block {directive.name} cannot stand inside {outer.name}. Close that one first.",
                directive.written,
            )

    def _misplaced_heading(self, token: Token) -> None:
        token.meta["misplaced"] = True
        line = (token.map[0] if token.map else 0) + 1
        self._findings.add(
            "misplaced-block",
            (line, 1),
            "A heading cannot stand inside a block, a list or a quotation. A callout takes its heading on its "
            "first line: :::quick-fact The heading",
        )

    def _directive(self, token: Token) -> set[tuple[str, str, str]]:
        directive: Directive = token.meta["directive"]
        name = directive.name
        if name == "offer" and token.type == "directive":
            return self._offer(token, directive)
        if name == "image" and token.type == "directive":
            return self._image(token, directive)
        if name == "story":
            return self._story(token, directive)
        if name == "quote":
            return self._quote(token, directive)
        if name == "trial":
            self._trial(token, directive)
        elif name in CALLOUTS:
            self._label(token, name)
        elif name in CONTAINERS:
            self._no_argument(token)
        return set()

    def _label(self, token: Token, base: str) -> None:
        base = f"{base}-label"
        token.meta.update(label=self._anchors.give(base), label_base=base)

    def _landmark(self, token: Token, name: str) -> None:
        """Note what a landmark is called, and how many of that name the page has so far."""
        known = name.casefold()
        self._landmarks[known] = self._landmarks.get(known, 0) + 1
        token.meta["landmark"] = name, self._landmarks[known]

    def _table(self, tokens: list[Token]) -> None:
        """Name a table by its column heads, and note on each cell which head it stands under."""
        heads: list[str] = []
        column = 0
        for token, after in pairwise(tokens):
            if token.type == "th_open":
                heads.append(words_of(after))
            elif token.type == "tr_open":
                column = 0
            elif token.type == "td_open":
                token.meta.update(head=heads[column], names_row=column == 0 and bool(words_of(after)))
                column += 1
            elif token.type == "table_close":
                break
        self._landmark(tokens[0], f"Table: {', '.join(filter(None, heads)) or 'values'}")

    def _argument_place(self, token: Token, offset: int = 0) -> tuple[int, int]:
        directive: Directive = token.meta["directive"]
        line, column = token.meta["at"]
        return line, column + directive.argument_at + offset

    def _no_argument(self, token: Token) -> None:
        directive: Directive = token.meta["directive"]
        if directive.argument:
            self._findings.add(
                "bad-argument",
                self._argument_place(token),
                f"Nothing follows :::{directive.name} on its line; “{directive.argument[:40]}” would be lost.",
                directive.written,
            )

    def _unknown(self, token: Token, kind: str) -> None:
        directive: Directive = token.meta["directive"]
        message = (
            f"There is no {kind} “{directive.argument}” in the library."
            if directive.argument
            else f"Say which {kind}: its key follows the name of the block."
        )
        self._findings.add(f"unknown-{kind}", self._argument_place(token), message, directive.written)

    def _offer(self, token: Token, directive: Directive) -> set[tuple[str, str, str]]:
        offer = self._library.offers.get(directive.argument)
        if offer is None:
            self._unknown(token, "offer")
            return set()
        token.meta["embed"] = offer
        self._label(token, f"offer-{slug(offer.key)}")
        self._landmark(token, offer.heading)
        embeds = {("offer", offer.key, offer.digest)}
        if offer.image is not None:
            embeds.add(("image", offer.image.key, offer.image.digest))
            self._alternative_text(token, offer.image)
        return embeds

    def _image(self, token: Token, directive: Directive) -> set[tuple[str, str, str]]:
        image = self._library.images.get(directive.argument)
        if image is None:
            self._unknown(token, "image")
            return set()
        token.meta["embed"] = image
        self._alternative_text(token, image)
        return {("image", image.key, image.digest)}

    def _alternative_text(self, token: Token, image: ImageEmbed) -> None:
        if not image.decorative and not image.alt.strip():
            self._findings.add(
                "missing-alt",
                token.meta["at"],
                f"The image “{image.key}” has no alternative text. Say in the library what it shows, or mark it "
                "as decorative.",
                token.content,
            )

    def _story(self, token: Token, directive: Directive) -> set[tuple[str, str, str]]:
        story = self._library.stories.get(directive.argument)
        if story is None:
            self._unknown(token, "story")
            return set()
        token.meta["embed"] = story
        self._label(token, f"story-{slug(story.key)}")
        self._landmark(token, story.heading)
        return {("story", story.key, story.digest)}

    def _quote(self, token: Token, directive: Directive) -> set[tuple[str, str, str]]:
        attributes, problems = read_attributes(directive, ("person",))
        for offset, message in problems:
            self._findings.add("bad-argument", self._argument_place(token, offset), message, directive.written)
        key = attributes.get("person", "")
        if not key:
            self._findings.add(
                "bad-argument",
                token.meta["at"],
                'A quotation says who is quoted, by the address of their record: :::quote person="a-nurse".',
                directive.written,
            )
            return set()
        quoted = self._library.quoted.get(key)
        if quoted is None:
            self._findings.add(
                "unknown-person",
                self._argument_place(token),
                f"No byline of this page names “{key[:60]}” as quoted. An editor adds one on the page of the article, "
                "with the day this person agreed to be quoted with their name.",
                directive.written,
            )
            return set()
        token.meta["embed"] = quoted
        return {("quoted", quoted.key, quoted.digest)}

    def _trial(self, token: Token, directive: Directive) -> None:
        self._label(token, "trial")
        if _TRIAL.fullmatch(directive.argument):
            token.meta["trial"] = directive.argument
        elif directive.argument:
            self._findings.add(
                "bad-argument",
                self._argument_place(token),
                "A trial's number is NCT and eight digits, such as NCT03654833.",
                directive.written,
            )

    def _content(self, opening: Token, inside: list[Token]) -> None:
        directive: Directive = opening.meta["directive"]
        name = directive.name
        if not any(_is_content(t) for t in inside):
            self._findings.add("empty-block", opening.meta["at"], f"The block {name} is empty.", directive.written)
            return
        if name == "terms":
            self._one_of(opening, inside, ("dl_open",), "A term list holds terms, each followed by “: explanation”.")
        elif name == "checklist":
            self._one_of(
                opening,
                inside,
                ("bullet_list_open", "ordered_list_open"),
                "A checklist holds lines that begin with “-”.",
            )
        elif name == "story" and "embed" in opening.meta:
            self._story_source(opening, inside)

    def _one_of(self, opening: Token, inside: list[Token], wanted: tuple[str, ...], message: str) -> None:
        directive: Directive = opening.meta["directive"]
        found = [t for t in inside if t.type in wanted and t.level == opening.level + 1]
        for token in found:
            token.meta["class"] = directive.name
        if not found:
            self._findings.add("empty-block", opening.meta["at"], message, directive.written)

    def _story_source(self, opening: Token, inside: list[Token]) -> None:
        directive: Directive = opening.meta["directive"]
        story = opening.meta["embed"]
        cited: set[str] = set()
        for token in inside:
            for child in token.children or ():
                if child.type == "citation":
                    cluster: Cluster = child.meta["cluster"]
                    cited.update(item.key for item in cluster.items)
        if not cited:
            message = "This story cites nothing. End it with the source that tells it: [@key]."
        elif story.source_key and story.source_key not in cited:
            message = f"This story does not cite its own source: [@{story.source_key}]."
        else:
            return
        self._findings.add("story-without-source", opening.meta["at"], message, directive.written)


def _is_content(token: Token) -> bool:
    return token.type not in ("inline", "abbreviation_definition") and "heading" not in token.type


def _inside(tokens: list[Token], place: int) -> list[Token]:
    depth = 0
    for end in range(place, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return tokens[place + 1 : end]
    return tokens[place + 1 :]
