"""Hiding blocks of a live page at once, behind a notice that was signed beforehand."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.markup.source_text import normalise
from articles.models import (
    Article,
    Block,
    EmergencyEdit,
    EmergencyNotice,
    PublishedPage,
    TransitionRefused,
)
from articles.publishing.schedule import cancel_schedules
from articles.review import notices
from articles.review.anchoring import first_words
from articles.review.coverage import approve_or_reopen
from articles.review.eligibility import NEEDS_CREDENTIAL, credential_of, not_qualified, require
from articles.review.signing import withdraw_all
from mesoinfo import audit
from mesoinfo.models import User

# Without these a page has no frame: it is taken down instead.
NEVER_HIDDEN = ("title", "lede", "heading")


def why_not_sign(notice: EmergencyNotice, user: User) -> str:
    """Why this reviewer may not sign the notice, as a sentence; empty when they may."""
    if notice.signed_at is not None:
        return "This notice has been signed already."
    if notice.written_by == user:
        return "You wrote this notice, so somebody else signs it."
    return "" if credential_of(user) else NEEDS_CREDENTIAL


@transaction.atomic
def sign_notice(notice: EmergencyNotice, *, by: User) -> None:
    """Sign a notice, so that it can be used. Raises TransitionRefused with a sentence."""
    require(by, "articles.sign_block", "Signing needs the medical reviewer role.")
    EmergencyNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    notice.refresh_from_db()
    if why_not := why_not_sign(notice, by):
        raise TransitionRefused(why_not)
    notice.signed_by, notice.credential, notice.signed_at = by, credential_of(by), timezone.now()
    notice.save(update_fields=["signed_by", "credential", "signed_at"])
    audit.record(by, "emergency_notice.signed", notice)


@transaction.atomic
def hide_blocks(
    article: Article, *, digests: Collection[str], notice: EmergencyNotice, reason: str, by: User
) -> EmergencyEdit:
    """Show the notice in place of these blocks of the live page. Nothing else of it changes.

    Every signature on them is withdrawn, so that no later revision brings them back unread. A medical reviewer looks at
    it within 24 hours. Raises TransitionRefused with a sentence.
    """
    require(by, "articles.hide_block", "Hiding blocks needs the role of safety officer or medical lead.")
    if not reason.strip():
        raise TransitionRefused("Say in a sentence why. The reviewer who looks at it reads it first.")
    if notice.signed_at is None:
        raise TransitionRefused("This notice has not been signed yet. Choose another, or take the page down.")
    locked = Article.objects.locked(article.pk)
    if locked.live is None:
        raise TransitionRefused("The page is not live.")
    page: PublishedPage = locked.live
    digests = set(digests) - set(page.hidden)
    blocks = list(page.revision.blocks.filter(digest__in=digests))
    if not blocks or {block.digest for block in blocks} != digests:
        raise TransitionRefused("Name blocks that stand on the live page, and are not hidden already.")
    withdraw_all(locked, digests, reason=reason.strip(), by=by)
    made = _without(page, blocks, notice=notice, by=by)
    locked.live = made
    locked.save(update_fields=["live"])
    cancel_schedules(locked, because="Blocks of the page were hidden.")
    for revision in locked.revisions.under_review():
        approve_or_reopen(revision, by=by)
    edit = EmergencyEdit.objects.create(page=made, by=by, reason=reason.strip())
    audit.record(by, "page.blocks_hidden", edit, blocks=len(blocks))
    article.refresh_from_db()
    return edit


def _without(page: PublishedPage, blocks: list[Block], *, notice: EmergencyNotice, by: User) -> PublishedPage:
    """The frozen page with the notice in place of the blocks; what search and machines read is made without them,
    and they count no more in what the page rests on.
    """
    said = format_html('<p class="notice">{}</p>\n', notice.text)
    body, hero = page.body_html, page.hero_html
    places = _places(page)
    # From the last to the first, so that the places of the others stay true.
    for block in sorted(blocks, key=lambda block: -block.position):
        on_top = bool(block.html) and block.html == hero
        if block.kind in NEVER_HIDDEN or not (on_top or block.position in places):
            raise TransitionRefused(f"“{first_words(block)}” cannot be hidden by itself. Take the page down instead.")
        if on_top:
            hero = said
        if block.position in places:
            start, end = places[block.position]
            body = body[:start] + said + body[end:]
    hidden = {*page.hidden, *(block.digest for block in blocks)}
    # By key: what a block shows from the library may have changed since, and its digest with it.
    keys = set(page.revision.blocks.filter(digest__in=hidden).values_list("key", flat=True))
    compiled = compile_page(page.revision.text, for_text(page.revision.text, page.article))
    lines = normalise(page.revision.text).split("\n")
    for part in compiled.blocks:
        if part.key in keys:
            lines[part.line - 1 : part.last_line] = [""] * (part.last_line - part.line + 1)
    gone = {key.rpartition("/")[2] for key in keys}
    rest = compile_page("\n".join(lines), for_text("\n".join(lines), page.article))
    return page.frozen_again(
        by=by,
        body_html=body,
        hero_html=hero,
        plain_text=rest.plain_text,
        # The list of sources stays as it is.
        evidence=page.evidence and {**rest.evidence.as_json(), "years": page.evidence["years"]},
        questions=[question for question in page.questions if question["anchor"] not in gone],
        hidden=sorted(hidden),
        notice=notice,
    )


def _places(page: PublishedPage) -> dict[int, tuple[int, int]]:
    """Where in the body each block stands, by its position: one block may hold the very words of another."""
    found, after = {}, 0
    for block in page.revision.blocks.exclude(kind__in=["title", "lede"]).exclude(digest__in=page.hidden):
        start = page.body_html.find(block.html, after) if block.html else -1
        if start >= 0:
            after = start + len(block.html)
            found[block.position] = (start, after)
    return found


@transaction.atomic
def review_edit(edit: EmergencyEdit, *, finding: str, by: User) -> None:
    """Write down what a medical reviewer found about it. The blocks stay hidden until a revision without them, or with
    them signed anew, is published.
    """
    require(by, "articles.sign_block", "Reviewing it needs the medical reviewer role.")
    if edit.by == by:
        raise TransitionRefused("You hid these blocks, so somebody else reviews it.")
    if lack := not_qualified(by, edit.page.article):
        raise TransitionRefused(lack)
    if not finding.strip():
        raise TransitionRefused("Say in a sentence what you found and what is to be done.")
    if EmergencyEdit.objects.select_for_update().get(pk=edit.pk).reviewed_at is not None:
        raise TransitionRefused("Somebody has reviewed it already.")
    edit.reviewed_by, edit.reviewed_at, edit.finding = by, timezone.now(), finding.strip()
    edit.save(update_fields=["reviewed_by", "reviewed_at", "finding"])
    audit.record(by, "emergency_edit.reviewed", edit)


def remind_to_review() -> int:
    """Remind the medical lead of what was hidden and not reviewed within a day, once a day. A sweep."""
    reminded = 0
    for edit in EmergencyEdit.objects.unreviewed().select_related("page__revision"):
        days = (timezone.now() - edit.at).days
        reminded += notices.edit_unreviewed(edit, days=days) if days else 0
    return reminded
