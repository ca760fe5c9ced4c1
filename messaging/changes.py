"""What people do to messages that are there: edit, delete, react. Each is an event of the log with a `subject`.

The message's own row changes with it, so that erased text is nowhere: an edit replaces the text, a deletion
blanks it, and their events keep none.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from chatsite import clock, limits
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import ChatError
from chatsite.idempotency import KeyUsedForAnother, body_digest, is_same_body
from chatsite.ids import is_id
from rooms.errors import NoSuchRoom, NotYourRole, RoomArchived
from rooms.models import Membership
from rooms.room_settings import RoomSettings, read_settings

from . import queries, room_log
from .delivery import broker
from .emojis import check_emoji
from .errors import (
    Muted,
    NoSuchMessage,
    NotYourMessage,
    OtherEpoch,
    TooLateToChange,
    TooManyReactions,
)
from .mentions import find_mentioned, forget_mentions, replace_mentions
from .models import Event, EventKind, Reaction, RoomLog
from .permissions import can_delete_others, can_edit_others, can_react, is_author, is_in_time, is_muted
from .services import Sent
from .text import check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changes which message, and the key that makes it exactly once; `epoch` is the log that `seq` was read from."""

    by: str
    room_id: str
    client_id: UUID
    seq: int
    epoch: str | None = None


def edit_message(change: Change, *, text: str) -> Sent:
    """Replace the text of one's own message, or of another's where the role may; whom it names follows.

    Raises `NotYourMessage`, `TooLateToChange`, `NoSuchMessage` for a deleted one, what `check_text` raises and
    what any turn does (see `_turn`).
    """
    check_text(text)
    with _turn(change, {"edit": change.seq, "text": text}) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message()
        own = is_author(message, member=turn.member)
        if not can_edit_others(member=turn.member):
            if not own:
                raise NotYourMessage
            if not is_in_time(message, seconds=turn.settings.edit_seconds, now=turn.now):
                raise TooLateToChange
        if message.text == text:
            return turn.repetition(turn.latest(EventKind.MESSAGE_EDITED) or message)
        if not own:
            turn.record(Action.MESSAGE_REWRITTEN, message)
        message.text = text
        mentioned = find_mentioned([(change.room_id, text)])
        replace_mentions(message, mentioned.get((change.room_id, text), []))
        sent = turn.append(EventKind.MESSAGE_EDITED, edited=message)
        message.edited_at = sent.event.at
        message.save(update_fields=["text", "edited_at", "data"])
        return sent


def delete_message(change: Change) -> Sent:
    """Erase a message: its text, whom it names, its reactions. A deleted one stays so.

    Raises `NotYourMessage`, `TooLateToChange` and what any turn does.
    """
    with _turn(change, {"delete": change.seq}, silent_too=True) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message(deleted_too=True)
        if message.deleted_at is not None:
            return turn.repetition(turn.latest(EventKind.MESSAGE_DELETED) or message)
        if not can_delete_others(member=turn.member, settings=turn.settings):
            if not is_author(message, member=turn.member):
                raise NotYourMessage
            if not is_in_time(message, seconds=turn.settings.delete_seconds, now=turn.now):
                raise TooLateToChange
        erase(message, at=turn.now)
        if not is_author(message, member=turn.member):
            turn.record(Action.MESSAGE_REMOVED, message)
        return turn.append(EventKind.MESSAGE_DELETED)


def erase(message: Event, *, at: dt.datetime) -> None:
    """Blank a message's row, and all that was attached to it."""
    message.text, message.deleted_at = "", at
    message.data = {"attachments": [], "mentions": []}
    message.save(update_fields=["text", "deleted_at", "data"])
    forget_mentions(message)
    Reaction.objects.filter(room_id=message.room_id, message_seq=message.seq).delete()


def add_reaction(change: Change, *, emoji: str) -> Sent:
    """React with one emoji. One already there changes nothing.

    Raises `NotAnEmoji`, `NotYourRole`, `TooManyReactions` and what any turn does.
    """
    emoji = check_emoji(emoji)
    with _turn(change, {"react": change.seq, "emoji": emoji}) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        if not can_react(member=turn.member):
            raise NotYourRole
        message = turn.message()
        there = Reaction.objects.filter(room_id=change.room_id, message_seq=message.seq)
        mine = there.filter(user_id=change.by, emoji=emoji).first()
        if mine is not None:
            return turn.repetition(turn.event_at(mine.event_seq))
        kinds = set(there.values_list("emoji", flat=True).distinct())
        if emoji not in kinds and len(kinds) >= limits.REACTION_KINDS:
            raise TooManyReactions(f"A message takes {limits.REACTION_KINDS} kinds of emoji.", field="emoji")
        sent = turn.append(EventKind.REACTION_ADDED, data={"emoji": emoji})
        there.create(
            room_id=change.room_id,
            message_seq=message.seq,
            user_id=change.by,
            emoji=emoji,
            event_seq=sent.event.seq,
        )
        return sent


def remove_reaction(change: Change, *, emoji: str) -> Sent:
    """Take one's own reaction back. One that is not there changes nothing.

    Raises `NotAnEmoji` and what any turn does.
    """
    emoji = check_emoji(emoji)
    with _turn(change, {"unreact": change.seq, "emoji": emoji}, silent_too=True) as turn:
        if turn.earlier:
            return turn.repetition(turn.earlier)
        message = turn.message()
        mine = Reaction.objects.filter(
            room_id=change.room_id, message_seq=message.seq, user_id=change.by, emoji=emoji
        )
        if not mine.delete()[0]:
            return turn.repetition(turn.latest(EventKind.REACTION_REMOVED) or message)
        return turn.append(EventKind.REACTION_REMOVED, data={"emoji": emoji})


@dataclass(slots=True, kw_only=True)
class _Turn:
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
def _turn(change: Change, body: dict[str, Any], *, silent_too: bool = False) -> Iterator[_Turn]:
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
        turn = _Turn(
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
