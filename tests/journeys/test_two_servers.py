"""Two servers on PostgreSQL and Redis are one place: every view is the log."""

import asyncio
import contextlib

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude
from tests.support.people import ALICE, crowd

_MEMBERS = 20
_ROOMS = 5
_SENDS = 2_000


async def test_twenty_members_in_five_rooms_on_two_servers_all_see_the_log(postgres_server: str) -> None:
    with full(postgres_server) as deployment:
        people = [deployment.person(role) for role in (ALICE, *crowd(_MEMBERS - 1))]
        rooms = [deployment.open_room(people[0], people[1:], name=f"Pier {n}") for n in range(_ROOMS)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(
                    Client(person, deployment.addresses[n % 2 :][:1], rooms, first=n)
                )
                for n, person in enumerate(people)
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            await _talk(deployment, clients, rooms)
            history = await conclude(deployment, clients, rooms)
        assert len(history.stored) == _SENDS
        assert sum(len(acks) - 1 for acks in history.acks.values()) > _SENDS * 0.05
        assert_every_view_is_the_log(history, people)


async def _talk(deployment: Deployment, clients: list[Client], rooms: list[str]) -> None:
    """Each speaks on its own side; the repeats by REST go to the other."""
    async with asyncio.TaskGroup() as group:
        for n, client in enumerate(clients):
            rest = deployment.rest(client.person, at=(n + 1) % 2)
            group.create_task(Speaker(client, rooms, rest, seed=n).speak(_SENDS // _MEMBERS))
