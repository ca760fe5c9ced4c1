"""One room as one process hears it: events in order and whole, whatever the broker does."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from django.db import DatabaseError

from chatsite import limits
from chatsite.threads import readers
from messaging import room_log
from messaging.models import Event
from messaging.protocol import Typing, encode

from .frames import Item, to_item
from .outlets import Flush
from .recent import MOST_ITEMS, Recent
from .subscription import Subscription
from .typists import Typists

logger = logging.getLogger(__name__)

PAGE = 100
RETRY_SECONDS = 0.5

Mark = tuple[int, int]
OnJoiner = Callable[[str, str], None]
OnHistory = Callable[["Feed"], None]


class Feed:
    """Hands a room's events to the subscriptions that are level with it.

    `head` is the last `seq` handed on. A hint whose first `seq` follows is taken as it is; lower
    ones are dropped; on a hole, or when the log is known to be further, the log is read.
    `on_joiner(room_id, user_id)` is called when a person's membership has begun, `on_history(feed)` when
    members may read from elsewhere now.
    """

    def __init__(
        self, room_id: str, *, on_joiner: OnJoiner | None = None, on_history: OnHistory | None = None
    ) -> None:
        self.room_id = room_id
        self.typists = Typists()
        self._on_joiner = on_joiner
        self._on_history = on_history
        self.epoch = ""
        self.head = -1
        self.everyone: dict[Subscription, None] = {}
        self.live: dict[Subscription, None] = {}
        self.marks: dict[str, Mark] = {}
        self.fresh = True
        self._heard = 0
        self._recent = Recent()
        self._reading_newest: asyncio.Task[None] | None = None
        self._repair: asyncio.Task[None] | None = None
        self._advance: asyncio.Event | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody listens."""
        return not self.everyone and self._advance is None

    def begin(self, epoch: str, head: int) -> None:
        """Take the log's present head from the database; a feed that has begun only compares."""
        if self.head < 0:
            self.epoch, self.head = epoch, head
        self.compare(epoch, head)

    def compare(self, epoch: str, head: int) -> None:
        """Read the log if it is further than what was handed on; start anew if it is another log."""
        if epoch != self.epoch:
            self._restart(epoch, head)
        self._heard = max(self._heard, head)
        if self._heard > self.head:
            self._start_repair()

    def hear(self, epoch: str, items: Sequence[Item]) -> None:
        """Take a hint of the broker."""
        if not items:
            return
        self._heard = max(self._heard, items[-1].seq)
        if self.head < 0 or self._repair is not None or epoch != self.epoch:
            return
        if items[0].seq > self.head + 1:
            self._start_repair()
            return
        self._hand_on([item for item in items if item.seq > self.head])

    def tell(self, frames: Sequence[bytes]) -> None:
        """Send frames that are not in the log to everyone."""
        flush = Flush(frames)
        for subscription in list(self.everyone):
            subscription.connection.flush(flush)

    def offer(self, frame: bytes, *, but: str) -> None:
        """Send a frame that may be lost to everyone but one person."""
        flush = Flush([frame])
        for subscription in list(self.everyone):
            if subscription.connection.user_id != but:
                subscription.connection.offer(flush)

    def tell_typing(self, user_id: str, *, on: bool) -> None:
        """Tell the others that somebody writes, or stopped, unless they were told a moment ago."""
        if self.typists.passes(user_id, on=on, now=asyncio.get_running_loop().time()):
            frame = encode(Typing(room=self.room_id, user=user_id, on=on, ttl_ms=limits.TYPING_MS))
            self.offer(frame, but=user_id)

    def raise_marks(self, marks: Iterable[tuple[str, int, int]]) -> list[tuple[str, Mark]]:
        """Take watermarks (user, delivered, read); those that really rose, as they stand now.

        Hints of several servers come in any order; told in the order in which they rise, none ever falls.
        """
        risen = []
        for user_id, delivered, read in marks:
            known = self.marks.get(user_id, (0, 0))
            mark = max(known[0], delivered), max(known[1], read)
            if mark != known:
                self.marks[user_id] = mark
                risen.append((user_id, mark))
        return risen

    async def advanced(self) -> None:
        """Return when the head has moved."""
        if self._advance is None:
            self._advance = asyncio.Event()
        await self._advance.wait()

    async def items_after(self, cursor: int) -> Sequence[Item]:
        """Some of the events that follow `cursor`, at least one if there are any: from memory, else from the log."""
        if not self._recent.holds(cursor + 1) and cursor >= self.head - MOST_ITEMS:
            await self._read_newest_once()
        if self._recent.holds(cursor + 1):
            return self._recent.after(cursor, limit=PAGE)
        return await self._read_after(cursor)

    async def _read_newest_once(self) -> None:
        """Read the newest events into memory; those who ask meanwhile wait for the same reading."""
        if self._reading_newest is None:
            self._reading_newest = asyncio.get_running_loop().create_task(self._read_newest())
        await asyncio.shield(self._reading_newest)

    async def _read_newest(self) -> None:
        try:
            changes = self._recent.changes
            events = await self._read(room_log.read_before, self.head + 1, limit=MOST_ITEMS)
            if changes == self._recent.changes:
                self._recent.put_before(events, head=self.head)
        finally:
            self._reading_newest = None

    def note_history(self, items: Iterable[Item]) -> None:
        """Have the slices of all who listen read again if one of these events moves them."""
        if self._on_history is not None and any(item.moves_history for item in items):
            self._on_history(self)

    def stop(self) -> None:
        """End the repair that may be running."""
        for task in (self._repair, self._reading_newest):
            if task is not None:
                task.cancel()

    async def _read_after(self, cursor: int) -> list[Item]:
        return await self._read(room_log.read_after, cursor, limit=PAGE)

    async def _read(self, page: Callable[..., list[Event]], bound: int, *, limit: int) -> list[Item]:
        """A page of the log; while the database does not answer, one tries again."""
        while True:
            try:
                events = await readers.run(page, self.room_id, bound, limit=limit)
            except DatabaseError as error:
                logger.warning("reading the log of %s failed (%s); trying again", self.room_id, error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            return [to_item(event, epoch=self.epoch) for event in events]

    def _start_repair(self) -> None:
        if self._repair is None and self.head >= 0:
            self._repair = asyncio.get_running_loop().create_task(self._mend())

    async def _mend(self) -> None:
        try:
            while self._heard > self.head:
                items = await self._read_after(self.head)
                if not items:  # a hint told of more than there is: a broker of another database
                    self._heard = self.head
                    break
                self._hand_on(items)
        finally:
            self._repair = None

    def _hand_on(self, items: Sequence[Item]) -> None:
        if not items:
            return
        self._recent.add(items)
        for part in _split_at_leaves(items):
            self._fan_out(part)
        self.head = items[-1].seq
        if self._on_joiner is not None:
            for item in items:
                if item.joiner is not None:
                    self._on_joiner(self.room_id, item.joiner)
        self.note_history(items)
        if self._advance is not None:
            self._advance.set()
            self._advance = None

    def _fan_out(self, items: Sequence[Item]) -> None:
        """The same bytes to everyone; one by one only where a change may concern a message not theirs."""
        last = items[-1]
        if last.leaver is not None:
            self.marks.pop(last.leaver, None)
        flush = Flush([item.payload for item in items])
        subjects = [item.subject for item in items if item.subject is not None]
        for subscription in list(self.live):
            if not subjects or all(map(subscription.visible.sees, subjects)):
                subscription.connection.flush(flush)
            else:
                subscription.connection.flush(Flush([subscription.shown(item) for item in items]))
            subscription.cursor = last.seq
            if last.leaver is not None and subscription.ends_with(last):
                subscription.revoke(last.reason)

    def _restart(self, epoch: str, head: int) -> None:
        """The log was restored from a backup: every client has to resume, and will be told to reload."""
        logger.warning("the log of %s has another epoch now", self.room_id)
        self._recent.clear()
        for subscription in list(self.live):
            subscription.connection.close(1012)
        self.epoch, self.head, self._heard = epoch, head, head


def _split_at_leaves(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    """Runs of items in which only the last may end a membership."""
    start = 0
    for index, item in enumerate(items, 1):
        if item.leaver is not None:
            yield items[start:index]
            start = index
    if start < len(items):
        yield items[start:]
