"""The one function that turns Markdown into a page."""

from __future__ import annotations

import hashlib
import json

from markdown_it.token import Token

from . import rules, sanitise
from .blocks import BlockReview
from .directives import lay_out
from .embeds import ImageEmbed, Library, QuotedEmbed, StoryEmbed
from .evidence import evidence_profile
from .figures import review_figures
from .findings import Findings
from .inlines import InlineReview
from .outline import OutlineBuilder, Part, Segment, words_of
from .page import CompiledBlock, CompiledPage, ContentsEntry, FigureStatement, QuestionAnswer
from .parser import parse
from .positions import SourceLines
from .reading_grade import review_reading
from .references import reference_list
from .render import Renderer
from .rules.quotes import with_evidence
from .source_text import blank_front_matter, canonical_markdown, normalise
from .words import word_list

_HOLDS_CODE = frozenset({"fence", "code_block"})


def compile_page(text: str, library: Library) -> CompiledPage:
    """Turn the Markdown of a page into the page, against what it may embed.

    Pure: the same text and library give the same page, whatever the clock and the database say. No text
    raises; what is wrong with it is in ``findings``, and shown on the page where it stands.
    """
    findings = Findings(library.severities, library.waived)
    lines = normalise(text).split("\n")
    if not blank_front_matter(lines):
        findings.add("unclosed-block", (1, 1), "The front matter is never closed. End it with a line of +++.", lines[0])
    source = SourceLines(lines)
    tokens, abbreviations = parse("\n".join(lines), lay_out(lines), findings)
    builder = OutlineBuilder(library, findings)
    outline = builder.build(tokens)
    block_review = BlockReview(library, findings, builder.anchors)
    for token in tokens:
        if token.type == "directive_open" and token.level == 0 and token.meta["directive"].name == "faq":
            block_review.faq_line(token)
    segments = list(outline.segments())
    embeds = [block_review.review(segment) for segment in segments]
    inline_review = InlineReview(library, findings, source, abbreviations, builder.anchors.given())
    figures: list[FigureStatement] = []
    for segment, found in zip(segments, embeds, strict=True):
        found |= inline_review.review(segment)
        figures += review_figures(segment, source, findings)
    reading = review_reading(segments, source, findings)
    as_read = rules.read(segments, source, library, abbreviations.expansions)
    figures, flaws = with_evidence(figures, as_read)
    for flaw in (*flaws, *rules.flaws_of(as_read)):
        findings.add(flaw.rule, flaw.at, flaw.message, flaw.excerpt, flaw.beside)
    renderers = Renderer(), Renderer(keyed=True)
    blocks = {
        segment.key: _compile_block(segment, found, lines, renderers, is_hero=segment is outline.hero)
        for segment, found in zip(segments, embeds, strict=True)
    }
    references, references_html = reference_list(inline_review.citations, library)
    research_count = sum(library.sources[reference.key].is_research for reference in references)
    findings.reword("typed-count", _true_count(research_count, len(references)))
    words, words_html = word_list(inline_review.terms, library)
    answers = Renderer(citations=False)
    return CompiledPage(
        title=_words(outline.title),
        title_html=_inline_html(outline.title),
        lede=_words(outline.lede),
        lede_html=_inline_html(outline.lede),
        hero=blocks[outline.hero.key].html if outline.hero else None,
        html=sanitise.page_html("".join(_part_html(part, blocks) for part in outline.body)),
        contents=_contents(segments),
        questions=tuple(_question(segment, answers) for segment in segments if segment.kind == "question"),
        citations=tuple(inline_review.citations),
        unresolved=tuple(inline_review.unresolved),
        references=references,
        references_html=references_html,
        words=words,
        words_html=words_html,
        research_count=research_count,
        figures=tuple(figures),
        blocks=tuple(blocks.values()),
        findings=findings.in_order(),
        reading=reading,
        evidence=evidence_profile(
            as_read.statements,
            library.sources,
            listed=[reference.key for reference in references],
            bare_figures={figure.sentence for figure in figures if not figure.cited},
        ),
        plain_text="\n".join(filter(None, (_plain_text(segment) for segment in segments))),
        headings_text="\n".join(filter(None, (_heading_words(segment) for segment in segments))),
    )


def _true_count(research: int, sources: int) -> str:
    articles = f"{research} research {'article' if research == 1 else 'articles'}"
    counted = f"{articles}, {sources} {'source' if sources == 1 else 'sources'}"
    return f"The number of references is counted by the system: {counted}. Leave it out here."


def _compile_block(
    segment: Segment,
    embeds: set[tuple[str, str, str]],
    lines: list[str],
    renderers: tuple[Renderer, Renderer],
    *,
    is_hero: bool,
) -> CompiledBlock:
    ordered = sorted(embeds)
    markdown = canonical_markdown(
        lines[segment.first : segment.last],
        keep_blanks=any(token.type in _HOLDS_CODE for token in segment.tokens),
    )
    canonical = json.dumps(
        {
            "kind": segment.kind,
            "heading_path": segment.heading_path,
            "markdown": markdown,
            "embeds": ordered,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    renderer, keyed_renderer = renderers
    renderer.varies = False
    html = keyed = sanitise.page_html(_render(renderer, segment, is_hero=is_hero))
    if renderer.varies:
        keyed = sanitise.page_html(_render(keyed_renderer, segment, is_hero=is_hero))
    return CompiledBlock(
        key=segment.key,
        kind=segment.kind,
        heading_path=segment.heading_path,
        canonical=canonical,
        digest=_sha256(canonical),
        html=html,
        html_hash=_sha256(keyed),
        line=segment.first + 1,
        last_line=segment.last,
        embeds=tuple(ordered),
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _render(renderer: Renderer, segment: Segment, *, is_hero: bool) -> str:
    tokens = segment.tokens
    if is_hero:
        return renderer.hero(tokens[0])
    if segment.kind == "question":
        return renderer.question(tokens)
    if segment.kind == "lede":
        return f'<p class="lede">{renderer.inline(tokens[1].children or ())}</p>\n'
    return renderer.blocks(tokens)


def _part_html(part: Part, blocks: dict[str, CompiledBlock]) -> str:
    html = "".join(blocks[segment.key].html for segment in part.segments)
    return f'<div class="faq">\n{html}</div>\n' if part.is_faq else html


def _words(segment: Segment | None) -> str:
    return words_of(segment.tokens[1]) if segment else ""


def _inline_html(segment: Segment | None) -> str:
    return sanitise.page_html(Renderer().inline(segment.tokens[1].children or ())) if segment else ""


def _contents(segments: list[Segment]) -> tuple[ContentsEntry, ...]:
    return tuple(
        ContentsEntry(segment.level, segment.anchor, words_of(segment.tokens[1]))
        for segment in segments
        if segment.kind == "heading" and segment.level in (2, 3)
    )


def _question(segment: Segment, renderer: Renderer) -> QuestionAnswer:
    answer = renderer.blocks(segment.tokens[3:])
    return QuestionAnswer(segment.question, sanitise.page_html(answer).strip(), segment.anchor)


def _heading_words(segment: Segment) -> str:
    if segment.kind == "question":
        return segment.question
    return words_of(segment.tokens[1]) if segment.kind in ("title", "heading") else ""


def _plain_text(segment: Segment) -> str:
    """The words of a block for the search index: what a reader reads, without offers and numbers."""
    words: list[str] = []
    for token in segment.tokens:
        if token.type == "inline":
            words.append(words_of(token))
        elif token.type in _HOLDS_CODE:
            words.append(" ".join(token.content.split()))
        elif token.type in ("directive", "directive_open"):
            words.append(_embedded_words(token))
    return "\n".join(filter(None, words))


def _embedded_words(token: Token) -> str:
    embed = token.meta.get("embed")
    if isinstance(embed, StoryEmbed):
        return embed.heading
    if isinstance(embed, ImageEmbed):
        return embed.caption
    if isinstance(embed, QuotedEmbed):
        return f"{embed.name}, {embed.credential}"
    return ""
