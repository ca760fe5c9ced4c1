"""Files that the people of the lively site send: pictures drawn here, and a table."""

import io
import random

from PIL import Image, ImageDraw

WIDE, HIGH = 960, 640

Colour = tuple[int, int, int]


def landscape(number: int) -> bytes:
    """A JPEG of hills under a sky, another one for each number, the same one each time."""
    chance = random.Random(number)
    picture = Image.new("RGB", (WIDE, HIGH))
    draw = ImageDraw.Draw(picture)
    above, below = (80 + 14 * number, 120 + 6 * number, 190), (250, 205 - 8 * number, 150 + 9 * number)
    for line in range(HIGH):
        draw.line([(0, line), (WIDE, line)], fill=_between(above, below, line / HIGH))
    x, y = chance.randrange(120, WIDE - 120), chance.randrange(90, 260)
    draw.ellipse([x - 46, y - 46, x + 46, y + 46], fill=(255, 244, 214))
    for row in range(4):
        height = 330 + 75 * row
        points = [(x, height + chance.randrange(-55, 55)) for x in range(0, WIDE + 121, 120)]
        draw.polygon([(0, HIGH), *points, (WIDE, HIGH)], fill=_between((96, 128, 120), (24, 44, 52), row / 3))
    return _saved(picture, "JPEG")


def tile(*, loud: bool) -> bytes:
    """A PNG of a tile of a list: a badge, two lines and a button."""
    ground, mark = ((238, 60, 96), (255, 232, 60)) if loud else ((246, 244, 239), (44, 110, 106))
    picture = Image.new("RGB", (640, 360), ground)
    draw = ImageDraw.Draw(picture)
    line = (255, 255, 255) if loud else (202, 198, 188)
    draw.rounded_rectangle([40, 40, 150, 150], 24, fill=mark)
    draw.rounded_rectangle([180, 56, 520, 86], 12, fill=line)
    draw.rounded_rectangle([180, 108, 420, 132], 10, fill=line)
    draw.rounded_rectangle([40, 240, 320 if loud else 220, 312], 20, fill=mark)
    return _saved(picture, "PNG")


def table() -> bytes:
    """A week of a depot as CSV."""
    chance = random.Random(42)
    rows = [
        f"{day},{chance.randrange(120, 260)},{chance.randrange(4)}"
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
    ]
    return "\n".join(["day,parcels,late", *rows, ""]).encode()


def _between(first: Colour, last: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, last, strict=True))
    return red, green, blue


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, quality=85)
    return out.getvalue()
