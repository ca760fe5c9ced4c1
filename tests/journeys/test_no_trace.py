"""Earlier text of an edited or deleted message is nowhere: not in the log that is told, not in the database."""

import contextlib
import json
import sqlite3
import uuid
from pathlib import Path

import psycopg

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Frame, Socket, sign_in


async def _do(socket: Socket, command: str, room: str, **fields: object) -> Frame:
    ok = await socket.ask(command, room=room, client_id=str(uuid.uuid4()), **fields)
    assert ok["type"] == "ok", ok
    return ok


async def _everything_told(site: Deployment, person: Person, room: str) -> str:
    """The whole room as it is told to somebody who comes anew: streamed, paged and by REST."""
    async with sign_in(site.ws_url, person.token) as socket:
        head = (await socket.subscribe(room, after=0))["head"]
        await socket.reach(room, head)
        await socket.ask("events.fetch", room=room, after=0)
        told = list(socket.raw)
    with site.rest(person) as rest:
        pages = [rest.call("GET", f"rooms/{room}/{path}") for path in ("events/", "messages/")]
    told.append(json.dumps(pages))
    return "\n".join(told)


def _everything_stored(site: Deployment, room: str) -> str:
    """The room's rows as the database has them, those of the index of search too."""
    indexed = "SELECT words, seq FROM messaging_indexedmessage WHERE room_id = "
    query = "SELECT text, data FROM messaging_event WHERE room_id = "
    if isinstance(site.source, Path):
        with contextlib.closing(sqlite3.connect(f"file:{site.source}?mode=ro", uri=True)) as connection:
            rows = [row for q in (query, indexed) for row in connection.execute(f"{q} ?", [room])]
    else:
        with psycopg.connect(site.source) as session:
            rows = [row for q in (query, indexed) for row in session.execute(f"{q} %s", [room])]
    return "\n".join(f"{text} {data}" for text, data in rows)


async def test_of_an_edited_message_only_the_last_text_is_left(
    site: Deployment, room: str, bob: Person, alice: Person
) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        seq = (await _do(socket, "message.send", room, text="firstword"))["seq"]
        await _do(socket, "message.edit", room, seq=seq, text="secondword")
        await _do(socket, "message.edit", room, seq=seq, text="thirdword")
    for everything in (await _everything_told(site, alice, room), _everything_stored(site, room)):
        assert "thirdword" in everything
        assert "firstword" not in everything
        assert "secondword" not in everything


async def test_of_a_deleted_message_no_text_is_left(
    site: Deployment, room: str, bob: Person, alice: Person
) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        seq = (await _do(socket, "message.send", room, text="firstword"))["seq"]
        await _do(socket, "message.edit", room, seq=seq, text="secondword")
        await _do(socket, "message.delete", room, seq=seq)
    for everything in (await _everything_told(site, alice, room), _everything_stored(site, room)):
        assert "firstword" not in everything
        assert "secondword" not in everything


async def test_a_repeat_of_an_edited_and_of_a_deleted_message_is_still_a_duplicate(
    site: Deployment, room: str, bob: Person
) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        send = {"room": room, "client_id": str(uuid.uuid4()), "text": "firstword"}
        first = await socket.ask("message.send", **send)
        await _do(socket, "message.edit", room, seq=first["seq"], text="secondword")
        edited = await socket.ask("message.send", **send)
        other = await socket.ask("message.send", **(send | {"text": "another"}))
        await _do(socket, "message.delete", room, seq=first["seq"])
        deleted = await socket.ask("message.send", **send)
    for again in (edited, deleted):
        assert (again["type"], again["seq"], again["duplicate"]) == ("ok", first["seq"], True)
    assert (other["type"], other["code"]) == ("error", "conflict")
