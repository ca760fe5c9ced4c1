"""Totals of the whole site, of work that any process may do, workers too: kept in the cache, and begun anew with it."""

from collections.abc import Mapping
from enum import StrEnum

from django.core.cache import cache


class Tally(StrEnum):
    """What is counted: the metric, and what came of it."""

    NOTICE_SENT = "notices:sent"
    NOTICE_CLOSED = "notices:closed"
    NOTICE_COALESCED = "notices:coalesced"
    NOTICE_FAILED = "notices:failed"
    NOTICE_REFUSED = "notices:refused"
    DEVICE_GONE = "notices:gone"
    MAIL_SENT = "missed_mails:sent"
    MAIL_FAILED = "missed_mails:failed"
    MAIL_REFUSED = "missed_mails:refused"

    @property
    def metric(self) -> str:
        """The name of what it is counted under."""
        return self.value.partition(":")[0]

    @property
    def result(self) -> str:
        """What came of it."""
        return self.value.partition(":")[2]


def count(tally: Tally, by: int = 1) -> None:
    """Count something that happened. From any thread and process; never raises for Redis' sake."""
    if not by:
        return
    key = _key(tally)
    cache.add(key, 0, timeout=None)
    try:
        cache.incr(key, by)
    except ValueError:  # emptied in between
        cache.set(key, by, timeout=None)


def read_tallies() -> Mapping[Tally, int]:
    """How often everything happened."""
    kept = cache.get_many([_key(tally) for tally in Tally])
    return {tally: int(kept.get(_key(tally), 0)) for tally in Tally}


def _key(tally: Tally) -> str:
    return f"tally:{tally.value}"
