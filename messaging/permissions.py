"""Who may say what: named predicates, each a plain question about rows already read."""

import datetime as dt
import math
from typing import Protocol

from rooms.models import Membership, Room
from rooms.permissions import has_right
from rooms.rights import READ_ONLY, Right, bit_of
from rooms.room_settings import RoomSettings

from .models import Event

_POST, _REPLY, _ATTACH = bit_of(Right.POST), bit_of(Right.REPLY), bit_of(Right.ATTACH)
_MENTION_EVERYONE = bit_of(Right.MENTION_EVERYONE)


class Speaker(Protocol):
    """Anything that knows until when a member may not speak."""

    @property
    def muted_until(self) -> dt.datetime | None:
        """None, or a time that may have passed."""


class SlowSpeaker(Protocol):
    """Anything that knows how long a member waits between two messages, and when they last spoke."""

    @property
    def slow_seconds(self) -> int:
        """0 not at all."""

    @property
    def spoke_at(self) -> dt.datetime | None:
        """None, or some time."""


def is_muted(member: Speaker, *, now: dt.datetime) -> bool:
    """Whether the member may not speak at this moment."""
    return member.muted_until is not None and member.muted_until > now


def is_read_only(may: int) -> bool:
    """Whether the room is read-only to a role with these rights."""
    return bool(may & READ_ONLY)


def can_send(may: int, *, reply: bool) -> bool:
    """Whether a role with these rights may say something, or reply."""
    return bool(may & _POST) and (not reply or bool(may & _REPLY))


def can_attach(may: int) -> bool:
    """Whether a role with these rights may give files to the room."""
    return bool(may & _ATTACH)


def waits_ms(member: SlowSpeaker, *, spoke_at: dt.datetime | None, now: dt.datetime) -> int:
    """For how many milliseconds slow mode still holds a member up, who spoke last at `spoke_at`."""
    if not member.slow_seconds or spoke_at is None:
        return 0
    wait = spoke_at + dt.timedelta(seconds=member.slow_seconds) - now
    return max(0, math.ceil(wait / dt.timedelta(milliseconds=1)))


def is_author(message: Event, *, member: Membership) -> bool:
    """Whether the message is the member's own."""
    return message.by_id == member.user_id


def is_in_time(message: Event, *, seconds: int | None, now: dt.datetime) -> bool:
    """Whether a message may still be changed `seconds` after it was sent; None is for ever."""
    return seconds is None or now - message.at <= dt.timedelta(seconds=seconds)


def can_delete_others(*, member: Membership, settings: RoomSettings) -> bool:
    """Whether the member may delete what others said, at any time."""
    return settings.moderators_delete and has_right(member.room, Right.DELETE_OTHERS, actor=member)


def can_edit_others(*, member: Membership) -> bool:
    """Whether the member may edit what others said, at any time."""
    return has_right(member.room, Right.EDIT_OTHERS, actor=member)


def can_react(*, member: Membership) -> bool:
    """Whether the member may react to messages."""
    return has_right(member.room, Right.REACT, actor=member)


def can_pin(*, member: Membership) -> bool:
    """Whether the member may pin messages, and unpin them."""
    return has_right(member.room, Right.PIN, actor=member)


def can_mention_everyone(may: int) -> bool:
    """Whether a role with these rights names all members with `@everyone`."""
    return bool(may & _MENTION_EVERYONE)


def can_see_reports(room: Room, *, actor: Membership | None) -> bool:
    """Whether they judge what members report: those who could delete it."""
    return has_right(room, Right.DELETE_OTHERS, actor=actor)
