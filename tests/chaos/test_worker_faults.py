"""A Celery worker killed in the middle of its work, again and again: what it was to do is done in the end, and once."""

import asyncio
import time
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.chaos.crowds import talking
from tests.support.deployments import Deployment, breakable
from tests.support.load import assert_every_view_is_the_log, conclude, size
from tests.support.processes import wait_until
from tests.support.rest import Person
from tests.support.servers import Worker

_KILLS = size(2, 10)
_OLD_MESSAGES = size(20_000, 100_000)
_SWEEPS = (
    "messaging.apply_retention",
    "messaging.forget_receipt_times",
    "accounts.forget_late_tickets",
    "rooms.forget_old_invites",
    "rooms.forget_old_bans",
    "chatsite.tasks.clear_expired_sessions",
)
_TABLES = ("messaging_event", "messaging_roomlog", "messaging_watermark", "messaging_watermarkadvance")
_FILL = """
    INSERT INTO messaging_event (room_id, seq, kind, by_id, at, client_id, body_digest, text, data)
    SELECT %(room)s, 2 + n, 'message.created', %(by)s, now() - interval '40 days', gen_random_uuid(), '\\x00',
           'old words', '{"attachments": [], "mentions": []}'
    FROM generate_series(1, %(count)s) n
"""


def _make_old_room(deployment: Deployment, owner: Person) -> str:
    """A room that keeps thirty days, with so many older messages that erasing them takes a while."""
    with deployment.rest(owner) as rest:
        room = rest.create_room("Archive")
        rest.call("PATCH", f"rooms/{room}/", {"settings": {"retention_days": 30}})
    values = {"room": room, "by": owner.id, "count": _OLD_MESSAGES}
    with psycopg.connect(str(deployment.source)) as connection:
        connection.execute(_FILL, values)
        connection.execute(
            "UPDATE messaging_roomlog SET head = 2 + %(count)s WHERE room_id = %(room)s", values
        )
    return room


def _old_words(deployment: Deployment, room: str) -> int:
    """How many old messages still have their text."""
    query = "SELECT count(*) FROM messaging_event WHERE room_id = %s AND text <> ''"
    return int(_read(deployment, sql.SQL(query), room)[0][0])


def _read(deployment: Deployment, query: sql.SQL | sql.Composed, *values: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(str(deployment.source)) as connection:
        return connection.execute(query, values).fetchall()


def _everything(deployment: Deployment) -> list[list[tuple[Any, ...]]]:
    """All rows that tasks may change."""
    queries = (sql.SQL("SELECT * FROM {} ORDER BY 1, 2, 3").format(sql.Identifier(name)) for name in _TABLES)
    return [_read(deployment, query) for query in queries]


def _kill_while_it_erases(deployment: Deployment, worker: Worker, room: str) -> int:
    """Ask for the sweep, and kill the worker when it has erased something; how many messages are left then."""
    before = _old_words(deployment, room)
    deployment.ask_for("messaging.apply_retention")
    wait_until(
        lambda: _old_words(deployment, room) < before, what="the worker erases", pause=0.01, timeout=60
    )
    worker.kill()
    left = _old_words(deployment, room)
    worker.start()
    return left


@pytest.mark.proof
@pytest.mark.timeout(400)
async def test_receipts_and_sweeps_come_to_their_end_when_the_worker_is_killed(postgres_server: str) -> None:
    assert settings.CELERY_TASK_ACKS_LATE
    with breakable(postgres_server) as deployment:
        (worker,) = deployment.workers
        async with talking(deployment) as crowd:
            archive = await asyncio.to_thread(_make_old_room, deployment, crowd.people[0])
            for _ in range(_KILLS):
                left = await asyncio.to_thread(_kill_while_it_erases, deployment, worker, archive)
                assert left > 0, "the sweep was done before the kill"
            await asyncio.to_thread(deployment.ask_for, "messaging.apply_retention")
            await crowd.fall_silent()
            history = await conclude(
                deployment, crowd.clients, crowd.rooms, phones=crowd.phones, patience=180
            )
            await asyncio.to_thread(
                wait_until,
                lambda: _old_words(deployment, archive) == 0,
                what="the old messages are erased",
                timeout=60,
            )
            assert_every_view_is_the_log(history, crowd.people)
            await asyncio.to_thread(_assert_tasks_change_nothing, deployment, crowd.rooms[0], crowd.people[1])


def _assert_tasks_change_nothing(deployment: Deployment, room: str, member: Person) -> None:
    """Every sweep twice more, and a task with marks of long ago, which comes late and twice."""
    (worker,) = deployment.workers
    before, done = _everything(deployment), worker.said().count(" succeeded in ")
    for name in 2 * _SWEEPS:
        deployment.ask_for(name)
    for _ in range(2):
        deployment.ask_for("messaging.store_receipts", [[room, member.id, 3, 2]], time.time())
    due = done + 2 * len(_SWEEPS) + 2
    wait_until(lambda: worker.said().count(" succeeded in ") >= due, what="all tasks are done", timeout=60)
    assert _everything(deployment) == before
