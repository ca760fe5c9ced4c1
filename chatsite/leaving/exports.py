"""Exports: begun by a person, made by a task in small steps, kept for a while, and had by that person only.

A step writes one file of at most `PAGE` events and is one transaction, so a task that is killed, or runs twice,
neither loses nor doubles anything, and nobody waits long for a worker.
"""

import datetime as dt
import zlib
from collections.abc import Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import ChatError, NotFound
from chatsite.ids import is_id
from messaging.files.reading import open_attachment
from messaging.protocol import encode
from rooms.errors import NotYourRole
from rooms.models import Membership, Role, Room
from rooms.queries import find_member, visible_room

from . import contents
from .errors import NoSuchExport, NotReady
from .models import Export, ExportFile, ExportState
from .queue import start

PAGE = 500


def begin_export(*, by: User, room_id: str | None = None) -> tuple[Export, bool]:
    """Ask for what is kept of oneself, or for a room that one owns; the export, and whether it is new.

    One that is being made already is answered again. Raises `NoSuchRoom` and `NotYourRole`.
    """
    room = owned_room(by=by, room_id=room_id) if room_id is not None else None
    now = timezone.now()
    with transaction.atomic():
        export, fresh = Export.objects.get_or_create(
            by=by,
            room_id=room.id if room else "",
            state=ExportState.WORKING,
            defaults={
                "made_at": now,
                "moved_at": now,
                "expires_at": now + dt.timedelta(hours=settings.EXPORT_HOURS),
                "whole": contents.size_of(by, room),
            },
        )
        if fresh:
            record(
                Action.EXPORT_BEGUN, by=by, user="" if room else by.id, room=export.room_id, target=export.id
            )
            start("leaving.make_export", export.id)
    return export, fresh


def owned_room(*, by: User, room_id: str) -> Room:
    """A room whose owner `by` is. Raises `NoSuchRoom` and `NotYourRole`."""
    room = visible_room(by=by, room_id=room_id)
    member = find_member(room.id, by.id)
    if member is None or member.role != Role.OWNER:
        raise NotYourRole
    return room


def exports_of(by: User, *, room_id: str = "") -> QuerySet[Export]:
    """One's own exports of oneself or of a room, those that are over left out."""
    return Export.objects.filter(by=by, room_id=room_id, expires_at__gt=timezone.now())


def find_export(*, by: User, export_id: str) -> Export:
    """One of one's own exports; of a room only while one owns it. Raises `NoSuchExport`."""
    mine = Export.objects.filter(by=by, expires_at__gt=timezone.now())
    export = mine.filter(id=export_id).first() if is_id(export_id) else None
    if export is None or not _is_theirs(export):
        raise NoSuchExport
    return export


def end_export(*, by: User, export_id: str) -> None:
    """Throw an export away, ready or not. Raises `NoSuchExport`."""
    find_export(by=by, export_id=export_id).delete()


def _is_theirs(export: Export) -> bool:
    return (
        not export.room_id
        or Membership.objects.filter(
            room_id=export.room_id, user_id=export.by_id, role=Role.OWNER, left_seq=None
        ).exists()
    )


def open_export(*, by: User, export_id: str) -> tuple[str, Iterator[bytes]]:
    """The name of a ready export and its zip, in parts. Raises `NoSuchExport` and `NotReady`."""
    export = find_export(by=by, export_id=export_id)
    if export.state != ExportState.READY:
        raise NotReady
    record(Action.EXPORT_FETCHED, by=by, room=export.room_id, target=export.id)
    kind = "room" if export.room_id else "account"
    return f"{kind}-{export.made_at:%Y-%m-%d}.zip", _zip_of(export)


class _Sink:
    """Takes what the zip writer writes, until it is taken further."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _zip_of(export: Export) -> Iterator[bytes]:
    sink = _Sink()
    moment = export.made_at.timetuple()[:6]
    files = ExportFile.objects.filter(export=export).order_by("number")
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        number = -1
        while file := files.filter(number__gt=number).first():
            info = ZipInfo(file.name, moment)
            info.compress_type = ZIP_DEFLATED
            if file.attachment_id:
                yield from _put_in(archive, info, file.attachment_id, sink)
            else:
                archive.writestr(info, zlib.decompress(file.data))
            number = file.number
            yield sink.take()
    yield sink.take()


def _put_in(archive: ZipFile, info: ZipInfo, attachment_id: str, sink: _Sink) -> Iterator[bytes]:
    """Put an attached file into the zip, a part at a time; one that was erased since is left out."""
    try:
        kept = open_attachment(attachment_id)
    except NotFound:
        return
    info.compress_type = ZIP_STORED  # most are compressed already
    with kept, archive.open(info, "w", force_zip64=True) as inside:
        for part in kept.chunks():
            inside.write(part)
            yield sink.take()


@transaction.atomic
def advance(export_id: str) -> bool:
    """Make the next file of an export; whether there is more to do. Safe to run at any time, twice too."""
    found = Export.objects.select_for_update().filter(id=export_id, state=ExportState.WORKING)
    export = found.select_related("by").first()
    if export is None:
        return False
    export.moved_at = timezone.now()
    try:
        with transaction.atomic():
            _make_next(export)
    except ChatError:  # the room is theirs no longer
        export.state = ExportState.FAILED
        ExportFile.objects.filter(export=export).delete()
    export.save()
    return export.state == ExportState.WORKING


def _make_next(export: Export) -> None:
    if export.room_id:
        room = owned_room(by=export.by, room_id=export.room_id)
        step = contents.next_of_room(export.by, room, export.place, limit=PAGE)
    else:
        step = contents.next_of_person(export.by, export.place, limit=PAGE)
    number = ExportFile.objects.filter(export=export).count()
    for offset, (name, content) in enumerate(step.files.items()):
        data = content if isinstance(content, bytes) else _as_json(content)
        ExportFile.objects.create(export=export, number=number + offset, name=name, data=zlib.compress(data))
    for offset, (name, attachment_id) in enumerate(step.attached.items(), number + len(step.files)):
        ExportFile.objects.create(
            export=export, number=offset, name=name, data=b"", attachment_id=attachment_id
        )
    export.done += step.events
    export.whole = max(export.whole, export.done)
    if step.place is None:
        export.state, export.done, export.place = ExportState.READY, export.whole, {}
        export.expires_at = timezone.now() + dt.timedelta(hours=settings.EXPORT_HOURS)
    else:
        export.place = step.place


def _as_json(content: Any) -> bytes:
    return msgspec.json.format(encode(content), indent=1) + b"\n"


def left_behind(*, now: dt.datetime) -> list[str]:
    """The exports that have not moved for a while: their task got lost."""
    still = Export.objects.filter(state=ExportState.WORKING, moved_at__lt=now - dt.timedelta(seconds=60))
    return list(still.values_list("id", flat=True))


def forget_old_exports() -> int:
    """Delete the exports whose time is over; how many."""
    return Export.objects.filter(expires_at__lte=timezone.now()).delete()[0]
