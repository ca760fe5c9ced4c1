"""Group commit: sends that arrive while a commit is under way form the next batch.

No timer waits for company: a lone message goes straight through, and under load the batches
grow by themselves. One batch is one transaction in one thread, so that the sends of one socket
are stored in their order.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError

from chatsite import limits
from chatsite.errors import ChatError, Overloaded
from chatsite.figures.counters import counters
from chatsite.threads import DatabaseThreads
from messaging.services import Draft, Outcome, send_messages

logger = logging.getLogger(__name__)

Answer = Callable[[Outcome], None]

BATCH_CHARACTERS = 250_000


class Waiting:
    """A draft, and who is told its outcome: once, on the loop."""

    __slots__ = ("_answer", "draft", "since")

    def __init__(self, draft: Draft, answer: Answer, since: float) -> None:
        self.draft = draft
        self.since = since
        self._answer: Answer | None = answer

    def settle(self, outcome: Outcome) -> None:
        """Tell the outcome, unless one was told before."""
        answer, self._answer = self._answer, None
        if answer is not None:
            answer(outcome)


class Writer:
    """Stores the sends of one process."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = DatabaseThreads("writer", size=1, keep=1.0)
        self._queue: deque[Waiting] = deque()
        self._batch: list[Waiting] = []
        self._storing: asyncio.Task[None] | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    def send(self, draft: Draft, answer: Answer) -> None:
        """Store a draft with the next batch; `answer` is called with its outcome.

        Never waits: where too many wait already, or the database takes too long, the outcome is
        `Overloaded`, and a repetition finds out whether the message was stored after all.
        """
        if len(self._queue) >= limits.WRITER_QUEUE:
            answer(Overloaded(retry_after_ms=1000))
            return
        self._queue.append(Waiting(draft, answer, self._loop.time()))
        if self._storing is None:
            self._storing = self._loop.create_task(self._store_all())
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(limits.WRITER_SECONDS, self._sweep)

    @property
    def waiting(self) -> int:
        """How many messages are not answered yet."""
        return len(self._batch) + len(self._queue)

    async def finish(self) -> None:
        """Return when nothing waits any more."""
        while self._storing is not None:
            await asyncio.wait([self._storing])

    def stop(self) -> None:
        """Take no more work; what still waits is answered `Overloaded`."""
        for waiting in [*self._batch, *self._queue]:
            waiting.settle(Overloaded())
        self._queue.clear()
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._thread.stop()

    async def _store_all(self) -> None:
        try:
            while self._queue:
                self._batch = self._next_batch()
                for waiting, outcome in zip(self._batch, await self._store(), strict=True):
                    waiting.settle(outcome)
        finally:
            self._batch = []
            self._storing = None

    def _next_batch(self) -> list[Waiting]:
        """As many as may go together: a batch of long messages must not fill the queues of those who hear them."""
        batch: list[Waiting] = []
        characters = 0
        while self._queue and len(batch) < limits.WRITER_BATCH and characters < BATCH_CHARACTERS:
            waiting = self._queue.popleft()
            characters += len(waiting.draft.text)
            batch.append(waiting)
        return batch

    async def _store(self) -> list[Outcome]:
        drafts = [waiting.draft for waiting in self._batch]
        try:
            outcomes = await self._thread.run(send_messages, drafts)
            counters.note_batch(self._loop.time(), [waiting.since for waiting in self._batch], outcomes)
            return outcomes
        except (DatabaseError, InterfaceError) as error:
            logger.warning("a batch of %d messages was not stored: %s", len(drafts), error)
            return [Overloaded(retry_after_ms=500) for _ in drafts]
        except Exception:
            logger.exception("a batch of %d messages failed", len(drafts))
            return [ChatError() for _ in drafts]

    def _sweep(self) -> None:
        """Answer those who have waited too long; a database that hangs must not silence the senders."""
        self._sweeping = None
        too_old = self._loop.time() - limits.WRITER_SECONDS
        waiting = [*self._batch, *self._queue]
        for each in waiting:
            if each.since <= too_old:
                each.settle(Overloaded(retry_after_ms=500))
        self._queue = deque(each for each in self._queue if each.since > too_old)
        young = [each.since for each in waiting if each.since > too_old]
        if young:
            self._sweeping = self._loop.call_at(min(young) + limits.WRITER_SECONDS, self._sweep)
