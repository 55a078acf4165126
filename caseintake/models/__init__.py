"""What is true of a request for help, of its sealed words, of what was agreed, and of who read it."""

from caseintake.models.access import AccessEvent, ActorKind, Purpose, ReadingResult
from caseintake.models.consent import ConsentAction, ConsentEvent, ConsentKind, ConsentMethod, ConsentText
from caseintake.models.sealed import BlindIndex, DataKey, Erasure, ErasureCause, PayloadKind, PersonCopy, SealedPayload
from caseintake.models.submission import (
    ANSWERED,
    HELD,
    TRANSITIONS,
    CaseEvent,
    Channel,
    ContactAttempt,
    ContactResult,
    Need,
    Outcome,
    Reason,
    State,
    Submission,
    TransitionRefused,
)

__all__ = [
    "ANSWERED",
    "HELD",
    "TRANSITIONS",
    "AccessEvent",
    "ActorKind",
    "BlindIndex",
    "CaseEvent",
    "Channel",
    "ConsentAction",
    "ConsentEvent",
    "ConsentKind",
    "ConsentMethod",
    "ConsentText",
    "ContactAttempt",
    "ContactResult",
    "DataKey",
    "Erasure",
    "ErasureCause",
    "Need",
    "Outcome",
    "PayloadKind",
    "PersonCopy",
    "Purpose",
    "ReadingResult",
    "Reason",
    "SealedPayload",
    "State",
    "Submission",
    "TransitionRefused",
]
