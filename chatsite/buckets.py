"""Token buckets: how fast one may go on, over all servers.

With Redis a bucket is one hash that one Lua script refills and takes from, on Redis' own clock, so
that servers with different clocks agree. Without Redis, or while it does not answer, each
process keeps buckets of its own: a limit is then a process's, and nobody is locked out.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from typing import NamedTuple, Protocol

from django.conf import settings
from redis import asyncio as aioredis

from chatsite.env import Rate

logger = logging.getLogger(__name__)

# KEYS: buckets, one or many; ARGV, three for each: tokens a second, capacity, tokens to take.
# Answers two for each: 1, 0 when taken, else 0, milliseconds until there are enough. What is no bucket becomes a full one.
TAKE_SCRIPT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local answers = {}
for n, key in ipairs(KEYS) do
  local rate, burst, wanted = tonumber(ARGV[3 * n - 2]), tonumber(ARGV[3 * n - 1]), tonumber(ARGV[3 * n])
  local kept = redis.pcall('HMGET', key, 'tokens', 'at')
  if kept.err then
    redis.call('DEL', key)
    kept = {}
  end
  local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or ms
  if not (tokens >= 0) then tokens = burst end
  tokens = math.min(burst, tokens + math.max(0, ms - at) * rate / 1000)
  local taken, wait = 0, 0
  if tokens >= wanted then
    tokens, taken = tokens - wanted, 1
  else
    wait = math.ceil((wanted - tokens) * 1000 / rate)
  end
  redis.call('HSET', key, 'tokens', tostring(tokens), 'at', ms)
  redis.call('PEXPIRE', key, math.ceil(burst * 1000 / rate) + 1000)
  answers[2 * n - 1], answers[2 * n] = taken, wait
end
return answers
"""

TAKES_A_CALL = 256  # Redis serves nobody else while a script runs
ANSWER_SECONDS = 0.25
REST_SECONDS = 2.0  # after a failure Redis is left alone this long: no send waits for it twice
LOCAL_BUCKETS = 100_000


class Taken(NamedTuple):
    """Whether there was a token; if not, in how many milliseconds there will be one."""

    allowed: bool
    retry_after_ms: int


class Buckets(Protocol):
    """Token buckets by name."""

    async def take(self, name: str, rate: Rate) -> Taken:
        """Take one token of the bucket `name`, which is full at first."""


class LocalBuckets:
    """Buckets of this process; those not used longest are forgotten first, full as they are by then."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, name: str, rate: Rate) -> Taken:
        """Take one token."""
        return self.take_now(name, rate, now=time.monotonic())

    def take_now(self, name: str, rate: Rate, *, now: float) -> Taken:
        """Take one token at `now` (seconds of a clock that never goes back)."""
        tokens, at = self._buckets.pop(name, (float(rate.burst), now))
        tokens = min(rate.burst, tokens + (now - at) * rate.per_second)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - allowed, now)
        if len(self._buckets) > LOCAL_BUCKETS:
            self._buckets.popitem(last=False)
        return Taken(allowed, 0 if allowed else int((1 - tokens) * 1000 / rate.per_second) + 1)


def bucket_key(name: str) -> str:
    """Where Redis keeps a bucket."""
    return f"parley:bucket:{name}"


class RedisBuckets:
    """Buckets shared by all servers. Takes that meet on the way share one call of the script.

    A call each, even in one pipeline, cost a sixth of the processor time of storing and delivering messages.
    """

    def __init__(self, url: str) -> None:
        self._redis = aioredis.Redis.from_url(url, max_connections=4, **settings.REDIS_OPTIONS)
        self._script = self._redis.register_script(TAKE_SCRIPT)
        self._local = LocalBuckets()
        self._waiting: list[tuple[str, Rate, asyncio.Future[Taken]]] = []
        self._sender: asyncio.Task[None] | None = None
        self._ask_again_at = 0.0

    async def take(self, name: str, rate: Rate) -> Taken:
        """Take one token; from this process's own bucket if Redis does not answer in time."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, rate, future))
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send_all())
        return await future

    async def stop(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:TAKES_A_CALL], self._waiting[TAKES_A_CALL:]
                for (_, _, future), taken in zip(batch, await self._ask(batch), strict=True):
                    if not future.done():
                        future.set_result(taken)
        finally:
            self._sender = None

    async def _ask(self, batch: list[tuple[str, Rate, asyncio.Future[Taken]]]) -> list[Taken]:
        if time.monotonic() < self._ask_again_at:
            return [await self._local.take(name, rate) for name, rate, _ in batch]
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answers = await self._script(
                    [bucket_key(name) for name, _, _ in batch],
                    [number for _, rate, _ in batch for number in (rate.per_second, rate.burst, 1)],
                )
        except Exception as error:  # whatever it is: those who wait are answered
            logger.warning("the shared token buckets do not answer (%r); this process's own are used", error)
            self._ask_again_at = time.monotonic() + REST_SECONDS
            return [await self._local.take(name, rate) for name, rate, _ in batch]
        return [
            Taken(bool(allowed), int(wait)) for allowed, wait in zip(answers[::2], answers[1::2], strict=True)
        ]


def new_buckets() -> LocalBuckets | RedisBuckets:
    """The buckets that the settings ask for."""
    return RedisBuckets(settings.REDIS_URL) if settings.REDIS_URL else LocalBuckets()
