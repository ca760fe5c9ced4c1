"""One server's part in presence: what its sockets are told, whatever the store, the hints or the database do."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError
from redis.exceptions import RedisError

from chatsite import limits
from messaging.delivery import broker
from messaging.delivery.attendance import Attendance
from messaging.delivery.connection import Connection
from messaging.presence import keeper as keeper_module
from messaging.presence import teller as teller_module
from messaging.presence.keeper import PresenceKeeper
from messaging.presence.local import LocalPresence
from messaging.presence.store import Change, Entry, News, Times
from tests.messaging.delivery.sockets import Socket, until
from tests.messaging.presence.clocks import Clock

TIMES = Times.of(60_000, grace_ms=10_000)
ALICE, BOB, CAROL, MALLORY = "alice", "bob", "carol", "mallory"
ROOM, OTHER = "harbour", "pier"
ROOMS = {ALICE: [ROOM, OTHER], BOB: [ROOM], CAROL: [ROOM, OTHER], MALLORY: []}


class FrailStore(LocalPresence):
    """A store that can be away, and that can be wiped."""

    away = False
    hanging = False

    async def keep(self, entries: Sequence[Entry]) -> list[Change]:
        await self._answer()
        return await super().keep(entries)

    async def news(self, since: int, *, until_ago: int = 0) -> News:
        await self._answer()
        return await super().news(since, until_ago=until_ago)

    async def _answer(self) -> None:
        if self.hanging:
            await asyncio.sleep(60)
        if self.away:
            raise RedisError("the store went away")

    def wipe(self) -> None:
        self._born += 1
        self._last = 0
        self._entries.clear()
        self._told.clear()


class Server:
    """One process: its keeper, its view, and who hears which room there. Time is the clock's."""

    def __init__(self, store: FrailStore, clock: Clock) -> None:
        self.hearing: dict[str, list[Connection]] = {}
        self.attendance = Attendance(self._hearing)
        self.keeper = PresenceKeeper(store, self.attendance, TIMES)
        self.deaf = False
        self.clock = clock
        self._tasks = [
            asyncio.create_task(self.attendance.tell_forever()),
            asyncio.create_task(self.keeper.teller.tell_forever()),
        ]

    def _hearing(self, room_ids: Collection[str]) -> set[Connection]:
        return {connection for room_id in room_ids for connection in self.hearing.get(room_id, ())}

    def open(self, user: str, *rooms: str) -> Socket:
        """Somebody opens a socket here and hears rooms."""
        socket = Socket(user)
        self.keeper.enter(socket.connection)
        for room in rooms:
            self.hearing.setdefault(room, []).append(socket.connection)
        return socket

    def carry(self, key: str, message: dict[str, Any]) -> None:
        if not self.deaf:
            self.attendance.hear([tuple(change) for change in message["changes"]])

    async def round(self) -> None:
        """One round of the keeper, as `keep_forever` has them."""
        self.keeper._look_at = 0
        await self.keeper._try_round()

    @property
    def quiet(self) -> bool:
        """Whether everything that was to be told is told."""
        teller = self.keeper.teller
        return not (teller._announced or teller._here or teller._joiners or self.attendance._waiting)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.keeper.teller.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> FrailStore:
    return FrailStore(TIMES, clock)


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's answer: who is in which rooms. No time is lost with gathering."""
    monkeypatch.setattr(teller_module, "rooms_told", lambda people: {who: ROOMS[who] for who in people})
    monkeypatch.setattr(teller_module, "GATHER_SECONDS", 0.0)


@pytest.fixture
async def servers(store: FrailStore, clock: Clock) -> AsyncIterator[list[Server]]:
    """Two servers that have heard of each other; hints of one reach both."""
    pair = [Server(store, clock) for _ in range(2)]
    with _broker(pair):
        for server in pair * 2:
            await server.round()
        yield pair
        for server in pair:
            await server.stop()


@contextmanager
def _broker(servers: Sequence[Server]) -> Iterator[None]:
    class Both:
        def carry(self, key: str, message: dict[str, Any]) -> None:
            for server in servers:
                server.carry(key, message)

    both = Both()
    broker.attach(both)  # type: ignore[arg-type]  # a carrier in all that is asked of it
    yield
    broker.detach(both)  # type: ignore[arg-type]


def heard(socket: Socket) -> list[str]:
    return [
        f"{frame['user']} {frame['state']}" for frame in socket.outlet.frames if frame["type"] == "presence"
    ]


async def settled(servers: Sequence[Server]) -> None:
    """Nothing is under way any more between the servers' tasks and the thread that reads."""
    await until(lambda: all(server.quiet for server in servers))
    await asyncio.sleep(0.005)


async def pass_time(servers: Sequence[Server], clock: Clock, seconds: float) -> None:
    """Time passes, in rounds."""
    while seconds > 0:
        clock.wait(min(2, seconds))
        seconds -= 2
        for server in servers:
            server.keeper._refresh_at = 0
            await server.round()
            await settled(servers)


async def test_those_who_share_a_room_hear_once_of_somebody_who_comes_and_goes(servers, clock):
    first, second = servers
    bob = second.open(BOB, ROOM, OTHER)
    await second.round()
    alice = first.open(ALICE, ROOM)
    await first.round()
    await settled(servers)
    assert heard(bob) == ["bob online", "alice online"]
    first.keeper.leave(alice.connection)
    await pass_time(servers, clock, 9)
    assert heard(bob) == ["bob online", "alice online"]
    await pass_time(servers, clock, 4)
    assert heard(bob) == ["bob online", "alice online", "alice offline"]


async def test_who_shares_no_room_hears_nothing(servers):
    first, second = servers
    mallory = second.open(MALLORY, "elsewhere")
    first.open(ALICE, ROOM)
    await first.round()
    await settled(servers)
    assert heard(mallory) == []


async def test_away_and_back_are_told(servers):
    first, second = servers
    bob = second.open(BOB, ROOM)
    alice = first.open(ALICE, ROOM)
    await first.round()
    await settled(servers)
    for state in ("away", "away", "online"):
        first.keeper.set_state(alice.connection, state)
        await first.round()
        await settled(servers)
    assert heard(bob) == ["alice online", "alice away", "alice online"]


async def test_a_lost_hint_is_made_up_for_by_the_news_of_the_store(servers, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    second.deaf = True
    first.open(ALICE, ROOM)
    await first.round()
    await settled(servers)
    assert heard(bob) == []
    await pass_time(servers, clock, 4)
    assert sorted(heard(bob)) == ["alice online", "bob online"]


async def test_state_and_changes_fit_together(servers, clock):
    first, second = servers
    alice = first.open(ALICE, ROOM)
    await first.round()
    await settled(servers)
    assert [person.user for person in second.attendance.present([ALICE, BOB]) or []] == [ALICE]
    bob = second.open(BOB, ROOM)
    first.keeper.set_state(alice.connection, "away")
    await pass_time(servers, clock, 2)
    assert sorted(heard(bob)) == ["alice away", "bob online"]


async def test_a_store_that_is_away_costs_nothing_but_time(servers, store, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    await second.round()
    await settled(servers)
    store.away = True
    alice = first.open(ALICE, ROOM)
    await pass_time(servers, clock, 6)
    assert heard(bob) == ["bob online"]
    store.away = False
    await pass_time(servers, clock, 4)
    assert heard(bob) == ["bob online", "alice online"]
    store.away = True
    first.keeper.leave(alice.connection)
    await pass_time(servers, clock, 6)
    store.away = False
    await pass_time(servers, clock, 14)
    assert heard(bob) == ["bob online", "alice online", "alice offline"]


async def test_a_store_that_hangs_is_given_up_and_tried_again(servers, store, monkeypatch):
    monkeypatch.setattr(keeper_module, "ROUND_SECONDS", 0.05)
    first, second = servers
    bob = second.open(BOB, ROOM)
    store.hanging = True
    first.open(ALICE, ROOM)
    await first.round()
    store.hanging = False
    await first.round()
    await settled(servers)
    assert heard(bob) == ["alice online"]


async def test_while_the_store_is_away_for_long_nothing_is_claimed(servers, store):
    first, _ = servers
    assert first.attendance.present([ALICE]) == []
    store.away = True
    await first.round()
    assert first.attendance.present([ALICE]) == []
    first.keeper._heard_at -= TIMES.lifetime / 1000
    await first.round()
    assert first.attendance.present([ALICE]) is None
    store.away = False
    await first.round()
    assert first.attendance.present([ALICE]) == []


async def test_a_wiped_store_is_filled_again_and_nobody_notices(servers, store, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    first.open(ALICE, ROOM)
    await pass_time(servers, clock, 4)
    told = heard(bob)
    store.wipe()
    await pass_time(servers, clock, 10)
    assert heard(bob) == told
    assert {change.user_id for change in (await store.news(0)).changes} == {ALICE, BOB}


async def test_who_went_while_the_store_was_wiped_is_offline_for_all(servers, store, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    alice = first.open(ALICE, ROOM)
    await pass_time(servers, clock, 4)
    store.wipe()
    first.keeper.leave(alice.connection)
    await pass_time(servers, clock, 10)
    assert heard(bob)[-1] == "alice offline"
    assert second.attendance.state_of(BOB) == "online"


async def test_a_server_that_starts_knows_who_is_there_from_the_store(servers, store, clock):
    servers[0].open(ALICE, ROOM)
    await servers[0].round()
    late = Server(store, clock)
    await late.round()
    await late.round()
    assert [person.user for person in late.attendance.present([ALICE, BOB]) or []] == [ALICE]
    await late.stop()


async def test_while_the_database_is_away_the_last_state_waits_to_be_told(servers, monkeypatch):
    first, second = servers
    monkeypatch.setattr(teller_module, "RETRY_SECONDS", 0.02)

    def away(people: object) -> None:
        raise OperationalError

    answer = vars(teller_module)["rooms_told"]
    monkeypatch.setattr(teller_module, "rooms_told", away)
    bob = second.open(BOB, ROOM)
    alice = first.open(ALICE, ROOM)
    await first.round()
    first.keeper.set_state(alice.connection, "away")
    await first.round()
    await asyncio.sleep(0.1)
    assert heard(bob) == []
    monkeypatch.setattr(teller_module, "rooms_told", answer)
    await until(lambda: heard(bob) == ["alice away"])


async def test_a_server_that_stops_leaves_nobody_behind(servers, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    first.open(ALICE, ROOM)
    await pass_time(servers, clock, 2)
    await first.keeper.stop()
    await pass_time([second], clock, 12)
    assert heard(bob)[-1] == "alice offline"


async def test_who_reads_too_slowly_misses_changes_and_hears_the_last_state_later(servers, clock):
    first, second = servers
    bob = second.open(BOB, ROOM)
    alice = first.open(ALICE, ROOM)
    await pass_time(servers, clock, 2)
    before = heard(bob)
    bob.outlet.frozen = True
    bob.connection.send(b'"' + b"x" * 70_000 + b'"')
    first.keeper.set_state(alice.connection, "away")
    await pass_time(servers, clock, 2)
    first.keeper.set_state(alice.connection, "online")
    await pass_time(servers, clock, 2)
    first.keeper.set_state(alice.connection, "away")
    await pass_time(servers, clock, 2)
    bob.outlet.frames = [frame for frame in bob.outlet.frames if isinstance(frame, dict)]
    assert heard(bob) == before
    assert bob.outlet.closed_with is None
    bob.outlet.thaw()
    await pass_time(servers, clock, 2)
    assert heard(bob) == [*before, "alice away"]


async def test_a_newcomer_is_introduced_to_a_room_that_is_not_large(servers, monkeypatch):
    first, second = servers
    bob = second.open(BOB, ROOM)
    first.open(MALLORY, "elsewhere")
    await first.round()
    await settled(servers)
    monkeypatch.setattr(teller_module, "large_rooms", lambda rooms: {OTHER} & set(rooms))
    second.keeper.teller.introduce(OTHER, MALLORY)
    second.keeper.teller.introduce(ROOM, CAROL)
    await settled(servers)
    assert heard(bob) == []
    second.keeper.teller.introduce(ROOM, MALLORY)
    await until(lambda: heard(bob) == ["mallory online"])


def test_what_may_be_lost_waits_for_less_than_what_cuts_a_socket():
    from messaging.delivery.connection import LOSABLE_BYTES

    assert LOSABLE_BYTES < limits.SEND_QUEUE_BYTES
