"""Files for those who may read them: who may read the message, and before there is one its sender."""

from django.core.files.base import File

from chatsite.ids import is_id

from .. import queries
from ..errors import NoSuchFile
from ..models import Attachment
from . import store


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


def open_attachment(file_id: str) -> "File[bytes]":
    """The bytes of a file, for whoever has judged who asks. Raises `NoSuchFile` when they are gone, and `FilesAway`."""
    key = Attachment.objects.filter(id=file_id).values_list("key", flat=True).first()
    try:
        if key is not None:
            return store.open_file(key)
    except FileNotFoundError as error:
        raise NoSuchFile from error
    raise NoSuchFile
