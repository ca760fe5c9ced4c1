"""From a change of presence to those who are told: looks up the rooms, then gives the change to the hubs."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import islice

from django.db import DatabaseError

from chatsite.threads import DatabaseThreads
from messaging.delivery import broker
from messaging.delivery.attendance import Attendance

from ..receipts import large_rooms
from .audience import rooms_told
from .store import Change

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.2  # changes within this time share a look at the database and a hint
AT_ONCE = 200
RETRY_SECONDS = 1.0


class PresenceTeller:
    """Tells changes: those that this process has to announce to all servers, and those for its own sockets.

    Of several changes of a person the last is told. While the database does not answer they wait.
    """

    def __init__(self, attendance: Attendance) -> None:
        self._attendance = attendance
        self._announced: dict[str, Change] = {}
        self._here: dict[str, Change] = {}
        self._joiners: set[tuple[str, str]] = set()
        self._wake = asyncio.Event()
        self._thread = DatabaseThreads("presence", size=1)

    def announce(self, changes: Sequence[Change]) -> None:
        """Tell all servers; of each change this is asked of one server only."""
        for change in changes:
            _add(self._announced, change)
        if changes:
            self._wake.set()

    def tell_here(self, change: Change) -> None:
        """Tell the sockets of this process."""
        _add(self._here, change)
        self._wake.set()

    def introduce(self, room_id: str, user_id: str) -> None:
        """Somebody has come into a room that is heard here: its members are to know whether they are there."""
        self._joiners.add((room_id, user_id))
        self._wake.set()

    async def tell_forever(self) -> None:
        """Tell what there is to tell."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()
            try:
                while self._announced or self._here:
                    await self._tell_some()
                await self._introduce_all()
            except DatabaseError as error:
                logger.warning("changes of presence wait for the database: %s", error)
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                logger.exception("changes of presence could not be told")

    def stop(self) -> None:
        """End the thread."""
        self._thread.stop()

    async def _tell_some(self) -> None:
        announced, here = _some(self._announced), _some(self._here)
        people = {change.user_id for change in (*announced, *here)}
        rooms = await self._thread.run(rooms_told, people)
        if announced:
            broker.publish_presence([(*change, rooms[change.user_id]) for change in announced])
        self._attendance.hear([(*change, rooms[change.user_id]) for change in here])
        _drop(self._announced, announced)
        _drop(self._here, here)

    async def _introduce_all(self) -> None:
        joiners = set(self._joiners)
        if joiners:
            large = await self._thread.run(large_rooms, {room_id for room_id, _ in joiners})
            self._joiners -= joiners
            for room_id, user_id in joiners:
                if room_id not in large:
                    self._attendance.introduce(user_id, room_id)
            self._attendance.pay()


def _add(changes: dict[str, Change], change: Change) -> None:
    known = changes.get(change.user_id)
    if known is None or change.at > known.at:
        changes[change.user_id] = change


def _some(changes: dict[str, Change]) -> list[Change]:
    return list(islice(changes.values(), AT_ONCE))


def _drop(changes: dict[str, Change], told: Sequence[Change]) -> None:
    """Remove what was told, unless it has changed again meanwhile."""
    for change in told:
        if changes.get(change.user_id) == change:
            del changes[change.user_id]
