"""A server that heard nothing of what changed elsewhere serves what the log says now, and not what it remembers."""

import asyncio
from typing import Any

from tests.support.deployments import Deployment, full
from tests.support.people import ALICE, BOB
from tests.support.rest import Person
from tests.support.wire import sign_in

_ROUNDS = 4


def _change_everything(site: Deployment, alice: Person, room: str, seqs: list[int], number: int) -> None:
    """On the first server: an edit, a deletion, a reaction, and something new."""
    with site.rest(alice) as rest:
        messages = f"rooms/{room}/messages"
        rest.call("PATCH", f"{messages}/{seqs[0]}/", {"text": f"edited {number}"})
        rest.call("DELETE", f"{messages}/{seqs[number + 1]}/")
        rest.call("PUT", f"{messages}/{seqs[0]}/reactions/{chr(0x1F400 + number)}/")
        rest.send(room, f"new {number}")


def _log(site: Deployment, person: Person, room: str, *, at: int) -> dict[str, Any]:
    with site.rest(person, at=at) as rest:
        return rest.events(room, after=0, limit=300)


async def test_a_server_that_missed_every_hint_serves_the_logs_truth(postgres_server: str) -> None:
    with full(postgres_server) as site:
        alice, bob = site.person(ALICE), site.person(BOB)
        room = site.open_room(alice, [bob])
        with site.rest(alice) as rest:
            seqs = [rest.send(room, f"secret {number}")[0]["seq"] for number in range(_ROUNDS + 1)]
        far = site.addresses[1]
        async with sign_in(far, bob.token) as early:
            await early.subscribe(room, after=0)
            await early.reach(room, seqs[-1])  # now the second server remembers the room
            assert site.redis is not None
            await asyncio.to_thread(site.redis.kill)
            for number in range(_ROUNDS):
                await asyncio.to_thread(_change_everything, site, alice, room, seqs, number)
                log = await asyncio.to_thread(_log, site, bob, room, at=0)
                async with sign_in(far, bob.token) as late:
                    entry = await late.subscribe(room, after=0)
                    assert entry["head"] == log["head"]
                    await late.reach(room, log["head"])
                    page = await late.ask("events.fetch", room=room, after=0, limit=300)
                told = [
                    {name: value for name, value in event.items() if name != "type"}
                    for event in late.events(room)
                ]
                assert told == log["events"] == page["events"]
                assert await asyncio.to_thread(_log, site, bob, room, at=1) == log
                assert "secret 0" not in str(told)
                assert f"secret {number + 1}" not in str(told)
            await early.reach(room, log["head"])
            seen = [event["seq"] for event in early.events(room)]
            assert seen == list(range(2, log["head"] + 1))
            await _read_on(site.addresses[0], alice, room, log["head"])
            # No hint can tell of it, and no task is queued: the second server finds it by looking.
            receipt = await early.wait_for(
                lambda frame: frame["type"] == "receipt" and frame["user"] == alice.id, patience=15
            )
            assert (receipt["delivered"], receipt["read"]) == (log["head"], log["head"])


async def _read_on(address: str, person: Person, room: str, seq: int) -> None:
    """Somebody reads, and hears on that socket that it is stored."""
    async with sign_in(address, person.token) as socket:
        await socket.subscribe(room)
        await socket.send("receipt.read", room=room, seq=seq)
        await socket.wait_for(lambda frame: frame["type"] == "receipt" and frame["read"] == seq, patience=15)
