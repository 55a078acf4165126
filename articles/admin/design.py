"""The component page: every piece of the public pages in all its states, with the site's own templates and stylesheet.

What it shows is made up here, in memory, and marked as a sample; only the form that asks for help, and what stands
around every page, is the site's own. It changes nothing.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from articles.markup import (
    ImageEmbed,
    Library,
    OfferEmbed,
    QuotedEmbed,
    SourceEmbed,
    StoryEmbed,
    TermEmbed,
    compile_page,
)
from articles.markup.evidence import EvidenceProfile
from articles.markup.render import OFFER_KINDS
from articles.models import Article, Kind, OfferKind, Person, PublishedPage, Topic
from articles.public.doubts import Doubt, Doubts
from articles.public.feedback import FeedbackForm
from articles.public.glossary import Letter
from articles.public.navigation import Link
from articles.public.rests_on import in_words
from articles.public.search import Filter, Result
from articles.public.site_map import Branch
from articles.public.trust import NamedPerson, Reviewer, Standing, Trust
from articles.search.excerpts import Excerpt
from articles.search.suggestions import Suggestion
from citations.models import Notice, NoticeKind
from citations.study_designs import EvidenceKind
from citations.style import DEFAULT_STYLE
from mesoinfo.public_forms import Choice, problems_of

STYLESHEET = settings.BASE_DIR / "static" / "css" / "site.css"

# Which ink the stylesheet puts on which ground. WCAG 1.4.6 asks 7:1 of text.
TEXT = [
    *[("ink", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    *[("ink-soft", ground) for ground in ("paper", "sheet", "tint", "fact")],
    *[("pine", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    *[("visited", ground) for ground in ("paper", "sheet", "tint", "fact", "know", "alarm", "mark")],
    ("ochre", "paper"),
    ("ochre", "know"),
    ("brick", "paper"),
    ("brick", "alarm"),
    ("on-band", "band"),
    ("on-solid", "solid"),
    ("on-solid", "solid-hover"),
    ("on-brick", "brick-solid"),
]
# The edges of things to use. WCAG 1.4.11 asks 3:1 of them.
EDGES = [(edge, ground) for edge in ("edge", "focus", "pine", "brick") for ground in ("paper", "sheet", "tint")]

SIZES = ["t-small", "t-text", "t-lede", "t-h4", "t-h3", "t-h2", "t-h1"]
ROOM = ["s-1", "s-2", "s-3", "s-4", "target"]

SECTIONS = [
    ("tokens", "Colors, type and room"),
    ("press", "Links and buttons"),
    ("way", "Finding one’s way"),
    ("notices", "Notices and badges"),
    ("imprint", "Who answers for a page"),
    ("language", "The page language"),
    ("people", "People"),
    ("lists", "Lists of pages"),
    ("search", "Search"),
    ("forms", "Forms"),
    ("around", "Around the page"),
]

SPECIMEN = """# A sample page

The lede says in one paragraph what the page is about. It stands above everything else, and in lists of pages.

::offer {hero}

## Running text

Some words are *stressed*, some are **strong**. A link leads to [another page](/about/), a mark of a term to its
meaning ([pleural effusion](/glossary/pleural-effusion/)), and a number to its source [@sample-trial]. Several sources
share a place [@sample-trial; @sample-guide; @sample-report]. ABC is short for something.

*[ABC]: a sample abbreviation

### A list

- One point
- Another, with a source [@sample-guide, p. 3]

1. First this
2. Then that

> Words taken over from somewhere else.

---

A line above parts one thought from the next.

## Boxes

:::quick-fact
A fact in a box.
:::

:::did-you-know It can have a heading of its own
Something that many people do not know.
:::

:::warning
Something to mind before you act.
:::

:::urgent Call your care team today if you have:
- a fever
- new swelling
:::

:::emergency Call [911](tel:911) now if:
- you cannot get your breath
- you have crushing chest pain
:::

:::quote person="sample-nurse-advocate"
Write down the one thing that worries you most, and start with that.
:::

:::story sample-story
What happened to one person, told in plain words [@sample-report].
:::

:::trial NCT00000000
Ask your doctor whether a trial is right for you.
:::

## Terms, steps and questions

:::terms
A term
: What it means.

Another term
: What that one means, in a sentence that is long enough to run over the end of a line on a phone.
:::

:::checklist
- Write down your questions
- Ask for a second opinion
:::

:::faq
### Can a question be opened by a link?
Yes. A link to its answer opens it.

### Is a closed answer printed?
Yes, and a search on the page finds it.
:::

## Pictures and tables

::image sample-picture

| Treatment | What it is for | What to ask |
| --------- | -------------- | ----------- |
| Surgery | To take out what can be seen | Am I well enough for it? |
| Supportive care | To ease how you feel | When can I start? |

## Offers of every kind

{offers}
"""


@dataclass(frozen=True)
class Contrast:
    """How an ink stands out from a ground in both schemes, as WCAG 2.2 counts it."""

    ink: str
    ground: str
    light: float
    dark: float


class SpecimenForm(forms.Form):
    """A field of each sort, as the site's forms have them."""

    name = forms.CharField(error_messages={"required": "Tell us what to call you."})
    message = forms.CharField(error_messages={"required": "Write a few words."})


class SpecimenQuestion(forms.Form):
    """A field of each way in which a question of a long list is answered."""

    CHOICES: ClassVar = [("yes", "Yes"), ("no", "No")]

    one = Choice(CHOICES, label="")
    some = Choice(CHOICES, label="Any of a few")
    listed = Choice(CHOICES, label="One of many")
    year = forms.CharField(label="A year", error_messages={"required": "Please check the year."})
    line = forms.CharField(label="A line of text", error_messages={"required": "Write a few words."})
    lines = forms.CharField(label="Several lines", error_messages={"required": "Write a few words."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = ("radios", "boxes", "list", "year", "line", "lines")
        for field, way in zip(self.fields.values(), ways, strict=True):
            field.shown_as = way  # type: ignore[attr-defined]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """As `components/question_field.html` takes them, a line of text under the first choice."""
        below = {("one", "yes"): [{"field": self["line"]}]}
        return [
            {"field": self[name], "choices": [(*choice, below.get((name, choice[0]), [])) for choice in self.CHOICES]}
            for name in self.fields
            if name != "line"
        ]


def tokens(scheme: str) -> dict[str, str]:
    """The colors of the stylesheet by name, in the "light" or the "dark" scheme."""
    css = STYLESHEET.read_text(encoding="utf-8")
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest.partition("\n}\n")[0]))
    return found


def contrast(one: str, other: str) -> float:
    """The contrast of two colors (#rrggbb), from 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    lighter, darker = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@require_safe
def component_page(request: HttpRequest) -> HttpResponse:
    """Every component in all its states."""
    pages = [_page("Stage 4, a sample"), _page("Remission, a sample")]
    works = [
        _page("A page they wrote", wrote=True, edited=True),
        _page("A page they reviewed", reviewed=True),
        _page("A page that quotes them", quoted=True),
    ]
    topic = Topic(slug="sample", name="A sample topic", summary="What it is about, in one sentence.")
    specimen = compile_page(_specimen(), _library())
    wrong = SpecimenForm({"name": ""}, auto_id="wrong-%s")
    feedback_wrong = FeedbackForm({"words": "z" * 2001})
    feedback_wrong.auto_id = "feedback-wrong-%s"
    context = {
        "contents": [{"anchor": anchor, "text": text, "below": []} for anchor, text in SECTIONS],
        "texts": _contrasts(TEXT),
        "edges": _contrasts(EDGES),
        "sizes": SIZES,
        "room": ROOM,
        "trail": [Link("/", "Home"), Link("#way", "A topic"), Link("#way", "A topic below it")],
        "sections": [
            {"anchor": "way", "text": "A section", "below": [{"anchor": "way", "text": "A part of it"}]},
            {"anchor": "notices", "text": "Another section with a heading that runs on", "below": []},
        ],
        "doubts": Doubts([_doubt(2, NoticeKind.RETRACTED)]),
        "concerns": Doubts([_doubt(1, NoticeKind.CONCERN), _doubt(3, NoticeKind.CONCERN)]),
        "withdrawn": SimpleNamespace(at=datetime.date(2026, 11, 21), reader_note="There are newer treatments."),
        "trusts": [(standing.value, _trust(standing)) for standing in Standing],
        "specimen": specimen,
        "rests_on": in_words(_profile(), year=2026),
        "specimen_html": specimen.html.replace("<details ", "<details open ", 1),
        "pages": pages,
        "works": works,
        "page": pages[0],
        "topics": [topic],
        "related": pages[:2],
        "letters": [Letter(f"letter-{letter}", letter.upper(), "#lists") for letter in "abcdef"],
        "branches": [Branch(topic, pages, 9, [Branch(Topic(slug="below", name="A topic below it"), pages, 2, [])])],
        "results": [
            Result(_page("Fluid around the lung (a sample)", kind=Kind.GLOSSARY_TERM), Excerpt(mark_safe("")), True),
            Result(
                pages[0],
                Excerpt(mark_safe("… the words around <mark>what was found</mark> …"), "A section", "lists"),
                False,
            ),
        ],
        "filters": [Filter("All topics", "#search", 12, True), Filter("A sample topic", "#search", 9, False)],
        "near": [Suggestion("Fluid around the lung", "#search"), Suggestion("Chemotherapy", "")],
        "signposts": [Link("#search", "A page of the site"), Link("#lists", "Another one")],
        "listed": Paginator([*pages, *pages], 2).page(1),
        "middle": Paginator(range(30), 10).page(2),
        "last": Paginator(range(30), 10).page(3),
        "form": SpecimenForm(auto_id="right-%s"),
        "wrong": wrong,
        "questions": [SpecimenQuestion(auto_id="right-%s").shown, SpecimenQuestion({}, auto_id="wrong-%s").shown],
        "code": SimpleNamespace(words=["sample"] * 12),
        "problems": problems_of(wrong),
        "feedback_wrong": feedback_wrong,
        "day": datetime.date(2026, 11, 21),
    }
    return TemplateResponse(request, "admin/design.html", context)


def _contrasts(pairs: list[tuple[str, str]]) -> list[Contrast]:
    light, dark = tokens("light"), tokens("dark")
    return [
        Contrast(ink, ground, contrast(light[ink], light[ground]), contrast(dark[ink], dark[ground]))
        for ink, ground in pairs
    ]


def _specimen() -> str:
    hero, *others = OFFER_KINDS
    return SPECIMEN.format(hero=hero, offers="\n\n".join(f"::offer {kind}" for kind in (*others, hero)))


def _doubt(number: int, kind: NoticeKind) -> Doubt:
    notice = Notice(kind=kind, on=datetime.date(2026, 11, 21), reference="10.1234/sample")
    return Doubt(("sample-trial", "sample-guide", "sample-report")[number - 1], number, notice)


def _library() -> Library:
    picture = ImageEmbed(
        "sample-picture",
        "",
        static("img/favicon.svg"),
        640,
        400,
        alt="The mark of this site, in place of a picture",
        caption="A caption says what to see.",
        credit="Sample credit",
    )
    return Library(
        sources={
            key: SourceEmbed(key, "", {DEFAULT_STYLE: f"Sample, A. (2026). <i>{title}</i>."}, title)
            for key, title in {
                "sample-trial": "A trial that was never done",
                "sample-guide": "A guide nobody wrote",
                "sample-report": "A report of no case",
            }.items()
        },
        offers={
            kind: OfferEmbed(
                kind,
                "",
                kind,
                f"Sample offer: {OfferKind(kind).label.lower()}",
                ("What it is", "What it costs"),
                "What the button does",
                "/about/",
                "Sample notice. Who pays for this, and where they can be reached.",
                picture if kind == OfferKind.ADVOCATE else None,
            )
            for kind in OFFER_KINDS
        },
        images={"sample-picture": picture},
        stories={
            "sample-story": StoryEmbed(
                "sample-story",
                "",
                "case-report",
                "A story, with how typical it is",
                "This is one person. For most people it is not so.",
                "sample-report",
            )
        },
        quoted={
            "sample-nurse-advocate": QuotedEmbed(
                "sample-nurse-advocate",
                "",
                "Sample nurse advocate",
                "Sample credential, no real body",
                datetime.date(2026, 11, 2),
            )
        },
        terms={
            "pleural-effusion": TermEmbed(
                "pleural-effusion",
                "",
                "Fluid around the lung",
                "Sample meaning: water where none should be.",
                "pleural effusion",
            )
        },
        addresses=frozenset({"/about/"}),
    )


def _profile() -> EvidenceProfile:
    """A page that rests on a source of every kind."""
    kinds = {kind: rank + 1 for rank, kind in enumerate(EvidenceKind)}
    return EvidenceProfile(kinds, nothing=20, bare_figures=1, years=(2025, 2019, 2004, None))


def _person(name: str, *, credentials: list[Any] | None = None) -> Person:
    """Somebody made up, with what a query would have brought along."""
    made_up = SimpleNamespace(
        name=name,
        slug=name.lower().replace(" ", "-"),
        job_title="What they do",
        employer="Who pays them (not a real organization)",
        bio="A short paragraph on what they did before, and which bodies they belong to.",
        valid_credentials=credentials or [],
        declaration=SimpleNamespace(statement="What could influence their judgment."),
        get_absolute_url="#people",
    )
    return cast("Person", made_up)


def _trust(standing: Standing) -> Trust:
    day = datetime.date(2026, 11, 21)
    moment = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
    credential = SimpleNamespace(title="Sample credential", issuer="Sample body (does not exist)")
    author, editor = _person("Sample author"), _person("Sample editor")
    reviewers = [_person(name, credentials=[credential]) for name in ("Sample reviewer", "Sample second reviewer")]
    return Trust(
        standing=standing,
        authors=(author, _person("Sample co-author")),
        editors=(editor,),
        reviewers=()
        if standing is Standing.UNSIGNED
        else tuple(Reviewer(person, "Sample credential, Sample body", day) for person in reviewers),
        people=tuple(
            NamedPerson(person, (did,))
            for person, did in [(reviewers[0], "reviewed"), (author, "wrote"), (editor, "edited")]
        ),
        published=moment,
        updated=moment,
        last_reviewed=day,
        next_due=day.replace(year=2028),
        research_count=8,
    )


def _page(title: str, kind: str = Kind.ARTICLE, **did: bool) -> PublishedPage:
    page = PublishedPage(
        title=title,
        lede="The lede of the page, as a list shows it. It says in a sentence or two what one will read.",
        article=Article(address="about", kind=kind, last_reviewed=datetime.date(2026, 11, 21)),
    )
    for name in ("wrote", "edited", "reviewed", "quoted"):
        setattr(page, name, did.get(name, False))
    return page
