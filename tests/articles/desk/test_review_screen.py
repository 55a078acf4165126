"""The review screen: what changed beside what it replaces, with its evidence; and a 409 that shows what changed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Look, Offer, PublishedPage, Revision, RevisionStatus, SignOff
from articles.publishing.publish import publish
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


def test_beside_a_block_stands_whether_its_figures_follow_from_what_is_quoted(
    at_the_desk: Client, next_revision: Submit, source: Source, writer: User
) -> None:
    source.quotes.create(text="At 12 weeks, 57.7% of patients had disease control.", added_by=writer)
    figures = (
        "About 58% of patients had disease control [@trial2020]. In 30% of people the cough went away [@trial2020]."
    )
    shown = told(at_the_desk.get(screen_of(next_revision(PAGE.replace("Most people cough.", figures)))))
    assert "2 statements with a figure" in shown
    assert "About 58% of patients had disease control. Follows from what is quoted." in shown
    assert "the quote says 57.7%" in shown
    assert "In 30% of people the cough went away. Not in what is quoted." in shown


def test_where_nothing_is_quoted_that_is_said(at_the_desk: Client, next_revision: Submit, source: Source) -> None:
    figure = "About 58% of patients had disease control [@trial2020]."
    shown = told(at_the_desk.get(screen_of(next_revision(PAGE.replace("Most people cough.", figure)))))
    assert "1 statement with a figure About 58% of patients had disease control. No quote is pinned." in shown


def test_a_block_taken_out_beside_a_change_is_shown_where_it_stood_and_signed_last(
    at_the_desk: Client, next_revision: Submit
) -> None:
    revision = next_revision(PAGE.replace("Most people cough.\n\n", "").replace("short of", "very short of"))
    answer = at_the_desk.get(screen_of(revision))
    assert "Paragraph, taken out" in told(answer)
    assert "<del>Most people cough.</del>" in body(answer)
    assert "It will no longer be there: what is taken out or moved is signed as one." in told(answer)
    assert "Go to the first of 2 blocks for you to sign" in told(answer)
    assert "2 of 2 blocks" in told(
        at_the_desk.post(screen_of(revision, "sign"), {"token": tokens(answer)}, follow=True)
    )


def tokens(answer: Answer) -> list[str]:
    return [html.unescape(token) for token in re.findall(r'name="token" value="([^"]+)"', body(answer))]


WITHOUT_COUGH = PAGE.replace("Most people cough.\n\n", "")


def token_of_taken_out(answer: Answer) -> str:
    found = re.search(r'name="token" value="([^"]+)">\s*<button[^>]*>Sign<span[^>]*> what is taken out', body(answer))
    assert found is not None
    return html.unescape(found[1])


def test_where_nothing_else_is_left_to_sign_what_is_taken_out_stands_last_and_is_signed(
    at_the_desk: Client, next_revision: Submit, published: PublishedPage
) -> None:
    revision = next_revision(WITHOUT_COUGH)
    answer = at_the_desk.get(screen_of(revision))
    shown = told(answer)
    assert "0 of 1 block, about 1 minute left." in shown
    assert "Go to what is taken out or moved, for you to sign" in shown
    assert "Paragraph, taken out, under Symptoms Before Most people cough. Proposed Taken out" in shown
    assert "It will no longer be there: what is taken out or moved is signed as one." in shown
    assert re.findall(r'id="([^"]+)"[^>]*data-stop', body(answer))[-1] == "taken-out"
    then = at_the_desk.post(screen_of(revision, "sign"), {"token": token_of_taken_out(answer)}, follow=True)
    assert then.redirect_chain == [(f"{screen_of(revision)}#progress", 302)]
    assert "Signed. Every block is signed now: the revision is approved, and can be published." in told(then)
    assert "1 of 1 block." in told(then)
    assert "Signed by reviewer on" in told(then)


def test_a_moved_block_is_named_there(at_the_desk: Client, next_revision: Submit) -> None:
    two = "You may feel short of breath.\n\nMost people cough."
    revision = next_revision(PAGE.replace(two, "Most people cough.\n\nYou may feel short of breath."))
    shown = told(at_the_desk.get(screen_of(revision)))
    assert "Paragraph, moved, under Symptoms" in shown[shown.index("What is taken out or moved This is") :]


def test_of_a_page_of_high_risk_whoever_signed_something_of_it_leaves_the_rest_to_a_second_person(
    client: Client, article: Article, next_revision: Submit, reviewer: User, second_reviewer: User, writer: User
) -> None:
    Article.objects.filter(pk=article.pk).update(risk_class="high")
    signed_by_both = next_revision(PAGE)
    sign_all(signed_by_both, second_reviewer)
    drafting.abandon(signed_by_both, reason="As it was.", by=writer)
    revision = next_revision(WITHOUT_COUGH)
    for person, done in ((reviewer, "1 of 1 block"), (second_reviewer, "1 of 1 block")):
        client.force_login(person)
        answer = client.get(screen_of(revision))
        assert "0 of 1 block" in told(answer)
        client.post(screen_of(revision, "sign"), {"token": token_of_taken_out(answer)})
        after = told(client.get(screen_of(revision)))
        assert done in after
        assert ("One more person must" in after) == (person == reviewer)
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.APPROVED


def test_who_helped_write_it_is_shown_what_is_taken_out_without_a_button(
    client: Client, next_revision: Submit, writer: User
) -> None:
    client.force_login(writer)
    answer = client.get(screen_of(next_revision(WITHOUT_COUGH)))
    assert "What is taken out or moved" in told(answer)
    assert 'name="token"' not in body(answer)


def test_an_older_screen_does_not_sign_what_is_taken_out_and_shows_what_changed(
    at_the_desk: Client, next_revision: Submit, writer: User
) -> None:
    revision = next_revision(WITHOUT_COUGH)
    token = token_of_taken_out(at_the_desk.get(screen_of(revision)))
    draft = drafting.recall(revision, reason="More.", by=writer)
    less = WITHOUT_COUGH.replace("One study described a trial of two drugs [@trial2020].\n\n", "")
    drafting.save_draft(draft, text=less, version=draft.version, by=writer)
    drafting.submit(draft, change_note="Less.", by=writer)
    signatures = SignOff.objects.count()
    answer = at_the_desk.post(screen_of(revision, "sign"), {"token": token})
    assert answer.status_code == 409
    assert "This revision is not under review: it is abandoned." in told(answer)
    assert "<del>One study described" in body(answer)
    assert screen_of(draft) in body(answer)
    assert SignOff.objects.count() == signatures


@pytest.mark.whole
def test_what_is_taken_out_does_not_add_a_query_for_each_block(
    at_the_desk: Client, published: PublishedPage, next_revision: Submit, writer: User
) -> None:
    counts = []
    less = WITHOUT_COUGH.replace(":::checklist\n- Write down your questions\n- Bring somebody with you\n:::\n", "")
    for text in (WITHOUT_COUGH, less.replace("You may feel short of breath.\n\n", "")):
        revision = next_revision(text)
        at_the_desk.get(screen_of(revision))
        with CaptureQueriesContext(connection) as seen:
            assert "What is taken out or moved" in told(at_the_desk.get(screen_of(revision)))
        counts.append(len(seen))
        drafting.abandon(revision, reason="Not so.", by=writer)
    assert counts[0] == counts[1]


def test_the_writer_is_told_that_a_reviewer_signs_it_first(
    client: Client, published: PublishedPage, writer: User
) -> None:
    draft = drafting.start_draft(published.article, by=writer)
    client.force_login(writer)
    typed = {"text": WITHOUT_COUGH, "version": draft.version, "change_note": "Less.", "significance": "normal"}
    answer = client.post(screen_of(draft, "write"), {**typed, "submit": "1"}, follow=True)
    assert "blocks were taken out or moved: a reviewer signs that first." in told(answer)
    assert "8 of 8 blocks signed. What was taken out or moved still needs a signature." in told(answer)


@pytest.mark.whole
def test_the_lists_name_what_is_to_be_signed_and_what_was(
    at_the_desk: Client, next_revision: Submit, published: PublishedPage
) -> None:
    revision = next_revision(WITHOUT_COUGH)
    assert "What was taken out or moved is to be signed." in told(
        at_the_desk.get("/admin/articles/revision/for-review/")
    )
    assert "what was taken out or moved to sign" in told(at_the_desk.get("/admin/"))
    token = token_of_taken_out(at_the_desk.get(screen_of(revision)))
    at_the_desk.post(screen_of(revision, "sign"), {"token": token})
    signed = SignOff.objects.latest("pk")
    given = at_the_desk.get(f"/admin/articles/article/{published.article_id}/signatures/")
    assert "What was taken out or moved reviewer" in told(given)
    address = f"/admin/articles/revision/signature/{signed.pk}/withdraw/"
    assert "reviewer signed what was taken out or moved on" in told(at_the_desk.get(address))
    answer = at_the_desk.post(address, {"severity": "routine", "reason": "They need it."}, follow=True)
    assert "Withdrawn. What was taken out or moved needs a new signature." in told(answer)


def test_the_page_of_the_article_says_that_what_the_live_page_took_out_lacks_a_signature(
    at_the_desk: Client, next_revision: Submit, reviewer: User, publisher: User
) -> None:
    revision = next_revision(WITHOUT_COUGH)
    (signed,) = sign_all(revision, reviewer)
    publish(revision, by=publisher)
    signing.withdraw(signed, reason="They need it.", by=reviewer)
    shown = told(at_the_desk.get(f"/admin/articles/article/{revision.article_id}/change/"))
    assert "What the live page took out or moved needs a signature" in shown


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


@pytest.mark.whole
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
