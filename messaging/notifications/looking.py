"""From what happened in rooms to what each device is to be told: rows of `Notice` that are due.

Only rooms in which somebody's browser shows notices are read, each from where it was looked at last.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chatsite import clock
from chatsite.figures.tallies import Tally, count
from messaging.models import Event, EventKind, Mention, RoomLog, Watermark
from rooms.levels import Level, level_of
from rooms.models import Membership

from .models import Notice, Place, PushSubscription

# Of what was said in one room since the last look, the newest so many are judged.
MOST_EVENTS = 500
# A room's notice gives way to its next one after this; mere seconds would be a device that never rests.
PAUSE = dt.timedelta(seconds=10)
OLDEST = dt.timedelta(hours=6)

_CHANGES = (EventKind.MESSAGE_EDITED, EventKind.MESSAGE_DELETED)


def look(room_ids: Collection[str]) -> int:
    """Look at what happened in these rooms; how many notices are due for it. Safe to run at any time, twice too."""
    now = clock.now()
    due = 0
    for room_id in sorted(_heard_rooms(room_ids)):
        with transaction.atomic():
            due += _look_at(room_id, now=now)
    return due + settled_notices().filter(room_id__in=room_ids).update(due_at=now)


def rooms_behind(*, limit: int = 500) -> list[str]:
    """Rooms of people with notices whose log is ahead of what was looked at: a task got lost, or somebody is new."""
    people = PushSubscription.objects.values("user_id")
    theirs = Membership.objects.filter(user_id__in=people, left_seq=None).values("room_id")
    seen = Place.objects.filter(pk=OuterRef("pk")).values("seq")
    logs = RoomLog.objects.filter(pk__in=theirs).annotate(seen=Coalesce(Subquery(seen), 0))
    return list(logs.filter(head__gt=F("seen")).order_by("pk").values_list("pk", flat=True)[:limit])


def _heard_rooms(room_ids: Collection[str]) -> set[str]:
    """Those of these rooms where somebody has a browser that shows notices, or one shows some."""
    subscribed = Exists(PushSubscription.objects.filter(user_id=OuterRef("user_id")))
    wanted = Membership.objects.filter(subscribed, room_id__in=room_ids, left_seq=None)
    shown = Notice.objects.filter(room_id__in=room_ids)
    return set(wanted.values_list("room_id", flat=True)) | set(shown.values_list("room_id", flat=True))


@dataclass(slots=True)
class _News:
    """What happened in a room since the last look: the newest message, those that name people, and what was changed."""

    messages: list[Event] = field(default_factory=list)
    changed: set[int] = field(default_factory=set)
    left: set[str] = field(default_factory=set)


def _look_at(room_id: str, *, now: dt.datetime) -> int:
    Place.objects.get_or_create(room_id=room_id)
    place = Place.objects.select_for_update().get(room_id=room_id)
    # First the head, then the events up to there: one that is committed just now belongs to the next look.
    head = RoomLog.objects.values_list("head", flat=True).get(pk=room_id)
    events = Event.objects.filter(room_id=room_id, seq__gt=place.seq, seq__lte=head).order_by("-seq")
    news = _news_in(events[:MOST_EVENTS])
    if head > place.seq:
        Place.objects.filter(room_id=room_id).update(seq=head)
    wanted = list(_wanted(room_id, news, now=now)) if news.messages else []
    _keep(room_id, wanted, now=now)
    gone = Notice.objects.filter(room_id=room_id, told__gt=0).filter(
        Q(told__in=news.changed) | Q(subscription__user_id__in=news.left)
    )
    return len(wanted) + gone.update(due_at=now)


def _news_in(events: Iterable[Event]) -> _News:
    news = _News()
    for event in events:
        if event.kind == EventKind.MESSAGE_CREATED and event.deleted_at is None:
            news.messages.append(event)
        elif event.kind in _CHANGES:
            news.changed.add(event.subject or 0)
        elif event.kind == EventKind.MEMBER_LEFT:
            news.left.add(str(event.data["user"]))
    return news


def _wanted(room_id: str, news: _News, *, now: dt.datetime) -> Iterable[Notice]:
    members = {
        member.user_id: member
        for member in Membership.objects.filter(room_id=room_id, left_seq=None).select_related("room")
    }
    named = _named(room_id, news.messages)
    for subscription in PushSubscription.objects.filter(user_id__in=members):
        member = members[subscription.user_id]
        level = level_of(kind=member.room.kind, notify=member.notify, muted=member.muted)
        since = max(subscription.created_at, now - OLDEST)
        seq = max(
            (
                message.seq
                for message in news.messages
                if message.by_id != member.user_id
                and message.at >= since
                and (
                    level == Level.EVERYTHING
                    or (level == Level.MENTIONS and (member.user_id, message.seq) in named)
                )
            ),
            default=0,
        )
        if seq:
            yield Notice(subscription=subscription, room_id=room_id, seq=seq, due_at=now)


def _named(room_id: str, messages: Sequence[Event]) -> set[tuple[str, int]]:
    rows = Mention.objects.filter(room_id=room_id, message_seq__in=[message.seq for message in messages])
    return set(rows.values_list("user_id", "message_seq"))


def _keep(room_id: str, wanted: Sequence[Notice], *, now: dt.datetime) -> None:
    """Store what is wanted; a device that was told of the room a moment ago is told a little later.

    What is due already stays due when it is: whoever sends it finds the newer `seq`.
    """
    kept = Notice.objects.filter(
        room_id=room_id, subscription__in=[notice.subscription_id for notice in wanted]
    )
    count(Tally.NOTICE_COALESCED, kept.filter(due_at__isnull=False).count())
    Notice.objects.bulk_create(
        wanted, update_conflicts=True, unique_fields=["subscription", "room_id"], update_fields=["seq"]
    )
    idle = kept.filter(due_at=None)
    idle.filter(told_at__gt=now - PAUSE).update(due_at=F("told_at") + PAUSE)
    idle.update(due_at=now)


def settled_notices() -> QuerySet[Notice]:
    """Notices that devices show, of a message that was read meanwhile or is gone, and that are not due yet.

    An erasure by retention is told by no event, and that of a room by nothing at all.
    """
    read = Watermark.objects.filter(
        room_id=OuterRef("room_id"), user_id=OuterRef("subscription__user_id"), read__gte=OuterRef("told")
    )
    there = Event.objects.filter(room_id=OuterRef("room_id"), seq=OuterRef("told"), deleted_at=None)
    return Notice.objects.filter(Exists(read) | ~Exists(there), told__gt=0, due_at=None)


def sweep() -> int:
    """Make up for what got lost; how many notices are due."""
    behind = rooms_behind()
    due = look(behind) if behind else 0
    return due + settled_notices().update(due_at=clock.now())
