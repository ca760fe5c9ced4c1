"""Many who ask the database for the same kind of thing at one moment: a stampede costs few queries."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from chatsite.threads import DatabaseThreads, readers

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class SharedReading(Generic[Asked, Found]):
    """Who asks while one reading is under way shares the next with all others who do.

    `read_many(asked)` runs in a thread and answers each of them, in their order; what it raises is raised to
    each. At most `most` share one reading, so that none of them waits for too many.
    """

    def __init__(
        self,
        read_many: Callable[[Sequence[Asked]], Sequence[Found]],
        *,
        most: int,
        threads: DatabaseThreads = readers,
    ) -> None:
        self._read_many = read_many
        self._most = most
        self._threads = threads
        self._waiting: list[tuple[Asked, asyncio.Future[Found]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Found:
        """The answer to one."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Found] = loop.create_future()
        self._waiting.append((asked, future))
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._read_all())
        return await future

    async def _read_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                found = await self._threads.run(self._read_many, [asked for asked, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(batch, found, strict=True):
                if not future.done():
                    future.set_result(answer)
