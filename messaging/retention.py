"""Retention: what a room has said it will not keep is erased. Rows are blanked and never deleted, so the count stays whole."""

import datetime as dt

from django.db import transaction

from chatsite import clock
from chatsite.after_commit import after_commit
from rooms.models import Room
from rooms.room_settings import read_settings

from . import room_log
from .files.uploads import forget_files_of
from .models import Event, EventKind, Mention, Pin, Reaction, RoomLog
from .notifications.rounds import rounds
from .search import index

# Short transactions: on SQLite they hold up every send, on PostgreSQL those of the room.
CHUNK = 500

NOTHING: dict[str, list[str]] = {"attachments": [], "mentions": []}


def apply_retention(*, now: dt.datetime | None = None) -> int:
    """Erase what is older than its room keeps, in every room; how many messages. Safe to run at any time, twice too."""
    now = now or clock.now()
    erased = 0
    for room in Room.objects.exclude(settings={}).only("pk", "settings").iterator():
        days = read_settings(room.settings).retention_days
        if days is not None:
            erased += erase_before(room.pk, before=now - dt.timedelta(days=days), at=now)
    return erased


def erase_before(room_id: str, *, before: dt.datetime, at: dt.datetime) -> int:
    """Erase a room's messages from before then, and move the beginning of what members see; how many."""
    last_old = (
        Event.objects.filter(room_id=room_id, at__lt=before)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    if last_old is None:
        return 0
    # Out of sight first: whoever subscribes from now on begins behind what is being erased.
    _move_beginning(room_id, last_old + 1)
    erased = 0
    while chunk := _erase_chunk(room_id, up_to=last_old, at=at):
        erased += chunk
    return erased


@transaction.atomic
def _move_beginning(room_id: str, min_seq: int) -> None:
    room_log.lock([room_id])
    RoomLog.objects.filter(pk=room_id, min_seq__lt=min_seq).update(min_seq=min_seq)


@transaction.atomic
def _erase_chunk(room_id: str, *, up_to: int, at: dt.datetime) -> int:
    """Blank some messages. Without the digest of its body any repetition of a send counts as a duplicate."""
    room_log.lock([room_id])
    kept = Event.objects.filter(
        room_id=room_id, seq__lte=up_to, kind=EventKind.MESSAGE_CREATED, body_digest__isnull=False
    )
    keys = dict(kept.order_by("seq").values_list("seq", "pk")[:CHUNK])
    seqs = list(keys)
    Event.objects.filter(room_id=room_id, seq__in=seqs).update(
        text="", data=NOTHING, body_digest=None, deleted_at=at
    )
    index.forget(keys.values())
    for model in (Reaction, Mention, Pin):
        model._base_manager.filter(room_id=room_id, message_seq__in=seqs).delete()
    forget_files_of(room_id, seqs)
    after_commit(rounds.note, [room_id])  # devices may show them
    return len(seqs)
