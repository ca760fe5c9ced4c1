"""A client that comes back: several rooms, several addresses, an outbox, cursors, and a journal of everything.

It does what the protocol asks of a good client. What it sends stays in the outbox until it is acknowledged, over any
number of connections; each connection resumes every room from the last `seq` that it holds.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.support.records import (
    Acked,
    Closed,
    Journal,
    Marked,
    Opened,
    Present,
    Received,
    Refused,
    Sent,
    Subscribed,
    Told,
)
from tests.support.rest import Person

_RECONNECT_S = (0.05, 0.3)
_RETRY_S = 0.1
_MARK_S = 1.0


class SendError(Exception):
    """A send was refused for good: the error is not retryable."""


@dataclass(eq=False, slots=True)
class Outgoing:
    """One thing to send until it is acknowledged. A deliberate repeat is another one with the same `client_id`."""

    room: str
    client_id: str
    text: str
    acked: asyncio.Future[int]
    attempts: int = 0
    files: tuple[str, ...] = ()


class Client:
    """One device of one person, subscribed to `rooms` from their beginning; `first` picks the address to begin with.

    With `marks` it tells once a second how far it has come: what it has is delivered, and what it had a second ago, read.
    """

    def __init__(
        self,
        person: Person,
        addresses: Sequence[str],
        rooms: Sequence[str],
        *,
        first: int = 0,
        marks: bool = True,
    ) -> None:
        self.person = person
        self.journal = Journal(f"{person.username}@{first}", person.id)
        self.cursors: dict[str, tuple[str | None, int]] = dict.fromkeys(rooms, (None, 0))
        self.marks: dict[str, tuple[int, int]] = dict.fromkeys(rooms, (0, 0))
        self.online = asyncio.Event()
        self._addresses = list(addresses)
        self._turn = first
        self._connection: ClientConnection | None = None
        self._connections = 0
        self._outbox: list[Outgoing] = []
        self._flying: dict[str, Outgoing] = {}
        self._numbers = itertools.count(1)
        self._moved = asyncio.Condition()
        self._goodbye: int | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._chance = random.Random(person.id)
        self._life: asyncio.Task[None] | None = None
        self._marks = marks

    async def __aenter__(self) -> "Client":
        self._life = asyncio.create_task(self._live())
        if self._marks:
            self._later.add(asyncio.create_task(self._mark_forever()))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._life is not None
        for task in (self._life, *self._later):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life

    async def send(
        self, room: str, text: str, client_id: str = "", *, files: Sequence[str] = (), patience: float = 60
    ) -> int:
        """Send, whatever it takes, and answer the `seq`. Raises `SendError`, `TimeoutError`."""
        return await asyncio.wait_for(self.post(room, text, client_id, files=files).acked, patience)

    def post(self, room: str, text: str, client_id: str = "", *, files: Sequence[str] = ()) -> Outgoing:
        """Put a message into the outbox and on its way; its `acked` tells the `seq` later."""
        future = asyncio.get_running_loop().create_future()
        outgoing = Outgoing(room, client_id or str(uuid.uuid4()), text, future, files=tuple(files))
        self._outbox.append(outgoing)
        if self.online.is_set():
            self._try_later(outgoing, 0)
        return outgoing

    async def level_with(self, heads: Mapping[str, int], *, patience: float = 60) -> None:
        """Wait until this client holds every event up to these heads."""

        def is_level() -> bool:
            return all(self.cursors[room][1] >= head for room, head in heads.items() if room in self.cursors)

        try:
            async with asyncio.timeout(patience), self._moved:
                await self._moved.wait_for(is_level)
        except TimeoutError:
            raise AssertionError(
                f"{self.journal.client} holds {self.cursors}, the heads are {dict(heads)}"
            ) from None

    async def _live(self) -> None:
        while True:
            address = self._addresses[self._turn % len(self._addresses)]
            asked_at = _now()
            with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                async with connect(
                    address,
                    additional_headers={"Authorization": f"Bearer {self.person.token}"},
                    subprotocols=[Subprotocol("chat.v1")],
                    compression=None,
                    ping_interval=None,
                    proxy=None,
                    open_timeout=10,
                    close_timeout=2,
                    max_size=None,
                    max_queue=256,
                ) as connection:
                    await self._converse(connection, asked_at)
            self._turn += 1
            await asyncio.sleep(self._chance.uniform(*_RECONNECT_S))

    async def _converse(self, connection: ClientConnection, asked_at: int) -> None:
        self._connections += 1
        self.journal.entries.append(Opened(asked_at, self._connections))
        self._connection, self._goodbye = connection, None
        try:
            while True:
                raw = await connection.recv(decode=False)
                frame = json.loads(raw)
                await self._answer(frame, raw)
        except ConnectionClosed:
            code = connection.close_code or 1006
            self.journal.entries.append(Closed(_now(), self._connections, code, self._goodbye))
        finally:
            self.online.clear()
            self._flying.clear()

    async def _answer(self, frame: dict[str, Any], raw: bytes) -> None:
        match frame["type"]:
            case "welcome":
                await self._subscribe()
            case "subscribed":
                await self._resume(frame)
            case "event":
                await self._keep(frame, raw)
            case "ok":
                self._acknowledge(frame)
            case "error":
                self._refuse(frame)
            case "heartbeat":
                await self._write({"type": "pong", "n": frame["n"]})
            case "receipt" if "user" in frame:
                self._note_mark(frame["room"], frame["user"], frame["delivered"], frame["read"])
            case "presence":
                self._note_presence(frame["user"], frame["state"])
            case "goodbye":
                self._goodbye = frame["code"]

    async def _write(self, command: dict[str, Any]) -> None:
        """Write a command; on a closed connection nothing happens: the reader finds out when it has read what came."""
        assert self._connection is not None
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(json.dumps(command))

    async def _subscribe(self) -> None:
        rooms = [
            {"room": room, "after": after} | ({"epoch": epoch} if epoch else {})
            for room, (epoch, after) in self.cursors.items()
        ]
        await self._write({"type": "subscribe", "id": "subscribe", "rooms": rooms})

    async def _subscribe_again(self, connection: int) -> None:
        if connection == self._connections:
            await self._subscribe()

    async def _resume(self, frame: dict[str, Any]) -> None:
        for entry in frame["rooms"]:
            assert "error" not in entry, entry
            room, after = entry["room"], self.cursors[entry["room"]][1]
            begun = Subscribed(
                _now(), self._connections, room, entry["epoch"], after, entry["head"], entry["recovered"]
            )
            self.journal.entries.append(begun)
            self.cursors[room] = (entry["epoch"], begun.cursor)
            self._note_state(room, entry)
        self.online.set()
        for room, mark in self.marks.items():
            await self._tell_mark(room, *mark)
        for outgoing in list(self._outbox):
            await self._attempt(outgoing)

    def _note_state(self, room: str, entry: dict[str, Any]) -> None:
        """Keep what `subscribed` tells of a room's people: their presence and their watermarks."""
        for there in entry.get("present") or ():
            self._note_presence(there["user"], there["state"])
        self._note_mark(room, self.person.id, entry["delivered"], entry["read"])
        for mark in entry.get("receipts") or ():
            self._note_mark(room, mark["user"], mark["delivered"], mark["read"])

    def _note_mark(self, room: str, user: str, delivered: int, read: int) -> None:
        self.journal.entries.append(Told(_now(), self._connections, room, user, delivered, read))

    def _note_presence(self, user: str, state: str) -> None:
        self.journal.entries.append(Present(_now(), self._connections, user, state))

    async def _mark_forever(self) -> None:
        """Tell how far this client has come in each room, when it has come further."""
        await asyncio.sleep(self._chance.uniform(0, _MARK_S))
        while True:
            await asyncio.sleep(_MARK_S)
            for room, (_, cursor) in self.cursors.items():
                mark = cursor, self.marks[room][0]
                if self.online.is_set() and mark != self.marks[room]:
                    self.marks[room] = mark
                    await self._tell_mark(room, *mark)

    async def _tell_mark(self, room: str, delivered: int, read: int) -> None:
        self.journal.entries.append(Marked(_now(), self._connections, room, delivered, read))
        for kind, seq in (("delivered", delivered), ("read", read)):
            if seq:
                await self._write({"type": f"receipt.{kind}", "room": room, "seq": seq})

    async def _keep(self, frame: dict[str, Any], raw: bytes) -> None:
        self.journal.entries.append(Received(_now(), self._connections, frame["room"], raw))
        async with self._moved:
            self.cursors[frame["room"]] = (frame["epoch"], frame["seq"])
            self._moved.notify_all()

    async def _attempt(self, outgoing: Outgoing) -> None:
        """Write a send to the present connection, unless it is already on its way there or acknowledged."""
        if not self.online.is_set() or outgoing not in self._outbox or outgoing in self._flying.values():
            return
        number = f"send-{next(self._numbers)}"
        self._flying[number] = outgoing
        outgoing.attempts += 1
        room, client_id, text, files = outgoing.room, outgoing.client_id, outgoing.text, outgoing.files
        self.journal.entries.append(Sent(_now(), room, client_id, text, files))
        command: dict[str, Any] = {"room": room, "client_id": client_id, "text": text}
        command |= {"attachments": files} if files else {}
        await self._write({"type": "message.send", "id": number, **command})

    def _acknowledge(self, frame: dict[str, Any]) -> None:
        outgoing = self._flying.pop(frame["id"], None)
        if outgoing is None:
            return
        seq, duplicate = frame["seq"], frame.get("duplicate", False)
        self.journal.entries.append(Acked(_now(), outgoing.room, outgoing.client_id, seq, duplicate))
        self._outbox.remove(outgoing)
        if not outgoing.acked.done():
            outgoing.acked.set_result(seq)

    def _refuse(self, frame: dict[str, Any]) -> None:
        if "id" not in frame:  # a watermark: told again with the next one
            assert frame["retryable"], frame
            self.marks[frame["room"]] = (0, 0)
            return
        if frame["id"] == "subscribe":
            assert frame["retryable"], frame
            self._run_later(partial(self._subscribe_again, self._connections), _RETRY_S)
            return
        outgoing = self._flying.pop(frame["id"], None)
        assert outgoing is not None, f"an error for nothing that was sent: {frame}"
        code, retryable = frame["code"], frame["retryable"]
        self.journal.entries.append(Refused(_now(), outgoing.room, outgoing.client_id, code, retryable))
        if retryable:
            self._try_later(outgoing, frame.get("retry_after_ms", 1000 * _RETRY_S) / 1000)
            return
        self._outbox.remove(outgoing)
        if not outgoing.acked.done():
            outgoing.acked.set_exception(SendError(frame))

    def _try_later(self, outgoing: Outgoing, seconds: float) -> None:
        self._run_later(partial(self._attempt, outgoing), seconds)

    def _run_later(self, work: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> None:
        async def wait_and_run() -> None:
            await asyncio.sleep(seconds)
            await work()

        task = asyncio.create_task(wait_and_run())
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _now() -> int:
    return time.monotonic_ns()
