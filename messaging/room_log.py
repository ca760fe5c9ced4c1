"""The room log: where the next sequence number is taken, and how the log is read.

`lock` takes the heads of rooms for the running transaction, always in one order, so that
two batches over the same rooms cannot wait for each other. `append` numbers and stores
events under those locks. A sequence number therefore belongs to a room's events in the
order of their commits, without a hole.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from chatsite import clock
from chatsite.ids import new_id

from . import statements
from .models import Event, EventKind, RoomLog

Key = tuple[str, str, UUID]


@dataclass(frozen=True, slots=True)
class Head:
    """How far a room's log has come."""

    epoch: str
    head: int
    min_seq: int


@dataclass(slots=True, kw_only=True)
class NewEvent:
    """An event before it has its number. The fields are those of `Event`."""

    room_id: str
    kind: str
    by_id: str
    data: dict[str, Any] = field(default_factory=dict)
    client_id: UUID | None = None
    body_digest: bytes | None = None
    subject: int | None = None
    text: str = ""
    reply_to: int | None = None


def open_log(room_id: str) -> RoomLog:
    """The empty log of a new room; to be called in the transaction that makes the room."""
    return RoomLog.objects.create(room_id=room_id, epoch=new_id())


def lock(room_ids: Collection[str]) -> dict[str, RoomLog]:
    """The logs of these rooms, locked until the transaction ends; rooms that don't exist are left out.

    Raises `TransactionManagementError` outside `transaction.atomic`.
    """
    if not connection.in_atomic_block:  # SQLite ignores select_for_update and would not say so itself
        raise transaction.TransactionManagementError("room_log.lock needs a transaction")
    return {log.pk: log for log in statements.lock_logs(room_ids)}


def append(logs: dict[str, RoomLog], entries: Sequence[NewEvent]) -> list[Event]:
    """Number and store `entries`, in their order, under the locks that `lock` took.

    Raises `KeyError` for an entry of a room that is not locked, and `IntegrityError` where a
    `client_id` was used before (see `find_repeats`).
    """
    at = _now()
    events = []
    for entry in entries:
        log = logs[entry.room_id]
        log.head += 1
        events.append(_event(entry, at=at, seq=log.head))
    if events:
        statements.store(events, [logs[room_id] for room_id in {entry.room_id for entry in entries}])
    return events


def append_plain(entries: Sequence[NewEvent]) -> tuple[list[Event | None], dict[str, RoomLog]]:
    """Number and store, in a transaction of its own, those of `entries` that need no judging: messages that name and
    answer nobody, by members who may speak, with keys not used before.

    The event of each, None for what was left to be judged, and the logs as they were before. Raises `DatabaseError`.
    """
    at = _now()
    events = [_event(entry, at=at) for entry in entries]
    logs = {log.pk: log for log in statements.store_plain(events)}
    return [event if event.seq else None for event in events], logs


def _event(entry: NewEvent, *, at: dt.datetime, seq: int = 0) -> Event:
    return Event(
        room_id=entry.room_id,
        seq=seq,
        kind=entry.kind,
        by_id=entry.by_id,
        at=at,
        client_id=entry.client_id,
        body_digest=entry.body_digest,
        subject=entry.subject,
        text=entry.text,
        reply_to=entry.reply_to,
        data=entry.data,
    )


def _now() -> dt.datetime:
    """The present moment to the millisecond, as the wire tells it."""
    now = clock.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def find_repeats(keys: Iterable[Key]) -> dict[Key, Event]:
    """The events that bear one of these keys (room, sender, `client_id`).

    A join with the list of keys: each is looked up in the unique index, while three `IN` lists
    would make the planner try their product.
    """
    wanted = list(keys)
    if not wanted:
        return {}
    as_column = Event._meta.get_field("client_id").get_db_prep_value
    rows = ", ".join(["(%s, %s, %s)"] * len(wanted))
    found = Event.objects.raw(
        f"SELECT e.* FROM (VALUES {rows}) AS k JOIN {Event._meta.db_table} e "  # noqa: S608 (no input in it)
        "ON e.room_id = k.column1 AND e.by_id = k.column2 AND e.client_id = k.column3",
        [value for room, by, client in wanted for value in (room, by, as_column(client, connection))],
    )
    return {(event.room_id, event.by_id, event.client_id): event for event in found if event.client_id}


def find_messages(places: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Which of these places, room and `seq`, are messages that were not deleted."""
    if not places:
        return set()
    messages = Event.objects.filter(
        room_id__in={room for room, _ in places},
        seq__in={seq for _, seq in places},
        kind=EventKind.MESSAGE_CREATED,
        deleted_at=None,
    )
    return set(messages.values_list("room_id", "seq")) & set(places)


def heads(room_ids: Collection[str]) -> dict[str, Head]:
    """How far the logs of these rooms have come; rooms that don't exist are left out."""
    rows = RoomLog.objects.filter(pk__in=room_ids).values_list("pk", "epoch", "head", "min_seq")
    return {room: Head(epoch, head, min_seq) for room, epoch, head, min_seq in rows}


def read_after(room_id: str, after: int, *, limit: int) -> list[Event]:
    """Up to `limit` events of a room that follow `after`, in the order of `seq`."""
    return _with_present_texts(
        list(Event.objects.filter(room_id=room_id, seq__gt=after).order_by("seq")[:limit])
    )


def read_before(room_id: str, before: int, *, limit: int) -> list[Event]:
    """The last `limit` events of a room that precede `before`, in the order of `seq`."""
    page = Event.objects.filter(room_id=room_id, seq__lt=before).order_by("-seq")[:limit]
    return _with_present_texts(list(page)[::-1])


def _with_present_texts(events: list[Event]) -> list[Event]:
    """Give each edit what its message says and whom it names now: its own row keeps neither, so none is left over."""
    edits = [event for event in events if event.kind == EventKind.MESSAGE_EDITED]
    if edits:
        edited = Event.objects.filter(
            room_id=edits[0].room_id, seq__in={edit.subject for edit in edits}, kind=EventKind.MESSAGE_CREATED
        )
        messages = {message.seq: message for message in edited}
        for edit in edits:
            tell_edit(edit, messages[edit.subject or 0])
    return events


def tell_edit(edit: Event, message: Event) -> None:
    """Lay over an edit, in memory only, the present text of its message."""
    named = {name: message.data[name] for name in ("mentions", "everyone") if name in message.data}
    edit.text, edit.data = message.text, named
