"""The page once more for machines, as JSON-LD in the words of schema.org.

Nothing is said here that a reader cannot see: each function takes the very objects that the template shows. Of a
page whose badge does not stand nobody is named as its reviewer, and of sample content no review is told at all,
because nobody qualified has read it.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from articles.models import Kind, Person, PublishedPage, Topic
from articles.public.navigation import Link
from articles.public.trust import Reviewer, Standing, Trust
from citations import csl, formats
from mesoinfo.models import SiteSettings

Node = dict[str, Any]

LANGUAGE = "en"  # as base.html says
# What a script element may not hold, and what older readers of JavaScript take for the end of a line.
ESCAPES = str.maketrans({character: f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"})
REVIEW_STANDS = {Standing.REVIEWED}
REVIEW_HAPPENED = {Standing.REVIEWED, Standing.OVERDUE, Standing.LAPSED}
PAGE_TYPES = {"about": "AboutPage"}
SOURCE_TYPES = {
    "article-journal": "ScholarlyArticle",
    "book": "Book",
    "chapter": "Chapter",
    "report": "Report",
    "thesis": "Thesis",
    "webpage": "WebPage",
}
IN_BRACKETS = re.compile(r"(?P<plain>.+?)\s*\((?P<clinical>[^()]+)\)")


@dataclass(frozen=True)
class Site:
    """The site around a page: where it is, and what the footer says of it."""

    origin: str
    settings: SiteSettings

    def at(self, address: str) -> str:
        """The whole address of a path."""
        return f"{self.origin}{address}"

    @property
    def itself(self) -> Node:
        """The site, as each page is part of it."""
        return {
            "@type": "WebSite",
            "@id": self.at("/#website"),
            "name": self.settings.site_name,
            "url": self.at("/"),
        }

    @property
    def publisher(self) -> Node:
        """Who answers for these pages, as each page names them."""
        return {"@type": "Organization", "@id": self.at("/#publisher"), "name": self.settings.publisher_name}

    @property
    def organization(self) -> Node:
        """Who answers for these pages, with all that the footer says of them."""
        return _known(
            self.publisher
            | {
                "url": self.at("/about/"),
                "logo": self.at(static("img/icon-512.png")),
                "description": self.settings.about,
                "telephone": self.settings.phone,
            }
        )


def of_home(site: Site) -> list[Node]:
    """The site with its search, and who publishes it."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{site.at('/search/')}?q={{words}}"},
        "query-input": "required name=words",
    }
    itself = site.itself | {"inLanguage": LANGUAGE, "publisher": site.publisher, "potentialAction": search}
    return [itself, site.organization]


def of_page(site: Site, page: PublishedPage, trust: Trust, trail: Iterable[Link]) -> list[Node]:
    """A page of prose: who answers for it and since when, what it cites, its questions, and where it stands."""
    article = page.article
    url = site.at(page.get_absolute_url())
    reviewed_on = trust.last_reviewed if trust.standing in REVIEW_HAPPENED else None
    node = _known(
        {
            "@type": PAGE_TYPES.get(article.address, "WebPage") if article.kind == Kind.PAGE else "MedicalWebPage",
            "@id": url,
            "url": url,
            "name": page.title,
            "description": page.lede,
            "inLanguage": LANGUAGE,
            "isPartOf": site.itself,
            "about": _topic(site, article.topic) if article.topic else None,
            "datePublished": _day(trust.published),
            "dateModified": _day(trust.updated),
            "lastReviewed": _day(reviewed_on) if reviewed_on else None,
            "author": [_person(site, person) for person in trust.authors],
            "editor": [_person(site, person) for person in trust.editors],
            "reviewedBy": [_reviewer(site, reviewer) for reviewer in trust.reviewers]
            if trust.standing in REVIEW_STANDS
            else [],
            "publisher": site.publisher,
            "creativeWorkStatus": "Sample content" if article.is_sample else "",
            "citation": [_citation(record) for record in page.cited_sources],
            "mainEntity": _term(site, page) if article.kind == Kind.GLOSSARY_TERM else None,
        }
    )
    nodes = [node, _breadcrumb(site, trail, page.title)]
    if page.questions:
        nodes.append({"@type": "FAQPage", "@id": f"{url}#questions", "url": url, "mainEntity": _questions(page)})
    return [*nodes, site.organization] if article.address == "about" else nodes


def of_list(site: Site, name: str, description: str, address: str, trail: Iterable[Link]) -> list[Node]:
    """A page that lists others: a topic without an introduction, the glossary, people."""
    url = site.at(address)
    node = {
        "@type": "CollectionPage",
        "@id": url,
        "url": url,
        "name": name,
        "description": description,
        "inLanguage": LANGUAGE,
        "isPartOf": site.itself,
    }
    return [_known(node), _breadcrumb(site, trail, name)]


def of_person(site: Site, person: Person, trail: Iterable[Link]) -> list[Node]:
    """Somebody the pages name: their work, and the credentials that a colleague has checked."""
    url = site.at(person.get_absolute_url())
    credentials = [
        _credential(credential.title) | {"recognizedBy": {"@type": "Organization", "name": credential.issuer}}
        for credential in person.valid_credentials  # type: ignore[attr-defined]  # prefetched by trust.with_record
    ]
    node = _known(
        {
            "@type": "ProfilePage",
            "@id": url,
            "url": url,
            "name": person.name,
            "inLanguage": LANGUAGE,
            "isPartOf": site.itself,
            "creativeWorkStatus": "Sample content" if person.is_sample else "",
            "mainEntity": _known(
                _person(site, person)
                | {
                    "jobTitle": person.job_title,
                    "worksFor": {"@type": "Organization", "name": person.employer},
                    "description": person.bio,
                    "hasCredential": credentials,
                }
            ),
        }
    )
    return [node, _breadcrumb(site, trail, person.name)]


def as_script(nodes: list[Node]) -> SafeString:
    """The nodes as a script element that browsers do not run; nothing in it can end the element."""
    graph = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # escaped just above


def _known(node: Node) -> Node:
    """Without what there is nothing to say of."""
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _day(moment: datetime.date) -> str:
    """The day as the page shows it."""
    return (moment.date() if isinstance(moment, datetime.datetime) else moment).isoformat()


def _topic(site: Site, topic: Topic) -> Node:
    return {"@type": "Thing", "name": topic.name, "url": site.at(topic.get_absolute_url())}


def _person(site: Site, person: Person) -> Node:
    return {"@type": "Person", "name": person.name, "url": site.at(person.get_absolute_url())}


def _reviewer(site: Site, reviewer: Reviewer) -> Node:
    return _person(site, reviewer.person) | {"hasCredential": _credential(reviewer.credential)}


def _credential(name: str) -> Node:
    return {"@type": "EducationalOccupationalCredential", "name": name}


def _citation(record: dict[str, Any]) -> Node:
    """A source as the reference list has it; its authors stand there, and are left out here for their weight."""
    return _known(
        {
            "@type": SOURCE_TYPES.get(str(record.get("type")), "CreativeWork"),
            "name": formats.title_words(record),
            "datePublished": str(csl.year_of(record) or ""),
            "url": formats.link_to(record),
        }
    )


def _term(site: Site, page: PublishedPage) -> Node:
    """A term of the glossary. Its title has the plain words first, then the clinical name in brackets."""
    names = IN_BRACKETS.fullmatch(page.title)
    return _known(
        {
            "@type": "DefinedTerm",
            "name": names["plain"] if names else page.title,
            "alternateName": names["clinical"] if names else "",
            "description": page.lede,
            "inDefinedTermSet": site.at("/glossary/"),
        }
    )


def _questions(page: PublishedPage) -> list[Node]:
    return [
        {
            "@type": "Question",
            "name": question["question"],
            "acceptedAnswer": {"@type": "Answer", "text": _words(question["answer_html"])},
        }
        for question in page.questions
    ]


def _breadcrumb(site: Site, trail: Iterable[Link], here: str) -> Node:
    steps = [{"name": link.text, "item": site.at(link.address)} for link in trail]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, **step} for place, step in enumerate([*steps, {"name": here}], 1)
        ],
    }


class _Words(HTMLParser):
    """The words of a piece of HTML; where one block ends and the next begins there is a blank."""

    INLINE = frozenset("a abbr b bdi cite code em i mark q s small span strong sub sup time u wbr".split())  # noqa: SIM905  # reads better

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.INLINE:
            self.pieces.append(" ")


def _words(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.pieces).split())
