"""Who is writing in a room, as told to those who hear it: each start once in a while, each stop once."""

from chatsite import limits

# Starts of one person that come closer together are told once: from several devices, and a
# hint that a process hears at once and again from the broker.
THIN_SECONDS = 2.0
MOST = 100


class Typists:
    """The people who were told as writing in one room. Times are seconds of a clock that never goes back."""

    __slots__ = ("_started",)

    def __init__(self) -> None:
        self._started: dict[str, tuple[float, bool]] = {}

    @property
    def anyone(self) -> bool:
        """Whether anybody was told as writing of late."""
        return bool(self._started)

    def passes(self, user_id: str, *, on: bool, now: float) -> bool:
        """Whether a start or a stop is to be told. A stop of what has expired by itself tells nothing."""
        at, was_on = self._started.get(user_id, (float("-inf"), False))
        if on:
            # A little less than the sender's own measure, so that the way's jitter loses no start.
            if now - at < THIN_SECONDS * 0.75:
                return False
            self._forget(now)
            self._started[user_id] = now, True
            return True
        if not was_on or now - at > limits.TYPING_MS / 1000:
            return False
        self._started[user_id] = at, False
        return True

    def _forget(self, now: float) -> None:
        if len(self._started) >= MOST:
            old = now - limits.TYPING_MS / 1000
            self._started = {who: start for who, start in self._started.items() if start[0] > old}
