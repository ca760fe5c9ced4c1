"""Who asks while one reading is under way shares the next; what a reading raises is raised to each of its own."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from chatsite.shared_reading import SharedReading
from chatsite.threads import DatabaseThreads


@pytest.fixture
def threads() -> Iterator[DatabaseThreads]:
    """Threads of the test's own."""
    threads = DatabaseThreads("sharing", size=2)
    yield threads
    threads.stop(wait=True)


class Readings:
    """Doubles numbers, and keeps which were asked together; the first reading waits until `go`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def read(self, asked: Sequence[int]) -> list[int]:
        """Twice each number; a negative one is too much."""
        self.batches.append(list(asked))
        self.begun.set()
        self.go.wait(10)
        if min(asked) < 0:
            raise ValueError("negative")
        return [2 * number for number in asked]


async def _ask_during_the_first(
    readings: Readings, threads: DatabaseThreads, later: Sequence[int]
) -> list[object]:
    sharing = SharedReading(readings.read, most=3, threads=threads)
    first = asyncio.create_task(sharing.ask(0))
    assert await asyncio.to_thread(readings.begun.wait, 10)
    others = [asyncio.create_task(sharing.ask(number)) for number in later]
    await asyncio.sleep(0)
    readings.go.set()
    return await asyncio.gather(first, *others, return_exceptions=True)


async def test_those_who_ask_during_a_reading_share_the_next(threads: DatabaseThreads) -> None:
    readings = Readings()
    assert await _ask_during_the_first(readings, threads, [1, 2, 3]) == [0, 2, 4, 6]
    assert readings.batches == [[0], [1, 2, 3]]


async def test_no_reading_is_for_more_than_the_most(threads: DatabaseThreads) -> None:
    readings = Readings()
    assert await _ask_during_the_first(readings, threads, range(1, 8)) == list(range(0, 16, 2))
    assert readings.batches == [[0], [1, 2, 3], [4, 5, 6], [7]]


async def test_a_failure_is_told_to_those_of_one_reading_only(threads: DatabaseThreads) -> None:
    readings = Readings()
    answers = await _ask_during_the_first(readings, threads, [1, -1, 3, 4])
    assert [type(answer) for answer in answers] == [int, ValueError, ValueError, ValueError, int]


async def test_who_gave_up_waiting_harms_nobody(threads: DatabaseThreads) -> None:
    readings = Readings()
    sharing = SharedReading(readings.read, most=3, threads=threads)
    gone, stays = (asyncio.create_task(sharing.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    readings.go.set()
    assert await stays == 4
    assert await sharing.ask(5) == 10
