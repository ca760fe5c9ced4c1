"""The history checker: from what clients wrote down and what the database holds, it judges rules 1 to 5, 7 and 8,
and what stands beside the log: files, searches, notices.

A history is the journals of all clients, the stored log, the memberships, the heads and the watermarks at the end. Every rule is
a function from a `History` to its findings; a further rule is a further function in `RULES`. A healthy
history has no findings.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tests.chaos import findings as found
from tests.chaos.attendance import nobody_is_online_without_a_socket
from tests.chaos.beside import (
    bytes_belong_to_files,
    files_are_for_their_readers,
    files_are_named_once,
    files_of,
    phones_are_told,
    searches_find_what_is_said,
    uploads_in,
)
from tests.chaos.findings import Finding
from tests.chaos.marks import (
    answers_know_the_marks,
    marks_are_possible,
    marks_are_stored,
    marks_never_fall,
    marks_were_said,
)
from tests.chaos.views import View, judge_bytes, judge_view, views_of
from tests.support.records import Acked, Interval, Journal, LogRow, RoomHead, Sent, Storage, StoredMark

Key = tuple[str, str, str]
"""Room, user, `client_id`: what makes a message exactly one."""


@dataclass(frozen=True)
class History:
    """Everything there is to judge. `rows` may come in any order.

    `marks` is None where no worker stored them. `level` says that the run ended quietly: each client's last view of
    each room must have reached the end. `online_s`: for how long somebody may be shown as online without a socket.
    `storage` is None where nobody looked at it.
    """

    journals: Sequence[Journal]
    rows: Sequence[LogRow]
    intervals: Sequence[Interval]
    heads: Sequence[RoomHead]
    marks: Sequence[StoredMark] | None = None
    level: bool = field(default=True)
    online_s: float = 70.0
    storage: Storage | None = None

    @cached_property
    def log(self) -> dict[str, dict[int, LogRow]]:
        """The stored events by room and `seq`, ascending."""
        log: dict[str, dict[int, LogRow]] = {head.room: {} for head in self.heads}
        for row in sorted(self.rows, key=lambda row: row.seq):
            log.setdefault(row.room, {})[row.seq] = row
        return log

    @cached_property
    def stored(self) -> dict[Key, list[int]]:
        """The numbers under which each message is stored; more than one is a fault."""
        stored: dict[Key, list[int]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: row.seq):
            if row.kind == "message.created" and row.client_id is not None:
                stored[row.room, row.by, row.client_id].append(row.seq)
        return stored

    @cached_property
    def sends(self) -> dict[Key, list[Sent]]:
        """Every attempt to send a message, in order of time."""
        sends: dict[Key, list[Sent]] = defaultdict(list)
        for journal in self.journals:
            for entry in journal.entries:
                if isinstance(entry, Sent):
                    sends[entry.room, journal.user, entry.client_id].append(entry)
        return {key: sorted(attempts, key=lambda sent: sent.at) for key, attempts in sends.items()}

    @cached_property
    def sendings(self) -> dict[str, tuple[list[int], list[int]]]:
        """By room: when messages were first sent, ascending, and for each the smallest `seq` of it and of all sent later."""
        moments: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for key, seqs in self.stored.items():
            if attempts := self.sends.get(key):
                moments[key[0]].append((attempts[0].at, seqs[0]))
        sendings = {}
        for room, sent in moments.items():
            sent.sort()
            smallest = itertools.accumulate((seq for _, seq in reversed(sent)), min)
            sendings[room] = [at for at, _ in sent], list(smallest)[::-1]
        return sendings

    @cached_property
    def acks(self) -> dict[Key, list[Acked]]:
        """Every acknowledgement of a message, in order of time."""
        acks: dict[Key, list[Acked]] = defaultdict(list)
        for journal in self.journals:
            for entry in journal.entries:
                if isinstance(entry, Acked):
                    acks[entry.room, journal.user, entry.client_id].append(entry)
        return {key: sorted(answers, key=lambda ack: ack.at) for key, answers in acks.items()}

    @cached_property
    def views(self) -> list[View]:
        """Every view that any client had of any room."""
        return [view for journal in self.journals for view in views_of(journal)]

    @cached_property
    def uploads(self) -> dict[str, tuple[str, str, str]]:
        """Of each file the room, who gave it, and the digest of its bytes."""
        return uploads_in(self)

    @cached_property
    def erased(self) -> set[tuple[str, int]]:
        """Room and `seq` of the messages that somebody erased."""
        return {
            (row.room, row.subject)
            for row in self.rows
            if row.kind == "message.deleted" and row.subject is not None
        }

    def newest(self, room: str) -> int:
        """The largest `seq` of a room's log."""
        return self._newest.get(room, 0)

    @cached_property
    def _newest(self) -> dict[str, int]:
        return {room: max(log, default=0) for room, log in self.log.items()}

    def intervals_of(self, user: str, room: str) -> list[Interval]:
        """When a user belonged to a room."""
        return self._intervals.get((user, room), [])

    def rooms_of(self, user: str) -> set[str]:
        """The rooms that a user is in at the end."""
        return {part.room for part in self.intervals if part.user == user and part.last is None}

    @cached_property
    def _intervals(self) -> dict[tuple[str, str], list[Interval]]:
        intervals: dict[tuple[str, str], list[Interval]] = defaultdict(list)
        for interval in self.intervals:
            intervals[interval.user, interval.room].append(interval)
        return intervals


def judge(history: History) -> list[Finding]:
    """All that is wrong with a history; empty for a healthy one."""
    return [finding for rule in RULES for finding in rule(history)]


def acked_is_stored(history: History) -> Iterator[Finding]:
    """`ok` means stored: an acknowledged message is in the log."""
    for room, user, client_id in history.acks.keys() - history.stored.keys():
        yield found.LostMessage(room, user, client_id)


def stored_once(history: History) -> Iterator[Finding]:
    """Exactly once: a `client_id` of a sender stands in a room's log at one place."""
    for (room, user, client_id), seqs in history.stored.items():
        if len(seqs) > 1:
            yield found.DoubledMessage(room, user, client_id, tuple(seqs))


def acks_agree(history: History) -> Iterator[Finding]:
    """Every acknowledgement of a message names its one `seq`, and only one of them is not a duplicate."""
    for (room, user, client_id), answers in history.acks.items():
        stored = history.stored.get((room, user, client_id))
        for seq in {answer.seq for answer in answers} if stored else ():
            if stored and seq not in stored:
                yield found.ChangedAck(room, user, client_id, seq, stored[0])
        if sum(not answer.duplicate for answer in answers) > 1:
            yield found.UnmarkedRepeat(room, user, client_id)


def stored_as_sent(history: History) -> Iterator[Finding]:
    """Where all clients of a sender keep journals, the log has nothing but what they sent, as they sent it."""
    users = {journal.user for journal in history.journals}
    for row in history.rows:
        if row.kind != "message.created" or row.by not in users or row.client_id is None or row.revised:
            continue
        sends = history.sends.get((row.room, row.by, row.client_id), ())
        if (row.data.get("text"), files_of(row)) not in [(sent.text, [*sent.files]) for sent in sends]:
            yield found.AlteredMessage(row.room, row.by, row.client_id, row.seq)


def log_is_gapless(history: History) -> Iterator[Finding]:
    """A room's log is 1, 2, 3, … up to its head."""
    for head in history.heads:
        seqs = history.log[head.room]
        newest = max(seqs, default=0)
        if missing := tuple(seq for seq in range(1, newest) if seq not in seqs):
            yield found.HoleInLog(head.room, missing)
        if newest != head.head:
            yield found.WrongHead(head.room, head.head, newest)


def one_epoch(history: History) -> Iterator[Finding]:
    """A room's epoch stays what it was."""
    epochs = {head.room: head.epoch for head in history.heads}
    for view in history.views:
        for seen in view.epochs - {epochs.get(view.room)}:
            yield found.ChangedEpoch(view.room, seen, epochs.get(view.room, ""))


def real_time_order(history: History) -> Iterator[Finding]:
    """What was acknowledged before another message was first sent has the smaller `seq`, whoever sent them."""
    moments: dict[str, list[tuple[int, bool, int]]] = defaultdict(list)
    for key, seqs in history.stored.items():
        if attempts := history.sends.get(key):
            moments[key[0]].append((attempts[0].at, False, seqs[0]))
        if answers := history.acks.get(key):
            moments[key[0]].append((answers[0].at, True, seqs[0]))
    for room, times in moments.items():
        highest_acked = 0
        for _, is_ack, seq in sorted(times):
            if is_ack:
                highest_acked = max(highest_acked, seq)
            elif seq < highest_acked:
                yield found.InvertedOrder(room, highest_acked, seq)


def views_are_the_log(history: History) -> Iterator[Finding]:
    """What a member receives is the part of the log that they may see, from the cursor on, whole and in order."""
    for view in history.views:
        intervals = history.intervals_of(view.user, view.room)
        yield from judge_view(view, history.log.get(view.room, {}), intervals, level=history.level)


def everyone_gets_the_same_bytes(history: History) -> Iterator[Finding]:
    """One event is one sequence of bytes, live or caught up, on every server."""
    yield from judge_bytes(history.views, history.log)


Rule = Callable[[History], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    acked_is_stored,
    stored_once,
    acks_agree,
    stored_as_sent,
    log_is_gapless,
    one_epoch,
    real_time_order,
    views_are_the_log,
    everyone_gets_the_same_bytes,
    marks_never_fall,
    marks_were_said,
    marks_are_possible,
    marks_are_stored,
    answers_know_the_marks,
    nobody_is_online_without_a_socket,
    files_are_named_once,
    files_are_for_their_readers,
    bytes_belong_to_files,
    searches_find_what_is_said,
    phones_are_told,
)


def report(findings: Sequence[Finding], *, most: int = 20) -> str:
    """Findings for a person to read: how many of each kind, and the first ones whole."""
    if not findings:
        return "healthy"
    kinds = itertools.groupby(sorted(type(finding).__name__ for finding in findings))
    counts = ", ".join(f"{len(list(group))} {name}" for name, group in kinds)
    return "\n  ".join([counts, *(str(finding) for finding in findings[:most])])
