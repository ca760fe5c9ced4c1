"""Taking somebody who deleted their account out of their rooms, in small steps that may run twice."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from messaging import room_log
from messaging.changes import erase
from messaging.delivery import broker
from messaging.models import Event, EventKind, Reaction
from rooms.models import Membership, Role, Room
from rooms.queries import find_member, has_other_owner
from rooms.turn import Turn, turn_at

from .departures import candidates
from .models import Departure

CHUNK = 100
"""Messages erased in one transaction: it holds up who speaks in that room."""


def advance_departure(user_id: str) -> bool:
    """Do the next bit of a departure; whether there is more to do. Safe to run at any time, twice too."""
    departure = Departure.objects.select_related("user").filter(user_id=user_id).first()
    if departure is None:
        return False
    Departure.objects.filter(user_id=user_id).update(moved_at=timezone.now())
    user = departure.user
    member = Membership.objects.filter(user_id=user.id, left_seq=None).select_related("room").first()
    if member is not None:
        _leave(user, member.room, departure.successors.get(member.room_id))
        return True
    if departure.erase and _erase_some(user):
        return True
    departure.delete()
    return False


def _leave(user: User, room: Room, wanted: str | None) -> None:
    with turn_at(room, by=user, key=None, body=None, archived_too=True) as turn:
        if turn.actor is None:
            return
        if turn.actor.role == Role.OWNER and not has_other_owner(room.id, user.id):
            _hand_over(turn, wanted)
        turn.let_out(turn.actor, deleted=True)


def _hand_over(turn: Turn, wanted: str | None) -> None:
    """Make whom they named an owner or, if that one is gone meanwhile, the likeliest; without anybody close the room."""
    found = [person.id for person in candidates(turn.room, but=turn.by)]
    heir = wanted if wanted in found else next(iter(found), None)
    member = find_member(turn.room.id, heir) if heir else None
    if member is not None:
        before, member.role = member.role, Role.OWNER
        member.save(update_fields=["role"])
        turn.append(EventKind.MEMBER_CHANGED, {"user": member.user_id, "role": Role.OWNER})
        details = {"before": str(before), "after": str(Role.OWNER)}
        record(Action.ROLE_CHANGED, by=turn.by, user=member.user_id, room=turn.room.id, details=details)
    elif not turn.room.archived:
        turn.room.archived_at = timezone.now()
        turn.room.save(update_fields=["archived_at"])
        turn.append(EventKind.ROOM_ARCHIVED, {})
        record(Action.ROOM_ARCHIVED, by=turn.by, room=turn.room.id)


def _erase_some(user: User) -> bool:
    """Erase some of their messages, with an event for each; whether there were any."""
    rooms = Membership.objects.filter(user_id=user.id).order_by("room_id").values_list("room_id", flat=True)
    return any(_erase_chunk(user, room_id) for room_id in rooms.distinct())


@transaction.atomic
def _erase_chunk(user: User, room_id: str) -> bool:
    logs = room_log.lock([room_id])
    Reaction.objects.filter(room_id=room_id, user_id=user.id).delete()
    said = Event.objects.filter(
        room_id=room_id, by_id=user.id, kind=EventKind.MESSAGE_CREATED, deleted_at=None
    )
    messages = list(said.order_by("seq")[:CHUNK])
    if not messages:
        return False
    at = timezone.now()
    for message in messages:
        message.body_digest = None
        erase(message, at=at)
    Event.objects.filter(pk__in=[message.pk for message in messages]).update(body_digest=None)
    entries = [
        room_log.NewEvent(room_id=room_id, kind=EventKind.MESSAGE_DELETED, by_id=user.id, subject=message.seq)
        for message in messages
    ]
    events = room_log.append(logs, entries)
    broker.publish_events(events, epochs={room_id: logs[room_id].epoch})
    return True


def waiting_departures(*, now: dt.datetime) -> list[str]:
    """Those whose task got lost."""
    rows = Departure.objects.filter(moved_at__lt=now - dt.timedelta(seconds=60))
    return list(rows.values_list("user_id", flat=True))
