"""Sending what is due: what each device should show is looked up at that very moment, and sent if it shows something else."""

import datetime as dt
import logging
import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from chatsite import clock
from chatsite.accounts.credentials import restore
from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from chatsite.figures.tallies import Tally, count
from messaging import queries
from messaging.models import Event, EventKind, Mention, Watermark
from messaging.presence.here import people_here
from rooms.levels import Level, level_of
from rooms.models import Membership

from . import server_key
from .endpoints import Endpoint, read_endpoint
from .models import Notice, Preferences, PushSubscription
from .payloads import close_payload, message_payload
from .preferences import is_quiet, preferences_of
from .web_push import Answer, Result, encrypt, push

logger = logging.getLogger(__name__)

AT_ONCE = 48
SENDERS = 16
# Who takes a notice has it this long; longer than all its tries can take.
LEASE = dt.timedelta(seconds=90)
# Somebody who is here sees the message in the page, or has just gone: their page counts a little longer than it lives.
SECOND_LOOK = dt.timedelta(seconds=15)
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 3600.0
# About a day of tries.
MOST_FAILURES = 30
MOST_REFUSALS = 5


def send_due() -> dt.datetime | None:
    """Send a batch of what is due; when to call again: at once, or None while nothing more is due soon."""
    now = clock.now()
    notices = _take(now)
    if notices:
        facts = _read_facts(notices)
        _send([tell for notice in notices if (tell := _decide(notice, facts, now=now)) is not None])
    next_due = (
        Notice.objects.filter(due_at__isnull=False)
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )
    return next_due if next_due and next_due < now + dt.timedelta(seconds=20) else None


@transaction.atomic
def _take(now: dt.datetime) -> list[Notice]:
    """Notices that are due; for a while nobody else takes them."""
    due = Notice.objects.filter(due_at__lte=now).order_by("due_at")
    if connection.vendor == "postgresql":
        due = due.select_for_update(skip_locked=True, of=("self",))
    notices = list(due.select_related("subscription__user")[:AT_ONCE])
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(due_at=now + LEASE)
    for notice in notices:
        notice.due_at = now + LEASE
    return notices


@dataclass(frozen=True, slots=True)
class _Facts:
    """What has to be known about the people of some notices; `read` is by room and person."""

    preferences: dict[str, Preferences]
    signed_in: dict[str, str]
    here: set[str]
    views: dict[str, dict[str, queries.View]]
    members: dict[tuple[str, str], Membership]
    read: dict[tuple[str, str], int]


def _read_facts(notices: Sequence[Notice]) -> _Facts:
    rooms: dict[str, set[str]] = {}
    for notice in notices:
        rooms.setdefault(notice.subscription.user_id, set()).add(notice.room_id)
    in_rooms = {"room_id__in": {notice.room_id for notice in notices}, "user_id__in": rooms}
    shown = [(n.subscription.credential_key, n.subscription.proof) for n in notices]
    return _Facts(
        preferences=preferences_of(rooms),
        signed_in={key: credential.user_id for key, credential in restore(shown).items()},
        here=people_here(rooms),
        views=dict(zip(rooms, queries.views_of(list(rooms.items())), strict=True)),
        members={
            (member.room_id, member.user_id): member
            for member in Membership.objects.filter(left_seq=None, **in_rooms).select_related("room")
        },
        read={
            (room_id, user_id): read
            for room_id, user_id, read in Watermark.objects.filter(**in_rooms).values_list(
                "room_id", "user_id", "read"
            )
        },
    )


@dataclass(slots=True)
class _Tell:
    """A payload for a device: that of the message `seq`, or 0 to close what it shows. `bare` is the same without text."""

    notice: Notice
    seq: int
    payload: bytes
    bare: bytes = b""
    urgent: bool = False
    answer: Answer = field(default_factory=lambda: Answer(Result.FAILED, "was not sent"))


def _decide(notice: Notice, facts: _Facts, *, now: dt.datetime) -> _Tell | None:
    """What is to be sent, if anything; what needs no sending is settled here."""
    subscription = notice.subscription
    if facts.signed_in.get(subscription.credential_key) != subscription.user_id:
        subscription.delete()
        return None
    if subscription.retry_at is not None and subscription.retry_at > now:
        _settle(notice, due_at=subscription.retry_at)
        return None
    preferences = facts.preferences[subscription.user_id]
    message = _newest_waiting(notice, facts) if preferences.push else None
    if message is None or message.seq < notice.told:
        return _closing(notice)
    if message.seq == notice.told:  # it was edited: what is shown must not stay, whoever is here
        return _telling(notice, message, facts, text=preferences.show_text)
    if subscription.user_id in facts.here:
        if notice.waited:
            _drop(notice)
        else:
            _settle(notice, due_at=now + SECOND_LOOK, waited=True)
        return None
    if is_quiet(preferences, time_zone=subscription.user.time_zone, now=now):
        _drop(notice)
        return None
    return _telling(notice, message, facts, text=preferences.show_text)


def _newest_waiting(notice: Notice, facts: _Facts) -> Event | None:
    """The newest message of the room that this person wants to hear of, may see and has not read."""
    place = notice.room_id, notice.subscription.user_id
    member, seen = facts.members.get(place), facts.views[place[1]].get(place[0])
    if member is None or seen is None:
        return None
    level = level_of(kind=member.room.kind, notify=member.notify, muted=member.muted)
    read = max(member.joined_seq, facts.read.get(place, 0))
    waiting = Event.objects.filter(
        room_id=place[0], seq__gt=read, seq__lte=notice.seq, kind=EventKind.MESSAGE_CREATED, deleted_at=None
    ).exclude(by_id=place[1])
    if level == Level.NOTHING:
        return None
    if level == Level.MENTIONS:
        named = Mention.objects.filter(room_id=place[0], user_id=place[1], message_seq=OuterRef("seq"))
        waiting = waiting.filter(Exists(named))
    newest = waiting.order_by("-seq").first()
    return newest if newest and seen.slice.sees(newest.seq) else None


def _closing(notice: Notice) -> _Tell | None:
    if notice.told:
        return _Tell(notice, 0, close_payload(notice.room_id, notice.told))
    _drop(notice)
    return None


def _telling(notice: Notice, message: Event, facts: _Facts, *, text: bool) -> _Tell:
    reader = notice.subscription.user
    room = facts.members[notice.room_id, reader.id].room
    author = User.objects.filter(id=message.by_id).first()
    with_text, bare = (
        message_payload(message, room=room, author=author, reader=reader, text=told) for told in (text, False)
    )
    named = reader.id in message.data.get("mentions", ())
    return _Tell(notice, message.seq, with_text, bare, urgent=named or room.kind == "direct")


def _settle(notice: Notice, **changes: object) -> None:
    """Keep what came of a notice that was taken; where there is something newer by now, it is due again."""
    taken = Notice.objects.filter(pk=notice.pk, due_at=notice.due_at)
    if not taken.filter(seq=notice.seq).update(**changes):
        taken.update(due_at=clock.now())


def _drop(notice: Notice) -> None:
    """Nothing is to be told; what a device shows stays remembered until it is read."""
    if notice.told:
        _settle(notice, due_at=None, waited=False)
    elif not Notice.objects.filter(pk=notice.pk, due_at=notice.due_at, seq=notice.seq).delete()[0]:
        _settle(notice, due_at=None)


def _send(tells: Sequence[_Tell]) -> None:
    """Give all to the push services: those of one device one after the other, and none after one that failed."""
    by_device: dict[str, list[_Tell]] = {}
    for tell in tells:
        by_device.setdefault(tell.notice.subscription_id, []).append(tell)
    authorizations: dict[str, str] = {}
    ways: list[tuple[Endpoint, str, list[_Tell]]] = []
    for mine in by_device.values():
        try:
            endpoint = read_endpoint(mine[0].notice.subscription.endpoint)
        except BadRequest:  # the settings vouched for it once
            mine[0].notice.subscription.delete()
            continue
        if endpoint.origin not in authorizations:
            authorizations[endpoint.origin] = server_key.authorization(endpoint.origin)
        ways.append((endpoint, authorizations[endpoint.origin], mine))
    if not ways:
        return
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="push") as pool:
        list(pool.map(_send_to_device, *zip(*ways, strict=True)))
    for _, _, mine in ways:
        _note_answers(mine)


def _send_to_device(endpoint: Endpoint, authorization: str, tells: Iterable[_Tell]) -> None:
    """Runs in a thread that touches no database."""
    for tell in tells:
        tell.answer = _push(endpoint, authorization, tell, tell.payload)
        if tell.answer.result == Result.TOO_LARGE and tell.bare:
            tell.answer = _push(endpoint, authorization, tell, tell.bare)
        if tell.answer.result in (Result.GONE, Result.FAILED):
            return


def _push(endpoint: Endpoint, authorization: str, tell: _Tell, payload: bytes) -> Answer:
    subscription = tell.notice.subscription
    body = encrypt(payload, p256dh=subscription.p256dh, auth=subscription.auth)
    return push(endpoint, body, authorization=authorization, topic=tell.notice.room_id, urgent=tell.urgent)


def _note_answers(tells: Sequence[_Tell]) -> None:
    """Keep what came of the pushes to one device."""
    now = clock.now()
    for tell in tells:
        device = PushSubscription.objects.filter(pk=tell.notice.subscription_id)
        match tell.answer.result:
            case Result.TAKEN:
                device.update(last_sent_at=now, failures=0, last_error="", retry_at=None)
                count(Tally.NOTICE_SENT if tell.seq else Tally.NOTICE_CLOSED)
                _note_told(tell, now=now)
            case Result.GONE:
                count(Tally.DEVICE_GONE)
                device.delete()
                return
            case Result.FAILED:
                count(Tally.NOTICE_FAILED)
                _note_failure(tell, now=now)
                return
            case Result.REFUSED | Result.TOO_LARGE:
                count(Tally.NOTICE_REFUSED)
                device.update(failures=F("failures") + 1, last_error=tell.answer.why)
                device.filter(failures__gte=MOST_REFUSALS).delete()
                _drop(tell.notice)


def _note_told(tell: _Tell, *, now: dt.datetime) -> None:
    row = Notice.objects.filter(pk=tell.notice.pk)
    if tell.seq:
        row.update(told=tell.seq, told_at=now)
        _settle(tell.notice, due_at=None, waited=False)
    else:
        row.update(told=0)
        tell.notice.told = 0
        _drop(tell.notice)


def _note_failure(tell: _Tell, *, now: dt.datetime) -> None:
    """Leave the device alone for a while that doubles; all its notices wait for that."""
    subscription = tell.notice.subscription
    failures = subscription.failures + 1
    if failures >= MOST_FAILURES:
        logger.warning(
            "a push service failed %d times in a row (%s); its device is dropped", failures, tell.answer.why
        )
        subscription.delete()
        return
    pause = min(FIRST_PAUSE * 2 ** min(subscription.failures, 10), LONGEST_PAUSE) * random.uniform(1.0, 1.2)
    retry_at = now + dt.timedelta(seconds=max(pause, tell.answer.pause))
    PushSubscription.objects.filter(pk=subscription.pk).update(
        failures=failures, last_error=tell.answer.why[:200], retry_at=retry_at
    )
    Notice.objects.filter(subscription=subscription, due_at__isnull=False).update(due_at=retry_at)
