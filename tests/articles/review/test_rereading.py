"""What has to be read again after any edits: a block whose digest changed, and no other. Where there is none, what was
taken out or moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from articles.models import Article, PublishedPage, RevisionStatus, SignOff
from articles.review import drafting
from articles.review.coverage import TAKEN_OUT, unsigned_blocks
from citations.importing import import_csl
from tests.conftest import member, publish_one, sign_all, the_reviewer
from tests.size import examples

pytestmark = [pytest.mark.proof, pytest.mark.django_db]
# Each example takes back what it wrote by itself.
quick = settings(
    max_examples=examples(200),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

BLOCKS = [
    "# Stage 4 mesothelioma",
    "What stage 4 means, and what can help.",
    "## Symptoms",
    "You may feel short of breath.",
    "Most people cough.",
    "- Rest when you are tired\n- Ask for help\n- Eat little and often",
    "## Treatment",
    "One study described a trial of two drugs [@trial2020].",
    ":::checklist\n- Write down your questions\n- Bring somebody with you\n:::",
    "### Surgery",
    "It is rarely possible.",
    ":::faq\n### Can it come back?\n\nIt can.\n\n### Is it painful?\n\nIt can be.\n:::",
]
NEW = ["A new thought [@other2019].", "- One more\n- And another", "### In short", ":::warning\nCall your team.\n:::"]
WORDS = [("breath", "air"), ("cough", "**cough**"), ("Symptoms", "Signs"), ("rarely", "seldom"), ("Rest", "Sleep")]


@pytest.fixture(scope="module")
def page(module_db: None) -> PublishedPage:
    for key in ("trial2020", "other2019"):
        issued = {"date-parts": [[2020]]}
        record = {"id": key, "type": "article-journal", "title": f"A trial, {key}", "issued": issued}
        import_csl([record], by=member("writer"))
    return publish_one("mesothelioma/stage-4", "\n\n".join(BLOCKS) + "\n")


edit_places = (st.integers(min_value=0, max_value=30), st.integers(min_value=0, max_value=30))
edit = st.tuples(st.sampled_from(["reword", "put in", "take out", "move", "double", "put back"]), *edit_places)
script = st.lists(edit, max_size=8)


def edited(steps: list[tuple[str, int, int]]) -> list[str]:
    """The blocks of the page after these edits; its title stays on top."""
    blocks = list(BLOCKS)
    for what, one, other in steps:
        place = 1 + one % (len(blocks) - 1)
        if what == "reword":
            old, new = WORDS[other % len(WORDS)]
            blocks = [block.replace(old, new) for block in blocks]
        elif what == "put in":
            blocks.insert(place, NEW[other % len(NEW)])
        elif what == "take out" and len(blocks) > 3:
            del blocks[place]
        elif what == "move":
            blocks.insert(1 + other % (len(blocks) - 1), blocks.pop(place))
        elif what == "double":
            blocks.insert(place, blocks[place])
        elif what == "put back":
            blocks = list(BLOCKS)
    return blocks


@contextmanager
def forgotten() -> Iterator[None]:
    """What is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@quick
@given(script)
def test_a_block_is_to_be_read_again_if_and_only_if_its_digest_changed(
    page: PublishedPage, steps: list[tuple[str, int, int]]
) -> None:
    article = Article.objects.get(pk=page.article_id)
    signed = set(page.revision.blocks.values_list("digest", flat=True))
    signatures = SignOff.objects.count()
    with forgotten():
        draft = drafting.start_draft(article, by=member("writer"))
        compiled = drafting.save_draft(
            draft, text="\n\n".join(edited(steps)) + "\n", version=draft.version, by=member("writer")
        )
        to_read = [block.key for block in unsigned_blocks(draft)]
        changed = [block.key for block in compiled.blocks if block.digest not in signed]
        then = list(page.revision.blocks.values_list("digest", "kind"))
        gone = takes_out(then, [(block.digest, block.kind) for block in compiled.blocks])
        assert to_read == changed + [TAKEN_OUT] * gone
        assert SignOff.objects.count() == signatures


shuffle = st.lists(st.tuples(st.sampled_from(["take out", "move", "double"]), *edit_places), min_size=1, max_size=4)


@quick
@given(shuffle)
def test_what_was_taken_out_or_moved_is_approved_once_it_is_signed(
    page: PublishedPage, steps: list[tuple[str, int, int]]
) -> None:
    article = Article.objects.get(pk=page.article_id)
    with forgotten():
        draft = drafting.start_draft(article, by=member("writer"))
        text = "\n\n".join(edited(steps)) + "\n"
        compiled = drafting.save_draft(draft, text=text, version=draft.version, by=member("writer"))
        assume(not any(finding.severity == "error" for finding in compiled.findings))
        drafting.submit(draft, change_note="Less.", by=member("writer"))
        nothing = not unsigned_blocks(draft)
        assert draft.status == (RevisionStatus.APPROVED if nothing else RevisionStatus.IN_REVIEW)
        sign_all(draft, the_reviewer())
        assert draft.status == RevisionStatus.APPROVED


def takes_out(then: list[tuple[str, str]], now: list[tuple[str, str]]) -> bool:
    """A block that stands in both counts as itself, any other as one of its kind."""
    both = {digest for digest, _ in then} & {digest for digest, _ in now}
    names = [[digest if digest in both else kind for digest, kind in blocks] for blocks in (then, now)]
    return not is_within(*names)


def is_within(then: list[str], now: list[str]) -> bool:
    """Whether all that stood there is there still, in its order."""
    left = iter(now)
    return all(digest in left for digest in then)
