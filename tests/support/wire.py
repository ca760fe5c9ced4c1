"""One `chat.v1` connection, frame by frame: what a test of a single rule needs."""

import asyncio
import contextlib
import itertools
import json
import socket as sockets
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

Frame = dict[str, Any]
T = TypeVar("T")
_PATIENCE = 10.0


class Socket:
    """An open connection. All frames that came are kept, in order, in `frames`; raw ones in `raw`.

    Heartbeats are answered unless `pongs=False`.
    """

    def __init__(self, connection: ClientConnection, *, pongs: bool = True) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.raw: list[str] = []
        self._taken: set[int] = set()
        self._numbers = itertools.count(1)
        self._pongs = pongs
        self._news = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for raw in self.connection:
                assert isinstance(raw, str), "the server sends text frames only"
                await self._take(raw)
        self._ended = True
        async with self._news:
            self._news.notify_all()

    async def _take(self, raw: str) -> None:
        frame = json.loads(raw)
        async with self._news:
            self.raw.append(raw)
            self.frames.append(frame)
            self._news.notify_all()
        if frame["type"] == "heartbeat" and self._pongs:
            with contextlib.suppress(ConnectionClosed):
                await self.send("pong", n=frame["n"])

    async def send(self, command: str, **fields: Any) -> None:
        """Send one command as it is."""
        await self.send_raw(json.dumps({"type": command, **fields}))

    async def send_raw(self, data: str | bytes | Iterable[str | bytes]) -> None:
        """Send a text frame, a binary one (bytes), or one in fragments (an iterable)."""
        await self.connection.send(data)

    async def ask(self, command: str, **fields: Any) -> Frame:
        """Send a command with a new id and answer its one reply."""
        number = fields.setdefault("id", f"ask-{next(self._numbers)}")
        await self.send(command, **fields)
        return await self.reply(number)

    async def reply(self, number: str | int, *, patience: float = _PATIENCE) -> Frame:
        """The reply that bears this id."""
        return await self.wait_for(lambda frame: frame.get("id") == number, patience=patience)

    async def next(self, *types: str, patience: float = _PATIENCE) -> Frame:
        """The first frame of one of these types that was not taken before."""
        return await self.wait_for(lambda frame: frame["type"] in types, patience=patience)

    async def wait_for(self, wanted: Callable[[Frame], bool], *, patience: float = _PATIENCE) -> Frame:
        """The first frame not taken before that is wanted. Fails after `patience` s, or when the socket ends."""

        def take() -> Frame | None:
            for place, frame in enumerate(self.frames):
                if place not in self._taken and wanted(frame):
                    self._taken.add(place)
                    return frame
            return None

        return await self._until(take, patience)

    async def reach(self, room: str, seq: int, *, patience: float = 2 * _PATIENCE) -> list[int]:
        """Wait for an event of a room by its number; answers the numbers of all that came. Takes no frame."""

        def come() -> list[int] | None:
            seqs = [event["seq"] for event in self.events(room)]
            return seqs if seq in seqs else None

        return await self._until(come, patience)

    async def _until(self, look: Callable[[], T | None], patience: float) -> T:
        """What `look` finds, looking again whenever a frame came."""
        try:
            async with asyncio.timeout(patience), self._news:
                while (found := look()) is None:
                    if self._ended:
                        raise AssertionError(f"closed with {self.close_code} while waiting; {self._tail()}")
                    await self._news.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"nothing of the kind in {patience:g} s; {self._tail()}") from None

    def _tail(self) -> str:
        return f"last frames: {[raw[:400] for raw in self.raw[-3:]]}"

    @property
    def close_code(self) -> int | None:
        """The code of the close frame; None while open, 1006 when it ended without one."""
        return self.connection.close_code

    async def closed(self, *, patience: float = _PATIENCE) -> int:
        """Wait for the end of the connection and answer the close code."""
        try:
            async with asyncio.timeout(patience):
                await asyncio.shield(self._reader)
        except TimeoutError:
            raise AssertionError(f"still open after {patience:g} s; {self._tail()}") from None
        assert self.close_code is not None
        return self.close_code

    async def is_well(self) -> bool:
        """Whether the socket still answers a command: an unsubscription from nothing."""
        reply = await self.ask("unsubscribe", rooms=[])
        return bool(reply["type"] == "ok")

    def events(self, room: str) -> list[Frame]:
        """The events of a room that came so far."""
        return [frame for frame in self.frames if frame["type"] == "event" and frame["room"] == room]

    async def subscribe(self, room: str, **cursor: Any) -> Frame:
        """Subscribe to one room and answer its entry in `subscribed`."""
        reply = await self.ask("subscribe", rooms=[{"room": room, **cursor}])
        assert reply["type"] == "subscribed", reply
        entry: Frame = reply["rooms"][0]
        return entry

    async def end(self) -> None:
        """Close the connection from this side."""
        await self.connection.close()
        await self._reader


@contextlib.asynccontextmanager
async def dial(
    ws_url: str,
    *,
    token: str = "",
    cookie: str = "",
    origin: str = "",
    pongs: bool = True,
    **options: Any,
) -> AsyncIterator[Socket]:
    """Open a socket and close it at the end. `options` go to `websockets.connect`."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if cookie:
        headers["Cookie"] = cookie
    options = {"subprotocols": [Subprotocol("chat.v1")], "open_timeout": 15, **options}
    async with connect(
        ws_url,
        additional_headers=headers,
        origin=Origin(origin) if origin else None,
        compression=None,
        ping_interval=None,
        proxy=None,
        max_size=None,
        close_timeout=2,
        **options,
    ) as connection:
        socket = Socket(connection, pongs=pongs)
        try:
            yield socket
        finally:
            await socket.end()


@contextlib.asynccontextmanager
async def sign_in(ws_url: str, token: str, **options: Any) -> AsyncIterator[Socket]:
    """A socket of somebody with a token, past the `welcome`."""
    async with dial(ws_url, token=token, **options) as socket:
        await socket.next("welcome")
        yield socket


@contextlib.asynccontextmanager
async def lazy(ws_url: str, token: str) -> AsyncIterator[ClientConnection]:
    """A connection that reads nothing by itself: small buffers, and the library pauses after one frame."""
    address = urlsplit(ws_url)
    link = sockets.socket()
    link.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 8192)
    link.connect((address.hostname, address.port))
    async with connect(
        ws_url,
        sock=link,
        additional_headers={"Authorization": f"Bearer {token}"},
        subprotocols=[Subprotocol("chat.v1")],
        compression=None,
        ping_interval=None,
        proxy=None,
        max_queue=1,
        max_size=None,
        close_timeout=1,
    ) as connection:
        yield connection
