"""The mail with what somebody missed: to those who asked for it, after a while, and not often.

What it says is read when it is written: nothing in it was deleted, read or taken out of its reader's sight by then. A mail server
that fails is asked again by the next round; an address that it refuses, less and less often, and then no more.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.accounts.queries import users_by_id
from chatsite.figures.tallies import Tally, count
from messaging import queries
from messaging.models import Event, EventKind, Mention, Watermark
from messaging.presence.here import people_here
from rooms.levels import Level, level_of
from rooms.models import Membership

from .models import Preferences
from .payloads import said, shortened
from .preferences import confirmed_address
from .unsubscribing import unsubscribe_url

logger = logging.getLogger(__name__)

AT_ONCE = 50
MOST_ROOMS, MOST_MESSAGES = 20, 10
LONGEST_QUOTE = 500
LEASE, AGAIN = dt.timedelta(minutes=3), dt.timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=10), dt.timedelta(days=1)
MOST_FAILURES = 8


@dataclass(frozen=True, slots=True)
class Missed:
    """What waits for somebody in one room: the first messages, and how many more there are."""

    name: str
    url: str
    lines: Sequence[tuple[str, str]]
    more: int

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.lines) + self.more


def mail_missed() -> int:
    """Write to whom something waits; how many mails went out."""
    now = clock.now()
    sent = 0
    for preferences in _take(now):
        try:
            sent += _write_to(preferences, now=now)
        except OSError as error:  # smtplib's errors are some, too
            if not _note_failure(preferences, error, now=now):
                break  # the mail server itself: nobody else's mail would fare better
    return sent


def _take(now: dt.datetime) -> list[Preferences]:
    """Whom something may wait for; for a while nobody else takes them."""
    due = Preferences.objects.filter(_has_unread(now), email=True, mail_after__lte=now, user__is_active=True)
    taken = []
    for preferences in due.select_related("user").order_by("mail_after")[:AT_ONCE]:
        mine = Preferences.objects.filter(pk=preferences.pk, mail_after=preferences.mail_after)
        if mine.update(mail_after=now + LEASE):
            taken.append(preferences)
    return taken


def _has_unread(now: dt.datetime) -> Exists:
    """Whether a room of theirs holds something that they have not read, said since their last mail and long enough ago."""
    mark = Watermark.objects.filter(room_id=OuterRef("room_id"), user_id=OuterRef("user_id"))
    waiting = Event.objects.filter(
        room_id=OuterRef("room_id"),
        seq__gt=OuterRef("read"),
        kind=EventKind.MESSAGE_CREATED,
        deleted_at=None,
        at__gt=OuterRef(OuterRef("mailed_until")),
        at__lte=now - _patience(),
    ).exclude(by_id=OuterRef("user_id"))
    behind = (
        Membership.objects.filter(user_id=OuterRef("pk"), left_seq=None)
        .annotate(read=Greatest(Coalesce(Subquery(mark.values("read")), 0), F("joined_seq")))
        .filter(room__log__head__gt=F("read"))
    )
    return Exists(behind.filter(Exists(waiting)))


def _patience() -> dt.timedelta:
    return dt.timedelta(minutes=settings.MISSED_MAIL_MINUTES)


def _write_to(preferences: Preferences, *, now: dt.datetime) -> bool:
    """Write to one person, if there is something to write; whether a mail went out."""
    user, until = preferences.user, now - _patience()
    address = confirmed_address(user)
    if people_here([user.id]):
        _settle(preferences, mail_after=now + AGAIN)
        return False
    missed = missed_by(preferences, until=until)
    if address is None or not missed:
        _settle(preferences, mail_after=now + AGAIN, mailed_until=until)
        return False
    with translation.override(user.language or settings.LANGUAGE_CODE):
        mail = compose(user, address, missed, text=preferences.show_text)
    mail.send()
    count(Tally.MAIL_SENT)
    pause = dt.timedelta(minutes=settings.MISSED_MAIL_PAUSE_MINUTES)
    _settle(preferences, mail_after=now + pause, mailed_until=until, mail_failures=0, mail_error="")
    return True


def _settle(preferences: Preferences, **changes: object) -> None:
    Preferences.objects.filter(pk=preferences.pk).update(**changes)


def missed_by(preferences: Preferences, *, until: dt.datetime) -> list[Missed]:
    """What waits for somebody in the rooms that they want to hear of, said since their last mail and up to `until`."""
    user = preferences.user
    seen = queries.views(by=user.id)
    standings = queries.standings_of(seen.values())
    members = Membership.objects.filter(pk__in=[view.membership for view in seen.values()])
    missed = []
    for member in members.select_related("room").order_by("room_id"):
        standing = standings.get(member.pk)
        level = level_of(kind=member.room.kind, notify=member.notify, muted=member.muted)
        if standing is None or not standing.unread or level == Level.NOTHING:
            continue
        waiting = Event.objects.filter(
            room_id=member.room_id,
            seq__gt=standing.read,
            kind=EventKind.MESSAGE_CREATED,
            deleted_at=None,
            at__gt=preferences.mailed_until,
            at__lte=until,
        ).exclude(by_id=user.id)
        if level == Level.MENTIONS:
            named = Mention.objects.filter(
                room_id=member.room_id, user_id=user.id, message_seq=OuterRef("seq")
            )
            waiting = waiting.filter(Exists(named))
        messages = list(waiting.order_by("seq")[:MOST_MESSAGES])
        if messages:
            missed.append(_missed_in(member, messages, more=waiting.count() - len(messages), user=user))
        if len(missed) == MOST_ROOMS:
            break
    return missed


def _missed_in(member: Membership, messages: Sequence[Event], *, more: int, user: User) -> Missed:
    names = {each.id: each.shown_name for each in users_by_id([message.by_id for message in messages])}
    room = member.room
    return Missed(
        name=room.name or ", ".join(dict.fromkeys(names.values())),
        url=f"{settings.PUBLIC_URL}/rooms/{room.id}/{messages[0].seq}/",
        lines=[
            (names.get(message.by_id, ""), said(message, text=True, longest=LONGEST_QUOTE))
            for message in messages
        ],
        more=max(0, more),
    )


def compose(user: User, address: str, missed: Sequence[Missed], *, text: bool) -> EmailMultiAlternatives:
    """The mail, in the language that is switched on; without the `text` of messages it only counts them."""
    n = sum(each.count for each in missed)
    subject = ngettext("{n} message waits for you", "{n} messages wait for you", n).format(n=n)
    url = unsubscribe_url(user)
    shown = {
        "name": user.shown_name,
        "subject": subject,
        "missed": missed,
        "text": text,
        "site": settings.SITE_NAME,
        "unsubscribe_url": url,
    }
    mail = EmailMultiAlternatives(
        shortened(f"{settings.SITE_NAME}: {subject}", 150),
        render_to_string("notifications/missed.txt", shown),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        connection=_carrier(),
        headers={
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
        },
    )
    mail.attach_alternative(render_to_string("notifications/missed.html", shown), "text/html")
    return mail


def _carrier() -> BaseEmailBackend:
    """Straight to the mail server: a worker does this, and what waits in a queue may be deleted meanwhile."""
    carrier: BaseEmailBackend = get_connection(settings.MAIL_CARRIER)
    return carrier


def _note_failure(preferences: Preferences, error: Exception, *, now: dt.datetime) -> bool:
    """Wait longer and longer for an address that is refused, and give it up; whether it was the address's fault."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        logger.warning("the mail server does not take mail (%r); what was missed is mailed later", error)
        count(Tally.MAIL_FAILED)
        _settle(preferences, mail_after=now + AGAIN)
        return False
    count(Tally.MAIL_REFUSED)
    failures = preferences.mail_failures + 1
    pause = min(FIRST_PAUSE * 2**preferences.mail_failures, LONGEST_PAUSE)
    _settle(
        preferences,
        mail_failures=failures,
        mail_error=_reason(error)[:200],
        mail_after=now + pause,
        email=failures < MOST_FAILURES,
    )
    logger.warning("the mail server refuses mail to user %s (%d times)", preferences.pk, failures)
    return True


def _reason(error: Exception) -> str:
    """What the mail server said, without the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {words.decode(errors='replace')}"
    return repr(error)
