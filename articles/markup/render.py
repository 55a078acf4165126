"""From tokens to HTML. Two renderings of a block: the page's own, and one that numbering cannot touch.

The second ("keyed") shows citation keys in place of numbers, ids without their page-wide endings and pictures by
their one stored file, so that its hash changes only when the block itself does: not when a source is cited further
up, and not when a picture is drawn in one format or width more. Signatures hold that hash. So what changes how the
same words are set or read aloud (a heading for a paragraph, a name for a row) is for the page's own rendering alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from markdown_it.token import Token

from . import links, sanitise
from .citations_rule import Cited, Cluster, anchor_part
from .directives import CALLOUTS, CONTAINERS, Directive
from .embeds import ImageEmbed, OfferEmbed, QuotedEmbed, Rendition, StoryEmbed

_STORY_LABELS = {
    "case-report": "Published case report",
    "personal": "A personal story, told with consent",
}
# What a reader is told first about an offer, by articles.models.OfferKind.
OFFER_KINDS = {
    "legal": "Legal service",
    "guide": "Guide",
    "finder": "Finding care",
    "benefits": "Benefits",
    "payment": "Costs",
    "support": "Support",
    "advocate": "Advocates",
    "resources": "Further help",
}
_REGISTRY = "https://clinicaltrials.gov/"
# Tokens that are always the same HTML.
_FIXED = {
    "abbreviation_definition": "",
    "blockquote_close": "</blockquote>\n",
    "blockquote_open": "<blockquote>\n",
    "bullet_list_close": "</ul>\n",
    "dd_close": "</dd>\n",
    "dd_open": "<dd>",
    "dl_close": "</dl>\n",
    "dt_close": "</dt>\n",
    "dt_open": "<dt>",
    "em_close": "</em>",
    "em_open": "<em>",
    "hardbreak": "<br>\n",
    "hr": "<hr>\n",
    "list_item_close": "</li>\n",
    "list_item_open": "<li>",
    "ordered_list_close": "</ol>\n",
    "softbreak": "\n",
    "strong_close": "</strong>",
    "strong_open": "<strong>",
    "table_close": "</table></div>\n",
    "tbody_close": "</tbody>\n",
    "tbody_open": "<tbody>\n",
    "th_close": "</th>\n",
    "thead_close": "</thead>\n",
    "thead_open": "<thead>\n",
    "tr_close": "</tr>\n",
    "tr_open": "<tr>\n",
}
_BEFORE_A_NUMBER = re.compile(r"(?<=\w) (?=\d+\b)")
_ALIGNMENT = {
    "text-align:left": ' class="align-left"',
    "text-align:center": ' class="align-center"',
    "text-align:right": ' class="align-right"',
}


def keep_numbers(heading: str) -> str:
    """Tie each number in a heading to the word before it: “4” alone on a line says nothing of a stage."""
    return _BEFORE_A_NUMBER.sub("\N{NO-BREAK SPACE}", heading)


class Renderer:
    """Renders tokens that the reviews have gone through.

    ``keyed``: keys for numbers, ids without endings, pictures without renditions. ``citations`` False leaves
    citations, marks of terms, ids and renditions out: for answers that machines read.
    """

    def __init__(self, *, keyed: bool = False, citations: bool = True) -> None:
        self._keyed = keyed
        self._citations = citations
        self.varies = False  # whether anything rendered so far is not as its keyed rendering
        self._in_heading = False
        self._cell_tag = "td"
        self._rules: dict[str, Callable[[Token], str]] = {
            "abbreviation": self._abbreviation,
            "abbreviation_meaning": self._meaning,
            "bullet_list_open": _bullet_list,
            "callout_heading_close": self._callout_heading_close,
            "callout_heading_open": self._callout_heading,
            "citation": self._citation,
            "code_block": _code,
            "code_inline": _inline_code,
            "directive": self._leaf,
            "directive_close": self._close,
            "directive_open": self._open,
            "dl_open": _definitions,
            "fence": _code,
            "heading_close": self._heading_close,
            "heading_open": self._heading_open,
            "inline": self._inline,
            "link_close": self._link_close,
            "link_open": self._link,
            "ordered_list_open": _ordered_list,
            "paragraph_close": _paragraph_close,
            "paragraph_open": _paragraph,
            "problem": _problem,
            "refused": self._text,
            "table_open": self._table,
            "td_close": self._cell_close,
            "td_open": self._cell,
            "text": self._text,
            "th_open": _head,
            "too_deep": _problem,
        }

    def blocks(self, tokens: list[Token]) -> str:
        """Return the HTML of block tokens."""
        rules = self._rules
        return "".join([_FIXED[token.type] if token.type in _FIXED else rules[token.type](token) for token in tokens])

    def inline(self, children: Iterable[Token]) -> str:
        """Return the HTML of inline tokens."""
        rules = self._rules
        return "".join([_FIXED[child.type] if child.type in _FIXED else rules[child.type](child) for child in children])

    def _inline(self, token: Token) -> str:
        return self.inline(token.children or ())

    def question(self, tokens: list[Token]) -> str:
        """Return a question and its answer as a disclosure.

        The answer carries the anchor: a browser that goes to something folded away unfolds it.
        """
        opening, inline = tokens[0], tokens[1]
        tag = f"h{opening.meta['level']}"
        self._in_heading = True
        asked = self.inline(inline.children or ())
        self._in_heading = False
        return (
            f'<details class="faq-item"><summary><{tag}>{asked}</{tag}></summary>\n'
            f'<div class="faq-answer"{self._id(opening.meta["anchor"], opening.meta["base"])}>\n'
            f"{self.blocks(tokens[3:])}</div></details>\n"
        )

    def hero(self, token: Token) -> str:
        """Return an offer as the hero of the page."""
        return self._offer(token, hero=True)

    def _id(self, anchor: str, base: str) -> str:
        if not self._citations:
            return ""
        self.varies = self.varies or anchor != base
        return f' id="{escape(base if self._keyed else anchor)}"'

    def _named(self, token: Token) -> str:
        """The name of a landmark: its heading or its own, with a number once another on the page has that name."""
        name, count = token.meta["landmark"]
        self.varies = self.varies or count > 1
        if count > 1 and not self._keyed:
            return f' aria-label="{escape(name)} ({count})"'
        return f' aria-labelledby="{self._label(token)}"' if "label" in token.meta else f' aria-label="{escape(name)}"'

    def _label(self, token: Token) -> str:
        label, base = token.meta["label"], token.meta["label_base"]
        self.varies = self.varies or label != base
        return escape(base if self._keyed else label)

    # Inline

    def _text(self, token: Token) -> str:
        text = escape(token.content)
        if not self._in_heading or self._keyed:
            return text
        kept = keep_numbers(text)
        self.varies = self.varies or kept != text
        return kept

    def _abbreviation(self, token: Token) -> str:
        if self._is_first_use(token) and self._keyed:
            return f'<abbr title="{escape(token.meta["expansion"])}">{escape(token.content)}</abbr>'
        self.varies = True
        return escape(token.content)

    def _meaning(self, token: Token) -> str:
        # In words: no finger can point at an abbreviation, and few screen readers are told to expand it.
        return "" if self._keyed else escape(token.meta["said"])

    def _is_first_use(self, token: Token) -> bool:
        first, own = token.meta["first_in_section"], token.meta["first_in_block"]
        # Whether the reader has met it depends on the blocks before; that it is used here does not.
        self.varies = self.varies or first != own
        return bool(own if self._keyed else first)

    def _link(self, token: Token) -> str:
        if "term" not in token.meta:
            return _plain_link(token)
        if not self._citations or not self._is_first_use(token):
            return ""
        # So does how often it has been used before.
        self.varies = True
        anchor = "" if self._keyed else f' id="{token.meta["anchor"]}"'
        return f'<a class="term" href="#word-{token.meta["term"]}"{anchor} role="doc-glossref">'

    def _link_close(self, token: Token) -> str:
        if "term" in token.meta:
            return "</a>" if self._citations and self._is_first_use(token) else ""
        return "</span>" if token.meta.get("refused") else "</a>"

    def _citation(self, token: Token) -> str:
        if not self._citations:
            return ""
        if token.meta.get("bad"):
            return f'<span class="markup-problem">{escape(token.content)}</span>'
        cluster: Cluster = token.meta["cluster"]
        known = [item for item in cluster.items if item.known]
        html = ""
        if known:
            self.varies = True
            html = f'<sup class="cite">{self._keys(known) if self._keyed else _numbers(known)}</sup>'
        for item in cluster.items:
            if not item.known:
                html += f'<span class="markup-problem">[@{escape(item.key)}]</span>'
        return html

    @staticmethod
    def _keys(items: list[Cited]) -> str:
        return ",".join(
            _around(item, f'<a href="#ref-{anchor_part(item.key)}">{escape(item.key)}</a>') for item in items
        )

    # Blocks

    def _heading_open(self, token: Token) -> str:
        if token.meta.get("misplaced"):
            return '<p class="markup-problem">'
        if "anchor" not in token.meta:
            return f"<{token.tag}>"
        self._in_heading = True
        return f"<h{token.meta['level']}{self._id(token.meta['anchor'], token.meta['base'])}>"

    def _open(self, token: Token) -> str:
        directive: Directive = token.meta["directive"]
        name = directive.name
        if name in CALLOUTS:
            heading = ""
            if not directive.argument:
                said = escape(CALLOUTS[name].heading)
                heading = f"{self._callout_heading(token)}{said}{self._callout_heading_close(token)}"
            return (
                f'<aside class="callout callout-{name}" role="note" aria-labelledby="{self._label(token)}">\n{heading}'
            )
        if name == "quote" and "embed" in token.meta:
            return '<figure class="quotation"><blockquote>\n'
        if name == "story" and "embed" in token.meta:
            return self._story(token)
        if name == "trial":
            label = self._label(token)
            return (
                f'<aside class="trial" role="note" aria-labelledby="{label}">\n'
                f'<p class="trial-heading" id="{label}">Clinical trials</p>\n'
            )
        if name == "faq":
            return '<div class="faq">\n'
        if name in CONTAINERS and name not in ("story", "quote"):
            return ""
        return f'<div class="markup-problem"><p>{escape(directive.written)}</p>\n'

    def _close(self, token: Token) -> str:
        directive: Directive = token.meta["directive"]
        name = directive.name
        if name in CALLOUTS:
            return "</aside>\n"
        if name == "quote" and "embed" in token.meta:
            return _attribution(token.meta["embed"])
        if name == "story" and "embed" in token.meta:
            return "</section>\n"
        if name == "trial":
            return f"{_registry_link(token.meta.get('trial', ''))}</aside>\n"
        if name in CONTAINERS and name not in ("story", "quote", "faq"):
            return ""
        return "</div>\n"

    def _callout_heading(self, token: Token) -> str:
        directive: Directive = token.meta["directive"]
        said, heading = CALLOUTS[directive.name]
        # Its kind shows by colour and sign; a heading of another wording leaves it to be said.
        spoken = (
            f'<span class="visually-hidden">{escape(said)}: </span>' if (directive.argument or heading) != said else ""
        )
        self.varies = True
        self._in_heading = True
        return f'<{self._callout_tag(token)} class="callout-heading" id="{self._label(token)}">{spoken}'

    def _callout_heading_close(self, token: Token) -> str:
        self._in_heading = False
        return f"</{self._callout_tag(token)}>\n"

    def _callout_tag(self, token: Token) -> str:
        # A heading, for who goes through a page by its headings: when to call must not be passed over.
        return "p" if self._keyed else f"h{token.meta['level']}"

    def _heading_close(self, token: Token) -> str:
        self._in_heading = False
        if token.meta.get("misplaced"):
            return "</p>\n"
        return f"</h{token.meta.get('level', token.tag[1])}>\n"

    def _story(self, token: Token) -> str:
        story: StoryEmbed = token.meta["embed"]
        label = self._label(token)
        kind = story.kind.replace("_", "-")
        said = _STORY_LABELS.get(kind, kind.replace("-", " ").capitalize())
        typical = f'<p class="story-typicality">{escape(story.typicality)}</p>\n' if story.typicality else ""
        return (
            f'<section class="story"{self._named(token)}>\n'
            f'<p class="story-label">{escape(said)}</p>\n'
            f'<p class="story-heading" id="{label}">{escape(story.heading)}</p>\n{typical}'
        )

    def _table(self, token: Token) -> str:
        return f'<div class="table-scroll" role="region" tabindex="0"{self._named(token)}><table>\n'

    def _cell(self, token: Token) -> str:
        self.varies = True
        if token.meta.get("names_row") and not self._keyed:
            self._cell_tag = "th"
            return f'<th scope="row"{_alignment(token)}>'
        # Where columns do not fit, cells stand one below the other, each with the head of its column.
        head = escape(token.meta.get("head", "")) if self._citations else ""
        colon = "" if self._keyed else ":"
        return f"<td{_alignment(token)}>" + (f'<span class="cell-head">{head}{colon}</span> ' if head else "")

    def _cell_close(self, token: Token) -> str:
        tag, self._cell_tag = self._cell_tag, "td"
        return f"</{tag}>\n"

    def _leaf(self, token: Token) -> str:
        if "embed" not in token.meta:
            return _problem(token)
        if isinstance(token.meta["embed"], OfferEmbed):
            return self._offer(token)
        return self._figure(token, token.meta["embed"], sanitise.IN_THE_COLUMN)

    def _figure(self, token: Token, image: ImageEmbed, sizes: str) -> str:
        self.varies = True
        if self._keyed or not self._citations:
            shown = _picture(image, (), sizes, lazy=True)
        else:
            # What stands before the first section is on the first screen: fetched late, it would leave a hole there.
            shown = _picture(image, image.renditions, sizes, lazy=not token.meta["opening"])
        return f'<figure class="figure">{shown}{_caption(image)}</figure>\n'

    def _offer(self, token: Token, *, hero: bool = False) -> str:
        offer: OfferEmbed = token.meta["embed"]
        label = self._label(token)
        kind = "".join(c if c.isascii() and c.isalnum() else "-" for c in offer.kind.lower())
        classes = f"offer offer-{kind}{' offer-hero' if hero else ''}"
        parts = [
            f'<aside class="{escape(classes)}"{self._named(token)}>\n',
            f'<p class="offer-kind">{escape(OFFER_KINDS.get(offer.kind, offer.kind.capitalize()))}</p>\n',
            f'<p class="offer-heading" id="{label}">{escape(offer.heading)}</p>\n',
        ]
        if offer.image is not None:
            parts.append(self._figure(token, offer.image, sanitise.IN_AN_OFFER))
        if offer.points:
            points = "".join(f"<li>{escape(point)}</li>\n" for point in offer.points)
            parts.append(f'<ul class="offer-points">\n{points}</ul>\n')
        if offer.action_address:
            words = offer.action_label or offer.heading
            parts.append(
                f'<p><a class="offer-action" href="{escape(offer.action_address)}"{_rel(offer.action_address)}>'
                f"{escape(words)}</a></p>\n"
            )
        if offer.disclosure_html:
            parts.append(f'<p class="offer-disclosure">{sanitise.entry_html(offer.disclosure_html)}</p>\n')
        parts.append("</aside>\n")
        return "".join(parts)


def _around(item: Cited, link: str) -> str:
    prefix = f"{escape(item.prefix)} " if item.prefix else ""
    locator = f'<span class="cite-locator">({escape(item.locator)})</span>' if item.locator else ""
    return prefix + link + locator


def _numbers(items: list[Cited]) -> str:
    """The numbers of a cluster, ascending; of three or more in a row the inner ones are folded away.

    Folded numbers stay links with their own anchors: the style sheet hides them until they are focused or
    arrived at. Without a style sheet "2–4" reads "2–3–4".
    """
    ordered = sorted(items, key=lambda item: (item.number, item.occurrence))
    parts: list[str] = []
    place = 0
    while place < len(ordered):
        end = place
        while end + 1 < len(ordered) and _runs_on(ordered[end], ordered[end + 1]):
            end += 1
        if end - place >= 2:
            folded = "".join(f'<span class="cite-folded">{_number(item)}–</span>' for item in ordered[place + 1 : end])
            parts.append(f"{_number(ordered[place])}–{folded}{_number(ordered[end])}")
        else:
            parts.extend(_around(item, _number(item)) for item in ordered[place : end + 1])
        place = end + 1
    return ",".join(parts)


def _runs_on(one: Cited, other: Cited) -> bool:
    plain = not (one.prefix or one.locator or other.prefix or other.locator)
    return plain and other.number == one.number + 1


def _number(item: Cited) -> str:
    return (
        f'<a href="#ref-{anchor_part(item.key)}" id="{item.anchor}" aria-label="Reference {item.number}" '
        f'role="doc-noteref">{item.number}</a>'
    )


def _class_of(token: Token) -> str:
    return f' class="{escape(token.meta["class"])}"' if "class" in token.meta else ""


def _inline_code(token: Token) -> str:
    return f"<code>{escape(token.content)}</code>"


def _paragraph(token: Token) -> str:
    return "" if token.hidden else "<p>"


def _paragraph_close(token: Token) -> str:
    return "" if token.hidden else "</p>\n"


def _bullet_list(token: Token) -> str:
    return f"<ul{_class_of(token)}>\n"


def _definitions(token: Token) -> str:
    return f"<dl{_class_of(token)}>\n"


def _head(token: Token) -> str:
    return f'<th scope="col"{_alignment(token)}>'


def _alignment(token: Token) -> str:
    return _ALIGNMENT.get(str(token.attrs.get("style", "")), "")


def _ordered_list(token: Token) -> str:
    start = token.attrs.get("start")
    return f"<ol{_class_of(token)}>\n" if start is None else f'<ol{_class_of(token)} start="{int(start)}">\n'


def _code(token: Token) -> str:
    return f"<pre><code>{escape(token.content)}</code></pre>\n"


def _problem(token: Token) -> str:
    return f'<div class="markup-problem"><p>{escape(token.content)}</p></div>\n'


def _rel(address: str) -> str:
    return ' rel="noopener"' if links.is_external(address) else ""


def _plain_link(token: Token) -> str:
    if token.meta.get("refused"):
        return '<span class="markup-problem">'
    address = str(token.attrs.get("href", ""))
    title = token.attrs.get("title")
    said = f' title="{escape(str(title))}"' if title else ""
    return f'<a href="{escape(address)}"{said}{_rel(address)}>'


def _picture(image: ImageEmbed, renditions: tuple[Rendition, ...], sizes: str, *, lazy: bool) -> str:
    """A picture in the best format that the browser knows, at the width that it needs.

    The last format is for all others; a picture that has no renditions is shown as it is stored.
    """
    alt = "" if image.decorative else image.alt
    formats = {r.extension: [s for s in renditions if s.extension == r.extension] for r in renditions}
    *better, (_, plain) = formats.items() or [("", [])]
    sources = "".join(
        f'<source type="image/{escape(extension)}" srcset="{_srcset(made)}" sizes="{sizes}">'
        for extension, made in better
    )
    src = plain[len(plain) // 2].url if plain else image.url
    widths = f' srcset="{_srcset(plain)}" sizes="{sizes}"' if len(plain) > 1 else ""
    loading = ' loading="lazy"' if lazy else ""
    img = (
        f'<img src="{escape(src)}"{widths} alt="{escape(alt)}" width="{int(image.width)}" '
        f'height="{int(image.height)}"{loading} decoding="async">'
    )
    return f"<picture>{sources}{img}</picture>" if sources else img


def _srcset(renditions: list[Rendition]) -> str:
    return ", ".join(f"{escape(made.url)} {int(made.width)}w" for made in renditions)


def _caption(image: ImageEmbed) -> str:
    if not image.caption and not image.credit:
        return ""
    licence = f" ({image.licence})" if image.licence else ""
    credit = f'<span class="figure-credit">{escape(image.credit + licence)}</span>' if image.credit else ""
    gap = " " if image.caption and credit else ""
    return f"<figcaption>{escape(image.caption)}{gap}{credit}</figcaption>"


def _attribution(quoted: QuotedEmbed) -> str:
    return (
        f'</blockquote><figcaption><span class="quotation-by">{escape(quoted.name)}</span>, '
        f'<span class="quotation-credential">{escape(quoted.credential)}</span></figcaption></figure>\n'
    )


def _registry_link(number: str) -> str:
    words = f"Read about {number} on ClinicalTrials.gov" if number else "Search ClinicalTrials.gov"
    address = f"{_REGISTRY}study/{number}" if number else _REGISTRY
    return f'<p class="trial-link"><a href="{address}" rel="noopener">{words}</a></p>\n'
