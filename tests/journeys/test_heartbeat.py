"""Silence is checked: heartbeats tell the heads, and who does not answer is let go."""

import asyncio
import itertools
import uuid
from collections.abc import Iterator

import pytest

from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE, BOB
from tests.support.wire import sign_in

_BEAT_S = 0.4


@pytest.fixture(scope="module")
def hasty() -> Iterator[Deployment]:
    """A server whose heart beats fast."""
    with embedded(LIMIT_HEARTBEAT_MS=str(int(_BEAT_S * 1000))) as deployment:
        yield deployment


async def test_who_answers_stays_and_counts_on(hasty: Deployment) -> None:
    async with sign_in(hasty.server.ws_url, hasty.person(BOB).token) as socket:
        assert socket.frames[0]["heartbeat_ms"] == _BEAT_S * 1000
        numbers = [(await socket.next("heartbeat", patience=3 * _BEAT_S))["n"] for _ in range(5)]
        assert all(later == earlier + 1 for earlier, later in itertools.pairwise(numbers))
        assert await socket.is_well()


async def test_who_does_not_answer_is_closed_with_4408(hasty: Deployment) -> None:
    async with (
        sign_in(hasty.server.ws_url, hasty.person(BOB).token, pongs=False) as silent,
        sign_in(hasty.server.ws_url, hasty.person(BOB).token) as other,
    ):
        assert await silent.closed(patience=10 * _BEAT_S) == 4408
        assert await other.is_well()


async def test_the_first_heartbeat_names_all_heads_and_later_ones_what_moved(hasty: Deployment) -> None:
    alice, bob = hasty.person(ALICE), hasty.person(BOB)
    rooms = [hasty.open_room(alice, [bob], name=f"Pier {n}") for n in range(3)]
    async with sign_in(hasty.server.ws_url, bob.token) as socket:
        await socket.ask("subscribe", rooms=[{"room": room} for room in rooms])
        seen: dict[str, int] = {}
        first = await socket.wait_for(lambda frame: frame["type"] == "heartbeat" and bool(frame["heads"]))
        seen |= first["heads"]
        assert seen == dict.fromkeys(rooms, 2)
        await socket.ask("message.send", room=rooms[1], client_id=str(uuid.uuid4()), text="moved")
        moved = await socket.wait_for(lambda frame: frame["type"] == "heartbeat" and bool(frame["heads"]))
        assert moved["heads"] == {rooms[1]: 3}
        await asyncio.sleep(2 * _BEAT_S)
        quiet = await socket.wait_for(lambda frame: frame["type"] == "heartbeat" and frame["n"] > moved["n"])
        assert quiet["heads"] == {}
