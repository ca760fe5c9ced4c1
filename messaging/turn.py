"""One person's turn at a message that is there: what every change of one has in common, under the room's lock."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chatsite import clock
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import ChatError
from chatsite.idempotency import KeyUsedForAnother, body_digest, is_same_body
from chatsite.ids import is_id
from rooms.errors import NoSuchRoom, RoomArchived
from rooms.models import Membership
from rooms.room_settings import RoomSettings, read_settings

from . import queries, room_log
from .delivery import broker
from .errors import Muted, NoSuchMessage, OtherEpoch
from .models import Event, EventKind, RoomLog
from .permissions import is_muted
from .services import Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes which message, and the key that makes it exactly once; `epoch` is the log that `seq` was read from."""

    by: str
    room_id: str
    client_id: UUID
    seq: int
    epoch: str | None = None


@dataclass(slots=True, kw_only=True)
class Turn:
    """One change under the room's lock. `earlier` is the event that the same key has made before."""

    change: Change
    digest: bytes
    log: RoomLog
    earlier: Event | None
    now: dt.datetime
    member: Membership
    settings: RoomSettings

    def message(self, *, deleted_too: bool = False) -> Event:
        """The message that the change is about. Raises `NoSuchMessage` when it is not there for this member."""
        found = Event.objects.filter(
            room_id=self.change.room_id, seq=self.change.seq, kind=EventKind.MESSAGE_CREATED
        ).first()
        if found is None or (found.deleted_at is not None and not deleted_too) or not self._sees(found):
            raise NoSuchMessage(field="seq")
        return found

    def _sees(self, message: Event) -> bool:
        return queries.view(by=self.change.by, room_id=self.change.room_id).slice.sees(message.seq)

    def event_at(self, seq: int) -> Event:
        """An event of the room."""
        return Event.objects.get(room_id=self.change.room_id, seq=seq)

    def latest(self, kind: EventKind) -> Event | None:
        """The last event of that kind about the message."""
        about = Event.objects.filter(room_id=self.change.room_id, subject=self.change.seq, kind=kind)
        return about.order_by("-seq").first()

    def append(
        self, kind: EventKind, *, data: dict[str, Any] | None = None, edited: Event | None = None
    ) -> Sent:
        """Store the event; what an `edited` message says now travels with it and is not kept in it."""
        entry = room_log.NewEvent(
            room_id=self.change.room_id,
            kind=kind,
            by_id=self.change.by,
            client_id=self.change.client_id,
            body_digest=self.digest,
            subject=self.change.seq,
            data=data or {},
        )
        (event,) = room_log.append({self.log.pk: self.log}, [entry])
        if edited is not None:
            room_log.tell_edit(event, edited)
        broker.publish_events([event], epochs={self.log.pk: self.log.epoch})
        return Sent(event, self.log.epoch)

    def record(self, action: Action, message: Event) -> None:
        """Note what was done to another's message."""
        record(
            action, by=self.change.by, user=message.by_id, room=self.change.room_id, target=str(message.seq)
        )

    def repetition(self, event: Event) -> Sent:
        """The answer to what changes nothing; an edit tells what its message says now."""
        if event.kind == EventKind.MESSAGE_EDITED and event.subject is not None:
            room_log.tell_edit(event, self.event_at(event.subject))
        return Sent(event, self.log.epoch, duplicate=True)


@contextmanager
def turn_at(change: Change, body: dict[str, Any], *, silent_too: bool = False) -> Iterator[Turn]:
    """Judge what every change has in common, in the protocol's order (rule 8), under the room's lock.

    With `silent_too` the muted may do it: it adds nothing to the conversation. Raises `KeyUsedForAnother`,
    `NoSuchRoom`, `OtherEpoch`, `RoomArchived` and `Muted`.
    """
    with transaction.atomic():
        log = room_log.lock([change.room_id]).get(change.room_id) if is_id(change.room_id) else None
        if log is None:
            raise NoSuchRoom
        now = clock.now()
        key = (change.room_id, change.by, change.client_id)
        earlier = room_log.find_repeats([key]).get(key)
        if earlier and earlier.body_digest is not None and not is_same_body(earlier.body_digest, body):
            raise KeyUsedForAnother(field="client_id")
        member = (
            Membership.objects.filter(room_id=change.room_id, user_id=change.by, left_seq=None)
            .select_related("room")
            .first()
        )
        turn = Turn(
            change=change,
            digest=body_digest(body),
            log=log,
            earlier=earlier,
            now=now,
            member=member or Membership(),
            settings=read_settings(member.room.settings) if member else RoomSettings(),
        )
        if earlier is None:
            refusal = _refusal(change, log, member, now, silent_too=silent_too)
            if refusal is not None:
                raise refusal
        yield turn


def _refusal(
    change: Change, log: RoomLog, member: Membership | None, now: dt.datetime, *, silent_too: bool
) -> ChatError | None:
    if member is None:
        return NoSuchRoom()
    if change.epoch is not None and change.epoch != log.epoch:
        return OtherEpoch(field="epoch")
    if member.room.archived:
        return RoomArchived()
    if not silent_too and is_muted(member, now=now):
        return Muted()
    return None
