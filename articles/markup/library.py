"""What a page embeds, read from the database into the frozen Library that the compiler takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.html import format_html

from articles.markup.citations_rule import is_identifier, keys_named_in
from articles.markup.directives import arguments_named_in
from articles.markup.embeds import (
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
from articles.markup.findings import Weight
from articles.models import (
    Article,
    Byline,
    BylineRole,
    Credential,
    Image,
    Kind,
    Link,
    Offer,
    PageState,
    Person,
    PublishedPage,
    Redirect,
    RuleWeight,
    Story,
    Topic,
    Waiver,
    WeightGiven,
)
from articles.models.article import PAGE_ADDRESSES
from articles.models.library import digest
from articles.models.links import LinkState
from citations import csl
from citations.formats import public_record
from citations.models import Source

Thing = TypeVar("Thing", bound=Model)

# Addresses that are not articles, topics or people.
FIXED_ADDRESSES = [
    "/",
    "/advocates/",
    "/free-case-review/",
    "/glossary/",
    "/people/",
    "/search/",
    "/site-map/",
    *(f"/{address}/" for address in PAGE_ADDRESSES),
]


def for_text(text: str, article: Article | None = None) -> Library:
    """The library that `text`, of `article`, is compiled with: what it names. Without a link, no addresses."""
    named = arguments_named_in(text)
    keys = keys_named_in(text)
    all_sources = Source.objects.select_related("merged_into").prefetch_related("quotes", "notices__successor")
    sources = list(_with_keys(all_sources, keys))
    offers = _with_keys(Offer.objects.select_related("disclosure", "image"), named["offer"])
    images = _with_keys(Image.objects.all(), named["image"])
    stories = _with_keys(Story.objects.select_related("source"), named["story"])
    has_links = "/" in text
    addresses, not_live = _addresses() if has_links else (frozenset[str](), frozenset[str]())
    dead, moved_elsewhere = _elsewhere() if "://" in text else ({}, {})
    severities, waived = _weighed_and_waived(article)
    return Library(
        sources={source.key: _source(source) for source in sources},
        offers={offer.key: _offer(offer) for offer in offers},
        images={image.key: _image(image) for image in images},
        stories={story.key: _story(story) for story in stories},
        # The word stands in every quotation that names somebody.
        quoted=_quoted_on(article) if article is not None and "person=" in text else {},
        terms=_terms() if has_links else {},
        addresses=addresses,
        not_live=not_live,
        moved={**_moved(), **moved_elsewhere} if has_links else {},
        dead=dead,
        on_term_page=article is not None and article.kind == Kind.GLOSSARY_TERM,
        identified=_identified({key for key in keys if is_identifier(key)}),
        retired={source.key: source.survivor.key for source in sources if source.merged_into_id is not None},
        severities=severities,
        waived=waived,
    )


def _weighed_and_waived(article: Article | None) -> tuple[dict[str, Weight], frozenset[tuple[str, str]]]:
    """How the site weighs rules, and what is waived today on the page: each a rule and the words found. One query."""
    weights = RuleWeight.objects.exclude(weight=WeightGiven.OWN).order_by()
    rows = weights.values_list("rule", "weight", Value("weight"))
    if article is not None:
        waivers = Waiver.objects.running().filter(article=article).order_by()
        rows = rows.union(waivers.values_list("rule", "words", Value("waiver")), all=True)
    severities: dict[str, Weight] = {}
    waived = set()
    for rule, what, kind in rows:
        if kind == "waiver":
            waived.add((rule, what))
        else:
            severities[rule] = what
    return severities, frozenset(waived)


def _with_keys(things: QuerySet[Thing], keys: Collection[str]) -> Iterable[Thing]:
    # Most texts name nothing of most kinds, and to build a query for that takes longer than to compile a short text.
    return things.filter(key__in=keys).order_by() if keys else ()


def _identified(named: Collection[str]) -> dict[str, str]:
    """The keys of the sources that these DOIs and PMIDs belong to, by how each was written."""
    if not named:
        return {}
    read = {each: csl.identifier_in(each) for each in named}
    known: dict[tuple[str, str], str] = {}
    given = Q(doi__in=[value.lower() for _, value in read.values()]) | Q(pmid__in=[value for _, value in read.values()])
    for source in Source.objects.in_use().filter(given).only("key", "doi", "pmid").order_by():
        known |= {("DOI", source.doi or ""): source.key, ("PMID", source.pmid or ""): source.key}
    return {each: key for each, (field, value) in read.items() if (key := known.get((field, value.lower())))}


def _quoted_on(article: Article) -> dict[str, QuotedEmbed]:
    valid = Credential.objects.valid_on(timezone.now().date()).order_by("pk")
    bylines = Byline.objects.filter(article=article, role=BylineRole.QUOTED).select_related("person")
    people = bylines.prefetch_related(Prefetch("person__credentials", valid, to_attr="valid_credentials"))
    return {byline.person.slug: _quoted(byline) for byline in people.order_by() if byline.agreed_on}


def _quoted(byline: Byline) -> QuotedEmbed:
    person, agreed_on = byline.person, byline.agreed_on
    assert agreed_on is not None  # _quoted_on leaves out whoever was named before the day was kept
    credentials: list[Credential] = person.valid_credentials  # type: ignore[attr-defined]  # prefetched under this name
    qualified = credentials[0].title if credentials else person.job_title
    return QuotedEmbed(
        key=person.slug,
        # Who agrees anew, on another day, is quoted anew: it asks for a signature.
        digest=digest("quoted", person.name, qualified, agreed_on.isoformat()),
        name=person.name,
        credential=qualified,
        agreed_on=agreed_on,
    )


def _terms() -> dict[str, TermEmbed]:
    return {term.key: term for term in map(_term, PublishedPage.objects.terms().for_lists())}


def _addresses() -> tuple[frozenset[str], frozenset[str]]:
    """Where links may lead, and where of that readers get no page today."""
    articles = Article.objects.order_by().values_list("address", "page_state")
    # A topic lists its pages, whether its introduction is live or not.
    topics = Topic.objects.order_by().values_list("slug", Value("topic"))
    people = Person.objects.order_by().values_list(Concat(Value("people/"), "slug"), Value("person"))
    states: dict[str, set[str]] = {}
    for address, state in articles.union(topics, people, all=True):
        states.setdefault(f"/{address}/", set()).add(state)
    nothing_there = {PageState.UNPUBLISHED.value, PageState.TAKEN_DOWN.value}
    not_live = frozenset(path for path, state in states.items() if state <= nothing_there)
    return frozenset([*FIXED_ADDRESSES, *states]), not_live


def _moved() -> dict[str, str]:
    moved = Redirect.objects.values_list("address", "article__address").order_by()
    return {f"/{old}/": f"/{new}/" for old, new in moved}


def _elsewhere() -> tuple[dict[str, str], dict[str, str]]:
    """What is wrong with links to other sites that are dead, and where those are now that moved."""
    found = Link.objects.watched().filter(state__in=[LinkState.DEAD, LinkState.MOVED])
    dead, moved = {}, {}
    for address, reason, now_at in found.values_list("address", "reason", "moved_to").order_by():
        if now_at:
            moved[address] = now_at
        else:
            dead[address] = reason
    return dead, moved


def _source(source: Source) -> SourceEmbed:
    return SourceEmbed(
        key=source.key,
        digest=source.digest,
        entries=source.entry_in,
        title=source.title,
        year=source.year,
        is_research=source.is_research,
        study_design=source.study_design,
        retrieved_on=source.accessed_on,
        url=source.url,
        record=public_record(source.csl),
        quotes=tuple(
            QuoteEmbed(quote.text, quote.locator) for quote in source.quotes.all() if quote.retired_at is None
        ),
    )


def _image(image: Image) -> ImageEmbed:
    return ImageEmbed(
        key=image.key,
        digest=image.digest,
        url=image.url,
        width=image.width,
        height=image.height,
        alt=image.alt,
        decorative=image.decorative,
        caption=image.caption,
        credit=image.credit,
        licence=image.licence,
        renditions=tuple(
            Rendition(
                extension=made["extension"],
                width=made["width"],
                url=f"/images/{image.rendition_name(made['width'], made['extension'])}",
            )
            for made in image.renditions
        ),
    )


def _offer(offer: Offer) -> OfferEmbed:
    told = offer.disclosure
    return OfferEmbed(
        key=offer.key,
        digest=offer.digest,
        kind=offer.kind,
        heading=offer.heading,
        points=tuple(offer.points),
        action_label=offer.action_label,
        action_address=offer.action_address,
        disclosure_html=format_html("{} {}, {}.", told.text, told.responsible_party, told.address) if told else "",
        image=_image(offer.image) if offer.image else None,
    )


def _story(story: Story) -> StoryEmbed:
    return StoryEmbed(
        key=story.key,
        digest=story.digest,
        kind=story.kind,
        heading=story.heading,
        typicality=story.typicality,
        source_key=story.source.key if story.source else "",
    )


def _term(page: PublishedPage) -> TermEmbed:
    # The queryset terms() reads both names from the title.
    name, clinical = page.plain_name, page.clinical_name  # type: ignore[attr-defined]
    return TermEmbed(
        key=page.article.address.removeprefix("glossary/"),
        digest=digest("term", name, clinical, page.lede),
        name=name,
        definition=page.lede,
        clinical=clinical,
    )
