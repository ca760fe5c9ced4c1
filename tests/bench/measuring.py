"""What one run of one server yields, and how it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from tests.bench.contenders import Contender
from tests.bench.generator import Answer, Generator

BUSY = 0.8
"""Above this share of a core the generator itself may be what is measured."""

AT_ONCE = 64
"""Sockets that are opened at a time."""


@dataclass(slots=True)
class Taken:
    """The figures of one run by key, the generator's share of a core, and whatever makes them void."""

    values: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    problems: list[str] = field(default_factory=list)

    def check(self, answer: Answer) -> Answer:
        """Take note of what speaks against an answer of the generator."""
        self.cpu = max(self.cpu, answer.get("cpu", 0.0))
        if self.cpu > BUSY:
            self.problems.append(f"the generator took {self.cpu:.0%} of a core")
        if answer.get("ready", 0) != answer.get("of", 0):
            self.problems.append(f"only {answer['ready']} of {answer['of']} sockets opened")
        if answer.get("level") is False:
            self.problems.append("some sockets did not come level")
        for name in ("lost", "doubled", "disordered", "errors", "closed"):
            if answer.get(name):
                self.problems.append(f"{answer[name]} {name}")
        return answer


@contextmanager
def clients(contender: Contender, sockets: Iterable[str]) -> Iterator[Generator]:
    """A generator with these sockets, not opened yet; the server runs."""
    contender.start()
    with Generator(contender.name, contender.port, pids=contender.pids()) as generator:
        for line in sockets:
            generator.tell(line)
        yield generator


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run warms up and measures, in seconds."""

    warm_up: float
    measured: float

    @property
    def words(self) -> str:
        """As the generator wants it: milliseconds."""
        return f"{self.warm_up * 1000:.0f} {self.measured * 1000:.0f}"


def flood(contender: Contender, sockets: Iterable[str], *, window: int, length: Length) -> Taken:
    """Every sender keeps `window` messages under way: `acked` and `delivered` a second."""
    taken = Taken()
    with clients(contender, sockets) as generator:
        taken.check(generator.ask(f"connect {AT_ONCE} 1"))
        got = taken.check(generator.ask(f"flood {window} {length.words}"))
    seconds = got["seconds"]
    taken.values = {
        "acked": got["acked"] / seconds,
        "delivered": got["delivered"] / seconds,
        "server_us_a_message": 1e6 * got["server_cpu"] / max(1, got["acked"]),
    }
    return taken


def pace(contender: Contender, sockets: Iterable[str], *, rate: int, length: Length) -> Taken:
    """Messages at even times: latencies in ms, from when each was due."""
    taken = Taken()
    with clients(contender, sockets) as generator:
        taken.check(generator.ask(f"connect {AT_ONCE} 1"))
        got = taken.check(generator.ask(f"pace {rate} {length.words}"))
    taken.values = {name: got[name] for name in ("ack_p50", "ack_p99", "delivery_p50", "delivery_p99")}
    return taken


def open_idle(contender: Contender, credential: str, *, sockets: Iterable[str], join: bool) -> Taken:
    """A fresh server with idle sockets: `connects` a second and `kib` each, all of the server's own growth."""
    contender.stop()
    taken = Taken()
    lines = list(sockets)
    with clients(contender, lines[:50]) as first:  # what is loaded or cached on first use is not a socket's
        first.ask(f"connect {AT_ONCE} {int(join)}")
        first.ask("drop 0")
    before = contender.resident_kib()
    with clients(contender, lines) as generator:
        opened = taken.check(generator.ask(f"connect {AT_ONCE} {int(join)}"))
        generator.ask("idle 3000")
        taken.values = {
            "kib": (contender.resident_kib() - before) / len(lines),
            f"connects_{credential}": opened["ready"] / opened["seconds"],
        }
    contender.stop()
    return taken


class Statements:
    """Counts the statements of one database, which `pg_stat_statements` does not do by itself."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        name = self._connection.info.dbname
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._connection.execute(f"ALTER DATABASE {name} SET pg_stat_statements.track = 'top'".encode())

    def reset(self) -> None:
        """Count from here."""
        self._connection.execute("SELECT pg_stat_statements_reset()")

    def reads(self) -> int:
        """SELECTs since then, by every connection that was opened after this object was made."""
        found = self._connection.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            " WHERE d.datname = current_database() AND query ~* '^\\s*select' AND query !~ 'pg_stat_statements'"
        ).fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        """Count no more."""
        self._connection.execute(
            f"ALTER DATABASE {self._connection.info.dbname} RESET pg_stat_statements.track".encode()
        )
        self._connection.close()


def resume(contender: Contender, sockets: Iterable[str], *, missed: int) -> Taken:
    """Those who do not send drop, miss so many messages each, and all return at once: `seconds`, and database `reads`."""
    taken = Taken()
    contender.stop()
    statements = Statements(contender.database)
    try:
        with clients(contender, sockets) as generator:
            taken.check(generator.ask(f"connect {AT_ONCE} 1"))
            generator.ask("drop 1")
            sent = generator.ask(f"burst {missed}")
            if sent["lost"] or sent["errors"]:
                taken.problems.append("what was to be missed could not be sent")
            statements.reset()
            back = taken.check(generator.ask("resume 1000"))
            taken.values = {"seconds": back["seconds"], "reads": statements.reads()}
    finally:
        statements.close()
    contender.stop()
    return taken


def open_and_resume(
    contender: Contender, sockets: Iterable[str], *, times: int, missed: int
) -> dict[str, float]:
    """Milliseconds to `open` the sockets in their rooms, and to `resume` with so many missed: means of `times`."""
    total = {"open": 0.0, "resume": 0.0}
    with clients(contender, sockets) as generator:
        for _ in range(times):
            total["open"] += generator.ask(f"connect {AT_ONCE} 1")["seconds"]
            generator.ask("drop 0")
            generator.ask(f"rewind {missed}")
            total["resume"] += generator.ask(f"resume {AT_ONCE}")["seconds"]
            generator.ask("drop 0")
    return {name: 1000 * seconds / times for name, seconds in total.items()}
