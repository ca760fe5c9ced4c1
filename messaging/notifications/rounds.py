"""Rooms in which something happened, handed to the task queue a second's worth at a time.

What stores an event or a receipt notes the room here and goes on; nothing waits. A process that dies with noted rooms,
or a queue that loses them, costs a minute: the sweep looks for rooms whose log is ahead of what was looked at.
"""

import logging
import threading
import time
from collections.abc import Iterable

from celery import current_app

from chatsite.figures.store import workers_are_behind

logger = logging.getLogger(__name__)

GATHER_SECONDS = 1.0
# Of tasks that look at the same rooms a queue would only grow: while workers are behind, rooms are noted so long for one.
HOLD_SECONDS = 10.0
ROOMS_A_TASK = 500
MOST_ROOMS = 50_000
LOOK = "notifications.look"


class Rounds:
    """The rooms noted since the last round; one thread a process takes them round."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rooms: set[str] = set()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing = False

    def note(self, room_ids: Iterable[str]) -> None:
        """Something happened in these rooms. From any thread; never waits and never raises."""
        with self._lock:
            if len(self._rooms) < MOST_ROOMS:
                self._rooms.update(room_ids)
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_round, name="notices", daemon=True)
                self._thread.start()
        self._wake.set()

    def _go_round(self) -> None:
        while True:
            self._wake.wait()
            _gather()
            self._wake.clear()
            with self._lock:
                rooms, self._rooms = sorted(self._rooms), set()
            for start in range(0, len(rooms), ROOMS_A_TASK):
                self._hand_over(rooms[start : start + ROOMS_A_TASK])

    def _hand_over(self, rooms: list[str]) -> None:
        try:
            current_app.send_task(LOOK, [rooms])
            self._failing = False
        except Exception as error:
            if not self._failing:
                logger.warning("notices wait for the task queue (%r); the sweep looks for them", error)
            self._failing = True


def _gather() -> None:
    """Wait while rooms are noted."""
    ends = time.monotonic() + HOLD_SECONDS
    time.sleep(GATHER_SECONDS)
    while workers_are_behind() and time.monotonic() < ends:
        time.sleep(GATHER_SECONDS)


rounds = Rounds()
