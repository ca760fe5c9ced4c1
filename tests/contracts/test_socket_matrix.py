"""Every command of the socket as every kind of person: each cell of the table is asked on a running server.

A command that has no row fails. Strangers hear the same bytes about what is not theirs and what is not there.
"""

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from messaging.protocol import AnyCommand
from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE, BOB, CAROL, MALLORY, ROBO, Role
from tests.support.rest import Person, Rest
from tests.support.wire import Socket, dial, sign_in

ACTORS = ("owner", "moderator", "member", "guest", "outside", "bot", "nobody")
MONA = Role("mona", "Mona Mayer", room_role="moderator")
MADE_UP = "0" * 16


class Row(NamedTuple):
    """A command, the scope it needs, and what each of `ACTORS` hears: a frame's type, an error's code, or nothing."""

    command: str
    scope: str
    fields: dict[str, Any]
    heard: tuple[str, ...]


def row(command: str, scope: str, heard: str, **fields: Any) -> Row:
    """`ROOM`, `SEQ` and `KEY` in `fields` stand for the room, Bob's message in it and a new UUID."""
    return Row(command, scope, fields, tuple(heard.split()))


ONE_ROOM = [{"room": "ROOM", "after": 0}]
CHANGE = {"room": "ROOM", "client_id": "KEY"}
#                             owner moderator member guest outside bot nobody
TABLE = [
    row(
        "subscribe",
        "read",
        "subscribed subscribed subscribed subscribed not_found subscribed 4401",
        rooms=ONE_ROOM,
    ),
    row("unsubscribe", "read", "ok ok ok ok ok ok 4401", rooms=["ROOM"]),
    row("message.send", "write", "ok ok ok ok not_found ok 4401", **CHANGE, text="hi"),
    row("message.send", "write", "ok ok ok ok not_found ok 4401", **CHANGE, text="hi", reply_to="SEQ"),
    row(
        "message.edit",
        "write",
        "forbidden forbidden ok forbidden not_found forbidden 4401",
        **CHANGE,
        seq="SEQ",
        text="ho",
    ),
    row("message.delete", "write", "ok ok ok forbidden not_found forbidden 4401", **CHANGE, seq="SEQ"),
    row("reaction.add", "write", "ok ok ok ok not_found ok 4401", **CHANGE, seq="SEQ", emoji="⚓"),
    row("reaction.remove", "write", "ok ok ok ok not_found ok 4401", **CHANGE, seq="SEQ", emoji="⚓"),
    row(
        "events.fetch",
        "read",
        "events.page events.page events.page events.page not_found events.page 4401",
        room="ROOM",
        after=0,
    ),
    row("receipt.delivered", "write", "- - - - not_found - 4401", room="ROOM", seq=3),
    row("receipt.read", "write", "- - - - not_found - 4401", room="ROOM", seq=3),
    row("typing.start", "write", "- - - - not_found - 4401", room="ROOM"),
    row("typing.stop", "write", "- - - - not_found - 4401", room="ROOM"),
    row("presence.set", "read", "- - - - - - 4401", state="away"),
    row("pong", "", "- - - - - - 4401", n=1),
]
IDS = [f"{row.command}{'-to' if 'reply_to' in row.fields else ''}" for row in TABLE]


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    known = {str(command.__struct_config__.tag) for command in AnyCommand.__args__}
    assert {row.command for row in TABLE} == known


@dataclass
class World:
    """A running server with everybody on it, and a room in which Bob says something for each cell."""

    site: Deployment
    people: dict[str, Person]
    room: str
    bob: Rest

    def fields(self, row: Row, **changed: Any) -> dict[str, Any]:
        """The command's fields, with a new message of Bob's where one is meant."""
        text = json.dumps(row.fields)
        if '"SEQ"' in text:
            event, _ = self.bob.send(self.room, "hi")
            text = text.replace('"SEQ"', str(event["seq"]))
        text = text.replace("KEY", str(uuid.uuid4())).replace("ROOM", changed.pop("room", self.room))
        return {**json.loads(text), **changed}

    def token(self, person: Person, *scopes: str) -> str:
        """A new token with these scopes only."""
        with self.site.rest(person) as rest:
            return str(rest.call("POST", "auth/tokens/", {"name": "narrow", "scopes": list(scopes)})["token"])


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with embedded() as site:
        cast = {
            "owner": ALICE,
            "moderator": MONA,
            "member": BOB,
            "guest": CAROL,
            "outside": MALLORY,
            "bot": ROBO,
        }
        people = {actor: site.person(role) for actor, role in cast.items()}
        with site.rest(people["owner"]) as rest:
            room = rest.create_room("Harbour")
            for actor in ("moderator", "member", "guest"):
                rest.add_member(room, people[actor].id, actor)
            rest.add_member(room, people["bot"].id)
        yield World(site, people, room, site.rest(people["member"]))


async def hear(socket: Socket, row: Row, fields: dict[str, Any], *, expected: str) -> tuple[str, str]:
    """What comes back to a command, in a word and as the bytes that came; nothing is waited for a moment."""
    patience = 0.4 if expected == "-" else 10.0
    try:
        reply = await asyncio.wait_for(_reply(socket, row, fields), patience)
    except TimeoutError:
        assert (await socket.ask("unsubscribe", rooms=[]))["type"] in ("ok", "error")
        return "-", ""
    raw = socket.raw[socket.frames.index(reply)]
    if reply["type"] == "subscribed" and "error" in reply["rooms"][0]:
        return reply["rooms"][0]["error"]["code"], raw
    return reply.get("code", reply["type"]), raw


async def _reply(socket: Socket, row: Row, fields: dict[str, Any]) -> dict[str, Any]:
    await socket.send(row.command, **{"id": "asked", **fields})
    return await socket.reply("asked", patience=30)


@pytest.mark.parametrize("row", TABLE, ids=IDS)
async def test_each_may_do_what_the_table_says_and_nothing_else(world: World, row: Row) -> None:
    for actor, expected in zip(ACTORS, row.heard, strict=True):
        if actor == "nobody":
            async with dial(world.site.server.ws_url) as socket:
                assert str(await socket.closed()) == expected
            continue
        async with sign_in(world.site.server.ws_url, world.people[actor].token) as socket:
            heard, _ = await hear(socket, row, world.fields(row), expected=expected)
            assert heard == expected, actor


@pytest.mark.parametrize("row", [row for row in TABLE if row.scope], ids=lambda row: row.command)
async def test_a_token_needs_the_scope_that_the_table_says(world: World, row: Row) -> None:
    bob = world.people["member"]
    others = [scope for scope in ("read", "write", "admin") if scope != row.scope]
    async with sign_in(world.site.server.ws_url, world.token(bob, *others)) as socket:
        assert (await hear(socket, row, world.fields(row), expected="forbidden"))[0] == "forbidden"
    expected = row.heard[ACTORS.index("member")]
    async with sign_in(world.site.server.ws_url, world.token(bob, row.scope)) as socket:
        assert (await hear(socket, row, world.fields(row), expected=expected))[0] == expected


STRANGERS = [row for row in TABLE if row.heard[ACTORS.index("outside")] == "not_found"]


@pytest.mark.parametrize("row", STRANGERS, ids=lambda row: row.command)
async def test_strangers_hear_the_same_bytes_about_what_is_not_theirs_and_what_is_not_there(
    world: World, row: Row
) -> None:
    answers = set()
    async with sign_in(world.site.server.ws_url, world.people["outside"].token) as socket:
        for number, room in enumerate((world.room, MADE_UP, "nonsense", "", "⚓" * 40)):
            fields = world.fields(row, id=f"asked{number}", room=room)
            await socket.send(row.command, **fields)
            reply = await socket.reply(f"asked{number}")
            raw = socket.raw[socket.frames.index(reply)]
            answers.add(
                raw.replace(f"asked{number}", "asked").replace(json.dumps(room, ensure_ascii=False), "ROOM")
            )
    assert len(answers) == 1
