"""Why an export or a deletion is refused, by name."""

from chatsite.errors import BadRequest, Conflict, Forbidden, NotFound


class NoSuchExport(NotFound):
    """There is no such export of this person, or not any more."""

    default_message = "There is no such export."


class NotReady(Conflict):
    """The export is still being made, or could not be."""

    default_message = "This export is not ready."


class SuccessorNeeded(Conflict):
    """The person is the last owner of rooms in which others are."""

    default_message = "You are the last owner of a room with others in it: name who owns it from now on."


class NoSuccessor(BadRequest):
    """Whom the person named can't own the room."""

    default_message = "A successor is another member of the room, with an account that is not turned off."


class LastAdministrator(Forbidden):
    """A site is never without somebody who can run it."""

    default_message = "You are the last administrator of this site: make somebody else one first."


class PasswordWanted(BadRequest):
    """Who comes in by a provider only, or by passkeys, has nothing to confirm this with."""

    default_message = "Set a password first, in your account. It confirms that it is you."
