"""How bytes leave a process: straight to the transport, or through ASGI's `send`."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

DIRECT_EXTENSION = "parley.direct"

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class Flush:
    """Frames that go out together, to one socket or to thousands: encoded and framed once."""

    __slots__ = ("_framed", "payloads")

    def __init__(self, payloads: Sequence[bytes]) -> None:
        self.payloads = payloads
        self._framed: bytes | None = None

    @property
    def framed(self) -> bytes:
        """The bytes on the wire: each payload behind its WebSocket header."""
        if self._framed is None:
            self._framed = b"".join(
                [part for payload in self.payloads for part in (_header(len(payload)), payload)]
            )
        return self._framed


def _header(length: int) -> bytes:
    """The header of an unmasked, unfragmented text frame (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length)
    return struct.pack("!BBQ", 0x81, 127, length)


class Outlet(Protocol):
    """The way out of one socket. `write` and `close` never wait."""

    def write(self, flush: Flush) -> None:
        """Take frames; they leave in the order they were taken."""

    def buffered(self) -> int:
        """How many bytes were taken and have not left yet."""

    async def drained(self) -> None:
        """Return when the peer has read enough for more to be taken without piling up."""

    def close(self, code: int) -> None:
        """Close the socket behind what was taken before; a peer that does not read is cut after a while."""


class DirectTransport(Protocol):
    """What our server puts into `scope["extensions"]` (see `chatsite.server`)."""

    def write(self, framed: bytes) -> None:
        """Write whole frames."""

    def buffered(self) -> int:
        """Bytes that the peer's side has not taken yet."""

    async def drained(self) -> None:
        """Return when the buffer is low."""

    def close(self, code: int) -> None:
        """Close behind what waits."""


class DirectOutlet:
    """Framed bytes straight to the transport of our own server."""

    __slots__ = ("_transport", "buffered", "close", "drained")

    def __init__(self, transport: DirectTransport) -> None:
        self._transport = transport
        self.buffered = transport.buffered
        self.drained = transport.drained
        self.close = transport.close

    def write(self, flush: Flush) -> None:
        """Take frames."""
        self._transport.write(flush.framed)


class QueueOutlet:
    """Any ASGI server: a queue and a task that empties it through `send`."""

    def __init__(self, send: AsgiSend) -> None:
        self._send = send
        self._queue: asyncio.Queue[bytes | int] = asyncio.Queue()
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()
        self._task = asyncio.get_running_loop().create_task(self._empty())

    def write(self, flush: Flush) -> None:
        """Take frames."""
        for payload in flush.payloads:
            self._bytes += len(payload)
            self._queue.put_nowait(payload)
        if self._bytes > 65536:
            self._room.clear()

    def buffered(self) -> int:
        """How many bytes wait."""
        return self._bytes

    async def drained(self) -> None:
        """Return when less than 64 KiB wait."""
        await self._room.wait()

    def close(self, code: int) -> None:
        """Close behind what waits."""
        self._queue.put_nowait(code)

    def stop(self) -> None:
        """The socket is gone."""
        self._task.cancel()
        self._room.set()

    async def _empty(self) -> None:
        while True:
            entry = await self._queue.get()
            if isinstance(entry, int):
                await self._send({"type": "websocket.close", "code": entry})
                return
            await self._send({"type": "websocket.send", "text": entry.decode()})
            self._bytes -= len(entry)
            if self._bytes <= 65536:
                self._room.set()
