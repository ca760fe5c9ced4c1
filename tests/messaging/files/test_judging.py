"""What a file is called and what it is: judged by the server, whatever was sent."""

import io
import struct
import zlib

import pytest
from PIL import Image

from messaging.errors import WrongType
from messaging.files import pictures
from messaging.files.kinds import HEAD, UNKNOWN, kind_of
from messaging.files.names import LONGEST_NAME, checked_alt, safe_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("tides.txt", "tides.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("/", "file"),
        ("..", "file"),
        (" . ", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\0b\r\n\tc\x7f.txt", "abc.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066\u200f\u061cx\u2069.txt", "x.txt"),
        ("line\u2028break\u2029.txt", "linebreak.txt"),
        ("half\ud800.txt", "half.txt"),
        ("two   words.txt", "two words.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("潮汐表.pdf", "潮汐表.pdf"),
        ("جدول المد.pdf", "جدول المد.pdf"),
        ("👩‍🚀.png", "👩‍🚀.png"),
        ('<img src=x onerror="alert(1)">.png', '<img src=x onerror="alert(1)">.png'),
    ],
)
def test_a_name_is_made_harmless_and_nothing_more(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_name_of_500_characters_keeps_its_ending() -> None:
    name = safe_name("n" * 495 + ".jpeg")
    assert len(name) == LONGEST_NAME
    assert name.endswith("…" + ".jpeg")
    assert len(safe_name("a." + "n" * 498)) <= LONGEST_NAME
    assert len(safe_name("界" * 500)) <= LONGEST_NAME


def test_a_description_is_one_line_without_what_cannot_be_seen() -> None:
    assert checked_alt("  The quay,\n at\u202e dawn ") == "The quay, at dawn"


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("a.jpg", PNG, "image/png"),  # another picture than its name says, and a harmless one
        ("a", b"GIF89a/*<script>alert(1)</script>*/", "image/gif"),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
        ("a.mp3", b"ID3\x03\0", "audio/mpeg"),
        ("a.zip", b"PK\x03\x04rest", "application/zip"),
        ("a.bin", b"PK\x03\x04rest", "application/zip"),
        ("a.docx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.txt", b"high tide", "text/plain"),
        ("a.csv", "été;1\n".encode("latin-1"), UNKNOWN),
        ("a", b"<!DOCTYPE html><p>", "text/html"),
        ("a", b"  <ScRiPt>alert(1)</ScRiPt>", "text/html"),
        ("a.svg", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "image/svg+xml"),
        ("a.xml", b'<?xml version="1.0"?><x/>', "application/xml"),
        ("a.md", b"# see <b>", "text/plain"),
        ("a.exe", b"MZ" + b"\x90" * 80, "application/vnd.microsoft.portable-executable"),
        ("a", bytes(range(256)), UNKNOWN),
        ("a.txt", ("é" * HEAD).encode()[: HEAD - 1] + b"\xc3", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, head: bytes, kind: str) -> None:
    assert kind_of(head, name=name) == kind


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.png", b"<html><script>alert(1)</script>"),
        ("a.jpg", b"<svg onload=alert(1)>"),
        ("a.gif", b"MZ" + b"\x90" * 80),
        ("a.WEBP", bytes(64)),
        ("a.pdf", b"PK\x03\x04"),
        ("a.pdf", b"<html>%PDF-1.7"),
        ("a.mp4", b"<html>"),
        ("a.mp3", PNG),
        ("a.txt", b"\x7fELF\x02\x01\x01" + bytes(60)),
        ("a.csv", PNG),
    ],
)
def test_a_name_that_says_another_type_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(WrongType):
        kind_of(head, name=name)


def made(form: str, size: tuple[int, int], **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, form, **options)
    return stream


@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("GIF", {}), ("JPEG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})]
)
def test_the_size_is_read_off_the_header(form: str, options: dict[str, object]) -> None:
    assert pictures.size_of(made(form, (61, 37), **options), f"image/{form.lower()}") == (61, 37)


def test_a_photo_on_its_side_is_told_as_it_is_shown() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert pictures.size_of(made("JPEG", (61, 37), exif=exif), "image/jpeg") == (37, 61)


def test_a_huge_picture_is_known_by_its_header_and_nothing_is_decoded() -> None:
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    size = pictures.size_of(io.BytesIO(bomb), "image/png")
    assert size == (20_000, 20_000)
    assert not pictures.can_be_small(size)


@pytest.mark.parametrize("kind", ["image/png", "image/gif", "image/jpeg", "image/webp"])
@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff" * 4000, bytes(40)])
def test_a_broken_picture_has_no_size(kind: str, content: bytes) -> None:
    size = pictures.size_of(io.BytesIO(content), kind)
    assert size is None or all(size)
