"""The events of a room as they travel: encoded once, with what the hub must know beside the bytes."""

from typing import Any, NamedTuple

import msgspec

from messaging.files.shown import files_shown
from messaging.models import Event, EventKind
from messaging.protocol import Event as EventFrame
from messaging.protocol import encode, rfc3339


class Item(NamedTuple):
    """One event on its way to sockets.

    `payload` is the whole `event` frame as JSON; `subject` is the message that the event is
    about, for those who may not see that message; `leaver` is the person whose membership it ends,
    by their own hand or another's: `by`; `joiner` is the person whose membership it begins; `moves_history` tells
    that it changes from where members may read.
    """

    seq: int
    payload: bytes
    subject: int | None
    leaver: str | None
    by: str
    joiner: str | None = None
    moves_history: bool = False

    @property
    def reason(self) -> str:
        """Why the leaver's subscription ends."""
        return "left" if self.by == self.leaver else "removed"


def to_frame(event: Event, *, epoch: str) -> EventFrame:
    """The `event` frame of a stored event, in the present state of its message."""
    return EventFrame(
        room=event.room_id,
        epoch=epoch,
        seq=event.seq,
        kind=event.kind,
        at=rfc3339(event.at),
        data=_data(event),
        by=event.by_id,
        client_id=str(event.client_id) if event.client_id else None,
    )


def _data(event: Event) -> dict[str, Any]:
    if event.kind == EventKind.MESSAGE_CREATED:
        data = {"text": event.text, **event.data}
        if carried := data.get("attachments"):
            data["attachments"] = files_shown(event.room_id, carried)
        if event.reply_to is not None:
            data["reply_to"] = event.reply_to
        return data
    if event.kind == EventKind.MESSAGE_EDITED:
        return {"message": event.subject, "text": event.text, **event.data}
    about = {} if event.subject is None else {"message": event.subject}
    return {**about, **event.data}


def to_tombstone(frame: EventFrame) -> EventFrame:
    """What stands in the place of an event that this reader may not see: its number and time, nothing else."""
    return EventFrame(
        room=frame.room, epoch=frame.epoch, seq=frame.seq, kind="tombstone", at=frame.at, data={}
    )


def to_item(event: Event, *, epoch: str) -> Item:
    """The event with its bytes, ready for the hub."""
    payload = encode(to_frame(event, epoch=epoch))
    leaver = event.data.get("user") if event.kind == EventKind.MEMBER_LEFT else None
    joiner = event.data.get("user") if event.kind == EventKind.MEMBER_JOINED else None
    moves_history = _moves_history(event)
    return Item(event.seq, payload, event.subject, leaver, event.by_id, joiner, moves_history)


def _moves_history(event: Event) -> bool:
    """A role's right to read history may have come or gone with it, or the room's history was opened or closed."""
    return (
        event.kind == EventKind.MEMBER_CHANGED
        or "history" in event.data.get("settings", ())
        or (event.kind == EventKind.ROOM_CHANGED and "kind" in event.data)
        or any("read_history" in rights for rights in event.data.get("permissions", {}).values())
    )


def tombstone_of(item: Item) -> bytes:
    """The tombstone in the place of an item."""
    return encode(to_tombstone(_decode(item.payload)))


_decode = msgspec.json.Decoder(EventFrame).decode
