"""A room's history is opened or closed: what open sockets hear of older messages follows within a second."""

import asyncio
import uuid
from typing import Any

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Socket, sign_in


async def _heard_of_an_edit(socket: Socket, author: Socket, room: str, seq: int, text: str) -> str:
    """The kind of the event that a member hears when an older message is edited."""
    edit: dict[str, Any] = {"room": room, "seq": seq, "text": text, "client_id": str(uuid.uuid4())}
    stored = await author.ask("message.edit", **edit)
    event = await socket.wait_for(lambda frame: frame["type"] == "event" and frame["seq"] == stored["seq"])
    return str(event["kind"])


async def test_opening_and_closing_the_history_reaches_open_sockets(
    site: Deployment, alice: Person, bob: Person
) -> None:
    room = site.open_room(alice)
    url = site.ws_url
    async with sign_in(url, alice.token) as owner, sign_in(url, bob.token) as member:
        with site.rest(alice) as rest:
            early, _ = rest.send(room, "before Bob came")
            rest.add_member(room, bob.id)
            await member.subscribe(room, after=0)
            seq = early["seq"]
            assert await _heard_of_an_edit(member, owner, room, seq, "one") == "tombstone"
            rest.call("PATCH", f"rooms/{room}/", {"settings": {"history": "beginning"}})
            await asyncio.sleep(1)
            assert await _heard_of_an_edit(member, owner, room, seq, "two") == "message.edited"
            rest.call("PATCH", f"rooms/{room}/", {"settings": {"history": "joined"}})
            await asyncio.sleep(1)
            assert await _heard_of_an_edit(member, owner, room, seq, "three") == "tombstone"


async def test_who_catches_up_past_the_change_hears_by_the_new_rule(
    site: Deployment, alice: Person, bob: Person
) -> None:
    room = site.open_room(alice)
    url = site.ws_url
    with site.rest(alice) as rest:
        early, _ = rest.send(room, "before Bob came")
        rest.add_member(room, bob.id)
        rest.call("PATCH", f"rooms/{room}/", {"settings": {"history": "beginning"}})
    async with sign_in(url, alice.token) as owner, sign_in(url, bob.token) as member:
        entry = await member.subscribe(room, after=0)
        assert entry["min_seq"] == 1
        await member.reach(room, entry["head"])
        assert await _heard_of_an_edit(member, owner, room, early["seq"], "two") == "message.edited"
