"""What the broker carries, heard as this process's hub hears it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from messaging.delivery import broker


class Hints:
    """Every hint so far, in the order of publishing."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heard: list[dict[str, Any]] = []

    def hear(self, message: dict[str, Any]) -> None:
        """Take a hint, on the loop."""
        self._heard.append(message)

    def all(self) -> list[dict[str, Any]]:
        """What was published until now."""
        reached = threading.Event()
        self._loop.call_soon_threadsafe(reached.set)
        assert reached.wait(5)
        return list(self._heard)

    def to(self, user_id: str) -> list[dict[str, Any]]:
        """What was said to one person's sockets, without whom."""
        return [
            {name: value for name, value in hint.items() if name != "user"}
            for hint in self.all()
            if hint.get("user") == user_id
        ]


@contextmanager
def listening() -> Iterator[Hints]:
    """A loop of its own carries this process's hints for the time."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    hints = Hints(loop)
    carrier = broker.Carrier(loop, hints.hear)
    broker.attach(carrier)
    try:
        yield hints
    finally:
        broker.detach(carrier)
        asyncio.run_coroutine_threadsafe(carrier.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
