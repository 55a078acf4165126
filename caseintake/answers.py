"""What somebody answered, in the words of the form: for the desk, and for the person themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.views.decorators.debug import sensitive_variables

from caseintake.form import BEST_TIME, NEEDS, REPLY_BY, STATES, VOICEMAIL, WHO
from caseintake.more_form import QUESTIONS, MoreForm

Lines = list[tuple[str, str]]


@sensitive_variables()
def request_in_words(answers: Mapping[str, Any], *, clock: str = "") -> Lines:
    """Label and answer for each field of the request, but for the message; an empty one is left out.

    `clock`: what time it is where they live, for whoever wants to call them.
    """
    ways = ", ".join(label for key, label in REPLY_BY if key in answers.get("reply_by", []))
    lines = [
        ("Who needs help", dict(WHO).get(answers.get("who", ""), "")),
        ("Name", answers.get("name", "")),
        ("Phone", answers.get("phone", "")),
        ("Email", answers.get("email", "")),
        ("How to reply", ways or "Any way"),
        ("Leave a message?", dict(VOICEMAIL).get(answers.get("voicemail", ""), "Not said: we leave none")),
        ("Best time", dict(BEST_TIME).get(answers.get("best_time", ""), "Not said")),
        ("Lives in", dict(STATES).get(answers.get("state", ""), "Not said")),
        ("There it is now", clock),
        ("Asked for", dict(NEEDS).get(answers.get("need", ""), "")),
    ]
    return [(label, value) for label, value in lines if value]


@sensitive_variables()
def addition_in_words(answers: Mapping[str, Any]) -> Lines:
    """Question and answer for each field of what was added, but for the message."""
    fields = MoreForm.base_fields
    lines = []
    for question in QUESTIONS:
        for name in question.fields:
            value = answers.get(name)
            if not value or name == "message":
                continue
            labels = dict(getattr(fields[name], "choices", []))
            chosen = [value] if isinstance(value, str) else value
            label = str(fields[name].label or question.legend)
            lines.append((label, ", ".join(labels.get(one, one) for one in chosen)))
    return lines
