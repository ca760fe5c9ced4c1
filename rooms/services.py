"""What can be done to rooms and their members. Each change is an event in the room's log.

All take `by`, who does it, and may take the caller's idempotency `key`: again with the same key and body
nothing is done, and the first result is returned. With `office` a site administrator acts as such, belonging
to the room or not (`Forbidden` for anybody else).
"""

import hashlib
from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.accounts.queries import all_active
from chatsite.accounts.services import claim_key
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest
from chatsite.idempotency import Key
from chatsite.text import one_line
from messaging.delivery import broker
from messaging.models import EventKind

from . import permissions, queries
from .errors import AlreadyMember, NoSuchMember, NoSuchRoom, NoSuchUser, NotYourRole
from .levels import Level, level_of
from .models import Membership, Role, Room, RoomKind
from .room_settings import changed_settings, differing_settings, read_settings
from .rules import settle_rights
from .turn import open_room, turn_at

LONGEST_NAME = 80
LONGEST_TOPIC = 500

# Beyond this a direct room is a private room without a name.
MOST_IN_DIRECT_ROOM = 20


def create_room(*, by: User, name: str, kind: str, topic: str = "", key: Key | None = None) -> Room:
    """A new public or private room that `by` owns. Raises `BadRequest` with the field at fault."""
    room = Room(kind=_valid_kind(kind), name=_valid_name(name), topic=_valid_topic(topic))
    body = ["room", name, kind, topic]
    with transaction.atomic():
        first = claim_key(by=by, key=key, body=body, result_id=room.id) if key else None
        if first is not None:
            return queries.find_room(first)
        settle_rights(room)
        return open_room(room, by=by).room


def open_direct_room(*, by: User, user_ids: Collection[str], key: Key | None = None) -> Room:
    """The one direct room of `by` and these people, made if it is not there yet.

    Raises `BadRequest` for nobody else or too many, and `NoSuchUser`.
    """
    people = sorted({by.id, *user_ids})
    if not 2 <= len(people) <= MOST_IN_DIRECT_ROOM:
        raise BadRequest(
            _("A direct room has 2 to {most} people.").format(most=MOST_IN_DIRECT_ROOM), field="users"
        )
    if not all_active(people):
        raise NoSuchUser(field="users")
    direct_key = hashlib.sha256(" ".join(people).encode()).hexdigest()
    room = Room.objects.filter(direct_key=direct_key).first()
    if room is None:
        try:
            return _make_direct_room(Room(kind=RoomKind.DIRECT, direct_key=direct_key), by=by, people=people)
        except IntegrityError:  # somebody else made it at this very moment
            room = Room.objects.get(direct_key=direct_key)
    if key:
        key.repeated = True
    return room


@transaction.atomic
def _make_direct_room(room: Room, *, by: User, people: list[str]) -> Room:
    settle_rights(room)
    turn = open_room(room, by=by)
    for user_id in people:
        if user_id != by.id:
            turn.let_in(user_id, Role.MEMBER, reason="added")
    return room


def join_room(*, by: User, room: Room, key: Key | None = None) -> Membership:
    """Come into a public room as a member; who is in already stays as they are.

    Raises `NoSuchRoom`, `RoomArchived` and `Banned`.
    """
    with turn_at(room, by=by, key=key, body=["join"]) as turn:
        if turn.first:
            return _membership_since(room, turn.first.seq)
        if turn.actor:
            turn.key.repeated = True
            return turn.actor
        if not permissions.can_join(turn.room):
            raise NoSuchRoom
        return turn.let_in(by.id, Role.MEMBER, reason="joined")


def mark_room(
    *,
    by: User,
    room_id: str,
    favourite: bool | None = None,
    muted: bool | None = None,
    notify: str | None = None,
) -> Membership:
    """Keep the room in one's own list as one likes it; None leaves a mark as it is. No event tells of it, but a word to one's devices.

    `notify` is a `Level`, or empty for the site's default. Who wants to be told everything does not want the room
    muted, unless they say both. Raises `NoSuchRoom`, and `NoSuchMember` in a public room that one is not in.
    """
    room = queries.visible_room(by=by, room_id=room_id)
    member = queries.member_of(room.id, by.id)
    if notify == Level.EVERYTHING and muted is None:
        muted = False
    asked = {"favourite": favourite, "muted": muted, "notify": notify}
    told = {mark: value for mark, value in asked.items() if value is not None}
    for mark, value in told.items():
        setattr(member, mark, value)
    member.save(update_fields=told)
    level = level_of(kind=room.kind, notify=member.notify, muted=member.muted)
    marks = {"favourite": member.favourite, "muted": member.muted, "notify": str(level)}
    broker.publish_to_user(by.id, {"type": "own.wishes", "wishes": {"marks": {room.id: marks}}})
    return member


def leave_room(*, by: User, room: Room, key: Key | None = None) -> None:
    """End one's own membership, in an archived room too.

    Raises `NoSuchRoom` when there is none, `NotInDirectRooms`, and `LastOwner`.
    """
    with turn_at(room, by=by, key=key, body=["leave"], archived_too=True) as turn:
        if turn.first:
            return
        if turn.actor is None:
            raise NoSuchMember if turn.room.kind == RoomKind.PUBLIC else NoSuchRoom
        turn.end_membership(turn.actor)


def add_member(
    *, by: User, room: Room, user_id: str, role: str = Role.MEMBER, key: Key | None = None
) -> Membership:
    """Bring somebody in. Who is a member already, in that role, stays as they are.

    Raises `BadRequest`, `NoSuchUser`, `NoSuchRoom`, `RoomArchived`, `NotInDirectRooms`, `NotYourRole`,
    `AlreadyMember` and `Banned`.
    """
    if role not in Role.values:
        raise BadRequest(f"A role is one of {', '.join(Role.values)}.", field="role")
    with turn_at(room, by=by, key=key, body=["add", user_id, role]) as turn:
        if turn.first:
            return _membership_since(room, turn.first.seq)
        turn.allow(permissions.can_add_member(turn.room, actor=turn.actor, role=role))
        member = queries.find_member(room.id, user_id)
        if member is not None:
            if member.role != role:
                raise AlreadyMember(field="user")
            turn.key.repeated = True
            return member
        if not all_active([user_id]):
            raise NoSuchUser(field="user")
        record(Action.MEMBER_ADDED, by=by, user=user_id, room=room.id, details={"role": role})
        return turn.let_in(user_id, role, reason="added")


def remove_member(
    *, by: User, room: Room, user_id: str, key: Key | None = None, office: bool = False
) -> None:
    """End a membership, another's or one's own.

    Raises `NoSuchRoom`, `NoSuchMember`, `NotInDirectRooms`, `NotYourRole` and `LastOwner`.
    """
    with turn_at(room, by=by, key=key, body=["remove", user_id], archived_too=True, office=office) as turn:
        if turn.first:
            return
        if turn.actor is None and not office:
            raise NotYourRole
        member = queries.member_of(room.id, user_id)
        if member.user_id != by.id:
            turn.allow(permissions.can_remove_member(turn.room, actor=turn.actor, member=member))
        turn.end_membership(member)
        if member.user_id != by.id:
            record(
                Action.MEMBER_REMOVED, by=by, user=user_id, room=room.id, details={"role": str(member.role)}
            )


def change_room(
    *,
    by: User,
    room: Room,
    name: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    settings: dict[str, Any] | None = None,
    key: Key | None = None,
) -> Room:
    """Change a room's name or topic, whether it is public or private, or some of its settings; the event tells what changed.

    What is so already changes nothing. Raises `BadRequest`, `NoSuchRoom`, `RoomArchived`, `NotInDirectRooms`
    and `NotYourRole`.
    """
    wanted: dict[str, Any] = {}
    if name is not None:
        wanted["name"] = _valid_name(name)
    if topic is not None:
        wanted["topic"] = _valid_topic(topic)
    if kind is not None:
        wanted["kind"] = _valid_kind(kind)
    changed_settings({}, settings or {})  # what makes no sense is said before anything else
    with turn_at(room, by=by, key=key, body=["change", wanted, settings]) as turn:
        if turn.first:
            return turn.room
        if kind is not None:
            turn.allow(permissions.can_change_settings(turn.room, actor=turn.actor))
        if wanted.keys() - {"kind"} or (kind is None and not settings):
            turn.allow(permissions.can_change_room(turn.room, actor=turn.actor))
        changed = {field: value for field, value in wanted.items() if getattr(turn.room, field) != value}
        told = dict(changed)
        if changed.get("kind") == RoomKind.PUBLIC:
            settings = _with_a_closed_past(turn.room, settings)
        if settings:
            turn.allow(permissions.can_change_settings(turn.room, actor=turn.actor))
            changed["settings"] = changed_settings(turn.room.settings, settings)
            told["settings"] = differing_settings(turn.room.settings, changed["settings"])
            if not told["settings"]:
                del changed["settings"], told["settings"]
        if not changed:
            turn.key.repeated = True
            return turn.room
        for field, value in changed.items():
            setattr(turn.room, field, value)
        settled = settle_rights(turn.room) if "settings" in changed else []
        turn.room.save(update_fields=[*changed, *settled])
        turn.append(EventKind.ROOM_CHANGED, told)
        record(
            Action.ROOM_CHANGED,
            by=by,
            room=room.id,
            details={"fields": sorted(changed), "settings": told.get("settings", {})},
        )
        return turn.room


def archive_room(*, by: User, room: Room, key: Key | None = None, office: bool = False) -> Room:
    """Close a room: it can only be read and left from now on. An archived one stays so.

    Raises `NoSuchRoom`, `NotInDirectRooms` and `NotYourRole`.
    """
    with turn_at(room, by=by, key=key, body=["archive"], archived_too=True, office=office) as turn:
        if turn.first:
            return turn.room
        turn.allow(permissions.can_archive_room(turn.room, actor=turn.actor))
        if turn.room.archived:
            turn.key.repeated = True
            return turn.room
        turn.room.archived_at = clock.now()
        turn.room.save(update_fields=["archived_at"])
        turn.append(EventKind.ROOM_ARCHIVED, {})
        record(Action.ROOM_ARCHIVED, by=by, room=room.id)
        return turn.room


def reopen_room(*, by: User, room: Room, key: Key | None = None, office: bool = False) -> Room:
    """Let people speak again in an archived room: whoever may archive it. An open one stays so.

    Raises `NoSuchRoom`, `NotInDirectRooms`, `NotYourRole`, and `Forbidden` for an `office` that is not theirs.
    """
    with turn_at(room, by=by, key=key, body=["reopen"], archived_too=True, office=office) as turn:
        if turn.first:
            return turn.room
        turn.allow(permissions.can_archive_room(turn.room, actor=turn.actor))
        if not turn.room.archived:
            turn.key.repeated = True
            return turn.room
        turn.room.archived_at = None
        turn.room.save(update_fields=["archived_at"])
        turn.append(EventKind.ROOM_CHANGED, {"archived": False})
        record(Action.ROOM_REOPENED, by=by, room=room.id)
        return turn.room


def _membership_since(room: Room, seq: int) -> Membership:
    """The membership that began at `seq`, whether or not it has ended since."""
    return Membership.objects.get(room=room, joined_seq=seq)


def _with_a_closed_past(room: Room, settings: dict[str, Any] | None) -> dict[str, Any]:
    """A room that becomes public does not show everybody what was said before, unless its owners say so."""
    wanted = settings or {}
    undecided = wanted.get("history", read_settings(room.settings).history) is None
    return {**wanted, "history": "joined"} if undecided else wanted


def _valid_kind(kind: str) -> str:
    if kind not in (RoomKind.PUBLIC, RoomKind.PRIVATE):
        raise BadRequest("A room is public or private.", field="kind")
    return kind


def _valid_name(name: str) -> str:
    return one_line(name, field="name", longest=LONGEST_NAME)


def _valid_topic(topic: str) -> str:
    return one_line(topic, field="topic", longest=LONGEST_TOPIC, shortest=0)
