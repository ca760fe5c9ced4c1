"""The proxy does to a connection what the proofs believe that it does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.support.proxy import Proxy

_SILENCE_S = 0.2


@contextlib.asynccontextmanager
async def _wired() -> AsyncIterator[Proxy]:
    """A proxy in front of somebody who says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(100):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    try:
        yield proxy
    finally:
        await asyncio.to_thread(proxy.close)
        server.close()


class _Caller:
    """Somebody who talks through a proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def hears(self, word: bytes) -> bool:
        """Whether a word comes back."""
        self.writer.write(word)
        try:
            async with asyncio.timeout(_SILENCE_S):
                return await self.reader.readexactly(len(word)) == word
        except TimeoutError:
            return False


@contextlib.asynccontextmanager
async def _calling(proxy: Proxy) -> AsyncIterator[_Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield _Caller(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def test_what_is_said_passes_both_ways() -> None:
    async with _wired() as proxy, _calling(proxy) as one, _calling(proxy) as other:
        assert await one.hears(b"ahoy")
        assert await other.hears(b"ahoy too")
        assert proxy.swallowed == 0


async def test_a_cut_resets_what_is_open_and_refuses_what_is_new() -> None:
    async with _wired() as proxy, _calling(proxy) as caller:
        assert await caller.hears(b"ahoy")
        await asyncio.to_thread(proxy.cut)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        with pytest.raises(ConnectionResetError):
            await caller.reader.read()
        await asyncio.to_thread(proxy.mend)
        async with _calling(proxy) as later:
            assert await later.hears(b"ahoy again")


async def test_a_black_hole_accepts_and_answers_nothing() -> None:
    async with _wired() as proxy, _calling(proxy) as quiet, _calling(proxy) as caller:
        assert await quiet.hears(b"ahoy")
        await asyncio.to_thread(proxy.black_hole)
        async with _calling(proxy) as newcomer:
            assert not await newcomer.hears(b"anybody")
            assert not await caller.hears(b"anybody")
        assert proxy.swallowed == 2 * len(b"anybody")
        await asyncio.to_thread(proxy.mend)
        assert not await caller.hears(b"now"), "a stream with a gap went on"
        assert await quiet.hears(b"nothing was lost here")
        async with _calling(proxy) as later:
            assert await later.hears(b"ahoy again")
