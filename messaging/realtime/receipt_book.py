"""Receipts on their way to the store: the highest of each member and room, handed over once a second."""

import asyncio
import logging

from celery import current_app

from chatsite.threads import DatabaseThreads
from messaging.receipts import Mark, to_row

logger = logging.getLogger(__name__)

HAND_OVER_SECONDS = 0.5
ROWS_A_TASK = 1000


class ReceiptBook:
    """Coalesces the receipts of one process; a chatty client costs one row, not many."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], Mark] = {}
        self._thread = DatabaseThreads("receipts", size=1)

    def note(self, mark: Mark) -> None:
        """Take a receipt."""
        key = (mark.room_id, mark.user_id)
        known = self._marks.get(key, mark)
        self._marks[key] = Mark(*key, max(known.delivered, mark.delivered), max(known.read, mark.read))

    async def hand_over_forever(self) -> None:
        """Hand what was noted to the task queue, and keep it while the queue cannot be reached."""
        while True:
            await asyncio.sleep(HAND_OVER_SECONDS)
            await self.hand_over()

    async def hand_over(self) -> None:
        """Hand everything over now."""
        while self._marks:
            keys = list(self._marks)[:ROWS_A_TASK]
            marks = [self._marks.pop(key) for key in keys]
            try:
                await self._thread.run(
                    current_app.send_task, "messaging.store_receipts", [[to_row(mark) for mark in marks]]
                )
            except Exception as error:
                logger.warning("receipts wait for the task queue: %r", error)
                for mark in marks:
                    self.note(mark)
                return

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()
