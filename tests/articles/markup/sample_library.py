"""A small library to compile pages with, and the frame that makes a few lines a whole page."""

from __future__ import annotations

from datetime import date

from articles.markup import (
    CompiledPage,
    ImageEmbed,
    Library,
    OfferEmbed,
    QuotedEmbed,
    QuoteEmbed,
    Rendition,
    SourceEmbed,
    StoryEmbed,
    TermEmbed,
    compile_page,
)

_SOURCES = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "kostron2016relapse",
    "lau2017pcr",
    "fennell2021mist1",
    "acs2015palliative",
    "takanenndlongterm",
)


def source(key: str, **facts: object) -> SourceEmbed:
    """A source of the sample library."""
    given: dict[str, object] = {
        "digest": f"digest-of-{key}",
        "entries": {"apa": f"Author, A. <i>{key}</i>."},
        "title": f"Title of {key}",
        "is_research": key != "acs2015palliative",
        **facts,
    }
    return SourceEmbed(key=key, **given)  # type: ignore[arg-type]  # facts are given by name in tests


_NAME = "/images/0123456789abcdef01234567"
PICTURE = ImageEmbed(
    "types-of-remission",
    "digest-of-picture",
    f"{_NAME}.png",
    640,
    400,
    alt="Two scans side by side",
    caption="Before and after",
    credit="Drawing: mesoinfo",
    licence="CC BY 4.0",
    renditions=tuple(
        Rendition(extension, width, f"{_NAME}-{width}.{extension}")
        for extension in ("avif", "webp", "jpg")
        for width in (400, 640)
    ),
)

LIBRARY = Library(
    sources={
        **{key: source(key) for key in _SOURCES},
        "takanenndlongterm": source("takanenndlongterm", study_design="case report"),
        "pinned2016": source("pinned2016", year=2016, quotes=(QuoteEmbed("Recurrence was seen in 78% of patients."),)),
        "delta": source("delta", retrieved_on=date(2022, 11, 16), url="https://www.example.org/delta"),
    },
    offers={
        "case-review": OfferEmbed(
            "case-review",
            "digest-of-offer",
            "legal",
            "Free case review",
            ("No cost", "No duty"),
            "Start",
            "/free-case-review/",
            "Attorney advertising. <em>Sample firm</em> pays for this.",
        ),
        "guide": OfferEmbed(
            "guide", "digest-of-guide", "guide", "Free guide", (), "Get it", "https://www.example.org/", image=PICTURE
        ),
    },
    images={
        "types-of-remission": PICTURE,
        "wordless": ImageEmbed("wordless", "digest-of-wordless", "/media/w.webp", 10, 10),
        "ornament": ImageEmbed("ornament", "digest-of-ornament", "/media/o.webp", 10, 10, decorative=True),
    },
    stories={
        "takanen-four-years": StoryEmbed(
            "takanen-four-years",
            "digest-of-story",
            "case_report",
            "Four years in remission",
            "This happened to one person. For most people it does not.",
            "takanenndlongterm",
        )
    },
    quoted={
        key: QuotedEmbed(key, f"digest-of-{key}", name, credential, date(2026, 11, 2))
        for key, name, credential in (
            ("a-nurse", "A. Nurse", "Sample <credential>"),
            ("sample-nurse-advocate", "Sample nurse advocate", "Sample credential, no real body"),
        )
    },
    terms={
        "pleural-effusion": TermEmbed(
            "pleural-effusion",
            "digest-of-effusion",
            "Fluid around the lung",
            "Fluid has gathered in the space around a lung.",
            "pleural effusion",
        ),
        "dyspnea": TermEmbed(
            "dyspnea", "digest-of-dyspnea", "Shortness of breath", "It is hard to breathe.", "dyspnea"
        ),
        "biopsy": TermEmbed("biopsy", "digest-of-biopsy", "Biopsy", "A small piece of tissue is taken & tested."),
    },
    addresses=frozenset(
        {
            "/",
            "/about/",
            "/mesothelioma/stage-4/",
            "/free-case-review/",
            "/glossary/biopsy/",
            "/glossary/dyspnea/",
            "/glossary/not-live/",
            "/glossary/pleural-effusion/",
            "/mesothelioma/being-written/",
        }
    ),
    not_live=frozenset({"/glossary/not-live/", "/mesothelioma/being-written/"}),
    retired={"relapse2016": "kostron2016relapse"},
    moved={
        "/mesothelioma/fourth-stage/": "/mesothelioma/stage-4/",
        "https://society.example/old": "https://society.example/new",
    },
    dead={"https://society.example/gone": "The site says that nothing is at this address (404)."},
)

OPENING = "# A title\n\nThe lede.\n\n## First part\n\n"


def compile_body(body: str, library: Library = LIBRARY) -> CompiledPage:
    """Compile a whole page whose first section holds ``body`` (it begins on line 7)."""
    return compile_page(OPENING + body, library)


def rules(page: CompiledPage) -> list[str]:
    """The rules that a page breaks, in order."""
    return [finding.rule for finding in page.findings]
