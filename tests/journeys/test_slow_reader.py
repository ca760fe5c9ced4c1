"""Who reads too slowly is cut with 4409; others don't wait, and the slow one resumes whole."""

import contextlib
import json
import socket as sockets
import time
import uuid
from collections.abc import AsyncIterator

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE, BOB, CAROL
from tests.support.rest import Person
from tests.support.wire import sign_in

_MESSAGES = 700
_TEXT = "x" * 16_000
_QUEUE_BYTES = 262_144


@contextlib.asynccontextmanager
async def _lazy(deployment: Deployment, person: Person) -> AsyncIterator[ClientConnection]:
    """A connection that reads nothing by itself: small buffers, and the library pauses after one frame."""
    link = sockets.socket()
    link.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 8192)
    link.connect(("127.0.0.1", deployment.server.port))
    async with connect(
        deployment.server.ws_url,
        sock=link,
        additional_headers={"Authorization": f"Bearer {person.token}"},
        subprotocols=[Subprotocol("chat.v1")],
        compression=None,
        ping_interval=None,
        proxy=None,
        max_queue=1,
        close_timeout=1,
    ) as connection:
        yield connection


async def _read_to_the_end(connection: ClientConnection, room: str) -> list[int]:
    """The numbers of a room's events until the connection closes."""
    seqs = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = json.loads(await connection.recv())
            if frame["type"] == "event" and frame["room"] == room:
                seqs.append(frame["seq"])
    return seqs


async def test_a_slow_reader_is_cut_with_4409_and_others_do_not_wait() -> None:
    with embedded(LIMIT_SEND_QUEUE_BYTES=str(_QUEUE_BYTES)) as deployment:
        alice, bob, carol = (deployment.person(role) for role in (ALICE, BOB, CAROL))
        room = deployment.open_room(alice, [bob, carol])
        async with (
            sign_in(deployment.server.ws_url, alice.token) as hers,
            sign_in(deployment.server.ws_url, bob.token) as his,
            _lazy(deployment, carol) as slow,
        ):
            await slow.send(json.dumps({"type": "subscribe", "rooms": [{"room": room, "after": 0}]}))
            await his.subscribe(room)
            waits = []
            for number in range(_MESSAGES):
                began = time.monotonic()
                ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=_TEXT)
                assert ok["seq"] == 4 + number
                await his.next("event")
                waits.append(time.monotonic() - began)
            heard = await _read_to_the_end(slow, room)
            assert slow.close_code == 4409
            assert heard == list(range(4, 4 + len(heard)))
            assert len(heard) < _MESSAGES
            assert max(waits) < 2, "somebody waited for the slow reader"
        async with sign_in(deployment.server.ws_url, carol.token) as again:
            await again.subscribe(room, after=heard[-1])
            head = 3 + _MESSAGES
            await again.wait_for(lambda frame: frame["type"] == "event" and frame["seq"] == head, patience=20)
            assert [event["seq"] for event in again.events(room)] == list(range(heard[-1] + 1, head + 1))


async def test_catching_up_at_ones_own_pace_does_not_cut() -> None:
    with embedded(LIMIT_SEND_QUEUE_BYTES=str(_QUEUE_BYTES)) as deployment:
        alice, carol = deployment.person(ALICE), deployment.person(CAROL)
        room = deployment.open_room(alice, [carol])
        async with sign_in(deployment.server.ws_url, alice.token) as hers:
            for number in range(_MESSAGES):
                await hers.send("message.send", id=number, room=room, client_id=str(uuid.uuid4()), text=_TEXT)
            await hers.reply(_MESSAGES - 1, patience=30)
        async with _lazy(deployment, carol) as slow:
            await slow.send(json.dumps({"type": "subscribe", "rooms": [{"room": room, "after": 0}]}))
            seqs: list[int] = []
            while not seqs or seqs[-1] < 2 + _MESSAGES:
                frame = json.loads(await slow.recv())
                if frame["type"] == "event":
                    seqs.append(frame["seq"])
            assert seqs == list(range(2, 3 + _MESSAGES))
            assert slow.close_code is None
