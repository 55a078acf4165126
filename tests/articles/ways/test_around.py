"""Ways that were once found to take words from readers unread, to sign on a credential that does not hold, or to
hinder an emergency: none of them leads anywhere now.
"""

from __future__ import annotations

import datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from articles.models import (
    Article,
    Byline,
    Credential,
    PublishedPage,
    Revision,
    RevisionStatus,
    SignOff,
)
from articles.publishing import emergency, safety, takedown
from articles.publishing.publish import PublishingRefused
from articles.review import coverage, drafting, reaffirming, signing, suggesting
from articles.review.coverage import (
    TAKEN_OUT,
    blocks_and_unsigned,
    follow_credentials,
    live_sign_offs,
    live_without_every_signature,
)
from articles.review.screen import ShownBlock, screen_for
from articles.review.signing import SignOffRefused
from articles.review.taking_out import taken_out_by
from articles.review.waiting import as_waiting, reviews_for
from mesoinfo import roles
from tests.articles.ways.steps import (
    ADVICE,
    COUGH,
    COUGHING,
    FEW,
    MANY,
    WITH_ADVICE,
    WITH_BOX,
    advice_in_place_of_the_box,
    block_with,
    handed_in,
    hide,
    hide_cough,
    led_back_to_the_box,
    live,
    named,
    published,
    revoke,
    sign_taken_out,
    signature_on,
    submitted,
    to_sign,
)
from tests.conftest import (
    PAGE,
    STAGE_4,
    a_reviewer,
    member,
    sign_all,
    without_triggers,
)
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("page_once")


# Words that readers have


@pytest.mark.whole
def test_words_do_not_go_unread_where_an_earlier_taking_out_lost_its_signature(page, third, fourth):
    signing.withdraw(advice_in_place_of_the_box(third, fourth), reason="They need the box.", by=third)
    as_before = submitted(WITH_BOX)
    assert to_sign(as_before) == [TAKEN_OUT]
    [told] = taken_out_by(as_before)
    assert [change.before_html for change in told.changes] == [f"<p><del>{ADVICE}</del></p>\n"]


def test_nor_where_a_byline_names_who_signed_that(page, third, fourth):
    advice_in_place_of_the_box(third, fourth)
    named(third)
    assert to_sign(submitted(WITH_BOX)) == [TAKEN_OUT]


def test_nor_where_the_risk_of_the_page_was_raised(page, third, fourth):
    advice_in_place_of_the_box(third, fourth)
    Article.objects.update(risk_class="high")
    assert TAKEN_OUT in to_sign(submitted(WITH_BOX))


def test_nor_in_the_revision_after(page, third, fourth):
    """What nobody answers for any longer is asked for until somebody does, however many revisions came in between."""
    advice_in_place_of_the_box(third, fourth)
    as_before = submitted(WITH_BOX)
    signed = sign_taken_out(as_before, fourth)
    published(as_before)
    signing.withdraw(signed, reason="They need the advice.", by=fourth)
    assert to_sign(submitted(MANY)) == [COUGHING, TAKEN_OUT]


def test_what_readers_were_led_back_to_does_not_go_unread(page, fourth):
    led_back_to_the_box(fourth)
    assert TAKEN_OUT in to_sign(submitted(PAGE.replace("Most", "Many")))


@pytest.mark.whole
def test_nor_once_who_signed_that_takes_it_back_when_the_revision_is_live(page, third, fourth):
    led_back_to_the_box(fourth)
    without = submitted(PAGE.replace("Most", "Many"))
    signed = sign_taken_out(without, third)
    sign_all(without, fourth)
    published(without)
    signing.withdraw(signed, reason="They need the box.", by=third)
    assert to_sign(without) == [TAKEN_OUT]
    assert live_without_every_signature().get() == page.article
    assert TAKEN_OUT in to_sign(submitted(PAGE.replace("Most", "Several")))


def test_nor_is_that_signed_by_who_started_the_draft_while_readers_had_the_shorter_page(page, third, fourth):
    roles.appoint(third, "writer", by=None)
    without = submitted(PAGE.replace("Most", "Few"))
    sign_taken_out(without, fourth)
    sign_all(without, fourth)
    published(without)
    draft = drafting.start_draft(page.article, by=third)
    safety.withdraw_for_safety(signature_on(without, COUGHING), reason="It could do harm.", by=fourth)
    drafting.save_draft(draft, text=PAGE.replace("Most", "Many"), version=draft.version, by=member("writer"))
    revision = handed_in(draft)
    assert TAKEN_OUT in to_sign(revision)
    with pytest.raises(SignOffRefused):
        sign_taken_out(revision, third)


def test_nor_what_a_page_that_readers_were_led_back_to_lacks(page, third, fourth):
    """Nobody has signed that the advice goes: it went in a safety step that was about something else."""
    with_advice = submitted(WITH_ADVICE.replace("Most", "Few"))
    sign_all(with_advice, fourth)
    published(with_advice)
    safety.withdraw_for_safety(signature_on(with_advice, COUGHING), reason="It could do harm.", by=fourth)
    assert ADVICE not in live().body_html
    assert TAKEN_OUT in to_sign(submitted(MANY))


def test_nor_once_that_page_is_taken_down(page, fourth, medical_lead):
    led_back_to_the_box(fourth)
    takedown.take_down(live().article, reason="It could do harm.", by=medical_lead)
    assert TAKEN_OUT in to_sign(submitted(PAGE.replace("Most", "Many")))


def test_who_restores_what_readers_were_led_away_from_does_not_sign_that_the_box_goes(page, third, fourth):
    without = led_back_to_the_box(fourth)
    roles.appoint(third, "writer", by=None)
    restored = handed_in(drafting.restore(without, by=third))
    assert TAKEN_OUT in to_sign(restored)
    with pytest.raises(SignOffRefused):
        sign_taken_out(restored, third)


def test_who_only_started_the_draft_of_an_earlier_revision_signs_what_a_later_one_takes_out(page, third, fourth):
    roles.appoint(third, "writer", by=None)
    draft = drafting.start_draft(page.article, by=third)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=member("writer"))
    without = handed_in(draft)
    signed = sign_taken_out(without, fourth)
    published(without)
    signing.withdraw(signed, reason="They need the box.", by=fourth)
    shorter = submitted(PAGE.replace(f"{COUGH}\n\n", ""))
    assert len(taken_out_by(shorter)) == 2
    sign_taken_out(shorter, third)
    assert shorter.status == RevisionStatus.APPROVED


def test_everything_is_told_that_goes_since_any_of_those_revisions(page, third, fourth):
    signing.withdraw(advice_in_place_of_the_box(third, fourth), reason="They need the box.", by=third)
    without_both = submitted(PAGE)
    screen = screen_for(fourth, without_both)
    assert screen.taken_out is not None
    assert [(since.number, [change.name for change in changes]) for since, changes in screen.taken_out.parts] == [
        (2, ["Paragraph, taken out"]),
        (1, ["Box “important”, taken out"]),
    ]
    signing.sign_blocks(without_both, tokens=screen.taken_out.tokens, by=fourth)
    assert without_both.status == RevisionStatus.APPROVED


def test_a_box_that_was_moved_and_reworded_is_told_beside_another_that_is_gone(page, reviewer):
    long = ":::warning\nCall 911 at once if your lips turn blue, or if you faint, or if you see stars.\n:::\n"
    two_boxes = submitted(f"{WITH_BOX}\n{long}")
    sign_all(two_boxes, reviewer)
    published(two_boxes)
    reworded = long.replace("or if you faint", "or if you fall asleep")
    [told] = taken_out_by(submitted(PAGE.replace("## Symptoms", f"{reworded}\n## Symptoms")))
    shown = " ".join(change.before_html for change in told.changes)
    assert "lips turn blue" in shown
    assert "Call 911 if you cannot breathe" in shown


def test_what_was_signed_stays_signed_once_the_byline_is_gone(page, third, fourth):
    without = submitted(PAGE)
    sign_taken_out(without, third)
    published(without)
    byline = named(third)
    shorter = submitted(PAGE.replace(f"{COUGH}\n\n", ""))
    sign_taken_out(shorter, fourth)
    published(shorter)
    byline.delete()
    assert to_sign(shorter) == []


@pytest.mark.parametrize(
    "wording",
    [
        "Call your doctor when it suits you.",
        ":::checklist\n- Write down your questions\n- Bring somebody with you\n:::",
    ],
    ids=["new words", "words that stand on the page already"],
)
def test_who_suggested_other_words_in_its_place_does_not_sign_that_it_goes(page, third, writer, wording):
    box = block_with(page.revision, "Call 911", "warning")
    suggestion = suggesting.suggest(page.revision, block=box, wording=wording, reason="Calmer.", by=third)
    draft = drafting.start_draft(page.article, by=writer)
    suggesting.accept(suggestion, draft, text=draft.text, version=draft.version, by=writer)
    revision = handed_in(draft)
    assert TAKEN_OUT in to_sign(revision)
    with pytest.raises(SignOffRefused):
        sign_taken_out(revision, third)


@pytest.mark.parametrize(
    "start",
    [
        lambda page, third: drafting.start_draft(page.article, by=third),
        lambda page, third: drafting.restore(page.revision, by=third),
    ],
    ids=["started", "restored"],
)
def test_who_began_a_draft_before_the_words_came_does_not_sign_that_they_go(page, third, fourth, start):
    roles.appoint(third, "writer", by=None)
    with_advice = submitted(WITH_ADVICE)
    without = start(page, third)
    sign_all(with_advice, fourth)
    published(with_advice)
    handed_in(without)
    assert to_sign(without) == [TAKEN_OUT]
    with pytest.raises(SignOffRefused):
        sign_taken_out(without, third)


# Credentials


def test_what_was_signed_and_recalled_counts_no_longer_once_the_credential_is_revoked(page, third, writer, notice):
    hide_cough(notice)
    revision = submitted(WITH_BOX)
    sign_all(revision, third)
    draft = drafting.recall(revision, reason="Once more.", by=writer)
    revoke(third)
    assert to_sign(handed_in(draft)) == [COUGHING]


def test_nor_does_the_second_signature_on_a_page_that_became_risky(page, fourth, writer):
    Article.objects.update(risk_class="high")
    revision = submitted(WITH_BOX)
    sign_all(revision, fourth)
    assert revision.status == RevisionStatus.APPROVED
    draft = drafting.recall(revision, reason="Once more.", by=writer)
    revoke(fourth)
    assert COUGHING in to_sign(handed_in(draft))


def test_publishing_does_not_revive_a_signature_that_had_lapsed(page, third, fourth, client):
    revision = submitted(MANY)
    sign_all(revision, third)
    revoke(third)
    assert follow_credentials() == 1
    revision.refresh_from_db()
    sign_all(revision, fourth)
    published(revision)
    digest = revision.blocks.get(key=COUGHING).digest
    assert [sign_off.reviewer for sign_off in live_sign_offs(revision) if sign_off.digest == digest] == [fourth]
    shown = client.get(f"/{STAGE_4}/").content.decode()
    assert "fourth" in shown
    assert "third" not in shown
    signing.withdraw(SignOff.objects.get(reviewer=fourth), reason="No.", by=fourth)
    assert to_sign(revision) == [COUGHING]


def test_nor_one_on_what_was_taken_out(page, third, fourth):
    revision = submitted(PAGE)
    sign_taken_out(revision, third)
    revoke(third)
    follow_credentials()
    revision.refresh_from_db()
    signed = sign_taken_out(revision, fourth)
    published(revision)
    signing.withdraw(signed, reason="No.", by=fourth)
    assert to_sign(revision) == [TAKEN_OUT]


def test_nor_does_it_count_among_the_two_of_a_risky_page(page, third, fourth, second_reviewer):
    Article.objects.update(risk_class="high")
    revision = submitted(MANY)
    sign_all(revision, third)
    revoke(third)
    sign_all(revision, second_reviewer)
    sign_all(revision, fourth)
    published(revision)
    digest = revision.blocks.get(key=COUGHING).digest
    signing.withdraw(SignOff.objects.get(reviewer=fourth, digest=digest), reason="No.", by=fourth)
    assert to_sign(revision) == [COUGHING]


def test_hidden_words_do_not_come_back_on_a_revoked_credential(page, third, medical_lead, publisher, notice):
    hide_cough(notice)
    sign_all(submitted(WITH_BOX), third)
    revoke(third)
    follow_credentials()
    down = takedown.take_down(live().article, reason="To bring it back.", by=medical_lead)
    with pytest.raises(PublishingRefused):
        takedown.lift(down, by=publisher)


def test_nor_when_more_of_the_page_is_hidden_meanwhile(page, third, notice):
    hide_cough(notice)
    revision = submitted(WITH_BOX)
    sign_all(revision, third)
    hide(block_with(live().revision, "Call 911", "warning"), notice)
    revoke(third)
    assert COUGHING in to_sign(revision)


def test_readers_are_not_told_of_whoever_signed_what_is_hidden_from_them(page, third, notice, client):
    hide_cough(notice)
    sign_all(submitted(WITH_BOX), third)
    assert "third" not in client.get(f"/{STAGE_4}/").content.decode()


def test_nor_do_words_withdrawn_for_safety(page, third, fourth, medical_lead, writer):
    few = submitted(FEW)
    sign_all(few, fourth)
    published(few)
    cough = signature_on(page.revision, COUGHING)
    safety.withdraw_for_safety(cough, reason="It could do harm.", by=medical_lead)
    most = submitted(WITH_BOX)
    sign_all(most, third)
    revoke(third)
    drafting.abandon(most, reason="Not now.", by=writer)
    safety.withdraw_for_safety(signature_on(few, COUGHING), reason="It could do harm.", by=medical_lead)
    assert Article.objects.get().live is None


def test_words_that_readers_have_no_longer_need_a_credential_that_holds(page, third, fourth, medical_lead):
    advice = submitted(FEW.replace("## Treatment", f"{ADVICE}\n\n## Treatment"))
    sign_all(advice, third, except_for=(COUGHING,))
    sign_all(advice, fourth)
    published(advice)
    safety.withdraw_for_safety(signature_on(advice, COUGHING), reason="It could do harm.", by=fourth)
    assert ADVICE not in live().body_html
    revoke(third)
    takedown.take_down(live().article, reason="It could do harm.", by=medical_lead)
    assert "symptoms/p-3" in to_sign(submitted(advice.text.replace("Few", "Most")))


def test_of_revisions_that_rest_on_credentials_one_that_fails_holds_no_other_up(page, third, monkeypatch):
    revision = submitted(MANY)
    sign_all(revision, third)
    revoke(third)
    monkeypatch.setattr(coverage, "_followed", fails_on(revision.pk, coverage._followed))
    assert follow_credentials() == 0
    monkeypatch.undo()
    assert follow_credentials() == 1


def fails_on(pk: int, otherwise):
    def followed(revision_id: int, article_id: int) -> bool:
        if revision_id == pk:
            raise OperationalError("deadlock detected")
        return bool(otherwise(revision_id, article_id))

    return followed


def test_once_the_credential_is_renewed_the_revision_is_approved_again(page, medical_lead):
    today = timezone.now().date()
    renewing = a_reviewer("renewing@example.org", verified_by=medical_lead, valid_until=today)
    revision = submitted(MANY)
    sign_all(revision, renewing)
    credential = Credential.objects.get(person__user=renewing)
    credential.valid_until, credential.verified_at, credential.verified_by = today, None, None
    credential.save()
    assert follow_credentials() == 1
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.IN_REVIEW
    credential.valid_until = today + datetime.timedelta(days=365)
    credential.save()
    credential.verify(by=medical_lead)
    assert follow_credentials() == 1
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.APPROVED


def test_the_day_is_that_of_utc_whatever_the_session_says(page, medical_lead):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    late = a_reviewer("late@example.org", verified_by=medical_lead, valid_until=yesterday)
    revision = submitted(MANY)
    row = {
        "article": revision.article,
        "revision": revision,
        "digest": revision.blocks.get(key=COUGHING).digest,
        "html_hash": "0" * 64,
        "reviewer": late,
        "credential": Credential.objects.get(person__user=late),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE '<yesterday>+23:59'")
    with refused("a signature needs a credential of the reviewer, verified and not expired"):
        SignOff.objects.bulk_create([SignOff(**row)])


# Emergencies


def test_blocks_are_hidden_although_no_author_is_named(page, notice):
    with without_triggers("articles_byline"):
        Byline.objects.all().delete()
    hide_cough(notice)
    assert COUGH not in live().body_html


def test_readers_are_led_back_although_no_author_is_named(page, third, fourth):
    signed = advice_in_place_of_the_box(third, fourth)
    with without_triggers("articles_byline"):
        Byline.objects.all().delete()
    safety.withdraw_for_safety(signed, reason="They need the box.", by=third)
    assert "Call 911" in live().body_html


@pytest.mark.parametrize(
    ("more", "words", "kind"),
    [
        (f"## More\n\n{COUGH}\n", COUGH, "paragraph"),
        ("Call 911 if you cannot breathe.\n", "Call 911 if you cannot breathe.", "paragraph"),
    ],
    ids=["under another heading", "in a box"],
)
def test_hiding_a_paragraph_leaves_the_same_words_where_they_stand_as_well(page, reviewer, notice, more, words, kind):
    revision = submitted(f"{WITH_BOX}\n{more}")
    sign_all(revision, reviewer)
    published(revision)
    times = live().body_html.count(words)
    hide(block_with(revision, words, kind), notice)
    assert live().body_html.count(words) == times - 1
    assert live().body_html.count(notice.text) == 1


def test_an_offer_on_top_of_the_page_is_hidden(page, notice):
    hide(block_with(page.revision, "case-review", "offer"), notice)
    assert live().hero_html == f'<p class="notice">{notice.text}</p>\n'
    assert live().body_html == page.body_html


def test_one_more_block_is_hidden_beside_those_that_are(page, notice):
    hide_cough(notice)
    both = [live().revision.blocks.get(key=COUGHING), block_with(page.revision, "Call 911", "warning")]
    digests = [block.digest for block in both]
    lead = member("medical lead")
    emergency.hide_blocks(live().article, digests=digests, notice=notice, reason="Wrong.", by=lead)
    assert live().hidden == sorted(digests)
    assert "Call 911" not in live().body_html


def test_words_that_are_hidden_are_withdrawn_without_touching_the_live_page(page, third, notice):
    hide_cough(notice)
    [signed] = sign_all(submitted(WITH_BOX), third)
    safety.withdraw_for_safety(signed, reason="It could do harm.", by=third)
    assert live().hidden


def test_readers_are_led_back_where_what_was_taken_out_lacked_a_signature_already(page, third, fourth):
    without = submitted(PAGE)
    signed = sign_taken_out(without, third)
    published(without)
    reworded = submitted(PAGE.replace("Most", "Many"))
    sign_all(reworded, fourth)
    published(reworded)
    named(third)
    safety.withdraw_for_safety(signed, reason="They need the box.", by=third)
    assert "Call 911" in live().body_html


def test_words_that_readers_do_not_have_are_withdrawn_without_touching_the_live_page(page, third, fourth):
    with_advice = submitted(WITH_ADVICE)
    [signed] = sign_all(with_advice, fourth)
    published(with_advice)
    not_live = submitted(WITH_ADVICE.replace("Most", "Few"))
    sign_all(not_live, third)
    signing.withdraw(signed, reason="I want to look again.", by=fourth)
    safety.withdraw_for_safety(signature_on(not_live, COUGHING), reason="It could do harm.", by=third)
    assert ADVICE in live().body_html


# Work that nobody was offered


def test_a_live_page_that_lacks_a_signature_for_a_byline_is_listed_as_work(page, third, fourth):
    advice_in_place_of_the_box(third, fourth)
    named(third)
    assert live_without_every_signature().get() == page.article


def test_a_reviewer_who_edits_a_page_that_is_down_does_not_shut_its_gate(page, third, reviewer, medical_lead):
    takedown.take_down(page.article, reason="It could do harm.", by=medical_lead)
    roles.appoint(reviewer, "writer", by=None)
    draft = drafting.start_draft(Article.objects.get(), by=reviewer)
    drafting.save_draft(draft, text=MANY, version=draft.version, by=reviewer)
    revision = handed_in(draft)
    sign_all(revision, third)
    published(revision)
    assert "Many people cough" in live().body_html


def test_a_block_that_looks_different_than_when_it_was_signed_is_offered_to_a_colleague(page, third, fourth):
    """An offer that stood on top, and stands below a paragraph now."""
    revision = submitted(WITH_BOX.replace("::offer", "First, a word.\n\n::offer"))
    sign_all(revision, third)
    with pytest.raises(PublishingRefused, match="looks different than when it was signed"):
        published(revision)
    [offer] = screen_for(fourth, revision).to_sign
    assert isinstance(offer, ShownBlock)
    assert "Free case review" in offer.html
    signing.sign_blocks(revision, tokens=[offer.token], by=fourth)
    published(revision)
    assert "First, a word." in live().body_html


def test_a_page_that_fell_due_while_it_was_down_is_read_again_and_put_back(page, third, medical_lead, publisher):
    down = takedown.take_down(page.article, reason="We check it.", by=medical_lead)
    article = Article.objects.get()
    long_ago = timezone.now() - datetime.timedelta(days=3 * 366)
    with without_triggers("articles_signoff"):
        SignOff.objects.update(signed_at=long_ago)
    with pytest.raises(PublishingRefused, match="A reviewer reads it again first, and finds it still right"):
        takedown.lift(down, by=publisher)
    reaffirming.reaffirm(article, token=reaffirming.issue_token(third, page), by=third)
    takedown.lift(down, by=publisher)
    article.refresh_from_db()
    assert article.last_reviewed == timezone.now().date()
    assert COUGH in live().body_html


def test_who_took_out_all_that_is_left_to_sign_is_not_told_that_they_may(page, third, writer, client):
    box = block_with(page.revision, "Call 911", "warning")
    suggestion = suggesting.suggest(page.revision, block=box, wording=COUGH, reason="Calmer.", by=third)
    draft = drafting.start_draft(page.article, by=writer)
    suggesting.accept(suggestion, draft, text=draft.text, version=draft.version, by=writer)
    revision = handed_in(draft)
    assert [row.is_for_them for row in as_waiting(reviews_for(third), third)] == [False]
    _, unsigned = blocks_and_unsigned([revision.pk], by=third)[revision.pk]
    assert set(unsigned.values()) == {False}


# Past the desk


def test_a_revision_keeps_its_place_and_who_started_it(page, writer, publisher):
    draft = drafting.start_draft(page.article, by=writer)
    row = Revision.objects.filter(pk=draft.pk)
    for change in ({"number": 0}, {"created_by": publisher}, {"created_at": timezone.now()}):
        with refused("a revision keeps its page, its number, and who started it when"):
            row.update(**change)


def test_an_earlier_page_is_not_shown_again_while_the_live_one_is_signed(page, third, fourth, publisher):
    advice_in_place_of_the_box(third, fourth)
    with refused("an earlier revision is shown again only once the live page has lost a signature"):
        page.frozen_again(by=publisher)


def test_blocks_are_not_hidden_without_a_record(page, notice, publisher):
    with refused("whoever hides blocks of a page says why, on record"):
        page.frozen_again(by=publisher, hidden=[page.revision.blocks.get(key=COUGHING).digest], notice=notice)
        connection.check_constraints()


def test_a_credential_is_not_renewed_and_verified_in_one_step(page, third):
    later = timezone.now() + datetime.timedelta(days=999)
    credentials = Credential.objects.filter(person__user=third)
    with refused("a credential that changes has to be verified again"):
        credentials.update(valid_until=later.date(), verified_at=later)


def test_which_signatures_counted_is_not_for_the_writer_of_the_row_to_say(page, publisher):
    counted = sorted(SignOff.objects.values_list("pk", flat=True))
    assert page.signatures == counted
    assert PublishedPage.objects.get(pk=page.frozen_again(by=publisher, signatures=[1, 2]).pk).signatures == counted
