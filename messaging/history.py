"""A room's messages as they are now, for whoever pages through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import queries
from .models import Event, EventKind, Reaction

Reactions = dict[int, dict[str, list[str]]]
"""By the message's `seq`, who reacted with each emoji, both in the order of reacting."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages in the order of `seq`, and whether there are more in the direction of paging."""

    messages: Sequence[Event]
    reactions: Reactions
    more: bool


def messages_page(
    *, by: str, room_id: str, after: int | None = None, before: int | None = None, limit: int
) -> MessagePage:
    """The messages that follow `after`, or else the last ones before `before`; with neither the newest.

    Only those that `by` may see, deleted ones without their text. Raises `NoSuchRoom`.
    """
    seen = queries.view(by=by, room_id=room_id)
    rows = Event.objects.filter(
        room_id=room_id,
        kind=EventKind.MESSAGE_CREATED,
        seq__lte=seen.head.head,  # who is removed at this moment must not read what comes after
    )
    if after is not None:
        rows = rows.filter(seq__gt=after)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found: list[Event] = []
    for start, end in seen.slice.intervals if after is not None else reversed(seen.slice.intervals):
        part = rows.filter(seq__gte=start) if end is None else rows.filter(seq__range=(start, end))
        part = part.order_by("seq" if after is not None else "-seq")
        found += part[: limit + 1 - len(found)]
        if len(found) > limit:
            break
    page = found[:limit] if after is not None else found[:limit][::-1]
    return MessagePage(
        page, reactions_to(room_id, [message.seq for message in page]), more=len(found) > limit
    )


def reactions_of(messages: Sequence[Event]) -> dict[tuple[str, int], dict[str, list[str]]]:
    """The reactions to these messages, of any rooms, by room and `seq`."""
    by_room: dict[str, list[int]] = {}
    for message in messages:
        by_room.setdefault(message.room_id, []).append(message.seq)
    return {
        (room_id, seq): reactions
        for room_id, seqs in by_room.items()
        for seq, reactions in reactions_to(room_id, seqs).items()
    }


def reactions_to(room_id: str, seqs: Sequence[int]) -> Reactions:
    """The reactions to these messages of a room."""
    by_message: Reactions = {}
    rows = Reaction.objects.filter(room_id=room_id, message_seq__in=seqs).order_by("event_seq")
    for seq, emoji, user_id in rows.values_list("message_seq", "emoji", "user_id"):
        by_message.setdefault(seq, {}).setdefault(emoji, []).append(user_id)
    return by_message
