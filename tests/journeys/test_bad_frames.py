"""What is no command of the protocol is refused with `bad_request` and the field at fault; the socket lives on."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Frame, Socket, sign_in

_FRAME_BYTES = 65_536
_FRAGMENTS = 64


@pytest_asyncio.fixture
async def socket(site: Deployment, bob: Person) -> AsyncIterator[Socket]:
    """Bob's socket; after each test it and the server are still well."""
    async with sign_in(site.ws_url, bob.token) as socket:
        yield socket


async def _refusal(socket: Socket, raw: str | bytes) -> Frame:
    """Send something and answer the error; the socket must answer a good command afterwards."""
    await socket.send_raw(raw)
    error = await socket.next("error", "ok", "subscribed", "events.page")
    assert error["type"] == "error", error
    assert error["retryable"] is False
    assert error["message"]
    assert await socket.is_well()
    return error


def _raw(command: str, field: str, value: str) -> str:
    """A command with one field written by hand."""
    return f'{{"type":"{command}","id":7,"room":"r","{field}":{value}}}'


def _send(**fields: object) -> str:
    command = {"type": "message.send", "id": 7, "room": "r", "client_id": "0" * 32, "text": "hi"}
    return json.dumps(command | fields)


async def test_an_unknown_type(socket: Socket) -> None:
    error = await _refusal(socket, json.dumps({"type": "message.shout", "id": "a"}))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "type", "a")


@pytest.mark.parametrize("value", [5, None, ["subscribe"], {}], ids=str)
async def test_a_type_that_is_no_string(socket: Socket, value: object) -> None:
    error = await _refusal(socket, json.dumps({"type": value, "id": "a"}))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "type", "a")


async def test_no_type(socket: Socket) -> None:
    error = await _refusal(socket, json.dumps({"id": "a"}))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "type", "a")


async def test_an_unknown_field(socket: Socket) -> None:
    error = await _refusal(socket, _send(colour="red"))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "colour", 7)


async def test_an_unknown_field_within(socket: Socket) -> None:
    command = {"type": "subscribe", "id": 7, "rooms": [{"room": "r", "colour": "red"}]}
    error = await _refusal(socket, json.dumps(command))
    assert (error["code"], error["id"]) == ("bad_request", 7)
    assert "colour" in error["field"]


@pytest.mark.parametrize("field", ["room", "client_id", "text"])
@pytest.mark.parametrize("value", [5, 0.5, True, None, [], {}], ids=str)
async def test_a_wrong_type(socket: Socket, field: str, value: object) -> None:
    error = await _refusal(socket, _send(**{field: value}))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", field, 7)


@pytest.mark.parametrize("field", ["room", "client_id", "text"])
async def test_a_missing_field(socket: Socket, field: str) -> None:
    command = json.loads(_send())
    del command[field]
    error = await _refusal(socket, json.dumps(command))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", field, 7)


@pytest.mark.parametrize("value", ["", "not-a-uuid", "0" * 31, "{" + "0" * 32 + "}", "0" * 33])
async def test_a_client_id_that_is_no_uuid(socket: Socket, value: str) -> None:
    error = await _refusal(socket, _send(client_id=value))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "client_id", 7)


@pytest.mark.parametrize("value", ["all of them", 5, {"room": "r"}, [5], ["r"], [[]]], ids=str)
async def test_rooms_of_a_wrong_shape(socket: Socket, value: object) -> None:
    error = await _refusal(socket, json.dumps({"type": "subscribe", "id": 7, "rooms": value}))
    assert (error["code"], error["id"]) == ("bad_request", 7)
    assert error["field"].startswith("rooms")


@pytest.mark.parametrize("value", [0.5, True, [], {}, "x" * 65, 10**64], ids=lambda value: str(value)[:12])
async def test_an_id_that_is_no_id(socket: Socket, value: object) -> None:
    error = await _refusal(socket, json.dumps({"type": "unsubscribe", "id": value, "rooms": []}))
    assert (error["code"], error["field"]) == ("bad_request", "id")
    assert "id" not in error


@pytest.mark.parametrize("value", ["x" * 64, "", 0, -1, 2**53, "⚓"], ids=lambda value: str(value)[:12])
async def test_every_permitted_id_comes_back(socket: Socket, value: str | int) -> None:
    assert (await socket.ask("unsubscribe", id=value, rooms=[]))["id"] == value


@pytest.mark.parametrize(
    "raw", ["", " ", "{", "}", "[]", "5", "null", '"text"', "[1, 2", '{"type":', "\ufeff{}", "nonsense"]
)
async def test_a_frame_that_is_no_json_object(socket: Socket, raw: str) -> None:
    error = await _refusal(socket, raw)
    assert error["code"] == "bad_request"
    assert error["field"]


@pytest.mark.parametrize("shape", ["open", "closed", "objects"])
async def test_json_as_deep_as_a_frame_can_hold(socket: Socket, shape: str) -> None:
    depth = {"open": _FRAME_BYTES, "closed": _FRAME_BYTES // 2, "objects": _FRAME_BYTES // 6}[shape]
    raw = {
        "open": "[" * depth,
        "closed": "[" * depth + "]" * depth,
        "objects": '{"a":' * depth + "1" + "}" * depth,
    }
    error = await _refusal(socket, raw[shape])
    assert error["code"] == "bad_request"
    assert error["field"]


async def test_a_command_with_a_deep_field(socket: Socket) -> None:
    deep = "[" * 20_000 + "]" * 20_000
    error = await _refusal(socket, _raw("message.send", "text", deep))
    assert error["code"] == "bad_request"
    assert error["field"]


async def test_json_100_000_deep_is_too_large_for_a_frame(site: Deployment, bob: Person) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        await socket.send_raw("[" * 100_000 + "]" * 100_000)
        assert await socket.closed() == 1009
    assert site.server.get("/readyz") == 200


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
async def test_a_number_that_is_not_finite(socket: Socket, raw: str) -> None:
    error = await _refusal(socket, _raw("events.fetch", "after", raw))
    assert (error["code"], error["field"]) == ("bad_request", "after")


@pytest.mark.parametrize("raw", ["1.5", "1e400", "9" * 400, "-0.1", '"1"', "true", str(2**53), str(2**64)])
async def test_a_number_that_is_no_sequence_number(socket: Socket, raw: str) -> None:
    error = await _refusal(socket, _raw("events.fetch", "after", raw))
    assert (error["code"], error["field"], error["id"]) == ("bad_request", "after", 7)


@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff", r"\udc00\ud800", r"a\ud83d", r"\ude00b"])
@pytest.mark.parametrize("field", ["text", "room"])
async def test_a_lone_surrogate(socket: Socket, escape: str, field: str) -> None:
    raw = _send(**{field: "MARK"}).replace("MARK", escape)
    error = await _refusal(socket, raw)
    assert (error["code"], error["field"], error["id"]) == ("bad_request", field, 7)


async def test_a_lone_surrogate_within(socket: Socket) -> None:
    error = await _refusal(socket, r'{"type":"subscribe","id":7,"rooms":[{"room":"\ud800"}]}')
    assert (error["code"], error["id"]) == ("bad_request", 7)
    assert error["field"]


async def test_a_binary_frame(socket: Socket) -> None:
    error = await _refusal(socket, json.dumps({"type": "unsubscribe", "id": 7, "rooms": []}).encode())
    assert error["code"] == "bad_request"
    assert error["field"]


async def test_a_frame_of_64_kib_is_heard(socket: Socket) -> None:
    command = json.dumps({"type": "unsubscribe", "id": 7, "rooms": []})
    await socket.send_raw(command.ljust(_FRAME_BYTES))
    assert (await socket.reply(7))["type"] == "ok"


@pytest.mark.parametrize("size", [_FRAME_BYTES + 1, 65 * 1024, 1024 * 1024])
async def test_a_larger_frame_ends_the_socket_with_1009(site: Deployment, bob: Person, size: int) -> None:
    async with (
        sign_in(site.ws_url, bob.token) as socket,
        sign_in(site.ws_url, bob.token) as other,
    ):
        await socket.send_raw("x" * size)
        assert await socket.closed() == 1009
        assert await other.is_well()
    assert site.server.get("/readyz") == 200


def _fragments(count: int) -> list[str]:
    """A command in so many fragments; `websockets` itself adds the last one, which is empty."""
    command = json.dumps({"type": "unsubscribe", "id": 7, "rooms": []}).ljust(count)
    return [*command[: count - 2], command[count - 2 :]]


async def test_a_frame_in_64_fragments_is_heard(socket: Socket) -> None:
    await socket.send_raw(_fragments(_FRAGMENTS))
    assert (await socket.reply(7))["type"] == "ok"


async def test_a_frame_in_65_fragments_ends_the_socket_with_1009(site: Deployment, bob: Person) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        await socket.send_raw(_fragments(_FRAGMENTS + 1))
        assert await socket.closed() == 1009
    assert site.server.get("/readyz") == 200


async def test_fragments_that_together_are_too_large_end_the_socket_with_1009(
    site: Deployment, bob: Person
) -> None:
    async with sign_in(site.ws_url, bob.token) as socket:
        await socket.send_raw(["x" * 33_000, "x" * 33_000])
        assert await socket.closed() == 1009
    assert site.server.get("/readyz") == 200


async def test_a_hundred_broken_frames_in_a_minute_end_the_socket_with_4400(site: Deployment) -> None:
    async with sign_in(site.ws_url, site.newcomer().token) as socket:
        for _ in range(100):
            await socket.send_raw("nonsense")
        assert await socket.closed() == 4400
        assert len([frame for frame in socket.frames if frame["type"] == "error"]) in (99, 100)
    assert site.server.get("/readyz") == 200
