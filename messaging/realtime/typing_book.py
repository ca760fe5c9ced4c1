"""Who of this process's people is writing where. Told thinned out, stored nowhere, gone by itself."""

import time
from collections.abc import Callable

from chatsite import limits
from messaging.delivery.typists import THIN_SECONDS

MOST = 10_000


class TypingBook:
    """The starts of typing, by person and room; `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started: dict[tuple[str, str], float] = {}
        self._ended: set[tuple[str, str]] = set()

    def start(self, user_id: str, room_id: str) -> bool:
        """Note a start; whether it is to be told, and not one of many."""
        key, now = (user_id, room_id), self._clock()
        started = self._started.get(key)
        if started is not None and now - started < THIN_SECONDS:
            return False
        if len(self._started) >= MOST:
            self._forget_expired(now)
        self._started[key] = now
        self._ended.discard(key)
        return True

    def is_on(self, user_id: str, room_id: str) -> bool:
        """Whether somebody is writing as far as was noted here."""
        key = user_id, room_id
        started = self._started.get(key)
        return (
            started is not None
            and key not in self._ended
            and self._clock() - started < limits.TYPING_MS / 1000
        )

    def end(self, user_id: str, room_id: str) -> bool:
        """Note an end; whether there was something to end. The next start is thinned out all the same."""
        was_on = self.is_on(user_id, room_id)
        if was_on:
            self._ended.add((user_id, room_id))
        return was_on

    def take_back(self, user_id: str, room_id: str) -> None:
        """A start was refused: the next is judged anew."""
        self._started.pop((user_id, room_id), None)
        self._ended.discard((user_id, room_id))

    def _forget_expired(self, now: float) -> None:
        live = now - limits.TYPING_MS / 1000
        self._started = {key: at for key, at in self._started.items() if at > live}
        self._ended &= self._started.keys()
