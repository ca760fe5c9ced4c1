"""One hub a process: feeds its sockets from the room log, in order and whole.

Hints of the broker make it fast, reading the database makes it sure: every few seconds the
heads of the rooms listened to are compared with the log, so that a lost hint costs that much
time and nothing else.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import DatabaseError

from chatsite import limits
from chatsite.threads import readers
from messaging import room_log
from messaging.protocol import CLOSE_RESTARTING, CLOSE_SESSION_ENDED, Receipt, Typing, encode

from . import broker
from .attendance import Attendance
from .connection import Connection
from .ears import Ears
from .feed import Feed, OnJoiner
from .frames import Item
from .outlets import Flush
from .slices import Slice
from .subscription import Subscription

logger = logging.getLogger(__name__)

COMPARE_SECONDS = 5.0
COMPARE_CHUNK = 500
LOOK_AGAIN_SECONDS = 0.05

OnJoined = Callable[[Connection, str, str], Awaitable[None]]
OnDoubt = Callable[[str], Awaitable[None]]
SlicesOf = Callable[[str, Collection[str]], Awaitable[Mapping[str, Slice]]]


class Hub:
    """The sockets of one process, and the feeds of the rooms they hear.

    `on_joined(connection, room_id, reason)` is called for each socket that follows all rooms when
    its person has joined one: the layer above knows what they may see there. `on_joiner(room_id, user_id)`
    is called when anybody has joined a room that is heard here. `on_doubt(user_id)` is called when some of a
    person's credentials have ended and it was not said which: it closes the sockets of those. `slices_of(room_id, user_ids)` tells what
    members may see of a room now.
    """

    def __init__(self) -> None:
        self.connections: dict[str, Connection] = {}
        self.by_user: dict[str, set[Connection]] = {}
        self.on_joined: OnJoined | None = None
        self.on_joiner: OnJoiner | None = None
        self.on_doubt: OnDoubt | None = None
        self.slices_of: SlicesOf | None = None
        self.attendance = Attendance(self._hearing)
        self._feeds: dict[str, Feed] = {}
        self._unsure: set[Feed] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ears = Ears(self._hear_from_afar)
        self._carrier = broker.Carrier(asyncio.get_running_loop(), self.hear)

    def start(self) -> None:
        """Begin to hear hints and to compare heads."""
        broker.attach(self._carrier)
        self._ears.start()
        self._ears.join(broker.FANOUT)
        self.run(self._compare_forever())
        self.run(self.attendance.tell_forever())

    async def stop(self) -> None:
        """End every task; sockets are closed before."""
        _hubs.pop(asyncio.get_running_loop(), None)
        broker.detach(self._carrier)
        for feed in self._feeds.values():
            feed.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
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

    async def listen(self, room_ids: Collection[str]) -> None:
        """Hear these rooms from now on.

        To be awaited before their heads are read from the database: then nothing falls between
        the two. A broker that does not answer is not waited for long.
        """
        for room_id in room_ids:
            self._feed(room_id)
        await self._ears.join_soon([broker.room_key(room_id) for room_id in room_ids])

    def subscribe(
        self, connection: Connection, room_id: str, *, visible: Slice, head: room_log.Head, cursor: int
    ) -> None:
        """Feed a room to a socket from `cursor` on; `head` is the log's, read after `listen`."""
        feed = self._feed(room_id)
        feed.begin(head.epoch, head.head)
        Subscription(connection, feed, visible, cursor, head=head.head).start()

    async def wait_beyond(self, room_id: str, seq: int, *, seconds: float) -> None:
        """Return when the room has an event after `seq`, or when the time is over.

        For the long poll: it holds neither a thread nor a database connection. Who may read the room is
        the caller's to judge, before and after.
        """
        await self.listen([room_id])
        head = (await readers.run(room_log.heads, [room_id])).get(room_id)
        if head is None or head.head > seq:
            return
        feed = self._feed(room_id)
        feed.begin(head.epoch, head.head)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while feed.head <= seq:
                    await feed.advanced()

    def hear(self, message: dict[str, Any]) -> None:
        """Take a hint, from the broker or from this process."""
        match message["type"]:
            case "room.events" | "room.frames" | "room.receipts" | "room.typing":
                feed = self._feeds.get(message["room"])
                if feed is not None:
                    self._hear_of_room(feed, message)
            case "presence":
                self.attendance.hear([tuple(change) for change in message["changes"]])
            case "room.joined":
                for connection in list(self.by_user.get(message["user"], ())):
                    if connection.follows_all and self.on_joined is not None:
                        self.run(self.on_joined(connection, message["room"], message["reason"]))
            case "session.ended":
                self._end_sessions(message["user"], message.get("credential"))
            case "sockets.close" | "site.frames" | "rules.changed":
                self._hear_of_office(message)
            case "room.revoked":
                self.compare_soon([message["room"]])
            case other:
                logger.debug("a hint of an unknown type: %s", other)

    def _hear_from_afar(self, message: dict[str, Any]) -> None:
        """Take a hint of the broker, unless it is this process's own that was heard already and must not be told twice."""
        if message.get("heard_by") != self._carrier.id:
            self.hear(message)

    def _hear_of_office(self, message: dict[str, Any]) -> None:
        """What the site's administrators do to sockets that are open."""
        match message["type"]:
            case "sockets.close":
                for connection in list(self.by_user.get(message["user"], ())):
                    connection.close(CLOSE_RESTARTING)
            case "site.frames":
                flush = Flush(message["frames"])
                for connection in list(self.connections.values()):
                    connection.flush(flush)
            case "rules.changed":
                for feed in self._feeds.values():
                    self._look_again_soon(feed)

    def _hear_of_room(self, feed: Feed, message: dict[str, Any]) -> None:
        match message["type"]:
            case "room.events":
                items = [Item(*item) for item in message["items"]]
                feed.hear(message["epoch"], items)
                if feed.typists.anyone:  # whoever has said it writes it no longer, wherever they said it
                    for item in items:
                        self._tell_typing(feed, item.by, on=False)
            case "room.frames":
                feed.tell(message["frames"])
            case "room.receipts":
                self.raise_marks(feed.room_id, message["marks"], at=message["at"], large=message["large"])
            case "room.typing":
                self._tell_typing(feed, message["user"], on=message["on"])

    def hears(self, room_id: str) -> bool:
        """Whether the room's hints are heard here already."""
        return room_id in self._feeds

    def compare_soon(self, room_ids: Collection[str]) -> None:
        """Compare some heads now rather than at the next round."""
        self.run(self._compare([room for room in room_ids if room in self._feeds]))

    def rooms_heard(self) -> list[str]:
        """The rooms that somebody here listens to, or did a moment ago."""
        return list(self._feeds)

    def head_of(self, room_id: str) -> int:
        """The last `seq` handed on in this process."""
        return self._feeds[room_id].head

    def _feed(self, room_id: str) -> Feed:
        feed = self._feeds.get(room_id)
        if feed is None:
            feed = Feed(room_id, on_joiner=self._note_joiner, on_history=self._look_again_soon)
            self._feeds[room_id] = feed
            self._ears.join(broker.room_key(room_id))
        return feed

    def raise_marks(
        self, room_id: str, marks: Sequence[tuple[str, int, int]], *, at: str, large: bool = False
    ) -> dict[str, tuple[int, int]]:
        """Take watermarks of a room, heard or read from the database; the highest known now, by user.

        Those that rose are told: in a large room to each person's own devices, else to everyone.
        """
        feed = self._feed(room_id)
        frames = []
        for user_id, (delivered, read) in feed.raise_marks(marks):
            frame = encode(Receipt(room=room_id, user=user_id, delivered=delivered, read=read, at=at))
            if not large:
                frames.append(frame)
                continue
            for connection in list(self.by_user.get(user_id, ())):
                if room_id in connection.subscriptions:
                    connection.send(frame)
        if frames:
            feed.tell(frames)
        return feed.marks

    def knows_mark(self, room_id: str, user_id: str, delivered: int, read: int) -> bool:
        """Whether this mark of a person, or a higher one, was told here."""
        known = self.mark_of(room_id, user_id)
        return delivered <= known[0] and read <= known[1]

    def mark_of(self, room_id: str, user_id: str) -> tuple[int, int]:
        """How much of a room a person is known to have, and to have read; zeros when nothing was heard of it."""
        feed = self._feeds.get(room_id)
        return (0, 0) if feed is None else feed.marks.get(user_id, (0, 0))

    def _hearing(self, room_ids: Collection[str]) -> set[Connection]:
        feeds = [self._feeds[room_id] for room_id in room_ids if room_id in self._feeds]
        return {subscription.connection for feed in feeds for subscription in feed.everyone}

    def _note_joiner(self, room_id: str, user_id: str) -> None:
        if self.on_joiner is not None:
            self.on_joiner(room_id, user_id)

    def _tell_typing(self, feed: Feed, user_id: str, *, on: bool) -> None:
        if feed.typists.passes(user_id, on=on, now=asyncio.get_running_loop().time()):
            frame = encode(Typing(room=feed.room_id, user=user_id, on=on, ttl_ms=limits.TYPING_MS))
            feed.offer(frame, but=user_id)

    def _look_again_soon(self, feed: Feed) -> None:
        """A room's history was opened or closed. Many who catch up past that event ask for one reading."""
        if feed not in self._unsure:
            self._unsure.add(feed)
            self.run(self._look_again(feed))

    async def _look_again(self, feed: Feed) -> None:
        """Read anew what each of those who listen may see."""
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self._unsure.discard(feed)
        while self.slices_of is not None:
            people = {subscription.connection.user_id for subscription in feed.everyone}
            try:
                slices = await self.slices_of(feed.room_id, people)
            except DatabaseError as error:
                logger.warning("the slices of %s could not be read (%s); trying again", feed.room_id, error)
                await asyncio.sleep(0.5)
                continue
            for subscription in list(feed.everyone):
                if subscription.connection.user_id in slices:
                    subscription.look_from(slices[subscription.connection.user_id])
            return

    def _end_sessions(self, user_id: str, credential: str | None) -> None:
        if credential is None and self.on_doubt is not None:
            self.run(self.on_doubt(user_id))
            return
        for connection in list(self.by_user.get(user_id, ())):
            if credential is None or connection.credential == credential:
                connection.close(CLOSE_SESSION_ENDED)

    async def _compare_forever(self) -> None:
        while True:
            await asyncio.sleep(COMPARE_SECONDS)
            self._forget_idle()
            rooms = list(self._feeds)
            for start in range(0, len(rooms), COMPARE_CHUNK):
                await self._compare(rooms[start : start + COMPARE_CHUNK])

    async def _compare(self, room_ids: Collection[str]) -> None:
        try:
            heads = await readers.run(room_log.heads, room_ids)
        except DatabaseError as error:
            logger.warning("the heads could not be compared (%s); trying again soon", error)
            return
        for room_id, head in heads.items():
            feed = self._feeds.get(room_id)
            if feed is not None and feed.head >= 0:
                feed.compare(head.epoch, head.head)

    def _forget_idle(self) -> None:
        for room_id, feed in list(self._feeds.items()):
            if feed.idle and feed.fresh:
                feed.fresh = False  # one round of grace: `listen` comes before `subscribe`
            elif feed.idle:
                feed.stop()
                del self._feeds[room_id]
                self._ears.leave(broker.room_key(room_id))
            else:
                feed.fresh = True


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def this_hub() -> Hub:
    """The hub of the running loop, started on first use. An async REST view may wait on it, too."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.start()
    return hub
