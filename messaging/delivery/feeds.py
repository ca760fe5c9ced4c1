"""The rooms that are heard in one process, each with its feed, and the comparison of their heads with the log."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from django.db import DatabaseError

from chatsite.threads import readers
from messaging import room_log

from . import broker
from .connection import Connection
from .ears import Ears
from .feed import Feed, OnJoiner
from .slices import Slice

logger = logging.getLogger(__name__)

COMPARE_SECONDS = 5.0
COMPARE_CHUNK = 500
LOOK_AGAIN_SECONDS = 0.05

SlicesOf = Callable[[str, Collection[str]], Awaitable[Mapping[str, Slice]]]


class Feeds:
    """Feeds by room: made when somebody begins to listen, let go some seconds after the last one ended.

    A hint that was lost costs so much time as lies between two comparisons, and nothing else. `run` runs a coroutine beside the
    rest. The layer above sets `on_joiner(room_id, user_id)`, called when anybody has joined a room that is heard here, and
    `slices_of(room_id, user_ids)`, which tells what members may see of a room now.
    """

    def __init__(self, ears: Ears, run: Callable[[Any], None]) -> None:
        self.on_joiner: OnJoiner | None = None
        self.slices_of: SlicesOf | None = None
        self._ears = ears
        self._run = run
        self._feeds: dict[str, Feed] = {}
        self._unsure: set[Feed] = set()

    def get(self, room_id: str) -> Feed | None:
        """The feed of a room that is heard here already."""
        return self._feeds.get(room_id)

    def rooms(self) -> list[str]:
        """The rooms that somebody here listens to, or did a moment ago."""
        return list(self._feeds)

    def open(self, room_id: str) -> Feed:
        """The feed of a room, which is heard from now on."""
        feed = self._feeds.get(room_id)
        if feed is None:
            feed = Feed(room_id, on_joiner=self._note_joiner, on_history=self._look_again_soon)
            self._feeds[room_id] = feed
            self._ears.join(broker.room_key(room_id))
        return feed

    async def listen(self, room_ids: Collection[str]) -> None:
        """Hear these rooms from now on.

        To be awaited before their heads are read from the database: then nothing falls between
        the two. A broker that does not answer is not waited for long.
        """
        for room_id in room_ids:
            self.open(room_id)
        await self._ears.join_soon([broker.room_key(room_id) for room_id in room_ids])

    def hearing(self, room_ids: Collection[str]) -> set[Connection]:
        """The sockets that hear any of these rooms."""
        feeds = [self._feeds[room_id] for room_id in room_ids if room_id in self._feeds]
        return {subscription.connection for feed in feeds for subscription in feed.everyone}

    def look_again_everywhere(self) -> None:
        """What members may see may have changed in any room."""
        for feed in self._feeds.values():
            self._look_again_soon(feed)

    def compare_soon(self, room_id: str) -> None:
        """Compare a head now rather than at the next round."""
        if room_id in self._feeds:
            self._run(self._compare([room_id]))

    async def compare_forever(self) -> None:
        """Compare all heads every few seconds, and let go of rooms that nobody listens to."""
        while True:
            await asyncio.sleep(COMPARE_SECONDS)
            self._forget_idle()
            rooms = self.rooms()
            for start in range(0, len(rooms), COMPARE_CHUNK):
                await self._compare(rooms[start : start + COMPARE_CHUNK])

    def stop(self) -> None:
        """End the repairs that may be running."""
        for feed in self._feeds.values():
            feed.stop()

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

    def _note_joiner(self, room_id: str, user_id: str) -> None:
        if self.on_joiner is not None:
            self.on_joiner(room_id, user_id)

    def _look_again_soon(self, feed: Feed) -> None:
        """A room's history was opened or closed. Many who catch up past that event ask for one reading."""
        if feed not in self._unsure:
            self._unsure.add(feed)
            self._run(self._look_again(feed))

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
