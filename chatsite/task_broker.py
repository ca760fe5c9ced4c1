"""How a worker bears that its connection to Redis breaks: it never stops taking tasks, and never ends for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu.transport import redis, virtual
from redis.exceptions import ConnectionError as RedisConnectionError


class Slots(redis.QoS):
    """The tasks that a worker holds unacknowledged, of which it takes no more than its prefetch count.

    An acknowledgement that Redis did not take leaves the task in Redis, which hands it out again after the
    visibility timeout. Kombu would count it as held for ever: with one slot a worker, it would never take a task again.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge; whether Redis takes it or not, the slot is free. Raises what Redis' client does."""
        with self._freeing(delivery_tag):
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give a task back, or drop it; the slot is free in any case. Raises as `ack` does."""
        with self._freeing(delivery_tag):
            super().reject(delivery_tag, requeue=requeue)

    @contextmanager
    def _freeing(self, delivery_tag: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    """A channel that, when its connection is closed for good, says so as Redis' client does.

    Celery closes a lost connection twice, and acknowledges by it tasks that end later. Where the first close failed
    half-way, Kombu met the channel's missing address with an `AttributeError`, which ended the whole worker.
    """

    QoS = Slots

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise RedisConnectionError("this channel's connection is closed")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]
        return params


def bear_lost_connections() -> None:
    """Let every worker of this process talk to Redis like that."""
    redis.Transport.Channel = Channel
