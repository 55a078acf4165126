"""The styles a site can choose between for its reference lists. `citations.style` sets entries in them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices


class CitationStyle(TextChoices):
    """Each is a file in `citations/styles/`."""

    APA = "apa-numeric-superscript", "APA 7, numbered"
    AMA = "american-medical-association", "AMA 11"
    NLM = "nlm-citation-sequence", "NLM (Vancouver)"


def list_in(lists: Mapping[str, str], style: str) -> str:
    """The reference list of a page in this style, of those it was frozen with. A page from before there was this style
    has the first of ours that it was frozen with; one that cites nothing has none.
    """
    in_order = [style, *CitationStyle.values, *lists]
    return next((lists[name] for name in in_order if name in lists), "")
