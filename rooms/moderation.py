"""Keeping order in a room: roles, mutes and bans. Each change of a member is an event in the room's log.

As in `rooms.services`, all take `by` and may take the caller's idempotency `key` and `office`.
"""

import datetime as dt
from enum import Enum
from functools import partial
from typing import Final

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.accounts.queries import users_by_id
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest
from chatsite.idempotency import Key
from chatsite.text import one_line
from messaging.models import EventKind
from messaging.protocol import rfc3339

from . import permissions, queries
from .errors import LastOwner, NoSuchBan, NoSuchMember, NotMuteYourself, NotYourself
from .lists import PrivateList, tell_change
from .models import Ban, Membership, Role, Room
from .turn import Turn, turn_at

LONGEST_REASON = 200


class Same(Enum):
    """Says that a value stays as it is, where None has a meaning of its own."""

    SAME = "same"


SAME: Final = Same.SAME


def change_member(
    *,
    by: User,
    room: Room,
    user_id: str,
    role: str | None = None,
    muted_until: dt.datetime | Same | None = SAME,
    mute_reason: str = "",
    key: Key | None = None,
    office: bool = False,
) -> Membership:
    """Give a member another role, or mute them until a moment (None: they may speak again). As they are changes nothing.

    `mute_reason` is for them and for those who may mute; a new mute replaces it, its end takes it away.

    Raises `BadRequest`, `NoSuchRoom`, `RoomArchived`, `NoSuchMember`, `NotInDirectRooms`, `NotYourRole`,
    `NotMuteYourself` and `LastOwner`.
    """
    if role is not None and role not in Role.values:
        raise BadRequest(f"A role is one of {', '.join(Role.values)}.", field="role")
    until = muted_until if isinstance(muted_until, Same) else _to_the_millisecond(muted_until)
    reason = one_line(mute_reason, field="mute_reason", longest=LONGEST_REASON, shortest=0)
    if reason and (until is None or isinstance(until, Same)):
        raise BadRequest("A reason is for a mute: tell muted_until, too.", field="mute_reason")
    body = ["member", user_id, role, until.value if isinstance(until, Same) else until and rfc3339(until)]
    body += [reason] if reason else []
    with turn_at(room, by=by, key=key, body=body, office=office) as turn:
        if turn.first:
            return _last_membership(room, user_id)
        if role is not None:
            turn.allow(permissions.can_change_role(turn.room, actor=turn.actor))
        elif (turn.actor is None and not office) or permissions.has_fixed_members(turn.room):
            turn.allow(False)
        member = queries.member_of(room.id, user_id)
        before = member.role
        changed = _change_role(member, role) if role is not None else []
        if not isinstance(until, Same):
            if until and user_id == by.id and not office:
                raise NotMuteYourself
            turn.allow(permissions.can_mute(turn.room, actor=turn.actor, member=member))
            changed += _mute(member, until, reason)
        if not changed:
            turn.key.repeated = True
            return member
        member.save(update_fields=changed)
        _tell_change(turn, member, changed)
        _record_change(by, member, changed, before=before)
        return member


def _to_the_millisecond(moment: dt.datetime | None) -> dt.datetime | None:
    """What the wire can tell is what is kept."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _change_role(member: Membership, role: str) -> list[str]:
    if member.role == role:
        return []
    if member.role == Role.OWNER and not queries.has_other_owner(member.room_id, member.user_id):
        raise LastOwner
    member.role = role
    return ["role"]


def _mute(member: Membership, until: dt.datetime | None, reason: str) -> list[str]:
    if until is not None and until <= clock.now():
        raise BadRequest("This moment is past.", field="muted_until")
    if (member.muted_until, member.mute_reason) == (until, reason):
        return []
    member.muted_until, member.mute_reason = until, reason
    return ["muted_until", "mute_reason"]


def _tell_change(turn: Turn, member: Membership, changed: list[str]) -> None:
    data: dict[str, str | None] = {"user": member.user_id, "role": member.role}
    if "muted_until" in changed:
        data["muted_until"] = rfc3339(member.muted_until) if member.muted_until else None
    turn.append(EventKind.MEMBER_CHANGED, data)


def _record_change(by: User, member: Membership, changed: list[str], *, before: str) -> None:
    note = partial(record, by=by, user=member.user_id, room=member.room_id)
    if "role" in changed:
        note(Action.ROLE_CHANGED, details={"before": str(before), "after": str(member.role)})
    if "muted_until" not in changed:
        return
    if member.muted_until is None:
        note(Action.MEMBER_UNMUTED)
    else:
        note(Action.MEMBER_MUTED, details={"until": rfc3339(member.muted_until)})


def ban_member(
    *,
    by: User,
    room: Room,
    user_id: str,
    reason: str = "",
    until: dt.datetime | None = None,
    key: Key | None = None,
) -> Ban:
    """Keep somebody out of a room, until a moment or for ever; a membership that they have ends.

    Again, the reason and the end are replaced. Raises `BadRequest`, `NoSuchRoom`, `RoomArchived`,
    `NoSuchMember` for nobody, `NotInDirectRooms`, `NotYourRole`, `NotYourself` and `LastOwner`.
    """
    reason = one_line(reason, field="reason", longest=LONGEST_REASON, shortest=0)
    until = _to_the_millisecond(until)
    body = ["ban", user_id, reason, until and rfc3339(until)]
    with turn_at(room, by=by, key=key, body=body) as turn:
        wanted = Ban(room=turn.room, user_id=user_id, by_id=by.id, reason=reason, until=until, at=clock.now())
        if turn.first:
            return wanted
        if user_id == by.id:
            raise NotYourself
        member = queries.find_member(room.id, user_id)
        turn.allow(permissions.can_ban(turn.room, actor=turn.actor, user_id=user_id, member=member))
        if until is not None and until <= clock.now():
            raise BadRequest("This moment is past.", field="until")
        if member is None and not users_by_id([user_id]).exists():
            raise NoSuchMember
        if member is not None:
            turn.end_membership(member)
        ban, _ = Ban.objects.update_or_create(
            room=turn.room,
            user_id=user_id,
            defaults={"by_id": by.id, "reason": reason, "until": until, "at": wanted.at},
        )
        details = {"until": rfc3339(until) if until else None}
        record(Action.MEMBER_BANNED, by=by, user=user_id, room=room.id, details=details)
        tell_change(turn.room, PrivateList.BANS)
        return ban


def unban(*, by: User, room: Room, user_id: str, office: bool = False) -> None:
    """Let somebody come in again. Raises `NoSuchRoom`, `NotInDirectRooms`, `NotYourRole` and `NoSuchBan`."""
    with turn_at(room, by=by, key=None, body=None, archived_too=True, office=office) as turn:
        turn.allow(permissions.can_see_bans(turn.room, actor=turn.actor))
        if not queries.bans_now(room.id, now=clock.now()).filter(user_id=user_id).delete()[0]:
            raise NoSuchBan
        record(Action.MEMBER_UNBANNED, by=by, user=user_id, room=room.id)
        tell_change(turn.room, PrivateList.BANS)


def _last_membership(room: Room, user_id: str) -> Membership:
    return Membership.objects.filter(room=room, user_id=user_id).order_by("joined_seq").reverse()[0]
