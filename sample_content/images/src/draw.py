"""Draw the illustrations of the sample pages.

All are original, drawn from plain shapes in one palette, and carry as few words as they can.

    python -m venv /tmp/draw && /tmp/draw/bin/pip install cairosvg pillow
    /tmp/draw/bin/python sample_content/images/src/draw.py

writes one SVG beside this file and one WebP in the folder above for each picture. cairosvg is needed
for drawing only, so it is not among the requirements of the site.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1200, 750

SAND = "#F8F2E7"  # the ground of every picture, so that it reads on light and on dark pages
INK = "#17444B"
TEAL = "#4A9A94"
AQUA = "#C6E1DA"
CLAY = "#D5714F"  # the cancer, or the thing to look at
WARM = "#F0C9A8"
FLUID = "#8CC3CF"


def text(x: float, y: float, words: str, size: int = 46, anchor: str = "middle", weight: str = "bold") -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="DejaVu Sans" font-weight="{weight}" font-size="{size}" '
        f'text-anchor="{anchor}" fill="{INK}">{words}</text>'
    )


def circle(x: float, y: float, r: float, fill: str, extra: str = "") -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" {extra}/>'


def rect(x: float, y: float, w: float, h: float, fill: str, r: float = 0, extra: str = "") -> str:
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}" {extra}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, extra: str = "") -> str:
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}" {extra}/>'


def path(d: str, fill: str = "none", stroke: str = "", width: float = 0, extra: str = "") -> str:
    line = f'stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"' if stroke else ""
    return f'<path d="{d}" fill="{fill}" {line} {extra}/>'


def group(content: str, transform: str) -> str:
    return f'<g transform="{transform}">{content}</g>'


def where_mesothelioma_starts() -> str:
    body = path(
        "M535,0 L535,55 C535,95 480,112 405,132 C325,153 275,205 258,300 L226,560 C222,620 222,690 222,750 "
        "L322,750 L352,430 C360,530 372,620 366,750 L834,750 C828,620 840,530 848,430 L878,750 L978,750 "
        "C978,690 978,620 974,560 L942,300 C925,205 875,153 795,132 C720,112 665,95 665,55 L665,0 Z",
        AQUA,
    )
    windpipe = path("M600,95 L600,205 M600,200 L560,240 M600,200 L640,240", stroke=INK, width=20)
    lung = (
        "M570,178 C525,160 455,228 430,332 C414,398 414,446 440,452 C482,458 528,440 558,428 "
        "C580,418 578,392 578,362 L578,232 C578,205 582,184 570,178 Z"
    )
    lungs = path(lung, TEAL, CLAY, 13) + group(path(lung, TEAL, CLAY, 13), "matrix(-1 0 0 1 1200 0)")
    heart = path(
        "M612,322 C660,298 708,332 704,384 C700,428 656,462 622,456 C584,446 572,346 612,322 Z", WARM, CLAY, 13
    )
    belly = path(
        "M418,512 C490,478 710,478 782,512 C800,584 792,672 764,712 C700,742 500,742 436,712 C408,672 "
        "400,584 418,512 Z",
        SAND,
        CLAY,
        13,
    )
    gut = path(
        "M480,560 C540,530 660,530 712,562 C738,592 690,612 600,606 C512,600 470,630 498,658 C540,688 660,688 706,658",
        stroke=TEAL,
        width=26,
    )
    figure = group(body + windpipe + lungs + heart + belly + gut, "translate(-175 0)")
    labels = ""
    for x, y, label_y, label in (
        (577, 282, 215, "Lung lining"),
        (528, 395, 390, "Heart lining"),
        (614, 600, 600, "Belly lining"),
    ):
        labels += path(f"M{x},{y} L838,{label_y}", stroke=INK, width=5) + circle(x, y, 10, INK)
        labels += text(856, label_y + 15, label, 44, "start")
    return figure + labels


def scan(x: float, y: float, left: str) -> str:
    """A slice through the chest; ``left`` draws what is to be seen in the lining of one lung."""
    chest = ellipse(x, y, 158, 112, INK)
    inner = ellipse(x - 70, y - 4, 58, 76, AQUA) + ellipse(x + 70, y - 4, 58, 76, AQUA)
    middle = ellipse(x, y - 8, 24, 44, TEAL) + circle(x, y + 72, 18, SAND)
    return chest + inner + middle + group(left, f"translate({x} {y})")


def types_of_remission() -> str:
    thick = path("M-112,-52 C-138,-10 -130,44 -92,70", stroke=CLAY, width=30) + circle(-108, -22, 26, CLAY)
    thick += circle(-106, 34, 22, CLAY)
    thin = path("M-124,-22 C-130,2 -126,20 -116,36", stroke=CLAY, width=17)
    drawing = ""
    for x, after, label in ((210, "", "Complete"), (600, thin, "Partial"), (990, thick, "Stable")):
        drawing += rect(x - 185, 24, 370, 702, "#FFFFFF", 28)
        drawing += scan(x, 164, thick)
        drawing += path(f"M{x},302 L{x},366 M{x - 26},344 L{x},370 L{x + 26},344", stroke=TEAL, width=12)
        drawing += scan(x, 508, after)
        drawing += text(x, 690, label, 46)
    return drawing


def treatment_options() -> str:
    tiles = (
        rect(30, 30, 560, 335, AQUA, 34)
        + rect(610, 30, 560, 335, WARM, 34)
        + rect(30, 385, 560, 335, WARM, 34)
        + rect(610, 385, 560, 335, AQUA, 34)
    )
    scalpel = rect(-6, -17, 200, 34, INK, 17) + path("M-6,-17 L-60,-17 C-120,-12 -165,4 -190,17 L-6,17 Z", "#FFFFFF")
    scalpel += rect(30, -17, 16, 34, TEAL) + rect(60, -17, 16, 34, TEAL)
    surgery = group(scalpel, "translate(330 180) rotate(-32)")
    surgery += path("M150,318 C230,300 300,330 400,306", stroke=CLAY, width=10, extra='stroke-dasharray="2 26"')
    drip = rect(-70, -145, 140, 170, "#FFFFFF", 26) + path(
        "M-70,-70 L70,-70 L70,0 C70,14 58,25 44,25 L-44,25 C-58,25 -70,14 -70,0 Z", TEAL
    )
    drip += rect(-16, -165, 32, 24, INK, 8) + rect(-12, 25, 24, 34, INK, 6)
    drip += path("M0,59 L0,90 C0,140 60,120 92,132 C104,136 110,138 114,142", stroke=INK, width=9)
    drip += path("M0,-28 C22,4 22,18 0,18 C-22,18 -22,4 0,-28 Z", SAND)
    chemo = group(drip, "translate(890 200)")
    beam = path("M-60,-40 L-24,120 L24,120 L60,-40 Z", "#FFFFFF", extra='opacity="0.75"')
    machine = rect(-105, -150, 210, 80, INK, 24) + path("M-62,-70 L62,-70 L48,-40 L-48,-40 Z", TEAL)
    machine += beam + circle(0, 118, 34, CLAY) + path("M-130,118 L-62,118 M62,118 L130,118", stroke=INK, width=9)
    radiation = group(machine, "translate(310 560)")
    cell = circle(0, 0, 72, CLAY)
    for angle in range(0, 360, 45):
        cell += circle(76 * math.cos(math.radians(angle)), 76 * math.sin(math.radians(angle)), 18, CLAY)
    cell += circle(-18, -14, 22, SAND, 'opacity="0.8"')
    antibody = path("M0,0 L0,-52 M0,-52 L-30,-92 M0,-52 L30,-92", stroke=INK, width=17)
    immune = cell
    for angle in (-90, -30, 30, 90, 150, 210):
        immune += group(group(antibody, "translate(0 205) scale(0.95)"), f"rotate({angle})")
    immune_tile = group(immune, "translate(890 553) scale(0.74)")
    return tiles + surgery + chemo + radiation + immune_tile


def person(x: float, y: float, colour: str, size: float = 1.0) -> str:
    """A sign for one person, standing with the feet at y."""
    body = path("M-26,0 L-26,-44 C-26,-72 26,-72 26,-44 L26,0 Z", colour)
    return group(circle(0, -92, 21, colour) + body, f"translate({x} {y}) scale({size})")


def trial_phases() -> str:
    drawing = ""
    steps = ((40, 590, 300), (370, 500, 360), (760, 400, 400))
    for (x, y, w), label in zip(steps, ("Phase 1", "Phase 2", "Phase 3"), strict=True):
        drawing += rect(x, y, w, 730 - y, AQUA, 26)
        drawing += text(x + w / 2, 694, label, 46)
    drawing += "".join(person(120 + 70 * i, 590, TEAL) for i in range(3))
    drawing += "".join(person(430 + 60 * i, 388, TEAL, 0.88) for i in range(5))
    drawing += "".join(person(430 + 60 * i, 500, TEAL, 0.88) for i in range(5))
    # In the last phase two groups are compared, so they have two colours.
    for row in range(3):
        drawing += "".join(person(792 + 44 * i, 400 - 100 * row, TEAL, 0.72) for i in range(4))
        drawing += "".join(person(996 + 44 * i, 400 - 100 * row, CLAY, 0.72) for i in range(4))
    drawing += path("M960,120 L960,392", stroke=INK, width=5, extra='stroke-dasharray="2 16"')
    drawing += path("M346,545 L352,545", stroke=SAND, width=1)
    return drawing


def talking_with_an_advocate() -> str:
    window = rect(50, 70, 250, 300, "#FFFFFF", 20) + path("M175,70 L175,370 M50,220 L300,220", stroke=AQUA, width=12)
    hill = path(
        "M56,330 C100,260 150,310 294,280 L294,350 C294,362 290,364 280,364 L70,364 C60,364 56,360 56,350 Z", AQUA
    )
    plant = path("M1060,420 C1010,360 1010,300 1050,270 C1070,320 1074,370 1060,420 Z", TEAL)
    plant += path("M1062,420 C1070,350 1110,310 1140,316 C1136,370 1100,410 1062,420 Z", TEAL)
    plant += path("M1058,424 C1030,380 990,360 962,368 C976,408 1016,430 1058,424 Z", TEAL)
    plant += path("M1010,420 L1110,420 L1094,520 L1026,520 Z", CLAY)
    # The person who asks: older, white hair, at the left.
    left = path("M300,640 C290,500 330,430 420,430 C510,430 548,500 540,640 Z", TEAL)
    left += rect(394, 380, 54, 70, WARM, 20) + circle(420, 330, 78, WARM)
    left += path(
        "M340,330 C330,240 400,226 430,236 C480,236 512,276 500,330 C486,300 470,288 440,286 C400,300 "
        "360,290 352,360 C344,352 341,342 340,330 Z",
        "#FFFFFF",
    )
    left += path("M500,520 C520,580 560,600 612,600", stroke=TEAL, width=50) + circle(622, 598, 27, WARM)
    # The advocate, at the right, with notes.
    right = path("M680,640 C672,500 710,430 800,430 C890,430 930,500 920,640 Z", INK)
    right += rect(774, 380, 54, 70, "#B9805B", 20) + circle(800, 330, 78, "#B9805B")
    right += path(
        "M722,352 C704,236 770,222 800,232 C850,222 900,250 884,372 C880,420 868,430 858,430 C866,380 "
        "862,330 834,290 C800,312 750,306 736,330 C730,340 728,350 722,352 Z",
        INK,
    )
    right += path("M726,520 C700,580 690,594 662,600", stroke=INK, width=50)
    table = rect(150, 624, 900, 34, WARM, 17) + rect(230, 650, 40, 100, WARM) + rect(930, 650, 40, 100, WARM)
    notes = group(rect(-70, -9, 140, 18, "#FFFFFF", 6), "translate(700 617)")
    notes += circle(668, 598, 27, "#B9805B") + path("M676,596 L712,560", stroke=CLAY, width=10)
    mug = rect(330, 566, 66, 60, CLAY, 12) + path("M396,580 C424,580 424,610 396,610", stroke=CLAY, width=10)
    bubble = rect(520, 70, 210, 130, "#FFFFFF", 50) + path("M560,190 L536,238 L604,198 Z", "#FFFFFF")
    bubble += "".join(circle(575 + 50 * i, 135, 14, TEAL) for i in range(3))
    return window + hill + plant + bubble + left + right + table + notes + mug


def visit_notes() -> str:
    desk = rect(0, 610, WIDTH, 140, AQUA)
    board = rect(380, 70, 430, 590, INK, 34) + rect(412, 128, 366, 502, "#FFFFFF", 16)
    board += rect(510, 40, 170, 74, TEAL, 24) + circle(595, 66, 14, SAND)
    for row in range(4):
        y = 196 + 110 * row
        board += rect(446, y, 58, 58, AQUA, 14)
        board += rect(532, y + 6, (196, 150, 210, 120)[row], 16, AQUA, 8) + rect(
            532, y + 36, (130, 196, 90, 170)[row], 16, AQUA, 8
        )
        if row < 3:
            board += path(f"M{458},{y + 30} L{472},{y + 46} L{502},{y + 2}", stroke=CLAY, width=13)
    pencil = rect(0, -18, 270, 36, CLAY, 4) + path("M0,-18 L-60,0 L0,18 Z", WARM) + path("M-42,-6 L-60,0 L-42,6 Z", INK)
    pencil += rect(270, -18, 26, 36, TEAL) + rect(296, -18, 30, 36, WARM, 12)
    writing = group(pencil, "translate(770 560) rotate(-52)")
    calendar = rect(80, 300, 240, 300, "#FFFFFF", 24) + path(
        "M80,324 C80,310 90,300 104,300 L296,300 C310,300 320,310 320,324 L320,372 L80,372 Z", TEAL
    )
    calendar += rect(134, 276, 18, 52, INK, 9) + rect(248, 276, 18, 52, INK, 9)
    for row in range(3):
        for column in range(4):
            fill = CLAY if (row, column) == (1, 2) else AQUA
            calendar += circle(122 + 52 * column, 420 + 62 * row, 17, fill)
    mug = rect(960, 470, 130, 150, TEAL, 24) + path("M1090,505 C1150,505 1150,580 1090,580", stroke=TEAL, width=20)
    mug += path("M1000,440 C985,415 1015,400 1000,375 M1050,440 C1035,415 1065,400 1050,375", stroke=AQUA, width=11)
    return desk + calendar + board + writing + mug


def draining_fluid() -> str:
    outline = (
        "M180,116 C280,44 500,44 566,150 C630,262 632,470 596,612 C590,634 580,642 560,642 "
        "L250,642 C228,642 218,632 210,608 C162,470 110,180 180,116 Z"
    )
    body = path("M60,0 L640,0 C722,150 740,480 700,750 L120,750 C60,520 20,220 60,0 Z", AQUA)
    cavity = path(outline, SAND)
    fluid = path(
        "M172,446 C260,420 330,470 420,448 C500,430 560,452 618,440 C614,500 606,560 596,612 C590,634 580,642 560,642 "
        "L250,642 C228,642 218,632 210,608 C194,560 182,504 172,446 Z",
        FLUID,
    )
    lung = path(
        "M226,160 C310,96 470,100 526,190 C566,262 574,350 560,418 C552,452 524,462 480,460 "
        "C400,456 320,458 270,446 C240,438 228,424 220,392 C200,310 180,206 226,160 Z",
        TEAL,
    )
    windpipe = path("M380,110 L380,200 M380,196 L330,262 M380,196 L436,262", stroke=INK, width=18)
    ribs = "".join(
        group(rect(-22, -32, 44, 64, "#FFFFFF", 20), f"translate({x} {y}) rotate(-8)")
        for x, y in ((622, 150), (655, 255), (668, 360), (668, 465), (656, 632))
    )
    needle = path("M548,552 L800,552", stroke=INK, width=13) + rect(772, 527, 84, 50, INK, 12)
    tube = path("M856,552 C968,552 926,330 1000,330 C1050,330 1050,370 1050,420", stroke=TEAL, width=16)
    glass = "M1014,410 L1086,410 L1086,456 C1130,470 1140,500 1140,530 L1140,670 C1140,694 1124,706 1104,706 "
    bottle = path(glass + "L996,706 C976,706 960,694 960,670 L960,530 C960,500 970,470 1014,456 Z", "#FFFFFF")
    bottle += path(
        "M960,570 L1140,570 L1140,670 C1140,694 1124,706 1104,706 L996,706 C976,706 960,694 960,670 Z", FLUID
    )
    labels = text(384, 356, "Lung", 52).replace(INK, "#FFFFFF") + text(384, 572, "Fluid", 52)
    labels += text(818, 640, "Needle", 46)
    lining = path(outline, stroke=CLAY, width=13)
    return body + cavity + fluid + lung + windpipe + lining + ribs + needle + tube + bottle + labels


PICTURES = {
    "where-mesothelioma-starts": where_mesothelioma_starts,
    "types-of-remission": types_of_remission,
    "treatment-options": treatment_options,
    "trial-phases": trial_phases,
    "talking-with-an-advocate": talking_with_an_advocate,
    "visit-notes": visit_notes,
    "draining-fluid": draining_fluid,
}


def svg(content: str) -> str:
    ground = rect(0, 0, WIDTH, HEIGHT, SAND)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{ground}{content}</svg>\n'


def main() -> None:
    import cairosvg
    from PIL import Image

    for name, draw in PICTURES.items():
        drawing = svg(draw())
        (HERE / f"{name}.svg").write_text(drawing)
        png = cairosvg.svg2png(bytestring=drawing.encode(), output_width=WIDTH, output_height=HEIGHT)
        target = HERE.parent / f"{name}.webp"
        # Few flat colours: a small palette, stored without loss, is smaller and sharper than a lossy picture.
        picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(24, dither=Image.Dither.NONE).convert("RGB")
        picture.save(target, "WEBP", lossless=True, quality=100, method=6)
        print(f"{target.name}: {target.stat().st_size / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
