"""Answers that are made while they are sent."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

from django.http import StreamingHttpResponse

from .threads import DatabaseThreads, readers


class PartsInTurn(StreamingHttpResponse):
    """An answer in parts, of which only one is held at a time.

    Left to itself Django makes the whole of a synchronous iterator before it sends the first byte of it, when it
    runs behind ASGI. Here each part is made in a thread, when the one before it is on its way.
    """

    threads: ClassVar[DatabaseThreads] = readers

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts."""
        parts = iter(self)
        while (part := await self.threads.run(lambda: next(parts, None))) is not None:
            yield part


class FileStream(PartsInTurn):
    """A file that is made while it is sent."""

    def __init__(self, *args: Any, name: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self["Content-Disposition"] = f'attachment; filename="{name}"'
