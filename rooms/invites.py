"""Invites: open doors into a room, for whoever holds the code.

A code has 144 random bits and is kept as a digest, so neither guessing nor the database gives one away.
"""

import secrets

from django.db.models import F
from django.utils.translation import gettext as _

from chatsite import clock
from chatsite.accounts.invites import USUAL, End, end_of, wish
from chatsite.accounts.models import User
from chatsite.accounts.services import claim_key
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest
from chatsite.idempotency import Key
from chatsite.ids import is_id

from . import permissions, queries
from .errors import InviteShownBefore, NoSuchInvite
from .lists import PrivateList, tell_change
from .models import Invite, Membership, Role, Room
from .turn import turn_at

CODE_BYTES = 18
MOST_USES = 100_000


def create_invite(
    *,
    by: User,
    room: Room,
    role: str = Role.MEMBER,
    expires_at: End = USUAL,
    max_uses: int | None = None,
    key: Key | None = None,
    office: bool = False,
) -> tuple[Invite, str]:
    """A new invite, and its code, which is kept nowhere.

    Raises `BadRequest` with the field at fault, `NoSuchRoom`, `RoomArchived`, `NotInDirectRooms`,
    `NotYourRole`, and `InviteShownBefore` for a repeated `key`.
    """
    if role not in Role.values:
        raise BadRequest(f"A role is one of {', '.join(Role.values)}.", field="role")
    if max_uses is not None and not 1 <= max_uses <= MOST_USES:
        raise BadRequest(
            _("This is a whole number from 1 to {most}.").format(most=MOST_USES), field="max_uses"
        )
    code = secrets.token_urlsafe(CODE_BYTES)
    invite = Invite(
        room=room,
        by_id=by.id,
        digest=queries.invite_digest(code),
        role=role,
        expires_at=end_of(expires_at),
        max_uses=max_uses,
    )
    body = ["invite", room.id, role, wish(expires_at), max_uses]
    with turn_at(room, by=by, key=None, body=None, office=office) as turn:
        turn.allow(permissions.can_invite(turn.room, actor=turn.actor, role=role))
        first = claim_key(by=by, key=key, body=body, result_id=invite.id) if key else None
        if first is not None:
            raise InviteShownBefore(first)
        if invite.expires_at is not None and invite.expires_at <= clock.now():
            raise BadRequest("This moment is past.", field="expires_at")
        invite.save(force_insert=True)
        record(
            Action.INVITE_CREATED, by=by, room=room.id, target=invite.id, details={"role": str(invite.role)}
        )
        tell_change(turn.room, PrivateList.INVITES)
    return invite, code


def end_invite(*, by: User, room: Room, invite_id: str, office: bool = False) -> None:
    """Take an invite back. Raises `NoSuchRoom`, `NotInDirectRooms`, `NotYourRole` and `NoSuchInvite`."""
    with turn_at(room, by=by, key=None, body=None, archived_too=True, office=office) as turn:
        turn.allow(permissions.can_invite(turn.room, actor=turn.actor))
        invite = Invite.objects.filter(room=room, id=invite_id).first() if is_id(invite_id) else None
        if invite is None:
            raise NoSuchInvite
        turn.allow(permissions.can_invite(turn.room, actor=turn.actor, role=invite.role))
        invite.delete()
        record(Action.INVITE_ENDED, by=by, room=room.id, target=invite_id)
        tell_change(turn.room, PrivateList.INVITES)


def rotate_invite(*, by: User, room: Room, invite_id: str, office: bool = False) -> tuple[Invite, str]:
    """Give an invite a new code: the old one opens nothing from now on. Its uses and its end stay.

    Raises `NoSuchRoom`, `NotInDirectRooms`, `NotYourRole`, `NoSuchInvite`, and `Forbidden` for an `office` that is
    not theirs.
    """
    code = secrets.token_urlsafe(CODE_BYTES)
    with turn_at(room, by=by, key=None, body=None, office=office) as turn:
        turn.allow(permissions.can_invite(turn.room, actor=turn.actor))
        invite = Invite.objects.filter(room=room, id=invite_id).first() if is_id(invite_id) else None
        if invite is None:
            raise NoSuchInvite
        turn.allow(permissions.can_invite(turn.room, actor=turn.actor, role=invite.role))
        invite.digest = queries.invite_digest(code)
        invite.save(update_fields=["digest"])
        record(Action.INVITE_ROTATED, by=by, room=room.id, target=invite_id)
    return invite, code


def find_invite(code: str) -> Invite:
    """The invite of that code, with its room, if it still lets somebody in. Raises `NoSuchInvite`."""
    found = queries.open_invites(now=clock.now()).filter(digest=queries.invite_digest(code))
    invite = found.select_related("room").first()
    if invite is None:
        raise NoSuchInvite
    return invite


def accept_invite(*, by: User, code: str, key: Key | None = None) -> Membership:
    """Come in by an invite. Who is in already stays as they are, and uses nothing up.

    Two people at the last use: the room's lock lets one of them in. Raises `NoSuchInvite`, `RoomArchived`
    and `Banned`.
    """
    invite = Invite.objects.filter(digest=queries.invite_digest(code)).select_related("room").first()
    if invite is None:
        raise NoSuchInvite
    with turn_at(invite.room, by=by, key=key, body=["accept", invite.id], invited=True) as turn:
        if turn.first:
            return Membership.objects.get(room=invite.room, joined_seq=turn.first.seq)
        if turn.actor:
            turn.key.repeated = True
            return turn.actor
        mine = queries.open_invites(now=clock.now()).filter(pk=invite.pk)
        if not mine.update(uses=F("uses") + 1):
            raise NoSuchInvite
        tell_change(turn.room, PrivateList.INVITES)
        return turn.let_in(by.id, invite.role, reason="joined")


def forget_old_invites() -> int:
    """Delete invites that have expired; how many."""
    return Invite.objects.filter(expires_at__lte=clock.now()).delete()[0]
