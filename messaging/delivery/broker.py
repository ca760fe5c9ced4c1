"""Hints that something new is there: the only file that names routing keys and talks to the channel layer.

A hint may be lost, doubled or late: the hub mends that from the database. So publishing
never raises, never waits on the way to an acknowledgement, and is bounded in time and memory.

Inside a server process the hub's event loop carries the hints, and the hub hears its own
process's hints at once. Elsewhere (a worker, a command) one background loop does.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from channels.layers import BaseChannelLayer, channel_layers
from django.conf import settings

from chatsite.after_commit import after_commit
from chatsite.ids import new_id
from messaging.models import Event
from messaging.notifications.rounds import rounds

from .frames import Item, to_item

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Ear = Callable[[Message], None]

SEND_SECONDS = 2.0
WAITING_HINTS = 10_000

FANOUT = "site"


def room_key(room_id: str) -> str:
    """The topic of those who feed a room."""
    return f"room.{room_id}"


def user_key(user_id: str) -> str:
    """The direct key of one person's sockets."""
    return f"user.{user_id}"


def publish_events(events: Sequence[Event], *, epochs: dict[str, str]) -> None:
    """Tell of stored events when the transaction has committed: one hint a room.

    `epochs` names the epoch of each room's log.
    """
    by_room: dict[str, list[Item]] = {}
    for event in events:
        by_room.setdefault(event.room_id, []).append(to_item(event, epoch=epochs[event.room_id]))
    for room_id, items in by_room.items():
        message = {"type": "room.events", "room": room_id, "epoch": epochs[room_id], "items": items}
        after_commit(publish, room_key(room_id), message)
    after_commit(rounds.note, list(by_room))


def publish_receipts(room_id: str, marks: Sequence[tuple[str, int, int]], *, at: str, large: bool) -> None:
    """Tell that members' watermarks rose: user, delivered, read, all at `at`.

    In a `large` room each person's own devices are told, and the others hear a summary now and then.
    """
    message = {"type": "room.receipts", "room": room_id, "marks": list(marks), "at": at, "large": large}
    after_commit(publish, room_key(room_id), message)
    after_commit(rounds.note, [room_id])


def publish_frames(room_id: str, frames: Sequence[bytes]) -> None:
    """Send whole frames to all who hear a room when the transaction has committed: news that no log keeps."""
    message = {"type": "room.frames", "room": room_id, "frames": list(frames)}
    after_commit(publish, room_key(room_id), message)


def publish_list(room_id: str, name: str, *, roles: Sequence[str]) -> None:
    """Tell members with one of these roles, when the transaction has committed, that a list of the room has changed."""
    message = {"type": "room.list", "room": room_id, "list": str(name), "roles": list(roles)}
    after_commit(publish, room_key(room_id), message)


def publish_presence(changes: Sequence[tuple[str, str, int, Sequence[str]]]) -> None:
    """Tell now that people come and go: user, state, since when (ms since 1970), rooms whose members are told."""
    publish(FANOUT, {"type": "presence", "changes": list(changes)})


def publish_typing(room_id: str, user_id: str, *, on: bool) -> None:
    """Tell now that somebody writes in a room, or stopped."""
    publish(room_key(room_id), {"type": "room.typing", "room": room_id, "user": user_id, "on": on})


def publish_to_user(user_id: str, message: Message) -> None:
    """Tell one person's sockets something when the transaction has committed."""
    message = {**message, "user": user_id}
    after_commit(publish, user_key(user_id), message)


def publish(key: str, message: Message) -> None:
    """Send a hint now, from any thread. Never raises and never waits."""
    _carrier().carry(key, message)


class Carrier:
    """Carries the hints of one process over one event loop, in the order of publishing.

    `ear` is told each hint first: the hub of this process, if there is one. Frames, which no hub can tell
    from others, say that it was (`heard_by`, the carrier's `id`). When the layer cannot keep up, the oldest
    waiting hints are dropped.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ear: Ear | None = None) -> None:
        self.id = new_id()
        self._loop = loop
        self._ear = ear
        self._waiting: asyncio.Queue[tuple[str, Message]] = asyncio.Queue(WAITING_HINTS)
        self._layer = channel_layers["default"]
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    def carry(self, key: str, message: Message) -> None:
        """Take a hint, from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._take, key, message)
        except RuntimeError:  # the loop is closed: the process is ending
            logger.debug("hint for %s dropped at the end of the process", key)

    def _take(self, key: str, message: Message) -> None:
        if self._ear is not None:
            self._ear(message)
            if message["type"] == "room.frames":
                message = {**message, "heard_by": self.id}
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait((key, message))
        if self._task is None:
            self._task = self._loop.create_task(self._send_all())

    async def _send_all(self) -> None:
        while True:
            key, message = await self._waiting.get()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._layer.group_send(key, message)
                self._failing = False
            except Exception as error:
                if not self._failing:
                    logger.warning(
                        "the broker does not take hints (%r); the hubs' comparison of heads goes on", error
                    )
                self._failing = True

    async def stop(self) -> None:
        """Stop carrying; what still waits is dropped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait(
                [self._task], timeout=SEND_SECONDS
            )  # a client library may swallow the first cancel


def layer_to_hear() -> BaseChannelLayer:
    """A channel layer to listen on: of its own with Redis, so that it can be thrown away when it has gone silent."""
    return channel_layers.make_backend("default") if settings.REDIS_URL else channel_layers["default"]


async def discard_layer(layer: BaseChannelLayer) -> None:
    """Close the connections of a layer that `layer_to_hear` made."""
    if settings.REDIS_URL:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(SEND_SECONDS):
                await layer.flush()


_lock = threading.Lock()
_carriers: list[Carrier] = []


def attach(carrier: Carrier) -> None:
    """Let this process's hints go over the hub's loop from now on."""
    with _lock:
        _carriers.insert(0, carrier)


def detach(carrier: Carrier) -> None:
    """Take back `attach`."""
    with _lock:
        _carriers.remove(carrier)


def _carrier() -> Carrier:
    """The hub's carrier, or the one of a background loop, made on first use."""
    with _lock:
        if not _carriers:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="broker", daemon=True).start()
            _carriers.append(Carrier(loop))
        return _carriers[0]
