"""Receipts of one process on their way: coalesced, stored by a task in bulk, and told when they are stored."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from celery import current_app

from chatsite import clock
from chatsite.figures.store import workers_are_behind
from chatsite.threads import DatabaseThreads
from messaging import receipts
from messaging.delivery.hub import Hub
from messaging.receipts import Mark

logger = logging.getLogger(__name__)

HAND_OVER_SECONDS = 0.3
ROWS_A_TASK = 1000
# A worker stores and tells within some milliseconds. Later, this process does it itself.
PATIENCE_SECONDS = 2.0

Key = tuple[str, str]


class Handed(NamedTuple):
    """A mark that the task queue has got, when it was given, and until when (on the loop's clock) one waits for it."""

    mark: Mark
    at: dt.datetime
    due: float


class ReceiptBook:
    """The highest mark of each member and room; a chatty client costs one row, not many.

    The worker tells what it has stored, and the hub hears it. A mark that the hub does not know in time is stored and told by this
    process: a worker, a queue or a hint that is lost costs seconds and no receipt. So are all while workers are behind.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._noted: dict[Key, Mark] = {}
        self._handed: dict[Key, Handed] = {}
        self._thread = DatabaseThreads("receipts", size=1)

    def note(self, mark: Mark) -> None:
        """Take a mark of a member, clamped to the room's head."""
        key = (mark.room_id, mark.user_id)
        known = self._noted.get(key, mark)
        higher = Mark(*key, max(known.delivered, mark.delivered), max(known.read, mark.read))
        if not self._hub.knows_mark(*higher):  # a client that comes back tells its marks again
            self._noted[key] = higher

    async def hand_over_forever(self) -> None:
        """Hand over what was noted, a few times a second."""
        while True:
            await asyncio.sleep(HAND_OVER_SECONDS)
            await self.hand_over()

    async def hand_over(self) -> None:
        """Give what was noted to the task queue, and store here what was to be stored long ago."""
        now = asyncio.get_running_loop().time()
        for key, handed in list(self._handed.items()):
            if self._hub.knows_mark(*handed.mark):
                del self._handed[key]
        at = clock.now_on_loop()
        while self._noted:
            keys = list(self._noted)[:ROWS_A_TASK]
            marks = [self._noted.pop(key) for key in keys]
            queued = not workers_are_behind() and await self._attempt(_queue, marks, at)
            for key, mark in zip(keys, marks, strict=True):
                self._handed[key] = Handed(
                    self._highest(key, mark), at, now + PATIENCE_SECONDS if queued else now
                )
        await self._store_here([handed for handed in self._handed.values() if handed.due <= now])

    def _highest(self, key: Key, mark: Mark) -> Mark:
        """With what was handed over before and is not stored yet."""
        before = self._handed[key].mark if key in self._handed else mark
        return Mark(*key, max(before.delivered, mark.delivered), max(before.read, mark.read))

    async def _store_here(self, overdue: Sequence[Handed]) -> None:
        for start in range(0, len(overdue), ROWS_A_TASK):
            part = overdue[start : start + ROWS_A_TASK]
            marks = [handed.mark for handed in part]
            if not await self._attempt(_store, marks, min(handed.at for handed in part)):
                return  # they stay overdue
            for handed in part:
                key = (handed.mark.room_id, handed.mark.user_id)
                if self._handed.get(key) is handed:
                    del self._handed[key]

    async def _attempt(self, work: "Work", marks: Sequence[Mark], at: dt.datetime) -> bool:
        """Whether it was done."""
        try:
            await self._thread.run(work, marks, at)
        except Exception as error:
            logger.warning("receipts wait: %r", error)
            return False
        return True

    async def stop(self) -> None:
        """Store what is on its way: an embedded task queue ends with the process."""
        at = clock.now_on_loop()
        left = [Handed(mark, at, 0.0) for mark in self._noted.values()]
        await self._store_here([*self._handed.values(), *left])
        self._thread.stop()


Work = Callable[[Sequence[Mark], dt.datetime], None]


def _queue(marks: Sequence[Mark], at: dt.datetime) -> None:
    current_app.send_task("messaging.store_receipts", [[list(mark) for mark in marks], at.timestamp()])


def _store(marks: Sequence[Mark], at: dt.datetime) -> None:
    receipts.store_and_tell(marks, at=at, again=True)
