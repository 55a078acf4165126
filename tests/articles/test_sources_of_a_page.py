"""What the bibliography says of a page's sources reaches the page: merged sources, and quotes that say otherwise."""

from __future__ import annotations

import pytest
from django.test import Client

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import PublishedPage, Revision, TransitionRefused
from articles.publishing.gates import gates
from articles.review import drafting
from citations import merging
from citations.models import Quote, Source
from mesoinfo.models import User

FIGURE = "# A page\n\nA lede.\n\n## One\n\nAll patients had disease control [@trial2020].\n"


def found(text: str) -> list[tuple[str, str, str]]:
    page = compile_page(text, for_text(text))
    return [(finding.rule, finding.severity, finding.message) for finding in page.findings]


@pytest.fixture
def merged(source: Source, editor: User) -> Source:
    """The source of the pages, merged into another."""
    other = Source.objects.create(key="other2021", csl={"id": "other2021", "type": "webpage", "title": "Another"})
    stamp = merging.preview(source, other).stamp
    merging.merge(source, other, take=frozenset(), stamp=stamp, by=editor)
    return source


def test_a_retired_key_is_an_error_that_names_the_one_to_write(merged: Source) -> None:
    assert (
        "retired-key",
        "error",
        "The source “trial2020” was merged into “other2021”. Write [@other2021].",
    ) in found(FIGURE)


def test_what_was_signed_reads_as_it_did_and_is_not_published_anew(approved: Revision, merged: Source) -> None:
    verdicts = {gate.code: gate for gate in gates(approved)}
    assert verdicts["embedded"].ok
    assert verdicts["rendering"].ok
    assert not verdicts["sources"].ok
    assert "The source “trial2020” was merged into “other2021”" in verdicts["sources"].evidence


def test_a_live_page_keeps_the_list_it_was_published_with(
    client: Client, published: PublishedPage, merged: Source
) -> None:
    assert "Two drugs for mesothelioma: a trial" in client.get("/mesothelioma/stage-4/").content.decode()


def test_a_pinned_quote_that_says_otherwise_is_an_error(source: Source, writer: User) -> None:
    assert not [rule for rule, *_ in found(FIGURE) if rule == "quote-contradicts"]
    quote = Quote.objects.create(source=source, text="Disease control was 57.7% at 12 weeks.", added_by=writer)
    assert [severity for rule, severity, _ in found(FIGURE) if rule == "quote-contradicts"] == ["error"]
    quote.retire(by=writer)
    assert not [rule for rule, *_ in found(FIGURE) if rule == "quote-contradicts"]


def test_a_contradiction_stops_submission(draft: Revision, source: Source, writer: User) -> None:
    Quote.objects.create(source=source, text="Disease control was 57.7% at 12 weeks.", added_by=writer)
    drafting.save_draft(draft, text=FIGURE, version=draft.version, by=writer)
    with pytest.raises(TransitionRefused, match=r"57\.7"):
        drafting.submit(draft, change_note="A figure.", by=writer)
