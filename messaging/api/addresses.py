"""Rooms and messages as addresses name them: what has not the form of one is none."""

import re

from chatsite.ids import is_id
from messaging import queries
from messaging.errors import NoSuchMessage
from messaging.protocol import MAX_SEQ
from rooms.errors import NoSuchRoom

_SEQ = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


def room_in_address(room_id: str) -> str:
    """The room's id. Raises `NoSuchRoom`."""
    if not is_id(room_id):
        raise NoSuchRoom
    return room_id


def message_in_address(room_id: str, seq: str, *, by: str) -> tuple[str, int]:
    """The room's id and the message's `seq`.

    A message is looked for only in a room that `by` may read: to strangers it is the room that isn't there.
    Raises `NoSuchRoom` and `NoSuchMessage`.
    """
    room_id = room_in_address(room_id)
    if not _SEQ.fullmatch(seq) or int(seq) > MAX_SEQ:
        queries.view(by=by, room_id=room_id)
        raise NoSuchMessage(field="seq")
    return room_id, int(seq)
