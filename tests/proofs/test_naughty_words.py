"""Whatever words people send us: a request that is refused shows them all again, one that is taken keeps them.

Each string goes into every field of the form, of what may be added later, of the page for those who have a private
code, and of the desk; and comes back as it was typed wherever it is shown: at the desk, on the person's own page, which
is the one to be printed, and in the copy they may save.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.urls import reverse

from caseintake.models import State, Submission
from caseintake.triage import LONGEST_NOTE, Screen
from mesoinfo.public_forms import TRAP
from tests.naughty import FEW, STRINGS, WORST, as_kept
from tests.size import sized

from .naughty_pages import (
    FORM,
    MINE,
    MORE,
    OF_MORE,
    OF_THE_FORM,
    OURS,
    Visitor,
    at_the_desk,
    is_refused,
    line_ends,
    on_their_page,
    page_of,
    problems_in,
    text_in,
    title_of,
    typed_in,
)

pytestmark = [pytest.mark.proof, pytest.mark.django_db, pytest.mark.usefixtures("intake")]

CHOICES = ("need", "who", "reply_by", "voicemail", "best_time", "state", "consent_use", "consent_auto", "request_key")
YEARS = ("died_year", "told_year", "stopped_year", "first_year", "last_year")
CHOICES_OF_MORE = ("living", "died_month", "illness", "place", "served", "branch", "urgent", "easier")


def ask_for_help(visitor: Visitor, words: str) -> tuple[dict[str, str], str]:
    """With the words wherever the form takes them. What was typed in the end, and the private code."""
    # Where one is refused the next is nearer to what the field is for.
    tries = {
        "name": [words, f"N {words}"[:80], "Pat"],
        "phone": [words, f"212 555 0199 {words}"[:32], "212 555 0199"],
        "email": [words, f"{words}@example.org", "pat@example.org"],
        "message": [words, words[:3000], words[:1000]],
    }
    while True:
        typed = {name: values[0] for name, values in tries.items()}
        page = visitor.send(FORM, typed | {"who": "parent", "consent_use": "on", "reply_by": ["call", "email"]})
        if not is_refused(page, FORM, typed):
            return typed, page.all("input", name="code")[0]["value"]
        # No field is named when it was too much in all.
        for name in problems_in(page, "case") or {"name", "phone", "email", "message"}:
            assert len(tries[name]) > 1, f"{name} was refused with what anybody could answer"
            del tries[name][0]


def add(visitor: Visitor, code: str, words: str) -> dict[str, str]:
    """Add to a request, with the words wherever something may be typed. What was typed in the end."""
    for length in (len(words), 190, 60):
        typed = dict.fromkeys(OF_MORE, words[:length]) | {"message": words[: length * 20]}
        page = visitor.send(MORE, typed | {"code": code, "living": "yes"})
        if not is_refused(page, MORE, typed):
            assert title_of(page).startswith("We have added it")
            return typed
    raise AssertionError("What was added was not taken.")


def labelled(typed: dict[str, str], labels: dict[str, str]) -> dict[str, str]:
    """What pages show of it, by label: nothing for what was left empty."""
    return {label: as_kept(typed[name]) for name, label in labels.items() if as_kept(typed[name])}


@pytest.mark.parametrize("words", sized(STRINGS, [*FEW[::8], WORST]), ids=count())
def test_what_is_taken_is_read_as_it_was_typed_wherever_it_is_shown(
    visitor: Visitor, lead: Visitor, words: str
) -> None:
    typed, code = ask_for_help(visitor, words)
    added = add(visitor, code, words)
    first, second = labelled(typed, OF_THE_FORM), labelled(added, OF_MORE)
    messages = [as_kept(one["message"], lines=True) for one in (typed, added)]

    for pieces in (at_the_desk(lead, Submission.objects.get()), on_their_page(visitor, code)):
        (request, _), (addition, _) = pieces
        assert {label: request[label] for label in OF_THE_FORM.values() if label in request} == first
        assert {label: addition[label] for label in OF_MORE.values() if label in addition} == second
        assert [message for _, message in pieces] == messages

    saved = visitor.post(MINE, {"code": code, "do": "download"}, headers=OURS).content.decode()
    for names, answers in ((OF_THE_FORM, typed), (OF_MORE, added)):
        for name, label in names.items():
            colon = "" if label.endswith("?") else ":"
            assert not as_kept(answers[name]) or f"\n{label}{colon} {as_kept(answers[name])}\n" in saved
    for message in filter(None, messages):
        assert "\n" + "".join(f"    {line}\n" if line else "\n" for line in message.split("\n")) in saved


@pytest.mark.parametrize("words", sized(STRINGS, [*FEW[::5], WORST]), ids=count())
def test_what_is_refused_is_shown_again_as_it_was_typed(visitor: Visitor, words: str) -> None:
    typed = dict.fromkeys((*OF_THE_FORM, "message"), words)
    page = visitor.send(FORM, typed | dict.fromkeys((*CHOICES, TRAP), words))
    assert is_refused(page, FORM, typed)
    again = typed_in(page, FORM)
    assert (again["request_key"], again[TRAP]) == ("", ""), "no person sees these"
    assert not Submission.objects.exists()

    typed = dict.fromkeys((*OF_MORE, *YEARS, "message", "code"), words)
    assert is_refused(visitor.send(MORE, typed | dict.fromkeys(CHOICES_OF_MORE, words)), MORE, typed)

    page = visitor.send(MINE, {"code": words, "do": words, "kind": words, "sure": words})
    assert is_refused(page, MINE, {"code": words})


@pytest.mark.parametrize("words", sized(STRINGS, [*FEW[1::25], WORST]), ids=count())
def test_the_desk_keeps_a_note_as_it_was_typed_and_shows_it_again_when_it_is_refused(
    visitor: Visitor, holder: Visitor, lead: Visitor, words: str
) -> None:
    ask_for_help(visitor, "hello")
    submission = Submission.objects.get()

    def press(step: str, **fields: Any) -> Any:
        submission.refresh_from_db()
        address = reverse("admin:caseintake_submission_step", args=[submission.ref, step])
        return holder.post(address, {"seen": str(Screen.of(submission)), **fields})

    refusal = press("note", text=words)
    assert (refusal.status_code, submission.state) == (409, State.QUEUED), "it is nobody's yet"
    assert text_in(page_of(refusal).one("textarea", id="kept-text")) == line_ends(words)
    press("claim")

    for step, fields in {
        "contact": {"channel": words, "result": words},
        "wait": {"until": words},
        "hand-over": {"to": words, "reason": words},
        "close": {"outcome": words},
        "withdrawal": {"kind": words, "told_by": words, "sure": words},
        "note": {"seen": words},
    }.items():
        refusal = press(step, text=words, **fields)
        assert refusal.status_code == 409, step
        field = page_of(refusal).one("textarea", id="contact-text" if step == "contact" else "note-text")
        assert text_in(field) == line_ends(words), step

    kept = line_ends(words.replace("\0", "")).strip()
    for step, fields in {"note": {}, "contact": {"channel": "call", "result": "reached"}}.items():
        taken = press(step, text=words, **fields)
        if kept and len(kept) <= LONGEST_NOTE:
            assert taken.status_code == 302, step
            assert at_the_desk(lead, submission)[-1] == ({}, kept)
