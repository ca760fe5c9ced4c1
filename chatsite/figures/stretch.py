"""What all servers together did in a stretch of time, however long: stretches add up to longer ones."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

# Of a stretch in which servers begin again and again, so many beginnings are kept.
MOST_STARTS = 20

Number = TypeVar("Number", int, float)


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted (`stored`, `cut`, `refused`, `waits`) in `seconds` that were measured, and of all else the most at once.

    `starts` are the moments, in seconds, at which servers began.
    """

    seconds: int
    people: int
    sockets: int
    writing: int
    tasks: int | None
    stored: int
    cut: int
    refused: int
    waits: list[int]
    redis: float | None
    database: float | None
    starts: list[int]

    @property
    def messages_a_minute(self) -> float:
        """How many messages were stored in a minute, on average."""
        return round(self.stored * 60 / self.seconds, 2)

    def __add__(self, other: "Stretch") -> "Stretch":
        return Stretch(
            seconds=self.seconds + other.seconds,
            people=max(self.people, other.people),
            sockets=max(self.sockets, other.sockets),
            writing=max(self.writing, other.writing),
            tasks=most([self.tasks, other.tasks]),
            stored=self.stored + other.stored,
            cut=self.cut + other.cut,
            refused=self.refused + other.refused,
            waits=[one + more for one, more in zip(self.waits, other.waits, strict=True)],
            redis=most([self.redis, other.redis]),
            database=most([self.database, other.database]),
            starts=sorted({*self.starts, *other.starts})[:MOST_STARTS],
        )


def most(values: Iterable[Number | None]) -> Number | None:
    """The largest of those that are known."""
    return max((value for value in values if value is not None), default=None)
