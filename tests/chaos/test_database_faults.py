"""PostgreSQL crashed, and its connections ended, again and again: nothing acknowledged is lost, and all goes on."""

import asyncio

import pytest

from tests.chaos.crowds import Crowd, talking
from tests.support.deployments import Deployment, breakable
from tests.support.load import assert_every_view_is_the_log, conclude, size
from tests.support.records import Closed
from tests.support.services import Postgres, end_backends

_CRASHES = size(2, 5)
_ENDINGS = size(4, 20)
_DOWN_S = 1.0
_PAUSE_S = 0.7


async def _conclude(deployment: Deployment, crowd: Crowd) -> None:
    await crowd.fall_silent()
    history = await conclude(deployment, crowd.clients, crowd.rooms, phones=crowd.phones)
    entries = [entry for client in crowd.clients for entry in client.journal.entries]
    assert not [entry for entry in entries if isinstance(entry, Closed)], "sockets were cut"
    assert_every_view_is_the_log(history, crowd.people)


@pytest.mark.proof
@pytest.mark.timeout(300)
async def test_nothing_acknowledged_is_lost_when_the_database_crashes_again_and_again(
    postgres: Postgres,
) -> None:
    with breakable(postgres.url("postgres")) as deployment:
        async with talking(deployment) as crowd:
            for crash in range(_CRASHES):
                await crowd.is_heard()
                await asyncio.to_thread(postgres.kill if crash % 2 else postgres.stop)
                await asyncio.sleep(_DOWN_S)
                await asyncio.to_thread(postgres.start)
            await crowd.is_heard()
            await _conclude(deployment, crowd)


@pytest.mark.proof
@pytest.mark.timeout(300)
async def test_nothing_acknowledged_is_lost_when_every_database_connection_is_ended(
    postgres_server: str,
) -> None:
    with breakable(postgres_server) as deployment:
        assert isinstance(deployment.source, str)
        async with talking(deployment) as crowd:
            for _ in range(_ENDINGS):
                await crowd.is_heard()
                assert await asyncio.to_thread(end_backends, deployment.source) > 0
                await asyncio.sleep(_PAUSE_S)
            await crowd.is_heard()
            await _conclude(deployment, crowd)
