"""The WebSocket consumer: accepts, decodes frames into commands, and nothing else."""

import asyncio
import logging
from typing import Any

from channels.consumer import AsyncConsumer

from chatsite import clock, health, limits
from chatsite.accounts.credentials import Credential
from chatsite.errors import RateLimited
from messaging.delivery.connection import Connection
from messaging.delivery.outlets import DIRECT_EXTENSION, AsgiSend, DirectOutlet, Outlet, QueueOutlet
from messaging.protocol import (
    CLOSE_NOT_SIGNED_IN,
    CLOSE_OUR_FAULT,
    CLOSE_RESTARTING,
    CLOSE_TOO_MANY_REFUSED,
    SUBPROTOCOL,
    BrokenFrame,
    Goodbye,
    Welcome,
    decode_command,
    encode,
    error_frame,
    rfc3339,
)

from .commands import run_command
from .process import Process, this_process
from .session import Session
from .signing_in import who_is_there

logger = logging.getLogger(__name__)

# A client with too many sockets open comes back when some of them may have been found dead.
TRY_AGAIN_MS = 30_000


class ChatConsumer(AsyncConsumer):  # type: ignore[misc] # Channels has no types
    """One socket.

    It has no channel-layer channel: events reach it from the hub, past this coroutine, so that
    neither waits for the other. Instead of Channels' dispatch, which hops through a thread for
    each message, it runs its own receive loop.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: AsgiSend) -> None:
        """Serve the socket until it closes."""
        if (await receive())["type"] != "websocket.connect":
            return
        process = this_process()
        try:
            async with asyncio.timeout(limits.UPGRADE_SECONDS):
                credential = await who_is_there(scope)
        except Exception:
            logger.exception("who opens a socket could not be found out")
            await _turn_away(scope, send, CLOSE_OUR_FAULT)
            return
        if credential is None:
            await _turn_away(scope, send, CLOSE_NOT_SIGNED_IN)
        elif health.draining:
            await _turn_away(scope, send, CLOSE_RESTARTING)
        else:
            await self._admit(process, scope, receive, send, credential)

    async def _admit(
        self, process: Process, scope: dict[str, Any], receive: Any, send: AsgiSend, credential: Credential
    ) -> None:
        """Serve the socket, unless its person or address has too many open already."""
        address = (scope.get("client") or [None])[0]
        if not await process.socket_counts.enter(credential.user_id, address):
            await _turn_away(scope, send, CLOSE_TOO_MANY_REFUSED, *_too_many_sockets())
            return
        try:
            await self._serve(process, scope, receive, send, credential)
        finally:
            process.socket_counts.leave(credential.user_id, address)

    async def _open(self, scope: dict[str, Any], send: AsgiSend) -> Outlet:
        await _accept(scope, send)
        direct = scope.get("extensions", {}).get(DIRECT_EXTENSION)
        return DirectOutlet(direct) if direct is not None else QueueOutlet(send)

    async def _serve(
        self, process: Process, scope: dict[str, Any], receive: Any, send: AsgiSend, credential: Credential
    ) -> None:
        outlet = await self._open(scope, send)
        connection = Connection(outlet, user_id=credential.user_id, credential=credential.key)
        session = Session(connection, credential)
        process.hub.add(connection)
        process.sessions[connection.id] = session
        process.presence.enter(connection)
        connection.next_beat = asyncio.get_running_loop().time() + limits.HEARTBEAT_MS / 1000
        session.reply(_welcome(session))
        try:
            while (event := await receive())["type"] == "websocket.receive":
                await self._take(process, session, event)
        except Exception:
            logger.exception("a socket failed")
            connection.close(CLOSE_OUR_FAULT)
        finally:
            process.sessions.pop(connection.id, None)
            process.hub.remove(connection)
            process.presence.leave(connection)
            if isinstance(outlet, QueueOutlet):
                outlet.stop()

    async def _take(self, process: Process, session: Session, event: dict[str, Any]) -> None:
        session.connection.unanswered = 0
        text = event.get("text")
        try:
            if text is None:
                raise BrokenFrame("Frames are text, in UTF-8.", field="frame")
            command = decode_command(text)
        except BrokenFrame as broken:
            session.refuse(broken)
            return
        await run_command(process.services, session, command)


async def _accept(scope: dict[str, Any], send: AsgiSend) -> None:
    offered = SUBPROTOCOL in scope.get("subprotocols", ())
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})


async def _turn_away(scope: dict[str, Any], send: AsgiSend, code: int, *frames: bytes) -> None:
    """Accept, so that the peer can read the frames and the code, and close."""
    await _accept(scope, send)
    for frame in frames:
        await send({"type": "websocket.send", "text": frame.decode()})
    await send({"type": "websocket.close", "code": code})


def _too_many_sockets() -> tuple[bytes, bytes]:
    """What a socket too many is told: why, and when to try again."""
    refusal = RateLimited("Too many sockets are open.", retry_after_ms=TRY_AGAIN_MS)
    goodbye = Goodbye(code=CLOSE_TOO_MANY_REFUSED, reconnect=True, after_ms=TRY_AGAIN_MS)
    return error_frame(refusal), encode(goodbye)


def _welcome(session: Session) -> Welcome:
    return Welcome(
        connection=session.connection.id,
        user=session.user_id,
        heartbeat_ms=limits.HEARTBEAT_MS,
        limits={
            "text_bytes": limits.TEXT_BYTES,
            "file_bytes": limits.FILE_BYTES,
            "message_files": limits.MESSAGE_FILES,
            "frame_bytes": limits.FRAME_BYTES,
            "message_send": limits.MESSAGE_SEND._asdict(),
            "commands": limits.COMMANDS._asdict(),
        },
        now=rfc3339(clock.now_on_loop()),
    )
