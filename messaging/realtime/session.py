"""One socket's dealings: who is there, what they asked, how often they were refused."""

import time
from collections import deque
from dataclasses import dataclass, field

from chatsite import limits
from chatsite.accounts.credentials import Credential
from chatsite.errors import ChatError
from messaging.delivery.connection import Connection
from messaging.protocol import (
    CLOSE_BROKEN_FRAMES,
    CLOSE_TOO_MANY_REFUSED,
    BrokenFrame,
    CommandId,
    Reply,
    encode,
    error_frame,
)

MINUTE = 60.0


class MinuteCount:
    """How many times something happened within the last minute. Most sockets never count: then it is nearly empty."""

    __slots__ = ("_times",)

    def __init__(self) -> None:
        self._times: deque[float] | None = None

    def add(self) -> int:
        """Count one more; the number within the last minute."""
        now = time.monotonic()
        if self._times is None:
            self._times = deque()
        self._times.append(now)
        while self._times[0] <= now - MINUTE:
            self._times.popleft()
        return len(self._times)


@dataclass(slots=True)
class Session:
    """A connection together with the credential it was opened with."""

    connection: Connection
    credential: Credential
    _refused: MinuteCount = field(default_factory=MinuteCount)
    _broken: MinuteCount = field(default_factory=MinuteCount)

    @property
    def user_id(self) -> str:
        """Whose socket it is."""
        return self.credential.user_id

    def reply(self, reply: Reply) -> None:
        """Send a reply."""
        self.connection.send(encode(reply))

    def refuse(self, error: ChatError, *, id: CommandId | None = None, room: str | None = None) -> None:
        """Send an error. Who is refused too often within a minute is shown out."""
        if isinstance(error, BrokenFrame):
            id = error.id
            too_many = self._broken.add() >= limits.BROKEN_FRAMES
        else:
            too_many = False
        self.connection.send(error_frame(error, id=id, room=room))
        if too_many:
            self.connection.close(CLOSE_BROKEN_FRAMES)
        elif self._refused.add() >= limits.REFUSED_COMMANDS:
            self.connection.close(CLOSE_TOO_MANY_REFUSED)
