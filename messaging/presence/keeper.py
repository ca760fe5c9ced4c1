"""One process's part in presence: keeps its connections in the store, and its view of everybody true.

It runs beside everything else. Whatever the store, the database or the broker do, nothing waits for it:
connections are taken note of at once and told to the store in rounds, each bounded in time; a round that
fails is made up for by the next.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from itertools import islice

from django.db import DatabaseError

from chatsite.threads import DatabaseThreads
from messaging.delivery import broker
from messaging.delivery.attendance import Attendance, Told
from messaging.delivery.connection import Connection

from ..receipts import large_rooms
from .audience import rooms_told
from .store import AWAY, OFFLINE, ONLINE, REMEMBERED_MS, Change, Entry, PresenceStore, Times

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3.0  # longer than a store may take to answer; then the round is given up
TELL_SECONDS = 0.2  # changes within this time are told together: one look at the database, one hint
TELL_AT_ONCE = 200
MOST_ENDED = 10_000  # connections that ended while the store was away; beyond, they go by time
HINT_MS = 1500  # a change this old whose hint was not heard: the hint was lost


class PresenceKeeper:
    """Knows the open connections of this process and their states; `attendance` is the view it feeds."""

    def __init__(self, store: PresenceStore, attendance: Attendance, times: Times) -> None:
        self._store = store
        self._attendance = attendance
        self._times = times
        self._mine: dict[str, Entry] = {}
        self._due: dict[str, Entry] = {}
        self._wake = asyncio.Event()
        self._refresh_at = self._sweep_at = self._heard_at = 0.0
        self._failing = False
        # How far the store's changes were read, in which life of it, and whether all of them are to be.
        self._since = self._born = 0
        self._whole = True
        self._to_tell: dict[str, Change] = {}
        self._joiners: set[tuple[str, str]] = set()
        self._thread = DatabaseThreads("presence", size=1)

    def enter(self, connection: Connection) -> None:
        """A connection has opened."""
        self._set(connection, ONLINE)

    def leave(self, connection: Connection) -> None:
        """A connection has ended."""
        if self._mine.pop(connection.id, None) is not None:
            self._note(Entry(connection.user_id, connection.id, OFFLINE))

    def set_away(self, connection: Connection, *, away: bool) -> None:
        """Whoever sits at an open connection is away from it, or back."""
        if connection.id in self._mine:
            self._set(connection, AWAY if away else ONLINE)

    def note_joiner(self, room_id: str, user_id: str) -> None:
        """Somebody has come into a room that is heard here; its members learn whether they are there."""
        self._joiners.add((room_id, user_id))

    def _set(self, connection: Connection, state: str) -> None:
        entry = Entry(connection.user_id, connection.id, state)
        if self._mine.get(connection.id) != entry:
            self._mine[connection.id] = entry
            self._note(entry)

    def _note(self, entry: Entry) -> None:
        self._due[entry.connection_id] = entry
        self._wake.set()

    async def keep_forever(self) -> None:
        """Tell the store of connections that come, change and go, and look what it knows of others'."""
        while True:
            delay = self._sweep_at - self._now()
            if not self._due and delay > 0:
                try:
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
                except TimeoutError:
                    pass
            self._wake.clear()
            if not await self._try_round():
                await asyncio.sleep(self._times.round / 1000)

    async def _try_round(self) -> bool:
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                await self.round()
        except Exception as error:
            if not self._failing:
                logger.warning("presence is not kept up (%r); trying again", error)
            self._failing = True
            self._attendance.current = self._now() - self._heard_at < self._times.lifetime / 1000
            return False
        self._failing = False
        return True

    async def round(self) -> None:
        """What is due now. One's own connections come first, so that they don't expire by our own delay."""
        now = self._now()
        if now >= self._refresh_at:
            self._due = {**self._mine, **self._due}
            self._refresh_at = now + self._times.refresh / 1000
        await self._hand_over()
        if now >= self._sweep_at:
            self._sweep_at = now + self._times.round / 1000
            while changes := await self._store.sweep():
                self._tell(changes)
            await self._catch_up()
            self._attendance.pay()

    async def _hand_over(self) -> None:
        due, self._due = self._due, {}
        try:
            self._tell(await self._store.keep(list(due.values())) if due else [])
        except BaseException:
            ended = (key for key, entry in due.items() if entry.state == OFFLINE)
            too_many = set(islice(ended, MOST_ENDED, None))
            self._due = {key: entry for key, entry in due.items() if key not in too_many} | self._due
            raise

    async def _catch_up(self) -> None:
        """Read the changes of which no hint was heard, and after a new beginning of the store, all."""
        whole = self._whole
        listed: set[str] = set()
        while True:
            news = await self._store.news(0 if whole and not listed else self._since, until_ago=0 if whole else HINT_MS)
            if news.born != self._born:
                self._begin_anew(news.born)
                return
            if not news.changes:
                break
            self._since = news.changes[-1].at
            listed.update(change.user_id for change in news.changes)
            self._take(news.changes)
        self._heard_at = self._now()
        self._attendance.current = True
        if whole and news.settled:
            self._whole = False
            lost = self._attendance.everyone_present() - listed
            self._take([Change(user_id, OFFLINE, broker_now()) for user_id in lost])
        self._attendance.forget_offline(before=self._since - REMEMBERED_MS)
