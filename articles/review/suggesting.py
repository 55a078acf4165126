"""Suggested wordings: a reviewer proposes one, a writer takes it over and so becomes its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from articles.markup import CompiledBlock, compile_page
from articles.markup.library import for_text
from articles.markup.source_text import normalise
from articles.models import Article, Block, Revision, Suggestion
from articles.review.comparing import BlockChange, What, compare
from articles.review.crediting import (
    SuggestionRefused,
    decide,
    lock_suggestions,
    markdown_of,
    normal_form,
    note_suggested,
)
from articles.review.drafting import save_draft
from mesoinfo import audit, roles
from mesoinfo.models import User

LONGEST_WORDING = 20_000  # the whole of a long table
LONGEST_REASON = 2000
GONE = "The words that this suggestion would replace are no longer in the text. Put in by hand what you want of it."


@dataclass(frozen=True)
class Proposal:
    """An open suggestion, with the block of a text that it is for and what it would change there; or with the sentence
    that says why it cannot.
    """

    suggestion: Suggestion
    block_key: str = ""
    changes: Sequence[BlockChange] = ()
    refusal: str = ""


@dataclass(frozen=True)
class _Replaced:
    """A text with a suggested wording in it, from this line to that one, and the block that stood there."""

    text: str
    first: int
    last: int
    block: CompiledBlock


@transaction.atomic
def suggest(revision: Revision, *, block: Block, wording: str, reason: str, by: User) -> Suggestion:
    """Propose another wording (Markdown) of one block. Raises SuggestionRefused with a sentence."""
    if not roles.holds(by, "articles.sign_block"):
        raise SuggestionRefused("Suggesting a wording needs the medical reviewer role.")
    if revision.is_draft:
        raise SuggestionRefused("This is still a draft. Suggest a wording once it is submitted.")
    wording = wording.replace("\r\n", "\n").strip("\n")
    if not wording.strip():
        raise SuggestionRefused("Write the whole block as it should be. To have it taken out, make a comment.")
    if len(wording) > LONGEST_WORDING or len(reason) > LONGEST_REASON:
        raise SuggestionRefused(
            f"A wording has at most {LONGEST_WORDING:,} characters, and the reason for it {LONGEST_REASON:,}. "
            "Make it shorter."
        )
    if normal_form(wording) == markdown_of(block):
        raise SuggestionRefused("This is the wording as it stands. Change it, then send it.")
    Article.objects.locked(revision.article_id)
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
def accept(suggestion: Suggestion, draft: Revision, *, text: str, version: int, by: User) -> None:
    """Save the draft as `text` with the suggested wording in it: `by` has written that then, the reviewer has not.

    `version` is that of the draft when it was shown. Raises SuggestionRefused with a sentence, StaleDraft when
    somebody saved in between.
    """
    if suggestion.suggested_by == by:
        raise SuggestionRefused("This is your own suggestion. A colleague takes it over.")
    Revision.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    lock_suggestions(draft.article)
    blocks = compile_page(text, for_text(text, draft.article)).blocks
    replaced = _replace(suggestion, text, blocks, then=_blocks_then([suggestion])[suggestion.pk])
    before = {block.digest for block in draft.blocks.all()}
    decide(suggestion, accepted=True, by=by)
    compiled = save_draft(draft, text=replaced.text, version=version, by=by)
    note_suggested(suggestion, {block.digest for block in _between(replaced, compiled.blocks)} - before)


@transaction.atomic
def decline(suggestion: Suggestion, *, by: User) -> None:
    """Leave the words as they are; also for the reviewer, who takes the suggestion back so."""
    if suggestion.suggested_by != by and not roles.holds(by, "articles.write_revision"):
        raise SuggestionRefused("Declining a suggestion needs the writer or editor role.")
    decide(suggestion, accepted=False, by=by)


def proposals_for(article: Article, text: str) -> list[Proposal]:
    """Every open suggestion on the page, with what it would change in this text of it."""
    found = list(article.suggestions.filter(accepted=None).select_related("suggested_by", "revision"))
    if not found:
        return []
    library = for_text("\n\n".join([text, *(suggestion.wording for suggestion in found)]), article)
    blocks = compile_page(text, library).blocks
    then = _blocks_then(found)
    proposals = []
    for suggestion in found:
        try:
            replaced = _replace(suggestion, text, blocks, then=then[suggestion.pk])
        except SuggestionRefused as refusal:
            proposals.append(Proposal(suggestion, refusal=str(refusal)))
            continue
        changes = compare([replaced.block], _between(replaced, compile_page(replaced.text, library).blocks))
        told = [change for change in changes if change.what is not What.SAME]
        proposals.append(Proposal(suggestion, replaced.block.key, told))
    return proposals


def _blocks_then(suggestions: Sequence[Suggestion]) -> dict[int, Block]:
    """By suggestion: the block it was made for, as it then was."""
    revisions = {suggestion.revision_id for suggestion in suggestions}
    blocks = {(block.revision_id, block.key): block for block in Block.objects.filter(revision__in=revisions)}
    return {suggestion.pk: blocks[suggestion.revision_id, suggestion.block_key] for suggestion in suggestions}


def _replace(suggestion: Suggestion, text: str, blocks: Sequence[CompiledBlock], *, then: Block) -> _Replaced:
    """`blocks` are those of `text`; `then` is the block that the suggestion was made for."""
    block = _block_for(suggestion, blocks, then)
    if block is None:
        raise SuggestionRefused(GONE)
    lines = normalise(text).split("\n")
    # Empty lines keep it apart from the blocks on either side.
    above = [*lines[: block.line - 1], ""]
    wording = suggestion.wording.split("\n")
    new = "\n".join([*above, *wording, "", *lines[block.last_line :]])
    return _Replaced(new, len(above) + 1, len(above) + len(wording), block)


def _block_for(suggestion: Suggestion, blocks: Sequence[CompiledBlock], then: Block) -> CompiledBlock | None:
    """The block the suggestion is for: the same one, or the only one that is written the same."""
    same = [block for block in blocks if block.digest == suggestion.digest]
    if same:
        return next((block for block in same if block.key == suggestion.block_key), same[0])
    alike = [block for block in blocks if (block.kind, markdown_of(block)) == (then.kind, markdown_of(then))]
    return alike[0] if len(alike) == 1 else None


def _between(replaced: _Replaced, blocks: Sequence[CompiledBlock]) -> list[CompiledBlock]:
    return [block for block in blocks if block.line <= replaced.last and block.last_line >= replaced.first]
