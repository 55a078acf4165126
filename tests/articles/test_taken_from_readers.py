"""Withdrawing and taking down: gone at once, never behind a safety correction, and put back by somebody else."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import (
    Article,
    Comment,
    EmergencyEdit,
    EmergencyNotice,
    PageState,
    PublishedPage,
    Revision,
    RevisionStatus,
    Schedule,
    Significance,
    Takedown,
    TransitionRefused,
)
from articles.publishing import emergency, takedown
from articles.publishing import schedule as scheduling
from articles.publishing.publish import PublishingRefused, publish
from articles.publishing.safety import withdraw_for_safety
from articles.review import drafting, signing
from articles.review.coverage import unsigned_blocks
from mesoinfo import outbox
from mesoinfo.models import AuditEntry, OutboxMessage, User
from tests.conftest import PAGE, a_reviewer, a_user, member, sign_all, without_triggers

pytestmark = pytest.mark.usefixtures("in_review_once")

AT = "/mesothelioma/stage-4/"
COUGH = "Most people cough."
SAFE = "Ask your care team before you take it."


@pytest.fixture
def officer(db) -> User:
    return a_user("safety officer")


@pytest.fixture
def notice(officer, reviewer) -> EmergencyNotice:
    made = EmergencyNotice.objects.create(text="We are checking this part of the page.", written_by=officer)
    emergency.sign_notice(made, by=reviewer)
    return made


def refused(sentence: str):
    return pytest.raises(TransitionRefused, match=sentence)


def revise(article: Article, text: str, *, significance: Significance = Significance.NORMAL) -> PublishedPage:
    """Publish the page with this text, signed by the reviewer."""
    article.refresh_from_db()
    draft = drafting.start_draft(article, by=member("writer"))
    drafting.save_draft(draft, text=text, version=draft.version, by=member("writer"))
    drafting.submit(draft, change_note="A change.", significance=significance, by=member("writer"))
    reviewer = User.objects.get(email="reviewer@example.org")
    if unsigned_blocks(draft):
        sign_all(draft, reviewer)
    draft.refresh_from_db()
    return publish(draft, by=member("publisher"))


def live_page(article: Article) -> PublishedPage:
    page = Article.objects.get(pk=article.pk).live
    assert page is not None
    return page


def signature_on(article: Article, words: str):
    """The newest signature on the block of the live page that holds these words."""
    block = live_page(article).revision.blocks.get(canonical__contains=words)
    return article.sign_offs.filter(digest=block.digest).latest("pk")


# Routine withdrawal of a signature


def test_after_a_routine_withdrawal_the_page_stays_under_a_notice_and_without_its_badge(client, published, reviewer):
    assert "Medically reviewed" in client.get(AT).content.decode()
    signing.withdraw(signature_on(published.article, COUGH), reason="I misread it.", by=reviewer)
    page = client.get(AT).content.decode()
    assert "Medically reviewed" not in page
    assert "waiting to be checked again by a medical reviewer" in page
    assert COUGH in page


# Withdrawal for safety


def test_after_a_withdrawal_for_safety_readers_get_the_newest_earlier_revision_that_is_signed(
    client, published, reviewer
):
    article = published.article
    second = revise(article, PAGE.replace(COUGH, "Many people cough."))
    third = revise(article, PAGE.replace(COUGH, "Old people cough."))
    withdraw_for_safety(signature_on(article, "Old people cough."), reason="It is wrong.", by=reviewer)
    page = client.get(AT).content.decode()
    assert "Many people cough." in page
    assert "Old people cough." not in page
    article.refresh_from_db()
    assert article.live.revision == second.revision
    assert article.live.pk != second.pk
    assert article.live.body_html == second.body_html
    assert [r.status for r in Revision.objects.order_by("number")] == ["superseded", "published", "superseded"]
    assert AuditEntry.objects.filter(action="page.fell_back").get().facts["instead_of"] == third.revision.pk


@pytest.mark.whole
def test_a_withdrawn_signature_of_an_earlier_revision_passes_that_revision_over(client, published, reviewer):
    article = published.article
    second = revise(article, PAGE.replace(COUGH, "Many people cough."))
    revise(article, PAGE.replace(COUGH, "Old people cough."))
    block = second.revision.blocks.get(canonical__contains="Many people")
    signing.withdraw(article.sign_offs.get(digest=block.digest), reason="Wrong too.", by=reviewer)
    withdraw_for_safety(signature_on(article, "Old people cough."), reason="It is wrong.", by=reviewer)
    assert COUGH in client.get(AT).content.decode()


def test_readers_never_get_what_a_safety_correction_replaced(client, published, reviewer):
    article = published.article
    revise(article, PAGE.replace(COUGH, SAFE), significance=Significance.SAFETY_CORRECTION)
    revise(article, PAGE.replace(COUGH, SAFE).replace("You may feel", "You will feel"))
    withdraw_for_safety(signature_on(article, "You will feel"), reason="Not everybody.", by=reviewer)
    assert SAFE in client.get(AT).content.decode()
    withdraw_for_safety(signature_on(article, SAFE), reason="Wrong too.", by=reviewer)
    answer = client.get(AT)
    assert answer.status_code == 410
    assert COUGH not in answer.content.decode()


def test_without_an_earlier_revision_the_page_is_taken_down(client, published, reviewer):
    withdraw_for_safety(signature_on(published.article, COUGH), reason="It is wrong.", by=reviewer)
    assert client.get(AT).status_code == 410
    standing = Takedown.objects.get()
    assert (standing.by, standing.reason) == (reviewer, "It is wrong.")


def test_what_is_scheduled_is_taken_back_by_a_withdrawal_for_safety(published, next_revision, reviewer, publisher):
    revision = next_revision(PAGE + "\nMore.\n")
    sign_all(revision, reviewer)
    scheduling.schedule(revision, publish_at=timezone.now() + datetime.timedelta(days=1), zone="UTC", by=publisher)
    withdraw_for_safety(signature_on(published.article, COUGH), reason="It is wrong.", by=reviewer)
    assert Schedule.objects.get().outcome == "cancelled"


def test_withdrawing_a_signature_on_words_that_are_no_longer_live_changes_nothing(client, published, reviewer):
    old = signature_on(published.article, COUGH)
    page = revise(published.article, PAGE.replace(COUGH, "Many people cough."))
    withdraw_for_safety(old, reason="It was wrong.", by=reviewer)
    assert Article.objects.get(pk=published.article.pk).live == page
    assert "Medically reviewed" in client.get(AT).content.decode()


# Taking down


def test_one_step_takes_a_page_down_and_it_says_so_to_readers(client, published, reviewer):
    takedown.take_down(published.article, reason="A dose is wrong.", reader_note="A dose was wrong here.", by=reviewer)
    answer = client.get(AT)
    page = answer.content.decode()
    assert answer.status_code == 410
    assert answer["Cache-Control"] == "no-store"
    assert "We took this page down" in page
    assert "A dose was wrong here." in page
    assert "A dose is wrong." not in page
    assert 'name="robots" content="noindex"' in page
    assert client.get(f"{AT}references.json").status_code == 410


def test_a_page_taken_down_is_in_no_list_search_or_feed(client, published, reviewer):
    takedown.take_down(published.article, reason="A dose is wrong.", by=reviewer)
    for address in ("/", "/search/?q=stage+4", "/sitemap.xml", "/feed/", "/site-map/"):
        assert "stage-4" not in client.get(address).content.decode().replace("q=stage", ""), address


def test_the_lead_and_the_publishers_are_told_and_reminded_until_somebody_confirms(
    published, reviewer, medical_lead, publisher
):
    standing = takedown.take_down(published.article, reason="A dose is wrong.", by=reviewer)
    assert set(OutboxMessage.objects.filter(kind="taken-down").values_list("role", flat=True)) == {
        "medical lead",
        "publisher",
    }
    assert takedown.remind_to_confirm() == 0
    for days, told in ((1, 2), (1, 0), (2, 2), (3, 2)):
        with without_triggers("articles_takedown"):
            Takedown.objects.update(at=timezone.now() - datetime.timedelta(days=days, minutes=1))
        assert takedown.remind_to_confirm() == told
    with refused("Somebody else confirms what you took down"):
        takedown.confirm(standing, by=reviewer)
    takedown.confirm(standing, by=medical_lead)
    with refused("nothing to confirm"):
        takedown.confirm(standing, by=publisher)
    assert takedown.remind_to_confirm() == 0


def test_the_mail_names_the_page_and_quotes_nobody(published, reviewer, medical_lead, publisher):
    takedown.take_down(published.article, reason="A dose is wrong.", by=reviewer)
    outbox.deliver_due()
    subjects = [message.subject for message in mail.outbox]
    assert "Taken down: mesothelioma/stage-4" in subjects
    assert not any("A dose is wrong." in message.body for message in mail.outbox)


def test_a_publisher_who_did_not_take_it_down_puts_it_back_through_every_gate(client, published, publisher, offer):
    second = a_user("publisher", email="second.publisher@example.org")
    standing = takedown.take_down(published.article, reason="To be checked.", by=publisher)
    with refused("Somebody else puts it back"):
        takedown.lift(standing, by=publisher)
    offer.heading = "Changed meanwhile"
    offer.save()
    with pytest.raises(PublishingRefused, match="1 block changed since it was submitted"):
        takedown.lift(standing, by=second)
    offer.heading = "Free case review"
    offer.save()
    takedown.lift(standing, by=second)
    assert client.get(AT).status_code == 200
    standing.refresh_from_db()
    assert standing.lifted_by == second
    with refused("before readers again already"):
        takedown.lift(standing, by=second)


def test_whoever_took_it_down_is_not_offered_to_put_it_back(client, published, publisher):
    standing = takedown.take_down(published.article, reason="It could do harm.", by=publisher)
    at = f"/admin/articles/article/{published.article_id}/change/"
    lift = f"/admin/articles/takedown/{standing.pk}/lift/"
    client.force_login(publisher)
    shown = client.get(at).content.decode()
    assert "Another publisher puts it back before readers." in shown
    assert lift not in shown
    client.force_login(a_user("publisher", email="second.publisher@example.org"))
    assert lift in client.get(at).content.decode()


def test_a_new_revision_published_by_somebody_else_brings_the_page_back(client, published, reviewer):
    takedown.take_down(published.article, reason="A dose is wrong.", by=reviewer)
    revise(published.article, PAGE.replace(COUGH, SAFE))
    assert SAFE in client.get(AT).content.decode()
    assert not Takedown.objects.standing().exists()


def test_only_the_roles_for_it_take_down(published, writer, publisher):
    with refused("needs the role of publisher, medical reviewer"):
        takedown.take_down(published.article, reason="No.", by=writer)
    with refused("Say in a sentence why"):
        takedown.take_down(published.article, reason=" ", by=publisher)
    takedown.take_down(published.article, reason="Yes.", by=publisher)
    with refused("the page is not live"):
        takedown.take_down(published.article, reason="Again.", by=publisher)


# Withdrawing a page


def test_a_withdrawn_page_is_read_under_its_notice_by_who_has_the_link(client, published, publisher):
    with refused("what readers should know"):
        takedown.withdraw_page(published.article, reason="Old.", reader_note="", by=publisher)
    made = takedown.withdraw_page(
        published.article, reason="Old.", reader_note="There are newer treatments.", by=publisher
    )
    answer = client.get(AT)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "We withdrew this page on" in page
    assert "There are newer treatments." in page
    assert 'name="robots" content="noindex"' in page
    assert "stage-4" not in client.get("/sitemap.xml").content.decode()
    takedown.lift(made, by=publisher)
    assert "We withdrew this page" not in client.get(AT).content.decode()


def test_a_withdrawn_page_can_still_be_taken_down(client, published, publisher):
    takedown.withdraw_page(published.article, reason="Old.", reader_note="There is news.", by=publisher)
    takedown.take_down(published.article, reason="Worse than old.", by=publisher)
    assert client.get(AT).status_code == 410
    assert [t.kind for t in Takedown.objects.standing()] == ["taken_down"]


# Hiding blocks


def hide(article: Article, words: str, notice: EmergencyNotice, by: User) -> EmergencyEdit:
    block = live_page(article).revision.blocks.get(canonical__contains=words)
    return emergency.hide_blocks(article, digests=[block.digest], notice=notice, reason="Wrong.", by=by)


def test_a_hidden_block_is_gone_from_the_page_and_from_search_and_the_rest_stays(client, published, notice, officer):
    hide(published.article, COUGH, notice, officer)
    page = client.get(AT).content.decode()
    assert COUGH not in page
    assert "We are checking this part of the page." in page
    assert "You may feel short of breath." in page
    assert "waiting to be checked again" in page
    found_in = live_page(published.article).plain_text
    assert COUGH not in found_in
    assert "short of breath" in found_in


def test_a_hidden_question_is_not_told_to_machines_either(client, published, notice, officer):
    revise(published.article, PAGE + "\n:::faq\n### Can it come back?\n\nIt never does.\n:::\n")
    hide(published.article, "It never does.", notice, officer)
    assert "It never does." not in client.get(AT).content.decode()


def test_no_later_revision_brings_a_hidden_block_back_unread(published, next_revision, notice, officer, reviewer):
    waiting = next_revision(PAGE + "\nMore.\n")
    sign_all(waiting, reviewer)
    hide(published.article, COUGH, notice, officer)
    waiting.refresh_from_db()
    assert waiting.status == RevisionStatus.IN_REVIEW
    assert [block.key for block in unsigned_blocks(waiting)] == ["symptoms/p-2"]


def test_two_blocks_are_hidden_one_after_the_other(client, published, notice, officer):
    hide(published.article, COUGH, notice, officer)
    hide(published.article, "short of breath", notice, officer)
    page = client.get(AT).content.decode()
    assert page.count("We are checking this part of the page.") == 2


def test_hiding_waits_for_no_signature_on_what_stays(client, published, notice, officer, reviewer):
    signing.withdraw(signature_on(published.article, "short of breath"), reason="I am not sure.", by=reviewer)
    hide(published.article, COUGH, notice, officer)
    page = client.get(AT).content.decode()
    assert COUGH not in page
    assert "short of breath" in page


def test_whoever_looks_at_it_is_shown_what_was_hidden(client, published, notice, officer, reviewer):
    edit = hide(published.article, COUGH, notice, officer)
    client.force_login(reviewer)
    asked = client.get(f"/admin/articles/emergencyedit/{edit.pk}/review/").content.decode()
    assert COUGH in asked
    assert "short of breath" not in asked


def test_a_medical_reviewer_looks_at_it_within_a_day(published, notice, officer, reviewer, medical_lead):
    edit = hide(published.article, COUGH, notice, officer)
    assert emergency.remind_to_review() == 0
    with without_triggers("articles_emergencyedit"):
        EmergencyEdit.objects.update(at=timezone.now() - datetime.timedelta(hours=25))
    assert [emergency.remind_to_review() for _ in range(2)] == [1, 0]
    with refused("Say in a sentence what you found"):
        emergency.review_edit(edit, finding="", by=reviewer)
    emergency.review_edit(edit, finding="Rightly hidden; rewrite it.", by=reviewer)
    with refused("reviewed it already"):
        emergency.review_edit(edit, finding="Again.", by=reviewer)
    assert emergency.remind_to_review() == 0


def test_what_cannot_be_hidden_is_said(published, notice, officer, reviewer, writer):
    for words, sentence in (
        ("Stage 4 mesothelioma", "cannot be hidden by itself"),
        ("## Symptoms", "cannot be hidden"),
    ):
        with refused(sentence):
            hide(published.article, words, notice, officer)
    unsigned = EmergencyNotice.objects.create(text="Another.", written_by=officer)
    with refused("has not been signed yet"):
        hide(published.article, COUGH, unsigned, officer)
    with refused("safety officer or medical lead"):
        hide(published.article, COUGH, notice, reviewer)
    with refused("Name blocks that stand on the live page"):
        emergency.hide_blocks(published.article, digests=["0" * 64], notice=notice, reason="Why.", by=officer)
    assert Article.objects.get(pk=published.article.pk).live == published


def test_a_notice_is_signed_by_somebody_qualified_who_did_not_write_it(officer, reviewer, medical_lead):
    mine = EmergencyNotice.objects.create(text="Mine.", written_by=reviewer)
    with refused("somebody else signs it"):
        emergency.sign_notice(mine, by=reviewer)
    with refused("medical reviewer role"):
        emergency.sign_notice(mine, by=officer)
    with refused("You need a credential"):
        emergency.sign_notice(mine, by=medical_lead)


def test_the_screen_of_a_notice_offers_to_sign_it_to_who_may_and_tells_others_why_not(client, officer, reviewer):
    mine = EmergencyNotice.objects.create(text="Mine.", written_by=reviewer)
    theirs = EmergencyNotice.objects.create(text="Theirs.", written_by=officer)
    client.force_login(reviewer)
    for notice, said in ((mine, "somebody else signs it"), (theirs, "Sign this notice")):
        assert said in client.get(f"/admin/articles/emergencynotice/{notice.pk}/change/").content.decode()
    client.force_login(officer)
    assert b"Sign this notice" not in client.get(f"/admin/articles/emergencynotice/{theirs.pk}/change/").content


# The database


def no(sentence: str):
    return pytest.raises(IntegrityError, match=sentence)


def test_the_database_shows_no_page_that_was_taken_down(published, reviewer):
    article = published.article
    with no("withdrawn or taken down by somebody who says why"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(page_state=PageState.TAKEN_DOWN, live=None)
    with no("a_live_article_has_a_page_and_its_dates"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(live=None)
    with no("taken from readers by a takedown"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(page_state=PageState.UNPUBLISHED, live=None)
    takedown.take_down(article, reason="Wrong.", by=reviewer)
    with no("taken from readers by a takedown"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(page_state=PageState.UNPUBLISHED)
    with no("is live again once that is lifted"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(page_state=PageState.LIVE, live=published)
    with no("a_live_article_has_a_page_and_its_dates"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(live=published)


def test_the_database_keeps_takedowns(published, reviewer, publisher):
    made = takedown.take_down(published.article, reason="Wrong.", by=reviewer)
    row = {"article": published.article, "page": published, "by": reviewer, "reason": "x", "kind": "taken_down"}
    tries = [
        ("one_takedown_stands_per_article", row),
        ("a_takedown_has_a_known_kind", row | {"kind": "gone"}),
        ("a_takedown_says_why", row | {"reason": ""}),
        ("readers_are_told_why_a_page_is_withdrawn", row | {"kind": "withdrawn"}),
    ]
    for rule, fields in tries:
        with no(rule), transaction.atomic():
            Takedown.objects.bulk_create([Takedown(**fields)])
    ends = [
        ("somebody_else_confirms_a_takedown", {"confirmed_by": reviewer, "confirmed_at": timezone.now()}),
        ("a_confirmed_takedown_says_by_whom_and_when", {"confirmed_at": timezone.now()}),
        ("a_lifted_takedown_says_by_whom_and_when", {"lifted_by": publisher}),
        ("somebody_else_lifts_a_takedown", {"lifted_by": reviewer, "lifted_at": timezone.now()}),
    ]
    for rule, fields in ends:
        with no(rule), transaction.atomic():
            Takedown.objects.filter(pk=made.pk).update(**fields)
    stays = "a takedown stays as it was written"
    with no(stays), transaction.atomic():
        Takedown.objects.filter(pk=made.pk).update(reason="Other.")
    with no(stays), transaction.atomic():
        Takedown.objects.filter(pk=made.pk).delete()
    takedown.confirm(made, by=publisher)
    with no(stays), transaction.atomic():
        Takedown.objects.filter(pk=made.pk).update(confirmed_by=member("medical lead"))


def a_page_of(revision: Revision, by: User, **fields) -> PublishedPage:
    return PublishedPage(article=revision.article, revision=revision, title="X", published_by=by, **fields)


def test_the_database_goes_never_back_behind_a_safety_correction(published, publisher):
    revise(published.article, PAGE.replace(COUGH, SAFE), significance=Significance.SAFETY_CORRECTION)
    with no("never goes back behind a safety correction"), transaction.atomic():
        PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher)])


def test_the_database_hides_blocks_behind_signed_notices_only(published, officer, notice, publisher):
    digest = published.revision.blocks.get(canonical__contains=COUGH).digest
    with no("hidden_blocks_have_a_notice_in_their_place|signed beforehand"), transaction.atomic():
        PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher, hidden=[digest])])
    with no("hidden_blocks_have_a_notice_in_their_place"), transaction.atomic():
        PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher, notice=notice)])
    unsigned = EmergencyNotice.objects.create(text="Another.", written_by=officer)
    with no("behind a notice that was signed beforehand"), transaction.atomic():
        PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher, hidden=[digest], notice=unsigned)])


def test_the_database_hides_only_blocks_that_are_there_and_each_once(published, notice, officer, publisher):
    (hidden,) = hide(published.article, "short of breath", notice, officer).page.hidden
    for more in ([hidden, hidden], [hidden, "0" * 64], [hidden, "x"]):
        with no("only blocks of the page are hidden"), transaction.atomic():
            PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher, hidden=more, notice=notice)])


def test_the_database_asks_for_every_signature_unless_more_is_hidden_of_what_readers_see(
    published, notice, officer, reviewer, publisher
):
    hidden = hide(published.article, "short of breath", notice, officer).page.hidden
    signing.withdraw(signature_on(published.article, COUGH), reason="Wrong.", by=reviewer)
    for fields in ({"hidden": hidden, "notice": notice}, {}):
        with no("every block needs a sign-off"), transaction.atomic():
            PublishedPage.objects.bulk_create([a_page_of(published.revision, publisher, **fields)])


def test_the_database_keeps_notices_as_they_were_signed(officer, reviewer, notice):
    credential = notice.credential
    with no("a signed notice does not change"), transaction.atomic():
        EmergencyNotice.objects.filter(pk=notice.pk).update(text="Other words.")
    signed = {"signed_by": reviewer, "credential": credential, "signed_at": timezone.now()}
    tries = [
        ("an_emergency_notice_says_something", {"text": "", "written_by": officer}),
        ("somebody_else_signs_a_notice", {"text": "x", "written_by": reviewer, **signed}),
        ("a_signed_notice_says_by_whom_and_when", {"text": "x", "written_by": officer, "signed_at": timezone.now()}),
        ("a notice is signed with a credential", {"text": "x", "written_by": reviewer, **signed, "signed_by": officer}),
    ]
    for rule, fields in tries:
        with no(rule), transaction.atomic():
            EmergencyNotice.objects.bulk_create([EmergencyNotice(**fields)])


def test_the_database_keeps_emergency_edits(published, notice, officer, reviewer):
    edit = hide(published.article, COUGH, notice, officer)
    stays = "an emergency edit stays as it was written"
    with no(stays), transaction.atomic():
        EmergencyEdit.objects.filter(pk=edit.pk).update(reason="Other.")
    with no(stays), transaction.atomic():
        EmergencyEdit.objects.filter(pk=edit.pk).delete()
    with no("a_reviewed_edit_says_by_whom_when_and_what"), transaction.atomic():
        EmergencyEdit.objects.filter(pk=edit.pk).update(reviewed_by=reviewer)
    with no("somebody_else_reviews_an_emergency_edit"), transaction.atomic():
        EmergencyEdit.objects.filter(pk=edit.pk).update(reviewed_by=officer, reviewed_at=timezone.now(), finding="x")
    with no("an_emergency_edit_says_why"), transaction.atomic():
        EmergencyEdit.objects.bulk_create([EmergencyEdit(page=published, by=officer, reason="")])


def test_the_database_publishes_nothing_while_a_comment_stops_it(approved, publisher, reviewer):
    block = approved.blocks.get(key="title")
    # Past the desk, which would send the revision back to review.
    Comment.objects.bulk_create(
        [
            Comment(
                article=approved.article,
                revision=approved,
                author=reviewer,
                text="Stop.",
                blocking=True,
                block_key=block.key,
                digest=block.digest,
                quote="Stage 4",
            )
        ]
    )
    with no("a page is published once its blocking comments are resolved"), transaction.atomic():
        PublishedPage.objects.bulk_create([a_page_of(approved, publisher)])


def test_a_withdrawal_for_safety_takes_the_words_from_readers_whoever_else_signed_them(
    client, in_review, reviewer, second_reviewer, medical_lead, publisher
):
    Article.objects.filter(pk=in_review.article_id).update(risk_class="high")
    in_review.article.refresh_from_db()
    for signer in (reviewer, a_reviewer("third@example.org", verified_by=medical_lead), second_reviewer):
        sign_all(in_review, signer)
    in_review.refresh_from_db()
    publish(in_review, by=publisher)
    block = in_review.blocks.get(canonical__contains=COUGH)
    withdraw_for_safety(
        in_review.sign_offs.get(digest=block.digest, reviewer=reviewer), reason="It is wrong.", by=reviewer
    )
    assert client.get(AT).status_code == 410
    assert {one.withdrawal.severity for one in in_review.sign_offs.filter(digest=block.digest)} == {"safety"}
    assert in_review.sign_offs.exclude(digest=block.digest).filter(withdrawal=None).exists()
