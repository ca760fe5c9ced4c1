"""What a test client writes down, entry by entry, for the history checker to judge.

Times are `time.monotonic_ns()`: one clock for all processes of a machine, so entries of different clients compare.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """A `message.send` was about to be written to a socket; a retry is a further entry of the same `client_id`."""

    at: int
    room: str
    client_id: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acked:
    """An `ok` for a send was read."""

    at: int
    room: str
    client_id: str
    seq: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """An `error` for a send was read."""

    at: int
    room: str
    client_id: str
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A room's entry in a `subscribed` frame: a view of that room begins on this connection.

    `after` is the cursor asked for (None: live only); `connection` is unique within the client.
    """

    at: int
    connection: int
    room: str
    epoch: str
    after: int | None
    head: int
    recovered: bool

    @property
    def cursor(self) -> int:
        """The `seq` after which this view begins."""
        return self.head if self.after is None or not self.recovered else self.after


@dataclass(frozen=True, slots=True)
class Received:
    """An `event` frame as it was read, untouched."""

    at: int
    connection: int
    room: str
    frame: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """A connection ended; `goodbye` is the code that a `goodbye` frame had announced before."""

    at: int
    connection: int
    code: int
    goodbye: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection came about; `at` is when it was asked for, so the server counted it from later on."""

    at: int
    connection: int


@dataclass(frozen=True, slots=True)
class Marked:
    """The client was about to say how far its person has come in a room; 0 says nothing of that kind."""

    at: int
    connection: int
    room: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Told:
    """A member's watermarks were told: by a `receipt`, or in a room's entry in `subscribed`."""

    at: int
    connection: int
    room: str
    user: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What REST answered to who has the message `seq`: of the people `asked` about, who has it and who read it."""

    at: int
    room: str
    seq: int
    asked: frozenset[str]
    delivered: frozenset[str]
    read: frozenset[str]


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody was said to be online, away or offline: by a `presence`, or in a room's entry in `subscribed`."""

    at: int
    connection: int
    user: str
    state: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file was taken into a room; `digest` is that of its bytes."""

    at: int
    room: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file was asked for: the digest of the bytes that came, or None when there was no such file."""

    at: int
    file: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Searched:
    """All that was found in a room for a word; not `complete`: the server said that older ones may be missing."""

    at: int
    room: str
    word: str
    found: frozenset[int]
    complete: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """A push came to a phone of somebody without a socket: it `shows` the message, or closes the notice of it."""

    at: int
    room: str
    seq: int
    shows: bool


Entry = (
    Sent
    | Acked
    | Refused
    | Subscribed
    | Received
    | Closed
    | Opened
    | Marked
    | Told
    | Answered
    | Present
    | Uploaded
    | Fetched
    | Searched
    | Noticed
)


@dataclass(slots=True)
class Journal:
    """All that one client of one user did and saw, in its own order. A `phone` has no socket and is pushed everything."""

    client: str
    user: str
    entries: list[Entry] = field(default_factory=list)
    phone: bool = False


@dataclass(frozen=True, slots=True)
class LogRow:
    """One stored event, read from the database. `data` is what the wire's `data` must be.

    `revised`: the text was edited or erased later, so earlier deliveries may differ from `data`.
    """

    room: str
    seq: int
    kind: str
    by: str
    at: str
    client_id: str | None
    data: dict[str, object]
    subject: int | None = None
    revised: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """From `first` to `last` (both included, None: still open) a user may see a room's events."""

    room: str
    user: str
    first: int
    last: int | None

    def __contains__(self, seq: int) -> bool:
        return self.first <= seq and (self.last is None or seq <= self.last)


@dataclass(frozen=True, slots=True)
class RoomHead:
    """A room's epoch and newest `seq`, as the database has them at the end."""

    room: str
    epoch: str
    head: int


@dataclass(frozen=True, slots=True)
class StoredMark:
    """A member's watermarks in a room, as the database has them at the end."""

    room: str
    user: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file, as the database has it at the end."""

    room: str
    file: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """The files of some rooms, and of the whole site: the keys under which bytes lie, those noted to go, those that files have."""

    files: tuple[StoredFile, ...]
    bytes: frozenset[str]
    noted: frozenset[str]
    owned: frozenset[str]
