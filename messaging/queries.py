"""What one person may read: slices of logs, pages of events, the state of rooms at subscription."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from chatsite.ids import is_id
from rooms.errors import NoSuchRoom
from rooms.models import Membership, Room
from rooms.permissions import can_read_history

from . import mentions, room_log
from .delivery.frames import to_frame, to_tombstone
from .delivery.slices import Slice
from .models import Event, EventKind, Mention, Watermark
from .protocol import Event as EventFrame


@dataclass(frozen=True, slots=True)
class View:
    """A room as one of its members sees it now: the log's head and their slice of it."""

    room_id: str
    head: room_log.Head
    slice: Slice
    membership: int
    """The key of the membership that is open now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a member has come, and what waits for them up to `head`: messages, and those of them that name them."""

    delivered: int
    read: int
    unread: int
    mentions: int
    head: int


Wish = tuple[str, Collection[str] | None]
"""Whose rooms are wanted: a person, and the rooms named, or None for all of theirs."""


def views(*, by: str, room_ids: Collection[str] | None = None) -> dict[str, View]:
    """The rooms that `by` is a member of, all or those named; others are left out, whyever."""
    return views_of([(by, room_ids)])[0]


def views_of(wishes: Sequence[Wish]) -> list[dict[str, View]]:
    """As `views`, for many at once: two queries at most."""
    by_person: dict[str, dict[str, list[Membership]]] = {}
    for membership in _memberships(wishes):
        of_room = by_person.setdefault(membership.user_id, {})
        of_room.setdefault(membership.room_id, []).append(membership)
    return [_views(by_person.get(user_id, {}), room_ids) for user_id, room_ids in wishes]


def _memberships(wishes: Sequence[Wish]) -> Iterator[Membership]:
    """All that these wishes are about, and perhaps more; each membership once, those of a room in their order."""
    rows = Membership.objects.select_related("room", "room__log").order_by("joined_seq")
    for_all = {user_id for user_id, room_ids in wishes if room_ids is None}
    named = {user_id: room_ids for user_id, room_ids in wishes if user_id not in for_all}
    if for_all:
        yield from rows.filter(user_id__in=for_all)
    if named:
        wanted = {room for _, room_ids in wishes for room in room_ids or () if is_id(room)}
        yield from rows.filter(user_id__in=named, room_id__in=wanted)


def _views(
    memberships: Mapping[str, Sequence[Membership]], wanted: Collection[str] | None
) -> dict[str, View]:
    rooms = memberships.keys() if wanted is None else memberships.keys() & wanted
    return {
        room_id: _view(intervals)
        for room_id, intervals in memberships.items()
        if room_id in rooms and intervals[-1].left_seq is None
    }


def view(*, by: str, room_id: str) -> View:
    """One room as `by` sees it. Raises `NoSuchRoom` if they are not a member."""
    found = views(by=by, room_ids=[room_id]).get(room_id)
    if found is None:
        raise NoSuchRoom
    return found


def slices(room_id: str, user_ids: Collection[str]) -> dict[str, Slice]:
    """What each of these people may see of a room; who is no member of it is left out."""
    memberships = Membership.objects.filter(room_id=room_id, user_id__in=user_ids)
    by_user: dict[str, list[Membership]] = {}
    for membership in memberships.select_related("room", "room__log").order_by("joined_seq"):
        by_user.setdefault(membership.user_id, []).append(membership)
    return {
        user_id: _view(intervals).slice
        for user_id, intervals in by_user.items()
        if intervals[-1].left_seq is None
    }


def _view(memberships: Sequence[Membership]) -> View:
    room, log = memberships[-1].room, memberships[-1].room.log
    return View(
        room.id,
        room_log.Head(log.epoch, log.head, log.min_seq),
        slice_of(room, memberships, oldest=log.min_seq),
        memberships[-1].pk,
    )


def at_head(seen: View, head: int) -> View:
    """The same view when the log has come to `head`: that of a `Standing`, so that what waits is not told again."""
    return replace(seen, head=replace(seen.head, head=head))


def slice_of(room: Room, memberships: Sequence[Membership], *, oldest: int) -> Slice:
    """What a member sees: a room whose history is open to them from its beginning, another in their memberships' intervals.

    `memberships` are theirs in this room, in order, the last one open; `oldest` is what retention has left.
    """
    joined_seq = memberships[-1].joined_seq
    if can_read_history(room, actor=memberships[-1]):
        return Slice(((oldest, None),), joined_seq)
    intervals = [
        (max(oldest, each.joined_seq), each.left_seq)
        for each in memberships
        if each.left_seq is None or each.left_seq >= oldest
    ]
    return Slice(tuple(intervals), joined_seq)


def standings(*, by: str, room_ids: Collection[str]) -> dict[str, Standing]:
    """How far `by` has come in each of these rooms that they are a member of."""
    seen = views(by=by, room_ids=room_ids)
    found = standings_of(seen.values())
    return {room_id: found[view.membership] for room_id, view in seen.items() if view.membership in found}


def standings_of(seen: Iterable[View]) -> dict[int, Standing]:
    """How far the members who see these rooms have come in them, by the key of the membership.

    Everything up to joining counts as read, also where a mark of an earlier membership lies before it. `unread` counts messages of others
    after one's own `read`, deleted ones left out. A membership that has ended meanwhile is left out.
    """
    mark = Watermark.objects.filter(room_id=OuterRef("room_id"), user_id=OuterRef("user_id"))
    waiting = Event.objects.filter(
        room_id=OuterRef("room_id"), seq__gt=OuterRef("read"), kind=EventKind.MESSAGE_CREATED, deleted_at=None
    ).exclude(by_id=OuterRef("user_id"))
    naming = Mention.objects.filter(
        mentions.naming(OuterRef("user_id")), room_id=OuterRef("room_id"), message_seq__gt=OuterRef("read")
    )
    rows = (
        Membership.objects.filter(pk__in={view.membership for view in seen}, left_seq=None)
        .annotate(
            delivered=Greatest(Coalesce(Subquery(mark.values("delivered")), 0), F("joined_seq")),
            read=Greatest(Coalesce(Subquery(mark.values("read")), 0), F("joined_seq")),
            head=F("room__log__head"),
        )
        .annotate(unread=_count(waiting), mentions=_count(naming))
    )
    return {
        key: Standing(*counts)
        for key, *counts in rows.values_list("pk", "delivered", "read", "unread", "mentions", "head")
    }


def standing_after(standing: Standing, *, by: str, room_id: str, read: int) -> Standing:
    """The same standing when `by` has read up to `read`, which may not be stored yet."""
    waiting = Event.objects.filter(
        room_id=room_id, seq__gt=read, seq__lte=standing.head, kind=EventKind.MESSAGE_CREATED, deleted_at=None
    ).exclude(by_id=by)
    naming = Mention.objects.filter(
        mentions.naming(by), room_id=room_id, message_seq__gt=read, message_seq__lte=standing.head
    )
    return replace(standing, read=read, unread=waiting.count(), mentions=naming.count())


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of `rows`, which are correlated by room, there are: a subquery that reads one index range."""
    counted = rows.order_by().values("room_id").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def events_page(
    *, by: str, room_id: str, after: int | None = None, before: int | None = None, limit: int
) -> tuple[View, list[EventFrame], bool]:
    """A page of the log as `by` may see it: their view of the room, the events by `seq`, whether there are more.

    With neither bound the newest page. What is not theirs stands as a tombstone. Raises `NoSuchRoom`.
    """
    seen = view(by=by, room_id=room_id)
    first, last = seen.slice.min_seq, seen.head.head
    if after is not None:
        events = room_log.read_after(room_id, max(after, first - 1), limit=limit + 1)
        # Whose membership ends at this moment must not read what was stored since their view was.
        events = [event for event in events if event.seq <= last]
        page, more = events[:limit], len(events) > limit
    else:
        events = room_log.read_before(room_id, min(before or last + 1, last + 1), limit=limit + 1)
        events = [event for event in events if event.seq >= first]
        page, more = events[-limit:], len(events) > limit
    return seen, [frame_for(seen, event) for event in page], more


def frame_for(seen: View, event: Event) -> EventFrame:
    """An event as the viewer may see it: itself, or a tombstone."""
    frame = to_frame(event, epoch=seen.head.epoch)
    return frame if seen.slice.shows(event.seq, event.subject) else to_tombstone(frame)
