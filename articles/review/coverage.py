"""What still needs a signature, and what follows when nothing or something does."""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.models import (
    Article,
    Byline,
    ReviewRequest,
    Revision,
    RevisionStatus,
    RiskClass,
    SignOff,
    SignOffWithdrawal,
)
from articles.models.comment import CommentQuerySet
from articles.models.review import Outcome
from mesoinfo.models import User

logger = logging.getLogger(__name__)
TAKEN_OUT = "taken-out"  # in place of the key of a block, which is never this
WHAT_WAS_TAKEN_OUT = "what was taken out or moved"  # and in place of the words of a block


@dataclass(frozen=True)
class UnsignedBlock:
    """A block that needs a signature; with TAKEN_OUT for its key, all that the revision takes out or moves, as one."""

    key: str
    digest: str


def live_without_every_signature() -> QuerySet[Article]:
    """Live pages with a block that lost a signature, or needs another one, and is not signed by enough people since."""
    withdrawn = SignOffWithdrawal.objects.filter(sign_off__article=OuterRef("pk"))
    named = Byline.objects.filter(article=OuterRef("pk"), person__user__sign_offs__article=OuterRef("pk"))
    may_lack = Q(Exists(withdrawn)) | Q(Exists(named)) | Q(risk_class=RiskClass.HIGH)
    lacking = RawSQL(
        "EXISTS (SELECT 1 FROM articles_publishedpage p, articles_unsigned_blocks(p.revision_id) u "
        "WHERE p.id = articles_article.live_id AND NOT p.hidden ? u.digest)",
        [],
        BooleanField(),
    )
    return Article.objects.live().filter(may_lack).annotate(lacking=lacking).filter(lacking=True)


def unsigned_blocks(revision: Revision) -> list[UnsignedBlock]:
    """The blocks that fewer people have signed than the page's risk class asks for, in the page's order; last, if fewer
    have signed that, what the revision takes out or moves.

    The rule is the database function of the same name, which the triggers ask too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.key, u.digest FROM articles_unsigned_blocks(%s) u"
            " LEFT JOIN articles_block b ON b.revision_id = %s AND b.key = u.key ORDER BY b.position",
            [revision.pk, revision.pk],
        )
        return [UnsignedBlock(*row) for row in cursor.fetchall()]


def blocks_and_unsigned(revision_ids: Sequence[int], *, by: User) -> dict[int, tuple[int, dict[str, bool]]]:
    """How many blocks each of these revisions has, and the keys of what needs a signature, each with whether it needs
    one of this person: not where they have signed already, since of high risk it needs a colleague's, nor where they
    wrote or suggested the words, or took them out. One query for all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, (SELECT count(*) FROM articles_block b WHERE b.revision_id = r.id), (
                SELECT COALESCE(jsonb_object_agg(key, is_theirs), '{}')
                FROM (
                    SELECT key, bool_or(
                        digest NOT IN (SELECT l.digest FROM articles_live_signoffs(r.id) l WHERE l.reviewer_id = %(by)s)
                        AND digest NOT IN (SELECT articles_own_words(r.article_id, %(by)s))
                        AND NOT (key = %(taken_out)s AND %(by)s IN (SELECT articles_took_out(r.id)))
                    ) AS is_theirs
                    FROM articles_unsigned_blocks(r.id) GROUP BY key
                ) AS unsigned
            )
            FROM articles_revision r WHERE r.id = ANY(%(revisions)s)
            """,
            {"by": by.pk, "taken_out": TAKEN_OUT, "revisions": list(revision_ids)},
        )
        return {revision: (blocks, json.loads(unsigned)) for revision, blocks, unsigned in cursor.fetchall()}


def live_sign_offs(revision: Revision) -> list[SignOff]:
    """The signatures that count for this revision, newest first, with reviewer and credential."""
    return list(
        SignOff.objects.extra(
            where=["articles_signoff.id IN (SELECT id FROM articles_live_signoffs(%s))"], params=[revision.pk]
        )
        .select_related("reviewer__person", "credential")
        .order_by("-signed_at", "-pk")
    )


def contributors(revision: Revision) -> set[int]:
    """Ids of the users who may not sign this revision.

    All who changed or submitted it since the live page, and all whom a byline of the page names.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_contributors(%s)", [revision.pk])
        return {row[0] for row in cursor.fetchall()}


def reviewed_on(revision: Revision) -> datetime.date | None:
    """The day since when every word of the revision has been checked: of each block its newest signature, or the newest
    day when the page that held it was found still right, and of those days the oldest.
    """
    held = set(revision.blocks.values_list("digest", flat=True))
    newest: dict[str, datetime.datetime] = {}
    for sign_off in live_sign_offs(revision):
        # Who signed what was taken out has read none of the words that are left.
        if sign_off.digest in held:
            newest.setdefault(sign_off.digest, sign_off.signed_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT digest, max(at) FROM articles_live_reaffirmations(%s) WHERE completes GROUP BY digest",
            [revision.pk],
        )
        for digest, at in cursor.fetchall():
            if digest in newest:
                newest[digest] = max(newest[digest], at)
    return min(newest.values()).astimezone(datetime.UTC).date() if newest else None


def blocking_comments(revision: Revision) -> CommentQuerySet:
    """The open threads that keep any revision of the page from being approved."""
    return revision.article.comments.open().filter(blocking=True)


def follow_credentials() -> int:
    """Send approved revisions back to review when a credential lapsed that they rest on, and approve them when it is
    renewed. Returns how many. A sweep: what else gives or takes a signature does so at once. One that fails holds no
    other up.
    """
    followed = 0
    for pk, article in list(Revision.objects.under_review().values_list("pk", "article_id")):
        try:
            followed += _followed(pk, article)
        except Exception:
            logger.exception("Whether revision %s still rests on credentials that hold could not be told.", pk)
    return followed


@transaction.atomic
def _followed(revision_id: int, article_id: int) -> bool:
    Article.objects.locked(article_id)
    revision = Revision.objects.get(pk=revision_id)
    before = revision.status
    approve_or_reopen(revision, by=None)
    return revision.status != before


@transaction.atomic
def approve_or_reopen(revision: Revision, *, by: User | None) -> None:
    """Move a revision under review to approved when nothing is left to sign or resolve, and back when something is."""
    # Locked: a comment that stops approval may be made at the same moment.
    revision.refresh_from_db(fields=["status"], from_queryset=Revision.objects.select_for_update())
    if revision.status not in (RevisionStatus.IN_REVIEW, RevisionStatus.APPROVED):
        return
    complete = not unsigned_blocks(revision) and not blocking_comments(revision)
    if complete and revision.status == RevisionStatus.IN_REVIEW:
        ReviewRequest.objects.filter(revision=revision).update(
            outcome=Outcome.APPROVED, closed_by=by, closed_at=timezone.now()
        )
        revision.move_to(RevisionStatus.APPROVED, by=by)
    elif not complete and revision.status == RevisionStatus.APPROVED:
        ReviewRequest.objects.filter(revision=revision).update(outcome="", closed_by=None, closed_at=None)
        revision.move_to(RevisionStatus.IN_REVIEW, by=by)
