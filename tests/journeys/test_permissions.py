"""A change of what a role may do holds at once, on sockets that are open, on whichever server."""

import asyncio
import uuid
from typing import Any

from tests.support.deployments import full
from tests.support.people import ADMIN, ALICE, BOB, CAROL
from tests.support.rest import Rest, token_of
from tests.support.wire import Socket, sign_in

WITHIN = 1.0


async def _say(socket: Socket, room: str) -> str:
    """`ok`, or the code of the refusal."""
    said = await socket.ask("message.send", room=room, text="ho", client_id=str(uuid.uuid4()))
    return str(said["code"] if said["type"] == "error" else said["type"])


async def _becomes(socket: Socket, room: str, wanted: str) -> None:
    async with asyncio.timeout(WITHIN):
        while await _say(socket, room) != wanted:
            pass


async def _hears_of_an_edit(socket: Socket, author: Socket, room: str, seq: int, text: str) -> str:
    edit: dict[str, Any] = {"room": room, "seq": seq, "text": text, "client_id": str(uuid.uuid4())}
    stored = await author.ask("message.edit", **edit)
    event = await socket.wait_for(lambda frame: frame["type"] == "event" and frame["seq"] == stored["seq"])
    return str(event["kind"])


async def test_on_two_servers_rules_of_room_and_site_reach_open_sockets_within_a_second(
    postgres_server: str,
) -> None:
    with full(postgres_server) as deployment:
        alice, bob, carol = (deployment.person(role) for role in (ALICE, BOB, CAROL))
        room = deployment.open_room(alice, [bob])
        url = deployment.server.url
        with (
            Rest(url, token=token_of(url, ADMIN.username, ADMIN.password)) as admin,
            deployment.rest(alice) as owner,
        ):
            early, _ = owner.send(room, "before Carol came")
            owner.call("PATCH", f"rooms/{room}/", {"settings": {"history": "beginning"}})
            owner.add_member(room, carol.id, "guest")
            async with (
                sign_in(deployment.addresses[0], alice.token) as author,
                sign_in(deployment.addresses[1], bob.token) as member,
                sign_in(deployment.addresses[1], carol.token) as guest,
            ):
                await member.subscribe(room)
                await guest.subscribe(room)
                await _speaking(owner, admin, room, member, guest)
                await _lists(owner, room, author, member, guest)
                await _reading(admin, room, author, guest, early["seq"])


async def _lists(owner: Rest, room: str, her: Socket, member: Socket, guest: Socket) -> None:
    """Whoever may see bans, invites and reports is told when there are others, and nobody else."""
    await her.subscribe(room)
    invite = owner.call("POST", f"rooms/{room}/invites/", {})
    assert await _told_of(her, room) == ["invites"]
    owner.call("DELETE", f"rooms/{room}/invites/{invite['id']}/")
    assert await _told_of(her, room) == ["invites"]
    owner.call("PATCH", f"rooms/{room}/permissions/", {"permissions": {"member": {"invite": True}}})
    owner.call("POST", f"rooms/{room}/invites/", {})
    assert await _told_of(member, room) == ["invites"]
    assert await _told_of(her, room) == ["invites"]
    assert [frame["lists"] for frame in member.frames if "lists" in frame] == [{room: ["invites"]}]
    assert not any("lists" in frame for frame in guest.frames)


async def _told_of(socket: Socket, room: str) -> list[str]:
    async with asyncio.timeout(WITHIN):
        beat = await socket.wait_for(lambda frame: frame["type"] == "heartbeat" and "lists" in frame)
    assert set(beat["lists"]) == {room}
    return list(beat["lists"][room])


async def _speaking(owner: Rest, admin: Rest, room: str, member: Socket, guest: Socket) -> None:
    assert await _say(member, room) == await _say(guest, room) == "ok"
    owner.call("PATCH", f"rooms/{room}/permissions/", {"permissions": {"guest": {"post": False}}})
    await _becomes(guest, room, "forbidden")
    assert await _say(member, room) == "ok"
    admin.call("PATCH", "site/permissions/", {"permissions": {"member": {"post": False}}})
    await _becomes(member, room, "forbidden")
    admin.call("PATCH", "site/permissions/", {"permissions": {"member": {"post": None}}})
    await _becomes(member, room, "ok")


async def _reading(admin: Rest, room: str, author: Socket, guest: Socket, seq: int) -> None:
    assert await _hears_of_an_edit(guest, author, room, seq, "one") == "message.edited"
    admin.call("PATCH", "site/permissions/", {"permissions": {"guest": {"read_history": False}}})
    await asyncio.sleep(WITHIN)
    assert await _hears_of_an_edit(guest, author, room, seq, "two") == "tombstone"
    admin.call("PATCH", "site/permissions/", {"permissions": {"guest": {"read_history": None}}})
    await asyncio.sleep(WITHIN)
    assert await _hears_of_an_edit(guest, author, room, seq, "three") == "message.edited"
