"""`/metrics`, in Prometheus' text format: the last look at every server of the site, whichever of them is asked.

So one address is scraped, not each server: behind `serve --workers` and a load balancer nobody could say which answers.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from chatsite.office.watching import can_watch
from messaging.checks.checking import last_check

from .counters import BOUNDS
from .sample import Sample
from .series import present
from .store import FRESH_MS, Figures, read_figures
from .tallies import Tally, read_tallies

_GAUGES: dict[str, tuple[str, Callable[[Sample], float | None]]] = {
    "parley_sockets": ("Open sockets.", lambda one: one.sockets),
    "parley_server_people": ("People with a socket on this server.", lambda one: one.people_here),
    "parley_writer_waiting": ("Messages that wait for the database.", lambda one: one.writing),
    "parley_draining": ("1 while the server sends its sockets away and stops.", lambda one: one.draining),
    "parley_start_time_seconds": ("When the server began.", lambda one: one.started_ms / 1000),
    "parley_database_up": ("1 while the database answers.", lambda one: one.database_ms is not None),
    "parley_database_seconds": (
        "How long a round trip to the database took.",
        lambda one: _seconds(one.database_ms),
    ),
    "parley_redis_up": (
        "1 while Redis answers.",
        lambda one: one.redis_ms is not None if settings.REDIS_URL else None,
    ),
    "parley_redis_seconds": ("How long a round trip to Redis took.", lambda one: _seconds(one.redis_ms)),
}
_COUNTERS: dict[str, tuple[str, Callable[[Sample], float]]] = {
    "parley_messages": ("Messages stored.", lambda one: one.stored),
    "parley_sends_refused": ("Sends answered with an error by what stores them.", lambda one: one.refused),
    "parley_slow_consumers_cut": ("Sockets cut because their peer read too slowly.", lambda one: one.cut),
}
_SITE: dict[str, tuple[str, Callable[[Sample], float | None]]] = {
    "parley_people_online": ("People who are there, on the whole site.", lambda one: one.people),
    "parley_tasks_waiting": ("Tasks that wait for a Celery worker.", lambda one: one.tasks),
}
_TALLIES = {
    "notices": "Pushes to people's devices, by what came of them; coalesced: gone into one that was due already.",
    "missed_mails": "Mails with what somebody missed, by what came of them.",
}


class _Site:
    """A collector over what was read once."""

    def __init__(self, figures: Figures, tallies: Mapping[Tally, int]) -> None:
        self._samples = [entry.sample for entry in present(figures)]
        self._tallies = tallies

    def collect(self) -> Iterable[Metric]:
        """Every metric; those of a server carry its name."""
        for name, (help, read) in _GAUGES.items():
            gauge = GaugeMetricFamily(name, help, labels=["server"])
            for one in self._samples:
                if (value := read(one)) is not None:
                    gauge.add_metric([one.server], float(value))
            yield gauge
        for name, (help, count) in _COUNTERS.items():
            counter = CounterMetricFamily(name, help, labels=["server"])
            for one in self._samples:
                counter.add_metric([one.server], count(one))
            yield counter
        yield self._waits()
        for name, (help, read) in _SITE.items():
            known = [value for one in self._samples if (value := read(one)) is not None]
            yield GaugeMetricFamily(name, help, value=max(known) if known else None)

        for name, help in _TALLIES.items():
            counter = CounterMetricFamily(f"parley_{name}", help, labels=["result"])
            for tally, total in self._tallies.items():
                if tally.metric == name:
                    counter.add_metric([tally.result], total)
            yield counter
        yield from _log_metrics()

    def _waits(self) -> Metric:
        family = HistogramMetricFamily(
            "parley_ack_seconds", "From a send's arrival to its acknowledgement.", labels=["server"]
        )
        for one in self._samples:
            buckets, below = [], 0
            for bound, count in zip(BOUNDS, one.waits, strict=False):
                below += count
                buckets.append((str(bound / 1000), float(below)))
            buckets.append(("+Inf", float(sum(one.waits))))
            family.add_metric([one.server], buckets, sum_value=one.waited_ms / 1000)
        return family


def _log_metrics() -> Iterable[Metric]:
    """What the check of the logs found last, for the whole site; nothing while the database does not answer."""
    try:
        found = last_check()
    except DatabaseError:
        return
    if found is None:
        return
    for name, help, value in (
        ("parley_log_faults", "Entries of logs that are lost, doubled or out of order.", found.faults),
        ("parley_log_checked_entries", "Entries of logs that were checked.", found.checked),
        ("parley_log_checked_time_seconds", "When logs were checked last.", found.at.timestamp()),
    ):
        yield GaugeMetricFamily(name, help, value=float(value))


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever shows `METRICS_TOKEN`, and for administrators who are signed in; 403 for everybody else."""
    if not _may_read(request):
        return HttpResponse("Forbidden\n", status=403, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Site(read_figures(span_ms=FRESH_MS), read_tallies()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        wanted = settings.METRICS_TOKEN
        return bool(wanted) and secrets.compare_digest(token.strip().encode(), wanted.encode())
    return can_watch(request.user)
