"""Who may do what in a room: named predicates, each a plain question about rows already read.

The default roles:

| may                         | owner | moderator | member | guest |
|-----------------------------|-------|-----------|--------|-------|
| read, post, leave           | yes   | yes       | yes    | yes   |
| add members and guests      | yes   | yes       |        |       |
| remove members and guests   | yes   | yes       |        |       |
| mute or ban them            | yes   | yes       |        |       |
| change name and topic       | yes   | yes       |        |       |
| do that to any other        | yes   |           |        |       |
| change roles and settings   | yes   |           |        |       |
| archive                     | yes   |           |        |       |

Who may add somebody in a role may make invites for it. Nobody mutes or bans themselves.

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


def can_mute(room: Room, *, actor: Membership | None, member: Membership) -> bool:
    """May forbid another to speak for a while, and allow it again."""
    return (
        not has_fixed_members(room) and _outranks(actor, member.role) and not _is_self(actor, member.user_id)
    )


def can_ban(room: Room, *, actor: Membership | None, user_id: str, member: Membership | None) -> bool:
    """May keep somebody out, a present member or not."""
    role = member.role if member else Role.MEMBER
    return not has_fixed_members(room) and _outranks(actor, role) and not _is_self(actor, user_id)


def can_see_bans(room: Room, *, actor: Membership | None) -> bool:
    """May see who is banned and why, and let them in again."""
    return not has_fixed_members(room) and _outranks(actor, Role.MEMBER)


def can_invite(room: Room, *, actor: Membership | None, role: str = Role.GUEST) -> bool:
    """May make, see and take back invites for that role."""
    return can_add_member(room, actor=actor, role=role)


def can_change_settings(room: Room, *, actor: Membership | None) -> bool:
    """May change what a room's owners decide (`room_settings`)."""
    return can_change_role(room, actor=actor)


def can_change_room(room: Room, *, actor: Membership | None) -> bool:
    """May change its name and topic."""
    return not has_fixed_members(room) and actor is not None and actor.role in _STAFF


def can_archive_room(room: Room, *, actor: Membership | None) -> bool:
    """May close it for ever: it can only be read from then on."""
    return not has_fixed_members(room) and actor is not None and actor.role == Role.OWNER


def _is_self(actor: Membership | None, user_id: str) -> bool:
    return actor is not None and actor.user_id == user_id


def _outranks(actor: Membership | None, role: str) -> bool:
    if actor is None:
        return False
    return actor.role == Role.OWNER or (actor.role == Role.MODERATOR and role in _BELOW_STAFF)
