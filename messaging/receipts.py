"""Receipts: watermarks of what each member has received and read. They never fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from rooms.models import Membership

from . import room_log
from .delivery import broker
from .errors import NoSuchRoom
from .models import Watermark
from .protocol import Receipt, encode, rfc3339


@dataclass(frozen=True, slots=True)
class Mark:
    """One member's word on how far they have come in a room; 0 says nothing of that kind."""

    room_id: str
    user_id: str
    delivered: int
    read: int


def advance(*, by: str, room_id: str, delivered: int = 0, read: int = 0) -> Mark:
    """Move one's own watermarks; the marks as they stand now. Raises `NoSuchRoom`."""
    if not advance_many([Mark(room_id, by, delivered, read)]):
        raise NoSuchRoom
    mark = Watermark.objects.get(room_id=room_id, user_id=by)
    return Mark(room_id, by, mark.delivered, mark.read)


@transaction.atomic
def advance_many(marks: Sequence[Mark]) -> int:
    """Store the highest of each member's marks and announce those that moved; how many are members'.

    Late, repeated and wild marks are harmless: each is clamped between the member's joining and the
    room's head, read implies delivered, and neither falls. Marks of strangers are dropped.
    """
    rooms = {mark.room_id for mark in marks}
    heads = room_log.heads(rooms)
    joined = {
        (member.room_id, member.user_id): member.joined_seq
        for member in Membership.objects.filter(
            room_id__in=rooms, user_id__in={mark.user_id for mark in marks}, left_seq=None
        )
    }
    rows: dict[tuple[str, str], tuple[int, int]] = {}
    for mark in marks:
        key = (mark.room_id, mark.user_id)
        if key not in joined:
            continue
        head, low = heads[mark.room_id].head, joined[key]
        known_delivered, known_read = rows.get(key, (low, low))
        read = min(max(mark.read, known_read), head)
        rows[key] = (max(min(mark.delivered, head), known_delivered, read), read)
    # In one order everywhere, so that two workers cannot wait for each other.
    _announce(_upsert([(*key, *rows[key]) for key in sorted(rows)]))
    return len(rows)


def _upsert(rows: Sequence[tuple[str, str, int, int]]) -> list[tuple[str, str, int, int]]:
    """Raise the stored marks to these; the rows that moved, as they stand now."""
    if not rows:
        return []
    table = Watermark._meta.db_table
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS w (room_id, user_id, delivered, read) VALUES "  # noqa: S608 (no input in it)
            + ", ".join(["(%s, %s, %s, %s)"] * len(rows))
            + f" ON CONFLICT (room_id, user_id) DO UPDATE SET delivered = {greatest}(w.delivered, excluded.delivered),"
            f" read = {greatest}(w.read, excluded.read)"
            " WHERE excluded.delivered > w.delivered OR excluded.read > w.read"
            " RETURNING room_id, user_id, delivered, read",
            [value for row in rows for value in row],
        )
        return [tuple(row) for row in cursor.fetchall()]


def _announce(moved: Sequence[tuple[str, str, int, int]]) -> None:
    at = rfc3339(timezone.now())
    by_room: dict[str, list[bytes]] = {}
    for room_id, user_id, delivered, read in moved:
        frame = Receipt(room=room_id, user=user_id, delivered=delivered, read=read, at=at)
        by_room.setdefault(room_id, []).append(encode(frame))
    for room_id, frames in by_room.items():
        broker.publish_frames(room_id, frames)


def to_row(mark: Mark) -> list[Any]:
    """A mark as a task's argument."""
    return [mark.room_id, mark.user_id, mark.delivered, mark.read]
