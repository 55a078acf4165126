"""Search: over what visitors can read, by words, phrases and exclusion; helpful when it finds nothing."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from articles.models import Kind, PublishedPage, Revision, Topic
from articles.public import search
from articles.search import finding
from tests.conftest import publish_one
from tests.leaks import leaks_of

from .conftest import PublishPage, Read


def found_at(html: str) -> list[str]:
    results = html.partition('class="search-results"')[2].partition("</ol>")[0]
    return re.findall(r'<h3>\s*<a href="([^"]+)"', results)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages")]


@pytest.fixture(scope="module")
def pages(module_db: None) -> None:
    publish_one(
        "mesothelioma/breath",
        "# Short of breath\n\nWhat helps you breathe.\n\n## Drains\n\nA drain removes fluid from the chest.\n",
    )
    publish_one(
        "mesothelioma/pain",
        "# Pain\n\nWhat eases pain.\n\n## Chest pain\n\nFluid from a swollen joint is something else, x < y & rare.\n",
    )


def test_pages_are_found_by_their_words(read: Read) -> None:
    assert found_at(read("/search/?q=drain")) == ["/mesothelioma/breath/"]


def test_another_form_of_the_word_will_do(read: Read) -> None:
    assert found_at(read("/search/?q=breathing")) == ["/mesothelioma/breath/"]
    assert found_at(read("/search/?q=pains")) == ["/mesothelioma/pain/"]


def test_a_phrase_is_found_as_it_stands(read: Read) -> None:
    assert len(found_at(read("/search/?q=fluid+chest"))) == 2
    assert found_at(read("/search/?q=%22fluid+from+the+chest%22")) == ["/mesothelioma/breath/"]


def test_a_word_can_be_excluded(read: Read) -> None:
    assert found_at(read("/search/?q=fluid+-joint")) == ["/mesothelioma/breath/"]


def test_a_word_in_the_title_counts_for_more(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/aaa", "# All sorts\n\nMany things.\n\n## More\n\nPain, and pain again, and more pain.\n")
    assert found_at(read("/search/?q=pain"))[0] == "/mesothelioma/pain/"


def test_drafts_are_never_found(read: Read, draft: Revision) -> None:
    assert found_at(read("/search/?q=cough")) == []


def test_only_the_page_as_it_is_live_is_found(read: Read, publish_page: PublishPage) -> None:
    publish_page("mesothelioma/pain", "# Pain\n\nOnce it said zebra.\n\n## Chest\n\nWords.\n")
    publish_page("mesothelioma/pain", "# Pain\n\nNow it does not.\n\n## Chest\n\nWords.\n")
    assert found_at(read("/search/?q=zebra")) == []
    assert found_at(read("/search/?q=pain")) == ["/mesothelioma/pain/"]


def test_the_excerpt_marks_what_was_found_and_escapes_the_rest(read: Read) -> None:
    page = read("/search/?q=joint")
    assert "<mark>joint</mark> is something else, x &lt; y &amp; rare" in page, page[page.index("excerpt") :][:300]


def heading_of(page: str) -> str:
    """The heading above the results."""
    return " ".join(re.sub("<[^>]+>", "", page.partition('<h2 class="result-count">')[2].partition("</h2>")[0]).split())


def window_title_of(page: str) -> str:
    return page.partition("<title>")[2].partition(" - Meso pages</title>")[0]


@pytest.mark.parametrize(
    ("q", "heading", "window_title"),
    [
        ("drain", "1 page for drain", "1 page for drain - Search"),
        ("fluid", "2 pages for fluid", "2 pages for fluid - Search"),
        ("swolen", "1 page for swollen", "1 page for swollen - Search"),
        ("giraffe", "We found no page with all of these words: giraffe", "No page found for giraffe - Search"),
        (
            "drain giraffe",
            "We found no page with all of these words: drain giraffe",
            "Pages with some of these words: drain giraffe - Search",
        ),
        ("!?", "", "!? - Search"),
        ("", "", "Search"),
    ],
)
def test_the_heading_of_the_results_and_the_window_say_how_many_there_are(
    read: Read, site_settings: object, q: str, heading: str, window_title: str
) -> None:
    page = read(f"/search/?q={q}")
    assert heading_of(page) == heading
    assert window_title_of(page) == window_title


def test_long_lists_are_cut_into_pages(read: Read, publish_page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PER_PAGE", 2)
    for number in range(3):
        publish_page(f"mesothelioma/p{number}", f"# Page {number}\n\nAbout zebras.\n\n## One\n\nWords.\n")
    first = read("/search/?q=zebras")
    second = read("/search/?q=zebras&page=2")
    assert len(found_at(first)) == 2
    assert len(found_at(second)) == 1
    assert 'href="?q=zebras&amp;page=2"' in first
    assert "Page 1 of 2" in first
    assert "page 1 of 2 - Search" not in first
    assert "3 pages for zebras, page 2 of 2 - Search" in second
    assert '<nav class="pagination" aria-label="More results">' in first
    assert not set(found_at(first)) & set(found_at(second))


@pytest.mark.parametrize("page", ["0", "-1", "two", "99999999999999999999", "999", "²", "1.5", ""])
def test_a_page_number_that_is_none_gives_a_page_all_the_same(read: Read, page: str) -> None:
    assert found_at(read(f"/search/?q=drain&page={page}")) == ["/mesothelioma/breath/"]


def test_nothing_found_is_said_and_helped(read: Read, site_settings) -> None:
    page = read("/search/?q=giraffe")
    assert re.search(r"We found no page with all of these words:\s+<strong>giraffe</strong>", page)
    assert "What you can try" in page
    assert "1-800-555-0100" in page
    assert 'href="/mesothelioma/"' in page


def test_an_empty_search_invites_one(read: Read) -> None:
    for address in ("/search/", "/search/?q=", "/search/?q=%20%09%0A"):
        page = read(address)
        assert "Type a word or two" in page
        assert found_at(page) == []


def test_a_question_too_long_is_said_in_a_sentence_and_kept_in_the_box(read: Read) -> None:
    page = read("/search/?q=" + "pain+" * 60)
    assert "That is too long for our search. Please try a few words." in page
    assert 'value="pain pain' in page
    assert found_at(page) == []


@pytest.mark.parametrize(
    "q",
    [
        "%00",
        "drain%00",
        "';DROP TABLE articles_article;--",
        '"',
        '"unclosed',
        "-",
        "--",
        "- -",
        "or",
        "or or",
        "the",
        "a & b | c ! d <-> e:*",
        "%EE%80%80drain%EE%80%81",
        "%ED%A0%80",
        "%FF%FE",
        "<script>alert(1)</script>",
        "\\",
        "%5C%27",
        "%s %(q)s {}",
        "😀",
        "\u202eniard",
        "StartSel=x",
    ],
)
def test_no_question_breaks_the_search(read: Read, q: str) -> None:
    page = read(f"/search/?q={q}")
    assert "<script>" not in page
    assert "<h1>Search</h1>" in page


def test_the_question_stays_in_the_box(read: Read) -> None:
    assert 'value="&quot;chest pain&quot;"' in read("/search/?q=%22chest+pain%22")


def test_a_repeated_question_counts_once(read: Read) -> None:
    assert found_at(read("/search/?q=zebra&q=drain")) == ["/mesothelioma/breath/"]


def test_what_is_searched_for_is_neither_logged_nor_kept(
    client: Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address in ("/search/", "/search/suggestions/"):
        for q in ("Canaryworry drain", '"Canaryworry"', "-Canaryworry", "Canaryworry" * 30):
            client.get(address, {"q": q}, headers={"user-agent": "A phone"})

    def crash(*args: object, **options: object) -> None:
        raise RuntimeError(*args)

    def take_long(*args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60), 'Canaryworry'")

    client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(search, "PATIENCE", 20)
        patched.setattr(search, "understand", take_long)
        assert b"took too long" in client.get("/search/", {"q": "Canaryworry"}).content
        patched.setattr(search, "understand", crash)
        assert client.get("/search/", {"q": "Canaryworry"}).status_code == 500
    said = log.getvalue()
    assert "A search was stopped after 20 milliseconds." in said
    assert "RuntimeError" in said
    assert leaks_of(("Canaryworry",), said) == []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            assert leaks_of(("Canaryworry",), "\n".join(row for (row,) in cursor.fetchall())) == [], table


def test_a_search_that_takes_too_long_is_stopped_and_said(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_long(*args: object, **options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    with monkeypatch.context() as patched:
        patched.setattr(search, "PATIENCE", 20)
        patched.setattr(search, "find", take_long)
        page = read("/search/?q=drain")
    assert "This search took too long, so we stopped it." in page
    assert 'value="drain"' in page
    assert "What you can try" in page
    assert found_at(read("/search/?q=drain")) == ["/mesothelioma/breath/"]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)  # nobody else is hurried


def test_search_pages_stay_out_of_search_engines(read: Read) -> None:
    assert '<meta name="robots" content="noindex">' in read("/search/?q=drain")


def test_a_misspelt_word_is_mended_and_can_be_searched_for_all_the_same(read: Read) -> None:
    page = read("/search/?q=swolen+joint")
    assert found_at(page) == ["/mesothelioma/pain/"]
    assert re.search(r"Showing results for <strong>swollen joint</strong>", page)
    assert 'href="?q=swolen+joint&amp;exact=1"' in page
    assert 'value="swolen joint"' in page
    exact = read("/search/?q=swolen+joint&exact=1")
    assert "Showing results for" not in exact
    assert "These pages have some of them" in exact
    assert 'href="?q=swollen%20joint"' in exact


def test_when_no_page_has_all_words_those_with_some_are_shown(read: Read) -> None:
    page = read("/search/?q=what+drain+does+a+zebra+have")
    assert "These pages have some of them" in page
    assert found_at(page) == ["/mesothelioma/breath/"]


def test_a_phrase_that_no_page_has_is_said_to_be_one(read: Read) -> None:
    assert re.search(
        r"We found no page with just this:\s+<strong>&quot;chest zebra&quot;", read("/search/?q=%22chest+zebra%22")
    )


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        ("-drain", "That says only what to leave out."),
        ("the", "Words as small as that are on every page."),
        ("my", "Words as small as that are on every page."),
        ("!?", "Please type a word to search for."),
        ('"', "Please type a word to search for."),
        ("<script>", "Please type a word to search for."),
        ("x" * 10_000, "That is too long for our search."),
    ],
)
def test_what_cannot_be_searched_for_is_said_in_a_sentence(client: Client, q: str, sentence: str) -> None:
    page = client.get("/search/", {"q": q}).content.decode()
    assert sentence in page
    assert "What you can try" in page
    assert found_at(page) == []


def test_a_term_of_the_glossary_is_shown_first_with_what_it_means(
    read: Read, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("mesothelioma/effusion", "# Pleural effusion\n\nHow it is treated.\n\n## One\n\nWords.\n")
    page = read("/search/?q=pleural+effusion")
    assert found_at(page) == ["/glossary/pleural-effusion/", "/mesothelioma/effusion/"]
    first = page[page.index("search-answer") : page.index("/mesothelioma/effusion/")]
    assert f'<p class="definition">{effusion.lede}</p>' in first
    assert "Glossary" in first
    assert "search-answer" not in read("/search/?q=effusion+treated")


def test_a_term_says_in_its_link_that_it_explains_a_word(
    read: Read, effusion: PublishedPage, publish_page: PublishPage
) -> None:
    publish_page("glossary/fluid", "# Fluid\n\nWater, say.\n", kind=Kind.GLOSSARY_TERM, topic=None)
    publish_page("mesothelioma/fluid", "# Fluid\n\nHow it is drained.\n\n## One\n\nWords.\n")
    names = re.findall(r"<h3>\s*<a [^>]*>([^<]*)</a>", read("/search/?q=fluid"))
    assert names[:3] == ["Fluid: what the word means", "Fluid", f"{effusion.title}: what the words mean"]


def test_who_asks_for_a_person_is_shown_the_way(read: Read, publish_page: PublishPage) -> None:
    publish_page("resources", "# Resources\n\nWhere to ask.\n\n## One\n\nWords.\n", kind=Kind.PAGE)
    for q in ("contact", "phone number", "How can I contact you?"):
        page = " ".join(read(f"/search/?q={q}").split())
        assert 'You may be looking for: <a href="/advocates/">Patient advocates</a>,' in page
        assert '<a href="/resources/">Resources</a> </p>' in page
    assert 'You may be looking for: <a href="/site-map/">Site map</a>' in " ".join(read("/search/?q=site map").split())
    assert "You may be looking for" not in read("/search/?q=phone a chest")


@pytest.mark.parametrize(("q", "is_said"), [("español", True), ("Spanish pages", True), ("cancer", False)])
def test_who_asks_for_spanish_is_told_where_to_read_it(read: Read, q: str, is_said: bool) -> None:
    page = read(f"/search/?q={q}")
    assert ("Our pages are in English only." in page) is is_said
    assert ('href="https://www.cancer.gov/espanol"' in page) is is_said


def test_a_word_of_its_own_gets_no_did_you_mean(read: Read, publish_page: PublishPage) -> None:
    publish_page("glossary/asbestos", "# Asbestos\n\nA mineral.\n", kind=Kind.GLOSSARY_TERM, topic=None)
    assert "Did you mean" in read("/search/?q=asbestoses+zebra")
    assert "Did you mean" not in read("/search/?q=asbestosis")


def test_each_result_says_what_it_is_and_when_it_was_reviewed(read: Read, publish_page: PublishPage) -> None:
    publish_page("resources", "# Drains\n\nWhere to ask.\n\n## One\n\nWords.\n", kind=Kind.PAGE)
    page = read("/search/?q=drain")
    facts = [" ".join(fact.split()) for fact in re.findall(r'class="result-facts">(.*?)</p>', page, re.DOTALL)]
    assert facts[0].startswith("This site · Last reviewed <time")
    assert facts[1].startswith("Guide · Mesothelioma · Last reviewed <time")


def test_a_result_leads_to_the_section_it_quotes(read: Read) -> None:
    assert '<a href="/mesothelioma/pain/#chest-pain">Chest pain</a>' in read("/search/?q=joint")


@pytest.fixture
def two_topics(publish_page: PublishPage) -> Topic:
    other = Topic.objects.create(slug="asbestos", name="Asbestos", summary="About it.")
    publish_page("asbestos/fluid", "# Fluid and dust\n\nWhat it is.\n\n## One\n\nWords.\n", topic=other)
    return other


def test_results_can_be_seen_of_one_topic_alone(read: Read, two_topics: Topic) -> None:
    page = read("/search/?q=fluid")
    filters = page.partition("search-filters")[2].partition("</nav>")[0]
    links = re.findall(r'<a href="(\?[^"]+)"\s*(aria-current="true")?', filters)
    assert [(address.replace("&amp;", "&"), bool(current)) for address, current in links] == [
        ("?q=fluid", True),
        ("?q=fluid&topic=asbestos", False),
        ("?q=fluid&topic=mesothelioma", False),
    ]
    assert [int(count) for count in re.findall(r'filter-count">(\d+)', page)] == [3, 1, 2]
    assert found_at(read("/search/?q=fluid&topic=asbestos")) == ["/asbestos/fluid/"]
    assert "1 page on Asbestos" in " ".join(read("/search/?q=fluid&topic=asbestos").split())


def test_a_topic_without_an_answer_leads_back_to_all(read: Read, two_topics: Topic) -> None:
    page = " ".join(read("/search/?q=drain&topic=asbestos").split())
    assert "We found no page on Asbestos with all of these words: <strong>drain</strong>" in page
    assert '<a href="?q=drain">Search all pages</a>' in page


@pytest.mark.parametrize("slug", ["", "nothing", "asbestos%00", "'", "about"])
def test_a_topic_that_is_none_is_no_filter(read: Read, two_topics: Topic, slug: str) -> None:
    assert len(found_at(read(f"/search/?q=fluid&topic={slug}"))) == 3


def test_without_a_choice_there_are_no_filters(read: Read) -> None:
    assert "search-filters" not in read("/search/?q=fluid")


def test_more_than_can_be_listed_is_said_honestly(read: Read, two_topics: Topic, monkeypatch) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    page = " ".join(read("/search/?q=fluid").split())
    assert "At least 2 pages for <strong>fluid</strong>" in page
    assert "There are more pages than we list." in page
    assert 'filter-count">' not in page
    assert 'href="?q=fluid&amp;topic=asbestos"' in page


def test_paging_keeps_what_was_asked(read: Read, two_topics: Topic, monkeypatch) -> None:
    monkeypatch.setattr(search, "PER_PAGE", 1)
    page = read("/search/?q=fluid&topic=mesothelioma&exact=1")
    assert 'href="?q=fluid&amp;exact=1&amp;topic=mesothelioma&amp;page=2"' in page
    assert '<ol class="search-results" start="2">' in read("/search/?q=fluid&page=2")


# Words of danger


@pytest.mark.parametrize(
    ("typed", "heading", "numbers"),
    [
        *(
            (typed, "You can talk to somebody now", ["tel:988", "sms:988", "tel:911"])
            for typed in ("suicide", "suicidal", "kill myself", "I can’t go on", "pain " * 100 + "I want to die")
        ),
        *(
            (typed, "Call 911 if this is happening now", ["tel:911", "tel:988", "sms:988"])
            for typed in ("can't breathe", "coughing blood", "crushing chest pain", "overdose")
        ),
    ],
)
def test_who_searches_in_danger_reads_whom_to_call_before_any_result(
    read: Read, typed: str, heading: str, numbers: list[str]
) -> None:
    main = read(f"/search/?{urlencode({'q': typed})}").partition("<main")[2]
    above = re.split('class="(?:result-count|notice)"', main)[0]
    assert heading in above
    assert re.findall('href="((?:tel|sms):(?:911|988))"', above) == numbers


@pytest.mark.parametrize("typed", ["", "chest pain", "short of breath", "how do people die of mesothelioma"])
def test_plain_searches_get_no_warning(read: Read, typed: str) -> None:
    main = read(f"/search/?{urlencode({'q': typed})}").partition("<main")[2].partition("</main>")[0]
    assert "Help now" not in main
