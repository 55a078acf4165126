"""What looks like spam goes to the quarantine; people, however they write and wherever from, go to the queue."""

import json
from pathlib import Path

import pytest

from caseintake import spam
from caseintake.bursts import Arrivals
from caseintake.models import Submission
from caseintake.spam import SIGNALS, THRESHOLD
from mesoinfo.provenance import Provenance
from tests.hanging import must_end

CORPUS = [json.loads(line) for line in Path(__file__).with_name("spam_corpus.jsonl").read_text("utf-8").splitlines()]
HONEST = [sample for sample in CORPUS if sample["kind"] == "honest"]
SPAM = [sample for sample in CORPUS if sample["kind"] == "spam"]
FEW = Arrivals(line=1, minute=1, hour=1)
BUSY = Arrivals(line=1, minute=spam.BUSY_MINUTE + 1, hour=spam.BUSY_HOUR + 1)
OWN_STORY = "My father was a pipefitter for thirty years and was told last week that he is ill."


def judged(message, name="Pat", *, hidden_field="", provenance=Provenance.OURS, arrivals=FEW, phone="212 555 0199"):
    answers = {"name": name, "phone": phone, "email": "", "message": message}
    return spam.suspicions(answers, hidden_field=hidden_field, provenance=provenance, arrivals=arrivals)


# The corpus


def test_the_corpus_is_large_enough_and_says_nothing_twice():
    assert len(HONEST) >= 120 and len(SPAM) >= 120
    assert len({(sample["name"], sample["message"]) for sample in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("sample", HONEST, ids=lambda sample: sample["message"][:40])
def test_no_honest_message_is_quarantined(sample):
    assert judged(sample["message"], sample["name"]) == ()


def test_hardly_any_is_when_the_network_is_busy_too():
    doubted = [sample for sample in HONEST if judged(sample["message"], sample["name"], arrivals=BUSY)]
    assert len(doubted) <= len(HONEST) * 0.01, doubted


def test_at_least_95_in_100_of_the_spam_is_quarantined():
    missed = [sample for sample in SPAM if not judged(sample["message"], sample["name"])]
    assert len(missed) <= len(SPAM) * 0.05, missed


@pytest.mark.parametrize(
    "message",
    [
        "BUY BACKLINKS AND GUEST POSTS",
        "buy back\u200blinks and guest\u00a0posts",
        "ｂｕｙ ｂａｃｋｌｉｎｋｓ， ｇｕｅｓｔ ｐｏｓｔｓ",
    ],
)
def test_capitals_and_odd_letters_hide_no_spam(message):
    assert judged(message) == ("sales-talk-of-two-kinds",)


# The weights


def test_what_people_do_by_accident_never_quarantines_alone():
    enough_alone = {code for code, signal in SIGNALS.items() if signal.weight >= THRESHOLD}
    assert enough_alone == {
        "no-browser-headers",
        "attack-on-programs",
        "sales-talk-of-two-kinds",
    }


@pytest.mark.parametrize("other", ["link", "far-from-our-subject", "busy-network"])
def test_a_browser_that_fills_in_the_hidden_field_makes_no_other_accident_a_doubt(other):
    assert SIGNALS["hidden-field-filled"].weight + SIGNALS[other].weight < THRESHOLD


def test_doubts_are_told_with_the_most_telling_first():
    doubts = judged("See http://a.example", hidden_field="x", provenance=Provenance.UNKNOWN)
    assert doubts == ("no-browser-headers", "hidden-field-filled", "little-beside-links", "link")


@pytest.mark.parametrize(
    ("message", "hidden_field", "is_doubted"),
    [
        (OWN_STORY, "40202", False),
        (f"{OWN_STORY} See https://news.example.com/story", "Pat Example", False),
        (OWN_STORY, "https://spam.example", True),
        ("We offer backlinks", "x", True),
        ("kRtYpQwErTzX", "x", True),
    ],
)
def test_a_filled_hidden_field_needs_something_beside_it(message, hidden_field, is_doubted):
    assert bool(judged(message, hidden_field=hidden_field)) is is_doubted


@pytest.mark.parametrize(
    "message",
    [
        "He lost it all on a crypto platform with guaranteed returns. https://t.me/x I want to die",
        "I can't breathe <script>",
    ],
)
def test_nobody_who_speaks_of_danger_is_held_up_for_their_words(message):
    assert judged(message) == ()


@pytest.mark.parametrize(
    "text",
    ["pat@example.org", "write to pat.smith@mail.example.com", "told in March.In May again", "Dr.Smith", "St. John"],
)
def test_what_only_looks_like_a_link_is_none(text):
    assert "link" not in judged(text, provenance=Provenance.UNKNOWN)


@pytest.mark.parametrize(
    "text",
    ["spam.example.com", "HTTPS://SPAM.EXAMPLE", "www.spam.example", "t.me/spam", "spam [dot] com", "spam (dot) com"],
)
def test_links_are_known_however_they_are_written(text):
    assert "link" in judged(f"{OWN_STORY} {text}", provenance=Provenance.UNKNOWN)


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "www.", "x@", "your ", "cured ", "http://", "<a ", "[(dot", "\ufdfa", "1 "]
)
def test_no_message_keeps_the_machine_busy(piece):
    with must_end():
        judged(piece * (4000 // len(piece)), hidden_field=piece * (60_000 // len(piece)))


def test_every_code_fits_into_the_database_and_has_words():
    longest = Submission._meta.get_field("suspicions").base_field.max_length
    assert all(len(code) <= (longest or 0) and signal.words for code, signal in SIGNALS.items())
    assert spam.in_words(["link", "a-code-of-long-ago"]) == [SIGNALS["link"].words, "a-code-of-long-ago"]


# The same words


def test_the_same_words_of_three_people_are_a_doubt_beside_another():
    phones = ("212 555 0101", "212 555 0102", "212 555 0103", "212 555 0104")
    assert [judged(OWN_STORY, phone=phone, arrivals=BUSY) for phone in phones] == [
        (),
        (),
        *[("same-words-from-others", "busy-network")] * 2,
    ]


def test_a_text_that_a_union_hall_hands_out_holds_nobody_up():
    assert not any(judged(OWN_STORY, phone=f"212 555 01{n}") for n in range(10, 60))


def test_one_person_may_say_it_again_and_again():
    assert not any(judged(OWN_STORY, arrivals=BUSY) for _ in range(5))


def test_short_words_are_everybodys():
    assert not any(judged("Please call me.", phone=f"212 555 01{n}", arrivals=BUSY) for n in range(10, 20))
