"""The bibliography all pages share. A record in CSL-JSON is the truth; PostgreSQL reads its columns off it."""

from typing import Any

from citations.models.account import Account, Origin
from citations.models.check import RegisterCheck
from citations.models.dataset import DatasetRead
from citations.models.importing import Import, ImportedRecord, ImportKind, ImportState, Outcome
from citations.models.notice import Notice
from citations.models.quote import Quote
from citations.models.relation import Relation, RelationKind
from citations.models.source import NoticeKind, Source
from citations.models.turn import Turn

# Made by pghistory.track: what each source said before, with who changed it and how.
SourceEvent: Any

__all__ = [
    "Account",
    "DatasetRead",
    "Import",
    "ImportKind",
    "ImportState",
    "ImportedRecord",
    "Notice",
    "NoticeKind",
    "Origin",
    "Outcome",
    "Quote",
    "RegisterCheck",
    "Relation",
    "RelationKind",
    "Source",
    "SourceEvent",
    "Turn",
]
