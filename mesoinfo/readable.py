"""What is sent to us is read in UTF-8, in which our pages are, or not at all.

Django would read a body, and even an address, in any codec of Python's that a stranger names. Some are for no text and
break it, others make characters that cannot be written down again; and some headers cannot be taken apart.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# A form whose parts nobody can tell from each other: whoever reads it is told that it is broken.
BROKEN = "multipart/form-data"


def in_utf8(application: Application) -> Application:
    """The application, asked only with headers of content that can be read."""

    def asked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = readable(environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return asked


def readable(content_type: str) -> str:
    """The header as it came; BROKEN where it makes no sense or names another encoding than UTF-8."""
    try:
        _, parameters = parse_header_parameters(content_type)
        in_ours = codecs.lookup(parameters.get("charset", "utf-8")).name == "utf-8"
    except (LookupError, TypeError, ValueError):
        return BROKEN
    return content_type if in_ours else BROKEN
