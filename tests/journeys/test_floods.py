"""Too much at once is answered, not suffered: token buckets, and an end for who is refused without end."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE, BOB
from tests.support.wire import sign_in


@pytest.fixture(scope="module")
def strict() -> Iterator[Deployment]:
    """A server with the protocol's own limits."""
    with embedded(LIMIT_MESSAGE_SEND="10/s+40", LIMIT_COMMANDS="30/s+90") as deployment:
        yield deployment


async def test_a_thousand_commands_at_once_are_each_answered_once(strict: Deployment) -> None:
    alice = strict.newcomer()
    room = strict.open_room(alice)
    async with sign_in(strict.server.ws_url, alice.token) as socket:
        for number in range(1000):
            await socket.send("events.fetch", id=number, room=room, after=0)
        answers = [await socket.reply(number) for number in range(1000)]
        kinds = Counter(answer["type"] for answer in answers)
        assert kinds["events.page"] + kinds["error"] == 1000
        assert 90 <= kinds["events.page"] <= 300
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert {(answer["code"], answer["retryable"]) for answer in refused} == {("rate_limited", True)}
        assert all(0 < answer["retry_after_ms"] <= 60_000 for answer in refused)
        assert len([frame for frame in socket.frames if "id" in frame]) == 1000
        await asyncio.sleep(refused[-1]["retry_after_ms"] / 1000 + 0.2)
        assert await socket.is_well()
    assert strict.server.get("/readyz") == 200


async def test_a_thousand_sends_at_once_store_only_what_was_acknowledged(strict: Deployment) -> None:
    alice = strict.newcomer()
    room = strict.open_room(alice)
    async with sign_in(strict.server.ws_url, alice.token) as socket:
        for number in range(1000):
            await socket.send(
                "message.send", id=number, room=room, client_id=str(uuid.uuid4()), text=f"{number}"
            )
        answers = [await socket.reply(number) for number in range(1000)]
        acked = [answer["seq"] for answer in answers if answer["type"] == "ok"]
        assert 40 <= len(acked) <= 140
        assert acked == list(range(2, 2 + len(acked)))
        assert {answer["code"] for answer in answers if answer["type"] == "error"} == {"rate_limited"}
        await asyncio.sleep(1)
        again = await socket.ask(
            "message.send", room=room, client_id=str(uuid.uuid4()), text="after a breath"
        )
        assert again["seq"] == 2 + len(acked)
    head = strict.stored([room])[2][0]
    assert head.head == 2 + len(acked)


async def test_the_bucket_is_the_persons_not_the_sockets(strict: Deployment) -> None:
    alice = strict.newcomer()
    room = strict.open_room(alice)
    async with (
        sign_in(strict.server.ws_url, alice.token) as laptop,
        sign_in(strict.server.ws_url, alice.token) as phone,
    ):
        for number in range(60):
            await laptop.send("message.send", id=number, room=room, client_id=str(uuid.uuid4()), text="hi")
        await laptop.reply(59)
        refused = await phone.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="hi")
        assert (refused["type"], refused["code"]) == ("error", "rate_limited")


async def test_a_flood_of_one_person_is_no_matter_to_another(strict: Deployment) -> None:
    alice, bob = strict.person(ALICE), strict.person(BOB)
    room = strict.open_room(alice, [bob])
    async with (
        sign_in(strict.server.ws_url, alice.token) as flood,
        sign_in(strict.server.ws_url, bob.token) as calm,
    ):
        for number in range(1000):
            await flood.send("events.fetch", id=number, room=room, after=0)
        ok = await calm.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="calm")
        assert ok["type"] == "ok"


async def test_two_thousand_refused_commands_in_a_minute_end_the_socket_with_4429(site: Deployment) -> None:
    dora = site.newcomer()
    async with sign_in(site.ws_url, dora.token) as socket:
        for number in range(2000):
            await socket.send("events.fetch", id=number, room="nowhere", after=0)
        assert await socket.closed(patience=30) == 4429
    assert site.server.get("/readyz") == 200
