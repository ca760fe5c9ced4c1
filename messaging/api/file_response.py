"""Files on their way out: as something that no browser runs, in ranges, a part at a time."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from chatsite.streaming import PartsInTurn
from chatsite.threads import file_readers
from messaging.errors import NoSuchFile
from messaging.files import store
from messaging.files.kinds import PICTURES, UNKNOWN

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
PART = 128 * 1024

# What a browser may know by its type; to all else, markup and programs above all, it is bytes.
_INERT = re.compile(
    r"(audio|video)/[\w.+-]+|image/(png|jpeg|gif|webp|avif|heic)|application/(pdf|zip|gzip|vnd\.[\w.+-]+|epub\+zip)"
)
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def answer_with(
    request: Request, *, key: str, kind: str, name: str, size: int | None = None
) -> HttpResponseBase:
    """The bytes under `key`, or the range that was asked for. Raises `NoSuchFile` when they are gone."""
    try:
        file = store.open_file(key)
    except FileNotFoundError as error:
        raise NoSuchFile from error
    whole = file.size if size is None else size
    etag = f'"{key.rpartition("/")[2]}"'
    headers = _headers(kind, name) | {"ETag": etag}
    if _knows(request, etag):
        file.close()
        return HttpResponse(status=304, headers=headers)
    span = _span(request, etag, whole)
    if span is None:
        file.close()
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{whole}"})
    first, last = span
    headers["Content-Length"] = str(last - first + 1)
    partial = (first, last) != (0, whole - 1)
    if partial:
        headers["Content-Range"] = f"bytes {first}-{last}/{whole}"
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=206 if partial else 200, headers=headers)
    return FileParts(file, first, last, status=206 if partial else 200, headers=headers)


def _headers(kind: str, name: str) -> dict[str, str]:
    told = kind if _INERT.fullmatch(kind) else UNKNOWN
    if kind == "text/plain":
        told = "text/plain; charset=utf-8"
    shown_in_place = kind in PICTURES
    return {
        "Content-Type": told,
        "Content-Disposition": content_disposition_header(not shown_in_place, name) or "attachment",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
        # Kept by the browser, and asked about each time: who may read it no longer gets it no longer.
        "Cache-Control": "private, no-cache",
    }


def _knows(request: Request, etag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in known.split(",")]


def _span(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that are wanted, None if there are none such (RFC 9110, 14). Several ranges are the whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not asked or asked[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return 0, size - 1
    first, last = asked[1], asked[2]
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else None
    if last and int(last) < int(first):
        return 0, size - 1
    if int(first) >= size:
        return None
    return int(first), min(int(last) if last else size - 1, size - 1)


class FileParts(PartsInTurn):
    """A range of an open file."""

    threads = file_readers

    def __init__(self, file: "File[bytes]", first: int, last: int, **options: Any) -> None:
        super().__init__(_parts(file, first, last), **options)


def _parts(file: "File[bytes]", first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (part := file.read(min(PART, left))):
            left -= len(part)
            yield part
