"""A request that does not arrive in time is not waited for, on a real uvicorn server."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn import Config, Server

from chatsite import limits
from chatsite.patient_http import PatientHttpProtocol
from chatsite.server import configure

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UPGRADE_SECONDS", 0.5)


async def slow_app(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(0.8)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = Config(slow_app, http=PatientHttpProtocol, lifespan="off", log_config=None)
    server = Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await running


async def ends_after(reader: asyncio.StreamReader) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    return time.monotonic() - begun


async def test_who_says_nothing_is_cut():
    async with connected() as (reader, _):
        assert 0.3 < await ends_after(reader) < 3


async def test_half_a_request_is_cut_however_it_trickles():
    async with connected() as (reader, writer):
        for byte in b"GET /ws/ HTTP/1.1\r\nUpg":
            writer.write(bytes([byte]))
            await asyncio.sleep(0.01)
        assert await ends_after(reader) < 3


async def test_an_answer_may_take_longer_and_the_next_request_is_waited_for_again():
    async with connected() as (reader, writer):
        writer.write(GET)
        answer = await reader.readuntil(b"ok")
        assert b"200 OK" in answer
        writer.write(GET[:10])
        assert 0.3 < await ends_after(reader) < 3


def test_an_idle_connection_is_ended_by_the_proxy_and_not_by_us():
    # How long Caddy (`keepalive`) and nginx (`keepalive_timeout`) keep one to what is behind them, unless told otherwise.
    caddy, nginx = 120, 60
    assert configure(host="127.0.0.1", port=1).timeout_keep_alive > max(caddy, nginx)
