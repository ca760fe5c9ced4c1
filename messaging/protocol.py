"""The wire protocol `chat.v1`: every frame, both ways, and nothing of how it is done.

This module knows no Django. `decode_command` turns a text frame into a command or
refuses it; `encode` turns a reply or an event into the bytes of a frame. Commands are
imperative, events are past. An unknown type or field of a command is refused; clients
ignore what they don't know.
"""

import datetime as dt
import json
import math
import re
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from chatsite.errors import BadRequest, ChatError

SUBPROTOCOL = "chat.v1"

# Close codes. From 4400 on they are ours; after 4401 and 4403 a client does not come back by itself.
CLOSE_TOO_LARGE = 1009
CLOSE_OUR_FAULT = 1011
CLOSE_RESTARTING = 1012
CLOSE_BROKEN_FRAMES = 4400
CLOSE_NOT_SIGNED_IN = 4401
CLOSE_SESSION_ENDED = 4403
CLOSE_HEARTBEAT_MISSED = 4408
CLOSE_TOO_SLOW = 4409
CLOSE_TOO_MANY_REFUSED = 4429

# Larger numbers do not survive a JavaScript client (ECMA-262, Number.MAX_SAFE_INTEGER).
MAX_SEQ = 2**53 - 1

Seq = Annotated[int, msgspec.Meta(ge=1, le=MAX_SEQ)]
Position = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQ)]
Name = Annotated[str, msgspec.Meta(max_length=64)]
_ID_LENGTH = 64
CommandId = Annotated[str, msgspec.Meta(max_length=_ID_LENGTH)] | int
PageLimit = Annotated[int, msgspec.Meta(ge=1, le=300)]


class Command(msgspec.Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True):
    """What a client asks for; the one reply bears the same `id`."""

    id: CommandId | None = None


class RoomCursor(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A room to subscribe to, and how far the client has come: `after` is the last `seq` it holds."""

    room: str
    epoch: Name | None = None
    after: Position | None = None


class Cursor(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How far a client has come in a room."""

    after: Position
    epoch: Name | None = None


class Subscribe(Command, tag="subscribe"):
    """Hear rooms: some by name, or all of one's own, those joined later included."""

    rooms: list[RoomCursor] | Literal["all"]
    cursors: dict[str, Cursor] = {}


class Unsubscribe(Command, tag="unsubscribe"):
    """Hear rooms no longer; membership stays."""

    rooms: list[str]


class SendMessage(Command, tag="message.send"):
    """Say something. `client_id` makes it exactly once."""

    room: str
    client_id: UUID
    text: str
    reply_to: Seq | None = None
    attachments: list[Name] = []


class EditMessage(Command, tag="message.edit"):
    """Replace the text of a message; the earlier text is kept nowhere."""

    room: str
    client_id: UUID
    seq: Seq
    text: str
    epoch: Name | None = None


class DeleteMessage(Command, tag="message.delete"):
    """Erase a message's text."""

    room: str
    client_id: UUID
    seq: Seq
    epoch: Name | None = None


class AddReaction(Command, tag="reaction.add"):
    """React to a message with one emoji."""

    room: str
    client_id: UUID
    seq: Seq
    emoji: Name
    epoch: Name | None = None


class RemoveReaction(Command, tag="reaction.remove"):
    """Take one's own reaction back."""

    room: str
    client_id: UUID
    seq: Seq
    emoji: Name
    epoch: Name | None = None


class FetchEvents(Command, tag="events.fetch"):
    """One page of a room's log: after a `seq`, or before one."""

    room: str
    epoch: Name | None = None
    after: Position | None = None
    before: Seq | None = None
    limit: PageLimit = 100


class MarkDelivered(Command, tag="receipt.delivered"):
    """One's device holds everything up to `seq`."""

    room: str
    seq: Position


class MarkRead(Command, tag="receipt.read"):
    """One has read everything up to `seq`."""

    room: str
    seq: Position


class StartTyping(Command, tag="typing.start"):
    """One is writing in a room."""

    room: str


class StopTyping(Command, tag="typing.stop"):
    """One stopped writing in a room."""

    room: str


class SetPresence(Command, tag="presence.set"):
    """Here, or away from the keys; offline follows from having no socket."""

    state: Literal["online", "away"]


class Pong(Command, tag="pong"):
    """The answer to a `heartbeat` of the same `n`."""

    n: int


AnyCommand = (
    Subscribe
    | Unsubscribe
    | SendMessage
    | EditMessage
    | DeleteMessage
    | AddReaction
    | RemoveReaction
    | FetchEvents
    | MarkDelivered
    | MarkRead
    | StartTyping
    | StopTyping
    | SetPresence
    | Pong
)


class Reply(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """What the server says; a field at its default is left out of the frame."""


class Welcome(Reply, tag="welcome"):
    """The first frame after the accept. `user` is the id of whoever is signed in."""

    connection: str
    user: str
    heartbeat_ms: int
    limits: dict[str, Any]
    now: str


class Ok(Reply, tag="ok"):
    """Done; for a change: stored, as `seq`."""

    id: CommandId | None = None
    room: str | None = None
    seq: int | None = None
    at: str | None = None
    duplicate: bool = False


class Error(Reply, tag="error"):
    """Refused, and why. `retryable`: the same may succeed later."""

    code: str
    message: str
    retryable: bool = msgspec.field()
    id: CommandId | None = None
    retry_after_ms: int | None = None
    field: str | None = None
    room: str | None = None


class Receipts(msgspec.Struct, kw_only=True):
    """How far one member of a room has come."""

    user: str
    delivered: int
    read: int


class Present(msgspec.Struct, kw_only=True):
    """Whether one member of a room is there."""

    user: str
    state: str


class SubscribedRoom(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The state of a room at the moment of subscription.

    `recovered` is false when what was missed cannot be streamed and the client has to
    reload; `min_seq` is this member's first visible event.
    """

    room: str
    epoch: str
    head: int
    min_seq: int
    recovered: bool = msgspec.field()
    delivered: int = msgspec.field()
    read: int = msgspec.field()
    unread: int = msgspec.field()
    mentions: int = msgspec.field()
    present: list[Present] | None = None
    receipts: list[Receipts] | None = None


class RefusedRoom(msgspec.Struct, kw_only=True):
    """A room that cannot be subscribed to."""

    room: str
    error: dict[str, str]


class Subscribed(Reply, tag="subscribed"):
    """The rooms now heard on this socket; the missed events follow as `event` frames."""

    rooms: list[SubscribedRoom | RefusedRoom]
    id: CommandId | None = None


class EventBody(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One durable change of a room, as pages and REST tell it. A tombstone has no `by` and no `client_id`."""

    room: str
    epoch: str
    seq: int
    kind: str
    at: str
    data: dict[str, Any]
    by: str | None = None
    client_id: str | None = None


class Event(EventBody, tag_field="type", tag="event", omit_defaults=True, kw_only=True):
    """One durable change of a room."""

    @property
    def body(self) -> EventBody:
        """The same without `type`."""
        return msgspec.convert(self, EventBody, from_attributes=True)


class EventsPage(Reply, tag="events.page"):
    """A page of a room's log in the order of `seq`; `more`: there is another page in that direction."""

    room: str
    epoch: str
    events: list[EventBody]
    more: bool = msgspec.field()
    id: CommandId | None = None


class Receipt(Reply, tag="receipt"):
    """A member's watermarks moved."""

    room: str
    user: str
    delivered: int
    read: int
    at: str


class ReceiptSummary(Reply, tag="receipt"):
    """How many members of a large room have its newest message `seq`, and how many have read it."""

    room: str
    summary: dict[str, int]


class Typing(Reply, tag="typing"):
    """Somebody writes in a room, or stopped; it ends by itself after `ttl_ms`, and with their message."""

    room: str
    user: str
    on: bool = msgspec.field()
    ttl_ms: int = msgspec.field()


class PresenceChanged(Reply, tag="presence"):
    """Somebody one shares a room with is online, away or offline now."""

    user: str
    state: str
    at: str


class RoomJoined(Reply, tag="room.joined"):
    """The server has begun this socket's subscription to a room."""

    room: str
    reason: str


class RoomRevoked(Reply, tag="room.revoked"):
    """The server has ended this socket's subscription to a room."""

    room: str
    reason: str


class Heartbeat(Reply, tag="heartbeat"):
    """Answer with `pong`. `heads`: the newest `seq` of the rooms that moved since the last one.

    `rights`: what roles may do has changed on the whole site, so what one may do in a room has to be read again.
    `lists`: by room the lists (`bans`, `invites`, `reports`) that one may see and that have changed; REST has them.
    `marks`: by room what one has made of it on another device (`my_marks` over REST). `notifications`: how one wants to
    be told was changed on another device, and REST has it.
    """

    n: int
    heads: dict[str, int]
    rights: bool = False
    lists: dict[str, list[str]] = {}
    marks: dict[str, dict[str, Any]] = {}
    notifications: bool = False


class Announcement(Reply, tag="announcement"):
    """A word from the site's administrators."""

    text: str
    level: Literal["info", "warning"]
    until: str


class Goodbye(Reply, tag="goodbye"):
    """The last frame before the close; come back after `after_ms` if `reconnect`."""

    code: int
    reconnect: bool = msgspec.field()
    after_ms: int = msgspec.field()


_decoder = msgspec.json.Decoder(AnyCommand)
# Keys in one order: PostgreSQL's jsonb gives them back in its own, and an event has the same bytes for ever.
encode = msgspec.json.Encoder(order="deterministic").encode

_SURROGATE = re.compile("[\ud800-\udfff]")
_AT_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED_FIELD = re.compile(r"^Object (?:contains unknown|missing required) field `(?P<name>[^`]*)`")


class BrokenFrame(BadRequest):
    """A frame that is not a command of the protocol; `id` is the command's, if it could be read."""

    def __init__(self, message: str, *, field: str, id: CommandId | None = None) -> None:
        super().__init__(message, field=field)
        self.id = id


def decode_command(frame: str | bytes) -> AnyCommand:
    """The command in a text frame.

    Raises `BrokenFrame` with the `field` at fault (`frame` when it is no JSON object at all).
    """
    try:
        command: AnyCommand = _decoder.decode(frame)
    except msgspec.ValidationError as error:
        message, field = _explain(str(error))
        raise BrokenFrame(message, field=field, id=_read_id(frame)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise _diagnose(frame) from None
    if isinstance(command.id, int) and not -(10 ** (_ID_LENGTH - 1)) < command.id < 10**_ID_LENGTH:
        raise BrokenFrame("An id has at most 64 characters.", field="id")
    return command


def _explain(text: str) -> tuple[str, str]:
    """A sentence and a field path such as `rooms[0].after`, from msgspec's message."""
    at = _AT_PATH.search(text)
    path = at["path"] if at else ""
    reason = _AT_PATH.sub("", text).replace("`", "")
    if named := _NAMED_FIELD.match(text):
        path = f"{path}.{named['name']}" if path else named["name"]
    return f"{reason}.", path or "frame"


def _read_id(frame: str | bytes) -> CommandId | None:
    """The `id` of a frame that was refused, so that its sender knows which one it was."""
    try:
        raw = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return _id_in(raw)


def _id_in(raw: object) -> CommandId | None:
    value = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int) or _has_surrogate(value):
        return None
    return value if len(repr(value).strip("'")) <= _ID_LENGTH else None


def _has_surrogate(value: object) -> bool:
    return isinstance(value, str) and _SURROGATE.search(value) is not None


def _diagnose(frame: str | bytes) -> BrokenFrame:
    """Why a frame is not JSON: Python's laxer parser still reads lone surrogates and NaN, and so finds the field."""
    try:
        raw = json.loads(frame)
    except (ValueError, RecursionError):
        return BrokenFrame("The frame is not valid JSON.", field="frame")
    if isinstance(raw, dict):
        for name, value in raw.items():
            if _has_surrogate(value):
                return BrokenFrame("Half of a surrogate pair is no character.", field=name, id=_id_in(raw))
            if isinstance(value, float) and not math.isfinite(value):
                return BrokenFrame("A number must be finite.", field=name, id=_id_in(raw))
    return BrokenFrame("The frame is not valid JSON.", field="frame", id=_id_in(raw))


def error_frame(error: ChatError, *, id: CommandId | None = None, room: str | None = None) -> bytes:
    """The `error` frame of a refusal."""
    return encode(
        Error(
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            id=id,
            retry_after_ms=error.retry_after_ms,
            field=error.field,
            room=room,
        )
    )


# The events of a batch have one time, and each is told twice: 4 % of the way of a message.
@lru_cache(maxsize=256)
def rfc3339(moment: dt.datetime) -> str:
    """A moment as RFC 3339 in UTC with milliseconds: `2026-11-24T09:31:07.042Z`."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
