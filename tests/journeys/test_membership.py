"""What a member may see are their intervals of membership: a membership that ends is heard everywhere within a second."""

import asyncio
import json
import time
import uuid

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Socket, sign_in

_SOON = 1.0


async def _say(socket: Socket, room: str, text: str) -> int:
    ok = await socket.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)
    assert ok["type"] == "ok", ok
    return int(ok["seq"])


async def _assert_deaf(socket: Socket, room: str, *, after: int) -> None:
    """Nothing past `after` came to this socket, nor comes by asking for it."""
    assert await socket.is_well()
    assert all(event["seq"] <= after for event in socket.events(room))
    for command in (
        {"command": "events.fetch", "room": room, "after": 0},
        {"command": "message.send", "room": room, "client_id": str(uuid.uuid4()), "text": "still here?"},
    ):
        error = await socket.ask(**command)
        assert (error["type"], error["code"]) == ("error", "not_found"), error
    reply = await socket.ask("subscribe", rooms=[{"room": room, "after": 0}])
    assert reply["rooms"][0]["error"]["code"] == "not_found"


async def test_mallory_outside_the_room_hears_nothing(
    site: Deployment, room: str, alice: Person, mallory: Person
) -> None:
    async with (
        sign_in(site.ws_url, mallory.token) as hers,
        sign_in(site.ws_url, alice.token) as owner,
    ):
        reply = await hers.ask("subscribe", rooms=[{"room": room, "after": 0}])
        assert reply["rooms"][0]["error"]["code"] == "not_found"
        await hers.ask("subscribe", rooms="all")
        await _say(owner, room, "secret")
        await asyncio.sleep(_SOON)
        await _assert_deaf(hers, room, after=0)


async def test_a_removed_member_hears_nothing_later_on_any_socket(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        rest.add_member(room, dora.id)
        async with (
            sign_in(site.ws_url, alice.token) as owner,
            sign_in(site.ws_url, dora.token) as laptop,
            sign_in(site.ws_url, dora.token) as phone,
        ):
            await laptop.subscribe(room, after=0)
            await phone.ask("subscribe", rooms="all")
            seq = await _say(owner, room, "with Dora")
            for socket in (laptop, phone):
                await socket.reach(room, seq)
            began = time.monotonic()
            await asyncio.to_thread(rest.remove_member, room, dora.id)
            for socket in (laptop, phone):
                revoked = await socket.next("room.revoked", patience=_SOON)
                assert revoked["room"] == room
            assert time.monotonic() - began < _SOON
            await _say(owner, room, "without Dora")
            await asyncio.sleep(0.3)
            for socket in (laptop, phone):
                assert socket.events(room)[-1]["kind"] == "member.left"
                await _assert_deaf(socket, room, after=seq + 1)


async def test_who_was_removed_while_catching_up_hears_nothing_later(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        rest.add_member(room, dora.id)
        async with (
            sign_in(site.ws_url, alice.token) as owner,
            sign_in(site.ws_url, dora.token) as hers,
        ):
            for number in range(400):
                text = f"{number} " + "x" * 4000
                await owner.send("message.send", id=number, room=room, client_id=str(uuid.uuid4()), text=text)
            await owner.reply(399, patience=30)
            await hers.send("subscribe", id="all of it", rooms=[{"room": room, "after": 0}])
            await asyncio.to_thread(rest.remove_member, room, dora.id)
            left = 4 + 400 + 1
            for number in range(20):
                await _say(owner, room, f"after her {number}")
            await asyncio.sleep(_SOON)
            await _assert_deaf(hers, room, after=left)
            seqs = [event["seq"] for event in hers.events(room)]
            assert seqs == list(range(4, 4 + len(seqs)))


async def test_who_leaves_by_themselves_hears_nothing_later(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        rest.add_member(room, dora.id)
    async with (
        sign_in(site.ws_url, alice.token) as owner,
        sign_in(site.ws_url, dora.token) as hers,
    ):
        await hers.subscribe(room)
        with site.rest(dora) as rest:
            await asyncio.to_thread(rest.call, "POST", f"rooms/{room}/leave/")
        await hers.next("room.revoked", patience=_SOON)
        await _say(owner, room, "without Dora")
        await asyncio.sleep(0.3)
        await _assert_deaf(hers, room, after=5)


async def test_who_comes_back_sees_both_times_and_only_tombstones_between(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        rest.add_member(room, dora.id)
        rest.send(room, "with Dora")
        rest.remove_member(room, dora.id)
        rest.send(room, "without Dora")
        rest.add_member(room, dora.id)
        rest.send(room, "with Dora again")
    async with sign_in(site.ws_url, dora.token) as socket:
        entry = await socket.subscribe(room, after=0)
        await socket.reach(room, 9)
        page = await socket.ask("events.fetch", room=room, after=0)
    assert (entry["min_seq"], entry["head"]) == (4, 9)
    for events in (socket.events(room), page["events"]):
        assert [event["seq"] for event in events] == [4, 5, 6, 7, 8, 9]
        hidden = events[3]
        assert (hidden["kind"], hidden["data"]) == ("tombstone", {})
        assert "by" not in hidden
        assert "client_id" not in hidden
    assert "without Dora" not in json.dumps([page, socket.raw])


async def test_a_guest_hears_and_is_heard(site: Deployment, room: str, carol: Person, alice: Person) -> None:
    async with (
        sign_in(site.ws_url, carol.token) as hers,
        sign_in(site.ws_url, alice.token) as owner,
    ):
        await owner.subscribe(room)
        seq = await _say(hers, room, "hello from a guest")
        event = await owner.next("event")
        assert (event["seq"], event["by"], event["kind"]) == (seq, carol.id, "message.created")
