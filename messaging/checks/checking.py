"""The check itself: goes on where it stopped, in steps of a few thousand entries.

A step writes down up to where it looks, asks the database for what is wrong there (a healthy log sends nothing over), and
then moves on. Two at once, or one that was killed, look twice at the same and change nothing.
"""

import datetime as dt
import time
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, Greatest, Lag

from chatsite import clock
from messaging.models import Event, EventKind, RoomLog, Watermark

from .models import FaultKind, LogCheck, LogFault, LogPosition

MOST_ROOMS = 200
MOST_EVENTS = 20_000
ANEW_AFTER = dt.timedelta(days=7)


class Part(NamedTuple):
    """A part of a room's log: what follows `after`, up to `upto`."""

    room_id: str
    after: int
    upto: int


class Fault(NamedTuple):
    """Something wrong in a room from a number on."""

    room_id: str
    seq: int
    kind: FaultKind
    times: int = 1


def check_logs(*, seconds: float = 10.0) -> LogCheck:
    """Check what came since the last time, until nothing is left or the time is over; then begin anew with what was
    checked long ago, so that the next look goes through it.
    """
    until = time.monotonic() + seconds
    while (parts := _parts_left()) and time.monotonic() < until:
        _check(parts)
    if not parts:
        _begin_anew()
    found, _ = LogCheck.objects.update_or_create(
        pk=1,
        defaults={
            "at": clock.now(),
            "checked": LogPosition.objects.aggregate(all=Sum("reached", default=0))["all"],
            "faults": LogFault.objects.aggregate(all=Sum("count", default=0))["all"],
            "behind": bool(parts),
        },
    )
    return found


def forget_all() -> None:
    """Forget what was checked and found, so that all of it is looked at again."""
    LogPosition.objects.all().delete()
    LogFault.objects.all().delete()


def last_check() -> LogCheck | None:
    """What the last look found."""
    return LogCheck.objects.first()


def _parts_left() -> list[Part]:
    """What to look at next, the smallest part left first: a room that talks a lot keeps no other waiting."""
    after = Coalesce(F("room__checked__seq"), 0)
    left = RoomLog.objects.alias(left=F("head") - after).filter(left__gt=0).order_by("left", "pk")
    parts, events = [], 0
    for room_id, head, seq in left.values_list("pk", "head", after)[:MOST_ROOMS]:
        part = Part(room_id, seq, min(head, seq + MOST_EVENTS - events))
        parts.append(part)
        events += part.upto - part.after
        if events >= MOST_EVENTS:
            break
    return parts


def _check(parts: list[Part]) -> None:
    now = clock.now()
    positions = [LogPosition(room_id=room, seq=after, upto=upto, begun=now) for room, after, upto in parts]
    LogPosition.objects.bulk_create(
        positions, update_conflicts=True, unique_fields=["room"], update_fields=["upto"]
    )
    LogFault.objects.bulk_create(
        (
            LogFault(room_id=room, seq=seq, kind=kind, count=n, at=now)
            for room, seq, kind, n in _faults(parts)
        ),
        update_conflicts=True,
        unique_fields=["room", "seq", "kind"],
        update_fields=["count", "at"],
    )
    for position in positions:
        position.seq = position.upto
    LogPosition.objects.bulk_update(positions, ["seq"])
    mine = LogPosition.objects.filter(room_id__in=[part.room_id for part in parts])
    mine.update(reached=Greatest("reached", "seq"))
    _forget_what_is_mended(mine)


def _forget_what_is_mended(positions: QuerySet[LogPosition]) -> None:
    """What was not seen again while its room was gone through is right now."""
    through = positions.filter(seq__gte=F("reached"))
    LogFault.objects.filter(room__checked__in=through, at__lt=F("room__checked__begun")).delete()


def _begin_anew() -> None:
    old = LogPosition.objects.filter(begun__lt=clock.now() - ANEW_AFTER).order_by("begun")[:MOST_ROOMS]
    LogPosition.objects.filter(pk__in=[position.pk for position in old]).update(seq=0, begun=clock.now())


def _faults(parts: list[Part]) -> Iterator[Fault]:
    rooms = [part.room_id for part in parts]
    checked = F("room__checked__seq")
    # With the last one that was checked: what follows it is compared with it.
    seen = Event.objects.filter(room_id__in=rooms, seq__gte=checked, seq__lte=F("room__checked__upto"))
    new = seen.filter(seq__gt=checked)
    yield from _out_of_line(parts, seen)
    same = Event.objects.filter(**{name: OuterRef(name) for name in ("room_id", "by_id", "client_id")})
    doubled = new.filter(Exists(same.filter(pk__lt=OuterRef("pk"))), client_id__isnull=False)
    yield from _each(doubled, FaultKind.DOUBLED)
    for name in ("subject", "reply_to"):
        message = Event.objects.filter(
            room_id=OuterRef("room_id"), seq=OuterRef(name), kind=EventKind.MESSAGE_CREATED
        )
        astray = new.filter(~Exists(message.filter(seq__lt=OuterRef("seq"))), **{f"{name}__isnull": False})
        yield from _each(astray, FaultKind.ASTRAY)
    head = F("room__log__head")
    yield from _each(Event.objects.filter(room_id__in=rooms, seq__gt=head), FaultKind.AHEAD)
    receipts = Watermark.objects.filter(room_id__in=rooms, delivered__gt=head)
    for room_id, seq in (
        receipts.values("room_id").annotate(seq=Max("delivered")).values_list("room_id", "seq")
    ):
        yield Fault(room_id, seq, FaultKind.RECEIPT)


def _each(events: QuerySet[Event], kind: FaultKind) -> Iterator[Fault]:
    for room_id, seq in events.values_list("room_id", "seq"):
        yield Fault(room_id, seq, kind)


def _out_of_line(parts: list[Part], seen: QuerySet[Event]) -> Iterator[Fault]:
    """Numbers that do not follow each other, or that were stored in another order."""

    def before(column: str) -> Window:
        return Window(Lag(column), partition_by="room_id", order_by=[F("seq").asc(), F("pk").asc()])

    lined_up = seen.annotate(before=before("seq"), earlier=before("pk"))
    odd = lined_up.filter(Q(before=None) | ~Q(seq=F("before") + 1) | Q(earlier__gt=F("pk")))
    after = {part.room_id: part.after for part in parts}
    for room_id, seq, previous, earlier, key in odd.values_list("room_id", "seq", "before", "earlier", "pk"):
        expected = max(after[room_id], 1) if previous is None else previous + 1
        if seq > expected:
            yield Fault(room_id, expected, FaultKind.LOST, seq - expected)
        elif seq == previous:
            yield Fault(room_id, seq, FaultKind.DOUBLED)
        if earlier is not None and earlier > key:
            yield Fault(room_id, seq, FaultKind.DISORDERED)
    last = dict(seen.values("room_id").annotate(last=Max("seq")).values_list("room_id", "last"))
    for room_id, seq, upto in parts:
        end = last.get(room_id, seq)
        if end < upto:
            yield Fault(room_id, end + 1, FaultKind.LOST, upto - end)
