"""`serve --workers`: several server processes on one port live and end together."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployments import full
from tests.support.processes import family, wait_until
from tests.support.servers import ManyServers


@pytest.fixture
def servers(postgres_server: str) -> Iterator[ManyServers]:
    """Two processes on one port, with PostgreSQL and Redis."""
    with full(postgres_server, servers=1) as deployment:
        env = {
            name: value for name, value in deployment.server.env.items() if name not in ("PORT", "PUBLIC_URL")
        }
        servers = ManyServers(env, name="servers")
        try:
            servers.start()
            yield servers
        finally:
            for pid in family(servers.pid):
                if pid != servers.pid:
                    os.kill(pid, signal.SIGKILL)
            servers.close()


def _workers(servers: ManyServers) -> list[int]:
    return [pid for pid in family(servers.pid) if pid != servers.pid]


def _all_gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_process_that_died_is_started_again(servers: ManyServers) -> None:
    wait_until(lambda: len(_workers(servers)) == 2, what="both run")
    dead, left = _workers(servers)
    os.kill(dead, signal.SIGKILL)
    wait_until(lambda: dead not in _workers(servers) and len(_workers(servers)) == 2, what="two run again")
    assert left in _workers(servers)


def test_all_end_when_asked(servers: ManyServers) -> None:
    wait_until(lambda: len(_workers(servers)) == 2, what="both run")
    workers = _workers(servers)
    servers.deploy_away()
    assert _all_gone(workers)


def test_none_outlives_the_one_that_started_them(servers: ManyServers) -> None:
    wait_until(lambda: len(_workers(servers)) == 2, what="both run")
    workers = _workers(servers)
    os.kill(servers.pid, signal.SIGKILL)
    servers.wait()
    try:
        wait_until(lambda: _all_gone(workers), what="the servers ended with their parent", timeout=30)
    finally:
        for pid in workers:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)
