"""How large a picture is, read off its header: nothing is decoded here, whatever the file says of itself."""

import struct
from typing import IO, NamedTuple

from PIL import Image

MOST_PIXELS = 40_000_000
"""Of a picture that is made small. A larger one is a file like any other."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS = 200
_ORIENTATION = 0x0112


class Size(NamedTuple):
    """Pixels as the picture is shown: turned the way that its camera says."""

    width: int
    height: int


def size_of(picture: IO[bytes], kind: str) -> Size | None:
    """The size of a picture of that type, None if its header does not tell."""
    picture.seek(0)
    try:
        size = _READERS[kind](picture)
    except (struct.error, ValueError, IndexError, KeyError, SyntaxError):
        return None
    return size if size and 0 < size.width <= 0xFFFF_FFFF and 0 < size.height <= 0xFFFF_FFFF else None


def can_be_small(size: Size | None) -> bool:
    """Whether a preview can be made of it without taking the machine's memory."""
    return size is not None and size.width * size.height <= MOST_PIXELS


def _png(picture: IO[bytes]) -> Size:
    return Size(*struct.unpack(">II", picture.read(24)[16:24]))


def _gif(picture: IO[bytes]) -> Size:
    return Size(*struct.unpack("<HH", picture.read(10)[6:10]))


def _webp(picture: IO[bytes]) -> Size | None:
    head = picture.read(30)
    kind, data = head[12:16], head[20:]
    if kind == b"VP8X":
        return Size(1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little"))
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[6:10])
        return Size(width & 0x3FFF, height & 0x3FFF)
    return None


def _jpeg(picture: IO[bytes]) -> Size | None:
    picture.seek(2)
    turned = False
    for _ in range(_MOST_SEGMENTS):
        mark, kind, length = struct.unpack(">BBH", picture.read(4))
        if mark != 0xFF or length < 2:
            return None
        if kind in _FRAMES:
            height, width = struct.unpack(">HH", picture.read(5)[1:5])
            return Size(height, width) if turned else Size(width, height)
        if kind == 0xE1:
            turned = _is_turned(picture.read(length - 2)) or turned
        else:
            picture.seek(length - 2, 1)
    return None


def _is_turned(segment: bytes) -> bool:
    """Whether this part of a JPEG says that the picture lies on its side."""
    if not segment.startswith(b"Exif\0\0"):
        return False
    exif = Image.Exif()
    try:
        exif.load(segment)
        return exif.get(_ORIENTATION, 1) in {5, 6, 7, 8}
    except Exception:  # whatever a broken one makes Pillow raise: then it lies as it lies
        return False


_READERS = {"image/png": _png, "image/gif": _gif, "image/webp": _webp, "image/jpeg": _jpeg}
