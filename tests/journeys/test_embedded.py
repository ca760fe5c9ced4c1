"""One process with SQLite keeps the same promises, over restarts and crashes too."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, embedded
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude
from tests.support.people import ALICE, crowd
from tests.support.records import Closed

_MEMBERS = 6
_SENDS = 300


async def _talk(
    deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str], over: asyncio.Event | None
) -> None:
    async with asyncio.TaskGroup() as group:
        for n, client in enumerate(clients):
            speaker = Speaker(client, rooms, deployment.rest(client.person), seed=n)
            group.create_task(speaker.speak(_SENDS // _MEMBERS, pause=0.02 if over else 0, until=over))


async def test_all_see_the_log_of_an_embedded_server() -> None:
    with embedded() as deployment:
        people = [deployment.person(role) for role in (ALICE, *crowd(_MEMBERS - 1))]
        rooms = [deployment.open_room(people[0], people[1:], name=f"Pier {n}") for n in range(2)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, deployment.addresses, rooms))
                for person in people
            ]
            await _talk(deployment, clients, rooms, over=None)
            history = await conclude(deployment, clients, rooms)
        assert len(history.stored) == _SENDS
        assert_every_view_is_the_log(history, people)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["restart", "crash"])
async def test_nothing_acknowledged_is_lost_when_the_embedded_server_ends(number: signal.Signals) -> None:
    with embedded(LIMIT_DRAIN_SECONDS="1") as deployment:
        people = [deployment.person(role) for role in (ALICE, *crowd(_MEMBERS - 1))]
        rooms = [deployment.open_room(people[0], people[1:])]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, deployment.addresses, rooms))
                for person in people
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            over = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(_talk(deployment, clients, rooms, over))
                await asyncio.sleep(0.5)
                await asyncio.to_thread(_end, deployment, number)
                await asyncio.to_thread(deployment.server.start)
                over.set()
            history = await conclude(deployment, clients, rooms)
        closes = [
            entry for client in clients for entry in client.journal.entries if isinstance(entry, Closed)
        ]
        assert len(closes) == _MEMBERS
        assert_every_view_is_the_log(history, people)


def _end(deployment: Deployment, number: signal.Signals) -> None:
    if number == signal.SIGKILL:
        deployment.server.kill()
    else:
        deployment.server.deploy_away()
