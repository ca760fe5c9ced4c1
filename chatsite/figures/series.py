"""Samples of many servers as columns over time, for plots."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .counters import BOUNDS, percentile
from .sample import Sample
from .store import FRESH_MS, Figures, Kept
from .stretch import Stretch, most

STEP_MS = 15_000


@dataclass(slots=True)
class Step:
    """What happened in one step of time: the last look at each server, and what it counted since the step before."""

    last: dict[str, Sample] = field(default_factory=dict)
    stored: int = 0
    cut: int = 0
    refused: int = 0
    waits: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    starts: list[int] = field(default_factory=list)

    def add(self, sample: Sample, before: Sample | None) -> None:
        """Take the last sample of a server in this step; `before` is the one to count from, None for its beginning."""
        self.last[sample.server] = sample
        self.stored += sample.stored - (before.stored if before else 0)
        self.cut += sample.cut - (before.cut if before else 0)
        self.refused += sample.refused - (before.refused if before else 0)
        earlier = before.waits if before else [0] * len(sample.waits)
        self.waits = [sum(row) for row in zip(self.waits, sample.waits, _negative(earlier), strict=True)]
        if before is None:
            self.starts.append(sample.started_ms // 1000)

    def told(self) -> Stretch:
        """The same of all servers together."""
        samples = self.last.values()
        return Stretch(
            seconds=STEP_MS // 1000,
            people=_people(samples),
            sockets=sum(sample.sockets for sample in samples),
            writing=sum(sample.writing for sample in samples),
            tasks=most(sample.tasks for sample in samples),
            stored=self.stored,
            cut=self.cut,
            refused=self.refused,
            waits=self.waits,
            redis=most(sample.redis_ms for sample in samples),
            database=most(sample.database_ms for sample in samples),
            starts=self.starts,
        )


def _negative(counts: Iterable[int]) -> list[int]:
    return [-count for count in counts]


def steps_after(figures: Figures, after: int) -> dict[int, Step]:
    """The whole steps that end later than `after` (ms), by their ends (ms) in the order of time."""
    steps = _steps(figures.kept)
    ends = {(place + 1) * STEP_MS: steps[place] for place in sorted(steps)}
    return {end: step for end, step in ends.items() if after < end <= figures.now}


def columns(figures: Figures, *, after: int = 0) -> dict[str, Any]:
    """The whole steps later than `after` (ms): one list a figure, all of one length, `t` in seconds at each step's end.

    Rates are a minute's. A step without any sample is missing. `starts` are the moments at which servers began.
    """
    steps = steps_after(figures, after)
    servers = sorted({name for step in steps.values() for name in step.last})
    return {
        **columns_of([(end // 1000, step.told()) for end, step in steps.items()]),
        "servers": {
            name: [step.last[name].sockets if name in step.last else None for step in steps.values()]
            for name in servers
        },
    }


def columns_of(stretches: Sequence[tuple[int, Stretch | None]]) -> dict[str, Any]:
    """One list a figure of stretches, each by a moment (seconds); None is one of which nothing is known."""

    def column(read: str) -> list[Any]:
        return [None if one is None else getattr(one, read) for _at, one in stretches]

    def ack(share: float) -> list[float | None]:
        return [None if one is None else _rounded(percentile(one.waits, share)) for _at, one in stretches]

    names = ("people", "sockets", "writing", "tasks", "cut", "refused", "redis", "database")
    return {
        "t": [at for at, _one in stretches],
        **{name: column(name) for name in names},
        "messages": [None if one is None else one.messages_a_minute for _at, one in stretches],
        "p50": ack(0.5),
        "p99": ack(0.99),
        "starts": sorted({start for _at, one in stretches if one is not None for start in one.starts}),
        "servers": {},
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


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
