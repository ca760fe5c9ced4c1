"""Refusals of what concerns notices."""

from chatsite.errors import NotFound


class NoSuchSubscription(NotFound):
    """It is another's, or not there."""

    default_message = "There is no such push subscription."
