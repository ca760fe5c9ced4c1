"""Which usernames people may give themselves. That a name is plain ASCII at all, the model says."""

import re

from django.db.models import Q

from chatsite.errors import BadRequest

from .models import User, look_of

RESERVED = frozenset(
    (
        *("admin", "administrator", "root", "system", "parley", "support", "security", "help", "staff"),
        *("moderator", "owner", "everyone", "everybody", "all", "here", "room", "channel", "bot", "deleted"),
    )
)


class LooksTaken(BadRequest):
    """It reads as somebody else's name: `b0b` beside `bob`."""

    default_message = "This looks too much like the name of somebody who is here."


class Reserved(BadRequest):
    """It would pass for an office of this place."""

    default_message = "This name is not for anybody."


def refuse_confusable(username: str) -> None:
    """Raise `Reserved` or `LooksTaken`. Administrators, who make people by hand, may name them as they like."""
    if re.sub(r"[._-]", "", username.lower()) in RESERVED or look_of(username) in map(look_of, RESERVED):
        raise Reserved(field="username")
    alike = User.objects.filter(look=look_of(username)).exclude(Q(username__iexact=username))
    if alike.exists():
        raise LooksTaken(field="username")
