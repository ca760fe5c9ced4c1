"""A person's bucket is one over all servers: a thousand sends at once get what it holds, and nobody else waits."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from tests.support.deployments import Deployment, full
from tests.support.people import ALICE, BOB, CAROL
from tests.support.rest import Person
from tests.support.wire import Frame, Socket, sign_in

_RATE, _CAPACITY = 10, 40
_SENDS = 1_000
_SOCKETS = 5
_TRUTHS = 15


@pytest.fixture(scope="module")
def two(postgres_server: str) -> Iterator[Deployment]:
    """Two servers with the protocol's own limit of sends."""
    with full(postgres_server, LIMIT_MESSAGE_SEND=f"{_RATE}/s+{_CAPACITY}") as site:
        yield site


async def _sockets(stack: AsyncExitStack, site: Deployment, person: Person, each: int) -> list[Socket]:
    """Some sockets of one person on each server."""
    return [
        await stack.enter_async_context(sign_in(address, person.token))
        for address in site.addresses
        for _ in range(each)
    ]


async def _send(socket: Socket, room: str, text: str) -> Frame:
    return await socket.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)


async def _flood(sockets: list[Socket], room: str) -> list[Frame]:
    """So many sends at once, spread evenly; the answer of each, in the order of their numbers."""

    async def post(number: int) -> None:
        text = f"{number}"
        await sockets[number % len(sockets)].send(
            "message.send", id=number, room=room, client_id=str(uuid.uuid4()), text=text
        )

    await asyncio.gather(*(post(number) for number in range(_SENDS)))
    return [await sockets[number % len(sockets)].reply(number, patience=60) for number in range(_SENDS)]


async def _talk_calmly(sockets: list[Socket], room: str, over: asyncio.Event) -> list[Frame]:
    """Say something now and then, on one socket after another, until it is over; the answers."""
    answers: list[Frame] = []
    while not over.is_set() or len(answers) < len(sockets):
        answers.append(await _send(sockets[len(answers) % len(sockets)], room, "calm"))
        await asyncio.sleep(1.5 / _RATE)
    return answers


async def test_a_thousand_sends_over_two_servers_get_what_one_bucket_holds(two: Deployment) -> None:
    alice, bob, carol = two.person(ALICE), two.person(BOB), two.person(CAROL)
    room = two.open_room(alice, [bob, carol])
    over = asyncio.Event()
    async with AsyncExitStack() as stack:
        floods = await _sockets(stack, two, alice, _SOCKETS)
        others = [await _sockets(stack, two, person, 1) for person in (bob, carol)]
        calm = [asyncio.create_task(_talk_calmly(sockets, room, over)) for sockets in others]
        began = time.monotonic()
        answers = await _flood(floods, room)
        lasted = time.monotonic() - began
        over.set()
        of_others = [answer for task in calm for answer in await task]
    allowed = {f"{number}": answer["seq"] for number, answer in enumerate(answers) if answer["type"] == "ok"}
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert _CAPACITY <= len(allowed) <= _CAPACITY + _RATE * lasted + 1
    assert len(allowed) + len(refused) == _SENDS
    assert {(answer["code"], answer["retryable"]) for answer in refused} == {("rate_limited", True)}
    assert all(0 < answer["retry_after_ms"] <= 1000 / _RATE + 1 for answer in refused)
    assert {answer["type"] for answer in of_others} == {"ok"}
    texts = {
        row.data["text"]: row.seq for row in two.stored([room])[0] if row.by == alice.id and row.client_id
    }
    assert texts == allowed


async def test_who_waits_as_long_as_they_were_told_is_let_through(two: Deployment) -> None:
    dora = two.newcomer()
    room = two.open_room(dora)
    async with AsyncExitStack() as stack:
        sockets = await _sockets(stack, two, dora, 1)
        here, there = sockets
        await _flood(sockets, room)
        for _ in range(_TRUTHS):
            while (answer := await _send(here, room, "is there one?"))["type"] == "ok":
                pass
            assert answer["code"] == "rate_limited"
            await asyncio.sleep(answer["retry_after_ms"] / 1000)
            assert (await _send(there, room, "waited"))["type"] == "ok"
