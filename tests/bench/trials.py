"""What is measured: each trial is run by several servers in turn, and fills one or more rows of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from tests.bench.contenders import Contender, Huge, Searched
from tests.bench.measuring import Length, Taken, flood, open_and_resume, open_idle, pace, resume
from tests.bench.uploads import upload

Better = Literal["higher", "lower"]

FLAT = 1.2
"""What grows without costing more stays within this factor."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: `goals` are the least (or, where lower is better, the greatest) ratio of ours to each peer's.

    `base` compares with another figure of ours instead: its key, what to call it, and the goal.
    """

    key: str
    name: str
    unit: str
    better: Better = "higher"
    goals: Mapping[str, float | None] = field(default_factory=dict)
    base: tuple[str, str, float] | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """`servers[0]` is ours. `words` are what `ONLY=` finds it by; `growth` trials run with `ALL=1`."""

    words: str
    servers: tuple[str, ...]
    measure: Callable[[Contender], Taken]
    rows: tuple[Row, ...]
    growth: bool = False
    shared: bool = True  # whether the servers may all run meanwhile


def memory(contender: Contender) -> Taken:
    """Idle sockets signed in, in no room; then the connects by the other credential, if there is one."""
    taken = Taken()
    for credential in contender.credentials:
        lines = contender.sockets("idle", credential, join=False)
        one = open_idle(contender, credential, sockets=lines, join=False)
        taken.values = {**one.values, **taken.values}  # the memory counts as the first credential leaves it
        taken.problems += one.problems
        taken.cpu = max(taken.cpu, one.cpu)
    return taken


def room_sizes(contender: Contender, length: Length) -> Taken:
    """The same ten people online and talking in each of twenty rooms with 10, 100 and 1,000 members."""
    return _several(
        {
            size: partial(flood, contender, contender.sockets(kind), window=4, length=length)
            for size, kind in (("10", "ten"), ("100", "ten-of-100"), ("1000", "ten-of-1000"))
        }
    )


def crowds(contender: Contender, length: Length) -> Taken:
    """A thousand people online in rooms of 10, 100 and 1,000, one of each room talking: deliveries a second."""
    return _several(
        {
            size: partial(flood, contender, contender.sockets(kind, senders=1), window=window, length=length)
            for size, kind, window in (("10", "tens", 4), ("100", "hundreds", 8), ("1000", "thousand", 32))
        }
    )


def logs(contender: Contender, length: Length) -> Taken:
    """A short and a long log: sending, opening, resuming."""
    taken = _several(
        {
            size: partial(flood, contender, contender.sockets(kind), window=16, length=length)
            for size, kind in (("1000", "short-log"), ("1000000", "long-log"))
        }
    )
    for size, kind in (("1000", "short-log"), ("1000000", "long-log")):
        times = open_and_resume(contender, contender.sockets(kind), times=20, missed=50)
        taken.values |= {f"{name}_{size}": ms for name, ms in times.items()}
    return taken


def office(contender: Contender) -> Taken:
    """The admin's lists on a huge site; what they may take stands beside."""
    assert isinstance(contender, Huge)
    return Taken({**contender.office(), "queries_goal": 20, "ms_goal": 300})


def search(contender: Contender, length: Length) -> Taken:
    """First pages of a million messages; and sending there while a worker indexes what is sent, and while none does."""
    assert isinstance(contender, Searched)
    found = contender.search() | {"p95_goal": 150}

    def send() -> Taken:
        return pace(contender, contender.sockets("said"), rate=500, length=length)

    without = _several({"alone": send})
    with contender.indexing():
        taken = _several({"indexed": send})
    taken.values |= without.values | found
    taken.problems += without.problems
    return taken


def page(contender: Contender) -> Taken:
    """The page in a browser, which only a run with `ALL=1` needs: so it is looked for only then."""
    from tests.bench.page import in_the_browser

    return in_the_browser(contender)


def _several(parts: Mapping[str, Callable[[], Taken]]) -> Taken:
    whole = Taken()
    for name, measure in parts.items():
        one = measure()
        whole.values |= {f"{key}_{name}": value for key, value in one.values.items()}
        whole.problems += [f"{name}: {problem}" for problem in one.problems]
        whole.cpu = max(whole.cpu, one.cpu)
    return whole


def latency_rows(prefix: str, peers: Mapping[str, float | None]) -> tuple[Row, ...]:
    """The four latencies; only of the p99 is something asked."""
    return tuple(
        Row(
            f"{key}_{share}",
            f"{prefix}{what}, {share}",
            "ms",
            "lower",
            peers if share == "p99" else dict.fromkeys(peers),
        )
        for key, what in (("ack", "send → ack"), ("delivery", "send → delivered"))
        for share in ("p50", "p99")
    )


def trials(seconds: float) -> list[Trial]:
    """All of them; `seconds` is how long each run measures."""
    length = Length(1.5, seconds)
    return [
        Trial(
            "stored ten",
            ("parley", "socketio", "ws", "tutorial"),
            # More than one message under way for each socket only makes the tutorial slower.
            lambda c: flood(c, c.sockets("ten"), window=1 if c.name == "tutorial" else 8, length=length),
            (
                Row(
                    "acked",
                    "stored and acked, 20 rooms of 10, all sending",
                    "messages/s",
                    goals={"socketio": 2, "ws": 1.2, "tutorial": 20},
                ),
            ),
        ),
        Trial(
            "stored fanout hundred",
            ("parley", "socketio"),
            lambda c: flood(c, c.sockets("hundred"), window=8, length=length),
            (
                Row(
                    "acked",
                    "stored and acked, one room of 100, all sending",
                    "messages/s",
                    goals={"socketio": 5},
                ),
                Row(
                    "delivered", "delivered, one room of 100, all sending", "events/s", goals={"socketio": 5}
                ),
            ),
        ),
        Trial(
            "fanout thousand",
            ("parley", "socketio", "tutorial"),
            lambda c: flood(c, c.sockets("thousand", senders=1), window=32, length=length),
            (
                Row(
                    "delivered",
                    "delivered, one room of 1,000, one sender",
                    "events/s",
                    goals={"socketio": 1.2, "tutorial": 15},
                ),
            ),
        ),
        Trial(
            "latency",
            ("parley", "socketio"),
            lambda c: pace(c, c.sockets("ten"), rate=500, length=Length(2, seconds)),
            latency_rows("at 500/s: ", {"socketio": 1}),
        ),
        Trial(
            "memory connects idle",
            ("parley", "socketio"),
            memory,
            (
                Row("kib", "memory an idle socket, 5,000 signed in", "KiB", "lower", {"socketio": 1.5}),
                Row("connects_session", "connects, signed in by session", "sockets/s"),
                Row("connects_token", "connects, signed in by token", "sockets/s", goals={"socketio": None}),
            ),
            shared=False,
        ),
        Trial(
            "resume",
            ("parley",),
            lambda c: resume(c, c.sockets("resume", senders=1), missed=50),
            (
                Row("seconds", "resume of 1,000 sockets, 50 missed each", "s", "lower"),
                Row("reads", "… database reads", "statements", "lower"),
            ),
            shared=False,
        ),
        Trial(
            "embedded stored",
            ("embedded",),
            lambda c: flood(c, c.sockets("ten"), window=8, length=length),
            (Row("acked", "embedded (SQLite): stored and acked, 20 rooms of 10", "messages/s"),),
        ),
        Trial(
            "embedded latency",
            ("embedded",),
            lambda c: pace(c, c.sockets("ten"), rate=100, length=Length(2, seconds)),
            latency_rows("embedded, at 100/s: ", {})[:2],
        ),
        *_growth(length),
    ]


def _growth(length: Length) -> list[Trial]:
    flat_rate, flat_time = 1 / FLAT, FLAT
    return [
        Trial(
            "growth processes",
            ("two", "parley"),
            lambda c: flood(c, c.sockets("ten"), window=8, length=length),
            (
                Row(
                    "acked",
                    "2 processes: stored and acked, 20 rooms of 10",
                    "messages/s",
                    goals={"parley": None},
                ),
            ),
            growth=True,
            shared=False,
        ),
        Trial(
            "growth processes fanout",
            ("two", "parley"),
            lambda c: flood(c, c.sockets("thousand", senders=1), window=32, length=length),
            (
                Row(
                    "delivered",
                    "2 processes: delivered, one room of 1,000",
                    "events/s",
                    goals={"parley": None},
                ),
            ),
            growth=True,
            shared=False,
        ),
        Trial(
            "growth members",
            ("grown",),
            partial(room_sizes, length=length),
            tuple(
                Row(
                    f"acked_{size}",
                    f"stored and acked, 10 online of {int(size):,} members",
                    "messages/s",
                    base=("acked_10", "10 members", flat_rate),
                )
                for size in ("100", "1000")
            ),
            growth=True,
        ),
        Trial(
            "growth crowds",
            ("grown",),
            partial(crowds, length=length),
            tuple(
                Row(f"delivered_{size}", f"delivered, 1,000 online in rooms of {int(size):,}", "events/s")
                for size in ("10", "100", "1000")
            ),
            growth=True,
        ),
        Trial(
            "growth logs",
            ("grown",),
            partial(logs, length=length),
            (
                Row(
                    "acked_1000000",
                    "stored and acked, log of 1,000,000",
                    "messages/s",
                    base=("acked_1000", "log of 1,000", flat_rate),
                ),
                Row(
                    "open_1000000",
                    "open 10 sockets, log of 1,000,000",
                    "ms",
                    "lower",
                    base=("open_1000", "log of 1,000", flat_time),
                ),
                Row(
                    "resume_1000000",
                    "resume 10 sockets, log of 1,000,000",
                    "ms",
                    "lower",
                    base=("resume_1000", "log of 1,000", flat_time),
                ),
            ),
            growth=True,
        ),
        Trial(
            "growth memory",
            ("parley", "socketio"),
            lambda c: open_idle(c, "token", sockets=c.sockets("idle", "token"), join=True),
            (
                Row(
                    "kib",
                    "memory an idle socket in one room of 10, 5,000",
                    "KiB",
                    "lower",
                    {"socketio": None},
                ),
            ),
            growth=True,
            shared=False,
        ),
        Trial(
            "growth office",
            ("huge",),
            office,
            (
                Row(
                    "queries",
                    "a list of the admin, 2,000,000 memberships, at most",
                    "queries",
                    "lower",
                    base=("queries_goal", "what it may", 1),
                ),
                Row(
                    "ms",
                    "… the longest of all",
                    "ms",
                    "lower",
                    base=("ms_goal", "what it may", 1),
                ),
            ),
            growth=True,
            shared=False,
        ),
        Trial(
            "growth search",
            ("searched",),
            partial(search, length=length),
            (
                Row("p50", "search of 1,000,000 messages: first page, p50", "ms", "lower"),
                Row("p95", "… p95", "ms", "lower", base=("p95_goal", "what it may", 1)),
                Row(
                    "ack_p50_indexed",
                    "at 500/s, 1,000,000 indexed and a worker indexing: send → ack, p50",
                    "ms",
                    "lower",
                    base=("ack_p50_alone", "none indexing", flat_time),
                ),
                Row("ack_p99_indexed", "… p99", "ms", "lower"),
                Row("ack_p99_alone", "… p99 with none indexing", "ms", "lower"),
            ),
            growth=True,
        ),
        Trial(
            "growth files upload",
            ("parley",),
            upload,
            (
                Row(
                    "mib",
                    "memory of the server while it takes a file of 100 MB",
                    "MiB",
                    "lower",
                    base=("mib_goal", "may take", 1),
                ),
                Row("seconds", "… until it is stored", "s", "lower"),
            ),
            growth=True,
        ),
        Trial(
            "growth page",
            ("grown",),
            page,
            (
                Row(
                    "page_open_1000000",
                    "the page: open a room of 1,000,000",
                    "ms",
                    "lower",
                    base=("page_open_1000", "room of 1,000", flat_time),
                ),
                Row(
                    "page_frame",
                    "the page: longest frame while 1,000 messages come at once",
                    "ms",
                    "lower",
                    base=("page_frame_may", "may take", 1),
                ),
                Row(
                    "page_lighthouse",
                    "the page: Lighthouse's performance, opening a room",
                    "of 100",
                    "higher",
                    base=("page_lighthouse_goal", "goal", 1),
                ),
                Row(
                    "page_memory_10000",
                    "the page: memory after scrolling 10,000 messages",
                    "MiB",
                    "lower",
                    base=("page_memory_1000", "after 1,000", flat_time),
                ),
            ),
            growth=True,
        ),
    ]
