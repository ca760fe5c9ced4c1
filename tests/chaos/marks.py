"""Judging watermarks: what clients said, what others were told, what is stored and what REST answers."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.chaos import findings as found
from tests.chaos.findings import Finding
from tests.support.records import Answered, Marked, Told

if TYPE_CHECKING:
    from tests.chaos.history import History

Mark = tuple[int, int]
"""Delivered, read."""

Whose = tuple[str, str]
"""Room, user."""

NOTHING: Mark = (0, 0)


def higher(one: Mark, other: Mark) -> Mark:
    """The higher of each of two members' marks."""
    return max(one[0], other[0]), max(one[1], other[1])


def is_below(one: Mark, other: Mark) -> bool:
    """Whether one of them is lower than in the other."""
    return one[0] < other[0] or one[1] < other[1]


def marks_never_fall(history: History) -> Iterator[Finding]:
    """Each client is told each member's watermarks in the order in which they rise, on whichever servers it was."""
    for journal in history.journals:
        highest: dict[Whose, Mark] = {}
        for told in journal.entries:
            if isinstance(told, Told):
                key = told.room, told.user
                before, now = highest.get(key, NOTHING), (told.delivered, told.read)
                if is_below(now, before):
                    yield found.FallenMark(told.room, told.user, journal.client, told.connection, before, now)
                highest[key] = higher(before, _possible(now))


def marks_are_possible(history: History) -> Iterator[Finding]:
    """Read is at most delivered, and delivered at most the head of that moment."""
    for at, room, user, (delivered, read) in _claims(history):
        if read > delivered:
            yield found.ReadAboveDelivered(room, user, delivered, read)
        if delivered > (head := _head_at(history, room, at)):
            yield found.MarkAboveHead(room, user, delivered, head)


def marks_were_said(history: History) -> Iterator[Finding]:
    """Nobody whose clients all keep journals is further than they said."""
    said, known = highest_said(history), {journal.user for journal in history.journals}
    claimed: dict[Whose, Mark] = {}
    for _, room, user, (delivered, read) in _claims(history):
        if user in known and delivered <= history.newest(room):
            mark = _possible((delivered, read))
            claimed[room, user] = higher(claimed.get((room, user), NOTHING), mark)
    for (room, user), mark in claimed.items():
        if is_below(said.get((room, user), NOTHING), mark):
            yield found.InventedMark(room, user, said.get((room, user), NOTHING), mark)


def marks_are_stored(history: History) -> Iterator[Finding]:
    """When the worker is done: what was said and told is stored, and whoever listens was told what is stored."""
    if history.marks is None or not history.level:
        return
    stored = {(mark.room, mark.user): _possible((mark.delivered, mark.read)) for mark in history.marks}
    said, told = highest_said(history), highest_told(history)
    for room, user in said.keys() | told.keys():
        begin = _begin(history, room, user)
        due = higher(said.get((room, user), begin), told.get((room, user), begin))
        kept = higher(stored.get((room, user), begin), begin)
        if begin != NOTHING and is_below(kept, due):
            yield found.LostMark(room, user, due, kept)
    for client, connection, room, known in _last_known(history):
        for (place, user), mark in stored.items():
            if (
                place == room
                and _begin(history, room, user) != NOTHING
                and is_below(known.get(user, NOTHING), mark)
            ):
                yield found.MarkBehind(room, user, client, connection, known.get(user, NOTHING), mark)


def answers_know_the_marks(history: History) -> Iterator[Finding]:
    """When the worker is done, REST names everyone who has a message; the last answers are judged."""
    if history.marks is None or not history.level:
        return
    told = highest_told(history)
    last: dict[tuple[str, int], Answered] = {}
    for journal in history.journals:
        for answer in journal.entries:
            if isinstance(answer, Answered) and answer.at >= _time_of(last.get((answer.room, answer.seq))):
                last[answer.room, answer.seq] = answer
    for (room, seq), answer in last.items():
        for user in answer.asked:
            delivered, read = mark = told.get((room, user), NOTHING)
            if (delivered >= seq and user not in answer.delivered) or (
                read >= seq and user not in answer.read
            ):
                yield found.AnswerBelowMark(room, user, seq, mark)


def highest_said(history: History) -> dict[Whose, Mark]:
    """The furthest that each member's clients have said, clamped to the head as the server does; they begin at joining."""
    said: dict[Whose, Mark] = {
        (part.room, part.user): (part.first, part.first)
        for part in sorted(history.intervals, key=lambda part: part.first)
    }
    for journal in history.journals:
        for mark in journal.entries:
            if isinstance(mark, Marked):
                head, key = history.newest(mark.room), (mark.room, journal.user)
                now = min(head, max(mark.delivered, mark.read)), min(head, mark.read)
                said[key] = higher(said.get(key, NOTHING), now)
    return said


def highest_told(history: History) -> dict[Whose, Mark]:
    """The furthest that anybody was told of each member; what is impossible is another rule's."""
    highest: dict[Whose, Mark] = {}
    for journal in history.journals:
        for told in journal.entries:
            if isinstance(told, Told):
                key, head = (told.room, told.user), history.newest(told.room)
                now = _possible((min(told.delivered, head), told.read))
                highest[key] = higher(highest.get(key, NOTHING), now)
    return highest


def _last_known(history: History) -> Iterator[tuple[str, int, str, dict[str, Mark]]]:
    """Client, connection, room, and what that client knows of each member in its last view of the room."""
    for journal in history.journals:
        known: dict[tuple[int, str], dict[str, Mark]] = defaultdict(dict)
        for told in journal.entries:
            if isinstance(told, Told):
                known[told.connection, told.room][told.user] = told.delivered, told.read
        for view in history.views:
            if (
                view.client == journal.client
                and view.last
                and _begin(history, view.room, view.user) != NOTHING
            ):
                yield view.client, view.connection, view.room, known[view.connection, view.room]


def _claims(history: History) -> Iterator[tuple[int | None, str, str, Mark]]:
    """Everything that anybody was told, with its moment, and what is stored in the end."""
    for journal in history.journals:
        for told in journal.entries:
            if isinstance(told, Told):
                yield told.at, told.room, told.user, (told.delivered, told.read)
    for mark in history.marks or ():
        yield None, mark.room, mark.user, (mark.delivered, mark.read)


def _head_at(history: History, room: str, at: int | None) -> int:
    """The largest `seq` that the room's log can have had then: a message first sent later was not in it."""
    times, heads = history.sendings.get(room, ([], []))
    place = len(times) if at is None else bisect_right(times, at)
    return heads[place] - 1 if place < len(times) else history.newest(room)


def _possible(mark: Mark) -> Mark:
    return mark[0], min(mark)


def _begin(history: History, room: str, user: str) -> Mark:
    """Where a member's watermarks begin; `NOTHING` for somebody who is not a member in the end."""
    first = max((part.first for part in history.intervals_of(user, room) if part.last is None), default=0)
    return first, first


def _time_of(answer: Answered | None) -> int:
    return -1 if answer is None else answer.at
