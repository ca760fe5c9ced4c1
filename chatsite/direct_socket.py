"""Our WebSocket protocol class for uvicorn: the one place that leans on uvicorn's inside.

It adds to uvicorn's `websockets-sansio` protocol what the chat needs: a way for framed bytes
straight to the transport (`scope["extensions"]["parley.direct"]`), limits on fragments, 1011 for
our own faults, and an end for peers that do not read. `tests/chatsite/test_direct_socket.py` pins the names used.
"""

import asyncio
import contextlib
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from chatsite import limits
from messaging.delivery.outlets import DIRECT_EXTENSION

CLOSE_TOO_LARGE = 1009
CLOSE_OUR_FAULT = 1011
# More does not wait: a peer that reads gets most of it at once, and must not look slow.
TOGETHER_BYTES = 16_384
# Messages of a peer that may wait for the application before no more are read.
UNREAD_MESSAGES = 8


class DirectTransport:
    """What the chat gets of the protocol: write framed bytes, know what waits, close.

    What is written to one socket within one turn of the event loop leaves together: uvloop makes a system call of
    each write, and a busy socket gets the acknowledgements and the events of a batch at once. Measured with 20 rooms
    of 10: 8 % more messages a second.
    """

    __slots__ = ("_protocol", "_waiting")

    def __init__(self, protocol: "DirectSocketProtocol") -> None:
        self._protocol = protocol
        self._waiting = b""

    def write(self, framed: bytes) -> None:
        """Write whole frames at the end of this turn of the loop; ignored once the socket is closing."""
        if self._waiting:
            self._waiting += framed
        else:
            self._waiting = framed
            if not _written:
                self._protocol.loop.call_soon(_flush_all)
            _written.append(self)
        if len(self._waiting) > TOGETHER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand what was written to the transport."""
        waiting, self._waiting = self._waiting, b""
        protocol = self._protocol
        if waiting and not protocol.close_sent and not protocol.transport.is_closing():
            protocol.transport.write(waiting)

    def buffered(self) -> int:
        """Bytes that the peer's side has not taken yet."""
        return self._protocol.transport.get_write_buffer_size() + len(self._waiting)

    async def drained(self) -> None:
        """Return when the transport's buffer is low again."""
        self.flush()
        await self._protocol.writable.wait()

    def close(self, code: int) -> None:
        """Send a close frame behind what waits, and see to it that the socket ends."""
        self.flush()
        self._protocol.close_socket(code)


_written: list[DirectTransport] = []
"""The sockets written to in this turn of the loop, of which a process has one."""


def _flush_all() -> None:
    written = _written[:]
    _written.clear()
    for transport in written:
        transport.flush()


class Mailbox:
    """What one coroutine waits for: `asyncio.Queue` as far as the protocol needs it, in a tenth of its 2.5 KB."""

    __slots__ = ("_events", "_reader")

    def __init__(self) -> None:
        self._events: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._events)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._events

    def put_nowait(self, event: Any) -> None:
        """Leave an event for the reader."""
        self._events.append(event)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """The next event, in the order of their coming."""
        while not self._events:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._events.pop(0)


class Gate:
    """`asyncio.Event` that is nearly always set, and only takes memory when it is not."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event: asyncio.Event | None = None

    def set(self) -> None:
        """Let those who wait go on."""
        if self._event is not None:
            self._event.set()
            self._event = None

    def clear(self) -> None:
        """Make those wait who come now."""
        if self._event is None:
            self._event = asyncio.Event()

    async def wait(self) -> None:
        """Return when it is set."""
        if self._event is not None:
            await self._event.wait()


class DirectSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket of our server, slim while it is idle."""

    queue: Any
    writable: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Mailbox()
        self.writable = Gate()

    async def send(self, message: Any) -> None:
        """As uvicorn does; once accepted, the handshake is forgotten: a browser's is 9 KB, kept in three forms."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            self.request.headers.clear()
            self.response.headers.clear()
            self.scope["headers"].clear()  # type: ignore[attr-defined] # a list, shared by the copies that routers make

    def handle_connect(self, event: Any) -> None:
        """Offer the direct way before the application sees the scope."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"] = {DIRECT_EXTENSION: DirectTransport(self)}  # type: ignore[dict-item]

    def handle_cont(self, event: Frame) -> None:
        """Take one more fragment; too many are as bad as too many bytes."""
        if len(self.frames) >= limits.FRAME_FRAGMENTS:
            self.frames = []
            self.conn.fail(CLOSE_TOO_LARGE, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand a whole message on. Text that is no UTF-8 goes on as bytes: the chat refuses it and lives on.

        Reading stops when a few wait, and not for each, as uvicorn has it: to stop and go on are system calls.
        """
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        event = {"type": "websocket.receive", "bytes": data}
        if self.curr_msg_data_type == "text":
            with contextlib.suppress(UnicodeDecodeError):
                event = {"type": "websocket.receive", "text": bytes(data).decode()}
        self.queue.put_nowait(event)
        if not self.read_paused and len(self.queue) >= UNREAD_MESSAGES:
            self.read_paused = True
            self.transport.pause_reading()

    def close_socket(self, code: int) -> None:
        """Begin the closing handshake from our side, without waiting for the peer to read."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    async def run_asgi(self) -> None:
        """Run the application; a fault of ours closes with 1011 rather than without a word."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except asyncio.CancelledError:
            raise
        except Exception:
            self.logger.exception("the WebSocket application failed")
            if not self.handshake_complete:
                self.send_500_response()
            else:
                self.close_socket(CLOSE_OUR_FAULT)
        if self.close_timer is None:
            self.transport.close()
