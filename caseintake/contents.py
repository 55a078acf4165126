"""What was sealed, read strictly once it is open.

Whoever has taken over the public site can seal whatever they like: that it opens tells nothing of what is in it. What
no form of ours writes is refused here, whole, so that nobody behind has to reckon with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.debug import sensitive_variables

from caseintake.form import CaseReviewForm, Choices
from caseintake.more_form import MoreForm
from caseintake.parcels import AMENDMENT, REQUEST
from mesoinfo.vault import VaultRefused

MALFORMED = "malformed"  # the code of the refusal
# The fields that take several answers.
SEVERAL = {
    name
    for form in (CaseReviewForm, MoreForm)
    for name, field in form.base_fields.items()
    if isinstance(field, Choices)
}


@dataclass(frozen=True, repr=False)
class Contents:
    """The answers by the names of their fields, each a text or, for the fields with several, a list of texts; the page
    they were sent from, empty if not known; and the codes of what to look at twice.
    """

    answers: dict[str, Any]
    page: str
    check: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class OwnContents(Contents):
    """The same in the person's own copy, with what was sent and when."""

    is_first: bool
    at: datetime


@sensitive_variables()
def read(opened: bytes) -> Contents:
    """What a request, or what was added to it, holds for the desk. Raises VaultRefused ("malformed")."""
    try:
        return Contents(**_parts(_object(opened)))
    except (ValueError, RecursionError):
        # `from None`: a chained traceback would carry what was read.
        raise _malformed() from None


@sensitive_variables()
def read_own(opened: bytes) -> OwnContents:
    """What the person's own copy of either holds. Raises VaultRefused ("malformed")."""
    try:
        content = _object(opened)
        kind = content.get("kind")
        if kind not in (REQUEST, AMENDMENT):
            raise ValueError("unknown kind")
        return OwnContents(**_parts(content), is_first=kind == REQUEST, at=_moment(_text(content.get("at"))))
    except (ValueError, RecursionError):
        raise _malformed() from None


@sensitive_variables()
def read_note(opened: bytes) -> str:
    """The text of a note. Raises VaultRefused ("malformed")."""
    try:
        return opened.decode()
    except ValueError:
        raise _malformed() from None


def _malformed() -> VaultRefused:
    return VaultRefused(
        MALFORMED,
        "This record opens, but no form of ours writes what is in it. Tell the operators: somebody may have sent it "
        "past the form.",
    )


@sensitive_variables()
def _object(opened: bytes) -> dict[str, Any]:
    content = json.loads(opened.decode())
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


@sensitive_variables()
def _parts(content: dict[str, Any]) -> dict[str, Any]:
    answers = content.get("answers")
    if not isinstance(answers, dict):
        raise ValueError("no answers")
    return {
        "answers": {_text(name): _texts(value) if name in SEVERAL else _text(value) for name, value in answers.items()},
        "page": _text(content.get("page", "")),
        "check": tuple(_texts(content.get("check", []))),
    }


@sensitive_variables()
def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    value.encode()  # half a pair of surrogates can be escaped in JSON, and written nowhere
    return value


@sensitive_variables()
def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return [_text(one) for one in value]


@sensitive_variables()
def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    # In the first and the last year, some clocks would be outside of what a date can say.
    if moment is None or not is_aware(moment) or not datetime.min.year < moment.year < datetime.max.year:
        raise ValueError("not a moment")
    return moment
