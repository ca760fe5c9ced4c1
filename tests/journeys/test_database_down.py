"""With PostgreSQL gone, sends say so at once and nobody is cut off; when it is back, all goes on and nothing is lost."""

import asyncio
import contextlib
import time
import uuid

from tests.support.client import Client
from tests.support.deployments import full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude
from tests.support.people import ALICE, BOB, CAROL
from tests.support.services import Postgres
from tests.support.wire import Socket, sign_in

_ANSWER_S = 2.0
_MACHINE_IS_BUSY_S = 0.5


async def _send(socket: Socket, room: str, client_id: str) -> tuple[dict[str, object], float]:
    """One send of the same message, and how long its answer took."""
    began = time.monotonic()
    answer = await socket.ask("message.send", room=room, client_id=client_id, text="hold on")
    return answer, time.monotonic() - began


async def test_sends_are_answered_overloaded_and_go_on_when_the_database_is_back(postgres: Postgres) -> None:
    with full(postgres.url("postgres"), servers=1) as deployment:
        alice = deployment.person(ALICE)
        room = deployment.open_room(alice)
        async with sign_in(deployment.server.ws_url, alice.token) as socket:
            await socket.subscribe(room)
            assert (await _send(socket, room, str(uuid.uuid4())))[0]["type"] == "ok"
            await asyncio.to_thread(postgres.stop)
            client_id = str(uuid.uuid4())
            for _ in range(3):
                answer, seconds = await _send(socket, room, client_id)
                assert (answer["type"], answer["code"], answer["retryable"]) == ("error", "overloaded", True)
                assert seconds < _ANSWER_S + _MACHINE_IS_BUSY_S
            assert await asyncio.to_thread(deployment.server.get, "/readyz") == 503
            assert await asyncio.to_thread(deployment.server.get, "/healthz") == 200
            await asyncio.to_thread(postgres.start)
            await _until_stored(socket, room, client_id)
            await socket.wait_for(lambda frame: frame.get("client_id") == client_id)
        assert [row.seq for row in deployment.stored([room])[0]] == [1, 2, 3]
        await asyncio.to_thread(deployment.server.wait_ready)


async def _until_stored(socket: Socket, room: str, client_id: str) -> None:
    """Retry as a client does, for some seconds."""
    deadline = time.monotonic() + 10
    while (await _send(socket, room, client_id))[0]["type"] != "ok":
        assert time.monotonic() < deadline, "sends are refused long after the database is back"
        await asyncio.sleep(0.2)


async def test_nothing_acknowledged_is_lost_when_the_database_crashes_under_load(postgres: Postgres) -> None:
    with full(postgres.url("postgres")) as deployment:
        people = [deployment.person(role) for role in (ALICE, BOB, CAROL)]
        rooms = [deployment.open_room(people[0], people[1:], name=f"Pier {n}") for n in range(2)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, deployment.addresses, rooms, first=n))
                for n, person in enumerate(people)
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            over = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for n, client in enumerate(clients):
                    speaker = Speaker(client, rooms, deployment.rest(client.person, at=n % 2), seed=n)
                    group.create_task(speaker.speak(20, pause=0.02, until=over))
                await asyncio.sleep(0.5)
                await asyncio.to_thread(postgres.stop)
                await asyncio.sleep(2)
                await asyncio.to_thread(postgres.start)
                await asyncio.sleep(1)
                over.set()
            history = await conclude(deployment, clients, rooms)
        assert_every_view_is_the_log(history, people)
