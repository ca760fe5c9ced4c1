"""A server that is told to stop takes nobody new, finishes its commits and sends its sockets away in jittered batches."""

import asyncio
import contextlib
import time
import uuid

from websockets.exceptions import InvalidHandshake

from tests.support.deployments import Deployment, full
from tests.support.people import ALICE
from tests.support.wire import Socket, sign_in

_SOCKETS = 12
_DRAIN_SECONDS = 3


async def test_a_stopping_server_says_so_and_sends_its_sockets_away(postgres_server: str) -> None:
    with full(postgres_server, servers=1, LIMIT_DRAIN_SECONDS=str(_DRAIN_SECONDS)) as deployment:
        alice = deployment.person(ALICE)
        room = deployment.open_room(alice)
        async with contextlib.AsyncExitStack() as stack:
            sockets = [
                await stack.enter_async_context(sign_in(deployment.server.ws_url, alice.token))
                for _ in range(_SOCKETS)
            ]
            sends = [await _send(socket, room, number) for number, socket in enumerate(sockets)]
            deployment.server.terminate()
            await _assert_not_ready_at_once(deployment)
            closings = await asyncio.gather(*(_goodbye(socket) for socket in sockets))
            assert max(moments := [at for at, _ in closings]) - min(moments) > _DRAIN_SECONDS / 3
            delays = [after_ms for _, after_ms in closings]
            assert all(delay > 0 for delay in delays)
            assert len(set(delays)) > _SOCKETS / 2
            assert [
                (await socket.reply(send))["type"] for socket, send in zip(sockets, sends, strict=True)
            ] == ["ok"] * _SOCKETS
            assert await _is_turned_away(deployment, alice.token)
        await asyncio.to_thread(deployment.server.deploy_away)


async def _send(socket: Socket, room: str, number: int) -> int:
    """Post a message without waiting for its answer."""
    await socket.send("message.send", id=number, room=room, client_id=str(uuid.uuid4()), text="before you go")
    return number


async def _assert_not_ready_at_once(deployment: Deployment) -> None:
    """A load balancer learns of it, by the answer or by the closed door, within a second."""
    await asyncio.sleep(1)
    assert await asyncio.to_thread(deployment.server.get, "/readyz") in (503, 0)


async def _goodbye(socket: Socket) -> tuple[float, int]:
    """When the socket was closed, and after how many milliseconds it was asked to come back."""
    assert await socket.closed(patience=_DRAIN_SECONDS + 10) == 1012
    moment = time.monotonic()
    goodbye = socket.frames[-1]
    assert (goodbye["type"], goodbye["code"], goodbye["reconnect"]) == ("goodbye", 1012, True)
    return moment, int(goodbye["after_ms"])


async def _is_turned_away(deployment: Deployment, token: str) -> bool:
    """Whether no new socket is accepted."""
    try:
        async with sign_in(deployment.server.ws_url, token):
            return False
    except (OSError, InvalidHandshake):
        return True
