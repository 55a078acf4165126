"""Pictures: judged by their bytes, drawn anew without their metadata, kept once under the hash of the result."""

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
from typing import IO

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
        """Put the picture's hash, format and size on the record, and its bytes where /images/ finds them."""
        image.sha256, image.extension = self.sha256, self.extension
        image.width, image.height = self.width, self.height
        _write(path_of(image), self.content)


def path_of(image: Image) -> Path:
    """Where the bytes of a picture are kept."""
    return Path(settings.MEDIA_ROOT) / "images" / image.file_name


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
    if getattr(opened, "n_frames", 1) > 1:
        raise ImageRefused("A moving picture cannot be used. Save one frame of it as PNG.")
    opened.load()
    picture = ImageOps.exif_transpose(opened)
    transparent = picture.has_transparency_data and kind != "JPEG"
    picture = _in_web_colours(picture).convert("RGBA" if transparent else "RGB")
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


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a crash leaves the whole file or none. The same bytes are written once."""
    if path.exists() and path.stat().st_size == len(content):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
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
    picture.keep(image)
    try:
        image.full_clean(validate_unique=False)
    except ValidationError as error:
        raise ImageRefused(" ".join(error.messages)) from error
    image.save()
    return image
