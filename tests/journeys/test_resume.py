"""A client that knows its last `seq` can come back at any time and miss nothing."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Socket, sign_in

_LONG = 700


@pytest_asyncio.fixture
async def socket(site: Deployment, bob: Person) -> AsyncIterator[Socket]:
    """Bob's socket. Bob joined the room with its second event."""
    async with sign_in(site.ws_url, bob.token) as socket:
        yield socket


async def _say(socket: Socket, room: str, text: str) -> int:
    ok = await socket.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)
    assert ok["type"] == "ok", ok
    return int(ok["seq"])


async def test_without_a_cursor_only_what_comes_is_heard(socket: Socket, room: str) -> None:
    await _say(socket, room, "old")
    entry = await socket.subscribe(room)
    assert (entry["head"], entry["recovered"], entry["min_seq"]) == (4, True, 2)
    await _say(socket, room, "new")
    assert await socket.reach(room, 5) == [5]


@pytest.mark.parametrize(("after", "first"), [(0, 2), (1, 2), (2, 3), (4, 5), (5, 6)])
async def test_from_any_cursor_everything_missed_comes_before_what_is_new(
    socket: Socket, room: str, after: int, first: int
) -> None:
    for number in range(2):
        await _say(socket, room, f"missed {number}")
    entry = await socket.subscribe(room, after=after)
    assert (entry["head"], entry["recovered"]) == (5, True)
    await _say(socket, room, "new")
    assert await socket.reach(room, 6) == list(range(first, 7))
    assert len(entry["epoch"]) > 3
    assert {event["epoch"] for event in socket.events(room)} == {entry["epoch"]}


async def test_a_cursor_from_before_ones_time_is_not_recovered(
    site: Deployment, room: str, alice: Person
) -> None:
    with site.rest(alice) as rest:
        for number in range(3):
            rest.send(room, f"before her time {number}")
        dora = site.newcomer()
        rest.add_member(room, dora.id)
    async with sign_in(site.ws_url, dora.token) as socket:
        entry = await socket.subscribe(room, after=2)
        assert (entry["recovered"], entry["head"], entry["min_seq"]) == (False, 7, 7)
        entry = await socket.subscribe(room, after=6)
        assert entry["recovered"] is True
        assert await socket.reach(room, 7) == [7]


async def test_many_missed_events_come_whole_while_others_go_on_talking(
    site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    async with (
        sign_in(site.ws_url, alice.token) as hers,
        sign_in(site.ws_url, bob.token) as his,
    ):
        for number in range(_LONG):
            await hers.send(
                "message.send",
                id=number,
                room=room,
                client_id=str(uuid.uuid4()),
                text=f"{number} " + "x" * 1000,
            )
        await hers.reply(_LONG - 1, patience=30)
        entry = await his.subscribe(room, after=0)
        for number in range(20):
            await _say(hers, room, f"meanwhile {number}")
        newest = entry["head"] + 20
        assert entry["head"] == 3 + _LONG
        assert await his.reach(room, newest) == list(range(2, newest + 1))


async def test_subscribing_again_moves_the_cursor(socket: Socket, room: str) -> None:
    await socket.subscribe(room, after=0)
    await socket.reach(room, 3)
    await socket.subscribe(room, after=1)
    await _say(socket, room, "new")
    seqs = await socket.reach(room, 4)
    assert seqs == [2, 3, 2, 3, 4]


async def test_after_unsubscribing_nothing_is_heard(socket: Socket, room: str) -> None:
    await socket.subscribe(room, after=0)
    await socket.reach(room, 3)
    assert (await socket.ask("unsubscribe", rooms=[room]))["type"] == "ok"
    await _say(socket, room, "unheard")
    assert await socket.is_well()
    assert [event["seq"] for event in socket.events(room)] == [2, 3]


async def test_subscribing_to_all_resumes_each_room_from_its_cursor(site: Deployment, alice: Person) -> None:
    dora = site.newcomer()
    rooms = [site.open_room(alice, [dora], name=f"Pier {number}") for number in range(3)]
    with site.rest(alice) as rest:
        for room in rooms:
            rest.send(room, "hello")
    async with sign_in(site.ws_url, dora.token) as socket:
        cursors = {rooms[0]: {"after": 0}, rooms[1]: {"after": 2}}
        reply = await socket.ask("subscribe", rooms="all", cursors=cursors)
        assert {entry["room"] for entry in reply["rooms"]} == set(rooms)
        assert all(entry["head"] == 3 and entry["recovered"] for entry in reply["rooms"])
        for room in rooms:
            await _say(socket, room, "to all")
        for room, first in zip(rooms, (2, 3, 4), strict=True):
            assert await socket.reach(room, 4) == list(range(first, 5))


async def test_a_room_joined_later_is_heard_by_who_follows_all(site: Deployment, alice: Person) -> None:
    dora = site.newcomer()
    async with sign_in(site.ws_url, dora.token) as socket:
        assert (await socket.ask("subscribe", rooms="all"))["rooms"] == []
        room = site.open_room(alice, [dora])
        joined = await socket.next("room.joined", patience=2)
        assert joined["room"] == room
        await _say(socket, room, "here I am")
        assert await socket.reach(room, 3) == [2, 3]


async def test_one_socket_hears_good_rooms_beside_a_refused_one(socket: Socket, room: str) -> None:
    reply = await socket.ask("subscribe", rooms=[{"room": "nowhere"}, {"room": room, "after": 2}])
    refused, heard = sorted(reply["rooms"], key=lambda entry: "head" in entry)
    assert refused["error"]["code"] == "not_found"
    assert heard["room"] == room
    assert await socket.reach(room, 3) == [3]
