"""Logs say where something broke, never what a person typed."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class Discreet(logging.Formatter):
    """A traceback without its message: the message of a database error quotes the values it was given."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, frames = ei
        if kind is None:
            return ""
        return "".join(traceback.format_tb(frames)) + f"{kind.__module__}.{kind.__qualname__}"
