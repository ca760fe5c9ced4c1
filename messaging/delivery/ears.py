"""One channel of the channel layer a process, in one group for each routing key it hears.

The pub/sub layer reports neither a lost connection nor a black hole. So a beat goes round
through the layer to this very channel: while beats come back, the broker is heard; when they
stop, everything is set up anew. What was missed meanwhile, the comparison of heads mends.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Any

from channels.layers import BaseChannelLayer

from . import broker

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
DEAF_SECONDS = 6.0
ANSWER_SECONDS = 2.0
# How long a subscription waits for the broker; later it is caught up with from the log.
PATIENCE_SECONDS = 1.0

Hear = Callable[[dict[str, Any]], None]


class Ears:
    """Hears the hints of the keys joined, and tells `hear`."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._wanted: set[str] = set()
        self._joined: set[str] = set()
        self._changed = asyncio.Event()
        self._settled = asyncio.Condition()
        self._heard_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen."""
        self._tasks = [asyncio.get_running_loop().create_task(self._listen_forever())]

    async def stop(self) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def join(self, key: str) -> None:
        """Hear a key soon."""
        self._wanted.add(key)
        self._changed.set()

    def leave(self, key: str) -> None:
        """Hear a key no longer."""
        self._wanted.discard(key)
        self._changed.set()

    async def join_soon(self, keys: Collection[str]) -> None:
        """Return when these keys are heard, or after `PATIENCE_SECONDS` at the latest."""
        missing = [key for key in keys if key not in self._joined]
        if not missing:
            return
        self._wanted.update(missing)
        self._changed.set()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._settled:
                await self._settled.wait_for(lambda: self._joined.issuperset(missing))
        except TimeoutError:
            logger.warning("the broker is slow to join %d keys; the log will be read instead", len(missing))

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:
                logger.warning("the broker is not heard (%r); trying again", error)
            self._joined.clear()
            await asyncio.sleep(1.0)

    async def _listen(self) -> None:
        """Listen over one channel of a fresh layer until it goes silent or fails."""
        layer = broker.layer_to_hear()
        async with asyncio.timeout(ANSWER_SECONDS):
            channel = await layer.new_channel()
        self._heard_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._receive(layer, channel))
                group.create_task(self._follow_wishes(layer, channel))
                group.create_task(self._beat(layer, channel))
        finally:
            await broker.discard_layer(layer)

    async def _receive(self, layer: BaseChannelLayer, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            self._heard_at = asyncio.get_running_loop().time()
            if message["type"] != "beat":
                try:
                    self._hear(message)
                except Exception:
                    logger.exception("a hint could not be taken")

    async def _follow_wishes(self, layer: BaseChannelLayer, channel: str) -> None:
        while True:
            self._changed.clear()
            for key in self._wanted - self._joined:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await layer.group_add(key, channel)
                self._joined.add(key)
            for key in self._joined - self._wanted:
                self._joined.discard(key)
                async with asyncio.timeout(ANSWER_SECONDS):
                    await layer.group_discard(key, channel)
            async with self._settled:
                self._settled.notify_all()
            await self._changed.wait()

    async def _beat(self, layer: BaseChannelLayer, channel: str) -> None:
        while True:
            async with asyncio.timeout(ANSWER_SECONDS):
                await layer.send(channel, {"type": "beat"})
            await asyncio.sleep(BEAT_SECONDS)
            if asyncio.get_running_loop().time() - self._heard_at > DEAF_SECONDS:
                raise TimeoutError("no beat came back")
