"""The index beside the log. A sweep fills it from the log by position; what changes a message changes its entry with it.

No send touches it. An entry is written while its message's row is locked, and an edit or a deletion writes that row
before it turns to the entry: whichever comes second sees what the first has done, so no old text stays behind.
"""

import re
import time
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from messaging.models import Event, EventKind, IndexedMessage, IndexPosition, RoomLog

from .words import fold

CHUNK = 300
"""Numbers of a log that one transaction covers: on SQLite it holds up every send, and an edit of one of them anywhere."""

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_FIELDS = ("words", "has_link", "has_file", "has_image")


def content(event: Event) -> str:
    """All of a message that is searched: its text, and the names and descriptions of its files."""
    named = [attachment.get(key) or "" for attachment in attachments(event) for key in ("name", "alt")]
    return "\n".join(part for part in (event.text, *named) if part)


def attachments(event: Event) -> list[Mapping[str, Any]]:
    """The files of a message."""
    found: list[Mapping[str, Any]] = event.data.get("attachments", [])
    return found


def holds(event: Event) -> dict[str, bool]:
    """What the filters `has:` ask of a message."""
    files = attachments(event)
    return {
        "has_link": _LINK.search(event.text) is not None,
        "has_file": bool(files),
        "has_image": any(str(file.get("type", "")).startswith("image/") for file in files),
    }


def renew(message: Event) -> None:
    """Let the entry say what the message says now, if it has one; in the transaction that changed the message, after it."""
    IndexedMessage.objects.filter(event_id=message.pk).update(words=fold(content(message)), **holds(message))


def forget(keys: Collection[int]) -> None:
    """Drop the entries of messages, by their keys, that were erased; in the transaction that erased them, after it."""
    IndexedMessage.objects.filter(event_id__in=keys).delete()


def advance(*, seconds: float, resting: bool = True) -> int:
    """Index what follows the positions, in all rooms, until nothing is left or the time is over; how many messages.

    Between two chunks it rests as long as the first took, so that half of the time belongs to those who talk, unless not
    `resting`. A chunk is done in any case. Safe to run at any time, twice too.
    """
    until = time.monotonic() + seconds
    indexed = chunks = 0
    for room_id in _rooms_behind():
        more = True
        while more and (not chunks or time.monotonic() < until):
            began = time.monotonic()
            added, more = advance_room(room_id)
            indexed += added
            chunks += 1
            if more and resting:
                time.sleep(time.monotonic() - began)
    return indexed


def rebuild() -> None:
    """Forget the whole index; `advance` makes it anew. Until then the newest messages only are found."""
    for room_id in list(IndexPosition.objects.values_list("room_id", flat=True)):
        with transaction.atomic():
            IndexPosition.objects.select_for_update().filter(room_id=room_id).first()
            IndexedMessage.objects.filter(room_id=room_id).delete()
            IndexPosition.objects.filter(room_id=room_id).update(seq=0)


def advance_room(room_id: str) -> tuple[int, bool]:
    """Index the next chunk of a room: how many messages, and whether there is more. Nothing while another does it."""
    IndexPosition.objects.get_or_create(room_id=room_id)
    with transaction.atomic():
        locked = IndexPosition.objects.select_for_update(skip_locked=_can_skip())
        position = locked.filter(room_id=room_id).first()
        head = RoomLog.objects.filter(room_id=room_id).values_list("head", flat=True).first()
        if position is None or head is None or head <= position.seq:
            return 0, False
        last = min(head, position.seq + CHUNK)
        added = _index(room_id, position.seq + 1, last)
        position.seq = last
        position.save(update_fields=["seq"])
    return added, head > last


def positions(room_ids: Collection[str]) -> dict[str, int]:
    """How far these rooms are indexed; those that never were are left out."""
    return dict(IndexPosition.objects.filter(room_id__in=room_ids).values_list("room_id", "seq"))


def is_behind() -> bool:
    """Whether some room's log has gone on since it was indexed."""
    return bool(_rooms_behind())


def _rooms_behind() -> list[str]:
    """Rooms whose log has gone on, the smallest part left first: one that talks a lot keeps nobody waiting."""
    behind = RoomLog.objects.alias(left=F("head") - Coalesce(F("room__index_position__seq"), 0)).filter(
        left__gt=0
    )
    return list(behind.order_by("left", "room_id").values_list("room_id", flat=True))


def _index(room_id: str, first: int, last: int) -> int:
    messages = Event.objects.select_for_update(no_key=True).filter(
        room_id=room_id, seq__range=(first, last), kind=EventKind.MESSAGE_CREATED, deleted_at=None
    )
    entries = [_entry(message) for message in messages.order_by("seq")]
    IndexedMessage.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["event"], update_fields=_FIELDS
    )
    return len(entries)


def _entry(message: Event) -> IndexedMessage:
    return IndexedMessage(
        event_id=message.pk,
        room_id=message.room_id,
        seq=message.seq,
        by_id=message.by_id,
        at=message.at,
        words=fold(content(message)),
        **holds(message),
    )


def _can_skip() -> bool:
    return connection.features.has_select_for_update_skip_locked
