"""Judging presence: nobody is shown as online for long when their last socket is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tests.chaos import findings as found
from tests.chaos.findings import Finding
from tests.support.records import Closed, Journal, Opened, Present

if TYPE_CHECKING:
    from tests.chaos.history import History

_NS = 10**9

Span = tuple[int, int]
"""From when to when, in nanoseconds."""


def nobody_is_online_without_a_socket(history: History) -> Iterator[Finding]:
    """No client believes somebody online later than `online_s` after that person's last socket.

    Only of people whose clients all keep journals, and between those who still share a room in the end: others are
    told nothing. A socket counts from when it was asked for to when its client found it closed.
    """
    end = max((entry.at for journal in history.journals for entry in journal.entries), default=0)
    absences = {user: _gaps(spans, end) for user, spans in _sockets(history, end).items()}
    rooms = _rooms(history)
    allowed = int(history.online_s * _NS)
    for journal in history.journals:
        for connection, user, (since, until) in _beliefs(journal, end):
            for gone, back in absences.get(user, ()) if rooms[journal.user] & rooms[user] else ():
                too_late = min(until, back) - (gone + allowed)
                if max(since, gone + allowed) < min(until, back):
                    yield found.OnlineTooLong("", journal.client, connection, user, too_late / _NS)


def _rooms(history: History) -> dict[str, set[str]]:
    """The rooms that each person is in, in the end."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for part in history.intervals:
        if part.last is None:
            rooms[part.user].add(part.room)
    return rooms


def _sockets(history: History, end: int) -> dict[str, list[Span]]:
    """When each person's sockets were open."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for journal in history.journals:
        closed = {entry.connection: entry.at for entry in journal.entries if isinstance(entry, Closed)}
        for entry in journal.entries:
            if isinstance(entry, Opened):
                spans[journal.user].append((entry.at, closed.get(entry.connection, end)))
    return spans


def _gaps(spans: Sequence[Span], end: int) -> list[Span]:
    """When a person had no socket at all, from their first one on."""
    gaps: list[Span] = []
    last = min(begin for begin, _ in spans)
    for begin, until in sorted(spans):
        if begin > last:
            gaps.append((last, begin))
        last = max(last, until)
    return [*gaps, (last, end)] if last < end else gaps


def _beliefs(journal: Journal, end: int) -> Iterator[tuple[int, str, Span]]:
    """Connection, person, and from when to when that connection had them online."""
    since: dict[tuple[int, str], int] = {}
    for entry in journal.entries:
        if isinstance(entry, Present):
            key = entry.connection, entry.user
            if entry.state == "online":
                since.setdefault(key, entry.at)
            elif key in since:
                yield *key, (since.pop(key), entry.at)
        elif isinstance(entry, Closed):
            for key in [key for key in since if key[0] == entry.connection]:
                yield *key, (since.pop(key), entry.at)
    for key, begin in since.items():
        yield *key, (begin, end)
