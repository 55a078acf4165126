"""The styles a site can choose between for its reference lists. `citations.style` sets entries in them."""

from __future__ import annotations

from django.db.models import TextChoices


class CitationStyle(TextChoices):
    """Each is a file in `citations/styles/`."""

    APA = "apa-numeric-superscript", "APA 7, numbered"
    AMA = "american-medical-association", "AMA 11"
    NLM = "nlm-citation-sequence", "NLM (Vancouver)"
