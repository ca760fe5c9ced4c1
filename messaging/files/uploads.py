"""Files that are sent before the message that names them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.signals import pre_delete
from django.utils.translation import gettext as _

from chatsite import clock, limits
from chatsite.accounts.models import User
from chatsite.accounts.services import claim_key
from chatsite.idempotency import Key
from chatsite.ids import is_id
from rooms.errors import NoSuchRoom, NotYourRole, RoomArchived
from rooms.models import Membership, Room

from ..errors import EmptyFile, FileTooLarge, Muted, NoSuchFile, RoomReadOnly, TooManyUnsent
from ..models import Attachment
from ..permissions import can_attach, can_send, is_muted, is_read_only
from . import kinds, pictures, previews, store
from .names import checked_alt, safe_name

UNSENT_FOR = dt.timedelta(days=1)


def check_uploader(*, by: str, room_id: str) -> None:
    """Whether they may give files to this room now.

    Raises `NoSuchRoom`, `RoomArchived`, `Muted`, `RoomReadOnly`, `NotYourRole` and `TooManyUnsent`.
    """
    member = (
        Membership.objects.filter(room_id=room_id, user_id=by, left_seq=None).select_related("room").first()
    )
    if member is None:
        raise NoSuchRoom
    if member.room.archived:
        raise RoomArchived
    if is_muted(member, now=clock.now()):
        raise Muted
    may = member.room.rights_of(member.role)
    if is_read_only(may):
        raise RoomReadOnly
    if not can_send(may, reply=False) or not can_attach(may):
        raise NotYourRole
    if Attachment.objects.filter(by_id=by, message_seq=None).count() >= limits.UNSENT_FILES:
        raise TooManyUnsent(f"{limits.UNSENT_FILES} of your files wait for a message: send or remove some.")


def upload_file(
    *, by: User, room_id: str, file: "UploadedFile[Any]", alt: str = "", key: Key | None = None
) -> Attachment:
    """Take a file into a room, for a message to come.

    Raises what `check_uploader` does, `EmptyFile`, `FileTooLarge`, `WrongType`, and for `alt` what `checked_alt` does.
    """
    check_uploader(by=by.id, room_id=room_id)
    attachment = _judged(by, room_id, file, checked_alt(alt))
    file.seek(0)
    attachment.key = store.put(file)
    body = ["attachment", room_id, attachment.name, attachment.size]
    with transaction.atomic():
        first = claim_key(by=by, key=key, body=body, result_id=attachment.id) if key else None
        if first is None:
            attachment.save(force_insert=True)
            store.adopt(attachment.key)
            if attachment.previews_left:
                previews.start(attachment.id)
            return attachment
        store.let_go([attachment.key])
    return own_file(by=by.id, room_id=room_id, file_id=first)


def _judged(by: User, room_id: str, file: "UploadedFile[Any]", alt: str) -> Attachment:
    if not file.size:
        raise EmptyFile(field="file")
    if file.size > limits.FILE_BYTES:
        raise FileTooLarge(
            _("A file has at most {n} MB.").format(n=megabytes(limits.FILE_BYTES)), field="file"
        )
    name = safe_name(file.name or "")
    file.seek(0)
    kind = kinds.kind_of(file.read(kinds.HEAD), name=name)
    size = pictures.size_of(file, kind) if kind in kinds.PICTURES else None
    return Attachment(
        room_id=room_id,
        by_id=by.id,
        at=clock.now(),
        name=name,
        type=kind,
        size=file.size,
        alt=alt,
        width=size.width if size else None,
        height=size.height if size else None,
        previews_left=previews.TRIES if pictures.can_be_small(size) else 0,
    )


def megabytes(size: int) -> str:
    """A limit as people say it."""
    return f"{size / 2**20:.10g}"


def own_file(*, by: str, room_id: str, file_id: str) -> Attachment:
    """A file that one gave to a room. Raises `NoSuchFile`."""
    mine = Attachment.objects.filter(room_id=room_id, by_id=by, id=file_id) if is_id(file_id) else None
    found = mine.first() if mine is not None else None
    if found is None:
        raise NoSuchFile
    return found


@transaction.atomic
def describe_file(*, by: str, room_id: str, file_id: str, alt: str) -> Attachment:
    """Say in words what a file shows, until a message names it. Raises `NoSuchFile` and what `checked_alt` does."""
    alt = checked_alt(alt)
    _own_unsent(by, room_id, file_id).update(alt=alt)
    return own_file(by=by, room_id=room_id, file_id=file_id)


@transaction.atomic
def remove_file(*, by: str, room_id: str, file_id: str) -> None:
    """Throw away a file that no message names. Raises `NoSuchFile`."""
    forget(_own_unsent(by, room_id, file_id))


def _own_unsent(by: str, room_id: str, file_id: str) -> Any:
    mine = Attachment.objects.filter(room_id=room_id, by_id=by, message_seq=None)
    mine = mine.filter(id=file_id) if is_id(file_id) else mine.none()
    if not mine.select_for_update().exists():
        raise NoSuchFile
    return mine


def forget(files: Any) -> None:
    """In a transaction: delete these rows, and their bytes after its commit."""
    rows = list(files.select_for_update().values_list("id", "key", "preview"))
    Attachment.objects.filter(id__in=[id for id, _, _ in rows]).delete()
    store.let_go(key for _, *keys in rows for key in keys)


def forget_files_of(room_id: str, seqs: Iterable[int]) -> None:
    """In the transaction that erases these messages: their files go, too."""
    forget(Attachment.objects.filter(room_id=room_id, message_seq__in=list(seqs)))


def forget_files_with_rooms() -> None:
    """From now on a room whose row is deleted, which nothing on the site does but a person with a shell may, takes its bytes along."""
    pre_delete.connect(_forget_files_with, sender=Room, dispatch_uid="files of rooms")


def _forget_files_with(instance: Room, **_: object) -> None:
    forget(Attachment.objects.filter(room=instance))


def forget_unsent(*, now: dt.datetime) -> int:
    """Throw away what no message has named for a day; how many. Safe to run at any time, twice at once too."""
    old = Attachment.objects.filter(message_seq=None, at__lt=now - UNSENT_FOR).order_by("at")
    gone = 0
    while ids := list(old.values_list("id", flat=True)[: store.SWEPT_AT_ONCE]):
        with transaction.atomic():
            # One that a message takes at this moment is not unsent when its lock is free.
            forget(Attachment.objects.filter(id__in=ids, message_seq=None))
        gone += len(ids)
    return gone
