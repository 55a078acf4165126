"""Pictures: judged by their bytes, drawn anew without their metadata, kept once under the hash of the result.

Beside each picture lie its renditions, drawn once when it comes in: the same picture in the formats and widths that
pages ask for.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from articles.models import Image
from articles.models.topic import SLUG

# What Pillow may try, and the extension of each. A vector drawing or a moving picture is none of these.
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000  # a telephone's photograph has 12 to 24 million
LONGEST_SIDE = 2400  # wider pictures are scaled down: no page shows more

# Where pages show pictures (static/css/site.css): in an offer 208 CSS pixels wide, on a telephone about 340, in the
# column of text 640 at most. Screens have one to three dots to each.
WIDTHS = (400, 800, 1280)
# AVIF at speed 6 takes a fifth of a second for the widest, five times as long as at speed 8, and saves a quarter of its
# bytes. All nine of a photograph take about a second and a half of one core, on threads that leave the desk to others.
ENCODINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 50, "speed": 6}),
    "webp": ("WEBP", {"quality": 75}),
    "jpg": ("JPEG", {"quality": 75, "optimize": True, "progressive": True}),
    "png": ("PNG", {}),
}


class ImageRefused(ValueError):
    """The file cannot be used as a picture. The text says why and what to do, fit to be shown."""


@dataclass(frozen=True)
class Picture:
    """A picture that has been checked and drawn anew, ready to be kept."""

    content: bytes
    extension: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def keep(self, image: Image) -> None:
        """Put hash, format, size and renditions on the record, and all their bytes where /images/ finds them.

        Everything is drawn before anything is written, and written before the record is saved: what a record names
        is there.
        """
        image.sha256, image.extension = self.sha256, self.extension
        image.width, image.height = self.width, self.height
        _keep_renditions(image, self.content)


@dataclass(frozen=True)
class Rendition:
    """A picture in one format at one width."""

    extension: str
    width: int
    content: bytes


def folder() -> Path:
    """Where the bytes of all pictures are kept."""
    return Path(settings.MEDIA_ROOT) / "images"


def path_of(image: Image) -> Path:
    """Where the bytes of a picture are kept."""
    return folder() / image.file_name


def missing_files(image: Image) -> list[str]:
    """The files that this record names and that are not there whole."""
    expected = {image.rendition_name(r["width"], r["extension"]): r["bytes"] for r in image.renditions}
    missing = [name for name, size in expected.items() if _size(folder() / name) != size]
    return missing if path_of(image).exists() else [image.file_name, *missing]


def renew_renditions(image: Image) -> None:
    """Draw the renditions from the picture's own file and put them on the record, which is not saved.

    Raises ImageRefused when that file is missing or damaged: it must come back from a backup.
    """
    try:
        content = path_of(image).read_bytes()
    except FileNotFoundError:
        raise ImageRefused(f"{image.key}: its file {image.file_name} is missing. Put it back from a backup.") from None
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise ImageRefused(f"{image.key}: its file {image.file_name} is damaged. Put it back from a backup.")
    _keep_renditions(image, content)


def _keep_renditions(image: Image, content: bytes) -> None:
    renditions = renditions_of(content)
    _write(
        {image.file_name: content}
        | {image.rendition_name(made.width, made.extension): made.content for made in renditions}
    )
    image.renditions = [
        {"extension": made.extension, "width": made.width, "bytes": len(made.content)} for made in renditions
    ]


def renditions_of(content: bytes) -> list[Rendition]:
    """A stored picture in each format, best first, at each width up to its own.

    The last format is one that every browser shows. A format that comes out no smaller than the next one is left out.
    """
    with Pillow.open(BytesIO(content), formats=list(EXTENSIONS)) as opened:
        picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    widest = min(picture.width, WIDTHS[-1])
    scaled = [_scaled(picture, width) for width in (*(width for width in WIDTHS if width < widest), widest)]
    kept: list[Rendition] = []
    least = 0
    for extension in ("png" if picture.mode == "RGBA" else "jpg", "webp", "avif"):
        made = [Rendition(extension, one.width, _encoded(one, extension)) for one in scaled]
        weight = sum(len(rendition.content) for rendition in made)
        if not kept or weight < least:
            kept, least = made + kept, weight
    return kept


def _scaled(picture: Pillow.Image, width: int) -> Pillow.Image:
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Pillow.Resampling.LANCZOS)


def _encoded(picture: Pillow.Image, extension: str) -> bytes:
    kind, options = ENCODINGS[extension]
    result = BytesIO()
    picture.save(result, kind, **options)
    return result.getvalue()


def read_picture(content: bytes | IO[bytes]) -> Picture:
    """Check a file by its bytes alone, whatever its name or type claim, and draw it anew.

    Nothing of the original but its pixels is kept: no place, no camera, no comment. Raises ImageRefused.
    """
    data = content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)
    if not data:
        raise ImageRefused("The file is empty. Choose a picture.")
    if len(data) > MOST_BYTES:
        raise ImageRefused(f"The picture is larger than {MOST_BYTES // 1024**2} MB. Save it smaller, then try again.")
    try:
        with warnings.catch_warnings():
            # A file that unpacks to more than Pillow thinks sane is refused below by its size, before it is unpacked.
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            with Pillow.open(BytesIO(data), formats=list(EXTENSIONS)) as opened:
                return _drawn_anew(opened)
    except ImageRefused:
        raise
    except Pillow.DecompressionBombError:
        raise ImageRefused(_too_many_pixels()) from None
    except Exception:
        # Damaged files make Pillow raise whatever its decoders happen to.
        raise ImageRefused("This is not a JPEG, PNG or WebP picture, or it is damaged. Save it as PNG.") from None


def _drawn_anew(opened: Pillow.Image) -> Picture:
    kind = opened.format or ""
    if opened.width * opened.height > MOST_PIXELS:
        raise ImageRefused(_too_many_pixels())
    if kind == "MPO":
        kind = "JPEG"  # telephones hide further pictures behind the first one, which is the one to show
    elif getattr(opened, "n_frames", 1) > 1:
        raise ImageRefused("A moving picture cannot be used. Save one frame of it as PNG.")
    opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is unpacked at a fraction of its size
    opened.load()
    if opened.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first, since each step below copies every pixel
    picture = ImageOps.exif_transpose(opened)
    if picture.mode.startswith("I"):
        # Sixteen bits of grey, as scanners write them: convert() alone would turn all but the darkest white.
        picture = picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    transparent = picture.has_transparency_data and kind != "JPEG"
    picture = _in_web_colours(picture).convert("RGBA" if transparent else "RGB")
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")  # it could have been transparent, and is not
    if max(picture.size) > LONGEST_SIDE:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # From the bare pixels: whatever else the file carried stays behind.
    picture = Pillow.frombytes(picture.mode, picture.size, picture.tobytes())
    result = BytesIO()
    if kind == "JPEG":
        picture.save(result, "JPEG", quality=88, optimize=True, progressive=True)
    elif kind == "PNG":
        picture.save(result, "PNG", optimize=True)
    else:
        picture.save(result, "WEBP", quality=88, method=6)
    return Picture(result.getvalue(), EXTENSIONS[kind], picture.width, picture.height)


def _in_web_colours(picture: Pillow.Image) -> Pillow.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError):  # an unreadable profile: show the colours as they are
            converted = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or picture
    return picture


def _too_many_pixels() -> str:
    return f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Save it smaller, then try again."


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _write(files: dict[str, bytes]) -> None:
    """Each file all or nothing: a crash leaves it whole or not at all. Bytes that are there are not written again."""
    fresh = {name: content for name, content in files.items() if _size(folder() / name) != len(content)}
    if not fresh:
        return
    folder().mkdir(parents=True, exist_ok=True)
    for name, content in fresh.items():
        _write_whole(folder() / name, content)
    # The names too must outlive a loss of power.
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_whole(path: Path, content: bytes) -> None:
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


@transaction.atomic
def store_image(
    content: bytes | IO[bytes],
    *,
    key: str,
    alt: str = "",
    decorative: bool = False,
    caption: str = "",
    licence: str,
    credit: str,
    is_sample: bool = False,
) -> Image:
    """Keep a picture under its key and return its record; the same key again replaces picture and words.

    Raises ImageRefused when the file is no usable picture or the words are missing.
    """
    if not re.search(SLUG, key):
        raise ImageRefused(f"{key!r} cannot name a picture. Use small letters, figures and single hyphens only.")
    if decorative == bool(alt):
        raise ImageRefused("Describe what the picture shows, or call it decorative and leave the description empty.")
    if not licence or not credit:
        raise ImageRefused("Say who made the picture and under which licence it is used.")
    picture = read_picture(content)
    image = Image.objects.select_for_update().filter(key=key).first() or Image(key=key)
    image.alt, image.decorative, image.caption = alt, decorative, caption
    image.licence, image.credit, image.is_sample = licence, credit, is_sample
    try:
        image.clean_fields(exclude=["sha256", "extension", "width", "height", "renditions"])
    except ValidationError as error:
        raise ImageRefused(" ".join(error.messages)) from error
    picture.keep(image)
    image.save()
    return image
