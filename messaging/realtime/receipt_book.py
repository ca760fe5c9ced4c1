"""Receipts of one process: coalesced, told at once, stored by a task."""

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence

from celery import current_app
from django.db import DatabaseError

from chatsite.threads import DatabaseThreads
from messaging import receipts
from messaging.delivery import broker
from messaging.protocol import rfc3339
from messaging.receipts import Mark

logger = logging.getLogger(__name__)

HAND_OVER_SECONDS = 0.3
ROWS_A_TASK = 1000


class ReceiptBook:
    """The highest mark of each member and room; a chatty client costs one row, not many."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], Mark] = {}
        self._thread = DatabaseThreads("receipts", size=1)

    def note(self, mark: Mark) -> None:
        """Take a mark of a member, clamped to the room's head."""
        key = (mark.room_id, mark.user_id)
        known = self._marks.get(key, mark)
        self._marks[key] = Mark(*key, max(known.delivered, mark.delivered), max(known.read, mark.read))

    async def hand_over_forever(self) -> None:
        """Hand over what was noted, a few times a second."""
        while True:
            await asyncio.sleep(HAND_OVER_SECONDS)
            await self.hand_over()

    async def hand_over(self) -> None:
        """Tell what was noted and give it to the task queue; what the queue cannot take now stays noted."""
        while self._marks:
            keys = list(self._marks)[:ROWS_A_TASK]
            marks = [self._marks.pop(key) for key in keys]
            try:
                await self._thread.run(_hand_over, marks)
            except Exception as error:
                logger.warning("receipts wait for the task queue: %r", error)
                for mark in marks:
                    self.note(mark)
                return

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()


def _hand_over(marks: Sequence[Mark]) -> None:
    now = dt.datetime.now(dt.UTC)
    by_room: dict[str, list[tuple[str, int, int]]] = {}
    for mark in marks:
        by_room.setdefault(mark.room_id, []).append((mark.user_id, mark.delivered, mark.read))
    try:
        large = receipts.large_rooms(by_room.keys())
    except DatabaseError:
        large = set()
    for room_id, told in by_room.items():
        broker.publish_receipts(room_id, told, at=rfc3339(now), large=room_id in large)
    current_app.send_task("messaging.store_receipts", [[list(mark) for mark in marks], now.timestamp()])
