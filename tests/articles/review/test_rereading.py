"""What has to be read again after any edits: a block whose digest changed, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, PublishedPage, SignOff
from articles.review import drafting
from articles.review.coverage import unsigned_blocks
from citations.importing import import_csl
from tests.conftest import member, publish_one
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


edit = st.tuples(
    st.sampled_from(["reword", "put in", "take out", "move", "double", "put back"]),
    st.integers(min_value=0, max_value=30),
    st.integers(min_value=0, max_value=30),
)
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
        assert to_read == [block.key for block in compiled.blocks if block.digest not in signed]
        assert SignOff.objects.count() == signatures
