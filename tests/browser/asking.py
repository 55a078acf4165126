"""What the tests of asking for help share: a site with keys, and a person who fills in the form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management import call_command
from playwright.sync_api import Page

from mesoinfo.models import SiteSettings
from tests.caseintake.conftest import REQUEST

URL = "/free-case-review/"
SMALL = {"width": 320, "height": 640}


def make_site(settings: Any, keys: Path) -> None:
    """A site with a phone number, and keys of this test alone."""
    settings.KEY_DIR = keys
    settings.DESK_PUBLIC_KEY = keys / "desk.public"
    settings.DESK_PRIVATE_KEY = keys / "desk.private"
    call_command("seal_keygen")
    SiteSettings.objects.create(publisher_name="Sample Press", phone="1-800-555-0100", phone_hours="Any day", about="")


def fill(page: Page, **leave_out: bool) -> None:
    """Answer what has to be answered, and leave the rest."""
    page.get_by_label("My parent").check()
    if not leave_out.get("name"):
        page.get_by_label("Your name").fill(str(REQUEST["name"]))
    page.get_by_label("Phone number").fill(str(REQUEST["phone"]))
    page.get_by_label("What would help you most?").fill(str(REQUEST["message"]))
    page.get_by_role("checkbox", name=re.compile("I agree")).check()


def assert_it_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
