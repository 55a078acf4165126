"""A watch on every POST that a test sends to the desk: what it writes is on record in the audit ledger.

It stands in all tests (tests/conftest.py), so that a new step of the desk is held to it by the tests of that step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

WRITE = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM) "((?:articles|citations|mesoinfo)_\w+)"')
SAVEPOINT = re.compile(r"^(ROLLBACK TO )?(SAVEPOINT \S+)$")
LEDGER = "mesoinfo_auditentry"
# Cases have ledgers of their own (tests/caseintake). Of the rest, what may be written without an entry, and why:
WITHOUT_AN_ENTRY = {
    "mesoinfo_outboxmessage",  # tells of a step that has its own
}


class Watch:
    """The tables that went through to the database since it was put up with `connection.execute_wrapper`."""

    def __init__(self) -> None:
        self._written: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if step := SAVEPOINT.match(sql):
            rolled_back, savepoint = step.groups()
            if rolled_back:
                del self._written[self._written.index(savepoint) :]
            self._written.append(savepoint)
        else:
            self._written += WRITE.findall(sql)
        return result

    @property
    def off_the_record(self) -> set[str]:
        """The tables written, if there is no entry of it."""
        if LEDGER in self._written:
            return set()
        return {name for name in self._written if not name.startswith("SAVEPOINT")} - WITHOUT_AN_ENTRY


def is_step_of_the_desk(method: str, path: str) -> bool:
    """Whether staff do something there. Signing in is none."""
    if path.endswith("/autosave/"):
        # What is still being typed: who is at work is kept as a contribution, and saving it is a step.
        return False
    return method == "POST" and path.startswith("/admin/") and not path.startswith("/admin/login/")
