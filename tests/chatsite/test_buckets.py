"""Token buckets, in this process and in Redis: the same rule, and nobody locked out without Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import uvloop
from django.conf import settings
from redis import asyncio as aioredis

from chatsite.buckets import LocalBuckets, RedisBuckets, bucket_key
from chatsite.env import Rate
from tests.support.proxy import Proxy
from tests.support.services import with_port

needs_redis = pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")


def test_a_bucket_is_full_at_first_and_refills_with_time():
    buckets, rate = LocalBuckets(), Rate(per_second=2, burst=3)
    assert [buckets.take_now("a", rate, now=0).allowed for _ in range(4)] == [True, True, True, False]
    assert buckets.take_now("a", rate, now=0).retry_after_ms == pytest.approx(500, abs=1)
    assert buckets.take_now("a", rate, now=0.5).allowed
    assert not buckets.take_now("a", rate, now=0.5).allowed


def test_a_bucket_never_holds_more_than_its_burst():
    buckets, rate = LocalBuckets(), Rate(per_second=100, burst=2)
    buckets.take_now("a", rate, now=0)
    assert [buckets.take_now("a", rate, now=1000).allowed for _ in range(3)] == [True, True, False]


def test_the_time_to_wait_is_true():
    buckets, rate = LocalBuckets(), Rate(per_second=3, burst=1)
    buckets.take_now("a", rate, now=0)
    wait = buckets.take_now("a", rate, now=0).retry_after_ms / 1000
    assert not buckets.take_now("a", rate, now=wait - 0.01).allowed
    assert buckets.take_now("a", rate, now=wait).allowed


def test_buckets_of_others_are_not_touched():
    buckets, rate = LocalBuckets(), Rate(per_second=1, burst=1)
    assert buckets.take_now("a", rate, now=0).allowed
    assert buckets.take_now("b", rate, now=0).allowed


@pytest.fixture
async def two_servers() -> AsyncIterator[tuple[RedisBuckets, RedisBuckets]]:
    pair = RedisBuckets(settings.REDIS_URL), RedisBuckets(settings.REDIS_URL)
    yield pair
    for buckets in pair:
        await buckets.stop()


@needs_redis
async def test_two_servers_share_one_bucket(two_servers):
    name, rate = f"test:{uuid4()}", Rate(per_second=1, burst=40)
    taken = await asyncio.gather(*[two_servers[n % 2].take(name, rate) for n in range(200)])
    allowed = sum(each.allowed for each in taken)
    assert 40 <= allowed <= 42
    assert all(each.retry_after_ms > 0 for each in taken if not each.allowed)


@needs_redis
@pytest.mark.parametrize("tokens", ["garbage", "nan", "inf", "-inf", "-1e300", None])
async def test_a_poisoned_bucket_limits_on(two_servers, tokens):
    name, rate = f"test:{uuid4()}", Rate(per_second=1, burst=40)
    redis = aioredis.Redis.from_url(settings.REDIS_URL)
    if tokens is None:
        await redis.set(bucket_key(name), "of another type")
    else:
        await redis.hset(bucket_key(name), mapping={"tokens": tokens, "at": "garbage"})
    taken = await asyncio.gather(*[two_servers[n % 2].take(name, rate) for n in range(200)])
    assert 40 <= sum(each.allowed for each in taken) <= 42
    await redis.aclose()


@needs_redis
async def test_takes_that_meet_share_round_trips(two_servers):
    buckets, name, rate = two_servers[0], f"test:{uuid4()}", Rate(per_second=1, burst=1000)
    asked: list[int] = []
    ask = buckets._ask

    async def count(batch):
        asked.append(len(batch))
        return await ask(batch)

    buckets._ask = count
    await asyncio.gather(*[buckets.take(name, rate) for _ in range(300)])
    assert len(asked) < 5
    assert sum(asked) == 300


async def test_without_an_answer_of_redis_a_process_limits_by_itself():
    buckets, rate = RedisBuckets("redis://127.0.0.1:1/0"), Rate(per_second=1, burst=3)
    taken = [await buckets.take("a", rate) for _ in range(5)]
    assert [each.allowed for each in taken] == [True, True, True, False, False]
    await buckets.stop()


@needs_redis
def test_a_connection_that_was_reset_costs_nobody_an_answer():
    """On uvloop, which servers run on, writing to such a connection raises what no client library expects."""
    proxy = Proxy(urlsplit(settings.REDIS_URL).port or 6379)

    async def take_over_a_reset() -> list[bool]:
        buckets = RedisBuckets(with_port(settings.REDIS_URL, proxy.port))
        name, rate = f"test:{uuid4()}", Rate(per_second=1, burst=1000)
        first = await buckets.take(name, rate)
        proxy.cut()
        proxy.mend()
        async with asyncio.timeout(5):
            later = await asyncio.gather(*[buckets.take(name, rate) for _ in range(3)])
        await buckets.stop()
        return [taken.allowed for taken in (first, *later)]

    with closing(proxy), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(take_over_a_reset()) == [True] * 4
