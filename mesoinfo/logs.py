"""Logs say where something broke, never what a person typed; and nobody can write a line of their own into them."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class Discreet(logging.Formatter):
    """Each message on one line, and a traceback without its message: that of a database error quotes the values it was
    given.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line. What would end it, or tell a terminal what to do, is written as an escape, such as \\x1b."""
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, frames = ei
        if kind is None:
            return ""
        return "".join(traceback.format_tb(frames)) + f"{kind.__module__}.{kind.__qualname__}"
