"""A body that is too large is refused before it is read: Django would first put all of it on the disk."""

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from chatsite import limits
from chatsite.accounts.avatars import LARGEST_BYTES
from chatsite.errors import TooLarge
from chatsite.headers import NOTHING

from . import errors
from .json_body import LARGEST_BODY

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


# A form has, beside the file, its parts' headers and a few words.
FORM_BYTES = 64 * 1024

_PICTURE = "/api/v1/me/avatar/"
_UPLOAD = re.compile(r"/api/v1/rooms/[^/]+/attachments/")


class Bound(NamedTuple):
    """How many bytes a body may have, how it is refused, and for how long what still comes is thrown away."""

    most: int
    refusal: TooLarge
    linger_seconds: float
    linger_bytes: int


def bound_of(scope: Scope, content_type: bytes) -> Bound:
    """The bound of a request's body: files and pictures where they are taken, a few words everywhere else."""
    is_form = content_type.strip().lower().startswith(b"multipart/form-data")
    if is_form and scope["method"] == "POST" and _UPLOAD.fullmatch(scope["path"]):
        told = TooLarge(f"A file has at most {limits.FILE_BYTES / 2**20:.10g} MB.", field="file")
        return Bound(limits.FILE_BYTES + FORM_BYTES, told, 10.0, limits.FILE_BYTES)
    if scope["method"] == "PUT" and scope["path"] == _PICTURE:
        told = TooLarge(f"A picture has at most {LARGEST_BYTES // 2**20} MB.", field="avatar")
        return Bound(LARGEST_BYTES, told, 10.0, LARGEST_BYTES)
    told = TooLarge(f"A body has at most {LARGEST_BODY} bytes.")
    return Bound(LARGEST_BODY, told, 1.0, 16 * LARGEST_BODY)


class BoundedBody:
    """Puts the limits of the API's bodies around an ASGI app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        bound = bound_of(scope, headers.get(b"content-type", b""))
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > bound.most:
            await _refuse(bound, receive, send)
            return
        body = _Counted(bound, receive, send)
        await self._app(scope, body.receive, body.send)


class _Counted:
    """What a request sends while nobody knows how much it will be; beyond the limit it is refused and cut off."""

    def __init__(self, bound: Bound, receive: Receive, send: Send) -> None:
        self._bound = bound
        self._receive = receive
        self._send = send
        self._bytes = 0
        self._refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes <= self._bound.most:
            return message
        if not self._refused:
            self._refused = True
            await _refuse(self._bound, self._receive, self._send)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)


async def _refuse(bound: Bound, receive: Receive, send: Send) -> None:
    """Answer, and close the connection. What is on its way is thrown away first, or the answer would be lost with it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound.linger_seconds):
            thrown = 0
            while thrown < bound.linger_bytes and (message := await receive()).get("more_body"):
                thrown += len(message["body"])
    error = bound.refusal
    body = json.dumps(errors.body(error)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"content-security-policy", NOTHING.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
