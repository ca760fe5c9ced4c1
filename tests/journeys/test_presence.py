"""Who is there and who is writing, over real sockets: on one server and across two, through crashes and a wiped Redis."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
import redis.asyncio

from tests.support.deployments import Deployment, embedded, full
from tests.support.people import ALICE, BOB, CAROL, MALLORY, crowd
from tests.support.rest import Person
from tests.support.wire import Frame, Socket, lazy, sign_in

_TTL_S = 6.0
_GRACE_S = 1.5
_TYPING_MS = 700
_QUICK = {
    "LIMIT_PRESENCE_SECONDS": str(_TTL_S),
    "LIMIT_PRESENCE_GRACE_SECONDS": str(_GRACE_S),
    "LIMIT_TYPING_MS": str(_TYPING_MS),
}
_FLOOD = 600  # messages of 16 KB: more than the kernel's buffers hold, less than what cuts
_SOON_S = 8.0  # a change is told within half a second, but the machine may have much else to do


@pytest.fixture(scope="module")
def quick() -> Iterator[Deployment]:
    """One embedded server whose people come and go fast; a lot may wait for a slow one of them."""
    with embedded(**_QUICK, LIMIT_SEND_QUEUE_BYTES="67108864") as deployment:
        yield deployment


@pytest.fixture(scope="module")
def two(postgres_server: str) -> Iterator[Deployment]:
    """Two servers on PostgreSQL and Redis, whose people come and go fast."""
    with full(postgres_server, servers=2, workers=0, **_QUICK) as deployment:
        yield deployment


@contextlib.asynccontextmanager
async def _present(url: str, person: Person, *rooms: str) -> AsyncIterator[Socket]:
    """A socket of somebody that hears these rooms."""
    async with sign_in(url, person.token) as socket:
        await socket.ask("subscribe", rooms=[{"room": room} for room in rooms])
        yield socket


def _told(socket: Socket, person: Person) -> list[str]:
    """What this socket was told about somebody's presence so far."""
    return [f["state"] for f in socket.frames if f["type"] == "presence" and f["user"] == person.id]


async def _hears(socket: Socket, person: Person, state: str, *, patience: float = _SOON_S) -> Frame:
    """Wait until this socket is told that somebody is online, away or offline."""
    wanted = {"type": "presence", "user": person.id, "state": state}
    return await socket.wait_for(lambda frame: wanted.items() <= frame.items(), patience=patience)


async def _present_in(socket: Socket, room: str) -> dict[str, str]:
    """The full state of a room's people, as a subscription tells it."""
    return {person["user"]: person["state"] for person in (await socket.subscribe(room))["present"]}


async def _until_present(socket: Socket, room: str, person: Person, state: str) -> None:
    """Wait until the full state says so of somebody."""
    deadline = time.monotonic() + _SOON_S
    while (await _present_in(socket, room)).get(person.id) != state:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def _assert_presence_crosses(deployment: Deployment, here: str, there: str) -> None:
    alice, bob = deployment.newcomer(), deployment.newcomer()
    room = deployment.open_room(alice, [bob])
    async with _present(there, bob, room) as his:
        async with _present(here, alice, room) as hers:
            await _hears(his, alice, "online")
            await _until_present(his, room, alice, "online")
            await hers.send("presence.set", state="away")
            await _hears(his, alice, "away")
            await hers.send("presence.set", state="online")
            await _hears(his, alice, "online")
        gone = time.monotonic()
        await _hears(his, alice, "offline", patience=_GRACE_S + _SOON_S)
        assert time.monotonic() - gone > _GRACE_S - 0.1
        assert alice.id not in await _present_in(his, room)
        assert _told(his, alice) == ["online", "away", "online", "offline"]


async def test_online_away_and_offline_are_seen_by_those_who_share_a_room(quick: Deployment) -> None:
    await _assert_presence_crosses(quick, quick.server.ws_url, quick.server.ws_url)


async def test_online_away_and_offline_are_seen_across_servers(two: Deployment) -> None:
    await _assert_presence_crosses(two, *two.addresses)


async def test_a_reload_shows_nothing(quick: Deployment) -> None:
    alice, bob = quick.newcomer(), quick.newcomer()
    room = quick.open_room(alice, [bob])
    async with _present(quick.server.ws_url, bob, room) as his:
        async with _present(quick.server.ws_url, alice, room):
            await _hears(his, alice, "online")
        await asyncio.sleep(_GRACE_S / 3)
        async with _present(quick.server.ws_url, alice, room):
            await asyncio.sleep(_GRACE_S + 1)
            assert _told(his, alice) == ["online"]


async def test_a_person_is_away_only_when_all_their_devices_are(quick: Deployment) -> None:
    alice, bob = quick.newcomer(), quick.newcomer()
    room = quick.open_room(alice, [bob])
    url = quick.server.ws_url
    async with _present(url, bob, room) as his, _present(url, alice) as phone, _present(url, alice) as laptop:
        await _hears(his, alice, "online")
        await phone.send("presence.set", state="away")
        await asyncio.sleep(0.5)
        assert _told(his, alice) == ["online"]
        await laptop.send("presence.set", state="away")
        await _hears(his, alice, "away")


async def test_a_restarted_server_shows_nobody_as_gone(two: Deployment) -> None:
    alice, bob = two.newcomer(), two.newcomer()
    room = two.open_room(alice, [bob])
    first, second = two.addresses
    async with _present(second, bob, room) as his:
        async with _present(first, alice, room) as hers:
            await _hears(his, alice, "online")
            two.servers[0].terminate()
            assert await hers.closed(patience=15) == 1012
        async with _present(second, alice, room):
            await asyncio.to_thread(two.servers[0].wait)
            await asyncio.to_thread(two.servers[0].start)
            await asyncio.sleep(_GRACE_S)
            assert _told(his, alice) == ["online"]


async def test_people_of_a_killed_server_are_offline_within_the_time_to_live(two: Deployment) -> None:
    alice, bob, carol = two.newcomer(), two.newcomer(), two.newcomer()
    room = two.open_room(alice, [bob, carol])
    first, second = two.addresses
    async with _present(second, bob, room) as his, _present(second, carol, room):
        async with _present(first, alice, room) as hers:
            await _hears(his, alice, "online")
            two.servers[0].kill()
            killed = time.monotonic()
            await hers.closed()
        try:
            await _hears(his, alice, "offline", patience=_TTL_S + 1)
            assert time.monotonic() - killed < _TTL_S + 0.5  # the last refresh may have been just before
            assert "offline" not in _told(his, carol)
            assert alice.id not in await _present_in(his, room)
        finally:
            await asyncio.to_thread(two.servers[0].start)


async def test_a_wiped_redis_is_filled_again_and_nobody_notices(two: Deployment) -> None:
    alice, bob = two.newcomer(), two.newcomer()
    room = two.open_room(alice, [bob])
    first, second = two.addresses
    assert two.redis is not None
    client = redis.asyncio.Redis.from_url(two.redis.url())
    async with _present(second, bob, room) as his, _present(first, alice, room) as hers:
        await _hears(his, alice, "online")
        await client.flushall()
        await asyncio.sleep(_TTL_S)
        assert _told(his, alice) == ["online"]
        assert "offline" not in _told(hers, bob)
        assert await _present_in(his, room) == {alice.id: "online", bob.id: "online"}
        await hers.send("presence.set", state="away")
        await _hears(his, alice, "away")
    await client.aclose()


async def test_messages_go_on_without_redis_and_presence_comes_back_with_it(postgres_server: str) -> None:
    with full(postgres_server, servers=2, workers=0, **_QUICK) as deployment:
        alice, bob = deployment.person(ALICE), deployment.person(BOB)
        room = deployment.open_room(alice, [bob])
        first, second = deployment.addresses
        assert deployment.redis is not None
        async with _present(second, bob, room) as his, _present(first, alice, room) as hers:
            await _hears(his, alice, "online")
            await asyncio.to_thread(deployment.redis.kill)
            await hers.send("presence.set", state="away")
            began = time.monotonic()
            await hers.send("typing.start", room=room)
            ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="still here")
            assert ok["type"] == "ok"
            assert time.monotonic() - began < 2
            async with sign_in(first, alice.token) as phone:
                assert await phone.is_well()
            await his.reach(room, ok["seq"])
            await asyncio.sleep(_TTL_S)  # long enough for all entries to expire
            await asyncio.to_thread(deployment.redis.start)
            await _hears(his, alice, "away", patience=_TTL_S + 10)
            assert _told(his, alice) == ["online", "away"]
            assert "offline" not in _told(hers, bob)


async def test_strangers_hear_nothing_and_may_not_show_that_they_write(quick: Deployment) -> None:
    alice, bob, mallory = quick.newcomer(), quick.person(BOB), quick.person(MALLORY)
    room, hers_alone = quick.open_room(alice, [bob]), quick.open_room(mallory)
    url = quick.server.ws_url
    async with _present(url, bob, room) as his, _present(url, mallory, hers_alone) as outside:
        async with _present(url, alice, room) as hers:
            await _hears(his, alice, "online")
            await hers.send("typing.start", room=room)
            await his.next("typing")
            for command in ("typing.start", "typing.start", "typing.stop"):
                for where in (room, "no-such-room"):
                    error = await outside.ask(command, room=where)
                    assert (error["type"], error["code"]) == ("error", "not_found"), error
        await _hears(his, alice, "offline", patience=_GRACE_S + _SOON_S)
        assert _told(outside, alice) == []
        assert not [frame for frame in outside.frames if frame["type"] == "typing"]
        assert [frame["user"] for frame in his.frames if frame["type"] == "typing"] == [alice.id]


async def test_a_newcomer_who_is_there_is_shown_to_the_room(quick: Deployment) -> None:
    alice, dora = quick.newcomer(), quick.newcomer()
    room = quick.open_room(alice)
    url = quick.server.ws_url
    async with _present(url, alice, room) as hers, sign_in(url, dora.token) as newcomer:
        await newcomer.ask("subscribe", rooms="all")
        await asyncio.sleep(0.6)
        assert _told(hers, dora) == []
        with quick.rest(alice) as rest:
            await asyncio.to_thread(rest.add_member, room, dora.id)
        await _hears(hers, dora, "online")
        await newcomer.next("room.joined")
        assert await _present_in(newcomer, room) == {alice.id: "online", dora.id: "online"}


async def test_one_frame_tells_of_a_change_however_many_rooms_are_shared(quick: Deployment) -> None:
    alice, bob = quick.newcomer(), quick.newcomer()
    rooms = [quick.open_room(alice, [bob], name=f"Pier {n}") for n in range(4)]
    async with _present(quick.server.ws_url, bob, *rooms) as his:
        async with _present(quick.server.ws_url, alice, *rooms):
            await _hears(his, alice, "online")
        await _hears(his, alice, "offline", patience=_GRACE_S + _SOON_S)
        assert _told(his, alice) == ["online", "offline"]


async def test_a_large_room_hears_neither_presence_nor_typing() -> None:
    with embedded(LIMIT_LARGE_ROOM="3", **_QUICK) as deployment:
        alice, bob, *others = (deployment.person(role) for role in (ALICE, BOB, CAROL, *crowd(1)))
        room = deployment.open_room(alice, [bob, *others])
        url = deployment.server.ws_url
        async with sign_in(url, bob.token) as his:
            assert (await his.subscribe(room)).get("present", []) == []
            async with _present(url, alice, room) as hers:
                await hers.send("typing.start", room=room)
                ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="loud")
                await his.reach(room, ok["seq"])
                await asyncio.sleep(1)
            assert _told(his, alice) == []
            assert not [frame for frame in his.frames if frame["type"] == "typing"]


class TestTyping:
    """Seen by the others, not by oneself; thinned out, and over by itself."""

    @pytest.fixture
    def alice(self, two: Deployment) -> Person:
        return two.newcomer()

    @pytest.fixture
    def bob(self, two: Deployment) -> Person:
        return two.newcomer()

    @pytest.fixture
    def room(self, two: Deployment, alice: Person, bob: Person) -> str:
        return two.open_room(alice, [bob])

    @staticmethod
    def _typing(socket: Socket) -> list[bool]:
        return [frame["on"] for frame in socket.frames if frame["type"] == "typing"]

    async def test_the_others_see_it_once_and_oneself_on_no_device(
        self, two: Deployment, alice: Person, bob: Person, room: str
    ) -> None:
        first, second = two.addresses
        async with (
            _present(first, alice, room) as hers,
            _present(second, alice, room) as phone,
            _present(second, bob, room) as his,
        ):
            for _ in range(5):
                await hers.send("typing.start", room=room)
            frame = await his.next("typing")
            assert frame == {
                "type": "typing",
                "room": room,
                "user": alice.id,
                "on": True,
                "ttl_ms": _TYPING_MS,
            }
            await asyncio.sleep(0.3)
            assert self._typing(his) == [True]
            await hers.send("typing.stop", room=room)
            await hers.send("typing.stop", room=room)
            assert (await his.next("typing"))["on"] is False
            await asyncio.sleep(0.3)
            assert self._typing(his) == [True, False]
            assert self._typing(hers) == self._typing(phone) == []

    @pytest.mark.parametrize("place", [0, 1], ids=["the same server", "another server"])
    async def test_a_message_ends_it_wherever_it_was_sent(
        self, two: Deployment, alice: Person, bob: Person, room: str, place: int
    ) -> None:
        first, second = two.addresses
        async with (
            _present(first, alice, room) as hers,
            _present(first, bob, room) as near,
            _present(second, bob, room) as far,
        ):
            await hers.send("typing.start", room=room)
            for socket in (near, far):
                await socket.next("typing")
            with two.rest(alice, at=place) as rest:
                await asyncio.to_thread(rest.send, room, "said")
            for socket in (near, far):
                assert (await socket.next("typing", patience=_TYPING_MS / 1000))["on"] is False
            await asyncio.sleep(0.3)
            for socket in (near, far):
                assert self._typing(socket) == [True, False]

    async def test_what_has_passed_by_itself_is_not_ended_again(
        self, two: Deployment, alice: Person, bob: Person, room: str
    ) -> None:
        first, second = two.addresses
        async with _present(first, alice, room) as hers, _present(second, bob, room) as his:
            await hers.send("typing.start", room=room)
            await his.next("typing")
            await asyncio.sleep(_TYPING_MS / 1000 + 0.2)
            await hers.send("typing.stop", room=room)
            await hers.is_well()
            await asyncio.sleep(0.3)
            assert self._typing(his) == [True]

    async def test_who_may_not_speak_may_not_show_that_they_write(
        self, two: Deployment, alice: Person, bob: Person, room: str
    ) -> None:
        with two.rest(alice) as rest:
            await asyncio.to_thread(rest.call, "DELETE", f"rooms/{room}/")
        async with _present(two.addresses[0], bob, room) as his:
            error = await his.ask("typing.start", room=room)
            assert (error["type"], error["code"]) == ("error", "archived"), error


async def test_a_slow_reader_loses_typing_and_no_message_and_learns_the_state_later(
    quick: Deployment,
) -> None:
    alice, bob, carol = quick.newcomer(), quick.newcomer(), quick.newcomer()
    room = quick.open_room(alice, [bob, carol])
    url = quick.server.ws_url
    async with (
        _present(url, alice, room) as hers,
        _present(url, bob, room) as his,
        lazy(url, carol.token) as slow,
    ):
        await slow.send(json.dumps({"type": "subscribe", "rooms": [{"room": room}]}))
        await _hears(his, carol, "online")
        for number in range(_FLOOD):
            await hers.send(
                "message.send", id=number, room=room, client_id=str(uuid.uuid4()), text="x" * 16_000
            )
        head = (await hers.reply(_FLOOD - 1, patience=30))["seq"]
        await hers.send("typing.start", room=room)
        await his.next("typing")
        await hers.send("presence.set", state="away")
        await _hears(his, alice, "away")
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] != "presence" or frames[-1]["state"] != "away":
            frames.append(json.loads(await asyncio.wait_for(slow.recv(), 10)))
        seqs = [frame["seq"] for frame in frames if frame["type"] == "event"]
        assert seqs == list(range(head - _FLOOD + 1, head + 1))
        assert not [frame for frame in frames if frame["type"] == "typing"]
