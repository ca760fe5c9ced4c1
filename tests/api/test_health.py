"""Whether the process lives, and whether it can work."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from chatsite import health


@pytest.fixture
def ready(transactional_db: None) -> Any:
    """Asks; answers status and body. The health thread has a connection of its own."""

    def ask() -> Any:
        answer = Client().get("/readyz")
        return answer.status_code, answer.json()

    return ask


def test_a_process_that_answers_is_alive(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_with_everything_there_it_is_ready(ready: Any, settings: Any) -> None:
    status, body = ready()
    broker = {"broker": "ok"} if settings.REDIS_URL else {}
    assert (status, body) == (200, {"status": "ok", "checks": {"database": "ok", **broker, "draining": "ok"}})


def test_a_draining_server_is_not_ready_and_alive(
    ready: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "draining", True)
    status, body = ready()
    assert (status, body["status"], body["checks"]["draining"]) == (503, "unavailable", "draining")
    assert client.get("/healthz").status_code == 200


def test_without_the_database_it_is_not_ready(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "_ask_database", refuse)
    status, body = ready()
    assert (status, body["checks"]["database"]) == (503, "unavailable")


def test_a_database_that_does_not_answer_is_not_waited_for(
    ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    release = threading.Event()
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(health, "_ask_database", lambda: release.wait(10))
    status, body = ready()
    release.set()
    assert (status, body["checks"]["database"]) == (503, "no answer")


def test_without_redis_it_is_not_ready(ready: Any, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, body = ready()
    assert (status, body["checks"]["broker"]) == (503, "unavailable")
    assert body["checks"]["database"] == "ok"
