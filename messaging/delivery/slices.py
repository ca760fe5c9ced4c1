"""The part of a room's log that one member may see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slice:
    """Intervals of sequence numbers, both ends included; an open end is None.

    `joined_seq` is where the present membership began: a `member.left` of this member after
    it ends the membership.
    """

    intervals: tuple[tuple[int, int | None], ...]
    joined_seq: int

    @property
    def min_seq(self) -> int:
        """The first visible `seq`."""
        return self.intervals[0][0]

    def sees(self, seq: int) -> bool:
        """Whether the event at `seq` is this member's to read."""
        return any(start <= seq and (end is None or seq <= end) for start, end in self.intervals)

    def shows(self, seq: int, subject: int | None) -> bool:
        """Whether an event may be shown as it is: it is theirs, and so is the message it is about."""
        return self.sees(seq) and (subject is None or self.sees(subject))
