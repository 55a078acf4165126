"""Suggested wordings: a reviewer proposes one, a writer takes it over and so becomes its author."""

from __future__ import annotations

from django.db import transaction

from articles.markup import CompiledPage, compile_page
from articles.markup.library import for_text
from articles.markup.source_text import normalise
from articles.models import Revision, Suggestion
from articles.review.comparing import AnyBlock
from articles.review.crediting import SuggestionRefused, decide, markdown_of, normal_form, note_accepted
from articles.review.drafting import save_draft
from mesoinfo import audit, roles
from mesoinfo.models import User


@transaction.atomic
def suggest(revision: Revision, *, block: AnyBlock, wording: str, reason: str, by: User) -> Suggestion:
    """Propose another wording (Markdown) of one block. Raises SuggestionRefused with a sentence."""
    if not roles.holds(by, "articles.sign_block"):
        raise SuggestionRefused("Suggesting a wording needs the medical reviewer role.")
    wording = wording.replace("\r\n", "\n").strip("\n")
    if not wording.strip():
        raise SuggestionRefused("Write the whole block as it should be. To have it taken out, make a comment.")
    if normal_form(wording) == markdown_of(block):
        raise SuggestionRefused("This is the wording as it stands. Change it, then send it.")
    made = Suggestion.objects.create(
        article=revision.article,
        revision=revision,
        block_key=block.key,
        digest=block.digest,
        wording=wording,
        reason=reason.strip(),
        suggested_by=by,
    )
    audit.record(by, "suggestion.made", made, revision=revision.pk)
    return made


@transaction.atomic
def accept(suggestion: Suggestion, draft: Revision, *, version: int, by: User) -> None:
    """Put the suggested wording into the draft, as `by`'s own change: they have written it, the reviewer has not.

    `version` is that of the draft when it was shown. Raises SuggestionRefused with a sentence, StaleDraft when
    somebody saved in between.
    """
    if suggestion.suggested_by == by:
        raise SuggestionRefused("This is your own suggestion. A colleague takes it over.")
    text = with_suggestion(draft, suggestion)
    before = set(draft.blocks.values_list("digest", flat=True))
    save_draft(draft, text=text, version=version, by=by)
    suggestion.refresh_from_db()
    if suggestion.is_open:
        # A wording of several blocks is not known again by the save itself.
        note_accepted(suggestion, set(draft.blocks.values_list("digest", flat=True)) - before, by=by)


@transaction.atomic
def decline(suggestion: Suggestion, *, by: User) -> None:
    """Leave the words as they are; also for the reviewer, who takes the suggestion back so."""
    if suggestion.suggested_by != by and not roles.holds(by, "articles.write_revision"):
        raise SuggestionRefused("Declining a suggestion needs the writer or editor role.")
    decide(suggestion, accepted=False, by=by)


def with_suggestion(draft: Revision, suggestion: Suggestion) -> str:
    """The text of the draft with the suggested wording in place of the block it is for.

    Raises SuggestionRefused when the draft no longer holds that block.
    """
    block = next((block for block in _compiled(draft).blocks if block.digest == suggestion.digest), None)
    if block is None:
        raise SuggestionRefused(
            "The words that this suggestion would replace are no longer in the draft. Put in by hand what you want."
        )
    lines = normalise(draft.text).split("\n")
    # With an empty line behind it, so that it stays apart from the next block.
    return "\n".join([*lines[: block.line - 1], suggestion.wording, "", *lines[block.last_line :]])


def _compiled(draft: Revision) -> CompiledPage:
    return compile_page(draft.text, for_text(draft.text, draft.article))
