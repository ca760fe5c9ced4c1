"""How long it took until everybody had what was acknowledged: read from the journals of a run with faults."""

from collections.abc import Sequence

from tests.chaos.history import History

_NS = 10**9

Outage = tuple[int, int]
"""From when to when something was broken, in nanoseconds of the journals' clock."""


def slowest_delivery(history: History, outages: Sequence[Outage]) -> float:
    """Seconds until the last client had an event: from its first `ok`, or from the end of the outage that this fell in.

    Every client must have been in all rooms from the first `ok` on.
    """
    due: dict[tuple[str, int], int] = {}
    for (room, _, _), answers in history.acks.items():
        due[room, answers[0].seq] = _end_of_outage(answers[0].at, outages)
    clients = [journal.client for journal in history.journals if not journal.phone]
    came: dict[str, dict[tuple[str, int], int]] = {client: {} for client in clients}
    for view in history.views:
        for entry, (event, _) in zip(view.received, view.events, strict=True):
            came[view.client].setdefault((view.room, event["seq"]), entry.at)
    lags = [received[key] - at for received in came.values() for key, at in due.items()]
    return max(lags) / _NS


def _end_of_outage(at: int, outages: Sequence[Outage]) -> int:
    return max((end for begin, end in outages if begin <= at < end), default=at)
