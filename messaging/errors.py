"""Why something said is refused, by name."""

from chatsite.errors import BadRequest, Conflict, Forbidden, NotFound, RateLimited, TooLarge


class NoSuchMessage(NotFound):
    """There is no such message in the room for this person."""

    default_message = "There is no such message."


class Muted(Forbidden):
    """The member may read, not speak."""

    default_message = "You are muted in this room."


class RoomReadOnly(Forbidden):
    """Only owners and moderators speak here."""

    default_message = "Only owners and moderators speak in this room."


class SlowMode(RateLimited):
    """The room is slow, and the member spoke a moment ago."""

    default_message = "This room is slow: wait a little before you speak again."


class NotYourMessage(Forbidden):
    """The message is another's, and the member's role does not reach that far."""

    default_message = "This message is not yours to change."


class TooLateToChange(Forbidden):
    """The room's time for changing a message is over."""

    default_message = "It is too late to change this message."


class OtherEpoch(BadRequest):
    """The log was restored from a backup since the client read it: what it names may be another thing now."""

    default_message = "The log has another epoch now: reload."


class NoSuchReport(NotFound):
    """There is no such report in the room."""

    default_message = "There is no such report."


class ReportClosed(Conflict):
    """Somebody else has judged it, otherwise."""

    default_message = "Somebody closed this report before you."


class NotAnEmoji(BadRequest):
    """A reaction is one emoji."""

    default_message = "A reaction is one emoji."


class TooManyReactions(TooLarge):
    """A message takes so many kinds of emoji and no more."""


class TooManyPins(TooLarge):
    """A room keeps so many messages at hand and no more."""


class NoSuchFile(NotFound):
    """There is no such file in the room for this person."""

    default_message = "There is no such file."


class NotYourFile(BadRequest):
    """A message names what is no file of its sender in that room."""

    default_message = "There is no such file of yours in this room."


class FileSentBefore(Conflict):
    """A file belongs to one message."""

    default_message = "This file is part of another message already."


class TooManyFiles(TooLarge):
    """A message carries so many files and no more."""


class TooManyUnsent(TooLarge):
    """So many files of one person wait for a message, and no more."""


class EmptyFile(BadRequest):
    """There is nothing in the file."""

    default_message = "The file is empty."


class FileTooLarge(TooLarge):
    """The file has more bytes than the site takes."""


class WrongType(BadRequest):
    """The file is not what its name says."""


class EmptyText(BadRequest):
    """A message needs something to say."""

    default_message = "Write something first."


class TextTooLarge(TooLarge):
    """The text has more bytes than a message may have."""
