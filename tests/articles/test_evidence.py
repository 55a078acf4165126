"""What was found of each condition for publishing is told in a sentence that needs no question beside it."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from django.utils import timezone

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Revision
from articles.publishing.gates import Candidate, gates
from articles.review import drafting
from citations.models import Source
from mesoinfo.models import User
from tests.conftest import PAGE


def evidence_of(revision: Revision, candidate: Candidate | None = None) -> dict[str, str]:
    return {gate.code: gate.evidence for gate in gates(revision, candidate)}


def saved(draft: Revision, text: str, writer: User) -> None:
    drafting.save_draft(draft, text=text, version=draft.version, by=writer)


def test_a_page_that_may_go_out_is_told_in_whole_sentences(approved):
    told = evidence_of(approved)
    for sentence in told.values():
        assert re.fullmatch(r"(?:[A-Z]|\d+ ).+[^.]\.", sentence), sentence
        assert len(sentence.split()) > 3, sentence
    assert told["separation"] == "Nobody signed what they helped write."
    assert told["quorum"] == "Every block is signed by one person."
    assert told["sources"] == "1 source is cited."
    assert told["rendering"] == "Readers will see what the reviewers saw."
    assert told["byline"] == "1 person is named as author."


def test_one_and_several_are_told_apart_and_end_with_one_full_stop(draft, writer):
    one = "line 22: There is no source “no1” in the bibliography"
    another = "line 22: There is no source “no2” in the bibliography"
    saved(draft, f"{PAGE}\nSee [@no1].\n", writer)
    assert evidence_of(draft)["sources"] == f"1 problem with the sources: {one}."
    saved(draft, f"{PAGE}\nSee [@no1] and [@no2].\n", writer)
    assert evidence_of(draft)["sources"] == f"2 problems with the sources: {one}; {another}."


def test_more_than_three_are_counted(in_review):
    sentence = evidence_of(in_review)["coverage"]
    assert sentence.startswith("9 without a signature: “Stage 4 mesothelioma”; ")
    assert sentence.endswith(" and 6 more.")


def test_days_are_written_without_a_zero_in_front(approved, monkeypatch):
    monkeypatch.setattr("articles.publishing.gates.reviewed_on", lambda revision: datetime.date(2026, 3, 1))
    monkeypatch.setattr(timezone, "now", lambda: datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC))
    told = evidence_of(approved)["next-review"]
    assert re.fullmatch(r"The page was reviewed on 1 March 2026 and is due again on [1-9]\d? \w+ 202\d\.", told), told


def test_a_block_that_is_no_longer_there_is_named(approved):
    compiled = compile_page(approved.text, for_text(approved.text, approved.article))
    without_last = Candidate(approved, compiled=replace(compiled, blocks=compiled.blocks[:-1]))
    (embedded,) = [gate for gate in gates(approved, without_last) if gate.code == "embedded"]
    assert not embedded.ok
    assert embedded.evidence == (
        "1 block is no longer there: “Write down your questions Bring somebody with you”. "
        "Recall the revision and submit it again."
    )


def test_blocks_in_another_order_than_submitted_shut_it(approved):
    compiled = compile_page(approved.text, for_text(approved.text, approved.article))
    turned_round = Candidate(approved, compiled=replace(compiled, blocks=compiled.blocks[::-1]))
    (embedded,) = [gate for gate in gates(approved, turned_round) if gate.code == "embedded"]
    assert (embedded.ok, embedded.evidence) == (
        False,
        "The blocks stand in another order than they were submitted in. Recall the revision and submit it again.",
    )


def test_a_retracted_source_is_one_problem(approved, source: Source):
    source.notices.create(kind="retracted", on=datetime.date(2026, 11, 1))
    assert evidence_of(approved)["sources"] == "1 problem with the sources: [@trial2020] was retracted."
