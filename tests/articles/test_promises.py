"""What PostgreSQL itself promises about pages: each test goes past the ORM's own rules and is refused."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.models import (
    Article,
    Block,
    Byline,
    Citation,
    Contribution,
    Credential,
    Disclosure,
    Image,
    Interest,
    Offer,
    Person,
    PublishedPage,
    Reaffirmation,
    ReviewRequest,
    ReviewScope,
    Revision,
    Schedule,
    Significance,
    SignOff,
    SignOffWithdrawal,
    Story,
    Takedown,
    Topic,
)
from articles.publishing.publish import publish
from articles.review import drafting, eligibility, reaffirming, signing
from articles.review.coverage import unsigned_blocks
from articles.review.dates import months_after
from mesoinfo import roles
from mesoinfo.models import User
from tests.conftest import AGREED, PAGE, a_reviewer, a_user, sign_all, without_triggers
from tests.refusing import refused

pytestmark = pytest.mark.usefixtures("draft_once")


def raw(sql: str, *params: str | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


# Topics and addresses


@pytest.mark.parametrize("slug", ["Mesothelioma", "two words", "-edge", "a--b", "ünicode", ""])
def test_a_topic_address_is_plain(db, slug):
    with refused("a_topic_address_is_plain"):
        Topic.objects.bulk_create([Topic(slug=slug, name="X", summary="X")])


@pytest.mark.parametrize("slug", ["search", "about", "admin", "free-case-review"])
def test_a_topic_takes_no_reserved_address(topic, slug):
    with refused("a_topic_takes_no_reserved_address|the address of a topic does not change"):
        Topic.objects.filter(pk=topic.pk).update(slug=slug)
    with refused("a_topic_takes_no_reserved_address"):
        Topic.objects.bulk_create([Topic(slug=slug, name="X", summary="X")])


def test_a_topic_is_not_its_own_parent(topic):
    with refused("a_topic_is_not_its_own_parent"):
        Topic.objects.filter(pk=topic.pk).update(parent=topic)


def test_topics_stand_in_no_circle(topic):
    rule = "a topic cannot stand under one of its own topics"
    below = Topic.objects.create(slug="below", name="X", summary="X", parent=topic)
    lowest = Topic.objects.create(slug="lowest", name="X", summary="X", parent=below)
    with refused(rule):
        Topic.objects.filter(pk=topic.pk).update(parent=below)
    with refused(rule):
        raw("UPDATE articles_topic SET parent_id = %s WHERE id = %s", lowest.pk, topic.pk)
    apart = Topic.objects.create(slug="apart", name="X", summary="X")
    with refused(rule):  # in one statement: each of its two moves looks fine
        raw(
            "UPDATE articles_topic SET parent_id = CASE id WHEN %s THEN %s ELSE %s END WHERE parent_id IS NULL",
            topic.pk,
            apart.pk,
            topic.pk,
        )
    with refused(rule):  # two new topics, each under the other
        raw(
            "INSERT INTO articles_topic (id, slug, name, summary, position, parent_id)"
            " VALUES (9001, 'a', 'A', '', 0, 9002), (9002, 'b', 'B', '', 0, 9001)"
        )
    Topic.objects.filter(pk=lowest.pk).update(parent=topic)
    Topic.objects.filter(pk=below.pk).update(parent=lowest)


def test_the_address_of_a_topic_stays(topic):
    with refused("the address of a topic does not change"):
        raw("UPDATE articles_topic SET slug = 'other' WHERE id = %s", topic.pk)


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("article", "lung-cancer/stage-4"),
        ("article", "mesothelioma"),
        ("article", "mesothelioma/Stage 4"),
        ("article", "mesothelioma/a/b"),
        ("topic_introduction", "mesothelioma/intro"),
    ],
)
def test_the_address_of_an_article_fits_its_topic(topic, kind, address):
    with refused("the address of an article|the introduction of a topic"):
        Article.objects.bulk_create([Article(kind=kind, address=address, topic=topic)])


def test_an_article_has_a_topic_and_a_page_its_own_address(topic):
    rule = "an_article_has_a_topic_and_a_page_its_own_address"
    for article in (
        Article(kind="article", address="x/y", topic=None),
        Article(kind="page", address="elsewhere", topic=None),
        Article(kind="pamphlet", address="about", topic=None),
        Article(kind="glossary_term", address="glossary/", topic=None),
        Article(kind="glossary_term", address="about", topic=None),
    ):
        with refused(rule):
            Article.objects.bulk_create([article])


def test_an_article_has_a_known_risk_class(article):
    with refused("an_article_has_a_risk_class"):
        Article.objects.filter(pk=article.pk).update(risk_class="none")


@pytest.mark.parametrize("column", ["live_id", "first_published_at", "last_reviewed", "next_due"])
def test_a_live_article_has_its_page_and_dates(published, column):
    with refused("a_live_article_has_a_page_and_its_dates"):
        raw(f"UPDATE articles_article SET {column} = NULL WHERE id = %s", published.article_id)


def test_an_article_shows_a_page_of_its_own(published, topic):
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    with refused("an article shows a page of its own"):
        raw(
            "UPDATE articles_article SET live_id = %s, page_state = 'live', first_published_at = now(),"
            " last_reviewed = now(), next_due = now() + interval '1 year' WHERE id = %s",
            published.pk,
            other.pk,
        )


def test_a_byline_is_named_once_with_a_known_role(article, author):
    with refused("one_byline_per_person_and_role"):
        Byline.objects.bulk_create([Byline(article=article, person=author, role="author")])
    with refused("a_byline_has_a_known_role"):
        Byline.objects.bulk_create([Byline(article=article, person=author, role="ghost")])


def test_whoever_is_quoted_has_agreed_on_a_day(article, author):
    with refused("whoever_is_quoted_has_agreed"):
        Byline.objects.bulk_create([Byline(article=article, person=author, role="quoted")])
    with refused("whoever_is_quoted_has_agreed"):
        raw("UPDATE articles_byline SET role = 'quoted' WHERE article_id = %s", article.pk)
    Byline.objects.create(article=article, person=author, role="quoted", agreed_on=AGREED)
    with refused("whoever_is_quoted_has_agreed"):
        Byline.objects.filter(role="quoted").update(agreed_on=None)


# People and what qualifies them


def test_a_person_has_a_name_and_a_plain_address(author):
    with refused("a_person_has_a_name"):
        Person.objects.filter(pk=author.pk).update(name="")
    with refused("a_persons_address_is_plain"):
        Person.objects.bulk_create([Person(slug="Dr Who", name="A name")])


def test_a_verification_says_who_and_when(reviewer):
    with refused("a_verification_says_who_and_when"):
        Credential.objects.filter(person__user=reviewer).update(verified_by=None)


def test_nobody_verifies_their_own_credential(reviewer):
    with refused("nobody verifies their own credential"):
        Credential.objects.filter(person__user=reviewer).update(verified_by=reviewer)
    with refused("nobody verifies their own credential"):
        Credential.objects.bulk_create(
            [
                Credential(
                    person=reviewer.person,
                    title="Doctor",
                    issuer="Myself",
                    verified_by=reviewer,
                    verified_at=timezone.now(),
                )
            ]
        )


def test_a_credential_that_changes_has_to_be_verified_again(reviewer):
    verified = Credential.objects.filter(person__user=reviewer)
    for change in ({"title": "Chief surgeon"}, {"valid_until": None, "issuer": "Myself"}):
        with refused("a credential that changes has to be verified again"):
            verified.update(**change)
    verified.update(title="Chief surgeon", verified_by=None, verified_at=None)


def test_who_has_signed_keeps_their_account(published, reviewer, second_reviewer):
    colleague = a_user("medical reviewer", email="colleague@example.org")
    for account in (None, colleague):
        with refused("a person who has signed keeps their account"):
            Person.objects.filter(user=reviewer).update(user=account)


def test_a_verified_credential_does_not_pass_to_another_account(reviewer, medical_lead):
    colleague = a_user("medical reviewer", email="colleague@example.org")
    with refused("a person with a verified credential keeps their account"):
        Person.objects.filter(user=reviewer).update(user=colleague)


def test_nobody_verifies_the_credential_of_a_person_and_becomes_that_person(author, medical_lead):
    Credential.objects.create(person=author, title="Doctor", issuer="Myself").verify(by=medical_lead)
    with refused("a person with a verified credential keeps their account"):
        Person.objects.filter(pk=author.pk).update(user=medical_lead)


def test_nobody_grants_a_scope_to_a_person_and_becomes_that_person(author, medical_lead):
    ReviewScope.objects.create(person=author, granted_by=medical_lead)
    with refused("nobody takes the account of a person they granted a review scope to"):
        Person.objects.filter(pk=author.pk).update(user=medical_lead)


def test_nobody_grants_a_scope_to_themselves(reviewer, topic):
    with refused("nobody grants a review scope to themselves"):
        ReviewScope.objects.bulk_create([ReviewScope(person=reviewer.person, topic=topic, granted_by=reviewer)])


def test_a_scope_is_granted_once(reviewer, medical_lead):
    with refused("one_scope_per_person_and_topic"):
        ReviewScope.objects.bulk_create([ReviewScope(person=reviewer.person, topic=None, granted_by=medical_lead)])


@pytest.mark.parametrize("change", ["is_specialist = true", "topic_id = NULL", "ends_on = NULL", "granted_by_id = {}"])
def test_a_scope_is_not_widened_without_being_granted_again(medical_lead, editor, topic, change):
    """Whoever sets the flag of a specialist on a scope is the one who answers for it, and never oneself."""
    narrow = a_reviewer("narrow@example.org", verified_by=medical_lead, scope=topic)
    scope = ReviewScope.objects.filter(person__user=narrow)
    scope.update(ends_on=datetime.date(2099, 1, 1), granted_at=timezone.now())
    with refused("a review scope that changes has to be granted again"):
        raw(f"UPDATE articles_reviewscope SET {change.format(editor.pk)} WHERE id = %s", scope.get().pk)
    with refused("nobody grants a review scope to themselves"):
        scope.update(is_specialist=True, granted_by=narrow, granted_at=timezone.now())
    scope.update(is_specialist=True, topic=None, granted_by=editor, granted_at=timezone.now())


def test_nobody_grants_themselves_a_scope_as_a_specialist(reviewer, topic):
    with refused("nobody grants a review scope to themselves"):
        ReviewScope.objects.bulk_create(
            [ReviewScope(person=reviewer.person, topic=topic, is_specialist=True, granted_by=reviewer)]
        )


def test_a_revocation_says_who_when_and_why_and_stands(reviewer, medical_lead):
    credential = Credential.objects.filter(person__user=reviewer)
    with refused("a_revocation_says_who_when_and_why"):
        credential.update(revoked_by=medical_lead, revoked_at=timezone.now())
    with refused("a_revocation_says_who_when_and_why"):
        credential.update(revoked_because="The board withdrew it.")
    credential.get().revoke(because="The board withdrew it.", by=medical_lead)
    with refused("a credential that was revoked stays so"):
        credential.update(revoked_by=None, revoked_at=None, revoked_because="")
    with refused("a credential that was revoked stays so"):
        credential.update(verified_at=timezone.now())


def test_nobody_revokes_their_own_credential(reviewer):
    with refused("nobody revokes their own credential"):
        Credential.objects.filter(person__user=reviewer).update(
            revoked_by=reviewer, revoked_at=timezone.now(), revoked_because="I retire."
        )


def test_an_interest_is_stated(author):
    with refused("an_interest_is_stated"):
        Interest.objects.bulk_create([Interest(person=author, statement="")])


def test_whoever_has_an_account_declares_their_interests_themselves(reviewer, author, editor):
    for somebody in (None, editor):
        with refused("whoever has an account declares their interests themselves"):
            Interest.objects.bulk_create([Interest(person=reviewer.person, statement="None.", declared_by=somebody)])
    Interest.objects.bulk_create([Interest(person=author, statement="None.", declared_by=editor)])


def test_a_declaration_is_not_dated_ahead(reviewer):
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)
    with refused("a declaration of interests is not dated ahead"):
        Interest.objects.bulk_create(
            [Interest(person=reviewer.person, statement="None.", declared_by=reviewer, declared_on=tomorrow)]
        )


def test_a_declaration_is_kept_as_it_was_made(reviewer):
    with refused("a declaration of interests is kept as it was made"):
        Interest.objects.update(declared_on=timezone.now().date())
    with refused("a declaration of interests is kept as it was made"):
        raw("DELETE FROM articles_interest")


# What pages embed


def test_a_legal_offer_carries_its_disclosure(offer):
    with refused("a_legal_offer_carries_its_disclosure"):
        Offer.objects.filter(pk=offer.pk).update(disclosure=None)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"key": "Not Plain"}, "an_offer_key_is_plain"),
        ({"kind": "casino"}, "an_offer_has_a_known_kind"),
        ({"action_address": "javascript:alert(1)"}, "an_offer_leads_to_a_page_or_place"),
        ({"heading": ""}, "an_offer_has_a_heading_and_a_label"),
        ({"action_label": ""}, "an_offer_has_a_heading_and_a_label"),
    ],
)
def test_an_offer_is_complete(offer, changes, rule):
    with refused(rule):
        Offer.objects.filter(pk=offer.pk).update(**changes)


def test_a_disclosure_says_what_who_and_where(offer):
    for column in ("text", "responsible_party", "address"):
        with refused("a_disclosure_says_what_who_and_where"):
            Disclosure.objects.filter(pk=offer.disclosure_id).update(**{column: ""})
    with refused("a_disclosure_key_is_plain"):
        Disclosure.objects.filter(pk=offer.disclosure_id).update(key="A B")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"key": "Not Plain"}, "an_image_key_is_plain"),
        ({"alt": ""}, "an_image_is_described_or_decorative"),
        ({"decorative": True}, "an_image_is_described_or_decorative"),
        ({"sha256": "abc"}, "an_image_is_named_by_its_hash"),
        ({"extension": "svg"}, "an_image_has_a_known_format"),
        ({"width": 0}, "an_image_has_a_size"),
        ({"licence": ""}, "an_image_keeps_licence_and_credit"),
        ({"credit": ""}, "an_image_keeps_licence_and_credit"),
    ],
)
def test_an_image_is_complete(db, changes, rule):
    whole = {
        "key": "lungs",
        "sha256": "a" * 64,
        "extension": "webp",
        "width": 10,
        "height": 10,
        "alt": "Two lungs.",
        "licence": "own work",
        "credit": "Us",
    }
    Image.objects.create(**{**whole, "key": "whole"})
    with refused(rule):
        Image.objects.bulk_create([Image(**{**whole, **changes})])


@pytest.mark.parametrize(
    "wrong",
    [
        {"extension": "avif", "width": 11, "bytes": 9},
        {"extension": "avif", "width": 0, "bytes": 9},
        {"extension": "avif", "width": "9", "bytes": 9},
        {"extension": "svg", "width": 10, "bytes": 9},
        {"extension": "avif", "width": 10, "bytes": 0},
        {"extension": "avif"},
        "picture.avif",
        None,
    ],
)
def test_a_rendition_has_a_known_format_and_is_no_wider_than_its_image(db, wrong):
    right = {"extension": "avif", "width": 10, "bytes": 9}
    whole = {"sha256": "a" * 64, "extension": "webp", "width": 10, "height": 10, "alt": "Two lungs."}
    words = {"licence": "own work", "credit": "Us"}
    Image.objects.create(key="whole", renditions=[right], **whole, **words)
    with refused("a_rendition_has_a_known_format_and_is_no_wider_than_its_image"):
        Image.objects.filter(key="whole").update(renditions=[right, wrong])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"key": "Not Plain"}, "a_story_key_is_plain"),
        ({"typicality": ""}, "a_story_says_how_typical_it_is"),
        ({"source": None}, "a_story_has_a_source_or_consent"),
        ({"kind": "personal"}, "a_story_has_a_source_or_consent"),
        ({"kind": "rumour"}, "a_story_has_a_source_or_consent"),
    ],
)
def test_a_story_is_complete(source, changes, rule):
    story = Story.objects.create(
        key="one", kind="case_report", heading="One person", typicality="This is one patient.", source=source
    )
    with refused(rule):
        Story.objects.filter(pk=story.pk).update(**changes)


# Revisions


def test_a_revision_starts_as_a_draft(article, writer):
    with refused("a revision starts as a draft"):
        Revision.objects.bulk_create(
            [
                Revision(
                    article=article,
                    number=9,
                    text=PAGE,
                    status="approved",
                    change_note="x",
                    submitted_by=writer,
                    submitted_at=timezone.now(),
                    created_by=writer,
                    saved_by=writer,
                )
            ]
        )


def test_a_page_has_one_draft_and_one_number_each(draft, writer):
    twin = {"article": draft.article, "text": "x", "created_by": writer, "saved_by": writer}
    with refused("one_draft_per_article"):
        Revision.objects.bulk_create([Revision(number=draft.number + 1, **twin)])
    draft.abandon(by=writer, reason="Tried another way.")
    with refused("one_revision_per_number"):
        Revision.objects.bulk_create([Revision(number=draft.number, **twin)])


def test_a_page_has_one_revision_under_review(in_review, writer):
    second = drafting.start_draft(in_review.article, by=writer)
    with refused("one_revision_under_review_per_article"):
        raw(
            "UPDATE articles_revision SET status = 'in_review', change_note = 'x', submitted_by_id = %s,"
            " submitted_at = now() WHERE id = %s",
            writer.pk,
            second.pk,
        )


def test_a_revision_has_a_known_status(draft):
    with refused("cannot go from draft to lost"):
        Revision.objects.filter(pk=draft.pk).update(status="lost")
    with refused("a_revision_has_a_known_status"), without_triggers("articles_revision"):
        Revision.objects.filter(pk=draft.pk).update(
            status="lost", change_note="x", submitted_by=draft.created_by, submitted_at=timezone.now()
        )


def test_a_submitted_revision_says_what_changed(draft):
    with refused("a_submitted_revision_says_what_changed_who_and_when"):
        Revision.objects.filter(pk=draft.pk).update(status="in_review")


def test_an_abandoned_revision_says_why_and_goes_on_saying_it(draft, writer):
    with refused("an_abandoned_revision_says_why"):
        Revision.objects.filter(pk=draft.pk).update(status="abandoned")
    with refused("an_abandoned_revision_says_why"):
        Revision.objects.filter(pk=draft.pk).update(abandoned_because="It is not.")
    draft.abandon(by=writer, reason="Tried another way.")
    with refused("a revision that has left draft does not change"):
        Revision.objects.filter(pk=draft.pk).update(abandoned_because="Another reason.")


@pytest.mark.parametrize("column", ["text", "change_note"])
def test_a_revision_that_left_draft_does_not_change(in_review, column):
    with refused("a revision that has left draft does not change"):
        Revision.objects.filter(pk=in_review.pk).update(**{column: "rewritten"})


def test_revisions_are_kept(draft):
    with refused("revisions are kept"):
        raw("DELETE FROM articles_revision WHERE id = %s", draft.pk)


def test_a_revision_is_not_approved_with_an_unsigned_block(in_review, reviewer):
    sign_all(in_review, reviewer, except_for=("lede",))
    with refused("approved once every block is signed"):
        Revision.objects.filter(pk=in_review.pk).update(status="approved")


def test_a_revision_is_not_published_without_its_page(approved):
    with refused("published by freezing its page"):
        Revision.objects.filter(pk=approved.pk).update(status="published")


# Blocks


def test_a_block_digest_is_that_of_its_words(draft):
    with refused("a_block_digest_is_that_of_its_words"):
        Block.objects.filter(revision=draft, key="lede").update(canonical="other words")
    with refused("a_block_digest_is_that_of_its_words"):
        Block.objects.bulk_create(
            [Block(revision=draft, position=99, key="x", kind="paragraph", canonical="words", digest="0" * 64)]
        )


def test_blocks_of_a_submitted_revision_do_not_change(in_review):
    digest = hashlib.sha256(b"smuggled").hexdigest()
    with refused("blocks of a revision that has left draft"):
        Block.objects.filter(revision=in_review, key="lede").update(canonical="smuggled", digest=digest)
    with refused("blocks of a revision that has left draft"):
        raw("DELETE FROM articles_block WHERE revision_id = %s", in_review.pk)
    with refused("blocks of a revision that has left draft"):
        Block.objects.bulk_create(
            [Block(revision=in_review, position=99, key="x", kind="paragraph", canonical="smuggled", digest=digest)]
        )


def test_a_block_stays_with_its_revision(in_review, writer):
    draft = drafting.start_draft(in_review.article, by=writer)
    with refused("a block stays with its revision|left draft"):
        Block.objects.filter(revision=draft, key="lede").update(revision=in_review)
    with refused("a block stays with its revision|left draft"):
        Block.objects.filter(revision=in_review, key="lede").update(revision=draft)


def test_blocks_have_a_key_and_a_place_each(draft):
    words = {"kind": "paragraph", "canonical": "w", "digest": hashlib.sha256(b"w").hexdigest()}
    with refused("one_block_per_key"):
        Block.objects.bulk_create([Block(revision=draft, position=99, key="lede", **words)])
    with refused("one_block_per_position"):
        Block.objects.bulk_create([Block(revision=draft, position=1, key="new", **words)])


def test_a_cited_source_cannot_be_deleted(draft, source):
    with refused("foreign key"):
        raw("DELETE FROM citations_source WHERE id = %s", source.pk)
        raw("SET CONSTRAINTS ALL IMMEDIATE")


def test_citations_have_a_place_each(draft, source):
    with refused("one_citation_per_position"):
        Citation.objects.bulk_create([Citation(revision=draft, source=source, position=1, number=1, block_key="lede")])


# Who wrote


def test_contributions_are_only_added_to(draft, writer, editor):
    with refused("who helped write a page is only ever added to"):
        Contribution.objects.filter(revision=draft).update(user=editor)
    with refused("who helped write a page is only ever added to"):
        raw("DELETE FROM articles_contribution WHERE revision_id = %s", draft.pk)


# Signatures


def a_sign_off(revision, reviewer, **changes) -> SignOff:
    credential = Credential.objects.filter(person__user=reviewer).first() or Credential.objects.first()
    values = {
        "article": revision.article,
        "revision": revision,
        "digest": revision.blocks.get(key="lede").digest,
        "html_hash": "0" * 64,
        "reviewer": reviewer,
        "credential": credential,
        "credential_then": "x",
    }
    return SignOff(**{**values, **changes})


def test_nobody_signs_what_they_helped_write(in_review, writer, reviewer):
    Person.objects.create(slug="w", name="W", job_title="W", employer="W", bio="W", user=writer)
    with refused("nobody signs a page they helped write"):
        SignOff.objects.bulk_create([a_sign_off(in_review, writer)])


def test_a_superuser_who_wrote_cannot_sign_either(topic, medical_lead):
    article = Article.objects.create(address="mesothelioma/other", topic=topic)
    root = a_reviewer("root@example.org", verified_by=medical_lead)
    type(root).objects.filter(pk=root.pk).update(is_superuser=True)
    roles.appoint(root, "writer", by=None)
    root.refresh_from_db()
    revision = drafting.start_draft(article, by=root)
    drafting.save_draft(revision, text=PAGE, version=revision.version, by=root)
    drafting.submit(revision, change_note="Mine.", by=root)
    with refused("nobody signs a page they helped write"):
        SignOff.objects.bulk_create([a_sign_off(revision, root)])


def test_who_saved_words_behind_the_desk_cannot_sign_them(draft, writer, reviewer):
    Revision.objects.filter(pk=draft.pk).update(
        text=PAGE + "\nSlipped in.\n", saved_by=reviewer, version=draft.version + 1
    )
    draft.refresh_from_db()
    drafting.submit(draft, change_note="A page.", by=writer)
    with refused("nobody signs a page they helped write"):
        SignOff.objects.bulk_create([a_sign_off(draft, reviewer)])


@pytest.mark.parametrize("role", ["author", "editor", "quoted"])
def test_nobody_signs_a_page_that_names_them(in_review, reviewer, role):
    type(reviewer).objects.filter(pk=reviewer.pk).update(is_superuser=True)
    credential = Credential.objects.get(person__user=reviewer)
    raw(
        "INSERT INTO articles_byline (article_id, person_id, role, agreed_on, position) VALUES (%s, %s, %s, now(), 0)",
        in_review.article_id,
        credential.person_id,
        role,
    )
    with refused("nobody signs a page they helped write or are named on"):
        raw(
            "INSERT INTO articles_signoff (article_id, revision_id, digest, html_hash, reviewer_id, credential_id,"
            " credential_then, signed_at) VALUES (%s, %s, %s, %s, %s, %s, 'x', now())",
            in_review.article_id,
            in_review.pk,
            in_review.blocks.get(key="lede").digest,
            "0" * 64,
            reviewer.pk,
            credential.pk,
        )


def test_who_is_given_an_account_after_being_named_cannot_sign(in_review, author, writer):
    """A person without an account bars nobody; with one, whoever has it."""
    colleague = a_user("medical reviewer", email="colleague@example.org")
    Person.objects.filter(pk=author.pk).update(user=colleague)
    with refused("nobody signs a page they helped write or are named on"):
        SignOff.objects.bulk_create([a_sign_off(in_review, colleague)])


def test_who_left_cannot_sign(in_review, reviewer):
    type(reviewer).objects.filter(pk=reviewer.pk).update(is_active=False)
    with refused("only somebody who works here signs"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])


def test_a_signature_has_the_time_and_the_credential_of_the_moment(in_review, reviewer):
    long_ago = timezone.now() - datetime.timedelta(days=5000)
    SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, signed_at=long_ago, credential_then="Nobel laureate")])
    signed = SignOff.objects.get()
    assert timezone.now() - signed.signed_at < datetime.timedelta(minutes=1)
    assert signed.credential_then == str(signed.credential)


def test_a_signature_needs_a_credential_of_the_reviewer(in_review, reviewer, second_reviewer):
    borrowed = Credential.objects.get(person__user=second_reviewer)
    with refused("verified and not expired"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, credential=borrowed)])


def test_a_signature_needs_a_verified_credential(in_review, reviewer):
    unverified = Credential.objects.create(person=reviewer.person, title="Doctor", issuer="Somebody")
    with refused("verified and not expired"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, credential=unverified)])


def test_a_signature_needs_a_credential_that_has_not_expired(in_review, medical_lead):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    lapsed = a_reviewer("lapsed@example.org", verified_by=medical_lead, valid_until=yesterday)
    with refused("verified and not expired"):
        SignOff.objects.bulk_create([a_sign_off(in_review, lapsed)])
    today = a_reviewer("today@example.org", verified_by=medical_lead, valid_until=timezone.now().date())
    SignOff.objects.bulk_create([a_sign_off(in_review, today)])


def test_a_revoked_credential_signs_nothing_new(in_review, reviewer, medical_lead):
    SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])
    credential = Credential.objects.get(person__user=reviewer)
    credential.revoke(because="The board withdrew it.", by=medical_lead)
    with refused("verified and not expired"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, digest=in_review.blocks.get(key="title").digest)])
    assert SignOff.objects.get().credential_then == str(credential)


def test_a_signature_needs_a_scope(in_review, reviewer, medical_lead):
    scope = ReviewScope.objects.filter(person__user=reviewer)
    scope.update(ends_on=timezone.now().date() - datetime.timedelta(days=1), granted_at=timezone.now())
    with refused("review scope that covers the page"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])
    scope.delete()
    with refused("review scope that covers the page"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])
    elsewhere = Topic.objects.create(slug="lung-cancer", name="Lung cancer", summary="About it.")
    ReviewScope.objects.create(person=reviewer.person, topic=elsewhere, granted_by=medical_lead)
    with refused("review scope that covers the page"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])


def test_a_signature_needs_interests_of_less_than_a_year(in_review, reviewer):
    declared = "a signature needs interests that the reviewer declared within a year"
    today = timezone.now().date()

    def declared_on(day: datetime.date) -> None:
        with without_triggers("articles_interest"):
            Interest.objects.filter(person__user=reviewer).update(declared_on=day)

    declared_on(months_after(today, -12))
    assert eligibility.not_qualified(reviewer, in_review.article) == eligibility.NEEDS_INTERESTS
    with refused(declared):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])
    declared_on(months_after(today, -12) + datetime.timedelta(days=1))
    assert eligibility.not_qualified(reviewer, in_review.article) == ""
    SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])


def test_a_signature_needs_interests_that_the_reviewer_declared(in_review, reviewer, editor):
    declared = "a signature needs interests that the reviewer declared within a year"
    with without_triggers("articles_interest"):
        Interest.objects.filter(person__user=reviewer).update(declared_by=editor)
    assert eligibility.not_qualified(reviewer, in_review.article) == eligibility.NEEDS_INTERESTS
    with refused(declared):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])
    with without_triggers("articles_interest"):
        Interest.objects.filter(person__user=reviewer).delete()
    with refused(declared):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])


def test_a_signature_is_a_specialists_if_their_scope_says_so_then(in_review, reviewer, second_reviewer, medical_lead):
    """Whatever the writer of the row gave, and whatever becomes of the scope."""
    digests = {key: in_review.blocks.get(key=key).digest for key in ("title", "lede")}
    SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, as_specialist=True)])
    SignOff.objects.bulk_create([a_sign_off(in_review, second_reviewer, as_specialist=False)])
    scope = ReviewScope.objects.filter(person__user=second_reviewer)
    scope.update(is_specialist=False, granted_by=medical_lead, granted_at=timezone.now())
    SignOff.objects.bulk_create([a_sign_off(in_review, second_reviewer, as_specialist=True, digest=digests["title"])])
    kept = SignOff.objects.values_list("reviewer", "digest", "as_specialist")
    assert set(kept) == {
        (reviewer.pk, digests["lede"], False),
        (second_reviewer.pk, digests["lede"], True),
        (second_reviewer.pk, digests["title"], False),
    }


def test_an_ended_scope_makes_nobody_a_specialist(in_review, second_reviewer, medical_lead, topic):
    ReviewScope.objects.filter(person__user=second_reviewer).update(
        ends_on=timezone.now().date() - datetime.timedelta(days=1), granted_at=timezone.now()
    )
    ReviewScope.objects.create(person=second_reviewer.person, topic=topic, granted_by=medical_lead)
    SignOff.objects.bulk_create([a_sign_off(in_review, second_reviewer, as_specialist=True)])
    assert SignOff.objects.get().as_specialist is False


def test_only_blocks_under_review_are_signed(draft, in_review, reviewer):
    with refused("only a block of a revision under review"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, digest="f" * 64)])
    signing.request_changes(in_review, reason="No.", by=reviewer)
    with refused("only a block of a revision under review"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer)])


def test_signatures_are_kept_as_given(approved):
    with refused("signatures are kept"):
        SignOff.objects.update(digest="0" * 64)
    with refused("signatures are kept"):
        raw("DELETE FROM articles_signoff")


def test_a_signature_is_on_a_digest_with_a_credential(in_review, reviewer):
    with refused("only a block of a revision under review|a_signature_is_on_a_digest"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, digest="short")])
    # The trigger writes the credential, so it sleeps here.
    with refused("a_signature_keeps_the_credential"), without_triggers("articles_signoff"):
        SignOff.objects.bulk_create([a_sign_off(in_review, reviewer, credential_then="")])


def test_a_withdrawal_says_why_and_stands(approved, reviewer):
    sign_off = approved.sign_offs.first()
    with refused("a_withdrawal_says_why"):
        SignOffWithdrawal.objects.bulk_create([SignOffWithdrawal(sign_off=sign_off, by=reviewer, reason="")])
    with refused("a_withdrawal_says_how_grave_it_is"):
        SignOffWithdrawal.objects.bulk_create(
            [SignOffWithdrawal(sign_off=sign_off, by=reviewer, reason="x", severity="so-so")]
        )
    signing.withdraw(sign_off, reason="I misread it.", by=reviewer)
    with refused("a withdrawal stands"):
        SignOffWithdrawal.objects.update(reason="Never mind.")
    with refused("a withdrawal stands"):
        raw("DELETE FROM articles_signoffwithdrawal")


def test_a_closed_request_says_how_when_and_why(in_review):
    with refused("a_closed_request_says_how_and_when"):
        ReviewRequest.objects.filter(revision=in_review).update(outcome="approved")
    with refused("a_request_sent_back_says_why_and_by_whom"):
        ReviewRequest.objects.filter(revision=in_review).update(
            outcome="changes_requested", closed_at=timezone.now(), reason=""
        )


# Publishing


def a_page(revision, by, **changes) -> PublishedPage:
    values = {
        "article": revision.article,
        "revision": revision,
        "title": "T",
        "lede": "L",
        "lede_html": "L",
        "body_html": "<p>smuggled</p>",
        "plain_text": "smuggled",
        "published_by": by,
    }
    return PublishedPage(**{**values, **changes})


@pytest.mark.parametrize("evidence", [{"years": [2020]}, {"years": []}, {"kinds": {}}], ids=str)
def test_a_page_says_that_it_rests_on_as_many_sources_as_it_lists(approved, publisher, evidence):
    with refused("what_a_page_rests_on_has_a_year_for_each_source"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher, source_keys=["a", "b"], evidence=evidence)])


def test_a_page_with_an_unsigned_block_is_not_published(approved, reviewer, publisher):
    signing.withdraw(approved.sign_offs.first(), reason="I misread it.", by=reviewer)
    with refused("only an approved revision"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


def test_a_signature_withdrawn_behind_the_desk_still_stops_the_page(approved, reviewer, publisher):
    SignOffWithdrawal.objects.bulk_create(
        [SignOffWithdrawal(sign_off=approved.sign_offs.first(), by=reviewer, reason="Raw.")]
    )
    with refused("every block needs a sign-off by somebody who did not write it"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


def test_a_reviewer_who_then_edited_no_longer_counts(approved, reviewer, publisher):
    Contribution.objects.bulk_create([Contribution(revision=approved, user=reviewer, block_key="lede")])
    with refused("every block needs a sign-off by somebody who did not write it"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


@pytest.mark.parametrize("role", ["author", "editor", "quoted"])
def test_a_reviewer_who_is_then_named_no_longer_counts(approved, reviewer, publisher, role):
    Byline.objects.bulk_create([Byline(article=approved.article, person=reviewer.person, role=role, agreed_on=AGREED)])
    with refused("every block needs a sign-off by somebody who did not write it"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


def test_a_high_risk_page_is_not_published_on_one_signature(approved, publisher):
    Article.objects.filter(pk=approved.article_id).update(risk_class="high")
    with refused("every block needs a sign-off"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


def test_a_draft_is_not_published(draft, publisher):
    with refused("only an approved revision"):
        PublishedPage.objects.bulk_create([a_page(draft, publisher)])


def test_a_page_without_blocks_is_not_published(topic, writer, publisher):
    article = Article.objects.create(address="mesothelioma/other", topic=topic)
    empty = Revision.objects.create(article=article, number=1, text="", created_by=writer, saved_by=writer)
    of_empty = Revision.objects.filter(pk=empty.pk)
    of_empty.update(status="in_review", change_note="x", submitted_by=writer, submitted_at=timezone.now())
    of_empty.update(status="approved")
    with refused("a page without blocks cannot be published"):
        PublishedPage.objects.bulk_create([a_page(empty, publisher)])


def revoke(reviewer, lead):
    Credential.objects.get(person__user=reviewer).revoke(because="The board withdrew it.", by=lead)


def expire(reviewer, lead):
    yesterday = timezone.now().date() - datetime.timedelta(days=1)
    with without_triggers("articles_credential"):
        Credential.objects.filter(person__user=reviewer).update(valid_until=yesterday)


@pytest.mark.parametrize("lose", [revoke, expire])
def test_what_is_new_on_a_page_was_signed_with_a_credential_that_holds_that_day(
    approved, reviewer, medical_lead, publisher, lose
):
    lose(reviewer, medical_lead)
    with refused("every block needs a sign-off by somebody who did not write it; missing"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


@pytest.mark.parametrize("lose", [revoke, expire])
@pytest.mark.parametrize("loses", ["reviewer", "second_reviewer"])
def test_of_high_risk_both_credentials_hold_that_day(
    in_review, reviewer, second_reviewer, medical_lead, publisher, lose, loses
):
    Article.objects.filter(pk=in_review.article_id).update(risk_class="high")
    for signer in (reviewer, second_reviewer):
        sign_all(in_review, signer)
    lose({"reviewer": reviewer, "second_reviewer": second_reviewer}[loses], medical_lead)
    with refused("every block needs a sign-off by somebody who did not write it; missing"):
        PublishedPage.objects.bulk_create([a_page(in_review, publisher)])


def test_what_is_live_already_stays_signed_with_a_credential_of_that_day(
    published, next_revision, reviewer, second_reviewer, medical_lead, publisher
):
    revision = next_revision(PAGE + "\nMore.\n")
    revoke(reviewer, medical_lead)
    sign_all(revision, second_reviewer)
    revision.refresh_from_db()
    PublishedPage.objects.bulk_create([a_page(revision, publisher)])
    assert PublishedPage.objects.count() == 2


def test_a_page_is_not_published_as_another_article(approved, publisher, topic):
    other = Article.objects.create(address="mesothelioma/other", topic=topic)
    with refused("only an approved revision of the article"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher, article=other)])


def test_a_published_page_names_its_author(approved, publisher):
    Byline.objects.all().delete()
    with refused("a published page names its author"):
        PublishedPage.objects.bulk_create([a_page(approved, publisher)])


@pytest.mark.parametrize("change", ["DELETE FROM articles_byline", "UPDATE articles_byline SET role = 'editor'"])
def test_a_page_that_readers_see_keeps_an_author(published, change):
    with refused("a page that readers see names its author: name another before this one goes"):
        raw(change)
        connection.check_constraints()


def test_a_published_page_does_not_change(published):
    with refused("a published page does not change"):
        PublishedPage.objects.update(body_html="<p>other words</p>")
    with refused("a published page does not change"):
        raw("DELETE FROM articles_publishedpage")


def test_a_signature_for_one_page_does_not_count_for_a_copy_of_it(published, topic, author, writer):
    copy = Article.objects.create(address="mesothelioma/copy", topic=topic)
    Byline.objects.create(article=copy, person=author, role="author")
    revision = drafting.start_draft(copy, by=writer)
    drafting.save_draft(revision, text=PAGE, version=revision.version, by=writer)
    drafting.submit(revision, change_note="The same words.", by=writer)
    with refused("approved once every block is signed"):
        Revision.objects.filter(pk=revision.pk).update(status="approved")


def test_what_a_person_record_said_before_is_only_added_to(author):
    author.name = "Renamed"
    author.save()
    with pytest.raises(Exception, match=r"[Cc]annot (update|delete)"), transaction.atomic():
        raw("UPDATE articles_personevent SET name = 'never'")


def test_users_stay(db):
    user = a_user("auditor")
    with refused("users are deactivated, never deleted"):
        raw("DELETE FROM mesoinfo_user WHERE id = %s", user.pk)


# What was frozen or signed before is no way past the review


def a_new_page(article: Article, text: str, reviewer: User, publisher: User, **more) -> PublishedPage:
    """Published the way staff do."""
    writer = User.objects.get(email="writer@example.org")
    draft = drafting.start_draft(article, by=writer)
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)
    drafting.submit(draft, change_note="A change.", by=writer, **more)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    return publish(draft, by=publisher)


def test_an_article_shows_the_page_that_was_frozen_last(published, reviewer, publisher):
    article = Article.objects.get(pk=published.article_id)
    a_new_page(article, PAGE + "\nOne thing more.\n", reviewer, publisher)
    with refused("an article shows the page that was frozen last"):
        Article.objects.filter(pk=article.pk).update(live=published)
    with refused("an article shows the page that was frozen last"):
        raw("UPDATE articles_article SET live_id = %s WHERE id = %s", published.pk, article.pk)


def test_an_article_shows_a_page_whose_every_block_is_signed(published, reviewer):
    taken = {"kind": "taken_down", "by": reviewer, "reason": "Harm."}
    Takedown.objects.bulk_create([Takedown(article_id=published.article_id, page=published, **taken)])
    raw("UPDATE articles_article SET page_state = 'taken_down', live_id = NULL WHERE id = %s", published.article_id)
    signing.withdraw(published.article.sign_offs.latest("pk"), reason="It is wrong.", by=reviewer)
    somebody = User.objects.get(email="publisher@example.org")
    Takedown.objects.update(lifted_by=somebody, lifted_at=timezone.now())
    with refused("an article shows a page whose every block is signed"):
        raw(
            "UPDATE articles_article SET page_state = 'live', live_id = %s WHERE id = %s",
            published.pk,
            published.article_id,
        )


def test_only_the_revision_of_the_page_frozen_last_is_published(published, reviewer, publisher):
    article = Article.objects.get(pk=published.article_id)
    a_new_page(article, PAGE + "\nOne thing more.\n", reviewer, publisher)
    with refused("a revision is published by freezing its page"):
        Revision.objects.filter(pk=published.revision_id).update(status="published")


def test_a_takedown_is_neither_confirmed_nor_lifted_when_it_is_written(published, publisher, reviewer):
    row = {"article": published.article, "page": published, "kind": "taken_down", "by": publisher, "reason": "Harm."}
    for done in ("confirmed", "lifted"):
        with refused("a takedown is neither confirmed nor lifted when it is written"):
            Takedown.objects.bulk_create([Takedown(**row, **{f"{done}_by": reviewer, f"{done}_at": timezone.now()})])
    Takedown.objects.bulk_create([Takedown(**row)])
    Takedown.objects.update(confirmed_by=reviewer, confirmed_at=timezone.now())
    with refused("a takedown stays as it was written"):
        Takedown.objects.update(confirmed_at=timezone.now() - datetime.timedelta(days=9))


def test_a_schedule_waits_when_it_is_made(approved, publisher):
    at = timezone.now() + datetime.timedelta(days=1)
    with refused("a schedule waits when it is made"):
        Schedule.objects.bulk_create(
            [
                Schedule(
                    revision=approved,
                    publish_at=at,
                    zone="UTC",
                    made_by=publisher,
                    ended_at=timezone.now(),
                    outcome="published",
                )
            ]
        )


def test_a_credential_stays_with_the_person_it_was_issued_to(reviewer, second_reviewer):
    with refused("a credential stays with the person it was issued to"):
        Credential.objects.filter(person__user=reviewer).update(
            person=second_reviewer.person, verified_at=timezone.now()
        )


def test_a_page_stays_of_high_risk_while_a_revision_of_it_is_under_review(in_review, reviewer, writer):
    page = Article.objects.filter(pk=in_review.article_id)
    page.update(risk_class="high")
    for lower in ("medium", "low"):
        with refused("a page stays of high risk while a revision of it is under review"):
            page.update(risk_class=lower)
    sign_all(in_review, reviewer)
    in_review.refresh_from_db()
    assert in_review.status == "in_review"
    drafting.recall(in_review, reason="It is of lower risk.", by=writer)
    page.update(risk_class="medium")


@pytest.fixture
def wrote_and_reviews(medical_lead) -> User:
    """Somebody who writes pages and signs those of others."""
    both = a_reviewer("both@example.org", verified_by=medical_lead)
    roles.appoint(both, "writer", by=medical_lead)
    return both


def test_nobody_signs_words_that_they_wrote_even_after_they_were_public(
    published, reviewer, writer, publisher, wrote_and_reviews
):
    article = Article.objects.get(pk=published.article_id)
    draft = drafting.start_draft(article, by=wrote_and_reviews)
    text = PAGE.replace("Most people cough.", "Old people cough.")
    drafting.save_draft(draft, text=text, version=draft.version, by=wrote_and_reviews)
    drafting.submit(draft, change_note="A change.", by=wrote_and_reviews)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    publish(draft, by=publisher)
    theirs = draft.blocks.get(canonical__contains="Old people cough.")
    signing.withdraw(article.sign_offs.get(digest=theirs.digest), reason="I misread it.", by=reviewer)
    article.refresh_from_db()
    again = drafting.start_draft(article, by=writer)
    drafting.submit(again, change_note="The same.", by=writer)
    with pytest.raises(signing.SignOffRefused, match="nobody signs words that they wrote"):
        sign_all(again, wrote_and_reviews)
    with refused("nobody signs words that they wrote"):
        SignOff.objects.bulk_create([a_sign_off(again, wrote_and_reviews, digest=theirs.digest)])
    sign_all(again, reviewer)
    again.refresh_from_db()
    assert again.status == "approved"


def test_nobody_finds_words_right_that_they_wrote(published, reviewer, publisher, wrote_and_reviews):
    article = Article.objects.get(pk=published.article_id)
    draft = drafting.start_draft(article, by=wrote_and_reviews)
    text = PAGE.replace("Most people cough.", "Old people cough.")
    drafting.save_draft(draft, text=text, version=draft.version, by=wrote_and_reviews)
    drafting.submit(draft, change_note="A change.", by=wrote_and_reviews)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    publish(draft, by=publisher)
    article.refresh_from_db()
    page = a_new_page(article, text + "\nOne thing more.\n", reviewer, publisher)
    article.refresh_from_db()
    assert "wrote or suggested" in reaffirming.why_not(wrote_and_reviews, article)
    row = {"article": article, "page": page, "reviewer": wrote_and_reviews, "credential_then": "x"}
    with refused("nobody finds words right that they wrote"):
        Reaffirmation.objects.bulk_create(
            [Reaffirmation(**row, credential=Credential.objects.get(person__user=wrote_and_reviews))]
        )


def test_what_a_safety_correction_took_out_is_read_again_before_it_comes_back(published, reviewer, writer, publisher):
    article = Article.objects.get(pk=published.article_id)
    safe = PAGE.replace("Most people cough.", "Ask your care team before you take it.")
    a_new_page(article, safe, reviewer, publisher, significance=Significance.SAFETY_CORRECTION)
    article.refresh_from_db()
    back = drafting.restore(published.revision, by=writer)
    drafting.submit(back, change_note="As it was.", by=writer)
    assert back.status == "in_review"
    assert [block.key for block in unsigned_blocks(back)] == ["symptoms/p-2"]
    with refused("a revision is approved once every block is signed"):
        raw("UPDATE articles_revision SET status = 'approved' WHERE id = %s", back.pk)
    sign_all(back, reviewer)
    back.refresh_from_db()
    assert back.status == "approved"
    assert publish(back, by=publisher).pk
