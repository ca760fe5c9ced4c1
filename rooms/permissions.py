"""Who may do what in a room: named predicates, each a plain question about rows already read.

What a role may do is a table (`rights.py` holds the defaults, `rules.py` how site and rooms change them) and lies in
the room's row. Beside it stands what no table changes:

- Ranks: owners reach everybody; moderators reach members and guests, members reach guests. Who brings somebody in
  or invites gives at most their own rank, moderators less.
- Only owners give roles, and change their room's table.
- Nobody mutes or bans themselves.
- A public room can be found and joined by everybody. A direct room belongs to its people as they are.

`actor` is the open membership of whoever asks, None for somebody outside.
"""

from chatsite.accounts.models import User

from .models import Membership, Role, Room, RoomKind
from .rights import BELOW_STAFF, STAFF, Right, bit_of
from .room_settings import read_settings

_RANKS = {Role.GUEST: 0, Role.MEMBER: 1, Role.MODERATOR: 2, Role.OWNER: 3}


def has_right(room: Room, right: Right, *, actor: Membership | None) -> bool:
    """Whether the table gives it to their role."""
    return actor is not None and bool(room.rights_of(actor.role) & bit_of(right))


def can_know(room: Room, *, actor: Membership | None) -> bool:
    """May know that the room exists. To all others it is as if it did not."""
    return actor is not None or room.kind == RoomKind.PUBLIC


def can_read(*, actor: Membership | None) -> bool:
    """May read what is said there while they belong there, and see who else does."""
    return actor is not None


def can_read_history(room: Room, *, actor: Membership) -> bool:
    """May read what was said before they came."""
    return has_open_history(room) and has_right(room, Right.READ_HISTORY, actor=actor)


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
    return (
        not has_fixed_members(room)
        and has_right(room, Right.INVITE, actor=actor)
        and (_reaches(actor, role) or _is_own_rank_below_staff(actor, role))
    )


def can_remove_member(room: Room, *, actor: Membership | None, member: Membership) -> bool:
    """May end another's membership."""
    return _may_do_to(room, Right.REMOVE, actor=actor, role=member.role)


def can_change_role(room: Room, *, actor: Membership | None) -> bool:
    """May give members another role, their own included."""
    return not has_fixed_members(room) and actor is not None and actor.role == Role.OWNER


def can_mute(room: Room, *, actor: Membership | None, member: Membership) -> bool:
    """May forbid another to speak for a while, and allow it again."""
    return _may_do_to(room, Right.MUTE, actor=actor, role=member.role) and not _is_self(actor, member.user_id)


def can_ban(room: Room, *, actor: Membership | None, user_id: str, member: Membership | None) -> bool:
    """May keep somebody out, a present member or not."""
    role = member.role if member else Role.MEMBER if actor is None or actor.role in STAFF else Role.GUEST
    return _may_do_to(room, Right.BAN, actor=actor, role=role) and not _is_self(actor, user_id)


def can_see_bans(room: Room, *, actor: Membership | None) -> bool:
    """May see who is banned and why, and let them in again."""
    return not has_fixed_members(room) and has_right(room, Right.BAN, actor=actor)


def can_invite(room: Room, *, actor: Membership | None, role: str = Role.GUEST) -> bool:
    """May make, see and take back invites for that role."""
    return can_add_member(room, actor=actor, role=role)


def can_change_rules(room: Room, *, actor: Membership | None) -> bool:
    """May change what each role may do here: its owners, whatever the table says, so that none is locked out."""
    return can_change_role(room, actor=actor)


def can_change_settings(room: Room, *, actor: Membership | None) -> bool:
    """May change what a room decides by itself (`room_settings`)."""
    return not has_fixed_members(room) and has_right(room, Right.CHANGE_SETTINGS, actor=actor)


def can_change_room(room: Room, *, actor: Membership | None) -> bool:
    """May change its name and topic."""
    return not has_fixed_members(room) and has_right(room, Right.CHANGE_TOPIC, actor=actor)


def can_archive_room(room: Room, *, actor: Membership | None) -> bool:
    """May close it: it can only be read from then on."""
    return not has_fixed_members(room) and has_right(room, Right.ARCHIVE, actor=actor)


def can_change_site_rules(by: User) -> bool:
    """May change what holds in all rooms: Django's own permission decides who is such an administrator."""
    return by.is_staff and by.has_perm("rooms.change_rolerule")


def can_run_rooms(by: User) -> bool:
    """May archive, open again and change any room from the site's office, belonging to it or not."""
    return by.is_staff and by.has_perm("rooms.change_room")


def _may_do_to(room: Room, right: Right, *, actor: Membership | None, role: str) -> bool:
    return not has_fixed_members(room) and has_right(room, right, actor=actor) and _reaches(actor, role)


def _is_self(actor: Membership | None, user_id: str) -> bool:
    return actor is not None and actor.user_id == user_id


def _reaches(actor: Membership | None, role: str) -> bool:
    """Whether the actor stands above that role; owners stand above all."""
    if actor is None:
        return False
    return actor.role == Role.OWNER or _RANKS[Role(actor.role)] > _RANKS[Role(role)]


def _is_own_rank_below_staff(actor: Membership | None, role: str) -> bool:
    return actor is not None and actor.role == role and role in BELOW_STAFF
