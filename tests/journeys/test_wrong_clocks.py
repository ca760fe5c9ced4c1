"""Servers whose clocks are ten minutes apart are one place all the same: nothing is lost, and nothing is late."""

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude
from tests.support.people import ALICE, BOB
from tests.support.servers import Server
from tests.support.wire import dial, sign_in

_OFF_S = 600
_SENDS = 100


class FastServer(Server):
    """A server whose clock is ten minutes fast."""

    def command(self) -> list[str | Path]:
        """`manage.py serve`, at the wrong time."""
        program, _, *words = super().command()
        return [program, "-m", "tests.support.wrong_clock", str(_OFF_S), *words]


@pytest.fixture(scope="module")
def apart(postgres_server: str) -> Iterator[Deployment]:
    """Two servers; the clock of the second is wrong."""
    deployment = full(postgres_server, LIMIT_MESSAGE_SEND="10/s+40")
    deployment.servers[1] = FastServer(deployment.servers[1].env, name="fast")
    with deployment as site:
        yield site


async def test_the_clocks_are_apart(apart: Deployment) -> None:
    now = []
    for address in apart.addresses:
        async with dial(address, token=apart.person(BOB).token) as socket:
            now.append(dt.datetime.fromisoformat((await socket.next("welcome"))["now"]))
    assert _OFF_S - 30 < (now[1] - now[0]).total_seconds() < _OFF_S + 30


async def test_nothing_is_lost_or_out_of_order(apart: Deployment) -> None:
    people = [apart.person(ALICE), apart.person(BOB)]
    room = apart.open_room(people[0], people[1:])
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(Client(person, apart.addresses[n:][:1], [room], first=n))
            for n, person in enumerate(people)
        ]
        async with asyncio.TaskGroup() as group:
            for n, client in enumerate(clients):
                speaker = Speaker(client, [room], apart.rest(client.person, at=1 - n), seed=n)
                group.create_task(speaker.speak(_SENDS // 2))
        history = await conclude(apart, clients, [room])
    assert len(history.stored) == _SENDS
    assert_every_view_is_the_log(history, people)


@pytest.mark.parametrize(("made", "shown"), [(0, 1), (1, 0)], ids=["shown to the fast one", "made by it"])
async def test_a_ticket_counts_on_the_other_server(apart: Deployment, made: int, shown: int) -> None:
    with apart.rest(apart.person(BOB), at=made) as rest:
        ticket = rest.call("POST", "socket-tickets/")["ticket"]
    async with dial(f"{apart.addresses[shown]}?ticket={ticket}") as socket:
        assert (await socket.next("welcome", "goodbye"))["type"] == "welcome"


async def test_a_bucket_and_who_is_there_go_by_one_clock(apart: Deployment) -> None:
    dora, bob = apart.newcomer(), apart.person(BOB)
    room = apart.open_room(dora, [bob])
    async with (
        sign_in(apart.addresses[0], dora.token) as here,
        sign_in(apart.addresses[1], dora.token) as fast,
    ):
        answers = await asyncio.gather(
            *(
                (here, fast)[n % 2].ask("message.send", room=room, client_id=str(uuid.uuid4()), text="hello")
                for n in range(200)
            )
        )
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert 200 - 90 < len(refused) <= 160
        assert all(0 < answer["retry_after_ms"] <= 101 for answer in refused)
        async with asyncio.timeout(10), sign_in(apart.addresses[0], bob.token) as his:
            entry = await his.subscribe(room)
            while dora.id not in {person["user"] for person in entry["present"]}:
                await asyncio.sleep(0.1)
                entry = await his.subscribe(room)
