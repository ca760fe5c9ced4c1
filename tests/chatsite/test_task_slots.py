"""What a dead connection to Redis may cost a worker: a task done twice, never its willingness to work."""

from contextlib import closing
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings

from chatsite.celery import app
from tests.support.proxy import Proxy
from tests.support.services import with_port


@pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")
def test_a_task_whose_acknowledgement_was_lost_does_not_keep_the_next_one_waiting() -> None:
    proxy = Proxy(urlsplit(settings.REDIS_URL).port or 6379)
    address = with_port(settings.REDIS_URL, proxy.port)
    with closing(proxy), app.connection_for_read(address) as connection:
        queue = connection.SimpleQueue(f"test-{uuid4()}")
        queue.consumer.qos(prefetch_count=1)
        queue.put("the first")
        first = queue.get(timeout=5)
        proxy.black_hole()
        with pytest.raises(connection.connection_errors):
            first.ack()
        proxy.mend()
        queue.put("the second")
        assert queue.get(timeout=20).payload == "the second"
        queue.close()
