"""The review screen: what changed beside what it replaces, with its evidence; and a 409 that shows what changed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Look, Offer, PublishedPage, Revision, SignOff
from articles.review import commenting, drafting, signing, suggesting
from citations.importing import import_csl
from citations.models import Notice, NoticeKind, Source
from mesoinfo.models import User
from tests.conftest import PAGE, sign_all
from tests.desk_answers import Answer, told

pytestmark = pytest.mark.usefixtures("in_review_once")

Submit = Callable[[str], Revision]
CHANGED = PAGE.replace("Most people cough.", "Many people cough [@trial2020].")


def screen_of(revision: Revision, name: str = "review") -> str:
    return f"/admin/articles/revision/{revision.pk}/{name}/"


def body(answer: Answer) -> str:
    return answer.content.decode()


@pytest.fixture
def at_the_desk(client: Client, reviewer: User) -> Client:
    client.force_login(reviewer)
    return client


def test_a_change_stands_beside_what_it_replaces_and_the_rest_is_folded(
    at_the_desk: Client, next_revision: Submit
) -> None:
    page = body(at_the_desk.get(screen_of(next_revision(CHANGED))))
    assert "<p><del>Most</del> people cough.</p>" in page
    assert "<ins>Many</ins> people cough" in page
    assert "It cites “Two drugs for mesothelioma: a trial” [@trial2020] now." in html.unescape(page)
    assert re.findall(r"(\d) unchanged blocks, signed", page) == ["3", "2", "3"]
    assert page.count("data-stop") == 1


def test_beside_a_block_stand_its_sources_their_words_and_what_was_said_of_them(
    at_the_desk: Client, next_revision: Submit, source: Source, writer: User
) -> None:
    source.quotes.create(text="Half of them were alive after a year.", locator="p. 3", added_by=writer)
    source.quotes.create(text="A wrong one.", added_by=writer).retire(by=writer)
    Notice.objects.create(source=source, kind=NoticeKind.CORRECTED, on="2024-03-01", note="A table was exchanged.")
    shown = told(at_the_desk.get(screen_of(next_revision(CHANGED))))
    assert "Half of them were alive after a year. p. 3" in shown
    assert "A wrong one." not in shown
    assert "Corrected, 1 March 2024: A table was exchanged." in shown


def test_a_block_taken_out_is_shown_where_it_stood_and_needs_no_signature(
    at_the_desk: Client, next_revision: Submit
) -> None:
    revision = next_revision(PAGE.replace("Most people cough.\n\n", ""))
    answer = at_the_desk.get(screen_of(revision))
    assert "Paragraph, taken out" in told(answer)
    assert "<del>Most people cough.</del>" in body(answer)
    assert "Nothing to sign: it will no longer be there." in told(answer)


def test_what_changed_since_the_last_look_leaves_out_what_was_seen(
    at_the_desk: Client, published: PublishedPage, next_revision: Submit, reviewer: User, writer: User
) -> None:
    first = next_revision(CHANGED)
    at_the_desk.get(screen_of(first))
    signing.request_changes(first, reason="Say who.", by=reviewer)
    draft = drafting.start_draft(published.article, by=writer)
    text = CHANGED.replace("You may feel short of breath.", "You may feel very short of breath.")
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Said who.", by=writer)
    shown = at_the_desk.get(screen_of(draft))
    assert "Show what changed since my last look" in told(shown)
    assert body(shown).count("<ins>") > 1
    since = at_the_desk.get(f"{screen_of(draft)}?since=look")
    assert "Compared with revision 2, which you looked at on" in told(since)
    assert re.findall("<ins>([^<]*)</ins>", body(since)) == ["very"]
    assert "to sign" in told(since)


def test_only_reviewers_looks_are_remembered(client: Client, in_review: Revision, writer: User) -> None:
    client.force_login(writer)
    client.get(screen_of(in_review))
    assert not Look.objects.exists()


def token_on(answer: Answer, key: str) -> str:
    found = re.search(rf'name="token" value="([^"]+)">\s*<button[^>]*>Sign<span[^>]*> block \d+, {key}<', body(answer))
    assert found is not None
    return html.unescape(found[1])


def test_a_screen_older_than_a_change_of_the_library_signs_nothing_and_shows_what_changed(
    at_the_desk: Client, in_review: Revision, offer: Offer
) -> None:
    token = token_on(at_the_desk.get(screen_of(in_review)), "hero")
    offer.heading = "Another heading"
    offer.save()
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": token})
    assert answer.status_code == 409
    assert "This page has changed since you opened it." in told(answer)
    assert "As you were shown it" in told(answer)
    assert "<del>Free case review</del>" in body(answer)
    assert "<ins>Another heading</ins>" in body(answer)
    assert not SignOff.objects.exists()


def test_a_screen_older_than_the_next_revision_signs_nothing_and_shows_what_changed(
    at_the_desk: Client, in_review: Revision, writer: User
) -> None:
    token = token_on(at_the_desk.get(screen_of(in_review)), "symptoms/p-2")
    draft = drafting.recall(in_review, reason="One word.", by=writer)
    drafting.save_draft(draft, text=PAGE.replace("Most people", "Many people"), version=draft.version, by=writer)
    drafting.submit(draft, change_note="One word.", by=writer)
    answer = at_the_desk.post(screen_of(in_review, "sign"), {"token": token})
    assert answer.status_code == 409
    assert "<del>Most</del>" in body(answer)
    assert "<ins>Many</ins>" in body(answer)
    assert screen_of(draft) in body(answer)
    assert not SignOff.objects.exists()


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    at_the_desk: Client, article: Article, published: PublishedPage, next_revision: Submit, writer: User, reviewer: User
) -> None:
    def queries(revision: Revision) -> int:
        at_the_desk.get(screen_of(revision))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert at_the_desk.get(screen_of(revision)).status_code == 200
        return len(seen)

    small = next_revision(CHANGED)
    block = small.blocks.get(key="symptoms/p-2")
    commenting.comment(small, block=block, text="Who?", by=writer)
    suggesting.suggest(small, block=block, wording="Some people cough.", reason="", by=reviewer)
    few = queries(small)
    drafting.recall(small, reason="More.", by=writer)
    draft = article.revisions.drafts().get()
    text = CHANGED
    for number in range(12):
        record = {"id": f"more{number}", "type": "article-journal", "title": f"More, {number}"}
        import_csl([record | {"issued": {"date-parts": [[2020]]}}], by=writer)
        text += f"\nAnother paragraph about this [@more{number}].\n"
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="More.", by=writer)
    for number, each in enumerate(draft.blocks.filter(kind="paragraph")):
        commenting.comment(draft, block=each, text=f"Why, {number}?", by=writer)
        suggesting.suggest(draft, block=each, wording=f"Other words, {number}.", reason="", by=reviewer)
    assert queries(draft) == few


def test_a_list_of_changes_to_print_and_any_two_revisions_compared(
    at_the_desk: Client, published: PublishedPage, next_revision: Submit, reviewer: User
) -> None:
    second = next_revision(CHANGED)
    shown = at_the_desk.get(screen_of(second, "compare"))
    assert "1 change, 8 blocks unchanged." in told(shown)
    assert "1. Paragraph" in told(shown)
    assert "Under Symptoms" in told(shown)
    back = at_the_desk.get(screen_of(published.revision, "compare"), {"with": second.pk})
    assert "<ins>Most</ins>" in body(back)
    same = at_the_desk.get(screen_of(second, "compare"), {"with": "nonsense"})
    assert same.status_code == 200


def test_of_a_first_revision_everything_is_new(at_the_desk: Client, in_review: Revision) -> None:
    assert "Nothing of this page is live: all of it is new." in told(at_the_desk.get(screen_of(in_review)))
    assert "9 changes." in told(at_the_desk.get(screen_of(in_review, "compare")))


def test_a_page_that_was_signed_by_hand_of_somebody_else_is_not_theirs_to_sign_again(
    at_the_desk: Client, in_review: Revision, second_reviewer: User
) -> None:
    sign_all(in_review, second_reviewer, except_for=("title",))
    shown = told(at_the_desk.get(screen_of(in_review)))
    assert "8 of 9 blocks, about 1 minute left." in shown
    assert "Go to the first of 1 block for you to sign" in shown
