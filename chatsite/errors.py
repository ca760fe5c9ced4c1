"""The one way to refuse: a `ChatError` with a code of the wire protocol.

Every transport turns it into its own form: an `error` frame on the socket, the
error body over HTTP. A rule raises a named subclass that lives beside the rule.
"""

from typing import ClassVar


class ChatError(Exception):
    """A refusal that the caller may see.

    `code` is one of the protocol's error codes; `message` is one plain English
    sentence, which the doors translate; `field` names the part of the input at fault; `retryable` says whether
    the same call may succeed later, `retry_after_ms` when.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    default_message: ClassVar[str] = "Something went wrong on our side."

    def __init__(
        self,
        message: str = "",
        *,
        field: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.field = field
        self.retry_after_ms = retry_after_ms
        super().__init__(self.message)


class Internal(ChatError):
    """Our own fault; whether the change was stored is not known, so it may be tried again."""

    retryable = True


class BadRequest(ChatError):
    """The input has not the shape or the values that the protocol asks for."""

    code = "bad_request"
    status = 400
    default_message = "That is not a valid request."


class Unauthenticated(ChatError):
    """Nobody is signed in, or the credential is not valid any more."""

    code = "unauthenticated"
    status = 401
    default_message = "Sign in first."


class Forbidden(ChatError):
    """The actor may see the thing, but not do this to it."""

    code = "forbidden"
    status = 403
    default_message = "You are not allowed to do this."


class NotFound(ChatError):
    """There is no such thing, or the actor may not know of it: one answer for both."""

    code = "not_found"
    status = 404
    default_message = "There is no such thing here."


class Conflict(ChatError):
    """The idempotency key was used for another body, or a unique name is taken."""

    code = "conflict"
    status = 409
    default_message = "This was used before for something else."


class Archived(ChatError):
    """The room is archived: it can be read, not written."""

    code = "archived"
    status = 409
    default_message = "This room is archived."


class TooLarge(ChatError):
    """The input is larger than a limit."""

    code = "too_large"
    status = 413
    default_message = "That is too large."


class RateLimited(ChatError):
    """Too many commands in a time; `retry_after_ms` says when the next one may pass."""

    code = "rate_limited"
    status = 429
    retryable = True
    default_message = "Too many at once."


class Overloaded(ChatError):
    """The server or its database cannot take it now; nothing is known to be stored."""

    code = "overloaded"
    status = 503
    retryable = True
    default_message = "The server is busy."
