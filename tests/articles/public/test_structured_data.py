"""What pages tell machines (JSON-LD): well-formed, of known kinds, and never more than a reader sees."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Article, Kind, Person, PublishedPage, SignOff
from articles.public.structured_data import as_script
from articles.review import signing
from citations.importing import import_csl
from mesoinfo.models import SiteSettings, User
from tests.conftest import without_triggers

from .conftest import PublishPage, Read
from .seen import Element, meta, seen, structured

ORIGIN = "http://testserver"
STAGE_4 = "/mesothelioma/stage-4/"
Node = dict[str, Any]

# Our own schema: of each kind, what it must say, what it may say besides, and what each value is.

WORDS, URL, DAY, YEAR, PLACE = "words", "url", "day", "year", "place"
IN_NAME = {"@type": WORDS, "name": WORDS}
PAGE = {"@type": WORDS, "@id": URL, "url": URL, "name": WORDS, "inLanguage": WORDS, "isPartOf": {"WebSite"}}
PROSE = {"description": WORDS, "datePublished": DAY, "dateModified": DAY, "author": {"Person"}}
MAYBE_PROSE: dict[str, Any] = {
    "about": {"Thing"},
    "citation": {"ScholarlyArticle", "WebPage", "Book", "Chapter", "Report", "Thesis", "CreativeWork"},
    "creativeWorkStatus": WORDS,
    "editor": {"Person"},
    "lastReviewed": DAY,
    "mainEntity": {"DefinedTerm"},
    "publisher": {"Organization"},
    "reviewedBy": {"Person"},
}
SOURCE = (IN_NAME, {"datePublished": YEAR, "url": URL})
SCHEMA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "MedicalWebPage": (PAGE | PROSE, MAYBE_PROSE),
    "WebPage": (PAGE | PROSE, MAYBE_PROSE),
    "AboutPage": (PAGE | PROSE, MAYBE_PROSE),
    "CollectionPage": (PAGE, {"description": WORDS}),
    "ProfilePage": (PAGE | {"mainEntity": {"Person"}}, {"creativeWorkStatus": WORDS}),
    "FAQPage": ({"@type": WORDS, "@id": URL, "url": URL, "mainEntity": {"Question"}}, {}),
    "Question": (IN_NAME | {"acceptedAnswer": {"Answer"}}, {}),
    "Answer": ({"@type": WORDS, "text": WORDS}, {}),
    "BreadcrumbList": ({"@type": WORDS, "itemListElement": {"ListItem"}}, {}),
    "ListItem": (IN_NAME | {"position": PLACE}, {"item": URL}),
    "WebSite": (
        IN_NAME | {"@id": URL, "url": URL},
        {"inLanguage": WORDS, "publisher": {"Organization"}, "potentialAction": {"SearchAction"}},
    ),
    "SearchAction": ({"@type": WORDS, "target": {"EntryPoint"}, "query-input": WORDS}, {}),
    "EntryPoint": ({"@type": WORDS, "urlTemplate": WORDS}, {}),
    "Organization": (IN_NAME, {"@id": URL, "url": URL, "logo": URL, "description": WORDS, "telephone": WORDS}),
    "Person": (
        IN_NAME | {"url": URL},
        {
            "jobTitle": WORDS,
            "worksFor": {"Organization"},
            "description": WORDS,
            "hasCredential": {"EducationalOccupationalCredential"},
        },
    ),
    "EducationalOccupationalCredential": (IN_NAME, {"recognizedBy": {"Organization"}}),
    "DefinedTerm": (IN_NAME | {"description": WORDS, "inDefinedTermSet": URL}, {"alternateName": WORDS}),
    "Thing": (IN_NAME | {"url": URL}, {}),
    **dict.fromkeys(["ScholarlyArticle", "Book", "Chapter", "Report", "Thesis", "CreativeWork"], SOURCE),
}

pytestmark = pytest.mark.usefixtures("published_once")


def check(node: Node, at: str, *, cited: bool = False) -> None:
    """Fail, naming the place, unless the node is as SCHEMA has it."""
    kind = node["@type"]
    required, allowed = SOURCE if cited else SCHEMA[kind]
    assert not set(required) - set(node), f"{at}: {kind} lacks {set(required) - set(node)}"
    assert not set(node) - set(required) - set(allowed), f"{at}: {kind} has {set(node) - set(required) - set(allowed)}"
    for name, value in node.items():
        check_value(value, {**required, **allowed}[name], f"{at}.{name}", cited=name == "citation")


def check_value(value: Any, wanted: Any, at: str, *, cited: bool) -> None:
    if isinstance(wanted, set):
        nodes = value if isinstance(value, list) else [value]
        assert nodes, f"{at} is an empty list"
        for node in nodes:
            assert node["@type"] in wanted, f"{at} is a {node['@type']}"
            check(node, at, cited=cited)
    elif wanted == PLACE:
        assert isinstance(value, int), at
    else:
        assert isinstance(value, str), at
        assert value == value.strip() != "", at
        if wanted == URL:
            assert re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?/\S*", value), f"{at} is no whole address: {value}"
        elif wanted == DAY:
            assert datetime.date.fromisoformat(value), at
        elif wanted == YEAR:
            assert re.fullmatch(r"\d{4}", value), at


# What is told and what is seen


def of_kind(nodes: list[Node], *kinds: str) -> Node:
    (found,) = [node for node in nodes if node["@type"] in kinds]
    return found


def dates_shown(page: Element) -> dict[str, str]:
    """The dates of the page by what stands before them."""
    rows = [row for listed in page.all("dl", class_="dates") for row in listed.all("div")]
    return {row.one("dt").text: row.one("time")["datetime"] for row in rows}


def people(nodes: list[Node]) -> set[tuple[str, str]]:
    return {(person["url"].removeprefix(ORIGIN), person["name"]) for person in nodes}


def links(element: Element) -> set[tuple[str, str]]:
    return {(link["href"], link.text) for link in element.all("a")}


def compare(page: Element) -> list[Node]:
    """Fail unless everything the page tells machines can be seen on it. Returns the nodes."""
    nodes = structured(page)
    for place, node in enumerate(nodes):
        check(node, f"{place}")
    main = page.one("main")
    title = main.one("h1").text
    crumbs = of_kind(nodes, "BreadcrumbList")["itemListElement"]
    shown = [(link["href"], link.text) for link in main.one("nav", class_="breadcrumb").all("a")]
    assert [(step.get("item", "").removeprefix(ORIGIN), step["name"]) for step in crumbs] == [*shown, ("", title)]
    assert [step["position"] for step in crumbs] == list(range(1, len(crumbs) + 1))
    node = nodes[0]
    assert node["name"] == title
    assert node["url"] == node["@id"] == page.one("link", rel="canonical")["href"]
    assert node["inLanguage"] == page.one("html")["lang"]
    assert node["isPartOf"]["name"] == page.one("a", class_="masthead-name").text
    if "publisher" in node:
        assert f"Published by {node['publisher']['name']}." in page.one("footer").text
    if "description" in node:
        assert node["description"] in main.text
    if "creativeWorkStatus" in node:
        assert node["creativeWorkStatus"] in main.text
    if "about" in node:
        assert (node["about"]["url"].removeprefix(ORIGIN), node["about"]["name"]) in links(page)
    if "datePublished" in node:
        compare_imprint(node, main)
        compare_references(node, main)
        compare_questions(nodes, main)
    return nodes


def compare_imprint(node: Node, main: Element) -> None:
    dates = dates_shown(main)
    assert node["datePublished"] == dates["Published"]
    assert node["dateModified"] == dates["Updated"]
    assert node.get("lastReviewed", dates["Last reviewed"]) == dates["Last reviewed"]
    lines = [line for part in main.all("div", class_="imprint") for line in [*part.all("li"), *part.all("p")]]
    named = {line.text.split(" by ")[0]: line for line in lines}
    assert people(node["author"]) == links(named["Written"])
    assert people(node.get("editor", [])) == (links(named["Edited"]) if "Edited" in named else set())
    if "reviewedBy" in node:
        assert people(node["reviewedBy"]) == links(named["Medically reviewed"])
        for reviewer in node["reviewedBy"]:
            assert f"{reviewer['name']}, {reviewer['hasCredential']['name']}," in named["Medically reviewed"].text


def compare_references(node: Node, main: Element) -> None:
    entries = [entry for listed in main.all("ol", class_="references") for entry in listed.all("li")]
    assert len(node.get("citation", [])) == len(entries)
    for source, entry in zip(node.get("citation", []), entries, strict=True):
        assert source["name"] in entry.text
        assert source.get("datePublished", "n.d.") in entry.text
        assert source.get("url", "") in [*(link["href"] for link in entry.all("a")), ""]


def compare_questions(nodes: list[Node], main: Element) -> None:
    items = main.all("details", class_="faq-item")
    pages = [node for node in nodes if node["@type"] == "FAQPage"]
    questions = [question for page in pages for question in page["mainEntity"]]
    assert [question["name"] for question in questions] == [item.one("summary").text for item in items]
    for question, item in zip(questions, items, strict=True):
        answer = item.one("div", class_="faq-answer")
        numbers = "".join(mark.text for mark in answer.all("sup", class_="cite"))
        assert squeezed(question["acceptedAnswer"]["text"]) == squeezed(answer.text, but=numbers)


def squeezed(text: str, *, but: str = "") -> str:
    """Without blanks, and without the reference numbers that only the page has."""
    return re.sub(r"\s", "", re.sub(rf"[{re.escape(but)}]", "", text) if but else text)


# Pages


@pytest.fixture
def live(read: Read) -> Callable[[str], list[Node]]:
    """The nodes of a page, after each was compared with what the page shows."""
    return lambda address: compare(seen(read(address)))


def test_a_reviewed_page_says_who_reviewed_it_when_and_what_it_cites(
    live: Any, published: PublishedPage, site_settings: SiteSettings
) -> None:
    node = of_kind(live(STAGE_4), "MedicalWebPage")
    assert [person["name"] for person in node["reviewedBy"]] == ["reviewer"]
    assert node["reviewedBy"][0]["hasCredential"]["name"] == "Licensed physician, A state board"
    assert node["lastReviewed"] == published.article.last_reviewed.isoformat()  # type: ignore[union-attr]  # it is live
    assert node["citation"] == [
        {
            "@type": "ScholarlyArticle",
            "name": "Two drugs for mesothelioma: a trial",
            "datePublished": "2020",
            "url": "https://doi.org/10.1234/trial.2020",
        }
    ]
    assert node["publisher"]["name"] == "A publisher"
    assert node["about"] == {"@type": "Thing", "name": "Mesothelioma", "url": f"{ORIGIN}/mesothelioma/"}
    assert "creativeWorkStatus" not in node


def test_a_withdrawn_signature_takes_the_review_away_at_once(
    live: Any, published: PublishedPage, reviewer: User
) -> None:
    sign_off = SignOff.objects.filter(article=published.article).first()
    assert sign_off is not None
    signing.withdraw(sign_off, reason="Misread.", by=reviewer)
    node = of_kind(live(STAGE_4), "MedicalWebPage")
    assert "reviewedBy" not in node
    assert "lastReviewed" not in node


@pytest.mark.parametrize(("days", "lapsed"), [(0, False), (-89, False), (-90, True)])
def test_an_overdue_page_says_when_it_was_reviewed_and_no_longer_by_whom(
    live: Any, read: Read, published: PublishedPage, days: int, lapsed: bool
) -> None:
    today = timezone.now().date()
    reviewed = today - datetime.timedelta(days=1000)
    Article.objects.update(last_reviewed=reviewed, next_due=today + datetime.timedelta(days=days))
    node = of_kind(live(STAGE_4), "MedicalWebPage")
    assert "reviewedBy" not in node
    assert node["lastReviewed"] == reviewed.isoformat()
    assert ("robots" in meta(seen(read(STAGE_4)))) is lapsed


def test_of_sample_content_no_review_is_told(live: Any, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n", is_sample=True)
    node = of_kind(live("/mesothelioma/cough/"), "MedicalWebPage")
    assert node["creativeWorkStatus"] == "Sample content"
    assert "reviewedBy" not in node
    assert "lastReviewed" not in node


def test_nor_of_a_page_that_a_made_up_reviewer_signed(live: Any, published: PublishedPage) -> None:
    Person.objects.filter(slug="reviewer").update(is_sample=True)
    assert "reviewedBy" not in of_kind(live(STAGE_4), "MedicalWebPage")


def test_a_page_that_cites_nothing_lists_nothing(live: Any, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    assert "citation" not in of_kind(live("/mesothelioma/cough/"), "MedicalWebPage")


QUESTIONS = """# Cough

What *helps*.

## Questions

:::faq
### Does tea & honey help?
Often, says one trial [@trial2020]. Try:

- warm tea
- **honey**

And rest.

### Is 5 < 6?
Yes.
:::
"""


def test_questions_are_told_with_their_answers(live: Any, publish_page: PublishPage, source: Any) -> None:
    publish_page("mesothelioma/cough", QUESTIONS)
    questions = of_kind(live("/mesothelioma/cough/"), "FAQPage")["mainEntity"]
    assert [(question["name"], question["acceptedAnswer"]["text"]) for question in questions] == [
        ("Does tea & honey help?", "Often, says one trial. Try: warm tea honey And rest."),
        ("Is 5 < 6?", "Yes."),
    ]


def test_sources_of_every_kind_are_told_as_their_entries_print_them(
    live: Any, publish_page: PublishPage, writer: User
) -> None:
    records: list[dict[str, Any]] = [
        {"id": "one", "type": "webpage", "title": 'Somebody\'s "page"', "URL": "https://example.org/a?b=1&c=2"},
        {"id": "two", "type": "book", "title": "A <i>whole</i> book", "issued": {"date-parts": [[1999, 5]]}},
        {"id": "three", "type": "motion_picture", "title": "A film", "URL": "http://example.org/insecure"},
    ]
    import_csl(records, by=writer)
    publish_page("mesothelioma/cough", "# Cough\n\nA lede.\n\n## One\n\nSee [@one; @two; @three].\n")
    cited = of_kind(live("/mesothelioma/cough/"), "MedicalWebPage")["citation"]
    assert [source["@type"] for source in cited] == ["WebPage", "Book", "CreativeWork"]
    assert cited[0]["url"] == "https://example.org/a?b=1&c=2"
    assert "url" not in cited[2], "the page shows no link there"


def test_a_term_of_the_glossary_has_its_two_names(
    live: Any, publish_page: PublishPage, site_settings: SiteSettings
) -> None:
    text = "# Fluid around the lung (pleural effusion)\n\nFluid has gathered there.\n"
    publish_page("glossary/pleural-effusion", text, kind=Kind.GLOSSARY_TERM, topic=None)
    assert of_kind(live("/glossary/pleural-effusion/"), "MedicalWebPage")["mainEntity"] == {
        "@type": "DefinedTerm",
        "name": "Fluid around the lung",
        "alternateName": "pleural effusion",
        "description": "Fluid has gathered there.",
        "inDefinedTermSet": f"{ORIGIN}/glossary/",
    }


def test_a_page_of_the_site_is_no_medical_page(live: Any, publish_page: PublishPage, site_settings: Any) -> None:
    publish_page("privacy", "# Privacy\n\nWhat we keep.\n\n## Nothing\n\nLittle.\n", kind=Kind.PAGE)
    publish_page("about", "# About us\n\nWho we are.\n\n## People\n\nUs.\n", kind=Kind.PAGE)
    assert live("/privacy/")[0]["@type"] == "WebPage"
    about = live("/about/")
    assert about[0]["@type"] == "AboutPage"
    assert of_kind(about, "Organization")["telephone"] == "1-800-555-0100"


def test_a_topic_is_a_collection_until_it_has_an_introduction(
    live: Any, published: PublishedPage, publish_page: PublishPage
) -> None:
    assert live("/mesothelioma/")[0]["@type"] == "CollectionPage"
    text = "# What mesothelioma is\n\nA cancer.\n\n## Causes\n\nAsbestos.\n"
    publish_page("mesothelioma", text, kind=Kind.TOPIC_INTRODUCTION)
    assert live("/mesothelioma/")[0]["@type"] == "MedicalWebPage"


@pytest.mark.parametrize("address", ["/glossary/", "/people/", "/advocates/", "/site-map/"])
def test_lists_are_collections(live: Any, published: PublishedPage, address: str) -> None:
    assert live(address)[0]["@type"] == "CollectionPage"


def test_a_person_is_told_as_shown(live: Any, read: Read, published: PublishedPage) -> None:
    (profile, _) = live("/people/reviewer/")
    person = profile["mainEntity"]
    shown = seen(read("/people/reviewer/")).one("main").text
    credential = person["hasCredential"][0]
    for said in (
        person["name"],
        person["jobTitle"],
        person["worksFor"]["name"],
        person["description"],
        f"{credential['name']}, {credential['recognizedBy']['name']}",
    ):
        assert said in shown


def test_a_credential_nobody_checked_is_not_told(live: Any, published: PublishedPage, author: Person) -> None:
    author.credentials.create(title="Doctor of everything", issuer="Themselves")
    assert "hasCredential" not in live("/people/an-author/")[0]["mainEntity"]


def test_home_tells_the_site_its_search_and_its_publisher(read: Read, site_settings: SiteSettings) -> None:
    page = seen(read("/"))
    nodes = structured(page)
    for node in nodes:
        check(node, "home")
    site, publisher = nodes
    assert site["name"] == page.one("a", class_="masthead-name").text
    form = page.all("form", role="search")[0]
    box = form.one("input", type="search")
    pattern = f"{ORIGIN}{form['action']}?{box['name']}={{words}}"
    assert site["potentialAction"]["target"]["urlTemplate"] == pattern
    foot = page.one("footer").text
    assert f"Published by {publisher['name']}." in foot
    assert publisher["description"] in foot
    assert publisher["telephone"] in foot


# Safe, and light


def test_nothing_in_the_data_ends_its_script(read: Read, publish_page: PublishPage) -> None:
    hostile = "Cough </script><script>alert(1)</script> & <!-- \u2028"
    publish_page("mesothelioma/cough", "# Cough\n\nWhat helps.\n\n## Tea\n\nWarm.\n")
    with without_triggers("articles_publishedpage"):
        PublishedPage.objects.update(title=hostile, lede=hostile)
    html = read("/mesothelioma/cough/")
    script = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(script)
    assert structured(seen(html))[0]["name"] == hostile


def test_letters_of_all_languages_stay_as_they_are() -> None:
    assert as_script([{"name": "Müller — 肺"}]) == (
        '<script type="application/ld+json">'
        '{"@context":"https://schema.org","@graph":[{"name":"Müller — 肺"}]}</script>'
    )
