"""Judging one view: what one client received of one room on one subscription."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.chaos import findings as found
from tests.chaos.findings import Finding
from tests.support.records import Closed, Interval, Journal, LogRow, Received, Subscribed

TOMBSTONE = "tombstone"
_FOREVER = 2**53
_SAME_FIELDS = ("room", "seq", "kind", "by", "at")


@dataclass
class View:
    """The events of one room between a `subscribed` and the end of that subscription.

    `last` marks the client's last view of that room.
    """

    client: str
    user: str
    start: Subscribed
    received: list[Received] = field(default_factory=list)
    last: bool = True

    @property
    def room(self) -> str:
        """The room that is seen."""
        return self.start.room

    @property
    def connection(self) -> int:
        """The client's connection on which it was seen."""
        return self.start.connection

    @cached_property
    def events(self) -> list[tuple[dict[str, Any], bytes]]:
        """Each event decoded, with its bytes as they came."""
        return [(json.loads(entry.frame), entry.frame) for entry in self.received]

    @property
    def epochs(self) -> set[str]:
        """All epochs that this view names."""
        return {self.start.epoch} | {event["epoch"] for event, _ in self.events}


def views_of(journal: Journal) -> list[View]:
    """The views in a journal. A room subscribed again on the same connection begins a new one."""
    views: list[View] = []
    running: dict[tuple[int, str], View] = {}
    latest: dict[str, View] = {}
    for entry in journal.entries:
        if isinstance(entry, Subscribed):
            view = View(journal.client, journal.user, entry)
            if entry.room in latest:
                latest[entry.room].last = False
            running[entry.connection, entry.room] = latest[entry.room] = view
            views.append(view)
        elif isinstance(entry, Received):
            running[entry.connection, entry.room].received.append(entry)
        elif isinstance(entry, Closed):
            for key in [key for key in running if key[0] == entry.connection]:
                del running[key]
    return views


def judge_view(
    view: View, log: Mapping[int, LogRow], intervals: Sequence[Interval], *, level: bool
) -> Iterator[Finding]:
    """Everything wrong with one view, given the room's log and the member's intervals."""
    whose = (view.room, view.client, view.connection)
    span = _span(intervals)
    seqs = []
    for event, _ in view.events:
        seq = event["seq"]
        if seq not in log:
            yield found.UnknownEvent(*whose, seq)
        elif seq not in span or (event["kind"] != TOMBSTONE and not _sees(intervals, seq)):
            yield found.HeardOutside(*whose, view.user, seq)
            seqs += [seq] if seq in span else []
        else:
            seqs.append(seq)
            yield from _judge_event(whose, event, log[seq], intervals)
    yield from _judge_order(whose, seqs)
    permitted = [seq for seq in log if seq > view.start.cursor and seq in span]
    reached = max(seqs, default=0)
    if missing := tuple(sorted({seq for seq in permitted if seq < reached} - set(seqs))):
        yield found.HoleInView(*whose, missing)
    if level and view.last and permitted and reached < permitted[-1]:
        yield found.ViewBehind(*whose, max(reached, view.start.cursor), permitted[-1])


def _span(intervals: Sequence[Interval]) -> range:
    """From a member's first visible event to their last. What lies in it and is not theirs comes as tombstones."""
    if not intervals:
        return range(0)
    last = max(_FOREVER if interval.last is None else interval.last for interval in intervals)
    return range(min(interval.first for interval in intervals), last + 1)


def _sees(intervals: Sequence[Interval], seq: int) -> bool:
    return any(seq in interval for interval in intervals)


def _judge_order(whose: tuple[str, str, int], seqs: Sequence[int]) -> Iterator[Finding]:
    highest = 0
    seen: set[int] = set()
    for seq in seqs:
        if seq in seen:
            yield found.RepeatedInView(*whose, seq)
        elif seq < highest:
            yield found.ReorderedView(*whose, seq)
        seen.add(seq)
        highest = max(highest, seq)


def _judge_event(
    whose: tuple[str, str, int], event: dict[str, Any], row: LogRow, intervals: Sequence[Interval]
) -> Iterator[Finding]:
    """Compare one delivered event with the stored one."""
    before_their_time = row.subject is not None and not _sees(intervals, row.subject)
    if event["kind"] == TOMBSTONE:
        if set(event) - {"type", "room", "epoch", "seq", "kind", "at"} != {"data"} or event["data"]:
            yield found.LeakedChange(*whose, row.seq)
        if _sees(intervals, row.seq) and not before_their_time and not row.revised:
            yield found.HiddenEvent(*whose, row.seq)
        return
    if before_their_time:
        yield found.LeakedChange(*whose, row.seq)
    for name in _SAME_FIELDS:
        if event.get(name) != getattr(row, name):
            yield found.AlteredEvent(*whose, row.seq, name)
    if event.get("client_id", None if row.kind == "message.created" else row.client_id) != row.client_id:
        yield found.AlteredEvent(*whose, row.seq, "client_id")
    if not row.revised and event["data"] != row.data:
        yield found.AlteredEvent(*whose, row.seq, "data")


def judge_bytes(views: Sequence[View], log: Mapping[str, Mapping[int, LogRow]]) -> Iterator[Finding]:
    """Find events that agree with the log and still came as other bytes than the first client got."""
    first: dict[tuple[str, int], tuple[bytes, dict[str, Any]]] = {}
    for view in views:
        for event, frame in view.events:
            row = log.get(view.room, {}).get(event["seq"])
            if row is None or row.revised or event["kind"] == TOMBSTONE:
                continue
            bytes_before, event_before = first.setdefault((view.room, row.seq), (frame, event))
            if frame != bytes_before and event == event_before:
                yield found.AlteredEvent(view.room, view.client, view.connection, row.seq, "bytes")
