"""Run the bench: `python -m tests.bench [--all] [--only words] [--runs 3] [--seconds 5]`."""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench import generator, report
from tests.bench.contenders import (
    PEERS,
    BenchPostgres,
    Contender,
    Embedded,
    Huge,
    Parley,
    PlainWs,
    Searched,
    SocketIo,
    Tutorial,
    TwoProcesses,
)
from tests.bench.layout import CORE, EMBEDDED, GROWTH, SEARCHED, Kind
from tests.bench.measuring import Taken
from tests.bench.trials import Trial, trials
from tests.support.services import Redis, newest_postgres


class Bench:
    """The services and the servers of one run, each made when it is needed first."""

    def __init__(self) -> None:
        self.postgres = BenchPostgres()
        self.redis = Redis()
        self.node = _install_node_peers()
        self._contenders: dict[str, Contender] = {}

    def __enter__(self) -> Bench:
        self.postgres.start()
        self.redis.start()
        return self

    def __exit__(self, *_: object) -> None:
        for contender in self._contenders.values():
            contender.stop()
        self.redis.close()
        self.postgres.close()

    def has(self, name: str) -> bool:
        """Whether this server can run here."""
        return self.node or name not in {"socketio", "ws"}

    def contender(self, name: str) -> Contender:
        """One server, in a database of its own."""
        if name not in self._contenders:
            self._contenders[name] = self._new_contender(name)
        return self._contenders[name]

    def _new_contender(self, name: str) -> Contender:
        if name == "two":
            parley = self.contender("parley")
            assert isinstance(parley, Parley)
            return TwoProcesses(parley)
        makers: dict[str, tuple[type[Contender], tuple[Kind, ...]]] = {
            "parley": (Parley, CORE),
            "huge": (Huge, ()),
            "grown": (Parley, (CORE[0], CORE[2], *GROWTH)),
            "searched": (Searched, SEARCHED),
            "embedded": (Embedded, EMBEDDED),
            "socketio": (SocketIo, CORE),
            "ws": (PlainWs, CORE),
            "tutorial": (Tutorial, CORE),
        }
        make, kinds = makers[name]
        contender = make(kinds)
        say(f"    seeding {contender.title} …")
        contender.prepare(self.postgres, self.redis, len(self._contenders))
        self.postgres.settle(contender.database)
        return contender

    def run(self, trial: Trial, times: int) -> dict[str, list[Taken]]:
        """All runs of a trial: A B A B."""
        names = [name for name in trial.servers if self.has(name)]
        runs: dict[str, list[Taken]] = {name: [] for name in names}
        contenders = {name: self.contender(name) for name in names}
        if trial.shared:
            for contender in contenders.values():
                contender.start()
        for turn in range(1, times + 1):
            for name, contender in contenders.items():
                taken = trial.measure(contender)
                runs[name].append(taken)
                _say_taken(trial, contender, turn, taken)
                if not trial.shared:
                    contender.stop()
                self.postgres.checkpoint()
        for contender in contenders.values():
            contender.stop()
        return runs


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _say_taken(trial: Trial, contender: Contender, turn: int, taken: Taken) -> None:
    figures = "  ".join(f"{key} {report.shown(value)}" for key, value in taken.values.items())
    problems = f"  VOID: {'; '.join(dict.fromkeys(taken.problems))}" if taken.problems else ""
    say(f"    {turn}. {contender.title:<18} {figures}  (generator {taken.cpu:.0%}){problems}")


def _install_node_peers() -> bool:
    """Install the peers' pinned packages once; without Node say so, and go on without those rows."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("Node.js and npm are not here: the rows that compare with Socket.IO and ws are left out.")
        return False
    lock, installed = PEERS / "package-lock.json", PEERS / "node_modules" / ".installed"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return True
    say("==> Installing the npm packages of the peers")
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS, check=False
    )
    if done.returncode:
        say("npm could not install them: the rows that compare with Socket.IO and ws are left out.")
        return False
    installed.write_bytes(lock.read_bytes())
    return True


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--all", action="store_true", help="the growth rows too")
    parser.add_argument(
        "--only", default="", help="only trials whose words contain this, growth rows included"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each server in each trial")
    parser.add_argument("--seconds", type=float, default=5, help="how long a run measures")
    return parser.parse_args(words)


def main() -> int:
    """Measure, print the table, write the file."""
    chosen = _arguments()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        generator.build()
        newest_postgres()
    except (generator.NoCompilerError, RuntimeError) as missing:
        say(str(missing))
        return 1
    wanted = [
        trial
        for trial in trials(chosen.seconds)
        if (chosen.only in trial.words if chosen.only else chosen.all or not trial.growth)
    ]
    about = report.machine()
    lines: list[report.Result] = []
    began = time.monotonic()
    with Bench() as bench:
        for number, trial in enumerate(wanted, 1):
            say(f"==> {number} of {len(wanted)}: {trial.rows[0].name}  ({time.monotonic() - began:.0f} s)")
            runs = bench.run(trial, chosen.runs)
            titles = {name: bench.contender(name).title for name in runs}
            lines += report.results(trial, runs, titles)
    say("")
    say(report.table(lines))
    say(f"\n{report.write(lines, about)} has the same in JSON.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
