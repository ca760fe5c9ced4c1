"""What this process gives the broker to carry."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from messaging.delivery import broker


class Hints:
    """Takes the place of the process's carrier: keeps every hint, in the order of publishing."""

    def __init__(self) -> None:
        self._heard: list[dict[str, Any]] = []

    def carry(self, key: str, message: dict[str, Any]) -> None:
        """Take a hint."""
        self._heard.append({**message, "key": key})

    def all(self) -> list[dict[str, Any]]:
        """What was published until now, each with its routing key."""
        return list(self._heard)

    def to(self, user_id: str) -> list[dict[str, Any]]:
        """What was said to one person's sockets, without whom."""
        return [
            {name: value for name, value in hint.items() if name not in ("user", "key")}
            for hint in self._heard
            if hint["key"] == broker.user_key(user_id)
        ]


@contextmanager
def listening() -> Iterator[Hints]:
    """Hints of this process come here for the time."""
    hints = Hints()
    broker.attach(hints)  # type: ignore[arg-type]  # a carrier in all that is asked of it
    try:
        yield hints
    finally:
        broker.detach(hints)  # type: ignore[arg-type]
