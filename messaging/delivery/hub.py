"""One hub a process: its sockets, what they hear of rooms, and what the hints of the broker mean to them.

Hints of the broker make it fast; that nothing is missed when one is lost, the feeds see to (`feeds.py`).
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from chatsite.threads import readers
from messaging import room_log
from messaging.protocol import CLOSE_RESTARTING, CLOSE_SESSION_ENDED, Heartbeat, Receipt, encode

from . import broker
from .attendance import Attendance
from .connection import Connection
from .ears import Ears
from .feed import Feed
from .feeds import Feeds
from .frames import Item
from .outlets import Flush
from .private_lists import tell_of_list
from .slices import Slice
from .subscription import Subscription

logger = logging.getLogger(__name__)

ENDING_TRIES = 5
ENDING_SECONDS = 1.0

OnJoined = Callable[[Connection, str, str], Awaitable[None]]
OnDoubt = Callable[[str], Awaitable[None]]


class Hub:
    """The sockets of one process, and the `feeds` of the rooms they hear.

    `on_joined(connection, room_id, reason)` is called for each socket that follows all rooms when
    its person has joined one: the layer above knows what they may see there. `on_doubt(user_id)` is called when some of a
    person's credentials have ended and it was not said which: it closes the sockets of those.
    """

    def __init__(self) -> None:
        self.connections: dict[str, Connection] = {}
        self.by_user: dict[str, set[Connection]] = {}
        self.on_joined: OnJoined | None = None
        self.on_doubt: OnDoubt | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ears = Ears(self._hear_from_afar)
        self._carrier = broker.Carrier(asyncio.get_running_loop(), self.hear)
        self.feeds = Feeds(self._ears, self.run)
        self.attendance = Attendance(self.feeds.hearing)

    def start(self) -> None:
        """Begin to hear hints and to compare heads."""
        broker.attach(self._carrier)
        self._ears.start()
        self._ears.join(broker.FANOUT)
        self.run(self.feeds.compare_forever())
        self.run(self.attendance.tell_forever())

    async def stop(self) -> None:
        """End every task; sockets are closed before."""
        _hubs.pop(asyncio.get_running_loop(), None)
        broker.detach(self._carrier)
        self.feeds.stop()
        await _end(self._tasks)
        await self._ears.stop()
        await self._carrier.stop()

    def run(self, work: Any) -> None:
        """Run a coroutine beside the rest until the hub stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def add(self, connection: Connection) -> None:
        """A socket has opened."""
        self.connections[connection.id] = connection
        sockets = self.by_user.setdefault(connection.user_id, set())
        if not sockets:
            self._ears.join(broker.user_key(connection.user_id))
        sockets.add(connection)

    def remove(self, connection: Connection) -> None:
        """A socket is gone."""
        connection.closed = True
        connection.end_subscriptions()
        self.connections.pop(connection.id, None)
        sockets = self.by_user.get(connection.user_id, set())
        sockets.discard(connection)
        if not sockets:
            self.by_user.pop(connection.user_id, None)
            self._ears.leave(broker.user_key(connection.user_id))

    def sockets_of(self, user_id: str) -> list[Connection]:
        """A person's sockets."""
        return list(self.by_user.get(user_id, ()))

    def subscribe(
        self, connection: Connection, room_id: str, *, visible: Slice, head: room_log.Head, cursor: int
    ) -> None:
        """Feed a room to a socket from `cursor` on; `head` is the log's, read after `feeds.listen`."""
        feed = self.feeds.open(room_id)
        feed.begin(head.epoch, head.head)
        Subscription(connection, feed, visible, cursor, head=head.head).start()

    async def wait_beyond(self, room_id: str, seq: int, *, seconds: float) -> None:
        """Return when the room has an event after `seq`, or when the time is over.

        For the long poll: it holds neither a thread nor a database connection. Who may read the room is
        the caller's to judge, before and after.
        """
        await self.feeds.listen([room_id])
        head = (await readers.run(room_log.heads, [room_id])).get(room_id)
        if head is None or head.head > seq:
            return
        feed = self.feeds.open(room_id)
        feed.begin(head.epoch, head.head)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while feed.head <= seq:
                    await feed.advanced()

    def hear(self, message: dict[str, Any]) -> None:
        """Take a hint, from the broker or from this process."""
        match message["type"]:
            case "room.events" | "room.frames" | "room.receipts" | "room.typing" | "room.list":
                feed = self.feeds.get(message["room"])
                if feed is not None:
                    self._hear_of_room(feed, message)
            case "room.joined" | "session.ended" | "sockets.close" | "own.wishes":
                self._hear_of_person(message["user"], message)
            case "presence":
                self.attendance.hear([tuple(change) for change in message["changes"]])
            case "room.revoked":
                self.feeds.compare_soon(message["room"])
            case "rules.changed":
                self._tell_rights_changed(history=message.get("history", True))
            case "site.frames":
                flush = Flush(message["frames"])
                for connection in list(self.connections.values()):
                    connection.flush(flush)
            case other:
                logger.debug("a hint of an unknown type: %s", other)

    def _tell_rights_changed(self, *, history: bool) -> None:
        if history:
            self.feeds.look_again_everywhere()
        for connection in list(self.connections.values()):
            connection.send(encode(Heartbeat(n=connection.beat, heads={}, rights=True)))

    def _hear_from_afar(self, message: dict[str, Any]) -> None:
        """Take a hint of the broker, unless it is this process's own that was heard already and must not be told twice."""
        if message.get("heard_by") != self._carrier.id:
            self.hear(message)

    def _hear_of_room(self, feed: Feed, message: dict[str, Any]) -> None:
        match message["type"]:
            case "room.events":
                items = [Item(*item) for item in message["items"]]
                feed.hear(message["epoch"], items)
                if feed.typists.anyone:  # whoever has said it writes it no longer, wherever they said it
                    for item in items:
                        feed.tell_typing(item.by, on=False)
            case "room.frames":
                feed.tell(message["frames"])
            case "room.receipts":
                self.raise_marks(feed.room_id, message["marks"], at=message["at"], large=message["large"])
            case "room.typing":
                feed.tell_typing(message["user"], on=message["on"])
            case "room.list":
                self.run(tell_of_list(feed, message["list"], message["roles"]))

    def _hear_of_person(self, user_id: str, message: dict[str, Any]) -> None:
        match message["type"]:
            case "room.joined":
                for connection in self.sockets_of(user_id):
                    if connection.follows_all and self.on_joined is not None:
                        self.run(self.on_joined(connection, message["room"], message["reason"]))
            case "session.ended":
                self._end_sessions(user_id, message.get("credential"))
            case "own.wishes":
                for connection in self.sockets_of(user_id):
                    connection.send(encode(Heartbeat(n=connection.beat, heads={}, **message["wishes"])))
            case "sockets.close":
                for connection in self.sockets_of(user_id):
                    connection.close(CLOSE_RESTARTING)

    def _end_sessions(self, user_id: str, credential: str | None) -> None:
        if credential is None and self.on_doubt is not None:
            self.run(self.on_doubt(user_id))
            return
        for connection in self.sockets_of(user_id):
            if credential is None or connection.credential == credential:
                connection.close(CLOSE_SESSION_ENDED)

    def raise_marks(
        self, room_id: str, marks: Sequence[tuple[str, int, int]], *, at: str, large: bool = False
    ) -> dict[str, tuple[int, int]]:
        """Take watermarks of a room, heard or read from the database; the highest known now, by user.

        Those that rose are told: in a large room to each person's own devices, else to everyone.
        """
        feed = self.feeds.open(room_id)
        frames = []
        for user_id, (delivered, read) in feed.raise_marks(marks):
            frame = encode(Receipt(room=room_id, user=user_id, delivered=delivered, read=read, at=at))
            if not large:
                frames.append(frame)
                continue
            for connection in self.sockets_of(user_id):
                if room_id in connection.subscriptions:
                    connection.send(frame)
        if frames:
            feed.tell(frames)
        return feed.marks

    def mark_of(self, room_id: str, user_id: str) -> tuple[int, int]:
        """How much of a room a person is known to have, and to have read; zeros when nothing was heard of it."""
        feed = self.feeds.get(room_id)
        return (0, 0) if feed is None else feed.marks.get(user_id, (0, 0))

    def knows_mark(self, room_id: str, user_id: str, delivered: int, read: int) -> bool:
        """Whether this mark of a person, or a higher one, was told here."""
        known = self.mark_of(room_id, user_id)
        return delivered <= known[0] and read <= known[1]


async def _end(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel until all have ended, `ENDING_TRIES` times at most.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, by which Redis' client sends, loses a cancellation that comes
    together with what it waits for (CPython issue 86296), and a periodic task went on for ever.
    """
    for _ in range(ENDING_TRIES):
        if not (running := [task for task in tasks if not task.done()]):
            return
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=ENDING_SECONDS)
    logger.error("tasks do not end: %s", [task for task in tasks if not task.done()])


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def this_hub() -> Hub:
    """The hub of the running loop, started on first use. An async REST view may wait on it, too."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.start()
    return hub
