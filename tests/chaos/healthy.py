"""A small healthy history to plant faults in: two rooms, four clients, reconnects, retries, one who leaves.

It is made by a model of a correct server, deterministic to the last byte.
"""

import json
import uuid
from dataclasses import dataclass, field

from tests.chaos.history import History
from tests.support.records import (
    Acked,
    Closed,
    Interval,
    Journal,
    LogRow,
    Received,
    RoomHead,
    Sent,
    Subscribed,
)

HARBOUR, LIGHTHOUSE = "harbour", "lighthouse"
EPOCH = "epoch1"


@dataclass
class Model:
    """A server and its clients in one thread; `clock` gives each entry its own moment."""

    clock: int = 0
    rows: list[LogRow] = field(default_factory=list)
    intervals: dict[tuple[str, str], list[Interval]] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    online: dict[tuple[str, str], int] = field(default_factory=dict)
    cursors: dict[tuple[str, str], int] = field(default_factory=dict)
    connections: int = 0

    def tick(self) -> int:
        """The next moment, in nanoseconds."""
        self.clock += 1_000
        return self.clock

    def head(self, room: str) -> int:
        """The newest `seq` of a room."""
        return max((row.seq for row in self.rows if row.room == room), default=0)

    def join(self, user: str, room: str) -> None:
        """Make a user a member, which takes a `seq`."""
        self.intervals.setdefault((user, room), []).append(Interval(room, user, self.head(room) + 1, None))
        self._append(room, "member.joined", user, {"user": user, "role": "member"})

    def leave(self, user: str, room: str) -> None:
        """End a membership; the event of it is the last that the user sees."""
        seq = self._append(room, "member.left", user, {"user": user, "role": "member"})
        intervals = self.intervals[user, room]
        intervals[-1] = Interval(room, user, intervals[-1].first, seq)
        del self.online[user, room]

    def connect(self, user: str, *rooms: str, after: int | None = None) -> None:
        """Open a connection and subscribe with what the client holds, or `after` on the first time."""
        self.connections += 1
        for room in rooms:
            cursor = self.cursors.get((user, room), after)
            entry = Subscribed(self.tick(), self.connections, room, EPOCH, cursor, self.head(room), True)
            self.journal(user).entries.append(entry)
            self.online[user, room] = self.connections
            self.cursors.setdefault((user, room), entry.cursor)
            self._deliver(user, room)

    def disconnect(self, user: str) -> None:
        """Close a user's connection as a restarting server does."""
        (connection,) = {number for (who, _), number in self.online.items() if who == user}
        self.online = {key: number for key, number in self.online.items() if key[0] != user}
        self.journal(user).entries.append(Closed(self.tick(), connection, 1012, 1012))

    def send(self, user: str, room: str, text: str, *, acks: int = 1) -> str:
        """Send a message, and again under the same `client_id` until it was acked `acks` times."""
        client_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{user}/{room}/{text}"))
        entries = self.journal(user).entries
        entries.append(Sent(self.tick(), room, client_id, text))
        seq = self._append(room, "message.created", user, _said(text), client_id=client_id)
        for repeat in range(acks):
            if repeat:
                entries.append(Sent(self.tick(), room, client_id, text))
            entries.append(Acked(self.tick(), room, client_id, seq, duplicate=repeat > 0))
        return client_id

    def react(self, user: str, room: str, subject: int) -> None:
        """Add a reaction to the message with `seq` `subject`."""
        self._append(room, "reaction.added", user, {"message": subject, "emoji": "⚓"}, subject=subject)

    def journal(self, user: str) -> Journal:
        """The journal of a user's only client."""
        return self.journals.setdefault(user, Journal(f"{user}'s laptop", user))

    def history(self) -> History:
        """What happened so far."""
        heads = [RoomHead(room, EPOCH, self.head(room)) for room in (HARBOUR, LIGHTHOUSE)]
        intervals = [part for parts in self.intervals.values() for part in parts]
        return History(list(self.journals.values()), self.rows, intervals, heads)

    def _append(
        self,
        room: str,
        kind: str,
        by: str,
        data: dict[str, object],
        *,
        client_id: str | None = None,
        subject: int | None = None,
    ) -> int:
        at = f"2026-01-01T00:00:00.{len(self.rows):03}Z"
        row = LogRow(room, self.head(room) + 1, kind, by, at, client_id, data, subject)
        self.rows.append(row)
        for user, heard in list(self.online):
            if heard == room:
                self._deliver(user, room)
        return row.seq

    def _deliver(self, user: str, room: str) -> None:
        """Send what this member lacks: the events of their time, tombstones for what lies between."""
        intervals = self.intervals[user, room]

        def sees(seq: int | None) -> bool:
            return seq is None or any(seq in interval for interval in intervals)

        for row in self.rows:
            if row.room == room and row.seq > self.cursors[user, room] and row.seq >= intervals[0].first:
                frame = frame_of(row, whole=sees(row.seq) and sees(row.subject))
                entry = Received(self.tick(), self.online[user, room], room, frame)
                self.journal(user).entries.append(entry)
                self.cursors[user, room] = row.seq


def _said(text: str) -> dict[str, object]:
    return {"text": text, "attachments": [], "mentions": []}


def frame_of(row: LogRow, *, whole: bool = True) -> bytes:
    """The `event` frame of a stored event, or its tombstone."""
    event: dict[str, object] = {"type": "event", "room": row.room, "epoch": EPOCH, "seq": row.seq}
    if not whole:
        return json.dumps(event | {"kind": "tombstone", "at": row.at, "data": {}}).encode()
    event |= {"kind": row.kind, "by": row.by, "at": row.at, "data": row.data}
    return json.dumps(event | ({"client_id": row.client_id} if row.client_id else {})).encode()


def healthy_history() -> History:
    """Alice, Bob and Carol talk in two rooms; Bob leaves the harbour and comes back; Robo comes late and leaves."""
    model = Model()
    for user, room in (("alice", HARBOUR), ("bob", HARBOUR), ("carol", HARBOUR), ("alice", LIGHTHOUSE)):
        model.join(user, room)
    model.connect("alice", HARBOUR, LIGHTHOUSE, after=0)
    model.connect("bob", HARBOUR)
    model.connect("carol", HARBOUR, after=0)
    for turn in range(3):
        model.send("alice", HARBOUR, f"alice {turn}", acks=1 + turn % 2)
        model.send("bob", HARBOUR, f"bob {turn}")
    model.send("alice", LIGHTHOUSE, "all dark")
    model.disconnect("carol")
    model.send("bob", HARBOUR, "while Carol is away", acks=3)
    model.react("alice", HARBOUR, subject=5)
    model.connect("carol", HARBOUR)
    model.join("robo", HARBOUR)
    model.connect("robo", HARBOUR, after=0)
    model.leave("bob", HARBOUR)
    model.react("alice", HARBOUR, subject=5)
    for turn in range(3):
        model.send("carol", HARBOUR, f"carol {turn}")
        model.send("robo", HARBOUR, f"robo {turn}")
    model.join("bob", HARBOUR)
    model.connect("bob", HARBOUR)
    model.leave("robo", HARBOUR)
    model.send("bob", HARBOUR, "back again")
    return model.history()
