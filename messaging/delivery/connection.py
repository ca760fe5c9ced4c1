"""One socket as the hub sees it: bounded, never waited for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatsite import limits
from chatsite.figures.counters import counters
from chatsite.ids import new_id
from messaging.protocol import CLOSE_TOO_SLOW, Goodbye, encode

from .outlets import Flush, Outlet

if TYPE_CHECKING:
    from .subscription import Subscription

_STAYS_AWAY = frozenset({4401, 4403})

# Beyond this much waiting, what may be lost is dropped, so that it does not crowd out what may not.
LOSABLE_BYTES = 65_536


class Connection:
    """One socket of one person.

    `credential` names the session or token it was opened with. `follows_all` is set when it
    wants every room of its person, those joined later included.
    """

    __slots__ = (
        "_catching_up",
        "beat",
        "closed",
        "credential",
        "follows_all",
        "id",
        "next_beat",
        "outlet",
        "subscriptions",
        "unanswered",
        "user_id",
    )

    def __init__(self, outlet: Outlet, *, user_id: str, credential: str) -> None:
        self.id = new_id()
        self.outlet = outlet
        self.user_id = user_id
        self.credential = credential
        self.subscriptions: dict[str, Subscription] = {}
        self.follows_all = False
        self.closed = False
        self.beat = 0
        self.next_beat = 0.0
        self.unanswered = 0
        self._catching_up: asyncio.Lock | None = None

    def turn_to_catch_up(self) -> asyncio.Lock:
        """Held by the one room that writes what was missed: together they could fill the queue."""
        if self._catching_up is None:
            self._catching_up = asyncio.Lock()
        return self._catching_up

    def send(self, payload: bytes) -> None:
        """Queue one frame."""
        self.flush(Flush((payload,)))

    def flush(self, flush: Flush) -> None:
        """Queue frames; a peer that has let too much pile up is cut (rule 9) and will resume."""
        if self.closed:
            return
        self.outlet.write(flush)
        if self.outlet.buffered() > limits.SEND_QUEUE_BYTES:
            counters.cut += 1
            self.close(CLOSE_TOO_SLOW)

    def offer(self, flush: Flush) -> bool:
        """Queue frames that may be lost, typing and presence (rule 9); False when they were dropped."""
        if not self.closed:
            if self.outlet.buffered() > LOSABLE_BYTES:
                return False
            self.outlet.write(flush)
        return True

    def close(self, code: int, *, after_ms: int = 0) -> None:
        """Say goodbye and close. Subscriptions end at once: nothing is sent after it."""
        if self.closed:
            return
        goodbye = Goodbye(code=code, reconnect=code not in _STAYS_AWAY, after_ms=after_ms)
        self.outlet.write(Flush((encode(goodbye),)))
        self.closed = True
        self.end_subscriptions()
        self.outlet.close(code)

    def end_subscriptions(self) -> None:
        """Stop hearing anything."""
        for subscription in list(self.subscriptions.values()):
            subscription.end()
