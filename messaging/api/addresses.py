"""Rooms and messages as addresses name them: what has not the form of one is none."""

import re

from chatsite.ids import is_id
from messaging.errors import NoSuchMessage
from messaging.protocol import MAX_SEQ
from rooms.errors import NoSuchRoom

_SEQ = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)


def room_in_address(room_id: str) -> str:
    """The room's id. Raises `NoSuchRoom`."""
    if not is_id(room_id):
        raise NoSuchRoom
    return room_id


def seq_in_address(seq: str) -> int:
    """The message's `seq`. Raises `NoSuchMessage`."""
    if not _SEQ.fullmatch(seq) or int(seq) > MAX_SEQ:
        raise NoSuchMessage(field="seq")
    return int(seq)
