"""Whatever becomes of what Redis keeps, results are those of the database: poisoned, wiped, or out of date.

Recent events are in each server's memory and nowhere in Redis (docs/decisions/0005); there it keeps who is there,
token buckets and counts of sockets. Each harm is done to all of these while people go on talking.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import redis

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, conclude
from tests.support.people import ALICE, BOB, CAROL
from tests.support.rest import Person
from tests.support.wire import Frame, Socket, dial, sign_in

_TTL_S = 6.0
_GRACE_S = 1.5
_RATE, _CAPACITY = 20, 40
_SENDS = 300
_SOCKETS = 6
_SOON_S = 2 * _TTL_S

Keys = redis.Redis
Harm = Callable[[Keys, list[tuple[bytes, bytes]]], None]


def _owned(keys: Keys) -> list[bytes]:
    """All that the product keeps in Redis; the task queue is Celery's."""
    celery = (b"parley:parley", b"parley:_kombu", b"parley:unacked", b"parley:celery")
    return [key for key in keys.scan_iter(b"parley:*") if not key.startswith(celery)]


def _garble(keys: Keys, _: object) -> None:
    """Every value is garbage, and every set holds some."""
    for key in _owned(keys):
        match keys.type(key):
            case b"hash":
                keys.hset(key, mapping=dict.fromkeys([*keys.hkeys(key), b"garbage"], b"garbage"))
            case b"zset":
                keys.zadd(key, {b"garbage": 0, b"more garbage": time.time() * 1000})
            case b"string":
                keys.set(key, b"garbage")


def _change_types(keys: Keys, _: object) -> None:
    """Every key is of another type."""
    for key in _owned(keys):
        kind = keys.type(key)
        keys.delete(key)
        if kind == b"hash":
            keys.set(key, b"garbage")
        else:
            keys.hset(key, "garbage", "garbage")


def _wipe(keys: Keys, _: object) -> None:
    keys.flushall()


def _restore(keys: Keys, copy: list[tuple[bytes, bytes]]) -> None:
    """Everything is as it was a while ago, for ever."""
    for key in _owned(keys):
        keys.delete(key)
    for key, value in copy:
        keys.restore(key, 0, value, replace=True)


_HARMS: dict[str, Harm] = {
    "garbage": _garble,
    "other types": _change_types,
    "wiped": _wipe,
    "out of date": _restore,
}


def _copy(keys: Keys) -> list[tuple[bytes, bytes]]:
    return [(key, value) for key in _owned(keys) if isinstance(value := keys.dump(key), bytes)]


class Truth:
    """What the database says about a room, and whether the servers say the same."""

    def __init__(self, site: Deployment, room: str, carol: Person) -> None:
        self.site = site
        self.room = room
        self.carol = carol
        self._rest = site.rest(carol)

    async def holds(self, present: Sequence[Person]) -> None:
        """Whether each server tells Carol the truth: events, her marks, what she has not read, who is there."""
        read = await asyncio.to_thread(self._read_half)
        for address in self.site.addresses:
            async with sign_in(address, self.carol.token) as socket:
                entry = await socket.subscribe(self.room, after=0)
                seqs = await socket.reach(self.room, entry["head"])
                assert seqs[: entry["head"] - entry["min_seq"] + 1] == list(
                    range(entry["min_seq"], entry["head"] + 1)
                )
                assert (entry["delivered"], entry["read"]) == (read, read)
                assert entry["unread"] == self._unread(read, entry["head"])
                await _until_present(socket, self.room, {person.id for person in (*present, self.carol)})

    def _read_half(self) -> int:
        """Carol reads some of what is new to her; her mark."""
        head = self.site.stored([self.room])[2][0].head
        answer = self._rest.call("PUT", f"rooms/{self.room}/receipt/", {"read": head - 5})
        assert answer["read"] == head - 5
        return int(answer["read"])

    def _unread(self, read: int, head: int) -> int:
        rows = self.site.stored([self.room])[0]
        theirs = [row for row in rows if row.kind == "message.created" and row.by != self.carol.id]
        return len([row for row in theirs if read < row.seq <= head])


async def _until_present(socket: Socket, room: str, people: set[str]) -> None:
    """Wait until exactly these people are shown as there."""
    deadline = time.monotonic() + _SOON_S
    while True:
        entry = await socket.subscribe(room)
        shown = {person["user"] for person in entry.get("present") or ()}
        if shown == people:
            return
        assert time.monotonic() < deadline, f"{shown} are shown, {people} are there"
        await asyncio.sleep(0.2)


class Stranger:
    """Somebody whose bucket and sockets are known to Redis when the harm is done."""

    def __init__(self, site: Deployment) -> None:
        self.site = site
        self.person = site.newcomer()
        self.room = site.open_room(self.person)
        self._sockets: list[Socket] = []

    async def come(self, stack: contextlib.AsyncExitStack) -> None:
        """A socket on each server, and one message."""
        for address in self.site.addresses:
            self._sockets.append(await stack.enter_async_context(sign_in(address, self.person.token)))
        assert (await self._send(self._sockets[0], "first"))["type"] == "ok"

    async def is_limited(self, stack: contextlib.AsyncExitStack) -> None:
        """Whether the servers still share one bucket, and one count of sockets."""
        began = time.monotonic()
        answers = await asyncio.gather(
            *(self._send(self._sockets[n % len(self._sockets)], str(n)) for n in range(_SENDS))
        )
        lasted = time.monotonic() - began
        allowed = sum(answer["type"] == "ok" for answer in answers)
        assert _CAPACITY - 1 <= allowed <= _CAPACITY + _RATE * lasted + 1
        for n in range(len(self._sockets), _SOCKETS):
            address = self.site.addresses[n % 2]
            await stack.enter_async_context(sign_in(address, self.person.token))
        async with dial(self.site.addresses[0], token=self.person.token) as one_more:
            assert await one_more.closed() == 4429

    async def _send(self, socket: Socket, text: str) -> Frame:
        message: dict[str, Any] = {"room": self.room, "client_id": str(uuid.uuid4()), "text": text}
        return await socket.ask("message.send", **message)


@pytest.mark.parametrize("harm", _HARMS)
async def test_whatever_becomes_of_redis_results_are_those_of_the_database(
    postgres_server: str, harm: str
) -> None:
    with full(
        postgres_server,
        LIMIT_PRESENCE_SECONDS=str(_TTL_S),
        LIMIT_PRESENCE_GRACE_SECONDS=str(_GRACE_S),
        LIMIT_MESSAGE_SEND=f"{_RATE}/s+{_CAPACITY}",
        LIMIT_SOCKETS_PER_USER=str(_SOCKETS),
    ) as site:
        alice, bob, carol = site.person(ALICE), site.person(BOB), site.person(CAROL)
        room = site.open_room(alice, [bob, carol])
        over = asyncio.Event()
        assert site.redis is not None
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, site.addresses[n:][:1], [room], first=n))
                for n, person in enumerate((alice, bob))
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            keys = stack.enter_context(redis.Redis.from_url(site.redis.url()))
            async with asyncio.TaskGroup() as group:
                for n, client in enumerate(clients):
                    speaker = Speaker(client, [room], site.rest(client.person, at=1 - n), seed=n)
                    group.create_task(speaker.speak(10, pause=0.1, until=over))
                await clients[0].level_with({room: 20})
                await _harm_and_see(site, keys, harm, Truth(site, room, carol), (alice, bob))
                over.set()
            await conclude(site, clients, [room])
        for server in site.servers:
            assert server.alive
            assert not server.fault()


async def _harm_and_see(
    site: Deployment, keys: Keys, harm: str, truth: Truth, there: Sequence[Person]
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        await truth.holds(there)
        copy = _copy(keys)
        stranger = Stranger(site)
        await stranger.come(stack)
        if harm == "out of date":  # Carol, who was there then, is not any more
            async with sign_in(site.addresses[1], there[0].token) as socket:
                await _until_present(socket, truth.room, {person.id for person in there})
        _HARMS[harm](keys, copy)
        await truth.holds(there)
        await stranger.is_limited(stack)
        _HARMS[harm](keys, copy)
        await truth.holds(there)
