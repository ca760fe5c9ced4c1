"""Presence in this process alone: for a site of one server, without Redis."""

import time
from collections.abc import Callable, Collection, Sequence

from .store import AWAY, OFFLINE, ONLINE, REMEMBERED_MS, Change, Entry, News, Times


def _now() -> int:
    return time.time_ns() // 1_000_000


_stores: list["LocalPresence"] = []


def newest_local() -> "LocalPresence | None":
    """The store that this process made last, if it made one."""
    return _stores[0] if _stores else None


class LocalPresence:
    """As `SharedPresence`, in dictionaries. The `clock` gives milliseconds since 1970."""

    def __init__(self, times: Times, clock: Callable[[], int] = _now) -> None:
        self._times = times
        self._clock = clock
        self._born = clock()
        self._last = 0
        self._entries: dict[str, dict[str, tuple[str, int]]] = {}
        # In the order of the changes: whoever changes goes to the end.
        self._told: dict[str, Change] = {}
        _stores[:] = [self]

    async def keep(self, entries: Sequence[Entry]) -> list[Change]:
        """Take connections that are there, or have ended."""
        now = self._clock()
        for user_id, connection_id, state, _ in entries:
            kept = self._entries.setdefault(user_id, {})
            if state != OFFLINE:
                kept[connection_id] = state, now + self._times.lifetime
            elif connection_id in kept:
                before, expiry = kept[connection_id]
                kept[connection_id] = before, min(expiry, now + self._times.grace)
        return self._judge(dict.fromkeys(entry.user_id for entry in entries), now)

    async def sweep(self) -> list[Change]:
        """Look for entries that have expired, and forget who has been offline for long."""
        now = self._clock()
        for change in list(self._told.values()):
            if change.state == OFFLINE and change.at <= now - REMEMBERED_MS:
                del self._told[change.user_id]
        return self._judge(list(self._entries), now)

    async def news(self, since: int, *, until_ago: int = 0) -> News:
        """All changes later than `since`, but for those of the last `until_ago` ms."""
        now = self._clock()
        changes = [change for change in self._told.values() if since < change.at <= now - until_ago]
        return News(now, self._born, settled=True, changes=changes)

    async def count(self) -> int:
        """How many people are there."""
        return len(self._entries)

    def online(self, user_ids: Collection[str]) -> set[str]:
        """Those of these people who are online, for other threads: it changes nothing."""
        now = self._clock()
        return {
            user_id
            for user_id in user_ids
            if any(
                state == ONLINE and expiry > now
                for state, expiry in list(self._entries.get(user_id, {}).values())
            )
        }

    async def stop(self) -> None:
        """Nothing is held."""

    def _judge(self, user_ids: Sequence[str] | dict[str, None], now: int) -> list[Change]:
        changes = []
        for user_id in user_ids:
            state = self._state_of(user_id, now)
            told = self._told.get(user_id)
            if state != (OFFLINE if told is None else told.state):
                self._told.pop(user_id, None)
                self._last = max(now, self._last + 1)
                change = self._told[user_id] = Change(user_id, state, self._last)
                changes.append(change)
        return changes

    def _state_of(self, user_id: str, now: int) -> str:
        kept = self._entries.get(user_id, {})
        for connection_id, (_, expiry) in list(kept.items()):
            if expiry <= now:
                del kept[connection_id]
        if not kept:
            self._entries.pop(user_id, None)
            return OFFLINE
        return ONLINE if any(state == ONLINE for state, _ in kept.values()) else AWAY
