"""Edits, deletions and reactions that cannot be: each has its code, and nothing of them is in the log."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.deployments import Deployment
from tests.support.rest import ApiError, Person
from tests.support.wire import Frame, Socket, sign_in

_KINDS = 50
_EMOJI = [chr(sign) for sign in (*range(0x1F400, 0x1F43F), *range(0x1F345, 0x1F37D))]


@pytest_asyncio.fixture
async def socket(site: Deployment, bob: Person) -> AsyncIterator[Socket]:
    """Bob's socket; it is well after each test."""
    async with sign_in(site.ws_url, bob.token) as socket:
        yield socket
        assert await socket.is_well()


@pytest.fixture
def hers(site: Deployment, room: str, alice: Person) -> int:
    """The number of a message of Alice."""
    with site.rest(alice) as rest:
        return int(rest.send(room, "Alice said so")[0]["seq"])


async def _change(socket: Socket, command: str, room: str, seq: object, **fields: object) -> Frame:
    return await socket.ask(command, room=room, client_id=str(uuid.uuid4()), seq=seq, **fields)


async def _said(socket: Socket, room: str, text: str = "Bob said so") -> int:
    ok = await socket.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)
    return int(ok["seq"])


async def _head(socket: Socket, room: str) -> int:
    return int((await socket.subscribe(room))["head"])


_COMMANDS = {
    "message.edit": {"text": "other words"},
    "message.delete": {},
    "reaction.add": {"emoji": "⚓"},
    "reaction.remove": {"emoji": "⚓"},
}


@pytest.mark.parametrize("command", ["message.edit", "message.delete"])
async def test_what_another_said_is_not_ones_to_change(
    socket: Socket, room: str, hers: int, command: str
) -> None:
    error = await _change(socket, command, room, hers, **_COMMANDS[command])
    assert (error["type"], error["code"], error["retryable"]) == ("error", "forbidden", False)
    assert await _head(socket, room) == hers


@pytest.mark.parametrize("command", ["message.edit", "reaction.add"])
async def test_a_deleted_message_takes_no_change(socket: Socket, room: str, command: str) -> None:
    seq = await _said(socket, room)
    assert (await _change(socket, "message.delete", room, seq))["type"] == "ok"
    error = await _change(socket, command, room, seq, **_COMMANDS[command])
    assert (error["type"], error["code"]) == ("error", "not_found")
    again = await _change(socket, "message.delete", room, seq)
    assert (again["type"], again["duplicate"]) == ("ok", True)
    assert await _head(socket, room) == seq + 1


@pytest.mark.parametrize("command", _COMMANDS)
@pytest.mark.parametrize("seq", [1, 99, 2**53 - 1], ids=["no message", "not yet", "beyond all"])
async def test_what_is_no_message_is_not_found(socket: Socket, room: str, command: str, seq: int) -> None:
    error = await _change(socket, command, room, seq, **_COMMANDS[command])
    assert (error["type"], error["code"], error["room"]) == ("error", "not_found", room)
    assert await _head(socket, room) == 3


@pytest.mark.parametrize("command", _COMMANDS)
@pytest.mark.parametrize("seq", [-1, 2**53, 1.5, "1", None], ids=str)
async def test_what_is_no_seq_is_refused(socket: Socket, room: str, command: str, seq: object) -> None:
    error = await _change(socket, command, room, seq, **_COMMANDS[command])
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "seq")


@pytest.mark.parametrize("command", _COMMANDS)
async def test_a_change_of_another_epoch_is_refused(socket: Socket, room: str, command: str) -> None:
    seq = await _said(socket, room)
    error = await _change(socket, command, room, seq, epoch="another", **_COMMANDS[command])
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "epoch")
    assert await _head(socket, room) == seq


@pytest.mark.parametrize(
    ("text", "code"), [("", "bad_request"), (" \n", "bad_request"), ("x" * 16_385, "too_large")]
)
async def test_a_message_is_not_edited_to_what_cannot_be_said(
    socket: Socket, room: str, text: str, code: str
) -> None:
    seq = await _said(socket, room)
    error = await _change(socket, "message.edit", room, seq, text=text)
    assert (error["type"], error["code"], error["field"]) == ("error", code, "text")
    assert await _head(socket, room) == seq


@pytest.mark.parametrize("emoji", ["", "x", "⚓⚓", "⚓x", ":anchor:", "1", "\u200d", "👍 ", "⚓" * 200])
async def test_what_is_not_one_emoji_is_no_reaction(
    socket: Socket, site: Deployment, bob: Person, room: str, hers: int, emoji: str
) -> None:
    error = await _change(socket, "reaction.add", room, hers, emoji=emoji)
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "emoji")
    if emoji:
        with site.rest(bob) as rest, pytest.raises(ApiError) as refused:
            rest.call("PUT", f"rooms/{room}/messages/{hers}/reactions/{emoji}/")
        assert (refused.value.status, refused.value.code) == (400, "bad_request")
    assert await _head(socket, room) == hers


async def test_of_a_hundred_kinds_of_reactions_a_message_takes_fifty(
    socket: Socket, room: str, hers: int
) -> None:
    answers = [await _change(socket, "reaction.add", room, hers, emoji=emoji) for emoji in _EMOJI[:100]]
    assert [answer["type"] for answer in answers] == ["ok"] * _KINDS + ["error"] * (100 - _KINDS)
    assert {answer["code"] for answer in answers[_KINDS:]} == {"too_large"}
    assert await _head(socket, room) == hers + _KINDS
    assert (await _change(socket, "reaction.remove", room, hers, emoji=_EMOJI[0]))["type"] == "ok"
    assert (await _change(socket, "reaction.add", room, hers, emoji=_EMOJI[70]))["type"] == "ok"


async def test_what_is_so_already_is_a_duplicate_and_no_event(socket: Socket, room: str, hers: int) -> None:
    first = await _change(socket, "reaction.add", room, hers, emoji="⚓")
    again = await _change(socket, "reaction.add", room, hers, emoji="⚓")
    assert (first.get("duplicate", False), again["duplicate"]) == (False, True)
    never = await _change(socket, "reaction.remove", room, hers, emoji="🐢")
    assert (never["type"], never["duplicate"]) == ("ok", True)
    assert await _head(socket, room) == first["seq"]


async def test_the_same_change_again_is_answered_with_the_first_seq_and_another_is_a_conflict(
    socket: Socket, room: str
) -> None:
    seq = await _said(socket, room)
    edit = {"room": room, "client_id": str(uuid.uuid4()), "seq": seq, "text": "other words"}
    first = await socket.ask("message.edit", **edit)
    again = await socket.ask("message.edit", **edit)
    assert (again["type"], again["seq"], again["duplicate"]) == ("ok", first["seq"], True)
    other = await socket.ask("message.edit", **(edit | {"text": "third words"}))
    assert (other["type"], other["code"]) == ("error", "conflict")
    assert await _head(socket, room) == first["seq"]


async def test_over_rest_it_is_refused_alike(site: Deployment, room: str, hers: int, bob: Person) -> None:
    refusals = []
    with site.rest(bob) as rest:
        for method, seq, body in (
            ("PATCH", hers, {"text": "other"}),
            ("DELETE", hers, None),
            ("PATCH", 1, {"text": "other"}),
            ("PATCH", 99, {"text": "other"}),
            ("DELETE", "nonsense", None),
        ):
            with pytest.raises(ApiError) as refused:
                rest.call(method, f"rooms/{room}/messages/{seq}/", body)
            refusals.append((refused.value.status, refused.value.code))
    assert refusals == [(403, "forbidden")] * 2 + [(404, "not_found")] * 3
