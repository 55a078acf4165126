"""Pictures: judged by their bytes, stripped of what they carry, described before they are kept."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from pytest_django import Settings

from articles.models import Image, Revision
from articles.publishing.images import ImageRefused, path_of, read_picture, store_image
from mesoinfo.models import AuditEntry, User
from tests.articles.desk.conftest import a_picture

UPLOAD = "/admin/markdown/upload/"
WORDS = {"alt": "The two lungs.", "credit": "The publisher", "licence": "own work"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def at_the_desk(client: Client, writer: User) -> Client:
    client.force_login(writer)
    return client


def sent(content: bytes, name: str = "picture.png", kind: str = "image/png", **words: str) -> dict[str, object]:
    return {**WORDS, **words, "image": SimpleUploadedFile(name, content, kind)}


def gif() -> bytes:
    return a_picture("GIF")


def moving() -> bytes:
    file = BytesIO()
    frames = [Pillow.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims to be 50,000 pixels wide and high."""
    whole = a_picture("PNG")
    header = whole[16:29]
    huge = (50_000).to_bytes(4, "big") * 2 + header[8:]
    return whole[:16] + huge + zlib.crc32(b"IHDR" + huge).to_bytes(4, "big") + whole[33:]


def test_an_upload_answers_with_the_words_that_name_it(at_the_desk: Client) -> None:
    answer = at_the_desk.post(UPLOAD, sent(a_picture()))
    image = Image.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {"image_code": f"::image {image.key}", "key": image.key}
    assert image.key.startswith("the-two-lungs-")
    assert (image.alt, image.credit, image.licence) == ("The two lungs.", "The publisher", "own work")
    assert (image.width, image.height, image.extension) == (40, 30, "png")
    assert path_of(image).read_bytes()
    assert AuditEntry.objects.filter(action="image.added", target_id=str(image.pk)).exists()


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_the_format_is_what_the_bytes_are_whatever_the_name_claims(
    at_the_desk: Client, kind: str, extension: str
) -> None:
    at_the_desk.post(UPLOAD, sent(a_picture(kind), name="evil.html", kind="text/html"))
    image = Image.objects.get()
    assert image.extension == extension
    assert path_of(image).name == f"{image.sha256[:24]}.{extension}"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (HTML, "evil.html", "image/gif"),
        (HTML, "evil.gif", "image/gif"),
        (SVG, "evil.svg", "image/svg+xml"),
        (gif(), "real.gif", "image/gif"),
        (moving(), "moving.webp", "image/webp"),
        (a_picture()[:60], "cut.png", "image/png"),
        (b"", "empty.png", "image/png"),
        (bomb(), "bomb.png", "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, "broken.png", "image/png"),
    ],
    ids=["html as gif", "html named gif", "svg", "gif", "moving", "cut off", "empty", "bomb", "broken"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(
    at_the_desk: Client, settings: Settings, content: bytes, name: str, kind: str
) -> None:
    answer = at_the_desk.post(UPLOAD, sent(content, name, kind))
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert not Image.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.*"))


def test_a_picture_too_large_is_refused_before_it_is_unpacked(
    at_the_desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.publishing.images.MOST_BYTES", 100)
    assert "larger than" in at_the_desk.post(UPLOAD, sent(a_picture(size=(400, 400)))).json()["error"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"alt": ""}, "Describe what the picture shows"),
        ({"alt": "   "}, "Describe what the picture shows"),
        ({"credit": ""}, "Say who made the picture"),
        ({"licence": ""}, "Say who made the picture"),
        ({"alt": "x" * 401}, "The description is longer than 400 characters."),
        ({"credit": "x\x00"}, "cannot hold"),
    ],
)
def test_a_picture_without_its_words_is_refused(at_the_desk: Client, words: dict[str, str], sentence: str) -> None:
    answer = at_the_desk.post(UPLOAD, sent(a_picture(), **words))
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert not Image.objects.exists()


def test_a_dropped_picture_is_asked_for_its_description(at_the_desk: Client) -> None:
    """django-markdownx sends the file alone."""
    answer = at_the_desk.post(UPLOAD, {"image": SimpleUploadedFile("p.png", a_picture(), "image/png")})
    assert answer.status_code == 400
    assert "Describe what the picture shows" in answer.json()["error"]


def test_an_upload_without_a_file_is_told(at_the_desk: Client) -> None:
    assert "Choose a picture first" in at_the_desk.post(UPLOAD, WORDS).json()["error"]


def test_without_javascript_the_form_leads_to_the_picture_in_the_library(at_the_desk: Client) -> None:
    as_a_browser = {"Accept": "text/html,application/xhtml+xml"}
    answer = at_the_desk.post(UPLOAD, sent(a_picture()), headers=as_a_browser, follow=True)
    image = Image.objects.get()
    assert answer.redirect_chain[0][0] == f"/admin/articles/image/{image.pk}/change/"
    assert f"::image {image.key}" in answer.content.decode()
    refused = at_the_desk.post(UPLOAD, sent(SVG), headers=as_a_browser)
    assert refused.status_code == 400
    assert "This is not a JPEG, PNG or WebP picture" in refused.content.decode()


def test_nothing_but_the_pixels_is_kept(db: None) -> None:
    exif = Pillow.Exif()
    exif[0x010F] = "A camera"
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825)[1] = "N"
    photograph = a_picture("JPEG", (40, 30), exif=exif, comment=b"at home")
    notes = PngInfo()
    notes.add_text("Comment", "at home")
    drawing = a_picture("PNG", pnginfo=notes)
    for content in (photograph, drawing):
        picture = read_picture(content)
        assert b"camera" not in picture.content
        assert b"at home" not in picture.content
        with Pillow.open(BytesIO(picture.content)) as kept:
            assert not kept.getexif()
    # It stands upright as it was shown.
    assert (read_picture(photograph).width, read_picture(photograph).height) == (30, 40)


def test_transparency_is_kept_and_wide_pictures_are_scaled_down(db: None) -> None:
    file = BytesIO()
    Pillow.new("RGBA", (3000, 300), (0, 0, 0, 0)).save(file, "PNG")
    picture = read_picture(file.getvalue())
    assert (picture.width, picture.height) == (2400, 240)
    with Pillow.open(BytesIO(picture.content)) as kept:
        assert kept.mode == "RGBA"


def test_the_longest_words_are_those_the_columns_take() -> None:
    from articles.admin.markdown import LONGEST

    columns = {field.name: field.max_length for field in Image._meta.fields}
    assert {name: columns[name] for name in LONGEST} == LONGEST


def test_the_editor_asks_for_all_the_words(at_the_desk: Client, draft: Revision) -> None:
    from articles.admin.markdown import LONGEST

    page = at_the_desk.get(f"/admin/articles/revision/{draft.pk}/write/").content.decode()
    asked = dict(re.findall(r'<input type="text" name="(\w+)" id="picture-\w+" maxlength="(\d+)"', page))
    assert {name: int(longest) for name, longest in asked.items()} == LONGEST
    at_the_desk.post(UPLOAD, sent(a_picture(), caption="Both of them."))
    assert Image.objects.get().caption == "Both of them."


def test_the_same_key_is_the_same_picture(image: Image) -> None:
    again = store_image(a_picture(), key="lungs", alt="Both lungs.", licence="own work", credit="The publisher")
    assert again.pk == image.pk
    assert again.sha256 == image.sha256
    assert Image.objects.get().alt == "Both lungs."
    other = store_image(a_picture(colour="red"), key="lungs", alt="x", licence="own work", credit="The publisher")
    assert other.pk == image.pk
    assert path_of(image) != path_of(other)
    assert path_of(image).exists()  # pages published with it still show it


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Not A Key"},
        {"alt": ""},
        {"decorative": True},
        {"licence": ""},
        {"caption": "x" * 301},
    ],
)
def test_a_record_that_the_database_would_refuse_is_refused_in_words(db: None, wrong: dict[str, object]) -> None:
    words: dict[str, object] = {"key": "lungs", **WORDS, **wrong}
    with pytest.raises(ImageRefused, match=r"\.$"):
        store_image(a_picture(), **words)  # type: ignore[arg-type]  # wrong on purpose
    assert not Image.objects.exists()


def test_the_library_form_keeps_what_was_typed_when_the_description_is_missing(at_the_desk: Client) -> None:
    form = {"key": "lungs", "caption": "My caption", "credit": "The publisher", "licence": "own work", "alt": ""}
    picture = SimpleUploadedFile("p.png", a_picture(), "image/png")
    answer = at_the_desk.post("/admin/articles/image/add/", {**form, "file": picture})
    assert answer.status_code == 200
    assert "Describe what the picture shows for people who cannot see it" in answer.content.decode()
    assert "My caption" in answer.content.decode()
    assert not Image.objects.exists()


def test_the_library_form_takes_a_picture_and_replaces_it(at_the_desk: Client) -> None:
    form = {"key": "lungs", "credit": "The publisher", "licence": "own work", "alt": "The two lungs."}
    at_the_desk.post(
        "/admin/articles/image/add/", {**form, "file": SimpleUploadedFile("p.png", a_picture(), "image/png")}
    )
    first = Image.objects.get()
    at_the_desk.post(
        f"/admin/articles/image/{first.pk}/change/",
        {**form, "file": SimpleUploadedFile("p.jpg", a_picture("JPEG"), "image/jpeg")},
    )
    second = Image.objects.get()
    assert (first.extension, second.extension) == ("png", "jpg")
    assert path_of(second).exists()
    at_the_desk.post(f"/admin/articles/image/{first.pk}/change/", {**form, "alt": "Both lungs."})
    assert Image.objects.get().sha256 == second.sha256


@pytest.mark.parametrize("content", [HTML, SVG, b""])
def test_the_library_form_refuses_what_is_no_picture(at_the_desk: Client, content: bytes) -> None:
    form = {"key": "lungs", **WORDS, "file": SimpleUploadedFile("p.png", content, "image/png")}
    answer = at_the_desk.post("/admin/articles/image/add/", form)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Image.objects.exists()
    del form["file"]
    assert "Choose a picture" in at_the_desk.post("/admin/articles/image/add/", form).content.decode()
