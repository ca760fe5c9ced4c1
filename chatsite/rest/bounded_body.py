"""A body that is too large is refused before it is read: Django would first put all of it on the disk."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chatsite.errors import TooLarge
from chatsite.headers import NOTHING

from . import errors
from .json_body import LARGEST_BODY

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


LINGER_SECONDS = 1.0
LINGER_BYTES = 16 * LARGEST_BODY


class BoundedBody:
    """Puts the limit of the API's bodies around an ASGI app. Files (`multipart/form-data`) have limits of their own."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        headers = dict(scope["headers"])
        if not scope["path"].startswith("/api/") or headers.get(b"content-type", b"").startswith(
            b"multipart/"
        ):
            await self._app(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > LARGEST_BODY:
            await _refuse(receive, send)
            return
        body = _Counted(receive, send)
        await self._app(scope, body.receive, body.send)


class _Counted:
    """What a request sends while nobody knows how much it will be; beyond the limit it is refused and cut off."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._bytes = 0
        self._refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes <= LARGEST_BODY:
            return message
        if not self._refused:
            self._refused = True
            await _refuse(self._receive, self._send)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)


async def _refuse(receive: Receive, send: Send) -> None:
    """Answer, and close the connection. What is on its way is thrown away first, or the answer would be lost with it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            thrown = 0
            while thrown < LINGER_BYTES and (message := await receive()).get("more_body"):
                thrown += len(message["body"])
    error = TooLarge(f"A body has at most {LARGEST_BODY} bytes.")
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
