"""What a revision takes out of the page that readers had before, or moves there: read and signed as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from articles.models import Block, Revision
from articles.review.comparing import BlockChange, What, compare
from mesoinfo.models import User


@dataclass(frozen=True)
class TakenOut:
    """The blocks that are gone or stand elsewhere, `since` one revision.

    `digest` is that of this arrangement of the revision's blocks, `html_hash` that of all that is shown of the changes.
    """

    since: Revision
    changes: Sequence[BlockChange]
    digest: str
    html_hash: str


def taken_out_by(revision: Revision) -> list[TakenOut]:
    """What the revision takes out or moves, since each revision by which that is told; the newest of them first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT base, articles_taken_out_digest(%s, base) FROM unnest(articles_bases(%s)) AS base"
            " WHERE articles_takes_out(%s, base)",
            [revision.pk] * 3,
        )
        digests = dict(cursor.fetchall())
    bases = Revision.objects.filter(pk__in=digests).order_by("-number").prefetch_related("blocks") if digests else ()
    now = list(revision.blocks.all()) if digests else []
    return [_taken_out(base, now, digests[base.pk]) for base in bases]


def _taken_out(since: Revision, now: Sequence[Block], digest: str) -> TakenOut:
    changes = [
        change for change in compare(list(since.blocks.all()), now) if change.what not in (What.SAME, What.ADDED)
    ]
    # What was reworded is signed by itself; it stands here where the order of reworded blocks is all that is new.
    changes = [change for change in changes if _is_gone(change)] or changes
    shown = "\n".join(f"{change.what.value}\n{change.before_html}\n{change.after_html}" for change in changes)
    return TakenOut(since, changes, digest, sha256(shown.encode()).hexdigest())


def _is_gone(change: BlockChange) -> bool:
    # One that gave way to a block of another kind was taken out, too, though the two are told as one change.
    if change.what is What.CHANGED and change.before is not None and change.after is not None:
        return change.moved or change.before.kind != change.after.kind
    return True


def took_out(user: User, revision: Revision) -> bool:
    """Whether this person helped write what the revision takes out or moves, and therefore does not sign that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s IN (SELECT articles_took_out(%s))", [user.pk, revision.pk])
        return bool(cursor.fetchone()[0])
