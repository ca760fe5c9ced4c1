"""Threads for database work of the asynchronous edge."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThreads:
    """A few threads that run plain Django code for coroutines.

    Channels' `database_sync_to_async` shares one thread a process, so a slow query would stand in
    the way of every other; here each kind of work has threads of its own.

    Work begins with a connection that was just checked, unless the thread's last one was used without a fault in the
    last `keep` seconds: under load, taking one from the pool for every batch took a fifth of its time. Only a lone
    thread can keep one, so that `stop` finds it.
    """

    def __init__(self, name: str, *, size: int, keep: float = 0.0) -> None:
        if keep and size != 1:
            raise ValueError(f"threads that keep a connection come alone, not by {size}")
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._keep = keep
        self._kept_until = 0.0  # by the lone thread's clock
        self._stopped = False

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`, run in one of the threads with fresh enough connections."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: self._with_connections(work, *args, **kwargs)
        )

    def stop(self, *, wait: bool = False) -> None:
        """Take no more work, and let what waits be cancelled; with `wait`, return when the running work has ended."""
        if not self._stopped:
            self._stopped = True
            self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=wait)

    def _with_connections(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._stopped:
            raise CancelledError
        if self._kept_until <= time.monotonic():
            close_old_connections()
        self._kept_until = 0.0
        try:
            result = work(*args, **kwargs)
            if self._keep:
                self._kept_until = time.monotonic() + self._keep
            return result
        finally:
            if not self._kept_until:
                close_old_connections()


readers = DatabaseThreads("reader", size=4)

# Of a bucket a file comes over a network: whoever waits for the database does not wait for that.
file_readers = DatabaseThreads("file-reader", size=8)
