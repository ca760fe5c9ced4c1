"""What people say: the one door to the log for the socket, REST and workers alike."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from chatsite import clock
from chatsite.errors import BadRequest, ChatError, Internal
from chatsite.idempotency import KeyUsedForAnother, body_digest, is_same_body
from chatsite.ids import is_id
from rooms.errors import NoSuchRoom, NotYourRole, RoomArchived
from rooms.models import Membership

from . import queries, room_log, statements
from .delivery import broker
from .errors import Muted, RoomReadOnly, SlowMode
from .files.carrying import find_files, judge_files, keep_carried, kept_of, shape_refusal, take
from .mentions import find_mentioned, names_everyone, names_in, store_mentions, told_to
from .models import Attachment, Event, EventKind, RoomLog
from .permissions import can_attach, can_mention_everyone, can_send, is_muted, is_read_only, waits_ms
from .text import check_text

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that somebody wants to send; `by` is their user id, `client_id` makes it exactly once."""

    by: str
    room_id: str
    client_id: UUID
    text: str
    reply_to: int | None = None
    attachments: tuple[str, ...] = ()

    @property
    def key(self) -> room_log.Key:
        """What is unique for ever."""
        return self.room_id, self.by, self.client_id

    @property
    def body(self) -> dict[str, object]:
        """What a repetition must repeat."""
        return {"text": self.text, "reply_to": self.reply_to, "attachments": list(self.attachments)}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is stored; `duplicate` if an earlier send with the same key had stored it."""

    event: Event
    epoch: str
    duplicate: bool = False


Outcome = Sent | ChatError


def send_message(
    *,
    by: str,
    room_id: str,
    text: str,
    client_id: UUID,
    reply_to: int | None = None,
    attachments: Sequence[str] = (),
) -> Sent:
    """Store one message; raises the `ChatError` that refuses it."""
    draft = Draft(
        by=by,
        room_id=room_id,
        client_id=client_id,
        text=text,
        reply_to=reply_to,
        attachments=tuple(attachments),
    )
    (outcome,) = send_messages([draft])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def send_messages(drafts: Sequence[Draft]) -> list[Outcome]:
    """Store messages, the batch in one transaction, in their order; the outcome of each, in the same order.

    Each is judged by itself: the refusal of one is its own outcome and harms no other. Raises
    `DatabaseError` when the database cannot be asked; then it is not known whether they are stored.
    """
    outcomes: dict[int, Outcome] = {}
    fresh: dict[room_log.Key, int] = {}
    repeats: list[int] = []
    for index, draft in enumerate(drafts):
        if refusal := _shape_refusal(draft):
            outcomes[index] = refusal
        elif draft.key in fresh:  # twice in one batch: to be judged when the first is stored
            repeats.append(index)
        else:
            fresh[draft.key] = index
    for indexes in (list(fresh.values()), repeats):
        if indexes:
            outcomes.update(zip(indexes, _store([drafts[index] for index in indexes]), strict=True))
    return [outcomes[index] for index in range(len(drafts))]


def _shape_refusal(draft: Draft) -> ChatError | None:
    try:
        check_text(draft.text, may_be_empty=bool(draft.attachments))
    except ChatError as refusal:
        return refusal
    if draft.attachments and (refused := shape_refusal(draft.attachments)):
        return refused
    return None if is_id(draft.room_id) else NoSuchRoom()


def _store(drafts: Sequence[Draft]) -> list[Outcome]:
    try:
        if statements.can_store_plain() and not any(map(_must_be_judged, drafts)):
            return _store_plain(drafts)
        return _store_together(drafts)
    except (IntegrityError, DataError):
        # The locks and checks exclude this; should it happen, one by one the culprit stands alone.
        if len(drafts) == 1:
            logger.exception("a message was refused by the database")
            return [Internal()]
        return [outcome for draft in drafts for outcome in _store([draft])]


def _must_be_judged(draft: Draft) -> bool:
    return draft.reply_to is not None or bool(draft.attachments) or bool(names_in(draft.text))


def _store_plain(drafts: Sequence[Draft]) -> list[Outcome]:
    """Store a batch in which nobody is answered or named: in one round trip, but for what has to be judged after all."""
    events, logs = room_log.append_plain([_entry(draft, mentioned=[]) for draft in drafts])
    epochs = {log.pk: log.epoch for log in logs.values()}
    broker.publish_events([event for event in events if event is not None], epochs=epochs)
    left = [draft for draft, event in zip(drafts, events, strict=True) if event is None]
    judged = iter(_store_together(left) if left else [])
    return [next(judged) if event is None else Sent(event, epochs[event.room_id]) for event in events]


@transaction.atomic
def _store_together(drafts: Sequence[Draft]) -> list[Outcome]:
    locked, known = statements.lock_and_find([statements.Asked(*draft.key) for draft in drafts])
    logs = {log.pk: log for log in locked}
    facts = _read_facts(drafts, known)
    judged = [
        _judge(draft, logs.get(draft.room_id), known, facts)
        for draft, known in zip(drafts, facts.known, strict=True)
    ]
    events = room_log.append(logs, [entry for entry in judged if isinstance(entry, room_log.NewEvent)])
    store_mentions(events)
    keep_carried(events)
    _note_slow_speakers(facts)
    broker.publish_events(events, epochs={log.pk: log.epoch for log in logs.values()})
    stored = iter(events)
    return [
        Sent(next(stored), logs[entry.room_id].epoch) if isinstance(entry, room_log.NewEvent) else entry
        for entry in judged
    ]


def _note_slow_speakers(facts: "_Facts") -> None:
    for (room_id, user_id), at in facts.spoke.items():
        Membership.objects.filter(room_id=room_id, user_id=user_id, left_seq=None).update(spoke_at=at)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rules need to know, read under the locks; `known` is by draft. `spoke`: who speaks in slow rooms now."""

    known: list[statements.Known]
    repeats: dict[int, Event]
    messages: set[tuple[str, int]]
    mentioned: dict[tuple[str, str], list[str]]
    files: dict[str, Attachment]
    now: dt.datetime
    spoke: dict[tuple[str, str], dt.datetime] = field(default_factory=dict)


def _read_facts(drafts: Sequence[Draft], known: list[statements.Known]) -> _Facts:
    replied_to = {(draft.room_id, draft.reply_to) for draft in drafts if draft.reply_to is not None}
    repeated = [each.event_id for each in known if each.event_id is not None]
    return _Facts(
        known=known,
        repeats=Event.objects.in_bulk(repeated) if repeated else {},
        messages=room_log.find_messages(replied_to),
        mentioned=find_mentioned((draft.room_id, draft.text) for draft in drafts),
        files=find_files(id for draft in drafts for id in draft.attachments),
        now=clock.now(),
    )


def _judge(
    draft: Draft, log: RoomLog | None, known: statements.Known, facts: _Facts
) -> Outcome | room_log.NewEvent:
    """The entry to store, or what the sender hears instead. The order of the rules is the protocol's (rule 8)."""
    if log is None:
        return NoSuchRoom()
    if known.event_id is not None:
        return _repetition(draft, facts.repeats[known.event_id], log)
    if known.joined_seq is None:
        return NoSuchRoom()
    if known.archived:
        return RoomArchived()
    if is_muted(known, now=facts.now):
        return Muted()
    if refusal := _role_refusal(draft, known, facts):
        return refusal
    if draft.reply_to is not None and not _can_reply_to(draft, draft.reply_to, known.joined_seq, facts):
        return BadRequest("There is no such message to reply to.", field="reply_to")
    carried = judge_files(draft.attachments, facts.files, by=draft.by, room_id=draft.room_id)
    if isinstance(carried, ChatError):
        return carried
    if known.slow_seconds and (refusal := _slow_refusal(draft, known, facts)):
        return refusal
    take(carried)
    mentioned = facts.mentioned.get((draft.room_id, draft.text), [])
    everyone = can_mention_everyone(known.may) and names_everyone(draft.text)
    return _entry(draft, mentioned=mentioned, everyone=everyone, carried=[kept_of(file) for file in carried])


def _entry(
    draft: Draft,
    *,
    mentioned: list[str],
    everyone: bool = False,
    carried: Sequence[dict[str, object]] = (),
) -> room_log.NewEvent:
    return room_log.NewEvent(
        room_id=draft.room_id,
        kind=EventKind.MESSAGE_CREATED,
        by_id=draft.by,
        client_id=draft.client_id,
        body_digest=body_digest(draft.body),
        text=draft.text,
        reply_to=draft.reply_to,
        data={"attachments": list(carried), **told_to(mentioned, everyone=everyone)},
    )


def _role_refusal(draft: Draft, known: statements.Known, facts: _Facts) -> ChatError | None:
    """What the sender's role does not allow."""
    if is_read_only(known.may):
        return RoomReadOnly()
    if not can_send(known.may, reply=draft.reply_to is not None):
        return NotYourRole()
    if draft.attachments and not can_attach(known.may):
        return NotYourRole()
    return None


def _slow_refusal(draft: Draft, known: statements.Known, facts: _Facts) -> ChatError | None:
    """That the sender spoke in a slow room a moment ago; if not, they do now."""
    place = draft.room_id, draft.by
    if wait := waits_ms(known, spoke_at=facts.spoke.get(place, known.spoke_at), now=facts.now):
        return SlowMode(retry_after_ms=wait)
    facts.spoke[place] = facts.now
    return None


def _repetition(draft: Draft, earlier: Event, log: RoomLog) -> Outcome:
    """The first answer again; another body is a conflict. Without a digest (erased) any repetition counts."""
    same = earlier.kind == EventKind.MESSAGE_CREATED and (
        earlier.body_digest is None or is_same_body(bytes(earlier.body_digest), draft.body)
    )
    return Sent(earlier, log.epoch, duplicate=True) if same else KeyUsedForAnother(field="client_id")


def _can_reply_to(draft: Draft, seq: int, joined_seq: int, facts: _Facts) -> bool:
    """Whether it is a message of the room, and the sender's to read."""
    if (draft.room_id, seq) not in facts.messages:
        return False
    if seq >= joined_seq:  # the usual case needs no look at earlier memberships
        return True
    return queries.view(by=draft.by, room_id=draft.room_id).slice.sees(seq)
