"""Where samples are kept for an hour: in this process, and with Redis in one stream for all servers.

The stream's ids are times of Redis' own clock, so servers whose clocks differ still stand in one order.
"""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import redis
from django.conf import settings
from redis import asyncio as aioredis

from .sample import Sample, decoder, encoder

SAMPLE_SECONDS = 5.0
KEPT_MS = 3_600_000
# Longer than this, and a server that told nothing is gone.
FRESH_MS = 13_000

STREAM = "parley:figures"
QUEUE = f"parley:{settings.CELERY_TASK_DEFAULT_QUEUE}"
PATIENCE_SECONDS = 1.0
# With more tasks than these waiting, workers are behind: seconds of work for one.
MANY_TASKS = 50
# Read again each time: a server's last look may come late, and clocks differ.
OVERLAP_MS = 120_000

# KEYS[1] the stream; one of another type is begun anew. ARGV: a sample, milliseconds that samples are kept.
ADD_SCRIPT = """
local now, kept = redis.call('TIME'), redis.call('TYPE', KEYS[1]).ok
if kept ~= 'stream' and kept ~= 'none' then
  redis.call('DEL', KEYS[1])
end
local oldest = string.format('%.0f', now[1] * 1000 - ARGV[2])
redis.call('XADD', KEYS[1], 'MINID', '~', oldest, '*', 'sample', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""


class Kept(NamedTuple):
    """A sample, and when it was taken by the clock of what keeps it (ms since 1970)."""

    at: int
    sample: Sample


own: deque[Kept] = deque(maxlen=int(KEPT_MS / 1000 / SAMPLE_SECONDS))
"""This process's own samples."""


def keep_own(sample: Sample) -> None:
    """Keep a sample in this process."""
    own.append(Kept(sample.at_ms, sample))


def workers_are_behind() -> bool:
    """Whether many tasks waited when this process looked last, some seconds ago: then it does not add what can wait."""
    return bool(own) and (own[-1].sample.tasks or 0) > MANY_TASKS


class SharedFigures:
    """The stream of all servers' samples."""

    def __init__(self, url: str) -> None:
        self._redis = aioredis.Redis.from_url(url, max_connections=2, **settings.REDIS_OPTIONS)
        self._add = self._redis.register_script(ADD_SCRIPT)

    async def waiting_tasks(self) -> int:
        """How many tasks wait for a worker."""
        return int(await self._redis.llen(QUEUE))

    async def add(self, sample: Sample) -> None:
        """Tell a sample, and forget what is older than an hour."""
        await self._add([STREAM], [encoder.encode(sample), KEPT_MS])

    async def stop(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


class Figures(NamedTuple):
    """Samples in the order of time. `now` is by the same clock; `away`: Redis did not answer, these are our own."""

    now: int
    kept: Sequence[Kept]
    away: bool = False


def read_figures(*, span_ms: int = KEPT_MS) -> Figures:
    """The samples of the last milliseconds: of all servers, or of this process where it is alone."""
    if settings.REDIS_URL:
        try:
            return _read_shared(span_ms)
        except redis.RedisError:
            return _read_own(span_ms)._replace(away=True)
    return _read_own(span_ms)


def read_figures_after(after: int) -> Figures:
    """The samples of the last hour since then (ms), and some from before that say what to count from."""
    return read_figures(span_ms=min(KEPT_MS, max(0, time.time_ns() // 1_000_000 - after) + OVERLAP_MS))


def _read_own(span_ms: int) -> Figures:
    now = time.time_ns() // 1_000_000
    return Figures(now, [kept for kept in list(own) if kept.at >= now - span_ms])


def _read_shared(span_ms: int) -> Figures:
    options = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    with redis.Redis.from_url(settings.REDIS_URL, retry=None, **options) as client:
        seconds, micros = client.time()
        now = seconds * 1000 + micros // 1000
        rows: Any = client.xrange(STREAM, min=now - span_ms)
    return Figures(now, [kept for row in rows if (kept := _kept(*row)) is not None])


def _kept(id: bytes, fields: dict[bytes, bytes]) -> Kept | None:
    """A row of the stream; None for one that nobody of this version wrote."""
    try:
        return Kept(int(id.split(b"-")[0]), decoder.decode(fields[b"sample"]))
    except (KeyError, ValueError, msgspec.MsgspecError):
        return None
