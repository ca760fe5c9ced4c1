"""Why something said is refused, by name."""

from chatsite.errors import Archived, BadRequest, Forbidden, NotFound, TooLarge


class NoSuchRoom(NotFound):
    """There is no such room for this person: it does not exist or they are not in it. One answer for both."""

    default_message = "There is no such room."


class NoSuchMessage(NotFound):
    """There is no such message in the room for this person."""

    default_message = "There is no such message."


class RoomArchived(Archived):
    """The room can only be read."""


class Muted(Forbidden):
    """The member may read, not speak."""

    default_message = "You are muted in this room."


class MayNotPost(Forbidden):
    """The member's role does not let them speak here."""

    default_message = "You may read this room, but not write in it."


class EmptyText(BadRequest):
    """A message needs something to say."""

    default_message = "Write something first."


class TextTooLarge(TooLarge):
    """The text has more bytes than a message may have."""
