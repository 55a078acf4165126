"""Whatever words people send us: a request that is refused shows them all again, one that is taken keeps them.

Each string goes into every field of the form, of what may be added later, of the page for those who have a private
code, and of the desk; and comes back as it was typed wherever it is shown: at the desk, on the person's own page, which
is the one to be printed, and in the copy they may save.
"""

from __future__ import annotations

import json
from itertools import count

import pytest
from django.urls import reverse

from caseintake import spam
from caseintake.bursts import Bursts
from caseintake.models import Submission
from caseintake.triage import LONGEST_NOTE, Screen
from mesoinfo.models import SiteSettings
from mesoinfo.public_forms import TRAP
from tests.conftest import member
from tests.naughty import FEW, STRINGS, as_kept
from tests.size import sized

from .naughty_pages import FORM, MINE, MORE, OURS, Visitor, exact, line_ends, page_of, shown_in, title_of, typed_in

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

WORDS = pytest.mark.parametrize("words", sized(STRINGS, FEW), ids=count())
CHOICES = ("need", "who", "reply_by", "voicemail", "best_time", "state", "consent_use", "consent_auto", "request_key")
LINES = {
    "told_more": "If there were more illnesses, when was each found?",
    "contact_work": "What kind of work was it?",
    "contact_states": "In which states?",
    "court_date": "If there is a court or claim date, when is it?",
    "language": "Which language do you speak best?",
    "family": "Whom in your family should we talk to, and how?",
}
YEARS = ("died_year", "told_year", "stopped_year", "first_year", "last_year")
MORE_CHOICES = ("living", "died_month", "illness", "place", "served", "branch", "urgent", "easier")


@pytest.fixture(autouse=True)
def _surroundings(keys, db, monkeypatch):
    """A site with a key and a phone number, to which people come an hour apart."""
    SiteSettings.objects.create(
        publisher_name="Sample Press", phone="1-800-555-0100", phone_hours="Always", about="Us."
    )
    monkeypatch.setattr(spam, "BURSTS", Bursts(clock=count(step=3600).__next__))


@pytest.fixture
def visitor():
    return Visitor()


@pytest.fixture
def lead(django_user_model):
    """A browser in which somebody has signed in who may open any request."""
    desk = Visitor()
    desk.force_login(member("advocate lead"))
    return desk


@pytest.fixture
def holder():
    """A browser of the advocate who works on the requests."""
    desk = Visitor()
    desk.force_login(member("advocate"))
    return desk


def post(visitor, address, fields):
    answer = visitor.post(address, fields, headers=OURS)
    assert answer.status_code == 200, answer.status_code
    return page_of(answer)


def refused_fields(page, prefix):
    """Those that the page names as to be put right; none when it took what was sent."""
    return {one["href"].removeprefix(f"#{prefix}-") for one in page.all("a") if one["href"].startswith(f"#{prefix}-")}


def send(visitor, words):
    """Ask for help, with the words wherever the form takes them. What was typed in the end, and the private code."""
    # Each time where the one before was refused, what is nearer to what the field is for.
    tries = {
        "name": [words, f"N {words}"[:80], "Pat"],
        "phone": [words, f"212 555 0199 {words}"[:32], "212 555 0199"],
        "email": [words, f"{words}@example.org", "pat@example.org"],
        "message": [words, words[:3000], words[:1000]],
    }
    rest = {"who": "parent", "consent_use": "on", "reply_by": ["call", "email"]}
    for _ in range(4):
        typed = {name: values[0] for name, values in tries.items()}
        page = post(visitor, FORM, typed | rest)
        refused = refused_fields(page, "case")
        if not refused:
            return typed, page.all("input", name="code")[0]["value"]
        assert title_of(page).startswith("Error: ")
        assert refused <= tries.keys(), refused
        assert {name: typed_in(page, FORM)[name] for name in typed} == {name: line_ends(typed[name]) for name in typed}
        for name in refused:
            del tries[name][0]
    raise AssertionError("A request that anybody could answer was refused.")


def add(visitor, code, words):
    """Add to a request, with the words wherever something may be typed. What was typed in the end."""
    for length in (len(words), 190, 60):
        typed = dict.fromkeys(LINES, words[:length]) | {"message": words[: length * 20]}
        page = post(visitor, MORE, typed | {"code": code, "living": "yes"})
        if title_of(page).startswith("We have added it"):
            return typed
        assert title_of(page).startswith("Error: ")
        assert {name: typed_in(page, MORE)[name] for name in typed} == {name: line_ends(typed[name]) for name in typed}
    raise AssertionError("What was added was not taken.")


def opened_by(desk, submission):
    """What the person wrote, piece by piece, as the desk shows it: by label, and the message."""
    answer = desk.post(reverse("admin:caseintake_submission_open", args=[submission.ref]), {"purpose": "review"})
    assert answer.status_code == 200
    pieces = page_of(answer).all("article", class_="cases-piece")
    return [(shown_in(piece), "".join(exact(text) for text in piece.all("p", class_="cases-text"))) for piece in pieces]


@WORDS
def test_what_is_taken_is_read_as_it_was_typed_wherever_it_is_shown(visitor, lead, words):
    typed, code = send(visitor, words)
    added = add(visitor, code, words)
    first = {name.title(): as_kept(typed[name]) for name in ("name", "phone", "email") if as_kept(typed[name])}
    second = {label: as_kept(added[name]) for name, label in LINES.items() if as_kept(added[name])}
    messages = [as_kept(one["message"], lines=True) for one in (typed, added)]

    at_the_desk = opened_by(lead, Submission.objects.get())
    assert [message for _, message in at_the_desk] == messages
    assert at_the_desk[0][0].items() >= first.items()
    assert {label: value for label, value in at_the_desk[1][0].items() if label in LINES.values()} == second

    own = post(visitor, MINE, {"code": code})
    pieces = own.all("section", class_="sent")
    assert shown_in(pieces[0]).items() >= first.items() and shown_in(pieces[1]).items() >= second.items()
    assert ["".join(map(exact, piece.all("blockquote"))) for piece in pieces] == messages

    saved = json.loads(visitor.post(MINE, {"code": code, "do": "download"}, headers=OURS).content)
    kept, later = [one["answers"] for one in saved["sent"]]
    for name in ("name", "phone", "email"):
        assert kept[name] == as_kept(typed[name])
    for name in LINES:
        assert later.get(name, "") == as_kept(added[name])
    assert [kept["message"], later.get("message", "")] == messages


@WORDS
def test_what_is_refused_is_shown_again_as_it_was_typed(visitor, words):
    typed = dict.fromkeys(("name", "phone", "email", "message"), words)
    page = post(visitor, FORM, typed | dict.fromkeys((*CHOICES, TRAP), words))
    assert title_of(page).startswith("Error: ")
    again = typed_in(page, FORM)
    assert {name: again[name] for name in typed} == dict.fromkeys(typed, line_ends(words))
    assert again["request_key"] == "" and again[TRAP] == "", "no person sees these"
    assert not Submission.objects.exists()

    typed = dict.fromkeys((*LINES, *YEARS, "message", "code"), words)
    page = post(visitor, MORE, typed | dict.fromkeys(MORE_CHOICES, words))
    assert title_of(page).startswith("Error: ")
    again = typed_in(page, MORE)
    assert {name: again[name] for name in typed} == dict.fromkeys(typed, line_ends(words))

    page = post(visitor, MINE, {"code": words, "do": words, "kind": words, "sure": words})
    assert title_of(page).startswith("Error: ")
    assert typed_in(page, MINE) == {"code": line_ends(words)}


@WORDS
def test_the_desk_keeps_a_note_as_it_was_typed_and_shows_it_again_when_it_is_refused(visitor, holder, lead, words):
    send(visitor, "hello")
    submission = Submission.objects.get()

    def press(desk, step, **fields):
        submission.refresh_from_db()
        address = reverse("admin:caseintake_submission_step", args=[submission.ref, step])
        return desk.post(address, {"seen": str(Screen.of(submission)), **fields})

    if submission.state == "quarantined":
        press(holder, "release")
    # It is nobody's yet.
    refusal = press(holder, "note", text=words)
    assert refusal.status_code == 409
    assert exact(page_of(refusal).one("textarea", id="kept-text")) == "\n" + line_ends(words)
    press(holder, "claim")

    for step, fields in {
        "contact": {"channel": words, "result": words},
        "wait": {"until": words},
        "hand-over": {"to": words, "reason": words},
        "close": {"outcome": words},
        "withdrawal": {"kind": words, "told_by": words, "sure": words},
        "note": {"seen": words},
    }.items():
        refusal = press(holder, step, text=words, **fields)
        assert refusal.status_code == 409, step
        page = page_of(refusal)
        assert page.all("div", class_="cases-problem")
        field = page.one("textarea", id="contact-text" if step == "contact" else "note-text")
        assert exact(field) == "\n" + line_ends(words), step

    kept = line_ends(words.replace("\0", "")).strip()
    for step, fields in {"note": {}, "contact": {"channel": "call", "result": "reached"}}.items():
        taken = press(holder, step, text=words, **fields)
        if kept and len(kept) <= LONGEST_NOTE:
            assert taken.status_code == 302, step
            assert opened_by(lead, submission)[-1] == ({}, kept)
