"""A deploy is not noticed: sends get through, and every close says when to come back."""

import asyncio
import contextlib

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude, size
from tests.support.people import ALICE, crowd
from tests.support.records import Closed

_ROUNDS = size(1, 5)
_SENDS = size(200, 1_000)
_MEMBERS = 10
_DRAIN_SECONDS = 2


@pytest.mark.proof
@pytest.mark.timeout(600)
async def test_no_send_fails_over_rolling_restarts_and_every_close_is_1012(postgres_server: str) -> None:
    with full(postgres_server, LIMIT_DRAIN_SECONDS=str(_DRAIN_SECONDS)) as deployment:
        people = [deployment.person(role) for role in (ALICE, *crowd(_MEMBERS - 1))]
        rooms = [deployment.open_room(people[0], people[1:], name=f"Pier {n}") for n in range(2)]
        async with contextlib.AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(Client(person, deployment.addresses, rooms, first=n))
                for n, person in enumerate(people)
            ]
            await asyncio.gather(*(client.online.wait() for client in clients))
            await _talk_while_restarting(deployment, clients, rooms)
            history = await conclude(deployment, clients, rooms)
        closes = [
            entry for client in clients for entry in client.journal.entries if isinstance(entry, Closed)
        ]
        assert len(closes) >= _ROUNDS * _MEMBERS, "the restarts did not meet the clients"
        assert {(close.code, close.goodbye) for close in closes} == {(1012, 1012)}
        assert_every_view_is_the_log(history, people)


async def _talk_while_restarting(deployment: Deployment, clients: list[Client], rooms: list[str]) -> None:
    """Two servers are restarted in turn, `_ROUNDS` times each, while everybody speaks; `SendError` would fail this."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for n, client in enumerate(clients):
            speaker = Speaker(client, rooms, deployment.rest(client.person, at=n % 2), seed=n)
            group.create_task(speaker.speak(_SENDS // _MEMBERS, pause=0.2, until=over))
        for server in deployment.servers * _ROUNDS:
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.deploy_away)
            await asyncio.to_thread(server.start)
        over.set()
