"""Who is there, as this process tells its sockets: full state when they subscribe, then the changes.

What is told is this process's view, and every change of the view is told to all who share a room with
that person. So state and changes fit together on every socket, whatever the hints do; whoever
feeds the view sees to it that it comes to be true.
"""

import asyncio
import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from chatsite import clock
from messaging.protocol import PresenceChanged, Present, encode, rfc3339

from .connection import Connection
from .outlets import Flush

logger = logging.getLogger(__name__)

OFFLINE = "offline"
BATCH = 100
# Sockets written to before others get their turn on the loop: presence delays no message.
TURN = 100
# Frames that a peer who reads again is sent at once, of those it missed.
MOST_OWED = 500

# A person, their state, since when (ms since 1970), and the rooms whose members are told.
Told = tuple[str, str, int, Sequence[str]]


class Known(NamedTuple):
    """A person's state, and since when in ms since 1970."""

    state: str
    at: int


class Attendance:
    """This process's view of who is there. `hearing` answers the sockets that hear any of some rooms.

    While `current` is false the view has not been fed for long: then nothing is claimed of anybody.
    """

    def __init__(self, hearing: Callable[[Collection[str]], Iterable[Connection]]) -> None:
        self.current = False
        self._hearing = hearing
        self._known: dict[str, Known] = {}
        self._waiting: deque[Told] = deque()
        self._wake = asyncio.Event()
        self._owed: dict[Connection, set[str]] = {}

    def present(self, user_ids: Iterable[str]) -> list[Present] | None:
        """Those of these people who are not offline; None while that is not known."""
        if not self.current:
            return None
        states = ((user_id, self.state_of(user_id)) for user_id in user_ids)
        return [Present(user=user_id, state=state) for user_id, state in states if state != OFFLINE]

    def state_of(self, user_id: str) -> str:
        """What was told of a person last."""
        known = self._known.get(user_id)
        return OFFLINE if known is None else known.state

    def everyone_present(self, *, until: int) -> set[str]:
        """All who are online or away, and were so by then (ms since 1970)."""
        return {
            user_id for user_id, known in self._known.items() if known.state != OFFLINE and known.at <= until
        }

    def is_news(self, user_id: str, at: int) -> bool:
        """Whether a change at this moment is later than what is known of the person."""
        known = self._known.get(user_id)
        return known is None or at > known.at

    def note(self, user_id: str, state: str, at: int) -> bool:
        """Take a state into the view; whether it is another one, and so to be told. Old news are ignored."""
        if not self.is_news(user_id, at):
            return False
        before = self.state_of(user_id)
        self._known[user_id] = Known(state, at)
        return state != before

    def forget_times(self) -> None:
        """The moments came from a clock that is no more: whatever comes next is news."""
        for user_id, known in self._known.items():
            self._known[user_id] = Known(known.state, 0)

    def forget_offline(self, *, before: int) -> None:
        """Let go of people who went offline before then (ms since 1970)."""
        for user_id, known in list(self._known.items()):
            if known.state == OFFLINE and known.at < before:
                del self._known[user_id]

    def hear(self, changes: Iterable[Told]) -> None:
        """Take changes, from a hint or from the store; they are told by and by, in this order."""
        self._waiting.extend(changes)
        self._wake.set()

    async def tell_forever(self) -> None:
        """Tell what was heard, without taking the loop from others for long."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                size = min(len(self._waiting), BATCH)
                try:
                    await self._tell([self._waiting.popleft() for _ in range(size)])
                except Exception:
                    logger.exception("changes of presence could not be told")

    async def _tell(self, changes: Sequence[Told]) -> None:
        news: dict[Connection, list[tuple[str, bytes]]] = {}
        for user_id, state, at, room_ids in changes:
            if self.note(user_id, state, at):
                payload = encode(PresenceChanged(user=user_id, state=state, at=_moment(at)))
                for connection in self._hearing(room_ids):
                    news.setdefault(connection, []).append((user_id, payload))
        flushes: dict[tuple[str, ...], Flush] = {}  # most sockets of a room hear of the same people
        for count, (connection, told) in enumerate(news.items(), 1):
            people = tuple(user_id for user_id, _ in told)
            flush = flushes.setdefault(people, Flush([payload for _, payload in told]))
            if not connection.offer(flush):
                self._owed.setdefault(connection, set()).update(people)
            if count % TURN == 0:
                await asyncio.sleep(0)

    def introduce(self, user_id: str, room_id: str) -> None:
        """Tell a room about somebody who has just come into it."""
        if self.state_of(user_id) != OFFLINE:
            for connection in self._hearing([room_id]):
                self._owed.setdefault(connection, set()).add(user_id)

    def pay(self) -> None:
        """Tell those who missed a change, as far as they read again. To be called now and then."""
        for connection, people in list(self._owed.items()):
            due = list(people)[:MOST_OWED]
            if connection.closed:
                del self._owed[connection]
            elif connection.offer(Flush([self._frame_of(user_id) for user_id in due])):
                people.difference_update(due)
                if not people:
                    del self._owed[connection]

    def _frame_of(self, user_id: str) -> bytes:
        state, at = self._known.get(user_id) or Known(OFFLINE, _now())
        return encode(PresenceChanged(user=user_id, state=state, at=_moment(at or _now())))


def _now() -> int:
    return int(clock.now_on_loop().timestamp() * 1000)


def _moment(at: int) -> str:
    return rfc3339(dt.datetime.fromtimestamp(at / 1000, dt.UTC))
