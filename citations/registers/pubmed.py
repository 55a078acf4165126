"""PubMed, which lists the medical literature: E-utilities, https://www.ncbi.nlm.nih.gov/books/NBK25497/

Asked for MEDLINE text, since only there does it say that a work was retracted (`RIN`, `PT`).
"""

from __future__ import annotations

from django.conf import settings

from citations import formats
from citations.fetching import NoAnswer, fetch
from citations.formats import Reading

# Three requests a second are allowed to those who have no key of their own (NBK25497, "Usage Guidelines").
EVERY = 0.34  # seconds


def look_up(pmid: str) -> Reading | None:
    """What PubMed says of the work with this PMID; None when it knows none. Raises NoAnswer when it cannot be asked."""
    fields = {"db": "pubmed", "id": pmid, "rettype": "medline", "retmode": "text", "tool": "mesoinfo"}
    if settings.REGISTERS_CONTACT:
        fields["email"] = settings.REGISTERS_CONTACT
    url = f"{settings.PUBMED_URL}/entrez/eutils/efetch.fcgi"
    answer = fetch(url, accept="text/plain", fields=fields, every=EVERY)
    if answer.status == 400:
        # So it answers when it has no such number.
        return None
    if answer.status != 200:
        raise NoAnswer(f"PubMed cannot be asked at the moment (it answers {answer.status}). Try again later.")
    text = answer.text
    if f"PMID- {pmid}" not in text.splitlines():
        if "<html" in text.lower() or "error" in text.lower():
            raise NoAnswer("PubMed answered, but what it said cannot be read. Try again later.")
        return None
    found = (one for one in formats.read(text, "nbib") if one.record.get("PMID") == pmid or one.problem)
    reading = next(found, None)
    if reading is None:
        raise NoAnswer("PubMed answered, but what it said cannot be read. Try again later.")
    if reading.problem:
        raise NoAnswer(f"PubMed answered, but what it said cannot be read: {reading.problem}")
    return reading
