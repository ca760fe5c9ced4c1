"""What a role may do in a room: the rights by name, the product's defaults, and their form in a room's row.

Three layers make up what holds in a room: these defaults, the site's rules over them, the room's own rules over
both (`rules.py`). What comes of it lies in the room's row, as one number a role: whoever reads the row to judge
something knows the rights without asking further, and a change holds from the next statement on, on every server.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member is in a room, from most rights to least."""

    OWNER = "owner", _("Owner")
    MODERATOR = "moderator", _("Moderator")
    MEMBER = "member", _("Member")
    GUEST = "guest", _("Guest")


class Right(TextChoices):
    """What a role may do, or not. A right's bit is its place here: new ones come at the end."""

    READ_HISTORY = "read_history", _("Read what was said before they came")
    POST = "post", _("Speak")
    REPLY = "reply", _("Reply")
    REACT = "react", _("React")
    ATTACH = "attach", _("Attach files")
    MENTION_EVERYONE = "mention_everyone", _("Mention everyone")
    INVITE = "invite", _("Bring people in and invite")
    REMOVE = "remove", _("Remove members")
    MUTE = "mute", _("Mute members")
    BAN = "ban", _("Ban people")
    EDIT_OTHERS = "edit_others", _("Edit what others said")
    DELETE_OTHERS = "delete_others", _("Delete what others said, and see reports")
    PIN = "pin", _("Pin messages")
    CHANGE_TOPIC = "change_topic", _("Change name and topic")
    CHANGE_SETTINGS = "change_settings", _("Change settings")
    ARCHIVE = "archive", _("Archive the room")


Rights = Mapping[str, int]
"""The rights of each role, as numbers."""

_BITS: Final = {right: 1 << place for place, right in enumerate(Right)}

# Beside the rights of members and guests while their room is read-only.
READ_ONLY: Final = 1 << 30

STAFF: Final = (Role.OWNER, Role.MODERATOR)
BELOW_STAFF: Final = (Role.MEMBER, Role.GUEST)


def bit_of(right: str) -> int:
    """The number of one right. Raises `KeyError`."""
    return _BITS[Right(right)]


def bits_of(rights: Iterable[str]) -> int:
    """The number of some rights."""
    return sum(map(bit_of, set(rights)))


def rights_in(bits: int) -> list[str]:
    """The names of the rights in a number, in their order."""
    return [right.value for right, bit in _BITS.items() if bits & bit]


def with_rule(bits: int, right: str, *, allowed: bool) -> int:
    """`bits` with one right given or taken."""
    return bits | bit_of(right) if allowed else bits & ~bit_of(right)


_TALK = {Right.READ_HISTORY, Right.POST, Right.REPLY, Right.REACT, Right.ATTACH}
_ORDER = {
    Right.MENTION_EVERYONE,
    Right.INVITE,
    Right.REMOVE,
    Right.MUTE,
    Right.BAN,
    Right.DELETE_OTHERS,
    Right.PIN,
    Right.CHANGE_TOPIC,
}

DEFAULTS: Final[Rights] = {
    Role.OWNER: bits_of(_TALK | _ORDER | {Right.CHANGE_SETTINGS, Right.ARCHIVE}),
    Role.MODERATOR: bits_of(_TALK | _ORDER),
    Role.MEMBER: bits_of(_TALK),
    Role.GUEST: bits_of(_TALK),
}
"""Nobody rewrites what another said, unless the site or the room says so."""

IN_DIRECT_ROOMS: Final[Rights] = dict.fromkeys(Role, bits_of({*_TALK, Right.MENTION_EVERYONE, Right.PIN}))
"""A direct room belongs to its people alike, and no rule changes that."""
