"""What a page cites, to save in a reference manager.

Each file holds the records that were frozen with the page, in the order of their numbers: what the reader sees in
the list is what they save. The present record of a source may have been corrected since; it reaches readers when the
page is published again, list and files together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from articles.models import PublishedPage
from citations import formats


@dataclass(frozen=True)
class Format:
    """A file that reference managers read."""

    media_type: str
    write: Callable[[list[dict[str, Any]]], str]


FORMATS = {
    "json": Format("application/vnd.citationstyles.csl+json; charset=utf-8", formats.to_csl_json),
    "ris": Format("application/x-research-info-systems; charset=utf-8", formats.to_ris),
    "bib": Format("application/x-bibtex; charset=utf-8", formats.to_bibtex),
}


@require_safe
def references(request: HttpRequest, address: str, extension: str) -> HttpResponse:
    """The sources a live page cites, as a file named after the page."""
    page = get_object_or_404(PublishedPage.objects.readable().only("cited_sources"), article__address=address)
    if not page.cited_sources:
        raise Http404("The page cites nothing.")
    form = FORMATS[extension]
    name = f"{address.rpartition('/')[2]}-references.{extension}"
    return HttpResponse(
        form.write(page.cited_sources),
        content_type=form.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            # A list of other people's works is no page to find.
            "X-Robots-Tag": "noindex",
        },
    )
