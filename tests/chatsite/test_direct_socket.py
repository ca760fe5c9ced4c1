"""Our WebSocket protocol class, on a real uvicorn server with small applications."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn import Config, Server
from uvicorn.server import ServerState
from websockets.asyncio.client import ClientConnection, connect

from chatsite import limits
from chatsite.direct_socket import UNREAD_MESSAGES, DirectSocketProtocol, Gate, Mailbox
from messaging.delivery.outlets import DIRECT_EXTENSION, Flush
from tests.messaging.delivery.sockets import until


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = Config(
        app,
        ws=DirectSocketProtocol,
        ws_max_size=limits.FRAME_BYTES,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
    )
    server = Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment] # the signals are the test runner's
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await running


async def closed_with(client: ClientConnection) -> int:
    async with asyncio.timeout(5):
        await client.wait_closed()
    return client.close_code or 0


def test_the_names_of_uvicorns_inside_that_we_lean_on_are_there():
    config = Config(echo, lifespan="off", log_config=None)
    loop = asyncio.new_event_loop()
    protocol = DirectSocketProtocol(config, ServerState(), {}, _loop=loop)
    loop.close()
    for name in (
        *("app", "close_sent", "close_timeout", "close_timer", "conn", "curr_msg_data_type", "disconnected"),
        *(
            "frames",
            "handshake_complete",
            "logger",
            "loop",
            "queue",
            "read_paused",
            "receive",
            "send_receive_event_to_app",
            "send",
            "transport",
        ),
        *("writable", "handle_parser_exception", "send_500_response"),
    ):
        assert hasattr(protocol, name), name


async def test_framed_bytes_go_straight_to_the_peer_in_order():
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        direct = scope["extensions"][DIRECT_EXTENSION]
        for size in (0, 125, 126, 65_535, 65_536):
            direct.write(Flush([b"x" * size]).framed)
        direct.write(Flush([b"one", b"two"]).framed)
        direct.close(4403)
        assert (await receive())["type"] == "websocket.disconnect"

    async with serving(app) as url, connect(url, compression=None) as client:
        sizes = [len(await client.recv()) for _ in range(5)]
        assert sizes == [0, 125, 126, 65_535, 65_536]
        assert [await client.recv(), await client.recv()] == ["one", "two"]
        assert await closed_with(client) == 4403


async def test_a_fault_of_ours_closes_with_1011(caplog: pytest.LogCaptureFixture):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        raise ZeroDivisionError

    async with serving(app) as url, connect(url) as client:
        assert await closed_with(client) == 1011


async def echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        kind = "text" if event.get("text") is not None else "bytes"
        await send({"type": "websocket.send", "text": kind})


async def test_a_frame_in_as_many_fragments_as_allowed_is_taken_and_one_more_is_too_large():
    async with serving(echo) as url:
        async with connect(url) as client:
            await client.send(["x"] * (limits.FRAME_FRAGMENTS - 1))
            assert await client.recv() == "text"
        async with connect(url) as client:
            await client.send(["x"] * (limits.FRAME_FRAGMENTS + 2))
            assert await closed_with(client) == 1009


async def test_a_frame_over_the_limit_is_too_large():
    async with serving(echo) as url, connect(url) as client:
        await client.send("x" * limits.FRAME_BYTES)
        assert await client.recv() == "text"
        await client.send("x" * (limits.FRAME_BYTES + 1))
        assert await closed_with(client) == 1009


async def test_text_that_is_not_utf8_goes_on_as_bytes_and_the_socket_lives():
    async with serving(echo) as url, connect(url) as client:
        await client.send(b"\xff\xfe", text=True)
        assert await client.recv() == "bytes"
        await client.send("fine")
        assert await client.recv() == "text"


async def test_a_peer_that_does_not_read_is_cut_after_a_while(monkeypatch: pytest.MonkeyPatch):
    gone = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        direct = scope["extensions"][DIRECT_EXTENSION]
        direct._protocol.close_timeout = 0.3
        while direct.buffered() < 1_000_000:
            direct.write(Flush([b"x" * 60_000]).framed)
        direct.close(4409)
        assert (await receive())["type"] == "websocket.disconnect"
        await until(lambda: direct._protocol.disconnected)
        gone.set()

    async with serving(app) as url:
        reader, writer = await asyncio.open_connection(*url[5:-1].split(":"))
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await asyncio.wait_for(gone.wait(), 5)
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await reader.read()


async def test_a_mailbox_keeps_order_and_wakes_its_reader():
    mailbox = Mailbox()
    reader = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0)
    for number in range(3):
        mailbox.put_nowait(number)
    assert [await reader, await mailbox.get(), await mailbox.get()] == [0, 1, 2]
    assert mailbox.empty()


async def test_a_mailbox_whose_reader_gave_up_serves_the_next_one():
    mailbox = Mailbox()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(mailbox.get(), 0.01)
    mailbox.put_nowait("news")
    assert await mailbox.get() == "news"


async def test_a_gate_holds_back_those_who_come_while_it_is_shut():
    gate = Gate()
    await gate.wait()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(2)]
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not waiting[1].done()
    gate.set()
    await asyncio.wait_for(waiting[1], 1)
    await gate.wait()


async def test_many_messages_at_once_all_arrive_in_order():
    async with serving(count) as url, connect(url) as client:
        for number in range(UNREAD_MESSAGES * 5):
            await client.send(str(number))
        assert [await client.recv() for _ in range(UNREAD_MESSAGES * 5)] == [
            str(number) for number in range(UNREAD_MESSAGES * 5)
        ]


async def count(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await asyncio.sleep(0.001)
        await send({"type": "websocket.send", "text": event["text"]})


async def test_the_handshake_is_forgotten_once_accepted():
    kept: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert dict(scope["headers"])[b"host"]
        await send({"type": "websocket.accept"})
        protocol = scope["extensions"][DIRECT_EXTENSION]._protocol
        kept.extend([scope["headers"], list(protocol.request.headers), list(protocol.response.headers)])
        await receive()

    async with serving(app) as url, connect(url, subprotocols=None):
        await until(lambda: len(kept) == 3)
    assert kept == [[], [], []]
