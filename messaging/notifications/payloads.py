"""What a notice says: short, plain, in its reader's language, and nothing that they may not see at this moment."""

import re
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from chatsite.accounts.models import User
from messaging.models import Event
from messaging.protocol import encode
from rooms.models import Room

LONGEST_BODY = 200
LONGEST_TITLE = 120

_MARKS = [
    (re.compile(r"```[^\n]*\n?"), ""),
    (re.compile(r"!?\[([^\]\n]{0,500})\]\([^)\s]{0,2000}\)"), r"\1"),
    (re.compile(r"(\*\*|__|~~|`)(?=\S)([^\n]{1,2000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"^[ \t]{0,3}(?:#{1,6} |> ?|[-*+] )", re.MULTILINE), ""),
]


def plain(text: str, *, longest: int = LONGEST_BODY) -> str:
    """A message's Markdown as a line or two of plain text."""
    text = text[: 8 * longest]
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return shortened(" ".join(text.split()), longest)


def shortened(text: str, longest: int) -> str:
    """The beginning of a text, if it is too long."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def message_payload(message: Event, *, room: Room, author: User | None, reader: User, text: bool) -> bytes:
    """The payload that shows a message to `reader`; without its `text` it only says that there is one."""
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        name = author.shown_name if author else _("Somebody")
        title = _("{name} in {room}").format(name=name, room=room.name) if room.name else name
        return _payload(
            "message",
            room.id,
            message.seq,
            title=shortened(title, LONGEST_TITLE),
            body=said(message, text=text),
            url=f"/rooms/{room.id}/{message.seq}/",
        )


def said(message: Event, *, text: bool, longest: int = LONGEST_BODY) -> str:
    """What a message says in a few words, in the language that is switched on."""
    if not text:
        return _("A new message")
    return plain(message.text, longest=longest) or _("A file")


def close_payload(room_id: str, seq: int) -> bytes:
    """The payload that closes what is shown of a room."""
    return _payload("read", room_id, seq)


def _payload(kind: str, room_id: str, seq: int, **more: Any) -> bytes:
    return encode({"kind": kind, "room": room_id, "seq": seq, "tag": room_id, **more})
