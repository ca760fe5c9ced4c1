"""One clock for all servers: the database's.

What ends at a moment (a mute, a ban, the time in which one may edit) would end at another one on each server whose clock is
off. So each process asks the database what time it is, now and then, and counts on from there by a clock that only
measures: a moment costs no query, and a server whose clock is set goes on as before. With SQLite the clock is the process's own.
"""

import datetime as dt
import time
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

ASK_SECONDS = 60.0


class _Answer(NamedTuple):
    """What the database said, and when that was by the clock that measures."""

    moment: dt.datetime
    at: float


_answers: list[_Answer] = []


def now() -> dt.datetime:
    """The present moment. For threads: asks the database if nobody has for a while. Raises `DatabaseError`."""
    if not _answers or time.monotonic() - _answers[-1].at > ASK_SECONDS:
        ask()
    return now_on_loop()


def now_on_loop() -> dt.datetime:
    """The present moment, for an event loop, which must not wait: counted on from the last answer, however old."""
    if not _answers:
        return timezone.now()
    answer = _answers[-1]
    return answer.moment + dt.timedelta(seconds=time.monotonic() - answer.at)


def ask() -> None:
    """Ask the database what time it is. Raises `DatabaseError`."""
    before = time.monotonic()
    moment = _database_time()
    _answers[:] = [_Answer(moment, (before + time.monotonic()) / 2)]


def _database_time() -> dt.datetime:
    if connection.vendor != "postgresql":
        return timezone.now()
    connection.ensure_connection()
    with connection.wrap_database_errors:  # past Django's own cursor: this belongs to nobody's work
        row = connection.connection.execute("SELECT clock_timestamp()").fetchone()
    moment: dt.datetime = row[0]
    return moment
