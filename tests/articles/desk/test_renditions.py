"""Renditions: drawn once when a picture comes in, from pixels alone, whole on the disk before a record names them."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image as Pillow
from PIL import ImageCms
from pytest_django import Settings

from articles.markup import compile_page
from articles.markup.library import for_text
from articles.models import Image, Offer, PublishedPage, Revision
from articles.publishing import images
from articles.publishing.gates import gates
from articles.publishing.images import ImageRefused, missing_files, path_of, read_picture, renditions_of, store_image
from articles.publishing.publish import publish
from articles.review import drafting
from articles.review.coverage import unsigned_blocks
from mesoinfo.models import User
from tests.articles.desk.conftest import a_picture
from tests.conftest import PAGE, sign_all

WORDS = {"alt": "The two lungs.", "credit": "The publisher", "licence": "own work"}
WITH_A_PICTURE = PAGE.replace("Most people cough.", "Most people cough.\n\n::image lungs")


def a_photograph(size: tuple[int, int] = (500, 300), kind: str = "JPEG", **options: object) -> bytes:
    """A picture with as much detail as a photograph, so that the better formats are the smaller ones."""
    file = BytesIO()
    grain = Pillow.effect_noise((size[0] // 8, size[1] // 8), 60).resize(size, Pillow.Resampling.BICUBIC)
    Pillow.merge("RGB", (grain, grain.rotate(180), Pillow.linear_gradient("L").resize(size))).save(
        file, kind, **options
    )
    return file.getvalue()


def a_png(colour_type: int, pixel: bytes, *, side: int = 20) -> bytes:
    """A PNG with sixteen bits to each channel, which Pillow reads but does not write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    rows = b"".join(b"\x00" + pixel * side for _ in range(side))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 16, colour_type, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def stored(content: bytes, *, key: str = "lungs", caption: str = "") -> Image:
    return store_image(
        content, key=key, alt=WORDS["alt"], credit=WORDS["credit"], licence=WORDS["licence"], caption=caption
    )


def opened(content: bytes) -> Pillow.Image:
    picture = Pillow.open(BytesIO(content))
    picture.load()
    return picture


def formats(content: bytes) -> list[str]:
    return list(dict.fromkeys(made.extension for made in renditions_of(read_picture(content).content)))


def every_file(settings: Settings) -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("width", "widths"),
    [(3000, [400, 800, 1280]), (1000, [400, 800, 1000]), (800, [400, 800]), (401, [400, 401]), (300, [300]), (1, [1])],
)
def test_a_picture_is_drawn_at_a_few_widths_and_never_wider_than_it_is(width: int, widths: list[int]) -> None:
    made = renditions_of(read_picture(a_photograph((width, 60))).content)
    for extension in {rendition.extension for rendition in made}:
        assert [r.width for r in made if r.extension == extension] == widths
    assert all(opened(r.content).width == r.width for r in made)


@pytest.mark.whole
def test_each_width_keeps_the_shape() -> None:
    made = renditions_of(read_picture(a_photograph((1000, 600))).content)
    assert {opened(r.content).size for r in made} == {(400, 240), (800, 480), (1000, 600)}


def test_a_photograph_comes_in_three_formats_best_first() -> None:
    made = renditions_of(read_picture(a_photograph((1000, 600))).content)
    assert [r.extension for r in made] == ["avif"] * 3 + ["webp"] * 3 + ["jpg"] * 3
    assert [opened(r.content).format for r in made] == ["AVIF"] * 3 + ["WEBP"] * 3 + ["JPEG"] * 3
    weight = {name: sum(len(r.content) for r in made if r.extension == name) for name in ("avif", "webp", "jpg")}
    assert weight["avif"] < weight["webp"] < weight["jpg"]


@pytest.mark.whole
def test_a_format_that_comes_out_no_smaller_than_the_next_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    photograph = a_photograph()
    monkeypatch.setitem(images.ENCODINGS, "avif", ("AVIF", {"quality": 100, "speed": 10}))
    assert formats(photograph) == ["webp", "jpg"]
    monkeypatch.setitem(images.ENCODINGS, "webp", ("WEBP", {"lossless": True}))
    assert formats(photograph)[-1] == "jpg"
    assert "webp" not in formats(photograph)


@pytest.mark.whole
def test_what_can_be_seen_through_can_be_in_every_format() -> None:
    file = BytesIO()
    glass = opened(a_photograph()).convert("RGBA")
    glass.putalpha(Pillow.linear_gradient("L").resize(glass.size))
    glass.save(file, "PNG")
    made = renditions_of(read_picture(file.getvalue()).content)
    assert {r.extension for r in made} == {"avif", "webp", "png"}
    for rendition in made:
        glass = opened(rendition.content).convert("RGBA")
        assert glass.getchannel("A").getextrema() == (pytest.approx(0, abs=40), pytest.approx(255, abs=40))


def test_what_only_could_be_seen_through_is_a_plain_picture() -> None:
    file = BytesIO()
    opened(a_photograph()).convert("RGBA").save(file, "PNG")
    assert "jpg" in formats(file.getvalue())


# Hostile and odd files


def middle(content: bytes) -> tuple[int, ...]:
    picture = opened(content).convert("RGBA")
    return picture.getpixel((picture.width // 2, picture.height // 2))  # type: ignore[return-value]  # four numbers


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (a_png(0, b"\x80\x00"), (128, 128, 128, 255)),
        (a_png(2, b"\x80\x00\x40\x00\xff\xff"), (128, 64, 255, 255)),
        (a_png(4, b"\x80\x00\x80\x00"), (128, 128, 128, 128)),
        (a_png(6, b"\x80\x00\x40\x00\xff\xff\x80\x00"), (128, 64, 255, 128)),
    ],
    ids=["grey", "colour", "grey seen through", "colour seen through"],
)
def test_sixteen_bits_keep_their_colours(content: bytes, seen: tuple[int, ...]) -> None:
    for rendition in renditions_of(read_picture(content).content):
        assert middle(rendition.content) == pytest.approx(seen, abs=6), rendition.extension


def test_the_colours_of_a_printer_become_those_of_a_screen() -> None:
    file = BytesIO()
    Pillow.new("CMYK", (60, 40), (255, 0, 0, 0)).save(file, "JPEG")
    for rendition in renditions_of(read_picture(file.getvalue()).content):
        assert opened(rendition.content).mode == "RGB"
        assert middle(rendition.content) == pytest.approx((0, 255, 255, 255), abs=8)


def test_a_palette_with_a_hole_keeps_the_hole() -> None:
    file = BytesIO()
    palette = Pillow.new("P", (40, 40), 1)
    palette.putpalette([255, 0, 0, 0, 128, 0])
    palette.paste(0, (0, 0, 40, 10))
    palette.save(file, "PNG", transparency=0)
    for rendition in renditions_of(read_picture(file.getvalue()).content):
        picture = opened(rendition.content).convert("RGBA")
        assert picture.getpixel((20, 4))[3] < 20  # type: ignore[index]  # four numbers
        assert middle(rendition.content) == pytest.approx((0, 128, 0, 255), abs=8)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_cut_off_anywhere_is_refused(kind: str) -> None:
    whole = a_photograph((200, 100), kind)
    for part in (0.1, 0.5, 0.9):
        with pytest.raises(ImageRefused, match=r"\.$"):
            read_picture(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    file = BytesIO()
    frames = [Pillow.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(ImageRefused, match=r"moving picture|not a JPEG"):
        read_picture(file.getvalue())


def test_of_the_pictures_that_a_telephone_hides_in_one_file_the_first_is_shown() -> None:
    file = BytesIO()
    opened(a_photograph()).save(file, "MPO", save_all=True, append_images=[Pillow.new("RGB", (100, 50))])
    picture = read_picture(file.getvalue())
    assert (picture.extension, picture.width, picture.height) == ("jpg", 500, 300)
    assert opened(picture.content).format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.whole
def test_place_camera_turn_and_profile_are_gone_from_every_file(kind: str, settings: Settings, db: None) -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "A camera"
    exif[0x0112] = 6  # lying on its side
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stored(a_photograph((900, 500), kind, exif=exif, icc_profile=profile))
    files = every_file(settings)
    assert len(files) >= 4
    for path in files:
        picture = opened(path.read_bytes())
        assert picture.height > picture.width, path.name  # it stands upright, without being told to
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(picture.info)
        for trace in (b"camera", b"Exif", b"ICC_PROFILE", b"lcms"):
            assert trace not in path.read_bytes(), path.name


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_PIXELS", 1000)
    with pytest.raises(ImageRefused, match="pixels"):
        read_picture(a_photograph((100, 100)))


# On the disk


def test_what_a_record_names_is_on_the_disk_with_the_weight_it_says(db: None, settings: Settings) -> None:
    image = stored(a_photograph())
    named = {image.rendition_name(r["width"], r["extension"]): r["bytes"] for r in image.renditions}
    assert len(named) == 6
    assert all(name.startswith(image.sha256[:24]) for name in named)
    assert {path.name: path.stat().st_size for path in every_file(settings) if path != path_of(image)} == named
    assert missing_files(image) == []


def test_nothing_is_kept_of_a_picture_that_cannot_be_drawn(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(images.ENCODINGS, "avif", ("NO SUCH FORMAT", {}))
    with pytest.raises(KeyError):
        stored(a_photograph())
    assert not Image.objects.exists()
    assert every_file(settings) == []


@pytest.mark.parametrize("after", range(4))
@pytest.mark.whole
def test_a_full_disk_leaves_no_record_and_no_half_a_file(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    written = []
    fsync = os.fsync

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) > after:
            raise OSError(28, "No space left on device")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        stored(a_photograph())
    assert not Image.objects.exists()
    assert len(every_file(settings)) == after
    assert all(opened(path.read_bytes()) for path in every_file(settings))
    monkeypatch.setattr(os, "fsync", fsync)
    assert missing_files(stored(a_photograph())) == []


def test_words_that_are_refused_leave_no_file(db: None, settings: Settings) -> None:
    with pytest.raises(ImageRefused):
        stored(a_photograph(), caption="x" * 301)
    assert every_file(settings) == []


@pytest.mark.whole
def test_another_picture_under_the_same_key_has_renditions_of_its_own(db: None) -> None:
    before = stored(a_photograph())
    after = stored(a_photograph((500, 500)))
    assert {r["width"] for r in after.renditions} == {400, 500}
    assert missing_files(after) == []
    assert missing_files(before) == []  # pages published with it still show it


# The command


def run() -> str:
    said = StringIO()
    call_command("make_renditions", stdout=said)
    return said.getvalue()


def test_pictures_from_before_there_were_renditions_get_them(db: None, settings: Settings) -> None:
    image = stored(a_photograph())
    made = image.renditions
    for name in missing_after(image, image.renditions):
        (images.folder() / name).unlink()
    Image.objects.update(renditions=[])
    said = run()
    assert "1 of 1  lungs" in said
    assert "Pictures: 1, all with their renditions." in said
    image.refresh_from_db()
    assert image.renditions == made
    assert missing_files(image) == []


def missing_after(image: Image, renditions: list[dict[str, object]]) -> list[str]:
    return [image.rendition_name(int(str(r["width"])), str(r["extension"])) for r in renditions]


def test_what_is_there_is_left_as_it_is(image: Image) -> None:
    times = {path: path.stat().st_mtime_ns for path in images.folder().iterdir()}
    assert " of " not in run()
    assert {path: path.stat().st_mtime_ns for path in images.folder().iterdir()} == times


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"half")], ids=["gone", "cut off"])
@pytest.mark.whole
def test_a_lost_or_damaged_rendition_is_drawn_again(db: None, damage: Callable[[Path], object]) -> None:
    image = stored(a_photograph())
    lost = images.folder() / missing_after(image, image.renditions)[4]
    was = lost.read_bytes()
    damage(lost)
    assert missing_files(image) == [lost.name]
    assert "1 of 1  lungs" in run()
    assert lost.read_bytes() == was


def test_a_lost_picture_is_told_and_the_others_are_drawn(image: Image) -> None:
    other = stored(a_photograph(), key="other")
    Image.objects.update(renditions=[])
    path_of(image).unlink()
    with pytest.raises(CommandError, match=rf"lungs: its file {image.file_name} is missing\. Put it back"):
        call_command("make_renditions", stdout=StringIO())
    other.refresh_from_db()
    assert missing_files(other) == []


def test_a_damaged_picture_is_told(image: Image) -> None:
    Image.objects.update(renditions=[])
    path_of(image).write_bytes(a_picture(colour="red"))
    with pytest.raises(CommandError, match=r"lungs: its file .* is damaged"):
        call_command("make_renditions", stdout=StringIO())


# Pages


@pytest.fixture
def lungs(db: None) -> Image:
    return stored(a_photograph())


@pytest.fixture
def approved_page(lungs: Image, draft: Revision, writer: User, reviewer: User) -> Revision:
    drafting.save_draft(draft, text=WITH_A_PICTURE, version=draft.version, by=writer)
    drafting.submit(draft, change_note="With a picture.", by=writer)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def published_page(approved_page: Revision, publisher: User) -> PublishedPage:
    return publish(approved_page, by=publisher)


def test_a_page_shows_the_renditions(client: Client, published_page: PublishedPage, lungs: Image) -> None:
    page = client.get(published_page.get_absolute_url()).content.decode()
    for made in lungs.renditions:
        name = lungs.rendition_name(made["width"], made["extension"])
        assert f"/images/{name} {made['width']}w" in page
        assert client.get(f"/images/{name}").status_code == 200


@pytest.mark.whole
def test_renditions_made_after_signing_leave_every_signature_and_the_gates_open(
    lungs: Image, draft: Revision, writer: User, reviewer: User, publisher: User
) -> None:
    Image.objects.update(renditions=[])
    drafting.save_draft(draft, text=WITH_A_PICTURE, version=draft.version, by=writer)
    drafting.submit(draft, change_note="With a picture.", by=writer)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    run()
    assert unsigned_blocks(draft) == []
    assert [gate.code for gate in gates(draft) if not gate.ok] == []
    assert "<picture>" in publish(draft, by=publisher).body_html


def test_another_picture_asks_for_new_signatures_on_just_the_blocks_that_show_it(
    published_page: PublishedPage, offer: Offer, lungs: Image, writer: User
) -> None:
    stored(a_photograph((500, 500)))
    revision = drafting.start_draft(published_page.article, by=writer)
    drafting.submit(revision, change_note="A better picture.", by=writer)
    assert [block.key for block in unsigned_blocks(revision)] == ["symptoms/image-1"]
    drafting.recall(revision, reason="The offer shows it too.", by=writer)
    Offer.objects.filter(pk=offer.pk).update(image=lungs)
    again = published_page.article.revisions.drafts().get()
    drafting.submit(again, change_note="A better picture.", by=writer)
    assert {block.key for block in unsigned_blocks(again)} == {"hero", "symptoms/image-1"}


def test_a_picture_replaced_between_signing_and_publishing_shuts_the_gate(approved_page: Revision) -> None:
    stored(a_photograph((500, 500)))
    (shut,) = [gate for gate in gates(approved_page) if not gate.ok]
    assert shut.code == "embedded"
    assert "The two lungs" in shut.evidence


@pytest.mark.whole
def test_a_file_that_a_live_page_shows_is_missed(published_page: PublishedPage, lungs: Image) -> None:
    """Its record may name another picture by now."""
    gone = images.folder() / missing_after(lungs, lungs.renditions)[0]
    stored(a_photograph((500, 500)))
    assert "all with their renditions" in run()
    gone.unlink()
    with pytest.raises(CommandError, match=f"/mesothelioma/stage-4/ shows {gone.name}, which is missing"):
        call_command("make_renditions", stdout=StringIO())


def test_the_licence_is_part_of_what_is_signed_and_the_renditions_are_not(lungs: Image) -> None:
    before = lungs.digest
    lungs.renditions = []
    assert lungs.digest == before
    lungs.licence = "CC BY 4.0"
    assert lungs.digest != before


# The desk


def test_the_desk_shows_what_browsers_fetch_and_how_heavy_it_is(client: Client, writer: User, lungs: Image) -> None:
    client.force_login(writer)
    page = client.get(f"/admin/articles/image/{lungs.pk}/change/").content.decode()
    assert page.count("<td>400 pixels</td>") == 3
    for name in missing_after(lungs, lungs.renditions):
        assert f'href="/images/{name}"' in page
    assert "Not on the disk" not in page
    (images.folder() / missing_after(lungs, lungs.renditions)[0]).unlink()
    page = client.get(f"/admin/articles/image/{lungs.pk}/change/").content.decode()
    assert f"Not on the disk: {missing_after(lungs, lungs.renditions)[0]}." in page


def test_the_desk_draws_renditions_of_what_is_uploaded_and_of_what_replaces_it(client: Client, writer: User) -> None:
    client.force_login(writer)
    form = {"key": "lungs", **WORDS}
    add = "/admin/articles/image/add/"
    client.post(add, {**form, "file": SimpleUploadedFile("p.jpg", a_photograph(), "image/jpeg")})
    first = Image.objects.get()
    assert missing_files(first) == []
    change = f"/admin/articles/image/{first.pk}/change/"
    client.post(change, {**form, "file": SimpleUploadedFile("p.jpg", a_photograph((500, 500)), "image/jpeg")})
    second = Image.objects.get()
    assert {r["width"] for r in second.renditions} == {400, 500}
    assert missing_files(second) == []
    client.post("/admin/markdown/upload/", {**WORDS, "image": SimpleUploadedFile("p.jpg", a_photograph())})
    third = Image.objects.exclude(key="lungs").get()
    assert third.renditions and missing_files(third) == []


def test_the_preview_shows_the_picture_as_the_page_will(client: Client, writer: User, lungs: Image) -> None:
    client.force_login(writer)
    text = "# Title\n\nLede.\n\n## Part\n\n::image lungs\n"
    shown = client.post("/admin/markdown/preview/", {"content": text}).content.decode()
    assert compile_page(text, for_text(text)).html in shown
    assert "<picture>" in shown


def test_as_the_product_draws_it_the_best_format_is_the_smallest(
    pictures_are_drawn_quickly: tuple[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(images.ENCODINGS, "avif", pictures_are_drawn_quickly)
    made = {rendition.extension: rendition for rendition in renditions_of(read_picture(a_photograph()).content)}
    assert Pillow.open(BytesIO(made["avif"].content)).format == "AVIF"
    assert len(made["avif"].content) < len(made["jpg"].content)
