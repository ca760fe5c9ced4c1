"""Open sockets are counted over all servers, and the count heals by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio
import uvloop
from django.conf import settings
from redis import asyncio as aioredis

from chatsite import limits
from messaging.realtime import socket_counts
from messaging.realtime.socket_counts import SharedSocketCounts, SocketCounts
from tests.support.proxy import Proxy
from tests.support.services import with_port

needs_redis = pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_USER", 3)
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 4)


def address() -> str:
    """A network of its own for each test: Redis is shared."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


@pytest_asyncio.fixture
async def servers() -> AsyncIterator[list[SharedSocketCounts]]:
    both = [SharedSocketCounts(settings.REDIS_URL) for _ in range(2)]
    yield both
    for server in both:
        await server.stop()


async def settled() -> None:
    await asyncio.sleep(0.1)


async def test_a_person_has_so_many_sockets_and_no_more():
    counts, home = SocketCounts(), address()
    assert [await counts.enter("bob", None) for _ in range(4)] == [True, True, True, False]
    counts.leave("bob", None)
    assert await counts.enter("bob", home)
    assert not await counts.enter("bob", home)
    assert await counts.enter("carol", home)


async def test_an_address_has_so_many_sockets_and_an_ipv6_household_is_one():
    counts, home = SocketCounts(), address()
    neighbours = [f"{home[:-1]}{n}" for n in range(2, 7)]
    people = [f"person{n}" for n in range(5)]
    came = [await counts.enter(who, where) for who, where in zip(people, neighbours, strict=True)]
    assert came == [True] * 4 + [False]
    assert await counts.enter("person9", address())


async def test_a_server_that_knows_no_address_counts_only_people():
    counts = SocketCounts()
    assert all([await counts.enter(f"person{n}", None) for n in range(10)])


@needs_redis
async def test_two_servers_count_together(servers: list[SharedSocketCounts]):
    one, other, home = servers[0], servers[1], address()
    bob = uuid4().hex
    assert await one.enter(bob, home)
    assert await other.enter(bob, home)
    assert await one.enter(bob, home)
    assert not await other.enter(bob, home)
    one.leave(bob, home)
    await settled()
    assert await other.enter(bob, home)
    assert not await one.enter(bob, home)


@needs_redis
async def test_who_comes_with_many_at_once_gets_what_is_left(servers: list[SharedSocketCounts]):
    one, other = servers
    bob = uuid4().hex
    assert await other.enter(bob, None)
    came = await asyncio.gather(*(one.enter(bob, None) for _ in range(8)))
    assert sum(came) == 2
    await settled()
    assert not await other.enter(bob, None)


@needs_redis
async def test_what_was_refused_is_not_counted(servers: list[SharedSocketCounts]):
    one, other, home = servers[0], servers[1], address()
    bob, carol = uuid4().hex, uuid4().hex
    assert all([await one.enter(f"{bob}{n}", home) for n in range(4)])
    assert not await other.enter(carol, home)
    await settled()
    assert all([await one.enter(carol, None) for _ in range(3)])


@needs_redis
async def test_sockets_of_a_crashed_server_are_forgotten(
    servers: list[SharedSocketCounts], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_counts, "BELIEVED_SECONDS", 0.3)
    crashed, other = servers
    bob = uuid4().hex
    assert all([await crashed.enter(bob, None) for _ in range(3)])
    assert not await other.enter(bob, None)
    await asyncio.sleep(0.4)
    assert await other.enter(bob, None)


@needs_redis
async def test_a_wiped_redis_learns_the_counts_anew(
    servers: list[SharedSocketCounts], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_counts, "TELL_SECONDS", 0.1)
    one, other = servers
    bob = uuid4().hex
    assert all([await one.enter(bob, None) for _ in range(3)])
    async with aioredis.Redis.from_url(settings.REDIS_URL) as redis:
        await redis.delete(f"parley:sockets:user:{bob}")
    telling = asyncio.create_task(one.keep_forever())
    await asyncio.sleep(0.4)
    telling.cancel()
    assert not await other.enter(bob, None)


async def test_without_redis_each_server_goes_by_its_own():
    counts = SharedSocketCounts("redis://127.0.0.1:1/0")
    assert [await counts.enter("bob", None) for _ in range(4)] == [True, True, True, False]
    await counts.stop()


@needs_redis
@pytest.mark.parametrize("poison", ["values", "type"])
async def test_poisoned_counts_are_none_and_are_made_up_for(servers, poison):
    who = f"bob-{uuid4().hex}"
    redis = aioredis.Redis.from_url(settings.REDIS_URL)
    assert await servers[0].enter(who, None)
    if poison == "values":
        await redis.hset(socket_counts._key(f"user:{who}"), mapping={"server": "garbage", "other": "9:9e99"})
    else:
        await redis.set(socket_counts._key(f"user:{who}"), "garbage")
    assert await servers[1].enter(who, None)
    servers[0]._changed.add(f"user:{who}")
    servers[0]._send_soon()
    await settled()
    assert [await servers[1].enter(who, None) for _ in range(2)] == [True, False]
    await redis.aclose()


@needs_redis
def test_a_connection_that_was_reset_keeps_nobody_out():
    """On uvloop, which servers run on, writing to such a connection raises what no client library expects."""
    proxy = Proxy(urlsplit(settings.REDIS_URL).port or 6379)

    async def enter_over_a_reset() -> list[bool]:
        counts, bob = SharedSocketCounts(with_port(settings.REDIS_URL, proxy.port)), uuid4().hex
        first = await counts.enter(bob, None)
        proxy.cut()
        proxy.mend()
        async with asyncio.timeout(5):
            later = await asyncio.gather(*[counts.enter(bob, None) for _ in range(2)])
        await counts.stop()
        return [first, *later]

    with closing(proxy), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(enter_over_a_reset()) == [True] * 3
