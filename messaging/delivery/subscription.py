"""One socket's place in one room's log: catching up first, then live."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from messaging.protocol import RoomRevoked, encode

from .connection import Connection
from .frames import Item, tombstone_of
from .outlets import Flush
from .slices import Slice

if TYPE_CHECKING:
    from .feed import Feed

logger = logging.getLogger(__name__)

PART_BYTES = 65_536


class Subscription:
    """Feeds a room's events to a connection with consecutive `seq`, from `cursor` on.

    While the cursor is behind the feed, a task reads pages of the log at the pace at which the
    peer reads. Level with the feed it joins the live ones, without a step in which an event
    could slip through: both happen on the loop with no await between.
    """

    __slots__ = ("_task", "connection", "cursor", "ended", "feed", "head", "told", "visible")

    def __init__(
        self, connection: Connection, feed: Feed, visible: Slice, cursor: int, *, head: int = 0
    ) -> None:
        self.connection = connection
        self.feed = feed
        self.visible = visible
        self.cursor = cursor
        self.head = head
        self.told = -1
        self.ended = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take the place of an earlier subscription of this socket to the room, and begin."""
        earlier = self.connection.subscriptions.pop(self.feed.room_id, None)
        if earlier is not None:
            earlier.end()
        self.connection.subscriptions[self.feed.room_id] = self
        self.feed.everyone[self] = None
        if self.cursor == self.feed.head:
            self.feed.live[self] = None
        else:
            self._task = asyncio.get_running_loop().create_task(self._catch_up())

    def end(self) -> None:
        """Stop; nothing of this room is sent after it."""
        if self.ended:
            return
        self.ended = True
        self.feed.everyone.pop(self, None)
        self.feed.live.pop(self, None)
        if self._task is not None:
            self._task.cancel()
        if self.connection.subscriptions.get(self.feed.room_id) is self:
            del self.connection.subscriptions[self.feed.room_id]

    def revoke(self, reason: str) -> None:
        """Stop, and tell the socket."""
        if not self.ended:
            self.end()
            self.connection.send(encode(RoomRevoked(room=self.feed.room_id, reason=reason)))

    def ends_with(self, item: Item) -> bool:
        """Whether this event ends the membership that the subscription stands on."""
        return item.leaver == self.connection.user_id and item.seq > self.visible.joined_seq

    def look_from(self, visible: Slice) -> None:
        """See another part of the log from now on. A slice of another membership is not meant for this one."""
        if visible.joined_seq == self.visible.joined_seq:
            self.visible = visible

    def shown(self, item: Item) -> bytes:
        """The frame for this member: the event, or a tombstone that keeps the count."""
        if self.visible.shows(item.seq, item.subject):
            return item.payload
        return tombstone_of(item)

    async def _catch_up(self) -> None:
        try:
            while not self.ended and self.cursor != self.feed.head:
                if self.feed.head < max(self.cursor, self.head):
                    # The database was read after the feed's last hint. Until the feed has come as far, its
                    # memory may hold a text that a later event has changed.
                    await self.feed.advanced()
                    continue
                for part in _parts(await self.feed.items_after(self.cursor)):
                    async with self.connection.turn_to_catch_up():
                        await self.connection.outlet.drained()
                        self._deliver(part)
        except Exception:
            logger.exception("catching up in %s failed", self.feed.room_id)
            self.connection.close(1011)
            return
        if not self.ended:
            self.feed.live[self] = None

    def _deliver(self, items: Sequence[Item]) -> None:
        if self.ended:
            return
        payloads = []
        leave: Item | None = None
        for item in items:
            payloads.append(self.shown(item))
            self.cursor = item.seq
            if self.ends_with(item):
                leave = item
                break
        self.connection.flush(Flush(payloads))
        self.feed.note_history(items)  # its slice may have been read just before
        if leave is not None:
            self.revoke(leave.reason)


def _parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Runs of at most `PART_BYTES`, or one item: what is written when the peer has read what came before."""
    start, size = 0, 0
    for index, item in enumerate(items):
        if index > start and size + len(item.payload) > PART_BYTES:
            yield items[start:index]
            start, size = index, 0
        size += len(item.payload)
    if start < len(items):
        yield items[start:]
