"""One process's part in presence: keeps its connections in the store, and its view of everybody true.

It runs beside everything else. Whatever the store does, nothing waits for it: connections are taken note
of at once and told to the store in rounds, each bounded in time; a round that fails is made up for by the next.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Sequence
from itertools import islice

from messaging.delivery.attendance import Attendance
from messaging.delivery.connection import Connection

from .store import AWAY, OFFLINE, ONLINE, REMEMBERED_MS, Change, Entry, News, PresenceStore, Times
from .teller import PresenceTeller

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3.0  # longer than a store may take to answer; then the round is given up
MOST_ENDED = 10_000  # connections that ended while the store was away; beyond, they go by time
HINT_MS = 1500  # a change this old of which no hint was heard: the hint was lost


class PresenceKeeper:
    """Knows the open connections of this process and their states; `attendance` is the view it feeds."""

    def __init__(self, store: PresenceStore, attendance: Attendance, times: Times) -> None:
        self.teller = PresenceTeller(attendance)
        self._store = store
        self._attendance = attendance
        self._times = times
        self._mine: dict[str, Entry] = {}
        self._due: dict[str, Entry] = {}
        self._wake = asyncio.Event()
        self._refresh_at = self._look_at = self._heard_at = -math.inf
        self._failing = False
        # How far the store's changes were read, in which life of it, and whether all of them are to be.
        self._since = self._born = 0
        self._whole = True

    def enter(self, connection: Connection) -> None:
        """A connection has opened."""
        self._set(connection, ONLINE)

    def leave(self, connection: Connection) -> None:
        """A connection has ended."""
        if self._mine.pop(connection.id, None) is not None:
            self._note(Entry(connection.user_id, connection.id, OFFLINE))

    def set_state(self, connection: Connection, state: str) -> None:
        """Whoever sits at an open connection is `online`, or `away` from it."""
        if connection.id in self._mine:
            self._set(connection, AWAY if state == AWAY else ONLINE)

    async def count(self) -> int:
        """How many people are there, on all servers. Raises whatever the store raises."""
        return await self._store.count()

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
            if not self._due:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0, self._look_at - _now())):
                        await self._wake.wait()
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
            self._attendance.current = _now() - self._heard_at < self._times.lifetime / 1000
            return False
        self._failing = False
        return True

    async def round(self) -> None:
        """What is due now. One's own connections come first, so that none expires by our own delay."""
        now = _now()
        if now >= self._refresh_at:
            self._due = {**self._mine, **self._due}
            self._refresh_at = now + self._times.refresh / 1000
        await self._hand_over()
        if now >= self._look_at:
            self._look_at = now + self._times.round / 1000
            while changes := await self._store.sweep():
                self.teller.announce(changes)
            await self._catch_up()
            self._attendance.pay()

    async def _hand_over(self) -> None:
        due, self._due = self._due, {}
        try:
            seen = [entry._replace(seen=self._attendance.state_of(entry.user_id)) for entry in due.values()]
            self.teller.announce(await self._store.keep(seen) if seen else [])
        except BaseException:
            ended = (key for key, entry in due.items() if entry.state == OFFLINE)
            too_many = set(islice(ended, MOST_ENDED, None))
            self._due = {key: entry for key, entry in due.items() if key not in too_many} | self._due
            raise

    async def _catch_up(self) -> None:
        """Read the changes of which no hint was heard; all there are, when the store has begun anew."""
        whole = self._whole
        since = 0 if whole else self._since
        listed: set[str] = set()
        while True:
            news = await self._store.news(since, until_ago=0 if whole else HINT_MS)
            if news.born != self._born:
                self._begin_anew(news.born)
                return
            if not news.changes:
                break
            since = news.changes[-1].at
            listed.update(change.user_id for change in news.changes)
            self._take(news.changes)
        if whole and news.settled:
            self._drop_lost(listed, news)
        self._since = since
        self._heard_at = _now()
        self._attendance.current = True
        self._attendance.forget_offline(before=news.now - REMEMBERED_MS)

    def _begin_anew(self, born: int) -> None:
        """The store is another one than before: tell it of every connection here, and compare everything."""
        self._born, self._since, self._whole = born, 0, True
        self._attendance.forget_times()
        self._refresh_at = self._look_at = -math.inf

    def _drop_lost(self, listed: set[str], news: News) -> None:
        """Who is in the view and not in a store that every server has come back to, is not there any more."""
        self._whole = False
        at = news.now - 1  # whatever the store tells later is later
        lost = self._attendance.everyone_present(until=at) - listed
        self._take([Change(user_id, OFFLINE, at) for user_id in lost])

    def _take(self, changes: Sequence[Change]) -> None:
        """What is news goes to the sockets here; where there are none, into the view at once."""
        late = [change for change in changes if self._attendance.is_news(change.user_id, change.at)]
        for change in late:
            if not self._mine or change.state == self._attendance.state_of(change.user_id):
                self._attendance.note(*change)
            else:
                self.teller.tell_here(change)

    async def stop(self) -> None:
        """Tell the store that all connections here have ended; if it does not answer soon, they go by time."""
        for entry in self._mine.values():
            self._due[entry.connection_id] = entry._replace(state=OFFLINE)
        self._mine.clear()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(ROUND_SECONDS):
                await self._hand_over()
                await self._store.stop()
        self.teller.stop()


def _now() -> float:
    return asyncio.get_running_loop().time()
