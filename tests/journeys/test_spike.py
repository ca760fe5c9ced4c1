"""Ten times as much as one would plan for, for seconds: outboxes keep it, servers bound it, and soon all is level.

Each sender has one message a room under way at a time, as the page does: so the order of what they said is kept.
Planned for is an eighth of what the two servers take from these senders, measured first on the same machine. Ten
times that is more than they can take, so the outboxes fill; what is left over afterwards is gone within seconds.
"""

import asyncio
import contextlib
import statistics
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.chaos.history import History
from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import conclude, size
from tests.support.people import ALICE, crowd
from tests.support.processes import resident_mib

_SENDERS = 20
_ROOMS = 10  # of two senders each, so that the test's own reading does not become what is measured
_MEASURED_S = 2.0
_PART = 8
_TIMES = 10
_SPIKE_S = size(3, 10)
_LEVEL_S = 15.0
_MOST_GROWTH_MIB = 150


class Sender:
    """One person's device with an outbox for a room, sent from one by one; `took` are the times from send to `ok`."""

    def __init__(self, client: Client, room: str) -> None:
        self.room = room
        self.took: list[tuple[float, float]] = []
        self.said = 0
        self._client = client
        self._outbox: deque[str] = deque()
        self._filled = asyncio.Event()

    def say(self) -> None:
        """Put the next message into the outbox."""
        self.said += 1
        self._outbox.append(f"{self._client.person.username} {self.said}")
        self._filled.set()

    @property
    def waiting(self) -> int:
        """How many messages are in the outbox."""
        return len(self._outbox)

    async def send_forever(self) -> None:
        """Send what is in the outbox, in its order."""
        while True:
            await self._filled.wait()
            while self._outbox:
                began = time.monotonic()
                await self._client.send(self.room, self._outbox[0], patience=60)
                self.took.append((began, time.monotonic() - began))
                self._outbox.popleft()
            self._filled.clear()


@contextlib.asynccontextmanager
async def _sending(clients: Sequence[Client], rooms: Sequence[str]) -> AsyncIterator[list[Sender]]:
    senders = [Sender(client, rooms[n % len(rooms)]) for n, client in enumerate(clients)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(sender.send_forever()) for sender in senders]
        yield senders
        for task in tasks:
            task.cancel()


async def _until_empty(senders: Sequence[Sender], *, patience: float) -> None:
    async with asyncio.timeout(patience):
        while any(sender.waiting for sender in senders):  # noqa: ASYNC110 (of many, none tells when it is empty)
            await asyncio.sleep(0.02)


async def _capacity(senders: Sequence[Sender]) -> float:
    """Messages a second that are acknowledged while no outbox is ever empty."""
    before = sum(len(sender.took) for sender in senders)
    ends = time.monotonic() + _MEASURED_S
    while time.monotonic() < ends:
        for sender in senders:
            while sender.waiting < 3:
                sender.say()
        await asyncio.sleep(0.005)
    taken = sum(len(sender.took) for sender in senders) - before
    await _until_empty(senders, patience=10)
    return taken / _MEASURED_S


async def _offer(senders: Sequence[Sender], rate: float, seconds: float) -> None:
    """Say things at this rate in all, whatever becomes of them."""
    began, said = time.monotonic(), 0
    while (gone := time.monotonic() - began) < seconds:
        while said < rate * gone:
            senders[said % len(senders)].say()
            said += 1
        await asyncio.sleep(0.01)


class Memory:
    """The most that each server had in RAM beyond what it had at first."""

    def __init__(self, site: Deployment) -> None:
        self._site = site
        self._before = [resident_mib(server.pid) for server in site.servers]
        self.grown = 0.0

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            now = (resident_mib(server.pid) for server in self._site.servers)
            self.grown = max(self.grown, *(rss - was for rss, was in zip(now, self._before, strict=True)))
            await asyncio.sleep(0.1)


def _median(senders: Sequence[Sender], *, since: float) -> float:
    return statistics.median(took for sender in senders for began, took in sender.took if began >= since)


def _assert_senders_order(history: History, senders: Sequence[Sender]) -> None:
    """What each sender said stands in the log in the order in which they said it, and all of it."""
    said: dict[str, list[int]] = defaultdict(list)
    for row in sorted(history.rows, key=lambda row: row.seq):
        if row.kind == "message.created":
            name, number = str(row.data["text"]).split()
            said[name].append(int(number))
    assert sorted(map(len, said.values())) == sorted(sender.said for sender in senders)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in said.values())


@pytest.mark.proof
@pytest.mark.timeout(300)
async def test_a_spike_is_stored_whole_and_in_the_senders_order_and_all_is_level_soon(
    postgres_server: str,
) -> None:
    with full(postgres_server) as site:
        people = [site.person(role) for role in (ALICE, *crowd(_SENDERS - 1))]
        pairs = [people[place::_ROOMS] for place in range(_ROOMS)]
        rooms = [site.open_room(pair[0], pair[1:], name=f"Pier {n}") for n, pair in enumerate(pairs)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(
                    Client(person, site.addresses[n // _ROOMS :][:1], [rooms[n % _ROOMS]], first=n)
                )
                for n, person in enumerate(people)
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            senders = await stack.enter_async_context(_sending(clients, rooms))
            await _spike(site, senders)
            history = await conclude(site, clients, rooms)
        assert len(history.stored) == sum(sender.said for sender in senders)
        _assert_senders_order(history, senders)


async def _spike(site: Deployment, senders: Sequence[Sender]) -> None:
    planned = await _capacity(senders) / _PART
    await _offer(senders, planned, _MEASURED_S)
    await _until_empty(senders, patience=10)
    calm = _median(senders, since=time.monotonic() - _MEASURED_S - 1)
    memory = Memory(site)
    watching = asyncio.create_task(memory.watch())
    await _offer(senders, _TIMES * planned, _SPIKE_S)
    over, left = time.monotonic(), sum(sender.waiting for sender in senders)
    await _until_empty(senders, patience=_LEVEL_S)
    level = time.monotonic()
    await _offer(senders, planned, _MEASURED_S)
    await _until_empty(senders, patience=10)
    watching.cancel()
    after = _median(senders, since=level)
    said = (
        f"planned for {planned:.0f}/s; {left} left over, level in {level - over:.1f} s;"
        f" ok in {calm * 1000:.1f} ms before and {after * 1000:.1f} ms after; grown by {memory.grown:.0f} MiB"
    )
    print(said)  # noqa: T201
    assert memory.grown < _MOST_GROWTH_MIB, said
    assert after < 3 * calm + 0.05, said
