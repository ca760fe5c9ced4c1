"""Receipts that were stored, and that this process was not told of: found by looking, every few seconds."""

import asyncio
import logging
from collections import deque

from django.db import DatabaseError

from chatsite.threads import readers
from messaging import receipts
from messaging.delivery.feeds import COMPARE_CHUNK, COMPARE_SECONDS
from messaging.delivery.hub import Hub
from messaging.protocol import rfc3339

logger = logging.getLogger(__name__)

# An advance may be committed after one with a higher number: so many times it is looked for.
LOOKS = 3


class ReceiptWatch:
    """Compares the advances of the last seconds with the marks that were told here.

    What a look costs follows from what rose since the last ones, not from what the rooms hold.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._positions: deque[int] = deque(maxlen=LOOKS)

    async def watch_forever(self) -> None:
        """Look again and again; while the database does not answer, later."""
        while True:
            try:
                await self.look()
            except DatabaseError as error:
                logger.warning("receipts could not be compared (%s); trying again soon", error)
            await asyncio.sleep(COMPARE_SECONDS)

    async def look(self) -> None:
        """Tell what rose in the rooms heard here and was not told."""
        newest = await readers.run(receipts.newest_advance)
        if self._positions and newest > self._positions[0]:
            await self._tell_since(self._positions[0])
        self._positions.append(newest)

    async def _tell_since(self, position: int) -> None:
        rooms = self._hub.feeds.rooms()
        for start in range(0, len(rooms), COMPARE_CHUNK):
            part = rooms[start : start + COMPARE_CHUNK]
            raised = await readers.run(receipts.raised_since, position, room_ids=part)
            missed = [rise for rise in raised if not self._hub.knows_mark(*rise.mark)]
            if missed:
                large = await readers.run(receipts.large_rooms, {rise.mark.room_id for rise in missed})
                for mark, at in missed:
                    is_large = mark.room_id in large
                    self._hub.raise_marks(mark.room_id, [mark.in_room], at=rfc3339(at), large=is_large)
