"""The rules of the site and of rooms over the defaults: who changes what a role may do, and what comes of it.

`wanted` is `{role: {right: True, False or None}}`; None takes the rule back, so that the layer below holds again.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from chatsite.accounts.models import User
from chatsite.after_commit import after_commit
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest, Forbidden
from chatsite.idempotency import Key
from messaging.delivery import broker
from messaging.models import EventKind

from . import permissions
from .models import RoleRule, Room, RoomKind
from .rights import (
    BELOW_STAFF,
    DEFAULTS,
    IN_DIRECT_ROOMS,
    READ_ONLY,
    Right,
    Rights,
    Role,
    bit_of,
    with_rule,
)
from .room_settings import read_settings
from .turn import turn_at

LOCK_KEY = 0x72756C65  # "rule": any number that nobody else locks in this database

Wanted = Mapping[str, Mapping[str, bool | None]]
Kept = dict[tuple[str, str], bool]
"""Rules by role and right."""


class Step(NamedTuple):
    """One rule that is to be made, changed or taken back."""

    role: str
    right: str
    allowed: bool | None


def site_rules() -> Kept:
    """The site's own rules."""
    return _kept(None)


def room_rules(room: Room) -> Kept:
    """The room's own rules."""
    return _kept(room.id)


def site_rights() -> Rights:
    """What each role may do in a room without rules of its own."""
    return _over(DEFAULTS, site_rules())


def rights_in_room(room: Room) -> Rights:
    """What each role may do in this room."""
    return {role: room.rights_of(role) for role in Role.values}


def rights_below(room: Room) -> Rights:
    """What each role may do in this room without rules of its own."""
    return IN_DIRECT_ROOMS if room.kind == RoomKind.DIRECT else site_rights()


def _kept(room_id: str | None) -> Kept:
    rows = RoleRule.objects.filter(room_id=room_id)
    return {(role, right): allowed for role, right, allowed in rows.values_list("role", "right", "allowed")}


def _over(rights: Rights, rules: Kept) -> dict[str, int]:
    found = dict(rights)
    for (role, right), allowed in rules.items():
        found[role] = with_rule(found[role], right, allowed=allowed)
    return found


def settle_rights(room: Room) -> list[str]:
    """Put what holds in a room into its row, unsaved; the fields to save.

    To be called when the room is made, and when its settings or its own rules change.
    """
    _hold_site_rules()
    below = IN_DIRECT_ROOMS if room.kind == RoomKind.DIRECT else _over(site_rights(), room_rules(room))
    settings = read_settings(room.settings)
    for role, bits in below.items():
        closed = settings.read_only and role in BELOW_STAFF
        setattr(room, f"{role}_may", bits | READ_ONLY if closed else bits)
    room.slow_seconds = settings.slow_seconds
    return [*(f"{role}_may" for role in below), "slow_seconds"]


def change_room_rules(
    *, by: User, room: Room, wanted: Wanted, key: Key | None = None, office: bool = False
) -> Room:
    """Change what roles may do in one room; an event tells the changes. For its owners, and the site's office.

    Raises `BadRequest`, `NoSuchRoom`, `RoomArchived`, `NotInDirectRooms` and `NotYourRole`.
    """
    steps = list(_steps(wanted))
    body = ["permissions", [list(step) for step in steps]]
    with turn_at(room, by=by, key=key, body=body, office=office) as turn:
        if turn.first:
            return turn.room
        turn.allow(permissions.can_change_rules(turn.room, actor=turn.actor))
        made = [step for step in steps if _take(turn.room.id, step)]
        if not made:
            turn.key.repeated = True
            return turn.room
        turn.room.save(update_fields=settle_rights(turn.room))
        told: dict[str, dict[str, bool]] = {}
        for role, right, _ in made:
            told.setdefault(role, {})[right] = bool(turn.room.rights_of(role) & bit_of(right))
        turn.append(EventKind.ROOM_CHANGED, {"permissions": told})
        record(Action.PERMISSION_CHANGED, by=by, room=room.id, details=_details(made))
        return turn.room


@transaction.atomic
def change_site_rules(*, by: User, wanted: Wanted) -> None:
    """Change what roles may do in every room that has no rule of its own about it.

    Raises `BadRequest`, and `Forbidden` for whoever is no site administrator.
    """
    if not permissions.can_change_site_rules(by):
        raise Forbidden
    steps = list(_steps(wanted))
    _hold_site_rules(alone=True)
    made = [step for step in steps if _take(None, step)]
    for step in made:
        _change_rows(step)
    if made:
        record(Action.PERMISSION_CHANGED, by=by, details=_details(made))
        history = any(step.right == Right.READ_HISTORY for step in made)
        hint = {"type": "rules.changed", "history": history}
        after_commit(broker.publish, broker.FANOUT, hint)


def _steps(wanted: Wanted) -> Iterator[Step]:
    for role, rules in wanted.items():
        if role not in Role.values:
            raise BadRequest(f"A role is one of {', '.join(Role.values)}.", field="permissions")
        for right, allowed in rules.items():
            if right not in Right.values:
                raise BadRequest("There is no such right.", field=f"permissions.{role}"[:64])
            yield Step(role, right, allowed)


def _hold_site_rules(*, alone: bool = False) -> None:
    """Until the transaction ends the site's rules stay as they are, or are changed by this one `alone`.

    Else a room that is made or changed at the moment of the site's change would miss it. SQLite has one writer.
    """
    if connection.vendor == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {lock}(%s)", [LOCK_KEY])


def _take(room_id: str | None, step: Step) -> bool:
    """Keep one rule, or take it back; whether that changed anything."""
    mine = RoleRule.objects.filter(room_id=room_id, role=step.role, right=step.right)
    if step.allowed is None:
        return bool(mine.delete()[0])
    if mine.filter(allowed=step.allowed).exists():
        return False
    if not mine.update(allowed=step.allowed):
        RoleRule.objects.create(room_id=room_id, role=step.role, right=step.right, allowed=step.allowed)
    return True


def _change_rows(step: Step) -> None:
    """The rows of all rooms in which the site's rule holds."""
    bit, field = bit_of(step.right), f"{step.role}_may"
    allowed = bool(DEFAULTS[step.role] & bit) if step.allowed is None else step.allowed
    own = RoleRule.objects.filter(role=step.role, right=step.right).exclude(room=None)
    rooms = Room.objects.exclude(kind=RoomKind.DIRECT).exclude(id__in=own.values("room_id"))
    rooms.update(**{field: F(field).bitor(bit) if allowed else F(field).bitand(~bit)})


def _details(steps: Iterable[Step]) -> dict[str, bool | None]:
    return {f"{role}.{right}": allowed for role, right, allowed in steps}
