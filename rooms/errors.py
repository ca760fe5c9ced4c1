"""Why something in a room is refused, by name."""

from chatsite.errors import Archived, BadRequest, Conflict, Forbidden, NotFound
from chatsite.idempotency import ShownBefore


class NoSuchRoom(NotFound):
    """There is no such room for this person: it does not exist or is not theirs to know. One answer for both."""

    default_message = "There is no such room."


class NoSuchMember(NotFound):
    """That person is not a member of the room."""

    default_message = "There is no such member in this room."


class NoSuchUser(BadRequest):
    """There is no active user of that id."""

    default_message = "There is no such user."


class RoomArchived(Archived):
    """The room can only be read, and left."""


class NotYourRole(Forbidden):
    """The member's role does not let them do this."""

    default_message = "Your role in this room does not let you do this."


class NotYourself(NotYourRole):
    """Nobody bans themselves."""

    default_message = "You cannot ban yourself. You can leave the room."


class NotMuteYourself(NotYourRole):
    """Nobody mutes themselves."""

    default_message = "You cannot mute yourself."


class NotInDirectRooms(Forbidden):
    """A direct room is the room of its people for ever: nobody is added, removed or promoted."""

    default_message = "A direct room always belongs to the same people."


class LastOwner(Forbidden):
    """A room is never without an owner."""

    default_message = "You are the last owner: make somebody else an owner first, or archive the room."


class AlreadyMember(Conflict):
    """The person is a member already, in another role."""

    default_message = "This person is a member already, in another role."


class Banned(Forbidden):
    """The person may not come in."""

    default_message = "This person is banned from this room."


class NoSuchBan(NotFound):
    """That person is not banned from the room."""

    default_message = "This person is not banned from this room."


class NoSuchInvite(NotFound):
    """No invite has that code or id, or it has expired, is used up or was taken back: one answer for all."""

    default_message = "There is no such invite."


class InviteShownBefore(ShownBefore):
    """The call that made this invite came again; its code is shown once only."""

    default_message = "This invite was made before, and is shown only once."
