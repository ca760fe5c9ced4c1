"""One example of every frame, for the documents and for whoever tests a client against them."""

from typing import Any
from uuid import UUID

import msgspec

from messaging import protocol
from messaging.protocol import encode

ROOM, OTHER = "q7m2k8d4v9p3w0ra", "h5t6x2n8c4z7b3ge"
ALICE, BOB = "a8r4p2x9k6w3m7qd", "b3k7v5n2t8h4z6yc"
KEY = UUID("6f1d0a52-9c1e-4b0b-8f43-0c6d5a7e2b11")
EPOCH, AT = "e2w8k4s6m0q9t3vj", "2026-11-24T09:31:07.042Z"

_BODY: dict[str, Any] = {
    "room": ROOM,
    "epoch": EPOCH,
    "seq": 42,
    "kind": "message.created",
    "at": AT,
    "by": ALICE,
    "client_id": str(KEY),
    "data": {"text": "The tide turns at six.", "attachments": [], "mentions": []},
}

EXAMPLES: tuple[msgspec.Struct, ...] = (
    protocol.Subscribe(id=1, rooms=[protocol.RoomCursor(room=ROOM, epoch=EPOCH, after=40)]),
    protocol.Unsubscribe(id=2, rooms=[ROOM]),
    protocol.SendMessage(id=3, room=ROOM, client_id=KEY, text="The tide turns at six."),
    protocol.EditMessage(id=4, room=ROOM, client_id=KEY, seq=42, text="The tide turns at seven."),
    protocol.DeleteMessage(id=5, room=ROOM, client_id=KEY, seq=42),
    protocol.AddReaction(id=6, room=ROOM, client_id=KEY, seq=42, emoji="⚓"),
    protocol.RemoveReaction(id=7, room=ROOM, client_id=KEY, seq=42, emoji="⚓"),
    protocol.FetchEvents(id=8, room=ROOM, before=43, limit=50),
    protocol.MarkDelivered(room=ROOM, seq=42),
    protocol.MarkRead(room=ROOM, seq=42),
    protocol.StartTyping(room=ROOM),
    protocol.StopTyping(room=ROOM),
    protocol.SetPresence(state="away"),
    protocol.Pong(n=17),
    protocol.Welcome(
        connection=OTHER,
        user=BOB,
        heartbeat_ms=20_000,
        limits={"text_bytes": 16_384, "file_bytes": 52_428_800, "message_files": 10, "frame_bytes": 65_536},
        now=AT,
    ),
    protocol.Ok(id=3, room=ROOM, seq=42, at=AT),
    protocol.Error(
        id=3, code="rate_limited", message="Too many at once.", retryable=True, retry_after_ms=250, room=ROOM
    ),
    protocol.Subscribed(
        id=1,
        rooms=[
            protocol.SubscribedRoom(
                room=ROOM,
                epoch=EPOCH,
                head=42,
                min_seq=3,
                recovered=True,
                delivered=40,
                read=38,
                unread=2,
                mentions=0,
                present=[protocol.Present(user=ALICE, state="online")],
                receipts=[protocol.Receipts(user=ALICE, delivered=42, read=42)],
            ),
            protocol.RefusedRoom(
                room="nowhere", error={"code": "not_found", "message": "There is no such room."}
            ),
        ],
    ),
    protocol.Event(**_BODY),
    protocol.EventsPage(id=8, room=ROOM, epoch=EPOCH, events=[protocol.EventBody(**_BODY)], more=True),
    protocol.Receipt(room=ROOM, user=BOB, delivered=42, read=41, at=AT),
    protocol.ReceiptSummary(room=ROOM, summary={"seq": 42, "delivered": 71, "read": 64}),
    protocol.Typing(room=ROOM, user=ALICE, on=True, ttl_ms=5000),
    protocol.PresenceChanged(user=ALICE, state="away", at=AT),
    protocol.RoomJoined(room=ROOM, reason="added"),
    protocol.RoomRevoked(room=ROOM, reason="removed"),
    protocol.Heartbeat(n=17, heads={ROOM: 42}),
    protocol.Announcement(text="We update tonight.", level="info", until=AT),
    protocol.Goodbye(code=protocol.CLOSE_RESTARTING, reconnect=True, after_ms=700),
)

_DEFAULTS_LEFT_OUT = {"id": None, "epoch": None, "after": None, "before": None, "reply_to": None}


def example(frame: type[msgspec.Struct]) -> dict[str, Any]:
    """The example of a frame as JSON; of a command without what it does not need."""
    found = next(each for each in EXAMPLES if type(each) is frame)
    shown: dict[str, Any] = msgspec.json.decode(encode(found))
    if isinstance(found, protocol.Command):
        shown = {
            name: value
            for name, value in shown.items()
            if not (value in ({}, []) or (value is None and name in _DEFAULTS_LEFT_OUT))
        }
    return {"type": shown.pop("type"), **shown}
