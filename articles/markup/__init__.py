"""From the Markdown of a page to the page: one pure function, and the records it takes and gives."""

from .compile import compile_page
from .embeds import (
    ImageEmbed,
    Library,
    OfferEmbed,
    QuotedEmbed,
    QuoteEmbed,
    Rendition,
    SourceEmbed,
    StoryEmbed,
    TermEmbed,
)
from .findings import ADJUSTABLE, RULES, Finding
from .page import (
    CitationUse,
    CompiledBlock,
    CompiledPage,
    ContentsEntry,
    FigureStatement,
    QuestionAnswer,
    Reference,
    Word,
)

__all__ = [
    "ADJUSTABLE",
    "RULES",
    "CitationUse",
    "CompiledBlock",
    "CompiledPage",
    "ContentsEntry",
    "FigureStatement",
    "Finding",
    "ImageEmbed",
    "Library",
    "OfferEmbed",
    "QuestionAnswer",
    "QuoteEmbed",
    "QuotedEmbed",
    "Reference",
    "Rendition",
    "SourceEmbed",
    "StoryEmbed",
    "TermEmbed",
    "Word",
    "compile_page",
]
