"""A small healthy history to plant faults in: two rooms, four clients, reconnects, retries, watermarks, one who leaves.

It is made by a model of a correct server, deterministic to the last byte.
"""

import json
import uuid
from dataclasses import dataclass, field, replace

from tests.chaos.beside import files_of
from tests.chaos.history import History
from tests.support.records import (
    Acked,
    Answered,
    Closed,
    Fetched,
    Interval,
    Journal,
    LogRow,
    Marked,
    Noticed,
    Opened,
    Present,
    Received,
    RoomHead,
    Searched,
    Sent,
    Storage,
    StoredFile,
    StoredMark,
    Subscribed,
    Told,
    Uploaded,
)

HARBOUR, LIGHTHOUSE, QUAY = "harbour", "lighthouse", "quay"
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
    marks: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    connections: int = 0

    def tick(self) -> int:
        """The next moment, in nanoseconds."""
        self.clock += 1_000
        return self.clock

    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.clock += seconds * 10**9

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
        self.marks.pop((user, room), None)

    def connect(self, user: str, *rooms: str, after: int | None = None) -> None:
        """Open a connection and subscribe with what the client holds, or `after` on the first time."""
        self.connections += 1
        self.journal(user).entries.append(Opened(self.tick(), self.connections))
        for room in rooms:
            cursor = self.cursors.get((user, room), after)
            entry = Subscribed(self.tick(), self.connections, room, EPOCH, cursor, self.head(room), True)
            self.journal(user).entries.append(entry)
            self.online[user, room] = self.connections
            self.cursors.setdefault((user, room), entry.cursor)
            for (whose, where), mark in self.marks.items():
                if where == room:
                    self.journal(user).entries.append(Told(self.tick(), self.connections, room, whose, *mark))
            for who in [who for who, where in self.online if where == room and who != user]:
                self.journal(user).entries.append(Present(self.tick(), self.connections, who, "online"))
            self._deliver(user, room)
        self.show(user, "online")

    def reconnect(self, user: str, *rooms: str) -> None:
        """Open another connection in place of one that hears no room any more."""
        entries = self.journal(user).entries
        last = max(entry.connection for entry in entries if isinstance(entry, Opened))
        entries.append(Closed(self.tick(), last, 1000, None))
        self.connect(user, *rooms)

    def show(self, user: str, state: str) -> None:
        """Tell everybody who is connected that a user is online or offline."""
        for who, connection in dict.fromkeys((who, number) for (who, _), number in self.online.items()):
            self.journal(who).entries.append(Present(self.tick(), connection, user, state))

    def mark(self, user: str, room: str, delivered: int, read: int) -> None:
        """Say how far a user has come; everybody who hears the room is told."""
        self.journal(user).entries.append(Marked(self.tick(), self.online[user, room], room, delivered, read))
        self.marks[user, room] = delivered, read
        for (who, where), connection in self.online.items():
            if where == room:
                told = Told(self.tick(), connection, room, user, delivered, read)
                self.journal(who).entries.append(told)

    def ask(self, user: str, room: str, seq: int) -> None:
        """Ask who has a message."""
        marks = {whose: mark for (whose, where), mark in self.marks.items() if where == room}
        has, read = ({whose for whose, mark in marks.items() if mark[n] >= seq} for n in (0, 1))
        answer = Answered(self.tick(), room, seq, frozenset(marks), frozenset(has), frozenset(read))
        self.journal(user).entries.append(answer)

    def disconnect(self, user: str) -> None:
        """Close a user's connection as a restarting server does."""
        (connection,) = {number for (who, _), number in self.online.items() if who == user}
        self.online = {key: number for key, number in self.online.items() if key[0] != user}
        self.journal(user).entries.append(Closed(self.tick(), connection, 1012, 1012))

    def upload(self, user: str, room: str, file: str) -> str:
        """Give a file to a room; its key in storage is its name."""
        self.journal(user).entries.append(Uploaded(self.tick(), room, file, f"bytes of {file}"))
        self.files[file] = StoredFile(room, file, (file,))
        return file

    def fetch(self, user: str, file: str, *, gets: bool) -> None:
        """Ask for a file, and get it or not."""
        digest = f"bytes of {file}" if gets else None
        self.journal(user).entries.append(Fetched(self.tick(), file, digest))

    def search(self, user: str, room: str, word: str, *found: int) -> None:
        """Ask for a word, and find these messages."""
        self.journal(user).entries.append(Searched(self.tick(), room, word, frozenset(found), True))

    def notify(self, user: str, room: str, seq: int, *, shows: bool = True) -> None:
        """Push a message to somebody's phone, or close it there."""
        self.journal(user).phone = True
        self.journal(user).entries.append(Noticed(self.tick(), room, seq, shows))

    def erase(self, user: str, room: str, subject: int) -> None:
        """Delete a message: its words and files go."""
        self._append(room, "message.deleted", user, {"message": subject}, subject=subject)
        place = next(n for n, row in enumerate(self.rows) if (row.room, row.seq) == (room, subject))
        for file in files_of(self.rows[place]):
            del self.files[file]
        self.rows[place] = replace(self.rows[place], data=_said(""), revised=True)

    def send(self, user: str, room: str, text: str, *files: str, acks: int = 1) -> str:
        """Send a message, and again under the same `client_id` until it was acked `acks` times."""
        client_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{user}/{room}/{text}"))
        entries = self.journal(user).entries
        entries.append(Sent(self.tick(), room, client_id, text, files))
        seq = self._append(room, "message.created", user, _said(text, *files), client_id=client_id)
        for repeat in range(acks):
            if repeat:
                entries.append(Sent(self.tick(), room, client_id, text, files))
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
        heads = [RoomHead(room, EPOCH, self.head(room)) for room in (HARBOUR, LIGHTHOUSE, QUAY)]
        intervals = [part for parts in self.intervals.values() for part in parts]
        marks = [StoredMark(room, user, *mark) for (user, room), mark in self.marks.items()]
        keys = frozenset(key for file in self.files.values() for key in file.keys)
        storage = Storage(tuple(self.files.values()), keys | {"erased"}, frozenset({"erased"}), keys)
        return History(list(self.journals.values()), self.rows, intervals, heads, marks, storage=storage)

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


def _said(text: str, *files: str) -> dict[str, object]:
    return {"text": text, "attachments": [{"id": file} for file in files], "mentions": []}


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
        for user in ("alice", "bob", "carol"):
            model.mark(user, HARBOUR, model.head(HARBOUR), model.head(HARBOUR) - 2)
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
    model.reconnect("bob", HARBOUR)
    model.leave("robo", HARBOUR)
    model.send("bob", HARBOUR, "back again")
    model.disconnect("carol")
    model.wait(10)
    model.show("carol", "offline")
    model.wait(100)
    model.send("bob", HARBOUR, "where is Carol?")
    model.connect("carol", HARBOUR)
    for user in ("alice", "bob", "carol"):
        model.mark(user, HARBOUR, model.head(HARBOUR), model.head(HARBOUR))
    model.ask("alice", HARBOUR, model.head(HARBOUR))
    _use_files_and_phones(model)
    return model.history()


def _use_files_and_phones(model: Model) -> None:
    """At the quay: Alice shows a file, takes one back and keeps one; Dora, who has a phone only, is told."""
    model.join("alice", QUAY)
    model.send("alice", QUAY, "before Dora came")
    model.join("dora", QUAY)
    shown, taken_back, kept = (model.upload("alice", QUAY, name) for name in ("chart", "slip", "draft"))
    model.send("alice", QUAY, "the chart", shown)
    chart = model.head(QUAY)
    model.notify("dora", QUAY, chart)
    model.send("alice", QUAY, "a slip", taken_back)
    slip = model.head(QUAY)
    model.notify("dora", QUAY, slip)
    model.erase("alice", QUAY, slip)
    model.notify("dora", QUAY, slip, shows=False)
    for user in ("alice", "dora"):
        model.fetch(user, shown, gets=True)
        model.fetch(user, taken_back, gets=False)
        model.fetch(user, kept, gets=user == "alice")
    model.fetch("bob", shown, gets=False)
    model.search("alice", QUAY, "the", chart)
    model.search("dora", QUAY, "before")
