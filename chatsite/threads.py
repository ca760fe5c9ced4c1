"""Threads for database work of the asynchronous edge."""

import asyncio
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
    """

    def __init__(self, name: str, *, size: int) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`, run in one of the threads with fresh enough connections."""
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: _with_connections(work, *args, **kwargs)
        )

    def stop(self, *, wait: bool = False) -> None:
        """Take no more work; with `wait`, return when the running work has ended."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


def _with_connections(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()


readers = DatabaseThreads("reader", size=4)
