"""Signing blocks, and what was taken out: by a qualified person, on exactly the words that were shown to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core import signing
from django.db import IntegrityError, connection, transaction

from articles.markup import CompiledBlock, CompiledPage, compile_page
from articles.markup.library import for_text
from articles.models import (
    Article,
    Revision,
    RevisionStatus,
    Severity,
    SignOff,
    SignOffWithdrawal,
    TransitionRefused,
)
from articles.models.review import Outcome
from articles.models.revision import UNDER_REVIEW
from articles.review import notices
from articles.review.claiming import claim, close_request
from articles.review.coverage import approve_or_reopen
from articles.review.eligibility import credential_of, require, why_not
from articles.review.taking_out import TakenOut, taken_out_by
from mesoinfo import audit
from mesoinfo.models import User

SALT = "articles.review.signing"
SHOWN_FROM_THE_LIBRARY = (
    "offer",
    "image",
    "story",
)  # kinds of block whose words are those of a record, not of the page
CHANGED = "This page has changed since you opened it. Read what changed, then sign."
TOKEN_LIFETIME = 12 * 60 * 60  # seconds: a working day with the page open


class SignOffRefused(TransitionRefused):
    """A signature that cannot be taken. The text says why, fit to be shown."""


class NotWhatWasShown(SignOffRefused):
    """The block is not, or no longer, what this person was shown. Answer 409 and show what changed.

    `digests` are those of what was shown, where the tokens could be read.
    """

    def __init__(self, sentence: str, digests: frozenset[str] = frozenset()) -> None:
        super().__init__(sentence)
        self.digests = digests


def issue_token(user: User, revision: Revision, shown: CompiledBlock | TakenOut) -> str:
    """What the review screen hands to one person beside one block, or what was taken out, and takes back when they sign
    it.
    """
    return signing.dumps([user.pk, revision.pk, shown.digest, shown.html_hash], salt=SALT)


@transaction.atomic
def sign_blocks(revision: Revision, *, tokens: Sequence[str], by: User) -> list[SignOff]:
    """Sign what the tokens were issued for, all or none. Approves the revision when nothing is left to sign.

    Raises NotWhatWasShown when a token is not this person's or what it was issued for has changed, SignOffRefused with
    a sentence otherwise.
    """
    shown = [_what_was_shown(token, by) for token in tokens]
    Article.objects.locked(revision.article_id)
    locked = Revision.objects.select_for_update(of=("self",)).select_related("article").get(pk=revision.pk)
    digests = frozenset(digest for _, digest, _ in shown)
    if locked.status not in UNDER_REVIEW:
        raise NotWhatWasShown(why_not(by, locked), digests)
    now = compile_page(locked.text, for_text(locked.text, locked.article))
    others = set(shown) - {(locked.pk, block.digest, block.html_hash) for block in now.blocks}
    if not others <= _as_taken_out(locked, now):
        raise NotWhatWasShown(CHANGED, digests)
    if refusal := why_not(by, locked):
        raise SignOffRefused(refusal)
    credential = credential_of(by)
    assert credential is not None  # why_not has just looked
    try:
        with transaction.atomic():
            sign_offs = SignOff.objects.bulk_create(
                [
                    SignOff(
                        article=locked.article,
                        revision=locked,
                        digest=digest,
                        html_hash=html_hash,
                        reviewer=by,
                        credential=credential,
                        credential_then=str(credential),
                    )
                    for _, digest, html_hash in shown
                ]
            )
    except IntegrityError as error:
        raise SignOffRefused(f"The signature was refused: {str(error).splitlines()[0]}.") from error
    # Whoever signs is at work on it, whether they said so or not.
    if locked.status == RevisionStatus.IN_REVIEW:
        claim(locked.review_request, by=by)
    approve_or_reopen(locked, by=by)
    audit.record_each(
        by, "block.signed", [(signed, {"revision": locked.pk, "digest": signed.digest}) for signed in sign_offs]
    )
    revision.refresh_from_db()
    return sign_offs


def _as_taken_out(revision: Revision, now: CompiledPage) -> set[tuple[int, str, str]]:
    """What tokens for what was taken out say: nothing, if the blocks that are left are not those submitted."""
    if [block.digest for block in now.blocks] != list(revision.blocks.values_list("digest", flat=True)):
        return set()
    return {(revision.pk, taken_out.digest, taken_out.html_hash) for taken_out in taken_out_by(revision)}


def _what_was_shown(token: str, by: User) -> tuple[int, str, str]:
    """Revision, digest and hash of the HTML that the token says this person was shown."""
    try:
        user_id, revision_id, digest, html_hash = signing.loads(token, salt=SALT, max_age=TOKEN_LIFETIME)
    except signing.SignatureExpired:
        raise NotWhatWasShown("This screen has been open too long. Read the block again, then sign.") from None
    except signing.BadSignature:
        raise NotWhatWasShown("Only a block you were shown can be signed. Open the review screen again.") from None
    if user_id != by.pk:
        raise NotWhatWasShown("This block was shown to somebody else. Open the review screen yourself, then sign.")
    return revision_id, digest, html_hash


@transaction.atomic
def request_changes(revision: Revision, *, reason: str, by: User) -> None:
    """Hand the revision back to its writers; what is already signed stays signed."""
    require(by, "articles.sign_block", "Requesting changes needs the medical reviewer role.")
    if not reason.strip():
        raise TransitionRefused("Say what must change, so that the writers can mend it.")
    Article.objects.locked(revision.article_id)
    close_request(revision, Outcome.CHANGES_REQUESTED, by=by, reason=reason.strip())
    revision.move_to(RevisionStatus.CHANGES_REQUESTED, by=by)
    notices.changes_requested(revision, by=by)


def withdraw_all(article: Article, digests: Collection[str], *, reason: str, by: User) -> None:
    """Take back every signature that stands on these blocks, for safety: no revision brings them back unread, nor the
    same words as they were signed when a source they cite read differently.

    To be called with the article locked; whoever does approves or reopens its revisions, and writes to the ledger.
    """
    standing = SignOff.objects.filter(article=article, digest__in=_same_words(article, digests), withdrawal=None)
    SignOffWithdrawal.objects.bulk_create(
        [SignOffWithdrawal(sign_off=sign_off, by=by, severity=Severity.SAFETY, reason=reason) for sign_off in standing]
    )


def _same_words(article: Article, digests: Collection[str]) -> set[str]:
    """These digests, and those of the same words of the page with other records of the library in them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH block AS MATERIALIZED (
                SELECT DISTINCT b.digest, b.kind, b.canonical::jsonb - 'embeds' AS words
                FROM articles_block b JOIN articles_revision r ON r.id = b.revision_id WHERE r.article_id = %s
            )
            SELECT same.digest FROM block JOIN block same USING (words)
            WHERE block.digest = ANY(%s) AND block.kind <> ALL(%s)
            """,
            [article.pk, list(digests), list(SHOWN_FROM_THE_LIBRARY)],
        )
        return {*digests, *(row[0] for row in cursor.fetchall())}


@transaction.atomic
def withdraw(sign_off: SignOff, *, reason: str, by: User, severity: Severity = Severity.ROUTINE) -> SignOffWithdrawal:
    """Take a signature back: one's own, or anybody's for the medical lead and the safety officer.

    For safety, every other signature on the same words falls with it: whoever gave them, readers must not see them.
    A revision that was approved falls back to review; a live page loses its badge at once.
    """
    if sign_off.reviewer != by:
        require(by, "articles.withdraw_any_signoff", "You can withdraw your own signatures only.")
    if not reason.strip():
        raise TransitionRefused("Say why the signature is withdrawn.")
    # As publishing does: what is withdrawn at that moment is withdrawn before the page is frozen, or after.
    Article.objects.locked(sign_off.article_id)
    if SignOffWithdrawal.objects.filter(sign_off=sign_off).exists():
        raise TransitionRefused("This signature has already been withdrawn.")
    withdrawal = SignOffWithdrawal.objects.create(sign_off=sign_off, by=by, severity=severity, reason=reason.strip())
    if severity == Severity.SAFETY:
        withdraw_all(sign_off.article, [sign_off.digest], reason=reason.strip(), by=by)
    for revision in sign_off.article.revisions.under_review():
        approve_or_reopen(revision, by=by)
    audit.record(by, "signature.withdrawn", sign_off)
    return withdrawal
