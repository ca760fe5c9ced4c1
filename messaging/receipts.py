"""Receipts: watermarks of what each member has received and read, and when. They never fall."""

import datetime as dt
import logging
from collections.abc import Collection, Sequence
from typing import NamedTuple

from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from chatsite import clock, limits
from rooms.models import Membership
from rooms.queries import open_memberships

from . import queries, room_log
from .delivery import broker
from .errors import NoSuchMessage
from .models import Event, EventKind, Watermark, WatermarkAdvance
from .protocol import ReceiptSummary, encode, rfc3339

logger = logging.getLogger(__name__)

SUMMARY_SECONDS = 1.0


class Mark(NamedTuple):
    """One member's word on how far they have come in a room; 0 says nothing of that kind."""

    room_id: str
    user_id: str
    delivered: int
    read: int

    @property
    def in_room(self) -> tuple[str, int, int]:
        """As it is told where the room is known: user, delivered, read."""
        return self.user_id, self.delivered, self.read


class MemberReceipt(NamedTuple):
    """Since when one member has a message, and has read it; None for not yet."""

    user_id: str
    delivered_at: dt.datetime | None
    read_at: dt.datetime | None


class Rise(NamedTuple):
    """A member's marks as they stand, and since when."""

    mark: Mark
    at: dt.datetime


def advance(*, by: str, room_id: str, delivered: int = 0, read: int = 0) -> Mark:
    """Move one's own watermarks and tell the room; the marks as they stand now. Raises `NoSuchRoom`."""
    queries.view(by=by, room_id=room_id)
    store_and_tell([Mark(room_id, by, delivered, read)], at=clock.now())
    stored = Watermark.objects.get(room_id=room_id, user_id=by)
    return Mark(room_id, by, stored.delivered, stored.read)


def store_and_tell(marks: Sequence[Mark], *, at: dt.datetime, again: bool = False) -> None:
    """Store marks, given at `at`, and tell the rooms of those that rose; `again`: of all, in case nobody heard.

    Told is only what is stored. So nobody who comes to another server, or back, finds a mark lower than they were told.
    """
    with transaction.atomic():
        moved = store(marks, at=at)
    told: dict[str, list[tuple[str, int, int]]] = {}
    for mark in _as_stored(marks) if again else moved:
        told.setdefault(mark.room_id, []).append(mark.in_room)
    large = large_rooms(told.keys()) if told else set()
    for room_id, rose in told.items():
        broker.publish_receipts(room_id, rose, at=rfc3339(at), large=room_id in large)
    for room_id in large:
        _ask_for_summary(room_id)


def _ask_for_summary(room_id: str) -> None:
    """Have a large room told soon. One summary waits at a time, and it tells of all that happens until then."""
    try:
        if cache.add(f"summary:{room_id}", 1, timeout=5):
            current_app.send_task("messaging.announce_summary", (room_id,), countdown=SUMMARY_SECONDS)
    except Exception as error:
        logger.warning("the sums of %s are told with the next receipt (%r)", room_id, error)


def _as_stored(marks: Collection[Mark]) -> list[Mark]:
    """The marks of the same members as they stand; those of strangers are left out."""
    wanted = {(mark.room_id, mark.user_id) for mark in marks}
    rows = Watermark.objects.filter(
        room_id__in={room_id for room_id, _ in wanted}, user_id__in={user_id for _, user_id in wanted}
    )
    found = (Mark(*row) for row in rows.values_list("room_id", "user_id", "delivered", "read"))
    return [mark for mark in found if (mark.room_id, mark.user_id) in wanted]


@transaction.atomic
def store(marks: Sequence[Mark], *, at: dt.datetime) -> list[Mark]:
    """Store the highest of each member's marks, given at `at`; those that rose, as they stand now.

    Late, repeated and wild marks are harmless: each is clamped between the member's joining and the
    room's head, read implies delivered, and neither falls. Marks of strangers are dropped.
    """
    rooms = {mark.room_id for mark in marks}
    heads = room_log.heads(rooms)
    people = {mark.user_id for mark in marks}
    members = Membership.objects.filter(room_id__in=rooms, user_id__in=people, left_seq=None)
    joined = {(member.room_id, member.user_id): member.joined_seq for member in members}
    highest: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        key = mark.room_id, mark.user_id
        if key in joined:
            known = highest.get(key, Mark(*key, joined[key], joined[key]))
            highest[key] = _raised(known, mark, head=heads[mark.room_id].head)
    # In one order everywhere, so that two workers cannot wait for each other.
    moved = _upsert([highest[key] for key in sorted(highest)])
    WatermarkAdvance.objects.bulk_create(
        [
            WatermarkAdvance(
                room_id=mark.room_id, user_id=mark.user_id, delivered=mark.delivered, read=mark.read, at=at
            )
            for mark in moved
        ]
    )
    return moved


def _raised(known: Mark, mark: Mark, *, head: int) -> Mark:
    read = max(known.read, min(mark.read, head))
    return known._replace(delivered=max(known.delivered, read, min(mark.delivered, head)), read=read)


def _upsert(marks: Sequence[Mark]) -> list[Mark]:
    """Raise the stored marks to these; the rows that moved, as they stand now."""
    if not marks:
        return []
    table = Watermark._meta.db_table
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS w (room_id, user_id, delivered, read) VALUES "  # noqa: S608 (no input in it)
            + ", ".join(["(%s, %s, %s, %s)"] * len(marks))
            + f" ON CONFLICT (room_id, user_id) DO UPDATE SET delivered = {greatest}(w.delivered, excluded.delivered),"
            f" read = {greatest}(w.read, excluded.read)"
            " WHERE excluded.delivered > w.delivered OR excluded.read > w.read"
            " RETURNING room_id, user_id, delivered, read",
            [value for mark in marks for value in mark],
        )
        return [Mark(*row) for row in cursor.fetchall()]


def large_rooms(room_ids: Collection[str]) -> set[str]:
    """Those of these rooms whose members are too many to be told of each other one by one."""
    sizes = (
        Membership.objects.filter(room_id__in=room_ids, left_seq=None)
        .order_by()
        .values("room_id")
        .annotate(size=Count("pk"))
    )
    return set(sizes.filter(size__gt=limits.LARGE_ROOM).values_list("room_id", flat=True))


def newest_advance() -> int:
    """Where the advances of all rooms have come to: something to give to `raised_since`."""
    return WatermarkAdvance.objects.aggregate(newest=Max("pk"))["newest"] or 0


def raised_since(position: int, *, room_ids: Collection[str]) -> list[Rise]:
    """The members' marks in these rooms that rose after a `newest_advance`, as they stand, and when they did."""
    still = Membership.objects.filter(
        room_id=OuterRef("room_id"),
        user_id=OuterRef("user_id"),
        left_seq=None,
        joined_seq__lte=OuterRef("read"),
    )
    rows = (
        WatermarkAdvance.objects.filter(Exists(still), pk__gt=position, room_id__in=room_ids)
        .order_by()
        .values_list("room_id", "user_id")
        .annotate(Max("delivered"), Max("read"), Max("at"))
    )
    return [Rise(Mark(*mark), at) for *mark, at in rows]


def stored_marks(room_ids: Collection[str]) -> dict[str, list[tuple[str, int, int]]]:
    """The watermarks of each room's present members that are stored: user, delivered, read.

    Left out is who has come back and not read since: a mark of an earlier membership lies before the present one.
    """
    belongs = Membership.objects.filter(
        room_id=OuterRef("room_id"),
        user_id=OuterRef("user_id"),
        left_seq=None,
        joined_seq__lte=OuterRef("read"),
    )
    rows = Watermark.objects.filter(Exists(belongs), room_id__in=room_ids).order_by("room_id", "user_id")
    found: dict[str, list[tuple[str, int, int]]] = {room_id: [] for room_id in room_ids}
    for mark in rows:
        found[mark.room_id].append((mark.user_id, mark.delivered, mark.read))
    return found


def announce_summary(room_id: str) -> None:
    """Tell a large room how many members have its newest message, and how many have read it."""
    newest = (
        Event.objects.filter(room_id=room_id, kind=EventKind.MESSAGE_CREATED, deleted_at=None)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    if newest is None:
        return
    members = open_memberships(room_id).values("user_id")
    counts = Watermark.objects.filter(room_id=room_id, user_id__in=members).aggregate(
        delivered=Count("pk", filter=Q(delivered__gte=newest)), read=Count("pk", filter=Q(read__gte=newest))
    )
    broker.publish_frames(room_id, [encode(ReceiptSummary(room=room_id, summary={"seq": newest, **counts}))])


def message_receipts(*, by: str, room_id: str, seq: int) -> tuple[Event, list[MemberReceipt]]:
    """A message, and who has it: everyone but its author who was a member when it was sent.

    Times are kept for some days; of older messages it is known that, not since when, and the time is the
    earliest that is still known. Raises `NoSuchRoom` and `NoSuchMessage`.
    """
    seen = queries.view(by=by, room_id=room_id)
    message = Event.objects.filter(room_id=room_id, seq=seq, kind=EventKind.MESSAGE_CREATED).first()
    if message is None or not seen.slice.sees(seq):
        raise NoSuchMessage(field="seq")
    there = Membership.objects.filter(room_id=room_id, joined_seq__lte=seq).filter(
        Q(left_seq=None) | Q(left_seq__gt=seq)
    )
    people = there.exclude(user_id=message.by_id).order_by("joined_seq").values_list("user_id", flat=True)
    advances = (
        WatermarkAdvance.objects.filter(room_id=room_id, user_id__in=people, delivered__gte=seq)
        .order_by()
        .values("user_id")
        .annotate(delivered_at=Min("at"), read_at=Min("at", filter=Q(read__gte=seq)))
    )
    times = {row["user_id"]: (row["delivered_at"], row["read_at"]) for row in advances}
    return message, [MemberReceipt(user_id, *times.get(user_id, (None, None))) for user_id in people]


def forget_old_times(*, before: dt.datetime) -> int:
    """Delete the times of advances from before then, but for each member's last; how many."""
    newer = WatermarkAdvance.objects.filter(
        room_id=OuterRef("room_id"), user_id=OuterRef("user_id"), pk__gt=OuterRef("pk")
    )
    return WatermarkAdvance.objects.filter(Exists(newer), at__lt=before).delete()[0]
