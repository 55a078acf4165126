"""What a person may see and do with their private code. It opens their own copy; nothing else does."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_variables

from caseintake import contents, doors
from caseintake.answers import Lines, addition_in_words, request_in_words
from caseintake.models import ConsentAction, ConsentKind, ConsentMethod, PersonCopy, State
from caseintake.private_code import PrivateCode
from mesoinfo import vault

# Where the work stands, as somebody who waits understands it.
STANDING = {
    State.RECEIVED: "We have it. Nobody has taken it up yet.",
    State.QUARANTINED: "We have it. A person looks at it before an advocate takes it up.",
    State.QUEUED: "We have it. It waits for an advocate.",
    State.CLAIMED: "An advocate has it, and will try to reach you.",
    State.CONTACTING: "An advocate has tried to reach you, and will try again.",
    State.TALKING: "An advocate is in touch with you.",
    State.WAITING: "An advocate has it, and will come back to you.",
    State.CLOSED: "We are done with it. You can write to us again at any time.",
}
TAKEN_BACK = "You asked us to stop. Nobody works on it, and nobody will get in touch about it."
DAMAGED = "Your copy of this does not open. Please call us: we help you all the same."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Sent:
    """One thing the person sent: when, the answers in words, and the message. Where their copy does not open, `problem`
    says so, and there is nothing else.
    """

    at: datetime | None = None
    is_first: bool = False
    lines: Lines = field(default_factory=list)
    message: str = ""
    page: str = ""
    state: str = ""
    who: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Reading:
    """One opening by staff: when, in what role, and which of them by number."""

    at: datetime
    role: str
    reader: int


@dataclass(frozen=True)
class Agreement:
    """One consent: the words that were agreed to, and when; if it was taken back, when, and if by telling us."""

    kind: ConsentKind
    words: str
    given_at: datetime
    taken_back_at: datetime | None = None
    was_told: bool = False


@dataclass(frozen=True, repr=False)
class Own:
    """A request as its sender may see it."""

    reference: str
    standing: str
    may_be_answered: bool
    sent: list[Sent]
    sent_with_another_code: int
    readings: list[Reading]
    agreements: list[Agreement]

    @property
    def state(self) -> str:
        """Where they live, as far as what this code opens says so; an empty string else."""
        return next((one.state for one in self.sent if one.is_first), "")

    @property
    def who(self) -> str:
        """Who needs help, as far as what this code opens says so, as the form has it; an empty string else."""
        return next((one.who for one in self.sent if one.is_first), "")

    @property
    def readers(self) -> int:
        """How many members of staff opened it."""
        return len({reading.reader for reading in self.readings})


@sensitive_variables()
def open_own(code: PrivateCode) -> Own | None:
    """What this code opens; None for a code nobody has, and for what was erased: they cannot be told apart.

    A copy that was changed or moved hides nothing of the rest, so that nobody is kept from erasing what they sent.
    Raises what the database raises while it is away.
    """
    found = doors.view(code.lookup)
    if found is None:
        return None
    # Sent twice, it came when it came first; so the consents say.
    sent = [
        replace(one, at=_moment(found["received_at"])) if one.is_first else one
        for one in (_sent(copy, code) for copy in found["copies"])
    ]
    state = State(found["state"])
    agreements: dict[str, Agreement] = {}
    for event in found["consents"]:
        agreements[event["kind"]] = _agreement(event, agreements.get(event["kind"]))
    may_be_answered = agreements[ConsentKind.USE_TO_REPLY].taken_back_at is None
    return Own(
        reference=found["ref"],
        standing=STANDING[state] if may_be_answered else TAKEN_BACK,
        may_be_answered=may_be_answered,
        sent=sent,
        sent_with_another_code=max(found["sent"] - len(sent), 0),
        readings=[Reading(_moment(one["at"]), one["role"], one["reader"]) for one in found["readings"]],
        agreements=list(agreements.values()),
    )


@sensitive_variables()
def _sent(copy: dict[str, Any], code: PrivateCode) -> Sent:
    try:
        return _opened(copy, code)
    except vault.VaultRefused as damage:
        logger.error("A person's own copy does not open (%s).", damage.code)
        return Sent(problem=DAMAGED)


@sensitive_variables()
def _opened(copy: dict[str, Any], code: PrivateCode) -> Sent:
    place = PersonCopy(id=copy["id"], schema=copy["schema"]).place
    own = contents.read_own(vault.unlock(doors.from_base64(copy["ciphertext"]), place=place, key=code.key))
    return Sent(
        at=own.at,
        is_first=own.is_first,
        lines=request_in_words(own.answers) if own.is_first else addition_in_words(own.answers),
        message=own.answers.get("message", ""),
        page=own.page,
        state=own.answers.get("state", ""),
        who=own.answers.get("who", ""),
    )


def _agreement(event: dict[str, Any], before: Agreement | None) -> Agreement:
    at = _moment(event["at"])
    if event["action"] == ConsentAction.GRANTED or before is None:
        return Agreement(ConsentKind(event["kind"]), event["words"], given_at=at)
    return replace(before, taken_back_at=at, was_told=event["method"] == ConsentMethod.STAFF)


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment is not None  # PostgreSQL wrote it
    return moment
