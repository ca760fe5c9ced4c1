"""What the sockets of one process share, made on its event loop when the first needs it."""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence
from functools import partial

from django.db import DatabaseError

from chatsite import clock, limits
from chatsite.accounts.credentials import still_valid
from chatsite.buckets import LocalBuckets, RedisBuckets, new_buckets
from chatsite.figures.sampler import Gauges, Sampler
from chatsite.threads import DatabaseThreads, readers
from messaging import queries
from messaging.delivery.hub import this_hub
from messaging.delivery.slices import Slice
from messaging.presence.keeper import PresenceKeeper
from messaging.presence.store import Times, new_store
from messaging.protocol import CLOSE_SESSION_ENDED

from .commands import Services
from .heartbeat import beat_forever
from .receipt_book import ReceiptBook
from .receipt_watch import ReceiptWatch
from .session import Session
from .socket_counts import new_socket_counts
from .subscribing import follow_joined_room
from .typing_book import TypingBook
from .writer import Writer

logger = logging.getLogger(__name__)

RECHECK_TRIES = 10  # a second apart; the recheck of all comes anyway


class Process:
    """The hub, the writer and the buckets of this process, and its open sessions."""

    def __init__(self) -> None:
        self.hub = this_hub()
        self.hub.on_joined = partial(follow_joined_room, self.hub)
        self.buckets: LocalBuckets | RedisBuckets = new_buckets()
        self.writer = Writer()
        self.receipts = ReceiptBook(self.hub)
        self.changers = DatabaseThreads("changer", size=2)
        self.presence = PresenceKeeper(new_store(), self.hub.attendance, Times.set_by_site())
        self.hub.on_doubt = self.recheck_person
        self.hub.feeds.slices_of = _slices_of
        self.hub.feeds.on_joiner = self.presence.teller.introduce
        self.services = Services(
            self.hub,
            self.writer,
            self.buckets,
            self.receipts,
            self.changers,
            self.presence,
            TypingBook(),
        )
        self.socket_counts = new_socket_counts()
        self.sessions: dict[str, Session] = {}
        self.sampler = Sampler(self._gauges, self.presence.count)

    def start(self) -> None:
        """Begin the periodic work."""
        self.hub.run(beat_forever(self.hub))
        self.hub.run(_keep_time())
        self.hub.run(self.receipts.hand_over_forever())
        self.hub.run(ReceiptWatch(self.hub).watch_forever())
        self.hub.run(self._recheck_forever())
        self.hub.run(self.socket_counts.keep_forever())
        self.hub.run(self.presence.keep_forever())
        self.hub.run(self.presence.teller.tell_forever())
        self.hub.run(self.sampler.sample_forever())

    async def stop(self) -> None:
        """End everything; the sockets are closed before."""
        self.writer.stop()
        await self.receipts.stop()
        self.changers.stop()
        await self.presence.stop()
        await self.hub.stop()
        with contextlib.suppress(Exception):
            await self.sampler.stop()
        with contextlib.suppress(Exception):
            await self.socket_counts.stop()
        if isinstance(self.buckets, RedisBuckets):
            with contextlib.suppress(Exception):
                await self.buckets.stop()

    def _gauges(self) -> Gauges:
        return Gauges(len(self.hub.connections), len(self.hub.by_user), self.writer.waiting)

    async def _recheck_forever(self) -> None:
        while True:
            await asyncio.sleep(limits.RECHECK_SECONDS)
            try:
                await self.recheck()
            except Exception:
                logger.exception("sessions and memberships could not be rechecked; trying again later")

    async def recheck(self) -> None:
        """Close the sockets whose session has ended and begin rooms joined, in case the hint was lost."""
        sessions = list(self.sessions.values())
        await _close_ended(sessions)
        for user_id in {session.user_id for session in sessions if session.connection.follows_all}:
            mine = await readers.run(queries.views, by=user_id)
            for connection in self.hub.sockets_of(user_id):
                if connection.follows_all:
                    for room_id in mine.keys() - connection.subscriptions.keys():
                        await follow_joined_room(self.hub, connection, room_id, "joined")

    async def recheck_person(self, user_id: str) -> None:
        """Close those sockets of a person whose credential no longer counts: a new password ends only sessions."""
        for _ in range(RECHECK_TRIES):
            try:
                await _close_ended([s for s in self.sessions.values() if s.user_id == user_id])
                return
            except Exception:
                logger.exception("the sessions of %s could not be rechecked; trying again", user_id)
            await asyncio.sleep(1.0)


async def _keep_time() -> None:
    """Ask the database now and then what time it is, so that no command has to."""
    while True:
        with contextlib.suppress(DatabaseError):
            await readers.run(clock.ask)
        await asyncio.sleep(clock.ASK_SECONDS / 2)


async def _slices_of(room_id: str, user_ids: Collection[str]) -> dict[str, Slice]:
    return await readers.run(queries.slices, room_id, user_ids)


async def _close_ended(sessions: Sequence[Session]) -> None:
    valid = await readers.run(still_valid, [session.credential for session in sessions])
    for session in sessions:
        if session.credential.key not in valid:
            session.connection.close(CLOSE_SESSION_ENDED)


_processes: dict[asyncio.AbstractEventLoop, Process] = {}


def this_process() -> Process:
    """The process's shared things, started on first use on the running loop."""
    loop = asyncio.get_running_loop()
    process = _processes.get(loop)
    if process is None:
        process = _processes[loop] = Process()
        process.start()
    return process


async def stop_process() -> None:
    """Stop what `this_process` started on the running loop, if anything."""
    process = _processes.pop(asyncio.get_running_loop(), None)
    if process is not None:
        await process.stop()
