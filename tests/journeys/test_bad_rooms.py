"""A room that one may not see and a room that does not exist give the same answer, byte for byte."""

import json
import uuid
from collections.abc import Callable

import pytest

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Frame, sign_in

_NEVER_MADE = "zzzzzzzzzzzzzzzz"
_ODD = ("", "x", "../admin", "' OR 1=1", "⚓" * 16, "%00", "\0" * 16, "x" * 65, "x" * 5000)


def _send(room: str) -> Frame:
    return {"type": "message.send", "room": room, "client_id": str(uuid.uuid4()), "text": "let me in"}


def _fetch(room: str) -> Frame:
    return {"type": "events.fetch", "room": room, "after": 0}


def _subscribe(room: str) -> Frame:
    return {"type": "subscribe", "rooms": [{"room": room, "after": 0}]}


COMMANDS = [_send, _fetch, _subscribe]


async def _raw_answer(site: Deployment, person: Person, command: Frame, room: str) -> str:
    """The bytes of the one reply, with the room's name taken out of them."""
    async with sign_in(site.ws_url, person.token) as socket:
        await socket.send(command.pop("type"), id="same", **command)
        frame = await socket.reply("same")
        raw = socket.raw[socket.frames.index(frame)]
        assert await socket.is_well()
    assert json.dumps("not_found") in raw, raw
    return raw.replace(json.dumps(room, ensure_ascii=False), "ROOM").replace(json.dumps(room), "ROOM")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__.strip("_"))
async def test_anothers_room_and_no_room_answer_alike(
    site: Deployment, room: str, mallory: Person, command: Callable[[str], Frame]
) -> None:
    with site.rest(mallory) as rest:
        assert room not in [mine["id"] for mine in rest.call("GET", "rooms/")["results"]]
    anothers = await _raw_answer(site, mallory, command(room), room)
    never_made = await _raw_answer(site, mallory, command(_NEVER_MADE), _NEVER_MADE)
    assert anothers == never_made


@pytest.mark.parametrize("odd", _ODD, ids=lambda odd: ascii(odd[:20]))
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__.strip("_"))
async def test_an_odd_string_answers_like_a_room_that_was_never_made(
    site: Deployment, mallory: Person, command: Callable[[str], Frame], odd: str
) -> None:
    never_made = await _raw_answer(site, mallory, command(_NEVER_MADE), _NEVER_MADE)
    assert await _raw_answer(site, mallory, command(odd), odd) == never_made


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", "", None),
        ("GET", "events/", None),
        ("GET", "messages/", None),
        ("GET", "members/", None),
        ("POST", "messages/", {"text": "let me in"}),
        ("POST", "members/", {"user": "x"}),
        ("POST", "join/", None),
        ("POST", "leave/", None),
        ("DELETE", "", None),
        ("PATCH", "", {"name": "Mine"}),
    ],
    ids=str,
)
async def test_anothers_room_and_no_room_answer_alike_over_rest(
    site: Deployment, room: str, mallory: Person, request_: tuple[str, str, Frame | None]
) -> None:
    method, path, body = request_
    with site.rest(mallory) as rest:
        answers = [
            rest.http.request(method, f"rooms/{name}/{path}", json=body) for name in (room, _NEVER_MADE)
        ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["error"]["code"] == "not_found"
