"""Watermarks over real sockets: told to all, clamped, never falling, the same on every device and after coming back."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable

import pytest

from tests.support.deployments import Deployment, embedded, full
from tests.support.people import ALICE, BOB, CAROL
from tests.support.rest import Person, Rest
from tests.support.wire import Frame, Socket, sign_in

_SOON_S = 8.0


def _marks(socket: Socket, person: Person) -> list[tuple[int, int]]:
    """What this socket was told of somebody's watermarks so far."""
    told = [frame for frame in socket.frames if frame["type"] == "receipt" and frame.get("user") == person.id]
    return [(frame["delivered"], frame["read"]) for frame in told]


async def _hears(socket: Socket, person: Person, delivered: int, read: int) -> Frame:
    wanted = {"type": "receipt", "user": person.id, "delivered": delivered, "read": read}
    return await socket.wait_for(lambda frame: wanted.items() <= frame.items(), patience=_SOON_S)


def _told(entry: Frame) -> dict[str, tuple[int, int]]:
    """The marks in a room's entry in `subscribed`, by person."""
    return {mark["user"]: (mark["delivered"], mark["read"]) for mark in entry["receipts"]}


async def _until(true: Callable[[], bool]) -> None:
    """Wait until the database says so: a task of the worker is to store it."""
    deadline = time.monotonic() + _SOON_S
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_marks_are_told_clamped_to_the_head_and_never_fall(
    site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    with site.rest(alice) as rest:
        async with sign_in(site.ws_url, alice.token) as hers, sign_in(site.ws_url, bob.token) as his:
            await hers.subscribe(room)
            await his.subscribe(room)
            first = rest.send(room, "one")[0]["seq"]
            await his.reach(room, first)
            await his.send("receipt.read", room=room, seq=2**53 - 1)
            frame = await _hears(hers, bob, first, first)
            assert frame["at"].endswith("Z")
            await his.send("receipt.read", room=room, seq=1)
            await his.send("receipt.delivered", room=room, seq=2)
            second = rest.send(room, "two")[0]["seq"]
            await his.reach(room, second)
            await his.send("receipt.delivered", room=room, seq=second)
            await _hears(hers, bob, second, first)
            assert _marks(hers, bob) == [(first, first), (second, first)]
            assert not [frame for frame in his.frames if frame["type"] == "error"]


async def test_reading_on_one_device_is_told_to_the_others(
    site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    async with sign_in(site.ws_url, bob.token) as phone, sign_in(site.ws_url, bob.token) as laptop:
        await phone.subscribe(room)
        await laptop.ask("subscribe", rooms="all")
        with site.rest(alice) as rest:
            seq = rest.send(room, "for @bob")[0]["seq"]
        await phone.reach(room, seq)
        await phone.send("receipt.read", room=room, seq=seq)
        await _hears(laptop, bob, seq, seq)


async def test_who_comes_back_is_told_all_marks_and_what_waits(
    site: Deployment, room: str, alice: Person, bob: Person, carol: Person
) -> None:
    with site.rest(alice) as rest:
        seqs = [rest.send(room, f"{number} for @bob")[0]["seq"] for number in range(3)]
    async with sign_in(site.ws_url, bob.token) as socket:
        await socket.subscribe(room)
        await socket.send("receipt.delivered", room=room, seq=seqs[2])
        await socket.send("receipt.read", room=room, seq=seqs[0])
        await _hears(socket, bob, seqs[2], seqs[0])
    async with sign_in(site.ws_url, bob.token) as socket, sign_in(site.ws_url, carol.token) as hers:
        assert _told(await hers.subscribe(room))[bob.id] == (seqs[2], seqs[0])
        entry = await socket.subscribe(room)
        assert (entry["delivered"], entry["read"]) == (seqs[2], seqs[0])
        assert (entry["unread"], entry["mentions"]) == (2, 2)
        # Who never told a mark is where they came in.
        assert _told(entry) == {bob.id: (seqs[2], seqs[0]), alice.id: (1, 1), carol.id: (3, 3)}


async def test_no_mark_falls_for_whoever_comes_to_another_server(
    site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    async with sign_in(site.ws_url, alice.token) as hers, sign_in(site.ws_url, bob.token) as his:
        await hers.subscribe(room)
        await his.subscribe(room)
        for number in range(8):
            sent = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=f"{number}")
            await his.send("receipt.read", room=room, seq=sent["seq"])
            await _hears(hers, bob, sent["seq"], sent["seq"])
            for address, person in itertools.product(site.addresses, (alice, bob)):
                async with sign_in(address, person.token) as elsewhere:
                    entry = await elsewhere.subscribe(room)
                    assert _told(entry)[bob.id] == (sent["seq"], sent["seq"])
                    assert person is alice or (entry["read"], entry["unread"]) == (sent["seq"], 0)


async def test_without_a_worker_the_server_stores_and_tells_receipts(
    full_site: Deployment, site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    if site is not full_site:
        pytest.skip("an embedded worker is no process of its own")
    async with sign_in(site.addresses[0], alice.token) as hers, sign_in(site.addresses[1], bob.token) as his:
        await hers.subscribe(room)
        await his.subscribe(room)
        site.workers[0].freeze()
        try:
            sent = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="anybody?")
            await his.send("receipt.read", room=room, seq=sent["seq"])
            await _hears(hers, bob, sent["seq"], sent["seq"])
        finally:
            site.workers[0].thaw()
        assert _told(await hers.subscribe(room))[bob.id] == (sent["seq"], sent["seq"])


async def test_since_when_a_message_is_there_and_read_is_kept(
    site: Deployment, room: str, alice: Person, bob: Person, carol: Person
) -> None:
    with site.rest(alice) as rest:
        seq = rest.send(room, "who has this?")[0]["seq"]
        async with sign_in(site.ws_url, bob.token) as his, sign_in(site.ws_url, carol.token) as hers:
            await his.send("receipt.read", room=room, seq=seq)
            await hers.send("receipt.delivered", room=room, seq=seq)
            path = f"rooms/{room}/messages/{seq}/receipts/"
            await _until(lambda: all("delivered_at" in m for m in rest.call("GET", path)["members"]))
        answer = rest.call("GET", path)
    people = {member["user"]: member for member in answer["members"]}
    assert people.keys() == {bob.id, carol.id}
    assert answer["sent_at"] <= people[bob.id]["delivered_at"] == people[bob.id]["read_at"]
    assert "read_at" not in people[carol.id]


async def test_the_same_over_rest_is_clamped_and_never_falls(
    site: Deployment, room: str, alice: Person, bob: Person
) -> None:
    def move(rest: Rest, **marks: int) -> tuple[int, int]:
        answer = rest.call("PUT", f"rooms/{room}/receipt/", marks)
        return answer["delivered"], answer["read"]

    with site.rest(bob) as rest:
        head = rest.send(room, "one")[0]["seq"]
        async with sign_in(site.ws_url, alice.token) as hers:
            await hers.subscribe(room)
            assert move(rest, delivered=10**6) == (head, 2)
            assert move(rest, read=10**6) == (head, head)
            assert move(rest, delivered=1, read=1) == (head, head)
            await _hears(hers, bob, head, head)


@pytest.mark.parametrize("command", ["receipt.delivered", "receipt.read"])
@pytest.mark.parametrize("seq", [-1, 2**53, 1.5, "1", None], ids=str)
async def test_a_mark_that_is_no_seq_is_refused(
    site: Deployment, room: str, bob: Person, command: str, seq: object
) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        await socket.send(command, room=room, seq=seq)
        error = await socket.next("error")
        assert (error["code"], error["field"]) == ("bad_request", "seq")
        assert await socket.is_well()


async def test_a_mark_in_a_room_of_others_is_refused_and_stored_nowhere(
    site: Deployment, room: str, mallory: Person, alice: Person
) -> None:
    async with sign_in(site.ws_url, mallory.token) as socket, sign_in(site.ws_url, alice.token) as hers:
        await hers.subscribe(room)
        for name in (room, "nowhere"):
            await socket.send("receipt.read", room=name, seq=1)
        errors = [await socket.next("error") for _ in range(2)]
        assert [error.pop("room") for error in errors] == [room, "nowhere"]
        assert errors[0] == errors[1]
        assert errors[0]["code"] == "not_found"
        assert _marks(hers, mallory) == []


@pytest.mark.parametrize("kind", ["embedded", "full"])
async def test_a_large_room_hears_sums_and_each_person_their_own_marks(
    request: pytest.FixtureRequest, kind: str
) -> None:
    limit = "2"
    deployment = (
        embedded(LIMIT_LARGE_ROOM=limit)
        if kind == "embedded"
        else full(request.getfixturevalue("postgres_server"), workers=1, LIMIT_LARGE_ROOM=limit)
    )
    with deployment as site:
        alice, bob, carol = site.person(ALICE), site.person(BOB), site.person(CAROL)
        room = site.open_room(alice, [bob, carol])
        with site.rest(alice) as rest:
            seq = rest.send(room, "to many")[0]["seq"]
        async with (
            sign_in(site.ws_url, alice.token) as hers,
            sign_in(site.ws_url, bob.token) as phone,
            sign_in(site.ws_url, bob.token) as laptop,
        ):
            for socket in (hers, phone, laptop):
                entry = await socket.subscribe(room)
                assert "receipts" not in entry or entry["receipts"] in ([], None)
            await phone.send("receipt.read", room=room, seq=seq)
            await _hears(laptop, bob, seq, seq)
            summary = await hers.wait_for(
                lambda frame: frame["type"] == "receipt" and "summary" in frame, patience=_SOON_S
            )
            assert summary["summary"] == {"seq": seq, "delivered": 1, "read": 1}
            assert _marks(hers, bob) == []
            await asyncio.sleep(1)
            assert len([frame for frame in hers.frames if "summary" in frame]) == 1
            with site.rest(carol) as rest:
                await asyncio.to_thread(rest.call, "PUT", f"rooms/{room}/receipt/", {"delivered": seq})
            summary = await hers.wait_for(
                lambda frame: frame.get("summary", {}).get("delivered") == 2, patience=_SOON_S
            )
            assert summary["summary"] == {"seq": seq, "delivered": 2, "read": 1}
