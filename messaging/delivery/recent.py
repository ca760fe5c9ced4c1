"""The newest events of a room in memory, so that many who come back at once cost few reads."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from .frames import Item

MOST_ITEMS = 256
MOST_BYTES = 1_048_576


class Recent:
    """A run of items without a hole, up to the head of the feed that keeps it.

    A change to a message empties it: the item of that message may be in it, with a text that is no more.
    `changes` counts these, so that what was read before one is not put back after it.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._items: deque[Item] = deque()
        self._bytes = 0

    def holds(self, seq: int) -> bool:
        """Whether the event `seq` and all after it, up to the head, are here."""
        return bool(self._items) and self._items[0].seq <= seq

    def after(self, cursor: int, *, limit: int) -> Sequence[Item]:
        """Up to `limit` items that follow `cursor`; only if it `holds` the first of them."""
        start = cursor + 1 - self._items[0].seq
        return list(islice(self._items, start, start + limit))

    def add(self, items: Sequence[Item]) -> None:
        """Take the next items."""
        for item in items:
            if item.subject is not None:
                self.clear()
            self._items.append(item)
            self._bytes += len(item.payload)
        while len(self._items) > MOST_ITEMS or (self._bytes > MOST_BYTES and len(self._items) > 1):
            self._bytes -= len(self._items.popleft().payload)

    def put_before(self, items: Sequence[Item], *, head: int) -> None:
        """Take older items, read from the log, where they join what is here, or else the head."""
        first = self._items[0].seq if self._items else head + 1
        older = [item for item in items if item.seq < first]
        if older and older[-1].seq == first - 1:
            self._items.extendleft(reversed(older))
            self._bytes += sum(len(item.payload) for item in older)

    def clear(self) -> None:
        """Forget everything."""
        self.changes += 1
        self._items.clear()
        self._bytes = 0
