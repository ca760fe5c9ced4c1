"""A turn at a room's log: whatever changes a room or its members is done in one, under the log's lock.

Inside a turn the room and the actor's membership are read anew, so what is judged is what holds, and two
people who do the same thing at once do it one after the other.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.errors import Forbidden
from chatsite.idempotency import Key, body_digest
from messaging import room_log
from messaging.delivery import broker
from messaging.models import Event, EventKind, RoomLog
from messaging.protocol import rfc3339

from .errors import Banned, LastOwner, NoSuchRoom, NotInDirectRooms, NotYourRole, RoomArchived
from .models import Membership, Role, Room
from .permissions import can_know, can_run_rooms, has_fixed_members
from .queries import bans_now, find_member, find_room, has_other_owner


@dataclass(slots=True, kw_only=True)
class Turn:
    """`first` is the event of an earlier call with the same key: then there is nothing left to do."""

    by: User
    room: Room
    actor: Membership | None
    log: RoomLog
    key: Key
    body: object
    first: Event | None = None
    office: bool = False

    def append(self, kind: EventKind, data: dict[str, Any]) -> Event:
        """Store an event as the log's next, and tell of it when the turn is committed.

        The caller's idempotency key goes with the first event of the turn.
        """
        entry = room_log.NewEvent(room_id=self.room.id, kind=kind, by_id=self.by.id, data=data)
        if self.key.value is not None and self.first is None:
            entry.client_id, entry.body_digest = self.key.value, body_digest(self.body)
        (event,) = room_log.append({self.room.id: self.log}, [entry])
        broker.publish_events([event], epochs={self.room.id: self.log.epoch})
        self.first = self.first or event
        return event

    def allow(self, allowed: bool) -> None:
        """Go on if `allowed`, or in a turn of the office. Raises `NotInDirectRooms` or `NotYourRole` if not."""
        if not allowed and not self.office:
            raise NotInDirectRooms if has_fixed_members(self.room) else NotYourRole

    def let_in(self, user_id: str, role: str, *, reason: str) -> Membership:
        """Begin a person's membership; `reason` is what their sockets are told: created, joined or added.

        Who was muted when they left still is. Raises `Banned`.
        """
        now = clock.now()
        if bans_now(self.room.id, now=now).filter(user_id=user_id).exists():
            raise Banned("You are banned from this room." if user_id == self.by.id else "")
        silence = _silence_before(self.room, user_id, now=now)
        data = {"user": user_id, "role": role, **muting(silence.get("muted_until"))}
        event = self.append(EventKind.MEMBER_JOINED, data)
        broker.publish_to_user(user_id, {"type": "room.joined", "room": self.room.id, "reason": reason})
        return Membership.objects.create(
            room=self.room, user_id=user_id, role=role, joined_seq=event.seq, **silence
        )

    def end_membership(self, member: Membership) -> None:
        """Let somebody out who may go. Raises `NotInDirectRooms` and `LastOwner`."""
        if has_fixed_members(self.room):
            raise NotInDirectRooms
        if member.role == Role.OWNER and not has_other_owner(self.room.id, member.user_id):
            raise LastOwner
        self.let_out(member)

    def let_out(self, member: Membership, *, deleted: bool = False) -> None:
        """End a membership with the event that says so; nothing after it is theirs to read.

        `deleted` tells the others that it was the person's account that ended.
        """
        data = {"user": member.user_id, "role": member.role, **({"deleted": True} if deleted else {})}
        event = self.append(EventKind.MEMBER_LEFT, data)
        member.left_seq = event.seq
        member.save(update_fields=["left_seq"])
        reason = "left" if member.user_id == self.by.id else "removed"
        message = {"type": "room.revoked", "room": self.room.id, "reason": reason}
        broker.publish_to_user(member.user_id, message)


def muting(muted_until: dt.datetime | None) -> dict[str, str]:
    """How an event tells until when a member is muted: not at all when they are not."""
    return {} if muted_until is None else {"muted_until": rfc3339(muted_until)}


def _silence_before(room: Room, user_id: str, *, now: dt.datetime) -> dict[str, Any]:
    """The mute that a former member left under, and when they last spoke in a slow room, as a membership keeps them.

    Leaving and coming back lifts neither.
    """
    former = Membership.objects.filter(room=room, user_id=user_id).order_by("-joined_seq")
    found: dict[str, Any] = dict(former.values("muted_until", "mute_reason", "spoke_at").first() or {})
    until: dt.datetime | None = found.get("muted_until")
    over = until is None or until <= now
    return {name: value for name, value in found.items() if name == "spoke_at" or not over}


@contextmanager
def turn_at(
    room: Room,
    *,
    by: User,
    key: Key | None,
    body: object,
    archived_too: bool = False,
    invited: bool = False,
    office: bool = False,
) -> Iterator[Turn]:
    """A turn of `by` at `room`, committed at the end of the `with` block.

    `body` is what a repetition of the call must repeat. With `archived_too` an archived room is no obstacle;
    who is `invited` may know of the room. With `office` a site administrator acts as such, belonging to the room or
    not, and to an archived one too.
    Judged in the protocol's order (rule 8): one's own earlier call, then whether the room is theirs to know.
    Raises `KeyUsedForAnother`, `NoSuchRoom`, `RoomArchived`, and `Forbidden` for an `office` that is not theirs.
    """
    if office and not can_run_rooms(by):
        raise Forbidden
    with transaction.atomic():
        log = room_log.lock([room.id]).get(room.id)
        if log is None:
            raise NoSuchRoom
        turn = Turn(
            by=by,
            room=find_room(room.id),
            actor=find_member(room.id, by.id),
            log=log,
            key=key or Key(),
            body=body,
            office=office,
        )
        turn.first = _earlier(turn)
        if turn.first is None and not office:
            if not invited and not can_know(turn.room, actor=turn.actor):
                raise NoSuchRoom
            if turn.room.archived and not archived_too:
                raise RoomArchived
        yield turn


def open_room(room: Room, *, by: User, role: str = Role.OWNER) -> Turn:
    """Store a new room with `by` as its first member, in the running transaction; the turn goes on."""
    room.save(force_insert=True)
    turn = Turn(by=by, room=room, actor=None, log=room_log.open_log(room.id), key=Key(), body=None)
    turn.actor = turn.let_in(by.id, role, reason="created")
    return turn


def _earlier(turn: Turn) -> Event | None:
    if turn.key.value is None:
        return None
    place = (turn.room.id, turn.by.id, turn.key.value)
    event = room_log.find_repeats([place]).get(place)
    if event is not None:
        # An event without a digest is none of ours: every change of a room with a key keeps one.
        turn.key.admit(event.body_digest or b"", turn.body)
    return event
