"""A Celery worker of its own starts beside the servers and stops when asked."""

from tests.support.deployments import full
from tests.support.servers import Worker


def test_a_worker_starts_and_stops(postgres_server: str) -> None:
    with full(postgres_server, servers=1) as deployment:
        worker = Worker(deployment.server.env)
        try:
            worker.start()
            worker.terminate()
            assert worker.wait() == 0
            assert not worker.fault()
        finally:
            worker.close()
