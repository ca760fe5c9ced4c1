"""A TCP proxy on 127.0.0.1 whose wire can be cut, or swallow everything: between servers and Redis or PostgreSQL."""

import asyncio
import contextlib
import enum
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any

from tests.support.processes import free_port

_CHUNK = 65_536
_ANSWER_S = 10.0
_RESET = struct.pack("ii", 1, 0)  # lingering for no time: a close is a reset


class Mood(enum.Enum):
    """What the wire does to connections."""

    PASS = "pass"
    CUT = "cut"
    BLACK_HOLE = "black hole"


class Proxy:
    """Passes connections to `port` on 127.0.0.1 on to `target`, in a thread of its own: a busy test delays nothing.

    What a black hole has swallowed is gone, and a stream with a gap in it is none: a connection that lost a byte stays
    silent for ever, as one does whose router forgot it. Only new connections pass again.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.swallowed = 0
        self._target = target
        self._mood = Mood.PASS
        self._listening: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._do(self._listen())

    def mend(self) -> None:
        """Let connections pass again."""
        self._mood = Mood.PASS
        self._do(self._listen())

    def cut(self) -> None:
        """Reset every connection, and refuse new ones."""
        self._mood = Mood.CUT
        self._do(self._hang_up())

    def black_hole(self) -> None:
        """Keep every connection open, accept new ones, and swallow what comes from either side."""
        self._mood = Mood.BLACK_HOLE

    def close(self) -> None:
        """Hang up for good."""
        self._do(self._hang_up())
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ANSWER_S)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_ANSWER_S)

    async def _listen(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def _hang_up(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        while self._writers:
            writer = self._writers.pop()
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._drop(writer)
            return
        self._writers.add(there_writer)
        gap = asyncio.Event()
        pumps = [
            asyncio.create_task(self._pump(reader, there_writer, gap)),
            asyncio.create_task(self._pump(there_reader, writer, gap)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if gap.is_set():  # that the far side hung up is not heard through a black hole either
                await asyncio.wait(pumps[:1])
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._drop(writer, there_writer)

    def _drop(self, *writers: asyncio.StreamWriter) -> None:
        for writer in writers:
            self._writers.discard(writer)
            writer.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gap: asyncio.Event
    ) -> None:
        """Pass bytes one way until that side ends; from the first swallowed byte on, none of either way."""
        with contextlib.suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self._mood is Mood.BLACK_HOLE:
                    gap.set()
                if gap.is_set():
                    self.swallowed += len(data)
                elif self._mood is Mood.PASS:
                    writer.write(data)
                    await writer.drain()
