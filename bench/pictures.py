"""What pictures weigh in each format and width, and how long drawing them takes.

The pictures of the sample content, and two made-up photographs as large as telephones take them.
"""

from __future__ import annotations

import random
import time
from io import BytesIO
from pathlib import Path

from bench import Say

SAMPLES = Path(__file__).parents[1] / "sample_content" / "images"
SEED = 4


def measure(say: Say) -> str:
    """Draw every picture once, and return the section on them."""
    from articles.publishing.images import read_picture, renditions_of

    given = {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.webp"))}
    given |= {f"photograph, {w} × {h}": _photograph(w, h) for w, h in ((4000, 3000), (7300, 5400))}
    rows = []
    for name, content in given.items():
        say(f"  picture: {name}")
        start, worked = time.perf_counter(), time.process_time()
        stored = read_picture(content)
        made = renditions_of(stored.content)
        took, worked = time.perf_counter() - start, time.process_time() - worked
        weights = [
            " / ".join(f"{len(r.content) / 1000:.1f}" for r in made if r.extension == extension) or "left out"
            for extension in ("avif", "webp", "jpg")
        ]
        rows.append(
            f"| {name} | {' | '.join(weights)} | {len(stored.content) / 1000:.1f} | {took:.1f} | {worked:.1f} |"
        )
    return "\n".join(
        [
            "## Pictures",
            "",
            "Weight in KB at 400 / 800 / 1280 pixels (its own width, where that is less), and as it is stored;",
            "the seconds that an upload takes, by the clock and of a processor.",
            "",
            "| picture | AVIF | WebP | JPEG | stored | seconds | of work |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *rows,
        ]
    )


def _photograph(width: int, height: int) -> bytes:
    """A JPEG with detail at every scale, as photographs have, from a fixed seed."""
    from PIL import Image

    chance = random.Random(SEED)
    picture = Image.new("RGB", (width, height), "grey")
    for across, share in ((4, 0.5), (16, 0.35), (64, 0.3), (256, 0.15), (width // 4, 0.08)):
        down = across * height // width
        grain = Image.frombytes("RGB", (across, down), chance.randbytes(across * down * 3))
        picture = Image.blend(picture, grain.resize(picture.size, Image.Resampling.BICUBIC), share)
    file = BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()
