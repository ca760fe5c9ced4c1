"""From runs to the table and to `var/bench/latest.json`."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measuring import Taken
from tests.bench.trials import Row, Trial
from tests.support.services import newest_postgres
from tests.support.sites import PROJECT

FILE = PROJECT / "var" / "bench" / "latest.json"

Runs = Mapping[str, Sequence[Taken]]


@dataclass(frozen=True, slots=True)
class Figure:
    """Several runs of one figure."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """What counts."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{shown(self.median)} ({shown(min(self.values))}–{shown(max(self.values))})"


def shown(value: float) -> str:
    """Three figures, or whole thousands."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    row: Row
    ours: Figure
    peer: Figure | None
    peer_name: str
    goal: float | None
    problems: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """Ours to the peer's."""
        return self.ours.median / self.peer.median if self.peer and self.peer.median else None

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in a word."""
        if self.problems:
            return "void"
        if self.goal is None or self.ratio is None:
            return "reported"
        met = self.ratio >= self.goal if self.row.better == "higher" else self.ratio <= self.goal
        return "met" if met else "NOT MET"

    def as_json(self) -> dict[str, Any]:
        """As the file has it."""
        return {
            "name": self.row.name,
            "unit": self.row.unit,
            "ours": self.ours.median,
            "peer": self.peer.median if self.peer else None,
            "peer_name": self.peer_name or None,
            "ratio": self.ratio,
            "goal": self.goal,
            "valid": not self.problems,
            "better": self.row.better,
            "runs": {"ours": self.ours.values, "peer": self.peer.values if self.peer else []},
            "problems": self.problems,
        }


def results(trial: Trial, runs: Runs, titles: Mapping[str, str]) -> list[Result]:
    """The lines of one trial. Peers that could not run have none, so their lines are absent."""
    ours = runs[trial.servers[0]]
    lines = []
    for row in trial.rows:
        figure = _figure(ours, row.key)
        if figure is None:
            continue
        problems = _problems(titles[trial.servers[0]], ours)
        if row.base is not None:
            key, name, flat = row.base
            lines.append(Result(row, figure, _figure(ours, key), name, flat, problems))
            continue
        there = {peer: goal for peer, goal in row.goals.items() if peer in runs}
        for peer, goal in there.items():
            both = (*problems, *_problems(titles[peer], runs[peer]))
            lines.append(Result(row, figure, _figure(runs[peer], row.key), titles[peer], goal, both))
        if not row.goals:
            lines.append(Result(row, figure, None, "", None, problems))
    return lines


def _figure(runs: Sequence[Taken], key: str) -> Figure | None:
    values = tuple(run.values[key] for run in runs if key in run.values)
    return Figure(values) if values else None


def _problems(title: str, runs: Sequence[Taken]) -> tuple[str, ...]:
    return tuple(f"{title}: {problem}" for run in runs for problem in dict.fromkeys(run.problems))


def table(lines: Sequence[Result]) -> str:
    """The table, in Markdown."""
    cells = [("row", "ours", "peer", "", "ratio", "goal", "")]
    for line in lines:
        sign = "≥" if line.row.better == "higher" else "≤"
        cells.append(
            (
                f"{line.row.name}, {line.row.unit}",
                str(line.ours),
                line.peer_name,
                str(line.peer) if line.peer else "",
                f"{line.ratio:.2f}" if line.ratio is not None else "",
                f"{sign} {line.goal:.3g}" if line.goal is not None else "",
                line.verdict,
            )
        )
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    text = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    text.insert(1, " | ".join("-" * max(3, width) for width in widths))
    notes = [
        f"void: {line.row.name}: {'; '.join(dict.fromkeys(line.problems))}" for line in lines if line.problems
    ]
    return "\n".join([*(f"| {line} |" for line in text), *dict.fromkeys(notes)])


def machine() -> dict[str, Any]:
    """What it ran on, and with which versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_before": os.getloadavg()[0],
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "postgresql": _version(newest_postgres() / "postgres"),
        "redis": _version("redis-server"),
        "node": _version("node"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def _version(program: str | Path) -> str | None:
    if shutil.which(program) is None:
        return None
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def write(lines: Sequence[Result], about: Mapping[str, Any]) -> Path:
    """Keep the results for whoever wants them by machine."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": about, "rows": [line.as_json() for line in lines]}
    FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return FILE
