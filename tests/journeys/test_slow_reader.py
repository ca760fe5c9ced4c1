"""Who reads too slowly is cut with 4409; others don't wait, and the slow one resumes whole."""

import contextlib
import json
import time
import uuid

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.support.deployments import embedded
from tests.support.people import ALICE, BOB, CAROL
from tests.support.processes import resident_mib
from tests.support.wire import Socket, lazy, sign_in

_MESSAGES = 700
_TEXT = "x" * 16_000
_QUEUE_BYTES = 262_144
_FROZEN = 10
# A flood is no matter of time here: on a busy machine what waits long is not to be answered `overloaded`.
_LIMITS = {"LIMIT_SEND_QUEUE_BYTES": str(_QUEUE_BYTES), "LIMIT_WRITER_SECONDS": "30"}
_ROOMS = 5


async def _read_to_the_end(connection: ClientConnection, room: str) -> list[int]:
    """The numbers of a room's events until the connection closes."""
    seqs = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = json.loads(await connection.recv())
            if frame["type"] == "event" and frame["room"] == room:
                seqs.append(frame["seq"])
    return seqs


async def _flood(socket: Socket, room: str, messages: int, *, text: str = _TEXT) -> int:
    """Post so many large messages as fast as they go; answers the last `seq`."""
    for number in range(messages):
        await socket.send("message.send", id=number, room=room, client_id=str(uuid.uuid4()), text=text)
    return int((await socket.reply(messages - 1, patience=30))["seq"])


async def test_a_slow_reader_is_cut_with_4409_and_resumes_whole() -> None:
    with embedded(**_LIMITS) as deployment:
        alice, carol = deployment.person(ALICE), deployment.person(CAROL)
        room = deployment.open_room(alice, [carol])
        async with (
            sign_in(deployment.server.ws_url, alice.token) as hers,
            lazy(deployment.server.ws_url, carol.token) as slow,
        ):
            await slow.send(json.dumps({"type": "subscribe", "rooms": [{"room": room}]}))
            assert json.loads(await slow.recv())["type"] == "welcome"
            assert json.loads(await slow.recv())["type"] == "subscribed"
            head = await _flood(hers, room, _MESSAGES)
            heard = await _read_to_the_end(slow, room)
            assert slow.close_code == 4409
            assert heard == list(range(3, 3 + len(heard)))
            assert heard[-1] < head
        async with sign_in(deployment.server.ws_url, carol.token) as again:
            await again.subscribe(room, after=heard[-1])
            assert await again.reach(room, head) == list(range(heard[-1] + 1, head + 1))


async def test_nobody_waits_for_frozen_readers_and_memory_stays_bounded() -> None:
    with embedded(**_LIMITS) as deployment:
        alice, bob, carol = (deployment.person(role) for role in (ALICE, BOB, CAROL))
        room = deployment.open_room(alice, [bob, carol])
        async with contextlib.AsyncExitStack() as stack:
            hers = await stack.enter_async_context(sign_in(deployment.server.ws_url, alice.token))
            his = await stack.enter_async_context(sign_in(deployment.server.ws_url, bob.token))
            await his.subscribe(room)
            for _ in range(_FROZEN):
                frozen = await stack.enter_async_context(lazy(deployment.server.ws_url, carol.token))
                await frozen.send(json.dumps({"type": "subscribe", "rooms": [{"room": room}]}))
            await _flood(hers, room, 50)
            before = resident_mib(deployment.server.pid)
            for _ in range(_MESSAGES // 2):
                began = time.monotonic()
                ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=_TEXT)
                assert (await his.next("event"))["seq"] <= ok["seq"]
                assert time.monotonic() - began < 2, "somebody waited for the frozen readers"
            await _flood(hers, room, _MESSAGES // 2)
            grown = resident_mib(deployment.server.pid) - before
            assert grown < (_FROZEN * _QUEUE_BYTES + 60_000_000) / 2**20, f"grown by {grown:.0f} MiB"


@pytest.mark.parametrize("text", [_TEXT, "\x01" * 5_000], ids=["plain", "escaped six times as long"])
async def test_catching_up_at_ones_own_pace_does_not_cut(text: str) -> None:
    with embedded(**_LIMITS) as deployment:
        alice, carol = deployment.person(ALICE), deployment.person(CAROL)
        rooms = [deployment.open_room(alice, [carol], name=f"Pier {n}") for n in range(_ROOMS)]
        async with sign_in(deployment.server.ws_url, alice.token) as hers:
            heads = {room: await _flood(hers, room, _MESSAGES // 2 // _ROOMS, text=text) for room in rooms}
        async with lazy(deployment.server.ws_url, carol.token) as slow:
            command = {"type": "subscribe", "rooms": "all", "cursors": {room: {"after": 0} for room in rooms}}
            await slow.send(json.dumps(command))
            seqs: dict[str, list[int]] = {room: [] for room in rooms}
            while any(not seqs[room] or seqs[room][-1] < head for room, head in heads.items()):
                frame = json.loads(await slow.recv())
                if frame["type"] == "event":
                    seqs[frame["room"]].append(frame["seq"])
            assert seqs == {room: list(range(2, head + 1)) for room, head in heads.items()}
            assert slow.close_code is None
