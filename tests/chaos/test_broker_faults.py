"""The broker's wire cut, swallowing all, and the broker itself killed with all that it held: nothing is lost by it."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos.crowds import talking
from tests.chaos.mending import Outage, slowest_delivery
from tests.support.deployments import Deployment, breakable
from tests.support.load import assert_every_view_is_the_log, conclude, size
from tests.support.records import Closed

logger = logging.getLogger(__name__)

_TIMES = size(1, 5)
_BROKEN_S = 2.0
_MENDED_S = 6.0

Break = Callable[[Deployment], None]


def _cut(deployment: Deployment) -> None:
    assert deployment.wire is not None
    deployment.wire.cut()


def _black_hole(deployment: Deployment) -> None:
    assert deployment.wire is not None
    deployment.wire.black_hole()


def _kill(deployment: Deployment) -> None:
    assert deployment.redis is not None
    deployment.redis.kill()


def _mend(deployment: Deployment) -> None:
    """Whatever was broken; a broker that was killed comes back empty."""
    assert deployment.wire is not None
    assert deployment.redis is not None
    if not deployment.redis.alive:
        deployment.redis.start()
    deployment.wire.mend()


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "break_it", [_cut, _black_hole, _kill], ids=["cut", "black hole", "killed and wiped"]
)
async def test_nothing_is_lost_and_holes_are_mended_when_the_broker_fails(
    postgres_server: str, break_it: Break
) -> None:
    with breakable(postgres_server) as deployment:
        outages: list[Outage] = []
        async with talking(deployment) as crowd:
            for _ in range(_TIMES):
                begin = time.monotonic_ns()
                await asyncio.to_thread(partial(break_it, deployment))
                await asyncio.sleep(_BROKEN_S)
                await asyncio.to_thread(_mend, deployment)
                outages.append((begin, time.monotonic_ns()))
                await asyncio.sleep(_MENDED_S)
            await crowd.fall_silent()
            history = await conclude(deployment, crowd.clients, crowd.rooms, phones=crowd.phones)
        entries = [entry for client in crowd.clients for entry in client.journal.entries]
        assert not [entry for entry in entries if isinstance(entry, Closed)], "sockets were cut"
        assert_every_view_is_the_log(history, crowd.people)
        slowest = slowest_delivery(history, outages)
        logger.info("the slowest of %d events came after %.1f s", len(history.rows), slowest)
        assert slowest < _MENDED_S
