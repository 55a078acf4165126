"""What a screen of the desk says, as a person reads it."""

from __future__ import annotations

import html
import re
from typing import Protocol


class Answer(Protocol):
    """Anything the test client answers with."""

    status_code: int

    @property
    def content(self) -> bytes: ...


def told(answer: Answer) -> str:
    """The words on the screen, without markup, each run of blanks as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
