"""Looks at this process every few seconds and tells what it sees. Whatever is away, nothing else waits for it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from kombu.transport.memory import Channel

from chatsite import health
from chatsite.threads import readers

from .counters import counters
from .sample import SERVER, STARTED_MS, Sample
from .store import SAMPLE_SECONDS, SharedFigures, keep_own

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Longer than this, and what is asked counts as away.
PATIENCE_SECONDS = 2.0


class Gauges(NamedTuple):
    """What stands in this process at one moment."""

    sockets: int
    people: int
    writing: int


class Sampler:
    """Samples of one process. `gauges` reads it; `people` asks how many people are there on the whole site."""

    def __init__(self, gauges: Callable[[], Gauges], people: Callable[[], Awaitable[int]]) -> None:
        self._gauges = gauges
        self._people = people
        self._shared = SharedFigures(settings.REDIS_URL) if settings.REDIS_URL else None
        self._failing = False

    async def sample_forever(self) -> None:
        """Take a sample every `SAMPLE_SECONDS`."""
        while True:
            try:
                await self.sample()
            except Exception:
                logger.exception("the figures could not be taken; trying again")
            await asyncio.sleep(SAMPLE_SECONDS)

    async def sample(self) -> Sample:
        """Take one now, keep it and tell it."""
        (database_ms, _), (redis_ms, tasks), (_, people) = await asyncio.gather(
            _timed(readers.run(_ask_database)), self._waiting_tasks(), _timed(self._people())
        )
        gauges = self._gauges()
        sample = Sample(
            server=SERVER,
            started_ms=STARTED_MS,
            at_ms=time.time_ns() // 1_000_000,
            draining=health.draining,
            sockets=gauges.sockets,
            people=people,
            people_here=gauges.people,
            writing=gauges.writing,
            tasks=tasks,
            stored=counters.stored + counters.stored_by_http,
            refused=counters.refused,
            cut=counters.cut,
            waits=list(counters.waits),
            waited_ms=counters.waited_ms,
            redis_ms=redis_ms,
            database_ms=database_ms,
        )
        keep_own(sample)
        await self._tell(sample)
        return sample

    async def stop(self) -> None:
        """Close what was opened."""
        if self._shared is not None:
            await self._shared.stop()

    async def _waiting_tasks(self) -> tuple[float | None, int | None]:
        if self._shared is not None:
            return await _timed(self._shared.waiting_tasks())
        queue = Channel.queues.get(settings.CELERY_TASK_DEFAULT_QUEUE)
        return None, 0 if queue is None else queue.qsize()

    async def _tell(self, sample: Sample) -> None:
        if self._shared is None or sample.redis_ms is None:
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._shared.add(sample)
            self._failing = False
        except Exception as error:
            if not self._failing:
                logger.warning("the figures of this server cannot be told (%r); trying again", error)
            self._failing = True


async def _timed(work: Awaitable[T]) -> tuple[float | None, T | None]:
    """How many milliseconds something took, and what it answered; None and None if it failed or took too long."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await work
    except Exception:
        return None, None
    return round((time.perf_counter() - began) * 1000, 3), answer


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
