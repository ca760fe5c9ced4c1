"""What a file is, by its first bytes. Neither its name nor its sender's word is believed."""

import re
from typing import Final

import puremagic

from ..errors import WrongType
from .names import ending_of

HEAD: Final = 8192
"""Bytes that are looked at."""

UNKNOWN: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What is shown as a picture. SVG is none: it is a program."""

# Those that are common or matter, exactly; what is not here is asked of a large table of others.
_SIGNATURES: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"....ftyp(qt  )", re.DOTALL), "video/quicktime"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp(heic|heix|mif1)", re.DOTALL), "image/heic"),
    (re.compile(rb"....ftypavif", re.DOTALL), "image/avif"),
    (re.compile(rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |dash)", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "video/webm"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"PK(\x03\x04|\x05\x06)"), "application/zip"),
    (re.compile(rb"\x1f\x8b"), "application/gzip"),
    (re.compile(rb"\x7fELF"), "application/x-executable"),
    (re.compile(rb"MZ.{56}", re.DOTALL), "application/vnd.microsoft.portable-executable"),
)

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
# What lies in a zip by its format: there the ending chooses among equals.
_ZIPS: Final = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
}

_MARKUP: Final = (
    (re.compile(r"<svg[\s>]", re.IGNORECASE), "image/svg+xml"),
    (
        re.compile(
            r"<(!doctype\s+html|html|head|body|script|iframe|img|a|form|style|object|embed|meta|link|base)\b",
            re.IGNORECASE,
        ),
        "text/html",
    ),
    (re.compile(r"\A\s*<\?xml\b"), "application/xml"),
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

_PICTURE_ENDINGS: Final = frozenset({"png", "jpg", "jpeg", "jfif", "gif", "webp"})
_MEDIA_ENDINGS: Final = frozenset(
    {"mp3", "m4a", "wav", "ogg", "oga", "opus", "flac", "mp4", "m4v", "mov", "webm"}
)
_TEXT_ENDINGS: Final = frozenset({"txt", "md", "csv", "tsv", "log", "json", "yaml", "yml", "toml", "ini"})
_TEXT_KINDS: Final = frozenset({"text/plain", "text/html", "image/svg+xml", "application/xml", UNKNOWN})


def kind_of(head: bytes, *, name: str) -> str:
    """The type of a file that begins with `head`, `HEAD` bytes or all. Raises `WrongType` where its name says another.

    A name is contradicted only where that is certain: an unknown format may have any ending but those of pictures and PDF.
    """
    kind = _sniffed(head)
    ending = ending_of(name)
    if _contradicts(ending, kind):
        raise WrongType(f"The file is named .{ending}, but what is in it is {_told(kind)}.", field="file")
    return _ZIPS.get(ending, kind) if kind == "application/zip" else kind


def _told(kind: str) -> str:
    return "something else" if kind == UNKNOWN else kind


def _contradicts(ending: str, kind: str) -> bool:
    if ending in _PICTURE_ENDINGS:
        return kind not in PICTURES
    if ending == "pdf":
        return kind != "application/pdf"
    if ending in _MEDIA_ENDINGS:
        return kind != UNKNOWN and not kind.startswith(("audio/", "video/"))
    return ending in _TEXT_ENDINGS and kind not in _TEXT_KINDS


def _sniffed(head: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if signature.match(head):
            return kind
    text = _as_text(head)
    if text is not None:
        return next((kind for sign, kind in _MARKUP if sign.search(text)), "text/plain")
    return _from_table(head)


def _as_text(head: bytes) -> str | None:
    """The beginning as text, None for anything else. A character may be cut at the end of the head."""
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            if len(head) < HEAD:
                return None
        else:
            return None if _CONTROL.search(text) else text
    return None


def _from_table(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    named = [each for each in found if each.mime_type and each.confidence >= 0.4]
    kind = str(named[0].mime_type) if named else UNKNOWN
    # Found there by a weak sign, a picture of ours would be shown: those need their own.
    return UNKNOWN if kind in PICTURES or len(kind) > 100 else kind
