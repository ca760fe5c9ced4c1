"""Thousands drop and come back at one moment: each gets what it missed, and together they read the database little."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.support.deployments import Deployment, full
from tests.support.load import size
from tests.support.people import ALICE, crowd
from tests.support.rest import Person
from tests.support.wire import sign_in

_SOCKETS = size(200, 2_000)
_MISSED = 50
_ROOMS = 4
_PEOPLE = 20
_KNOCKING = 500  # upgrades under way at once: more would test the kernel's queue of connections
_PATIENCE_S = 90


class Device:
    """One socket in one room, which knows the last `seq` that it holds and comes back until it is level."""

    def __init__(self, address: str, person: Person, room: str) -> None:
        self.room = room
        self.seqs: list[int] = []
        self.refused: Counter[str] = Counter()
        self._address = address
        self._headers = {"Authorization": f"Bearer {person.token}"}
        self._connection: ClientConnection | None = None

    async def come(self, knocking: asyncio.Semaphore, *, after: int, head: int) -> None:
        """Connect, subscribe after `after`, and read up to `head`; whatever is retryable is tried again."""
        while True:
            if await self._try(knocking, after=self.seqs[-1] if self.seqs else after, head=head):
                return
            await asyncio.sleep(0.3)

    async def _try(self, knocking: asyncio.Semaphore, *, after: int, head: int) -> bool:
        self._connection = None
        try:
            async with knocking:
                self._connection = await self._connect()
            await self._read(after, head)
        except (OSError, WebSocketException, TimeoutError) as error:
            code = self._connection.close_code if self._connection else None
            self.refused[f"{type(error).__name__} {code or ''}".strip()] += 1
            return False
        return True

    def drop(self) -> None:
        """The network is gone, without a close frame."""
        assert self._connection is not None
        self._connection.transport.abort()
        self._connection = None

    async def _connect(self) -> ClientConnection:
        return await connect(
            self._address,
            additional_headers=self._headers,
            subprotocols=[Subprotocol("chat.v1")],
            compression=None,
            ping_interval=None,
            proxy=None,
            open_timeout=_PATIENCE_S,
            close_timeout=1,
            max_queue=128,
        )

    async def _read(self, after: int, head: int) -> None:
        assert self._connection is not None
        subscribe = {"type": "subscribe", "id": 1, "rooms": [{"room": self.room, "after": after}]}
        await self._connection.send(json.dumps(subscribe))
        level = False
        while not level:
            frame = json.loads(await self._connection.recv())
            match frame["type"]:
                case "subscribed":
                    assert frame["rooms"][0]["recovered"], frame
                    level = after >= head
                case "event":
                    self.seqs.append(frame["seq"])
                    level = frame["seq"] >= head
                case "error":
                    assert frame["retryable"], frame
                    self.refused[frame["code"]] += 1
                    await asyncio.sleep(frame.get("retry_after_ms", 300) / 1000)
                    await self._connection.send(json.dumps(subscribe))
                case "heartbeat":
                    await self._connection.send(json.dumps({"type": "pong", "n": frame["n"]}))


def _transactions(database: str) -> int:
    """How many transactions the servers made; each statement of a reading is one.

    A connection tells its numbers when it ends, at the latest, so all of them are ended first: the servers open others.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ended = connection.execute(f"SELECT pid, pg_terminate_backend(pid, 5000) {others}").fetchall()
        pids = [pid for pid, _ in ended]
        while connection.execute(f"SELECT 1 {others} AND pid = ANY(%s)", [pids]).fetchone():
            time.sleep(0.05)
        counted = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert counted is not None
    return int(counted[0])


async def _talk(site: Deployment, person: Person, rooms: Sequence[str]) -> dict[str, int]:
    """So many messages in each room; the heads afterwards."""
    heads = {}
    async with sign_in(site.server.ws_url, person.token) as socket:
        for room in rooms:
            for number in range(_MISSED):
                client_id = f"{number:032x}"
                await socket.send(
                    "message.send", id=f"{room}{number}", room=room, client_id=client_id, text="missed"
                )
            heads[room] = (await socket.reply(f"{room}{_MISSED - 1}", patience=30))["seq"]
    return heads


@pytest.mark.proof
@pytest.mark.timeout(400)
async def test_all_who_drop_at_once_come_back_whole_and_read_the_database_little(
    postgres_server: str,
) -> None:
    with full(postgres_server, LIMIT_HEARTBEAT_MS="60000") as site:
        people = [site.person(role) for role in (ALICE, *crowd(_PEOPLE - 1))]
        rooms = [site.open_room(people[0], people[1:], name=f"Pier {number}") for number in range(_ROOMS)]
        devices = [
            Device(site.addresses[n % 2], people[n // 2 % _PEOPLE], rooms[n // 2 // _PEOPLE % _ROOMS])
            for n in range(_SOCKETS)
        ]
        knocking = asyncio.Semaphore(_KNOCKING)
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.gather(*(device.come(knocking, after=_PEOPLE, head=_PEOPLE) for device in devices))
        for device in devices:
            device.drop()
        heads = await _talk(site, people[0], rooms)
        before = await asyncio.to_thread(_transactions, str(site.source))
        began = time.monotonic()
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.gather(
                *(device.come(knocking, after=_PEOPLE, head=heads[device.room]) for device in devices)
            )
        lasted = time.monotonic() - began
        made = await asyncio.to_thread(_transactions, str(site.source)) - before
        refused = sum((device.refused for device in devices), Counter())
        said = f"{_SOCKETS} in {lasted:.1f} s by {made} transactions; refused on the way: {dict(refused)}"
        print(said)  # noqa: T201
        for device in devices:
            assert device.seqs == list(range(_PEOPLE + 1, _PEOPLE + _MISSED + 1))
            device.drop()
        assert made < _SOCKETS, said  # each by itself makes six, and a page of the log
