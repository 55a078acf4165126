"""What a revision takes out of the page that readers had before, or moves there: read and signed as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from articles.models import Revision
from articles.review.comparing import BlockChange, What, compare


@dataclass(frozen=True)
class TakenOut:
    """The blocks that are gone or stand elsewhere, `since` that revision.

    `digest` is that of this arrangement of the revision's blocks, `html_hash` that of all that is shown of the changes.
    """

    since: Revision
    changes: Sequence[BlockChange]
    digest: str
    html_hash: str


def taken_out_by(revision: Revision) -> TakenOut | None:
    """What the revision takes out or moves; None when no page of it was published before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_measured_against(%s), articles_taken_out_digest(%s)", [revision.pk] * 2)
        against, digest = cursor.fetchone()
    if against is None:
        return None
    since = Revision.objects.get(pk=against)
    # One that gave way to a block of another kind was taken out, too, though the two are told as one change.
    changes = [
        change
        for change in compare(list(since.blocks.all()), list(revision.blocks.all()))
        if change.what not in (What.SAME, What.ADDED)
    ]
    shown = "\n".join(f"{change.what.value}\n{change.before_html}\n{change.after_html}" for change in changes)
    return TakenOut(since, changes, digest, sha256(shown.encode()).hexdigest())
