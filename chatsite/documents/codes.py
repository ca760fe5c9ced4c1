"""Error codes and close codes, with what they mean to a client."""

from collections.abc import Iterator

from chatsite import errors, limits
from chatsite.errors import ChatError
from messaging import protocol

CLOSES: dict[int, str] = {
    protocol.CLOSE_TOO_LARGE: "A frame had too many bytes or fragments: the one bad input that ends the socket by itself.",
    protocol.CLOSE_OUR_FAULT: "A fault of the server. Come back.",
    protocol.CLOSE_RESTARTING: "The server is being restarted. Come back after `goodbye.after_ms`.",
    protocol.CLOSE_BROKEN_FRAMES: f"{limits.BROKEN_FRAMES} broken frames within a minute.",
    protocol.CLOSE_NOT_SIGNED_IN: "Nobody is signed in: no credential, a wrong one, a ticket that is late or was used. Don't come back with it.",
    protocol.CLOSE_SESSION_ENDED: "The session or token ended, or the account was turned off. Don't come back with it.",
    protocol.CLOSE_HEARTBEAT_MISSED: "Two heartbeats went unanswered. Come back and resume.",
    protocol.CLOSE_TOO_SLOW: "Too much waited to be read. Come back and resume.",
    protocol.CLOSE_TOO_MANY_REFUSED: (
        f"{limits.REFUSED_COMMANDS} refused commands within a minute; or too many sockets are open, which an `error` "
        "frame says before. Come back after `goodbye.after_ms`."
    ),
}


def error_codes() -> Iterator[tuple[str, int, bool, str]]:
    """Each error code with its HTTP status, whether it is retryable, and its meaning; in the order of status."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ChatError) and kind is not ChatError
    ]
    for kind in sorted(kinds, key=lambda kind: (kind.status, kind.code)):
        yield kind.code, kind.status, kind.retryable, " ".join((kind.__doc__ or "").split())
