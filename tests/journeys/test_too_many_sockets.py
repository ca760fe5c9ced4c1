"""So many open sockets a person and an address, and so much time for an upgrade."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.support.deployments import Deployment, embedded, full
from tests.support.wire import dial, sign_in


@pytest.fixture(scope="module")
def narrow() -> Iterator[Deployment]:
    """A server for few sockets."""
    limits = {"LIMIT_SOCKETS_PER_USER": "3", "LIMIT_SOCKETS_PER_ADDRESS": "5", "LIMIT_UPGRADE_SECONDS": "1"}
    with embedded(**limits) as deployment:
        yield deployment


async def _refusal(ws_url: str, token: str) -> None:
    """One socket more is told why, and closed with 4429."""
    async with dial(ws_url, token=token) as socket:
        assert await socket.closed() == 4429
        error, goodbye = socket.frames
        assert (error["type"], error["code"], error["retryable"]) == ("error", "rate_limited", True)
        assert error["retry_after_ms"] > 0
        assert (goodbye["type"], goodbye["code"], goodbye["reconnect"]) == ("goodbye", 4429, True)


async def test_a_person_has_three_sockets_and_no_fourth(narrow: Deployment) -> None:
    dora = narrow.newcomer()
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(sign_in(narrow.server.ws_url, dora.token))
        await _refusal(narrow.server.ws_url, dora.token)
    async with sign_in(narrow.server.ws_url, dora.token) as socket:
        assert await socket.is_well()


async def test_an_address_has_five_sockets_and_no_sixth(narrow: Deployment) -> None:
    dora, emil = narrow.newcomer(), narrow.newcomer()
    async with AsyncExitStack() as stack:
        for person in (dora, dora, dora, emil, emil):
            await stack.enter_async_context(sign_in(narrow.server.ws_url, person.token))
        await _refusal(narrow.server.ws_url, emil.token)


async def test_half_an_upgrade_is_not_waited_for(narrow: Deployment) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", narrow.server.port)
    begun = time.monotonic()
    writer.write(b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    assert 0.5 < time.monotonic() - begun < 5
    writer.close()


async def test_two_servers_count_together(postgres_server: str) -> None:
    with full(postgres_server, LIMIT_SOCKETS_PER_USER="3") as site:
        dora = site.newcomer()
        async with AsyncExitStack() as stack:
            for place in (0, 1, 0):
                await stack.enter_async_context(sign_in(site.addresses[place], dora.token))
            await _refusal(site.addresses[1], dora.token)
