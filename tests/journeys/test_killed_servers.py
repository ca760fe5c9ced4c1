"""A server killed at any moment costs nothing that was acknowledged."""

import asyncio
import contextlib

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude, size
from tests.support.people import ALICE, crowd
from tests.support.records import Closed

_KILLS = size(3, 10)
_SENDS = size(400, 2_000)
_MEMBERS = 20
_ROOMS = 5


@pytest.mark.proof
@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_when_servers_are_killed_under_load(postgres_server: str) -> None:
    with full(postgres_server) as deployment:
        people = [deployment.person(role) for role in (ALICE, *crowd(_MEMBERS - 1))]
        rooms = [deployment.open_room(people[0], people[1:], name=f"Pier {n}") for n in range(_ROOMS)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, deployment.addresses, rooms, first=n))
                for n, person in enumerate(people)
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            await _talk_while_killing(deployment, clients, rooms)
            history = await conclude(deployment, clients, rooms)
        cut = [entry for client in clients for entry in client.journal.entries if isinstance(entry, Closed)]
        assert len(cut) >= _KILLS * _MEMBERS // 4, "the kills did not meet the clients"
        assert len(history.stored) >= _SENDS
        assert_every_view_is_the_log(history, people)


async def _talk_while_killing(deployment: Deployment, clients: list[Client], rooms: list[str]) -> None:
    """Everybody speaks until the last kill is over, and at least their share."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for n, client in enumerate(clients):
            rest = deployment.rest(client.person, at=(n + 1) % 2)
            speaker = Speaker(client, rooms, rest, seed=n)
            group.create_task(speaker.speak(_SENDS // _MEMBERS, pause=0.25, until=over))
        for kill in range(_KILLS):
            await asyncio.sleep(0.7)
            server = deployment.servers[kill % 2]
            server.kill()
            await asyncio.to_thread(server.start)
        over.set()
