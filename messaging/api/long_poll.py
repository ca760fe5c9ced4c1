"""`GET rooms/{room}/events/?wait=`: an empty page is held back until the room has moved.

This wraps the whole of Django, so that nothing of a request is alive while it waits: no thread, no
database connection, no session. Django answers first; when its view finds nothing yet, the answer is thrown
away, and Django is asked again after the wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chatsite import health

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
WaitBeyond = Callable[[str, int, float], Awaitable[None]]

SCOPE_KEY = "parley.long_poll"

# A stopping server sends its waiters home at once rather than at the end of their time.
DRAIN_LOOK_SECONDS = 0.5


@dataclass(slots=True)
class Wish:
    """What the view leaves behind when it has nothing to tell: the room, the `seq` to pass, the time to wait."""

    room_id: str = ""
    after: int = 0
    seconds: int = 0


class LongPoll:
    """Puts waiting around an ASGI app; `wait_beyond(room_id, seq, seconds)` is the hub's."""

    def __init__(self, app: App, wait_beyond: WaitBeyond) -> None:
        self._app = app
        self._wait_beyond = wait_beyond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if not _may_wait(scope):
            await self._app(scope, receive, send)
            return
        wish = Wish()
        answer: list[Message] = []
        await self._app({**scope, SCOPE_KEY: wish}, receive, _collect(answer))
        if wish.seconds:
            if not await self._wait(wish, receive):
                return
            await self._app(scope, _without_body(receive), send)
            return
        for message in answer:
            await send(message)

    async def _wait(self, wish: Wish, receive: Receive) -> bool:
        """Wait; whether the client is still there."""
        gone = asyncio.ensure_future(_disconnected(receive))
        others = [
            asyncio.ensure_future(self._wait_beyond(wish.room_id, wish.after, wish.seconds)),
            asyncio.ensure_future(_draining()),
        ]
        try:
            await asyncio.wait([gone, *others], return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            for task in (gone, *others):
                task.cancel()
            await asyncio.gather(gone, *others, return_exceptions=True)


def _may_wait(scope: Scope) -> bool:
    return bool(
        scope["method"] == "GET" and scope["path"].endswith("/events/") and b"wait=" in scope["query_string"]
    )


def _collect(answer: list[Message]) -> Send:
    async def send(message: Message) -> None:
        answer.append(message)

    return send


def _without_body(receive: Receive) -> Receive:
    """The second asking's `receive`: the request's body, of which GET has none, was read by the first."""
    begun = False

    async def again() -> Message:
        nonlocal begun
        if begun:
            return await receive()
        begun = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return again


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _draining() -> None:
    while not health.draining:  # noqa: ASYNC110 (a flag, because threads read it too)
        await asyncio.sleep(DRAIN_LOOK_SECONDS)
