"""The note on emergencies, as publishers write it and as readers can touch it."""

from __future__ import annotations

import pytest

from mesoinfo.models import SiteSettings

CALL_911 = '<a href="tel:911">911</a>'
CALL_988 = '<a href="tel:988">988</a>'


@pytest.mark.parametrize(
    ("note", "html"),
    [
        ("Chest pain? Call 911.", f"Chest pain? Call {CALL_911}."),
        ("911 or 988", f"{CALL_911} or {CALL_988}"),
        ("Call 1-800-911-0000", "Call 1-800-911-0000"),
        ("Call your doctor", "Call your doctor"),
        ("<b>911</b>", f"&lt;b&gt;{CALL_911}&lt;/b&gt;"),
    ],
)
def test_its_numbers_are_links_and_nothing_else_of_it_is_html(note: str, html: str) -> None:
    assert SiteSettings(emergency_note=note).emergency_note_html == html
