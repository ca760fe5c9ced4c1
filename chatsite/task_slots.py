"""A worker that could not acknowledge a task goes on with the next one."""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.transport import redis, virtual


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


def free_slots_of_lost_acknowledgements() -> None:
    """Let every worker of this process count like that."""
    redis.Channel.QoS = Slots
