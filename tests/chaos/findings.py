"""What can be wrong with a history, each by its own name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a history shows that the protocol forbids, in one room."""

    room: str


@dataclass(frozen=True, slots=True)
class LostMessage(Finding):
    """A message was acknowledged and is not in the log."""

    user: str
    client_id: str


@dataclass(frozen=True, slots=True)
class DoubledMessage(Finding):
    """One `client_id` of one sender stands in the log more than once."""

    user: str
    client_id: str
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChangedAck(Finding):
    """An acknowledgement names another `seq` than the log has for that message."""

    user: str
    client_id: str
    acked: int
    stored: int


@dataclass(frozen=True, slots=True)
class UnmarkedRepeat(Finding):
    """Two acknowledgements of one message both claim to be the first: neither is a `duplicate`."""

    user: str
    client_id: str


@dataclass(frozen=True, slots=True)
class AlteredMessage(Finding):
    """The log has another text than was sent under that `client_id`, or nobody sent it."""

    user: str
    client_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class HoleInLog(Finding):
    """The log lacks numbers between 1 and its head."""

    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WrongHead(Finding):
    """The room's head is not the newest `seq` of its log."""

    head: int
    newest: int


@dataclass(frozen=True, slots=True)
class ChangedEpoch(Finding):
    """Something names another epoch than the room has."""

    seen: str
    epoch: str


@dataclass(frozen=True, slots=True)
class InvertedOrder(Finding):
    """A message acknowledged before another was first sent has the larger `seq`."""

    earlier_seq: int
    later_seq: int


@dataclass(frozen=True, slots=True)
class ViewFinding(Finding):
    """Something wrong in what one client received on one connection."""

    client: str
    connection: int


@dataclass(frozen=True, slots=True)
class ReorderedView(ViewFinding):
    """An event came after one with a larger `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class RepeatedInView(ViewFinding):
    """An event came twice."""

    seq: int


@dataclass(frozen=True, slots=True)
class HoleInView(ViewFinding):
    """Events that this member may see were left out before a later one."""

    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ViewBehind(ViewFinding):
    """The client's last view ended before the last event that it should have reached."""

    reached: int
    expected: int


@dataclass(frozen=True, slots=True)
class HeardOutside(ViewFinding):
    """An event reached somebody outside the intervals of their membership."""

    user: str
    seq: int


@dataclass(frozen=True, slots=True)
class UnknownEvent(ViewFinding):
    """An event was delivered that the log does not have."""

    seq: int


@dataclass(frozen=True, slots=True)
class AlteredEvent(ViewFinding):
    """A delivered event is not the stored one, or not the same bytes that others got."""

    seq: int
    field: str


@dataclass(frozen=True, slots=True)
class LeakedChange(ViewFinding):
    """A change to a message from before the member's time came whole instead of as a tombstone."""

    seq: int


@dataclass(frozen=True, slots=True)
class HiddenEvent(ViewFinding):
    """A tombstone stands where the member may see the event."""

    seq: int


@dataclass(frozen=True, slots=True)
class MarkFinding(Finding):
    """Something wrong with a member's watermarks."""

    user: str


@dataclass(frozen=True, slots=True)
class FallenMark(MarkFinding):
    """A client was told a lower watermark than before."""

    client: str
    connection: int
    before: tuple[int, int]
    told: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ReadAboveDelivered(MarkFinding):
    """A member has read what they have not received."""

    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class MarkAboveHead(MarkFinding):
    """A member has what the room's log did not hold yet."""

    delivered: int
    head: int


@dataclass(frozen=True, slots=True)
class InventedMark(MarkFinding):
    """A member's watermarks are higher than any of their clients has said."""

    said: tuple[int, int]
    claimed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class LostMark(MarkFinding):
    """In the end lower watermarks are stored than somebody was told, or the member's client has said."""

    told: tuple[int, int]
    stored: tuple[int, int]


@dataclass(frozen=True, slots=True)
class MarkBehind(MarkFinding):
    """In the end a client that listens was not told how far a member has come."""

    client: str
    connection: int
    told: tuple[int, int]
    stored: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AnswerBelowMark(MarkFinding):
    """Asked who has a message, the server left out a member who has it, or has read it."""

    seq: int
    mark: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OnlineTooLong(Finding):
    """Somebody was shown as online when their last socket had been gone for longer than that may last.

    Presence belongs to no room: `room` is empty.
    """

    client: str
    connection: int
    user: str
    seconds: float
