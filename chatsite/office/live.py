"""What the office does to sockets that are open, on every server."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatsite.accounts.models import User
from chatsite.accounts.services import end_other_sessions
from chatsite.after_commit import after_commit
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest, Forbidden
from chatsite.text import one_line
from messaging.delivery import broker
from messaging.protocol import Announcement, encode, rfc3339

LONGEST_WORDS = 300
LEVELS = ("info", "warning")
MOST_MINUTES = 7 * 24 * 60


def can_announce(by: User) -> bool:
    """May say something to everybody who is connected: whoever runs the rooms."""
    return by.is_staff and by.has_perm("rooms.change_room")


@transaction.atomic
def announce(*, by: User, text: str, level: str = "info", minutes: int = 60) -> None:
    """Tell everybody who is connected now; their page shows it for `minutes`. It is kept nowhere.

    Raises `BadRequest` and `Forbidden`.
    """
    if not can_announce(by):
        raise Forbidden
    text = one_line(text, field="text", longest=LONGEST_WORDS)
    if level not in LEVELS:
        raise BadRequest(f"A level is one of {', '.join(LEVELS)}.", field="level")
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadRequest(_("This takes 1 to {most} minutes.").format(most=MOST_MINUTES), field="minutes")
    until = timezone.now() + dt.timedelta(minutes=minutes)
    frame = encode(Announcement(text=text, level=level, until=rfc3339(until)))  # type: ignore[arg-type]
    message = {"type": "site.frames", "frames": [frame]}
    record(Action.ANNOUNCED, by=by, details={"level": level, "minutes": minutes})
    after_commit(broker.publish, broker.FANOUT, message)


@transaction.atomic
def close_sockets(*, by: User, user: User) -> None:
    """Close a person's sockets; their page comes back by itself if it still may. Raises `Forbidden`."""
    _judge(by)
    record(Action.SOCKETS_CLOSED, by=by, user=user.id)
    broker.publish_to_user(user.id, {"type": "sockets.close"})


@transaction.atomic
def end_sessions(*, by: User, user: User) -> None:
    """Sign a person out everywhere, and close the sockets of that; tokens stay. Raises `Forbidden`."""
    _judge(by)
    record(Action.SESSIONS_ENDED, by=by, user=user.id)
    end_other_sessions(by=user, keep=None)


def _judge(by: User) -> None:
    if not (by.is_staff and by.has_perm("accounts.change_user")):
        raise Forbidden
