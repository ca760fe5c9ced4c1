"""Threads for database work of the asynchronous edge."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThreads:
    """A few threads that run plain Django code for coroutines.

    Channels' `database_sync_to_async` shares one thread a process, so a slow query would stand in
    the way of every other; here each kind of work has threads of its own.

    Work begins with a connection that was just checked, unless the thread's last one was used without a fault in the
    last `keep` seconds: under load, taking one from the pool for every batch took a fifth of its time.
    """

    def __init__(self, name: str, *, size: int, keep: float = 0.0) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._keep = keep
        self._kept = _Kept()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`, run in one of the threads with fresh enough connections."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: self._with_connections(work, *args, **kwargs)
        )

    def stop(self, *, wait: bool = False) -> None:
        """Take no more work; with `wait`, return when the running work has ended."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _with_connections(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._kept.until <= time.monotonic():
            close_old_connections()
        self._kept.until = 0.0
        try:
            result = work(*args, **kwargs)
            if self._keep:
                self._kept.until = time.monotonic() + self._keep
            return result
        finally:
            if not self._kept.until:
                close_old_connections()


class _Kept(threading.local):
    """Until when this thread goes on with the connection that it has."""

    until = 0.0


readers = DatabaseThreads("reader", size=4)
