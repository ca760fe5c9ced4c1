"""Samples of many servers as columns over time, for plots."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .counters import BOUNDS, percentile
from .sample import Sample
from .store import FRESH_MS, Figures, Kept

STEP_MS = 15_000


@dataclass(slots=True)
class Step:
    """What happened in one step of time: the last look at each server, and what it counted since the step before."""

    last: dict[str, Sample] = field(default_factory=dict)
    stored: int = 0
    cut: int = 0
    refused: int = 0
    waits: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, sample: Sample, before: Sample | None) -> None:
        """Take the last sample of a server in this step; `before` is the one to count from, None for its beginning."""
        self.last[sample.server] = sample
        self.stored += sample.stored - (before.stored if before else 0)
        self.cut += sample.cut - (before.cut if before else 0)
        self.refused += sample.refused - (before.refused if before else 0)
        earlier = before.waits if before else [0] * len(sample.waits)
        self.waits = [sum(row) for row in zip(self.waits, sample.waits, _negative(earlier), strict=True)]


def _negative(counts: Iterable[int]) -> list[int]:
    return [-count for count in counts]


def columns(figures: Figures, *, after: int = 0) -> dict[str, Any]:
    """The whole steps later than `after` (ms): one list a figure, all of one length, `t` in seconds at each step's end.

    Rates are a minute's. A step without any sample is missing.
    """
    steps = _steps(figures.kept)
    ends = [place for place in sorted(steps) if after < (place + 1) * STEP_MS <= figures.now]
    chosen = [steps[place] for place in ends]
    servers = sorted({name for step in chosen for name in step.last})
    return {
        "t": [(place + 1) * STEP_MS // 1000 for place in ends],
        "people": [_people(step.last.values()) for step in chosen],
        "sockets": [sum(sample.sockets for sample in step.last.values()) for step in chosen],
        "messages": [step.stored * 60_000 // STEP_MS for step in chosen],
        "p50": [_rounded(percentile(step.waits, 0.5)) for step in chosen],
        "p99": [_rounded(percentile(step.waits, 0.99)) for step in chosen],
        "writing": [sum(sample.writing for sample in step.last.values()) for step in chosen],
        "tasks": [_most(sample.tasks for sample in step.last.values()) for step in chosen],
        "cut": [step.cut for step in chosen],
        "refused": [step.refused for step in chosen],
        "redis": [_most(sample.redis_ms for sample in step.last.values()) for step in chosen],
        "database": [_most(sample.database_ms for sample in step.last.values()) for step in chosen],
        "servers": {
            name: [step.last[name].sockets if name in step.last else None for step in chosen]
            for name in servers
        },
    }


def _steps(kept: Sequence[Kept]) -> dict[int, Step]:
    by_server: dict[tuple[str, int], list[Kept]] = defaultdict(list)
    for entry in kept:
        by_server[entry.sample.server, entry.sample.started_ms].append(entry)
    steps: dict[int, Step] = defaultdict(Step)
    for entries in by_server.values():
        last_of = {entry.at // STEP_MS: entry for entry in entries}
        # What came before the first look of all is known only if the server began there.
        first = entries[0]
        before = None if first.sample.at_ms - first.sample.started_ms < STEP_MS else first.sample
        for place, entry in last_of.items():
            steps[place].add(entry.sample, before)
            before = entry.sample
    return dict(steps)


def present(figures: Figures) -> list[Kept]:
    """The last look at each server that is there."""
    last = {entry.sample.server: entry for entry in figures.kept if entry.at >= figures.now - FRESH_MS}
    return [last[name] for name in sorted(last)]


def _people(samples: Iterable[Sample]) -> int:
    """Those who are there by the site's presence; while it does not answer, those whom each server knows of."""
    found = list(samples)
    told = [sample.people for sample in found if sample.people is not None]
    return max(told) if told else sum(sample.people_here for sample in found)


def _most(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
