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
