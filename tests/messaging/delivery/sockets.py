"""A socket for tests of the hub: it keeps what it was given, and can stop reading."""

import asyncio
import json
from typing import Any

from messaging.delivery.connection import Connection
from messaging.delivery.outlets import Flush


class KeptOutlet:
    """The end of a socket in memory. While `frozen`, everything written waits."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.flushes = 0
        self.closed_with: int | None = None
        self.frozen = False
        self._waiting = 0
        self._reading = asyncio.Event()
        self._reading.set()

    def write(self, flush: Flush) -> None:
        self.flushes += 1
        self.frames += [json.loads(payload) for payload in flush.payloads]
        if self.frozen:
            self._waiting += len(flush.framed)
            self._reading.clear()

    def thaw(self) -> None:
        """The peer reads on."""
        self.frozen = False
        self._waiting = 0
        self._reading.set()

    def buffered(self) -> int:
        return self._waiting

    async def drained(self) -> None:
        await self._reading.wait()

    def close(self, code: int) -> None:
        self.closed_with = code

    def seqs(self, room_id: str) -> list[int]:
        """The numbers of the events seen of a room."""
        return [f["seq"] for f in self.frames if f["type"] == "event" and f["room"] == room_id]

    def types(self) -> list[str]:
        """The types of all frames."""
        return [frame["type"] for frame in self.frames]


class Socket:
    """A connection over a `KeptOutlet`."""

    def __init__(self, user_id: str = "b" * 16, credential: str = "token:1") -> None:
        self.outlet = KeptOutlet()
        self.connection = Connection(self.outlet, user_id=user_id, credential=credential)


async def until(condition: Any, *, seconds: float = 5.0) -> None:
    """Return when `condition()` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (what is awaited has no event to wait on)
            await asyncio.sleep(0.005)
