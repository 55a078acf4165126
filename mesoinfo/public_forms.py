"""What the forms on public pages share: how a POST is read within limits, and words taken as a person means them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError

from mesoinfo.composing import compose

# A field no person sees. Neutral, so that browsers do not fill it in.
TRAP = "ref2"

# They turn what follows around, so that a screen shows other words than were sent. Plain marks of direction stay.
_BIDI_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Unreadable(Exception):
    """What was sent cannot be read. Says whether it was too much."""

    def __init__(self, *, too_big: bool) -> None:
        super().__init__("too big" if too_big else "broken")
        self.too_big = too_big

    @property
    def status(self) -> int:
        return 413 if self.too_big else 400


def read_post(request: HttpRequest) -> QueryDict:
    """What was sent, to be changed as one likes. Raises Unreadable; nothing of it ever touches the disk."""
    try:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is not None and length_of(request) > limit:
            raise RequestDataTooBig
        request.upload_handlers = [_NoFiles(request)]
        return request.POST.copy()
    # A part whose own header makes no sense is a TypeError.
    except (BadRequest, MultiPartParserError, SuspiciousOperation, OSError, TypeError) as error:
        raise Unreadable(too_big=isinstance(error, RequestDataTooBig)) from None


def length_of(request: HttpRequest) -> int:
    """The bytes of the body, as announced; 0 when nothing sensible is."""
    try:
        return max(int(request.META.get("CONTENT_LENGTH") or 0), 0)
    except ValueError:
        return 0


class _NoFiles(FileUploadHandler):
    """The forms take no files; one that is sent all the same never touches the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def problems_of(form: forms.Form) -> list[tuple[str, str]]:
    """What is wrong, each with the id of the control to mend it with, in the order of the page: a rule over several
    fields finds its problem last.
    """
    return [(_control(form[name]), str(error)) for name in form.fields for error in form.errors.get(name, [])]


def _control(field: forms.BoundField) -> str:
    if isinstance(field.field, Choice) and isinstance(field.field.widget, forms.RadioSelect):
        first, _ = field.field.choices[0]
        return f"{field.auto_id}-{first}"
    return field.auto_id


def show_as_typed(form: forms.Form) -> None:
    """No errors beside the fields: a notice above them says what happened and what to do."""
    form.full_clean()
    form.errors.clear()


class PlainText(forms.CharField):
    """Words as a person means them: composed Unicode, no control characters, no overrides of direction."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(required=False, strip=True, **kwargs)
        self.validators = []  # nothing is refused for the characters in it: to_python takes them out

    def to_python(self, value: Any) -> str:
        text = compose("" if value is None else str(value))
        for end_of_line in ("\r\n", "\r", "\u2028", "\u2029"):
            text = text.replace(end_of_line, "\n")
        if not self.lines:
            text = text.replace("\n", " ").replace("\t", " ")
        return "".join(
            c for c in text if c in "\n\t" or (c not in _BIDI_OVERRIDES and unicodedata.category(c) not in ("Cc", "Cs"))
        ).strip()


class Choice(forms.Field):
    """One of a list. What is not in the list counts as no answer."""

    def __init__(self, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        """`widget` is forms.RadioSelect where each choice has a control of its own."""
        super().__init__(required=False, **kwargs)
        self.choices = choices

    def to_python(self, value: Any) -> str:
        return value if value in dict(self.choices) else ""
