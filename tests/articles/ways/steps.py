"""What the ways here have in common: the page and its words, and the steps that people take with it."""

from __future__ import annotations

from articles.models import (
    Article,
    Block,
    Byline,
    Credential,
    EmergencyNotice,
    PublishedPage,
    Revision,
    SignOff,
)
from articles.publishing import emergency, safety
from articles.publishing.publish import publish
from articles.review import drafting, signing
from articles.review.coverage import (
    unsigned_blocks,
)
from articles.review.taking_out import taken_out_by
from mesoinfo.models import User
from tests.conftest import (
    AGREED,
    PAGE,
    member,
    sign_all,
)

BOX = ":::warning\nCall 911 if you cannot breathe.\n:::\n"
WITH_BOX = f"{PAGE}\n{BOX}"
COUGH = "Most people cough."
MANY, FEW = WITH_BOX.replace("Most", "Many"), WITH_BOX.replace("Most", "Few")
ADVICE = "Never stop your drugs by yourself."
WITH_ADVICE = f"{WITH_BOX}\n{ADVICE}\n"
COUGHING = "symptoms/p-2"  # the key of the paragraph on it


def live() -> PublishedPage:
    found = Article.objects.select_related("live__article", "live__revision").get().live
    assert found is not None
    return found


def submitted(text: str) -> Revision:
    revision = drafting.start_draft(Article.objects.get(), by=member("writer"))
    drafting.save_draft(revision, text=text, version=revision.version, by=member("writer"))
    return handed_in(revision)


def handed_in(draft: Revision) -> Revision:
    draft.refresh_from_db()
    drafting.submit(draft, change_note="A change.", by=member("writer"))
    draft.refresh_from_db()
    return draft


def published(revision: Revision) -> Revision:
    revision.refresh_from_db()
    publish(revision, by=member("publisher"))
    return revision


def to_sign(revision: Revision) -> list[str]:
    return [block.key for block in unsigned_blocks(revision)]


def sign_taken_out(revision: Revision, by: User) -> SignOff:
    tokens = [signing.issue_token(by, revision, one) for one in taken_out_by(revision)]
    return signing.sign_blocks(revision, tokens=tokens, by=by)[0]


def block_with(revision: Revision, words: str, kind: str) -> Block:
    return next(block for block in revision.blocks.filter(kind=kind) if words in block.canonical)


def signature_on(revision: Revision, key: str) -> SignOff:
    return SignOff.objects.get(digest=revision.blocks.get(key=key).digest)


def advice_in_place_of_the_box(third: User, fourth: User) -> SignOff:
    """Readers have the advice now, elsewhere, and no box: the third answers for that, the fourth for the advice."""
    revision = submitted(PAGE.replace(COUGH, f"{COUGH}\n\n{ADVICE}"))
    signed = sign_taken_out(revision, third)
    sign_all(revision, fourth)
    published(revision)
    return signed


def revoke(user: User) -> None:
    Credential.objects.get(person__user=user).revoke(because="Struck off.", by=member("medical lead"))


def named(user: User) -> Byline:
    return Byline.objects.create(article=live().article, person=user.person, role="quoted", agreed_on=AGREED)


def hide(block: Block, notice: EmergencyNotice) -> None:
    lead = member("medical lead")
    emergency.hide_blocks(live().article, digests=[block.digest], notice=notice, reason="Wrong.", by=lead)


def hide_cough(notice: EmergencyNotice) -> None:
    hide(live().revision.blocks.get(key=COUGHING), notice)


def led_back_to_the_box(fourth: User) -> Revision:
    """A page without the box was published; for something else in it, readers have the one before again."""
    without = submitted(PAGE.replace("Most", "Few"))
    sign_taken_out(without, fourth)
    sign_all(without, fourth)
    published(without)
    safety.withdraw_for_safety(signature_on(without, COUGHING), reason="It could do harm.", by=fourth)
    assert "Call 911" in live().body_html
    without.refresh_from_db()
    return without
