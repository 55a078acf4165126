"""Terms of the glossary: defined on their own live page, signed with each block that shows the definition."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Article, Byline, BylineRole, Kind, Person, PublishedPage, Revision
from articles.publishing.publish import PublishingRefused, publish
from articles.review import drafting
from articles.review.coverage import unsigned_blocks
from mesoinfo.models import User
from tests.conftest import EFFUSION, PAGE, PublishPage, sign_all
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("published_once")

TERM = "glossary/pleural-effusion"
MARKED = PAGE.replace("Most people cough.", "Some have a [pleural effusion](/glossary/pleural-effusion/).")
REDEFINED = EFFUSION.replace("Fluid has gathered around a lung.", "There is fluid beside a lung.")


@pytest.fixture
def marked(effusion: PublishedPage, article: Article, publish_page: PublishPage) -> PublishedPage:
    """A page that uses the term, live."""
    Byline.objects.filter(article=article).delete()
    Byline.objects.create(article=article, person=Person.objects.get(slug="an-author"), role=BylineRole.AUTHOR)
    return publish_page("mesothelioma/stage-4", MARKED)


def test_a_term_is_read_from_its_live_page(effusion: PublishedPage) -> None:
    term = for_text("/glossary/pleural-effusion/").terms["pleural-effusion"]
    assert (term.name, term.clinical) == ("Fluid around the lung", "pleural effusion")
    assert term.definition == "Fluid has gathered around a lung."


@pytest.mark.parametrize(
    ("title", "name", "clinical"),
    [
        ("Biopsy", "Biopsy", ""),
        ("Heated chemotherapy in the belly (HIPEC)", "Heated chemotherapy in the belly", "HIPEC"),
        ("Grade (of cells) in a tumor", "Grade (of cells) in a tumor", ""),
        ("Spread (of cancer) (metastasis)", "Spread (of cancer)", "metastasis"),
        ("(Nothing before it)", "(Nothing before it)", "Nothing before it"),
    ],
)
def test_the_clinical_name_stands_in_brackets_at_the_end(
    publish_page: PublishPage, title: str, name: str, clinical: str
) -> None:
    publish_page("glossary/term", f"# {title}\n\nWhat it is.\n\nMore.\n", kind=Kind.GLOSSARY_TERM)
    term = for_text("/glossary/term/").terms["term"]
    assert (term.name, term.clinical) == (name, clinical)


def test_a_term_that_is_not_live_cannot_be_used(article: Article, writer: User) -> None:
    term = Article.objects.create(address=TERM, kind=Kind.GLOSSARY_TERM)
    drafting.save_draft(drafting.start_draft(term, by=writer), text=EFFUSION, version=1, by=writer)
    draft = drafting.start_draft(article, by=writer)
    drafting.save_draft(draft, text=MARKED, version=draft.version, by=writer)
    with pytest.raises(Exception, match="“pleural-effusion” is not published yet"):
        drafting.submit(draft, change_note="With the term.", by=writer)


def test_the_words_are_frozen_with_the_page(marked: PublishedPage, publish_page: PublishPage) -> None:
    assert marked.words_html == compile_page(MARKED, for_text(MARKED, marked.article)).words_html
    assert "Fluid has gathered around a lung." in marked.words_html
    assert marked.term_keys == ["pleural-effusion"]
    publish_page(TERM, REDEFINED)
    marked.refresh_from_db()
    assert "Fluid has gathered around a lung." in marked.words_html


def test_changing_a_definition_asks_for_the_blocks_that_show_it_again(
    marked: PublishedPage, publish_page: PublishPage, writer: User
) -> None:
    publish_page(TERM, REDEFINED)
    revision = drafting.start_draft(marked.article, by=writer)
    drafting.submit(revision, change_note="The definition reads differently.", by=writer)
    assert [block.key for block in unsigned_blocks(revision)] == ["symptoms/p-2"]


@pytest.mark.whole
def test_changing_what_follows_a_definition_asks_for_nothing(
    marked: PublishedPage, publish_page: PublishPage, writer: User
) -> None:
    publish_page(TERM, EFFUSION.replace("It can be drained.", "A needle can drain it."))
    revision = drafting.start_draft(marked.article, by=writer)
    drafting.submit(revision, change_note="Nothing new here.", by=writer)
    assert unsigned_blocks(revision) == []


def test_a_definition_changed_since_it_was_signed_shuts_the_gate(
    marked: PublishedPage, publish_page: PublishPage, next_term_revision: Revision, reviewer: User, publisher: User
) -> None:
    sign_all(next_term_revision, reviewer)
    publish_page(TERM, REDEFINED)
    with pytest.raises(PublishingRefused, match="1 block changed since it was submitted: “Some have a"):
        publish(next_term_revision, by=publisher)


@pytest.fixture
def next_term_revision(marked: PublishedPage, writer: User) -> Revision:
    revision = drafting.start_draft(marked.article, by=writer)
    text = MARKED.replace("You may feel", "You can feel")
    drafting.save_draft(revision, text=text, version=revision.version, by=writer)
    drafting.submit(revision, change_note="One word.", by=writer)
    return revision


def test_the_reviewer_sees_the_definition_that_is_signed(
    client: Client, next_term_revision: Revision, reviewer: User
) -> None:
    client.force_login(reviewer)
    screen = told(client.get(f"/admin/articles/revision/{next_term_revision.pk}/review/"))
    assert "Words on this page" in screen
    assert "Fluid has gathered around a lung." in screen


def test_the_preview_shows_the_words(client: Client, effusion: PublishedPage, writer: User) -> None:
    client.force_login(writer)
    shown = told(client.post("/admin/markdown/preview/", {"content": f"# T\n\nL.\n\n{MARKED.splitlines()[10]}\n"}))
    assert "Words on this page" in shown
    assert "Fluid has gathered around a lung." in shown


def test_the_preview_of_a_term_lets_it_lead_to_terms_that_are_not_live(client: Client, writer: User) -> None:
    client.force_login(writer)
    for key in ("one", "other"):
        Article.objects.create(address=f"glossary/{key}", kind=Kind.GLOSSARY_TERM)
    draft = drafting.start_draft(Article.objects.get(address="glossary/one"), by=writer)
    editor = client.get(f"/admin/articles/revision/{draft.pk}/write/").content.decode()
    address = f"/admin/markdown/preview/?article={draft.article_id}"
    assert f'data-markdownx-urls-path="{address}"' in editor
    text = {"content": "# One\n\nThe first.\n\nSee [the other](/glossary/other/).\n"}
    assert "Nothing to mend" in told(client.post(address, text))
    for elsewhere in ("", "?article=nonsense", "?article=999999999", f"?article={'9' * 5000}"):
        assert "not published yet" in told(client.post(f"/admin/markdown/preview/{elsewhere}", text))


@pytest.mark.whole
def test_the_desk_says_which_pages_show_a_definition(
    client: Client, marked: PublishedPage, effusion: PublishedPage, writer: User
) -> None:
    client.force_login(writer)
    page = told(client.get(f"/admin/articles/article/{effusion.article_id}/change/"))
    assert "Pages that show this definition" in page
    assert "mesothelioma/stage-4 (published)" in page
    assert "Pages that show" not in told(client.get(f"/admin/articles/article/{marked.article_id}/change/"))
