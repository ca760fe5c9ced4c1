"""What one process counts. On the way of a message these are a few additions, without a lock."""

import threading
from bisect import bisect_left
from collections.abc import Sequence

from chatsite.errors import ChatError

# Upper bounds of the histogram in milliseconds, each a quarter above the one before: a percentile read from it is
# at most that far off. What takes longer than the last is counted behind it.
BOUNDS = tuple(round(0.25 * 1.25**step, 3) for step in range(46))


class Counters:
    """Totals since the process began; they only rise.

    All but `stored_by_http` are written on the event loop alone.
    """

    def __init__(self) -> None:
        self.stored = 0
        self.stored_by_http = 0
        self.refused = 0
        self.cut = 0
        self.waits = [0] * (len(BOUNDS) + 1)
        self.waited_ms = 0.0
        self._lock = threading.Lock()

    def note_batch(self, now: float, since: Sequence[float], outcomes: Sequence[object]) -> None:
        """A batch of sends is answered at `now`: since when each waited (seconds), and what came of it."""
        for began, outcome in zip(since, outcomes, strict=True):
            if isinstance(outcome, ChatError):
                self.refused += 1
                continue
            waited = (now - began) * 1000
            self.waits[bisect_left(BOUNDS, waited)] += 1
            self.waited_ms += waited
            self.stored += 1

    def note_http_message(self) -> None:
        """A message was stored for an HTTP request, in whatever thread."""
        with self._lock:
            self.stored_by_http += 1


counters = Counters()
"""Those of this process."""


def percentile(waits: Sequence[int], share: float) -> float | None:
    """The milliseconds within which that share of the waits lies; None when there were none."""
    total = sum(waits)
    if not total:
        return None
    wanted, below = share * total, 0
    for place, count in enumerate(waits):
        if count and below + count >= wanted:
            low = BOUNDS[place - 1] if place else 0.0
            high = BOUNDS[min(place, len(BOUNDS) - 1)]
            return low + (high - low) * (wanted - below) / count
        below += count
    return BOUNDS[-1]
