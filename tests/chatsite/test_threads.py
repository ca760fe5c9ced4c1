"""Threads of the asynchronous edge: what they run, and the connections that they leave behind."""

import asyncio
import threading

import pytest
from django.db import connections

from chatsite.threads import DatabaseThreads

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def _use_connection():
    mine = connections["default"]
    mine.ensure_connection()
    return mine


async def test_a_thread_without_keep_gives_its_connection_back_after_each_work():
    threads = DatabaseThreads("plain", size=1)
    used = await threads.run(_use_connection)
    assert used.connection is None
    threads.stop(wait=True)


async def test_a_thread_keeps_its_connection_for_the_next_work():
    threads = DatabaseThreads("kept", size=1, keep=60.0)
    used = await threads.run(_use_connection)
    assert used.connection is not None
    assert await threads.run(_use_connection) is used
    threads.stop(wait=True)


async def test_stopped_threads_hold_no_connection():
    threads = DatabaseThreads("kept", size=1, keep=60.0)
    used = await threads.run(_use_connection)
    threads.stop(wait=True)
    assert used.connection is None


async def test_what_still_waits_when_the_threads_stop_is_cancelled():
    threads = DatabaseThreads("kept", size=1, keep=60.0)
    started, go_on = threading.Event(), threading.Event()

    def hold():
        started.set()
        go_on.wait(20)
        return _use_connection()

    ran: list[str] = []
    running = asyncio.ensure_future(threads.run(hold))
    await asyncio.to_thread(started.wait, 20)
    waiting = asyncio.ensure_future(threads.run(ran.append, "late"))
    await asyncio.sleep(0)
    threads.stop()
    go_on.set()
    used = await running
    with pytest.raises(asyncio.CancelledError):
        await waiting
    threads.stop(wait=True)
    assert ran == []
    assert used.connection is None
