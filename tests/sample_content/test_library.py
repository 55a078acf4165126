"""Whatever a page or a record names exists: people, offers, pictures, sources, addresses, places on a page."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image

from tests.sample_content.conftest import CONTENT, PAGES, Page

# Addresses the software answers at without a page file.
BUILT_IN = {"/", "/advocates/", "/free-case-review/", "/glossary/", "/people/", "/search/", "/site-map/"}
FRONT_DOORS = {
    "https://www.cancer.gov/",
    "https://medlineplus.gov/",
    "https://www.nhs.uk/",
    "https://www.cdc.gov/",
    "https://www.cancer.org/",
    "https://clinicaltrials.gov/",
    "https://www.va.gov/",
    "https://www.medicare.gov/",
    "https://www.ssa.gov/",
    "https://www.healthcare.gov/",
    "https://988lifeline.org/",
    "https://eldercare.acl.gov/",
    "https://www.dol.gov/",
    "https://www.epa.gov/",
}
# 911, 988 and 211; National Cancer Institute, American Cancer Society, VA, its line for caregivers, Eldercare
# Locator, Medicare, Social Security. Each was looked up, none is from memory.
PUBLIC_NUMBERS = {
    "911",
    "988",
    "211",
    "1-800-422-6237",
    "1-800-227-2345",
    "1-800-698-2411",
    "1-855-260-3274",
    "1-800-677-1116",
    "1-800-633-4227",
    "1-800-772-1213",
}


def slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def anchors(page: Page) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#{2,3} (.+)$", page.body, re.MULTILINE)}


def as_dialed(number: str) -> str:
    digits = number.replace("-", "")
    return f"+{digits}" if len(digits) > 3 else digits


def leads_somewhere(address: str, on: Page | None, pages: dict[str, Page]) -> bool:
    if address.startswith("https://"):
        return address in FRONT_DOORS
    if address.startswith("tel:"):
        return address.removeprefix("tel:") in {as_dialed(number) for number in PUBLIC_NUMBERS}
    where, _, place = address.partition("#")
    where = where.removesuffix("?need=other")  # what the form begins with
    if not where:
        return on is not None and place in anchors(on)
    if where in pages:
        return not place or place in anchors(pages[where])
    return where in BUILT_IN and not place


def test_front_matter_names_known_people_and_topics(page: Page, records):
    front = page.front
    assert front["kind"] in {"article", "topic_introduction", "page", "glossary_term"}
    assert front["risk_class"] == "medium"
    assert front["authors"] and front["editors"]
    for person in front["authors"] + front["editors"] + list(front.get("quoted", {})):
        assert person in records["people"]
    if front["kind"] in {"page", "glossary_term"}:
        assert "topic" not in front
    else:
        assert front["topic"] in records["topics"]
    known = {"address", "kind", "topic", "position", "risk_class", "authors", "editors", "quoted"}
    assert set(front) <= known


def test_addresses_are_used_once():
    assert len({page.address for page in PAGES}) == len(PAGES)


def test_every_embedded_record_exists(page: Page, records):
    for kind, key in re.findall(r"^:{2,3}(offer|image|story) (\S+)$", page.body, re.MULTILINE):
        table = {"offer": "offers", "image": "images", "story": "stories"}[kind]
        assert key in records[table], f"{kind} {key}"


def test_every_link_leads_somewhere(page: Page, pages):
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", page.body)
    assert [link for link in links if not leads_somewhere(link, page, pages)] == []


def test_a_number_calls_what_it_says(page: Page):
    for words, address in re.findall(r"\[([\d-]+)\]\(tel:([^)]+)\)", page.body):
        assert address == as_dialed(words)


def test_every_offer_leads_somewhere(records, pages):
    for key, offer in records["offers"].items():
        assert leads_somewhere(offer["action_address"], None, pages), key


def test_a_legal_offer_says_who_answers_for_it(records):
    for offer in records["offers"].values():
        if offer["kind"] == "legal":
            disclosure = records["disclosures"][offer["disclosure"]]
            assert "Attorney advertising" in disclosure["text"]
            assert disclosure["responsible_party"] and disclosure["address"]


def test_offers_name_known_disclosures_and_pictures(records):
    for offer in records["offers"].values():
        assert offer.get("disclosure") is None or offer["disclosure"] in records["disclosures"]
        assert offer.get("image") is None or offer["image"] in records["images"]


def test_the_help_both_pages_must_offer_is_there(records):
    kinds = {offer["kind"] for offer in records["offers"].values()}
    assert kinds == {"legal", "guide", "finder", "benefits", "payment", "support", "advocate", "resources"}


def test_somebody_is_listed_as_a_patient_advocate(records):
    assert [slug for slug, person in records["people"].items() if person.get("is_advocate")]


def test_every_record_is_used(records):
    everything = "\n".join(page.text for page in PAGES)
    for table, directive in (("offers", "offer"), ("stories", "story")):
        for key in records[table]:
            assert re.search(rf"^:+{directive} {key}$", everything, re.MULTILINE), key
    shown = set(re.findall(r"^::image (\S+)$", everything, re.MULTILINE))
    shown |= {offer["image"] for offer in records["offers"].values() if "image" in offer}
    assert shown == set(records["images"])
    used = {offer["disclosure"] for offer in records["offers"].values() if "disclosure" in offer}
    assert used == set(records["disclosures"])


def test_pictures_are_small_described_and_ours(records):
    for key, image in records["images"].items():
        data = (CONTENT / image["file"]).read_bytes()
        assert len(data) <= 20 * 1024, f"{key} is heavier than 20 KiB"
        assert Image.open(io.BytesIO(data)).size == (1200, 750)
        assert image["decorative"] is False and image["alt"].endswith(".")
        assert not image["alt"].lower().startswith(("image of", "picture of"))
        assert image["licence"] and image["credit"]
        assert (CONTENT / "images" / "src" / f"{key}.svg").exists()


def test_lengths_fit_the_columns_they_are_loaded_into(records):
    def fits(value: str, most: int) -> None:
        assert len(value) <= most, value

    for offer in records["offers"].values():
        fits(offer["heading"], 120)
        fits(offer["action_label"], 60)
        for point in offer["points"]:
            fits(point, 200)
    for image in records["images"].values():
        fits(image["alt"], 400)
        fits(image["caption"], 300)
    for story in records["stories"].values():
        fits(story["heading"], 120)
        fits(story["typicality"], 300)
    fits(records["site"]["emergency_note"], 160)
    for topic in records["topics"].values():
        fits(topic["summary"], 240)


def test_no_picture_was_downloaded_or_left_over():
    drawn = {path.stem for path in (CONTENT / "images").glob("*.webp")}
    sources = {path.stem for path in (CONTENT / "images" / "src").glob("*.svg")}
    assert drawn == sources


@pytest.mark.parametrize("page_address", ["/mesothelioma/remission/", "/mesothelioma/stage-4/"])
def test_the_two_long_pages_do_not_repeat_a_picture(page_address: str, pages: dict[str, Any]):
    shown = re.findall(r"^::image (\S+)$", pages[page_address].body, re.MULTILINE)
    assert len(shown) == len(set(shown)) >= 3
