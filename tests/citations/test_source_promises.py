"""What PostgreSQL keeps true of a source, whoever writes and however."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from citations.models import Account, Notice, NoticeKind, Origin, Quote, Relation, RelationKind, Source, SourceEvent
from tests.citations.conftest import a_record, a_source
from tests.refusing import refused

pytestmark = pytest.mark.django_db


def insert(**fields: Any) -> None:
    """Put a record in past the model, as a script would; `key` is the source's own when it differs."""
    key = fields.pop("key", None)
    record = a_record(**fields)
    Source.objects.bulk_create([Source(key=record.get("id", "") if key is None else key, csl=record)])


def set_record(source: Source, **fields: Any) -> None:
    """Change the record with plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE citations_source SET csl = %s WHERE id = %s", [json.dumps(a_record(**fields)), source.pk]
        )


@pytest.mark.parametrize("key", ["", "Doe2020", "2020doe", "doe 2020", "doe-", "doe--x", "dö", "doe2020\n", "@doe"])
def test_a_key_can_be_written_in_a_citation(key):
    with refused("a_key_can_be_cited"):
        insert(id=key)


@pytest.mark.parametrize("key", ["doe2020trial", "ncindcr", "who:2020", "doe_2020-x.y"])
def test_these_are_keys(key):
    insert(id=key, DOI=None)


def test_a_key_belongs_to_one_source():
    insert(DOI=None)
    with refused("citations_source_key"):
        insert(DOI=None)


def test_a_key_never_changes():
    source = a_source()
    with refused("the key of a source never changes"):
        Source.objects.filter(pk=source.pk).update(key="other", csl=a_record(id="other"))


def test_the_record_carries_the_key_of_its_source():
    with refused("the_record_and_the_source_share_a_key"):
        insert(key="other")
    with refused("the_record_and_the_source_share_a_key"):
        insert(key="other", id=None)
    with refused("the_record_and_the_source_share_a_key"):
        Source.objects.bulk_create([Source(key="other", csl=a_record() | {"id": None})])


@pytest.mark.parametrize("title", [None, "", "  ", "\n"])
def test_a_source_has_a_title(title):
    with refused("a_source_has_a_title"):
        insert(title=title)


@pytest.mark.parametrize("kind", [None, "", "journal", "Article-Journal"])
def test_a_source_has_a_type_that_csl_knows(kind):
    with refused("a_source_has_a_type_csl_knows"):
        insert(type=kind)


@pytest.mark.parametrize(
    "doi", ["", "abc", "https://doi.org/10.1234/x", "10.1/x", "10.1234/", "10.1234/a b", " 10.1234/a"]
)
def test_a_doi_looks_like_one(doi):
    with refused("a_doi_looks_like_one"):
        insert(DOI=doi)


@pytest.mark.parametrize("doi", ["10.1016/S2213-2600(20)30390-8", "10.1200/JCO.20005.14.589"])
def test_odd_dois_are_dois(doi):
    insert(DOI=doi)


def test_dois_compare_without_regard_to_case():
    insert(id="one", DOI="10.1234/ABC")
    with refused("one_source_per_doi"):
        insert(id="two", DOI="10.1234/abc")
    insert(id="three", DOI=None)
    insert(id="four", DOI=None)


@pytest.mark.parametrize("pmid", ["", "0", "012", "1234567890", "PMID 12", "12a"])
def test_a_pmid_looks_like_one(pmid):
    with refused("a_pmid_looks_like_one"):
        insert(PMID=pmid)


def test_a_pmid_belongs_to_one_source():
    insert(id="one", DOI=None, PMID="33515503")
    with refused("one_source_per_pmid"):
        insert(id="two", DOI=None, PMID="33515503")


@pytest.mark.parametrize("pmcid", ["", "2637280", "pmc2637280", "PMC0"])
def test_a_pmcid_looks_like_one(pmcid):
    with refused("a_pmcid_looks_like_one"):
        insert(PMCID=pmcid)


def test_a_pmcid_belongs_to_one_source():
    insert(id="one", DOI=None, PMCID="PMC2637280")
    with refused("one_source_per_pmcid"):
        insert(id="two", DOI=None, PMCID="PMC2637280")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "https://", "https:///x", "https://a b"])
def test_a_url_is_a_web_address(url):
    with refused("a_url_is_a_web_address"):
        insert(URL=url)


def test_an_access_date_has_a_url():
    visited = {"date-parts": [[2022, 11, 16]]}
    with refused("an_access_date_has_a_url"):
        insert(accessed=visited)
    insert(accessed=visited, URL="https://example.org/")


@pytest.mark.parametrize("name", ["et al", "Et al.", "ET AL", "et. al.", "Doe J, et al."])
@pytest.mark.parametrize("part", ["family", "given", "literal"])
@pytest.mark.parametrize("role", ["author", "container-author"])
def test_nobody_is_named_et_al(name, part, role):
    with refused("nobody_is_named_et_al"):
        insert(**{role: [{"family": "Doe"}, {part: name}]})


@pytest.mark.parametrize("family", ["Etal", "Petal", "Beretta", "Al-Etal"])
def test_people_whose_names_only_sound_like_it_are_people(family):
    insert(author=[{"family": family, "given": "Et"}])


def test_a_population_is_of_somebody():
    with refused("a_population_is_of_somebody"):
        Source.objects.bulk_create([Source(key="doe2020trial", csl=a_record(), population_size=0)])


def test_an_unverified_field_is_named():
    with refused("an_unverified_field_is_named"):
        Source.objects.bulk_create([Source(key="doe2020trial", csl=a_record(), unverified=["DOI", ""])])


def test_the_rules_hold_for_changes_too():
    source = a_source()
    with refused("a_source_has_a_title"):
        set_record(source, title="")
    with refused("the_record_and_the_source_share_a_key"):
        set_record(source, id="other")


def test_the_columns_are_read_off_the_record_and_cannot_disagree():
    source = a_source()
    assert (source.title, source.year, source.csl_type) == (
        "Two drugs for mesothelioma: a trial",
        2020,
        "article-journal",
    )
    set_record(source, title="New", issued={"date-parts": [["1999"]]}, type="book", DOI="10.9999/NEW", PMID=12)
    source.refresh_from_db()
    assert (source.title, source.year, source.csl_type) == ("New", 1999, "book")
    assert (source.doi, source.pmid, source.pmcid, source.url) == ("10.9999/new", "12", None, "")
    with pytest.raises(Exception, match="generated column"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE citations_source SET title = 'typed'")


@pytest.mark.parametrize(
    "issued",
    [None, {}, {"literal": "Spring"}, {"date-parts": []}, {"date-parts": [["20x0"]]}, {"date-parts": "2020"}, 7],
)
def test_a_strange_date_leaves_the_year_empty(issued):
    insert(issued=issued)
    assert Source.objects.get().year is None


def test_what_a_source_said_before_is_remembered():
    source = a_source()
    source.csl["title"] = "Corrected"
    source.save()
    Source.objects.filter(pk=source.pk).update(study_design="cohort")
    source.delete()
    told = SourceEvent.objects.order_by("pgh_id").values_list("pgh_label", "csl__title", "study_design")
    first = "Two drugs for mesothelioma: a trial"
    assert list(told) == [
        ("insert", first, "phase 2 trial"),
        ("update", "Corrected", "phase 2 trial"),
        ("update", "Corrected", "cohort"),
        ("delete", "Corrected", "cohort"),
    ]


def test_what_a_source_said_before_is_never_changed():
    a_source()
    for statement in ("UPDATE citations_sourceevent SET key = 'x'", "DELETE FROM citations_sourceevent"):
        with (
            pytest.raises(Exception, match=r"Cannot (update|delete)"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def pin(source: Source, text: str = "Half of them were alive.", **fields: Any) -> Quote:
    """Put a quote in past its form."""
    (quote,) = Quote.objects.bulk_create([Quote(source=source, text=text, **fields)])
    return quote


def announce(source: Source, kind: str = NoticeKind.RETRACTED, **fields: Any) -> Notice:
    """Put a notice in past its form."""
    (notice,) = Notice.objects.bulk_create([Notice(source=source, kind=kind, on=date(2024, 3, 1), **fields)])
    return notice


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_a_quote_has_words(text):
    source = a_source()
    with refused("a_quote_has_words"):
        pin(source, text)


def test_the_same_words_of_a_source_are_one_quote():
    source, other = a_source(), a_source(id="other", DOI=None)
    pin(source, locator="p. 3")
    pin(other)
    with refused("one_quote_per_source_and_words"):
        pin(source, locator="p. 4")


def test_the_longest_quote_can_be_told_from_others():
    assert pin(a_source(), "".join(chr(0x1F600 + number) for number in range(600))).pk


def test_a_retirement_says_who_and_when(writer):
    source = a_source()
    quote = pin(source)
    for half in ({"retired_by": writer}, {"retired_at": timezone.now()}):
        with refused("a_retirement_says_who_and_when"):
            pin(source, "Other words.", **half)
        with refused("a_retirement_says_who_and_when"):
            Quote.objects.filter(pk=quote.pk).update(**half)


def test_the_words_of_a_quote_never_change(writer):
    quote, other = pin(a_source()), a_source(id="other", DOI=None)
    for change in ({"text": "Other words."}, {"locator": "p. 4"}, {"source": other}):
        with refused("the words of a quote never change; retire it and pin another"):
            Quote.objects.filter(pk=quote.pk).update(**change)
    quote.retire(by=writer)
    with refused("the words of a quote never change; retire it and pin another"):
        Quote.objects.filter(pk=quote.pk).update(text="Other words.")


def test_no_quote_is_deleted():
    quote = pin(a_source())
    with refused("a quote is kept, because signatures rest on it; retire it instead"):
        quote.delete()
    with pytest.raises(ProtectedError):
        quote.source.delete()


@pytest.mark.parametrize("kind", ["", "Retracted", "withdrawn"])
def test_a_notice_has_a_known_kind(kind):
    source = a_source()
    with refused("a_notice_has_a_known_kind"):
        announce(source, kind)


@pytest.mark.parametrize("reference", ["the journal", "doi:10.1234/x", "10.1234/a b", "javascript:alert(1)", "ftp://x"])
def test_a_notice_is_announced_at_a_doi_or_a_web_address(reference):
    source = a_source()
    with refused("a_notice_is_announced_at_a_doi_or_a_web_address"):
        announce(source, reference=reference)


@pytest.mark.parametrize("reference", ["", "10.1234/Retraction.2024", "https://example.org/a", "http://example.org"])
def test_these_say_where_a_notice_is_announced(reference):
    assert announce(a_source(), reference=reference).pk


@pytest.mark.parametrize("kind", NoticeKind.values)
def test_a_notice_names_a_successor_exactly_when_there_is_one(kind):
    source, later = a_source(), a_source(id="later", DOI=None)
    right, wrong = (later, None) if kind == NoticeKind.SUPERSEDED else (None, later)
    with refused("a_notice_names_a_successor_exactly_when_there_is_one"):
        announce(source, kind, successor=wrong)
    assert announce(source, kind, successor=right).pk


def test_no_source_supersedes_itself():
    source = a_source()
    with refused("no_source_supersedes_itself"):
        announce(source, NoticeKind.SUPERSEDED, successor=source)


def test_a_notice_stands_as_it_was_recorded():
    notice = announce(a_source())
    with refused("a notice stands as it was recorded; record what was said later"):
        Notice.objects.filter(pk=notice.pk).update(note="Or not.")
    with refused("a notice stands as it was recorded; record what was said later"):
        notice.delete()
    with pytest.raises(ProtectedError):
        notice.source.delete()


ISBN = "9781597450225"


@pytest.mark.parametrize(
    "isbn",
    ["", "1597450227", "978-1-59745-022-5", "9781597450226", "97815974502", "9771597450225", "\uff19781597450225", "x"],
)
def test_an_isbn_has_thirteen_digits_and_the_last_is_right(isbn):
    with refused("an_isbn_has_thirteen_digits_and_the_last_is_right"):
        insert(type="book", ISBN=isbn)


def test_a_whole_book_has_its_isbn_for_itself_and_its_chapters_share_it():
    insert(id="book", DOI=None, type="book", ISBN=ISBN)
    insert(id="chapter", DOI=None, type="chapter", ISBN=ISBN)
    insert(id="entry", DOI=None, type="entry-dictionary", ISBN=ISBN)
    with refused("one_whole_source_per_isbn"):
        insert(id="again", DOI=None, type="report", ISBN=ISBN)


def test_a_locked_field_is_named():
    source = a_source()
    with refused("a_locked_field_is_named"):
        Source.objects.filter(pk=source.pk).update(locked_fields=["title", ""])


def merge(source: Source, other: Source | None, **merger: Any) -> None:
    Source.objects.filter(pk=source.pk).update(merged_into=other, **merger)


@pytest.fixture
def merger(editor) -> dict[str, Any]:
    """By whom and when."""
    return {"merged_by": editor, "merged_at": timezone.now()}


def test_a_merger_says_into_what_by_whom_and_when(merger):
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    for left_out in ({"merged_by": None}, {"merged_at": None}):
        with refused("a_merger_says_into_what_by_whom_and_when"):
            merge(roe, doe, **merger | left_out)
    with refused("a_merger_says_into_what_by_whom_and_when"):
        merge(roe, None, **merger)


def test_no_source_is_merged_into_itself(merger):
    doe = a_source()
    with refused("no_source_is_merged_into_itself"):
        merge(doe, doe, **merger)


def test_a_source_is_merged_into_one_that_is_in_use(merger):
    doe, roe, poe = a_source(), a_source(id="roe", DOI=None), a_source(id="poe", DOI=None)
    merge(roe, doe, **merger)
    with refused("a source cannot be merged into one that was itself merged into another"):
        merge(poe, roe, **merger)
    with refused("a source cannot be merged into one that was itself merged into another"):
        merge(doe, roe, **merger)
    # Its target may be merged in turn, and then stands for both.
    merge(doe, poe, **merger)
    roe.refresh_from_db()
    assert roe.survivor == poe
    with refused("a source cannot be merged into one that was itself merged into another"):
        Source.objects.bulk_create([Source(key="moe", csl=a_record(id="moe", DOI=None), merged_into=roe, **merger)])


def test_what_was_merged_stands_as_it_was(merger):
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    merge(roe, doe, **merger)
    for change in (
        {"csl": a_record(id="roe", DOI=None, title="Other")},
        {"study_design": "cohort"},
        {"population_size": 4},
    ):
        with refused("a source that was merged into another stands as it was"):
            Source.objects.filter(pk=roe.pk).update(**change)
    merge(roe, None, merged_by=None, merged_at=None)
    Source.objects.filter(pk=roe.pk).update(study_design="cohort")


def test_what_was_merged_leaves_its_identifiers_to_others(merger):
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    merge(doe, roe, **merger)
    set_record(roe, id="roe")
    with refused("one_source_per_doi"):
        merge(doe, None, merged_by=None, merged_at=None)


def account(source: Source, **fields: Any) -> Account:
    told = {"origin": Origin.FILE, "record": source.csl, "digest": "0" * 64} | fields
    return Account.objects.create(source=source, **told)


def test_an_account_has_a_known_origin():
    source = a_source()
    with refused("an_account_has_a_known_origin"):
        account(source, origin="rumor")


def test_an_account_of_a_person_names_them():
    source = a_source()
    with refused("an_account_of_a_person_names_them"):
        account(source, origin=Origin.PERSON)


def test_an_account_stands_as_it_was_told():
    told = account(a_source())
    with refused("what an origin said stands as it was said"):
        Account.objects.filter(pk=told.pk).update(record={})


def test_an_account_goes_only_with_its_source():
    source = a_source()
    told = account(source)
    with refused("an account is kept as long as its source"), transaction.atomic():
        told.delete()
        # Asked when the transaction ends.
        connection.check_constraints()
    source.delete()
    connection.check_constraints()
    assert not Account.objects.exists()


def test_a_relation_is_of_a_known_kind_and_of_two_sources():
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    with refused("a_relation_has_a_known_kind"):
        Relation.objects.create(source=doe, kind="cousin_of", other=roe)
    with refused("no_source_is_related_to_itself"):
        Relation.objects.create(source=doe, kind=RelationKind.VERSION_OF, other=doe)


def test_two_sources_have_one_relation():
    doe, roe = a_source(), a_source(id="roe", DOI=None)
    Relation.objects.create(source=doe, kind=RelationKind.PREPRINT_OF, other=roe)
    with refused("one_relation_between_two_sources"):
        Relation.objects.create(source=doe, kind=RelationKind.VERSION_OF, other=roe)
    with refused("these two sources are related already"):
        Relation.objects.create(source=roe, kind=RelationKind.VERSION_OF, other=doe)
