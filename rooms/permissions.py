"""Who may do what in a room: named predicates, each a plain question about rows already read.

The default roles:

| may                         | owner | moderator | member | guest |
|-----------------------------|-------|-----------|--------|-------|
| read, post, leave           | yes   | yes       | yes    | yes   |
| add members and guests      | yes   | yes       |        |       |
| remove members and guests   | yes   | yes       |        |       |
| change name and topic       | yes   | yes       |        |       |
| add or remove any other     | yes   |           |        |       |
| change roles, archive       | yes   |           |        |       |

A public room can be found and joined by everybody. A direct room belongs to its people as they are: only
reading and posting is for them.

`actor` is the open membership of whoever asks, None for somebody outside.
"""

from .models import Membership, Role, Room, RoomKind
from .room_settings import read_settings

_STAFF = (Role.OWNER, Role.MODERATOR)
_BELOW_STAFF = (Role.MEMBER, Role.GUEST)


def can_know(room: Room, *, actor: Membership | None) -> bool:
    """May know that the room exists. To all others it is as if it did not."""
    return actor is not None or room.kind == RoomKind.PUBLIC


def can_read(*, actor: Membership | None) -> bool:
    """May read what is said there and see who belongs there."""
    return actor is not None


def can_post(room: Room, *, actor: Membership | None) -> bool:
    """May speak there, unless muted."""
    return actor is not None and not room.archived


def has_open_history(room: Room) -> bool:
    """Whether a new member reads what was said before they came: in public rooms, unless its settings differ."""
    history = read_settings(room.settings).history
    return room.kind == RoomKind.PUBLIC if history is None else history == "beginning"


def can_join(room: Room) -> bool:
    """Whether anybody may come in by themselves."""
    return room.kind == RoomKind.PUBLIC


def has_fixed_members(room: Room) -> bool:
    """Whether nobody comes, goes or changes rank."""
    return room.kind == RoomKind.DIRECT


def can_add_member(room: Room, *, actor: Membership | None, role: str) -> bool:
    """May bring somebody in with that role."""
    return not has_fixed_members(room) and _outranks(actor, role)


def can_remove_member(room: Room, *, actor: Membership | None, member: Membership) -> bool:
    """May end another's membership."""
    return not has_fixed_members(room) and _outranks(actor, member.role)


def can_change_role(room: Room, *, actor: Membership | None) -> bool:
    """May give members another role, their own included."""
    return not has_fixed_members(room) and actor is not None and actor.role == Role.OWNER


def can_change_room(room: Room, *, actor: Membership | None) -> bool:
    """May change its name and topic."""
    return not has_fixed_members(room) and actor is not None and actor.role in _STAFF


def can_archive_room(room: Room, *, actor: Membership | None) -> bool:
    """May close it for ever: it can only be read from then on."""
    return not has_fixed_members(room) and actor is not None and actor.role == Role.OWNER


def _outranks(actor: Membership | None, role: str) -> bool:
    if actor is None:
        return False
    return actor.role == Role.OWNER or (actor.role == Role.MODERATOR and role in _BELOW_STAFF)
