"""What a store of presence does, whichever it is. Times are milliseconds since 1970, on the store's own clock.

A person has one entry a connection: its state, and until when it counts. Servers refresh the
entries of their connections; a server that crashed refreshes no more, so its people go by time alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

from django.conf import settings

from chatsite import limits

ONLINE, AWAY, OFFLINE = "online", "away", "offline"

# People who are offline are remembered this long, so that a server that missed it still learns of it.
REMEMBERED_MS = 600_000


class Entry(NamedTuple):
    """One connection of a person. With the state `offline` it has ended, and counts on for the grace.

    `seen` is the state that the person has in the view of the server that tells of it, if it says so.
    """

    user_id: str
    connection_id: str
    state: str
    seen: str | None = None


class Change(NamedTuple):
    """A person's state is another one since `at`. No two changes of a store have the same `at`."""

    user_id: str
    state: str
    at: int


@dataclass(frozen=True, slots=True)
class News:
    """The changes after some moment, oldest first: each person's last one. `now` is the store's clock.

    `born` tells one life of the store from the next, after it was wiped. Until it is `settled`
    servers may still be missing that could not reach it, and nobody is offline for not being listed.
    """

    now: int
    born: int
    settled: bool
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Times:
    """The times that presence runs on, in milliseconds.

    Nobody counts as online later than the time to live after their last socket, whatever crashed. So an
    entry's `lifetime` leaves room for the `hold`, in which servers come back to a store that nobody reached
    for the length of `gap`, and for two rounds of looking for what has expired, one `round` apart.
    """

    lifetime: int
    grace: int
    refresh: int
    round: int
    gap: int
    hold: int

    @classmethod
    def of(cls, ttl_ms: int, *, grace_ms: int) -> Self:
        """The times that follow from the time to live."""
        lifetime = ttl_ms * 5 // 6
        return cls(
            lifetime=lifetime,
            grace=min(grace_ms, lifetime),
            refresh=ttl_ms // 3,
            round=ttl_ms // 30,
            gap=ttl_ms // 6,
            hold=ttl_ms // 10,
        )

    @classmethod
    def set_by_site(cls) -> Self:
        """The times of the settings."""
        return cls.of(int(limits.PRESENCE_SECONDS * 1000), grace_ms=int(limits.PRESENCE_GRACE_SECONDS * 1000))


class PresenceStore(Protocol):
    """Who is there. Each change is told once, to whichever server's call brought it about."""

    async def keep(self, entries: Sequence[Entry]) -> list[Change]:
        """Take connections that are there, or have ended; those that had not changed live longer by it.

        A person whom a server sees otherwise changes anew: the store may be an old one that was put back.
        """

    async def sweep(self) -> list[Change]:
        """Look for entries that have expired. A bounded number at once: call it again and again."""

    async def news(self, since: int, *, until_ago: int = 0) -> News:
        """A page of the changes later than `since`, but for those of the last `until_ago` ms."""

    async def count(self) -> int:
        """How many people are there, online or away."""

    async def stop(self) -> None:
        """Let go of what it holds."""


def new_store() -> PresenceStore:
    """The store that the settings ask for."""
    from .local import LocalPresence  # noqa: PLC0415 (they import this module)
    from .shared import SharedPresence  # noqa: PLC0415

    times = Times.set_by_site()
    return SharedPresence(settings.REDIS_URL, times) if settings.REDIS_URL else LocalPresence(times)
