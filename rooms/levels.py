"""What a member wants to be told of a room, by notices and mail."""

from django.conf import settings
from django.db import models


class Level(models.TextChoices):
    """Every message, only those that name oneself, or none."""

    EVERYTHING = "everything"
    MENTIONS = "mentions"
    NOTHING = "nothing"


def level_of(*, kind: str, notify: str, muted: bool) -> Level:
    """What holds for a membership in a room of that `kind`: its own `notify` or, where that is empty, the site's default.

    A muted room tells of mentions at most.
    """
    default = settings.NOTIFY_DIRECT if kind == "direct" else settings.NOTIFY_ROOMS
    level = Level(notify or default)
    return Level.MENTIONS if muted and level == Level.EVERYTHING else level
