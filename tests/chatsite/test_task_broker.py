"""What a dead connection to Redis may cost a worker: a task done twice, never its willingness to work, or its life."""

import contextlib
from collections.abc import Iterator
from queue import Empty
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from kombu import Connection
from kombu.common import ignore_errors

from chatsite.celery import app
from tests.support.proxy import Proxy
from tests.support.services import with_port

pytestmark = pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")


@pytest.fixture
def wire() -> Iterator[Proxy]:
    """What lies between the test and Redis."""
    with contextlib.closing(Proxy(urlsplit(settings.REDIS_URL).port or 6379)) as proxy:
        yield proxy


@pytest.fixture
def connection(wire: Proxy) -> Iterator[Connection]:
    """A worker's connection over the wire."""
    with app.connection_for_read(with_port(settings.REDIS_URL, wire.port)) as connection:
        yield connection


def test_a_task_whose_acknowledgement_was_lost_does_not_keep_the_next_one_waiting(
    wire: Proxy, connection: Connection
) -> None:
    queue = connection.SimpleQueue(f"test-{uuid4()}")
    queue.consumer.qos(prefetch_count=1)
    queue.put("the first")
    first = queue.get(timeout=5)
    wire.black_hole()
    with pytest.raises(connection.connection_errors):
        first.ack()
    wire.mend()
    queue.put("the second")
    assert queue.get(timeout=20).payload == "the second"
    queue.close()


def test_a_worker_that_was_waiting_for_more_when_the_wire_broke_gives_up_that_connection_and_lives(
    wire: Proxy, connection: Connection
) -> None:
    taken = []
    for channel in (connection.default_channel, connection.channel()):
        queue = connection.SimpleQueue(f"test-{uuid4()}", channel=channel)
        queue.consumer.qos(prefetch_count=2)
        queue.put("a task")
        taken.append(queue.get(timeout=5))
        with pytest.raises(Empty):
            queue.get(timeout=0.2)
    errors = connection.connection_errors
    wire.cut()
    with contextlib.suppress(Exception):  # as Celery's consumer does, which then closes it once more
        connection.collect(socket_timeout=1)
    ignore_errors(connection, connection.close)
    for task in taken:
        with pytest.raises(errors):
            task.ack()
