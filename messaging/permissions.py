"""Who may say what: named predicates, each a plain question about rows already read."""

import datetime as dt
from typing import Protocol

from rooms.models import Membership, Role
from rooms.room_settings import RoomSettings

from .models import Event

_STAFF = (Role.OWNER, Role.MODERATOR)


class Speaker(Protocol):
    """Anything that knows until when a member may not speak."""

    @property
    def muted_until(self) -> dt.datetime | None:
        """None, or a time that may have passed."""


def is_muted(member: Speaker, *, now: dt.datetime) -> bool:
    """Whether the member may not speak at this moment."""
    return member.muted_until is not None and member.muted_until > now


def is_author(message: Event, *, member: Membership) -> bool:
    """Whether the message is the member's own."""
    return message.by_id == member.user_id


def is_in_time(message: Event, *, seconds: int | None, now: dt.datetime) -> bool:
    """Whether a message may still be changed `seconds` after it was sent; None is for ever."""
    return seconds is None or now - message.at <= dt.timedelta(seconds=seconds)


def can_delete_others(*, member: Membership, settings: RoomSettings) -> bool:
    """Whether the member may delete what others said, at any time."""
    return settings.moderators_delete and member.role in _STAFF
