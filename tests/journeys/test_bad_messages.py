"""Messages that cannot be taken: each has its error code, and nothing of them is stored."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.deployments import Deployment
from tests.support.rest import ApiError, Person
from tests.support.wire import Frame, Socket, sign_in

_TEXT_BYTES = 16_384


@pytest_asyncio.fixture
async def socket(site: Deployment, bob: Person) -> AsyncIterator[Socket]:
    """Bob's socket."""
    async with sign_in(site.ws_url, bob.token) as socket:
        yield socket


async def _send(socket: Socket, room: str, text: str, **fields: object) -> Frame:
    fields = {"client_id": str(uuid.uuid4()), **fields}
    return await socket.ask("message.send", room=room, text=text, **fields)


async def _assert_nothing_is_stored(socket: Socket, room: str) -> None:
    assert await socket.is_well()
    page = await socket.ask("events.fetch", room=room, after=0)
    assert {event["kind"] for event in page["events"]} == {"member.joined"}


@pytest.mark.parametrize(
    "text",
    ["x" * (_TEXT_BYTES + 1), "ü" * (_TEXT_BYTES // 2) + "x", "x" * 40_000],
    ids=["ascii", "utf8", "huge"],
)
async def test_a_text_over_16_kib_is_too_large(socket: Socket, room: str, text: str) -> None:
    error = await _send(socket, room, text)
    assert (error["type"], error["code"], error["field"]) == ("error", "too_large", "text")
    assert error["retryable"] is False
    await _assert_nothing_is_stored(socket, room)


@pytest.mark.parametrize("text", ["x" * _TEXT_BYTES, "ü" * (_TEXT_BYTES // 2)], ids=["ascii", "utf8"])
async def test_a_text_of_16_kib_is_stored_whole(socket: Socket, room: str, text: str) -> None:
    assert (await _send(socket, room, text))["seq"] == 4
    page = await socket.ask("events.fetch", room=room, after=3)
    assert page["events"][0]["data"]["text"] == text


@pytest.mark.parametrize("text", ["", " ", "\n\t  \r\n", "\u00a0\u2003\u3000", "\u2028\u2029"], ids=ascii)
async def test_a_text_without_anything_to_read_is_refused(socket: Socket, room: str, text: str) -> None:
    error = await _send(socket, room, text)
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "text")
    await _assert_nothing_is_stored(socket, room)


@pytest.mark.parametrize("text", ["\0", "a\0b", "hello\0"], ids=ascii)
async def test_a_text_with_nul_is_refused(socket: Socket, room: str, text: str) -> None:
    error = await _send(socket, room, text)
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "text")
    await _assert_nothing_is_stored(socket, room)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "' OR 1=1; --",
        "\x01\x1b[31m",
        "\u202eabc",
        "e\u0301\u0300" * 50,
        "👩‍👩‍👧‍👦",
        "\ufffe\uffff",
        "\r\n x",
    ],
    ids=ascii,
)
async def test_any_other_text_comes_back_as_it_was_sent(socket: Socket, room: str, text: str) -> None:
    await socket.subscribe(room)
    ok = await _send(socket, room, text)
    assert ok["type"] == "ok", ok
    event = await socket.next("event")
    assert (event["seq"], event["data"]["text"]) == (ok["seq"], text)


async def test_a_repeat_is_answered_with_the_first_seq(socket: Socket, room: str) -> None:
    client_id = str(uuid.uuid4())
    first = await _send(socket, room, "once", client_id=client_id)
    again = await _send(socket, room, "once", client_id=client_id)
    upper = await _send(socket, room, "once", client_id=client_id.upper())
    assert first.get("duplicate", False) is False
    for repeat in (again, upper):
        assert (repeat["seq"], repeat["at"], repeat["duplicate"]) == (first["seq"], first["at"], True)
    page = await socket.ask("events.fetch", room=room, after=3)
    assert [event["data"]["text"] for event in page["events"]] == ["once"]


async def test_a_repeat_with_another_text_is_a_conflict(socket: Socket, room: str) -> None:
    client_id = str(uuid.uuid4())
    await _send(socket, room, "once", client_id=client_id)
    error = await _send(socket, room, "twice", client_id=client_id)
    assert (error["type"], error["code"], error["retryable"]) == ("error", "conflict", False)
    page = await socket.ask("events.fetch", room=room, after=3)
    assert [event["data"]["text"] for event in page["events"]] == ["once"]
    assert await socket.is_well()


async def test_the_same_client_id_of_another_sender_is_another_message(
    site: Deployment, socket: Socket, room: str, alice: Person
) -> None:
    client_id = str(uuid.uuid4())
    mine = await _send(socket, room, "from Bob", client_id=client_id)
    async with sign_in(site.ws_url, alice.token) as hers:
        theirs = await _send(hers, room, "from Alice", client_id=client_id)
    assert theirs["seq"] == mine["seq"] + 1
    assert theirs.get("duplicate", False) is False


async def test_the_same_message_over_rest_is_the_same_message(
    site: Deployment, socket: Socket, room: str, bob: Person
) -> None:
    client_id = str(uuid.uuid4())
    first = await _send(socket, room, "by any door", client_id=client_id)
    with site.rest(bob) as rest:
        event, repeated = rest.send(room, "by any door", client_id)
        assert (event["seq"], repeated) == (first["seq"], True)
        with pytest.raises(ApiError) as refused:
            rest.send(room, "another", client_id)
    assert (refused.value.status, refused.value.code) == (409, "conflict")


async def test_a_repeat_is_answered_after_the_sender_was_removed(
    site: Deployment, room: str, alice: Person
) -> None:
    dora = site.newcomer()
    with site.rest(alice) as rest:
        rest.add_member(room, dora.id)
        async with sign_in(site.ws_url, dora.token) as socket:
            client_id = str(uuid.uuid4())
            first = await _send(socket, room, "farewell", client_id=client_id)
            rest.remove_member(room, dora.id)
            again = await _send(socket, room, "farewell", client_id=client_id)
            assert (again["type"], again["seq"], again["duplicate"]) == ("ok", first["seq"], True)
            new = await _send(socket, room, "and one more")
            assert (new["type"], new["code"]) == ("error", "not_found")


@pytest.mark.parametrize("reply_to", [99, 1], ids=["no such event", "no message"])
async def test_a_reply_to_what_is_no_message_is_refused(socket: Socket, room: str, reply_to: int) -> None:
    error = await _send(socket, room, "re:", reply_to=reply_to)
    assert (error["type"], error["field"]) == ("error", "reply_to")
    assert error["code"] in ("bad_request", "not_found")


@pytest.mark.parametrize("reply_to", [0, -1, 1.5, "4"], ids=str)
async def test_a_reply_to_what_is_no_number_is_refused(socket: Socket, room: str, reply_to: object) -> None:
    error = await _send(socket, room, "re:", reply_to=reply_to)
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "reply_to")


async def test_json_100_000_deep_over_rest_is_refused(site: Deployment, bob: Person, room: str) -> None:
    with site.rest(bob) as rest:
        for body in ("[" * 100_000 + "]" * 100_000, '{"text":' + "[" * 100_000 + "]" * 100_000 + "}"):
            answer = rest.http.post(
                f"rooms/{room}/messages/", content=body, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    assert site.server.get("/readyz") == 200


@pytest.mark.parametrize(
    "body", [r'{"text":"\u0000"}', r'{"text":"\ud800"}', '{"text":""}', '{"text":" "}', '{"text":5}']
)
async def test_a_bad_text_over_rest_is_refused_alike(
    site: Deployment, bob: Person, room: str, body: str
) -> None:
    with site.rest(bob) as rest:
        answer = rest.http.post(
            f"rooms/{room}/messages/", content=body, headers={"Content-Type": "application/json"}
        )
    error = json.loads(answer.text)["error"]
    assert (answer.status_code, error["code"], error["field"]) == (400, "bad_request", "text")


async def _status_and_code(
    site: Deployment, person: Person, room: str, head: str, body: bytes
) -> tuple[int, str]:
    """What a request is answered whose body never ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    lines = [
        f"POST /api/v1/rooms/{room}/messages/ HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {person.token}",
        "Content-Type: application/json",
        head,
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    async with asyncio.timeout(10):
        raw = await reader.read()
    writer.close()
    start, _, answer = raw.partition(b"\r\n\r\n")
    return int(start.split()[1]), json.loads(answer)["error"]["code"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Length: 1000000000", b'{"text": "'),
        ("Transfer-Encoding: chunked", b"80000\r\n" + b"x" * 0x80000 + b"\r\n"),
    ],
    ids=["said before", "found while reading"],
)
async def test_a_body_that_is_too_large_is_refused_before_it_is_there(
    site: Deployment, bob: Person, room: str, head: str, body: bytes
) -> None:
    assert await _status_and_code(site, bob, room, head, body) == (413, "too_large")
    assert site.server.get("/readyz") == 200
