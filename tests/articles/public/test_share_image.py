"""The picture beside a link: of live pages only, whatever the title, drawn once and asked for cheaply."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from PIL import Image, ImageColor

from articles.models import PublishedPage
from articles.public import share_image
from articles.public.share_image import GROUND, KEPT, MARGIN, SIZE, draw
from articles.publishing.addresses import move
from articles.publishing.takedown import take_down
from mesoinfo.models import SiteSettings, User
from tests.conftest import member

AT = "/images/share/mesothelioma/stage-4.png"

pytestmark = pytest.mark.usefixtures("published_once")


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def ink_outside_the_margin(picture: Image.Image) -> bool:
    """Whether anything but the ground stands within a few pixels of the edges, above the bar at the foot."""
    width, height = SIZE
    near = MARGIN - 20
    for box in ((0, 0, near, height - 16), (width - near, 0, width, height - 16), (0, 0, width, near)):
        colors = picture.crop(box).getcolors()
        if [color for _, color in colors or []] != [ImageColor.getrgb(GROUND)]:
            return True
    return False


def test_a_live_page_has_a_picture_of_the_size_networks_ask_for(client: Client, published: PublishedPage) -> None:
    answer = client.get(AT)
    assert answer["Content-Type"] == "image/png"
    assert opened(answer.content).size == (1200, 630)
    assert len(answer.content) < 40_000
    assert not answer.cookies


def test_so_has_the_site(client: Client, db: None) -> None:
    assert opened(client.get("/images/share.png").content).size == (1200, 630)


def test_it_shows_the_title_and_the_name_of_the_site(client: Client, published: PublishedPage) -> None:
    before = client.get(AT)
    SiteSettings.objects.create(site_name="Another name", publisher_name="P", about="A")
    after = client.get(AT)
    assert after.content != before.content
    assert draw("Stage 4 mesothelioma", "Another name") == after.content
    assert draw("Stage 3 mesothelioma", "Another name") != after.content


def test_it_is_sent_only_when_it_changed(client: Client, published: PublishedPage) -> None:
    tag = client.get(AT)["ETag"]
    again = client.get(AT, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    SiteSettings.objects.create(site_name="Another name", publisher_name="P", about="A")
    assert client.get(AT, headers={"If-None-Match": tag}).status_code == 200


def test_it_is_drawn_once_and_not_for_those_who_have_it(
    client: Client, published: PublishedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = client.get(AT)["ETag"]
    monkeypatch.setattr(share_image, "_set", lambda title: pytest.fail("drawn again"))
    assert client.get(AT).status_code == 200
    draw.cache_clear()
    assert client.get(AT, headers={"If-None-Match": tag}).status_code == 304


def test_no_more_than_a_few_are_kept_in_memory() -> None:
    draw.cache_clear()
    for number in range(KEPT + 3):
        draw(str(number), "mesoinfo")
    assert draw.cache_info().currsize == KEPT


@pytest.mark.parametrize(
    "title",
    [
        "A",
        "Fluid around the lung (pleural effusion)",
        "What to ask before you say yes to an operation, and what to ask after it, in the order in which it comes",
        "Word " * 60,
        "x" * 300,
        "W" * 300,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "“Quoted” — it’s 50 % ≥ β é 肺 \u202e \x07",
        "   ",
    ],
)
def test_every_title_fits(title: str) -> None:
    assert not ink_outside_the_margin(opened(draw(title, "mesoinfo")))


@pytest.mark.parametrize("name", ["m", "The mesothelioma information service of somebody", "W" * 80])
def test_so_does_the_name_of_the_site(name: str) -> None:
    assert not ink_outside_the_margin(opened(draw("", name)))
    assert not ink_outside_the_margin(opened(draw("Cough", name)))


@pytest.mark.parametrize(
    "address", ["mesothelioma/nothing", "mesothelioma", "people/an-author", "mesothelioma/stage-4/x", "../stage-4", "A"]
)
def test_nothing_else_has_one(client: Client, published: PublishedPage, address: str) -> None:
    assert client.get(f"/images/share/{address}.png").status_code == 404


def test_nor_of_what_was_live(client: Client, published: PublishedPage) -> None:
    tag = client.get(AT)["ETag"]
    take_down(published.article, reason="It is wrong.", by=member("publisher"))
    assert client.get(AT).status_code == 410
    assert client.get(AT, headers={"If-None-Match": tag}).status_code == 410


def test_it_moves_with_its_page(client: Client, published: PublishedPage, publisher: User) -> None:
    article = published.article
    assert article.topic is not None
    move(article, topic=article.topic, name="four", reason="Plainer.", by=publisher)
    answer = client.get(AT)
    assert (answer.status_code, answer["Location"]) == (301, "/images/share/mesothelioma/four.png")
    assert client.get(answer["Location"]).status_code == 200
