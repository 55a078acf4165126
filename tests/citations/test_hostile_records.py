"""Records are strangers' words: whatever they hold, an entry is safe HTML and setting it never fails."""

from __future__ import annotations

import html
import logging
import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citations import csl
from citations.style import ALLOWED_TAGS, STYLES, format_entries
from tests.citations.conftest import a_record
from tests.hanging import must_end
from tests.naughty import LISTED as NAUGHTY
from tests.size import examples, sized

pytestmark = pytest.mark.proof

PAYLOADS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    '"><iframe src=javascript:alert(1)>',
    "<i onclick=alert(1)>title</i>",
    "<b><script>alert(1)</script></b>",
    '<a href="javascript:alert(1)">x</a>',
    "</i></b></span>",
    '<span class="nocase"><script>alert(1)</script></span>',
    "<!-- x --><style>*{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "<SCRIPT>alert(1)</SCRIPT>",
    "\ue000script\ue001alert(1)",
    "\ue010\ue011",
    "a\u202egpj.exe",
    "\0null",
    "\ud800",
    "{{ 7 * 7 }} {% debug %}",
    "\\1 \\g<0> %s %(x)s {0}",
    "﷽ 𝔘𝔫𝔦 👩‍👩‍👧 Z̶a̶l̶g̶o̶",
    "",
    " ",
    ".",
    "?!",
    "'\"`",
]
WHERE = sized(
    [
        *("title", "container-title", "publisher", "volume", "issue", "page", "edition", "DOI", "URL", "PMID", "genre"),
        *("medium", "status", "number", "language", "type", "version", "publisher-place", "event-title"),
    ],
    # Each way in which a field is read.
    ["title", "publisher", "volume", "page", "DOI", "URL", "language", "type"],
)
KINDS = sized(["article-journal", "chapter", "webpage"], ["article-journal"])


def tags_in(entry: str) -> set[str]:
    return {name.lower() for name in re.findall(r"</?([A-Za-z][^\s/>]*)", entry)}


def assert_safe(entry: str) -> None:
    assert tags_in(entry) <= ALLOWED_TAGS
    for tag in re.findall(r"<[A-Za-z][^>]*>", entry):
        assert re.fullmatch(r'<(i|b|sub|sup)>|<a href="https://[^"<>]*">', tag), tag
    assert not re.search("[\x00-\x08\ue000-\uf8ff\u202a-\u202e]", entry)


@pytest.mark.proof
@pytest.mark.parametrize("payload", sized(PAYLOADS, PAYLOADS[::5]))
def test_no_field_smuggles_html_in(payload):
    people = ({"family": payload, "given": payload}, {"literal": payload}, {"given": payload, "suffix": payload})
    variants = [
        *({"type": kind} | {field: payload} for field in WHERE for kind in KINDS),
        *({"author": [person], "editor": [person]} for person in people),
        *({"issued": date} for date in ({"literal": payload}, {"raw": payload}, {"date-parts": [[payload]]})),
    ]
    entries = format_entries([a_record() | variant | {"id": f"x{n}"} for n, variant in enumerate(variants)])
    assert len(entries) == len(variants)
    for entry in entries.values():
        assert_safe(entry)


def test_a_script_in_a_title_is_shown_as_the_text_it_is():
    entry = format_entries([a_record(title="<script>alert(1)</script>")])["doe2020trial"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in entry


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "http://example.org/", "//example.org/"]
)
def test_only_secure_addresses_become_links(address):
    entry = format_entries([a_record(DOI=None, URL=address)])["doe2020trial"]
    assert "<a" not in entry
    assert address in html.unescape(entry)


def test_a_record_without_a_key_is_left_out():
    assert format_entries([{"title": "x"}, {"id": ""}, {"id": 3}, "text", None]) == {}  # type: ignore[list-item]  # hostile


@pytest.mark.parametrize(
    "record",
    [
        {"id": "bare"},
        {"id": "bare", "title": ["a", "list"], "author": "Doe, J.", "issued": "2020"},
        {"id": "bare", "title": {"deep": {}}, "author": [None, 3, [], {}], "issued": {"date-parts": [[None]]}},
        {"id": "bare", "title": 7, "volume": 10**400, "edition": -3, "number-of-volumes": "many", "page": True},
        {"id": "bare", "title": "x", "issued": {"date-parts": [[0], [99999]]}, "accessed": {"date-parts": []}},
        {"id": "bare", "title": "x", "issued": {"date-parts": [[2020, 13, 45]], "season": 9, "circa": "perhaps"}},
        {"id": "bare", "title": "x", "issued": {"date-parts": [[2020], [2019]]}},
        {"id": "bare", "type": None, "title": "x", "language": 4},
    ],
)
def test_a_record_of_the_wrong_shape_is_set_as_well_as_can_be(record):
    assert_safe(format_entries([record])["bare"])


def test_a_record_the_engine_stumbles_over_is_set_plainly(monkeypatch, caplog):
    def stumble(*args: Any) -> str:
        raise IndexError("somewhere in the engine")

    monkeypatch.setattr("citations.style._Engine.entry", stumble)
    assert format_entries([a_record(title="A <i>trial</i> & more")])["doe2020trial"] == (
        "Doe, Jane. (2020). A &lt;i&gt;trial&lt;/i&gt; &amp; more. A Journal."
        ' <a href="https://doi.org/10.1234/Trial.2020">https://doi.org/10.1234/Trial.2020</a>'
    )
    assert "doe2020trial" in caplog.text


def test_giant_records_are_cut_to_size():
    giant = a_record(
        title="word " * 200_000,
        page="1-" * 500_000,
        volume="1" * 1_000_000,
        author=[{"family": f"Name{number}", "given": "A. " * 1_000} for number in range(3_000)],
    )
    with must_end():
        entry = format_entries([giant])["doe2020trial"]
    assert len(entry) < 20_000


words = st.one_of(st.text(max_size=30), st.sampled_from(PAYLOADS))
things: st.SearchStrategy[Any] = st.one_of(words, st.integers(), st.floats(), st.none(), st.booleans(), st.lists(words))
people = st.lists(st.dictionaries(st.sampled_from(csl.NAME_PARTS), words, max_size=4), max_size=5)
dates = st.fixed_dictionaries(
    {}, optional={"date-parts": st.lists(st.lists(things, max_size=4), max_size=3), "literal": words, "circa": things}
)
hostile = st.fixed_dictionaries(
    {"id": st.just("x"), "type": st.sampled_from(csl.TYPES)},
    optional={
        **dict.fromkeys(csl.STRINGS, things),
        **{role: st.one_of(people, things) for role in csl.NAMES},
        **{date: st.one_of(dates, things) for date in csl.DATES},
    },
)


@settings(max_examples=examples(150), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hostile, st.sampled_from(sorted(STYLES)))
def test_no_record_whatever_fails_or_is_unsafe(record, style):
    assert_safe(format_entries([record], style)["x"])


@pytest.fixture
def no_stumbling(caplog):
    """The engine itself sets every record of the test."""
    with caplog.at_level(logging.ERROR, logger="citations.style"):
        yield
    assert not [record.getMessage() for record in caplog.get_records("call")]


def all_over(text: str) -> dict[str, Any]:
    """A record that has this text wherever text can be."""
    fields = dict.fromkeys([*csl.TITLES, "publisher", "volume", "issue", "page", "edition", "genre", "medium"], text)
    people = [{"family": text, "given": text, "suffix": text}, {"literal": text}, {"given": text}]
    addresses = {"DOI": text, "URL": text, "PMID": text, "PMCID": text}
    return fields | addresses | {"author": people, "editor": people, "issued": {"literal": text}, "language": text}


@pytest.mark.usefixtures("no_stumbling")
@pytest.mark.parametrize("style", STYLES)
def test_naughty_strings_are_set_and_safe(style):
    texts = sized(NAUGHTY, NAUGHTY[::20])
    kinds = ["article-journal", "book", "chapter", "webpage", "report"]
    records = [
        all_over(text) | {"id": f"n{number}", "type": kinds[number % len(kinds)]} for number, text in enumerate(texts)
    ]
    entries = format_entries(records, style)
    assert len(entries) == len(texts)
    for entry in entries.values():
        assert_safe(entry)


def fuzzed(draw: random.Random, number: int) -> dict[str, Any]:
    """A record of a known type with fields of every kind of value, few of them right."""

    def thing(deep: bool = True) -> Any:
        simple = [draw.choice(NAUGHTY), draw.choice(PAYLOADS), draw.randint(-3, 9999), 1.5, None, True, "x" * 100_000]
        return draw.choice([*simple, [thing(False)], {"a": thing(False)}] if deep else simple)

    def person() -> Any:
        parts = draw.sample([*csl.NAME_PARTS, "comma-suffix"], draw.randint(0, 4))
        return draw.choice([{part: thing() for part in parts}, {part: draw.choice(NAUGHTY) for part in parts}, thing()])

    def day() -> list[Any]:
        return draw.choice([[2020], [2020, 5], [2020, 5, 3], [0], [-44], [2020, 13, 45], ["2020"], [None], [thing()]])

    def date() -> Any:
        parts = {"date-parts": [day() for _ in range(draw.randint(0, 3))]}
        return draw.choice([parts, parts | {"season": thing(), "circa": thing()}, {"literal": thing()}, thing()])

    def value(field: str) -> Any:
        if field in csl.NAMES:
            return draw.choice([[person() for _ in range(draw.choice([1, 2, 7, 60]))], thing()])
        return date() if field in csl.DATES else thing()

    fields = draw.sample(sorted(csl.FIELDS - {"id", "type"}), draw.randint(1, 25))
    return {field: value(field) for field in fields} | {"id": f"f{number}", "type": draw.choice([*csl.TYPES, thing()])}


@pytest.mark.usefixtures("no_stumbling")
@pytest.mark.parametrize("style", STYLES)
def test_fuzzed_records_are_set_and_safe(style):
    draw = random.Random(500)
    records = [fuzzed(draw, number) for number in range(examples(500))]
    with must_end():
        entries = format_entries(records, style)
    assert len(entries) == len(records)
    for entry in entries.values():
        assert_safe(entry)
