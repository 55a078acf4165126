"""Ways that were once found to lead readers back to what was taken from them, to answer alone for what one brought
back, or to leave everybody who is willing with nothing to do: none of them leads anywhere now.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from articles.models import (
    Article,
    Block,
    Byline,
    Freshness,
    Offer,
    PublishedPage,
    Revision,
    RevisionStatus,
    Significance,
    SignOff,
    Takedown,
)
from articles.publishing import safety, takedown
from articles.publishing.publish import PublishingRefused
from articles.review import coverage, drafting, freshness, reaffirming, signing, suggesting
from articles.review.coverage import TAKEN_OUT, follow_credentials, live_without_every_signature
from articles.review.screen import ShownBlock, ShownTakenOut, screen_for
from articles.review.signing import SignOffRefused
from articles.review.taking_out import taken_out_by
from mesoinfo import roles
from mesoinfo.models import User
from tests.articles.ways.steps import (
    ADVICE,
    COUGH,
    COUGHING,
    FEW,
    MANY,
    WITH_ADVICE,
    WITH_BOX,
    block_with,
    handed_in,
    hide,
    hide_cough,
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
    the_author,
    the_source,
    the_topic,
    without_triggers,
)
from tests.desk_answers import told
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("page_once")
HARM = "It could do harm."
STUDY = "One study described"
LONG_AGO = datetime.timedelta(days=3 * 366)


def article() -> Article:
    return Article.objects.get()


def gone_out(text: str, *signers: User) -> Revision:
    """A revision with this text that readers have now."""
    revision = submitted(text)
    for signer in signers:
        sign_all(revision, signer)
    return published(revision)


def withdraw(revision: Revision, by: User) -> None:
    """For safety, the words on coughing."""
    digest = revision.blocks.get(key=COUGHING).digest
    signed = SignOff.objects.filter(digest=digest, withdrawal=None).first()
    assert signed is not None
    safety.withdraw_for_safety(signed, reason=HARM, by=by)


def take_down(by: User) -> Takedown:
    return takedown.take_down(article(), reason="We check it.", by=by)


def correction(text: str) -> Revision:
    draft = drafting.start_draft(article(), by=member("writer"))
    drafting.save_draft(draft, text=text, version=draft.version, by=member("writer"))
    drafting.submit(draft, change_note="A dose.", significance=Significance.SAFETY_CORRECTION, by=member("writer"))
    draft.refresh_from_db()
    return draft


def three_years_pass() -> None:
    """Since everything was signed that is signed so far."""
    with without_triggers("articles_signoff"):
        SignOff.objects.update(signed_at=timezone.now() - LONG_AGO)
    page = article()
    assert page.shown_last is not None
    if reviewed := coverage.reviewed_on(page.shown_last.revision):
        freshness.set_dates(page, reviewed)
        page.save(update_fields=["last_reviewed", "next_due"])


def still_right(by: User) -> bool:
    page = article().shown_last
    assert page is not None
    return reaffirming.reaffirm(article(), token=reaffirming.issue_token(by, page), by=by).completes


def sign_what_is_offered(revision: Revision, *willing: User) -> list[str]:
    """Everybody signs all that their screen offers; returns the keys of that."""
    keys = []
    for who in willing:
        revision.refresh_from_db()
        offered = screen_for(who, revision).to_sign
        tokens = [token for item in offered for token in _tokens(item)]
        if tokens:
            signing.sign_blocks(revision, tokens=tokens, by=who)
        keys += [item.block.key if isinstance(item, ShownBlock) and item.block else TAKEN_OUT for item in offered]
    revision.refresh_from_db()
    return keys


def _tokens(item: ShownBlock | ShownTakenOut) -> list[str]:
    return [item.token] if isinstance(item, ShownBlock) else item.tokens


# What was taken from readers


@pytest.mark.parametrize("who", ["medical_lead", "third"])
def test_what_was_taken_down_does_not_come_back_by_a_fall_back(page, third, who, request):
    by = request.getfixturevalue(who)
    take_down(by)
    withdraw(gone_out(MANY, third), by)
    assert article().live is None


def test_nor_what_was_withdrawn_as_out_of_date(page, third, publisher):
    takedown.withdraw_page(page.article, reason="Old.", reader_note="This is out of date.", by=publisher)
    withdraw(gone_out(MANY, third), third)
    assert article().live is None


def test_nor_past_the_desk(page, third, medical_lead, publisher):
    take_down(medical_lead)
    many = gone_out(MANY, third)
    signing.withdraw(signature_on(many, COUGHING), reason="To look again.", by=third)
    with refused("an earlier revision that was taken from readers, or part of it hidden, stays away"):
        page.frozen_again(by=publisher)


@pytest.mark.parametrize("withdrawn", [False, True], ids=["taken down", "withdrawn"])
def test_what_was_put_back_does(page, third, medical_lead, publisher, withdrawn):
    if withdrawn:
        standing = takedown.withdraw_page(page.article, reason="Old.", reader_note="It is old.", by=publisher)
    else:
        standing = take_down(medical_lead)
    takedown.lift(standing, by=publisher)
    withdraw(gone_out(MANY, third), third)
    assert COUGH in live().body_html


def test_a_fall_back_does_not_show_hidden_words_that_nobody_published(page, third, notice):
    """One reviewer signs them in a revision that is under review, then withdraws another signature of their own."""
    more = gone_out(MANY.replace("short of breath", "weak"), third)
    hide(block_with(more, "Call 911", "warning"), notice)
    sign_all(submitted(MANY), third)
    withdraw(more, third)
    assert article().live is None


def test_it_does_once_they_were_published_again(page, third, notice):
    more = gone_out(MANY.replace("short of breath", "weak"), third)
    hide(block_with(more, "Call 911", "warning"), notice)
    gone_out(MANY, third)
    few = gone_out(FEW, third)
    withdraw(few, third)
    assert "Call 911" in live().body_html


@pytest.mark.parametrize("before", [True, False], ids=["before", "while one more block is hidden"])
def test_hidden_words_are_gone_from_search_although_their_source_was_changed(page, notice, client, before):
    study = block_with(page.revision, STUDY, "paragraph")
    if not before:
        hide(study, notice)
    source = the_source()
    source.csl = {**source.csl, "title": "Another title"}
    source.save()
    if before:
        hide(study, notice)
    else:
        hide_cough(notice)
    assert STUDY not in live().body_html
    assert STUDY not in live().plain_text
    assert "described a trial" not in told(client.get("/search/", {"q": "stage 4 study"}))


def test_nor_do_machines_get_the_answer_of_a_hidden_question(page, reviewer, notice, client):
    asked = f"{WITH_BOX}\n## Questions\n\n:::faq\n### Does it help?\n\nOne study says so [@trial2020].\n:::\n"
    revision = gone_out(asked, reviewer)
    assert "One study says so" in client.get("/mesothelioma/stage-4/").content.decode()
    source = the_source()
    source.csl = {**source.csl, "title": "Another title"}
    source.save()
    hide(next(block for block in revision.blocks.all() if "One study says so" in block.canonical), notice)
    assert "One study says so" not in client.get("/mesothelioma/stage-4/").content.decode()


def test_readers_are_led_back_step_by_step_until_nothing_is_left(page, third, medical_lead):
    steps = [gone_out(WITH_BOX.replace("Most", word), third) for word in ("Many", "Few", "Several")]
    for revision, word in zip(reversed(steps), ("Few", "Many", "Most"), strict=True):
        withdraw(revision, medical_lead)
        assert f"{word} people cough" in live().body_html
    withdraw(page.revision, medical_lead)
    assert article().page_state == "taken_down"


def test_what_readers_were_led_away_from_does_not_come_back_by_another_fall_back(page, third, fourth, medical_lead):
    """Many was withdrawn for safety. Few is live; Many is signed by one in a revision that nobody publishes."""
    withdraw(gone_out(MANY, third), medical_lead)
    few = gone_out(FEW, third)
    many = submitted(MANY)
    sign_all(many, fourth)
    safety.withdraw_for_safety(signature_on(few, COUGHING), reason=HARM, by=third)
    assert "Many people cough" not in (live().body_html if article().live else "")


def test_a_fall_back_does_not_go_behind_a_takedown_to_the_same_words(page, third, medical_lead):
    """2 is 1 with another word; it is taken down for the box. 3 has no box, and something else in it is withdrawn."""
    gone_out(WITH_BOX.replace("short of breath", "weak"), third)
    take_down(medical_lead)
    without = submitted(PAGE.replace("Most", "Many"))
    sign_taken_out(without, third)
    sign_all(without, third)
    published(without)
    withdraw(without, third)
    assert "Call 911" not in (live().body_html if article().live else "")


def test_a_fall_back_does_not_show_hidden_words_whose_source_changed_since(page, third, notice):
    source = the_source()
    source.csl = {**source.csl, "title": "Another title"}
    source.save()
    many = gone_out(MANY, third)
    hide(block_with(many, STUDY, "paragraph"), notice)
    assert STUDY not in live().body_html
    withdraw(many, third)
    assert STUDY not in (live().body_html if article().live else "")


def test_nor_words_withdrawn_for_safety_whose_source_changed_since(page, third):
    source = the_source()
    source.csl = {**source.csl, "title": "Another title"}
    source.save()
    many = gone_out(MANY, third)
    digest = block_with(many, STUDY, "paragraph").digest
    safety.withdraw_for_safety(SignOff.objects.get(digest=digest), reason=HARM, by=third)
    assert STUDY not in (live().body_html if article().live else "")


# Who answers for it


def test_whoever_brings_back_what_they_signed_does_not_answer_for_it_alone(page, third, medical_lead):
    withdraw(gone_out(WITH_ADVICE.replace("Most", "Few"), third), medical_lead)
    assert ADVICE not in live().body_html
    roles.appoint(third, "writer", by=None)
    draft = drafting.start_draft(article(), by=third)
    drafting.save_draft(draft, text=WITH_ADVICE, version=draft.version, by=third)
    drafting.submit(draft, change_note="Advice.", by=third)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.IN_REVIEW
    assert to_sign(draft) == [block_with(draft, ADVICE, "paragraph").key]


def test_nor_does_whoever_restores_it(page, third, medical_lead):
    with_advice = gone_out(f"{WITH_ADVICE}\nSee there.\n", third)
    there = SignOff.objects.get(digest=block_with(with_advice, "See there", "paragraph").digest)
    safety.withdraw_for_safety(there, reason=HARM, by=medical_lead)
    roles.appoint(third, "writer", by=None)
    with_advice.refresh_from_db()
    draft = drafting.restore(with_advice, by=third)
    drafting.save_draft(draft, text=WITH_ADVICE, version=draft.version, by=third)
    drafting.submit(draft, change_note="Advice.", by=third)
    assert block_with(draft, ADVICE, "paragraph").key in to_sign(draft)


def test_a_signature_that_lapsed_while_its_words_were_away_counts_no_more_once_they_are_back(
    page, reviewer, third, fourth
):
    gone_out(MANY, third)
    revoke(reviewer)
    back = submitted(WITH_BOX)
    assert to_sign(back) == [COUGHING]
    [signed] = sign_all(back, fourth)
    published(back)
    signing.withdraw(signed, reason="I misread it.", by=fourth)
    assert to_sign(back) == [COUGHING]
    few = gone_out(FEW, third)
    safety.withdraw_for_safety(signature_on(few, COUGHING), reason=HARM, by=third)
    assert live().revision.number == 2


def test_when_readers_got_a_page_is_not_for_the_writer_of_the_row_to_say(page, third, fourth, monkeypatch):
    roles.appoint(third, "writer", by=None)
    with_advice = submitted(WITH_ADVICE)
    draft = drafting.start_draft(article(), by=third)
    sign_all(with_advice, fourth)
    given(monkeypatch, PublishedPage, "published_at", timezone.now() - LONG_AGO)
    published(with_advice)
    monkeypatch.undo()
    handed_in(draft)
    assert to_sign(draft) == [TAKEN_OUT]
    with pytest.raises(SignOffRefused):
        sign_taken_out(draft, third)


def test_nor_when_a_draft_was_started(page, third, fourth, monkeypatch):
    roles.appoint(third, "writer", by=None)
    with_advice = submitted(WITH_ADVICE)
    given(monkeypatch, Revision, "created_at", timezone.now() + LONG_AGO)
    draft = drafting.start_draft(article(), by=third)
    monkeypatch.undo()
    sign_all(with_advice, fourth)
    published(with_advice)
    handed_in(draft)
    with pytest.raises(SignOffRefused):
        sign_taken_out(draft, third)


def given(monkeypatch: pytest.MonkeyPatch, model: type[Model], name: str, value: datetime.datetime) -> None:
    monkeypatch.setattr(model._meta.get_field(name), "_get_default", lambda: value)


@pytest.mark.parametrize("meanwhile", ["hidden", "put back"])
def test_whoever_started_a_draft_is_not_barred_by_a_page_frozen_again_with_the_same_words(
    page, third, medical_lead, publisher, notice, meanwhile
):
    roles.appoint(third, "writer", by=None)
    draft = drafting.start_draft(article(), by=third)
    if meanwhile == "hidden":
        hide_cough(notice)
    else:
        takedown.lift(take_down(medical_lead), by=publisher)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=member("writer"))
    sign_taken_out(handed_in(draft), third)


def test_a_suggestion_that_was_taken_over_in_a_later_draft_bars_nobody_from_this_revision(page, third, writer):
    revision = submitted(PAGE)
    block = revision.blocks.get(key=COUGHING)
    suggestion = suggesting.suggest(revision, block=block, wording="Many people cough.", reason="", by=third)
    draft = drafting.start_draft(article(), by=writer)
    suggesting.accept(suggestion, draft, text=draft.text, version=draft.version, by=writer)
    sign_taken_out(revision, third)


# What was signed long ago


def signed_again_and_taken_back(*signers: User) -> tuple[Revision, Block]:
    """A live page that was signed again; of the block that is returned, the first of the signers takes that back."""
    many = submitted(MANY)
    sign_what_is_offered(many, *signers)
    published(many)
    study = block_with(many, STUDY, "paragraph")
    newest = SignOff.objects.filter(digest=study.digest, reviewer=signers[0]).latest("pk")
    signing.withdraw(newest, reason="I misread it.", by=signers[0])
    return many, study


def test_publishing_does_not_revive_a_signature_that_was_too_old(page, third):
    three_years_pass()
    many, study = signed_again_and_taken_back(third)
    assert study.key in to_sign(many)


def test_nor_is_the_badge_kept_on_it(page, third, client):
    three_years_pass()
    signed_again_and_taken_back(third)
    assert live_without_every_signature().exists()
    assert "waiting to be checked again" in told(client.get(f"/{STAGE_4}/"))


def test_nor_among_the_two_of_a_risky_page(page, third, fourth, reviewer):
    Article.objects.update(risk_class="high")
    gone_out(WITH_BOX, third, fourth)
    with without_triggers("articles_signoff"):
        SignOff.objects.update(signed_at=timezone.now() - datetime.timedelta(days=400))
    many, study = signed_again_and_taken_back(third, fourth)
    assert study.key in to_sign(many)


def test_readers_are_not_told_of_a_signature_that_was_too_old(page, third, client):
    three_years_pass()
    many = submitted(MANY)
    sign_what_is_offered(many, third)
    published(many)
    assert live().signatures
    counted = {s.pk for s in coverage.live_sign_offs(many)}
    assert counted == set(live().signatures)


def test_a_safety_correction_does_not_bring_back_words_unread_for_years(page, third):
    gone_out(MANY, third)
    three_years_pass()
    back = correction(WITH_BOX)
    assert to_sign(back) == [COUGHING]


def test_nor_words_that_readers_never_had(page, third):
    many = submitted(MANY)
    sign_all(many, third)
    drafting.abandon(many, reason="Not now.", by=member("writer"))
    three_years_pass()
    assert to_sign(correction(MANY)) == [COUGHING]


def test_what_was_taken_out_and_waited_for_years_is_signed_again_by_the_same(page, third):
    without = submitted(PAGE)
    sign_taken_out(without, third)
    three_years_pass()
    assert follow_credentials() == 1
    keys = sign_what_is_offered(without, third)
    assert TAKEN_OUT in keys
    assert follow_credentials() == 0
    published(without)


def test_a_reading_counts_no_more_once_one_of_the_two_is_named(page, third, fourth, reviewer, second_reviewer):
    Article.objects.update(risk_class="high")
    gone_out(WITH_BOX, third, fourth)
    with without_triggers("articles_signoff"):
        SignOff.objects.update(signed_at=timezone.now() - datetime.timedelta(days=366))
    five = a_reviewer("fifth@example.org", verified_by=member("medical lead"))
    assert not still_right(five)
    assert still_right(second_reviewer)
    named(five)
    many = submitted(MANY)
    assert len(to_sign(many)) == many.blocks.count()


def test_a_reading_on_a_revoked_credential_keeps_no_old_signature(page, third, fourth):
    three_years_pass()
    still_right(fourth)
    revoke(fourth)
    many = submitted(MANY)
    assert len(to_sign(many)) == many.blocks.count()


def test_nor_does_the_reading_of_one_once_the_page_is_of_high_risk(page, third, fourth):
    three_years_pass()
    still_right(third)
    Article.objects.update(risk_class="high")
    many = submitted(MANY)
    keys = to_sign(many)
    assert len(keys) == many.blocks.count()


@pytest.mark.parametrize("what", ["hidden", "withdrawn"])
def test_nobody_is_sent_to_read_a_live_page_again_that_cannot_be_found_right(
    page, third, medical_lead, notice, client, what
):
    three_years_pass()
    if what == "hidden":
        hide_cough(notice)
    else:
        signing.withdraw(signature_on(page.revision, COUGHING), reason="To look again.", by=medical_lead)
    many = submitted(MANY)
    client.force_login(third)
    assert "Read the live page again" not in told(client.get(f"/admin/articles/revision/{many.pk}/review/"))


def test_once_the_page_is_read_again_the_revision_that_waited_is_approved(page, third, fourth):
    three_years_pass()
    many = submitted(MANY)
    sign_all(many, third, except_for=tuple(k for k in to_sign(many) if k != COUGHING))
    still_right(fourth)
    assert follow_credentials() == 1
    assert follow_credentials() == 0
    many.refresh_from_db()
    assert many.status == RevisionStatus.APPROVED
    published(many)


# Nobody is left with nothing to do


@pytest.mark.parametrize(
    "befalls",
    [
        lambda page, lead, notice: hide_cough(notice),
        lambda page, lead, notice: withdraw(page.revision, lead),
        lambda page, lead, notice: signing.withdraw(
            signature_on(page.revision, COUGHING), reason="To look again.", by=lead
        ),
        lambda page, lead, notice: named(User.objects.get(email="reviewer@example.org")),
    ],
    ids=["a block was hidden", "taken down for safety", "a signature was withdrawn", "its signer is named on it"],
)
def test_an_overdue_page_that_cannot_be_found_right_is_mended_and_read_block_by_block(
    page, third, medical_lead, notice, befalls: Callable[..., object]
):
    three_years_pass()
    befalls(page, medical_lead, notice)
    revision = submitted(MANY)
    assert len(sign_what_is_offered(revision, third)) == revision.blocks.count()
    published(revision)
    assert article().last_reviewed == timezone.now().date()


def test_the_screen_says_that_a_block_is_read_again_and_since_when_it_was_not(page, third, client: Client):
    three_years_pass()
    revision = submitted(MANY)
    client.force_login(third)
    shown = told(client.get(f"/admin/articles/revision/{revision.pk}/review/"))
    then = timezone.now() - LONG_AGO
    assert f"Last signed on {then:%-d %B %Y}. That is too long ago for a page of this risk: it is read again." in shown
    at = f"/admin/articles/article/{page.article_id}/read-again/"
    assert "9 blocks did not change, but were last read too long ago. Read the live page again" in shown
    assert client.get(at).status_code == 200


def test_whoever_signed_it_then_may_sign_it_again(page, reviewer):
    three_years_pass()
    revision = submitted(MANY)
    sign_what_is_offered(revision, reviewer)
    assert revision.status == RevisionStatus.APPROVED


def test_a_page_of_high_risk_is_read_again_by_two_and_sooner(page, third, fourth):
    Article.objects.update(risk_class="high")
    gone_out(WITH_BOX, third, fourth)
    with without_triggers("articles_signoff"):
        SignOff.objects.update(signed_at=timezone.now() - datetime.timedelta(days=366))
    revision = submitted(MANY)
    sign_what_is_offered(revision, third)
    assert len(to_sign(revision)) == revision.blocks.count()
    sign_what_is_offered(revision, fourth)
    published(revision)


def test_the_last_day_a_signature_lasts_is_the_one_before_the_page_is_due(page, third):
    """As `freshness.next_due` counts, which the gate asks: the two never part."""
    revision = submitted(MANY)
    for days, lasts in ((729, True), (730, False), (731, False)):
        given_on = timezone.now() - datetime.timedelta(days=days)
        with without_triggers("articles_signoff"):
            SignOff.objects.update(signed_at=given_on)
        due = freshness.next_due(article(), given_on.date())
        assert (due > timezone.now().date()) is lasts
        assert ("title" not in to_sign(revision)) is lasts


def test_an_old_signature_counts_while_the_whole_page_was_found_right_since(page, third, fourth):
    three_years_pass()
    still_right(fourth)
    many = submitted(MANY)
    assert to_sign(many) == [COUGHING]
    gone = sign_all(many, third)
    assert len(gone) == 1
    published(many)


def test_an_earlier_wording_that_nobody_read_since_is_read_before_it_comes_back(page, third, fourth):
    gone_out(MANY, third)
    three_years_pass()
    still_right(fourth)
    back = submitted(WITH_BOX)
    assert sign_what_is_offered(back, third) == [COUGHING]
    published(back)


def test_what_was_approved_and_waited_for_years_goes_back_to_review(page, third, fourth):
    approved = submitted(MANY)
    sign_all(approved, third)
    three_years_pass()
    assert follow_credentials() == 1
    approved.refresh_from_db()
    assert approved.status == RevisionStatus.IN_REVIEW
    sign_what_is_offered(approved, fourth)
    published(approved)


def test_a_safety_correction_does_not_wait_for_the_rest_to_be_read(page, third):
    three_years_pass()
    draft = correction(MANY)
    assert sign_what_is_offered(draft, third) == [COUGHING]
    published(draft)
    assert article().last_reviewed == (timezone.now() - LONG_AGO).date()
    assert article().freshness is not Freshness.CURRENT


def test_who_read_a_page_that_is_no_longer_of_high_risk_is_enough(page, third, fourth):
    Article.objects.update(risk_class="high")
    gone_out(WITH_BOX, third, fourth)
    assert not still_right(third)
    Article.objects.update(risk_class="medium")
    assert still_right(third)


@pytest.mark.whole
def test_where_both_signed_what_looks_different_now_one_of_them_signs_it_anew(page, third, fourth):
    """An offer that stood on top, and stands below a paragraph now."""
    Article.objects.update(risk_class="high")
    base = submitted(WITH_BOX)
    sign_what_is_offered(base, third, fourth)
    published(base)
    moved = submitted(WITH_BOX.replace("::offer", "First, a word.\n\n::offer"))
    sign_what_is_offered(moved, third, fourth)
    published(moved)


def test_a_first_revision_that_waited_for_years_is_signed_anew(page, third, fourth, writer):
    other = Article.objects.create(address="mesothelioma/other", topic=the_topic())
    Byline.objects.create(article=other, person=the_author(), role="author")
    draft = drafting.start_draft(other, by=writer)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=writer)
    drafting.submit(draft, change_note="New.", by=writer)
    sign_all(draft, third)
    three_years_pass_on(other)
    sign_what_is_offered(draft, third)
    published(draft)


def three_years_pass_on(page: Article) -> None:
    with without_triggers("articles_signoff"):
        SignOff.objects.filter(article=page).update(signed_at=timezone.now() - LONG_AGO)


def test_a_draft_of_a_page_that_is_down_begins_with_what_readers_saw_last(page, third, medical_lead, writer):
    withdraw(gone_out(FEW, third), medical_lead)
    draft = drafting.start_draft(article(), by=writer)
    drafting.save_draft(draft, text=PAGE, version=draft.version, by=writer)
    drafting.abandon(draft, reason="Not so.", by=writer)
    take_down(medical_lead)
    assert drafting.start_draft(article(), by=writer).text == WITH_BOX


def test_what_a_shut_gate_of_a_page_that_is_down_asks_for_can_be_done(page, third, medical_lead, publisher):
    down = take_down(medical_lead)
    Offer.objects.update(heading="Another heading")
    with pytest.raises(PublishingRefused, match="Start a draft of the page, and submit that"):
        takedown.lift(down, by=publisher)
    revision = submitted(MANY)
    sign_what_is_offered(revision, third)
    published(revision)


def test_what_was_lost_by_a_fall_back_is_told_and_signed_by_who_is_willing(page, third, fourth, medical_lead):
    """1 has the box, 2 has not, 3 has it and advice; readers are led back to 2, and 4 has neither."""
    without = submitted(PAGE)
    sign_taken_out(without, third)
    published(without)
    withdraw(gone_out(WITH_ADVICE.replace("Most", "Many"), fourth), medical_lead)
    revision = submitted(PAGE.replace("Most", "Several"))
    told_of = "".join(change.before_html for one in taken_out_by(revision) for change in one.changes)
    assert "Call 911" in told_of
    assert ADVICE in told_of
    sign_what_is_offered(revision, third)
    published(revision)
