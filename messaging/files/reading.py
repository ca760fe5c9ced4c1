"""Files for those who may read them: who may read the message, and before there is one its sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db.models import Q

from chatsite.ids import is_id

from .. import queries
from ..errors import NoSuchFile
from ..models import Attachment, Event
from . import store

Place = tuple[int, str]
"""Where a file stands among its room's: the `seq` of its message, and its id."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """Files of messages, when each of these messages was sent, and whether there are older files."""

    files: list[Attachment]
    sent: Mapping[int, datetime]
    more: bool


def find_file(*, by: str, room_id: str, file_id: str) -> Attachment:
    """A file of a room. Raises `NoSuchRoom` for those outside, and `NoSuchFile` for all else that is not theirs to see."""
    seen = queries.view(by=by, room_id=room_id)
    found = Attachment.objects.filter(room_id=room_id, id=file_id).first() if is_id(file_id) else None
    if found is None:
        raise NoSuchFile
    seq = found.message_seq
    if found.by_id != by if seq is None else not seen.slice.sees(seq):
        raise NoSuchFile
    return found


def files_of(*, by: str, room_id: str, after: Place | None, limit: int) -> FilePage:
    """The files of the messages that `by` may see, the newest message first, from `after` on. Raises `NoSuchRoom`."""
    seen = queries.view(by=by, room_id=room_id)
    theirs = Q()
    for start, end in seen.slice.intervals:
        # Who is removed at this moment must not read what comes after.
        theirs |= Q(message_seq__range=(start, seen.head.head if end is None else end))
    rows = Attachment.objects.filter(theirs, room_id=room_id)
    if after is not None:
        seq, file_id = after
        rows = rows.filter(Q(message_seq__lt=seq) | Q(message_seq=seq, id__gt=file_id))
    found = list(rows.order_by("-message_seq", "id")[: limit + 1])
    messages = Event.objects.filter(room_id=room_id, seq__in={file.message_seq for file in found})
    return FilePage(found[:limit], dict(messages.values_list("seq", "at")), more=len(found) > limit)


def open_attachment(file_id: str) -> "File[bytes]":
    """The bytes of a file, for whoever has judged who asks. Raises `NoSuchFile` when they are gone, and `FilesAway`."""
    key = Attachment.objects.filter(id=file_id).values_list("key", flat=True).first()
    try:
        if key is not None:
            return store.open_file(key)
    except FileNotFoundError as error:
        raise NoSuchFile from error
    raise NoSuchFile
