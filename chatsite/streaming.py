"""Files that are made while they are sent."""

from collections.abc import AsyncIterator

from django.http import StreamingHttpResponse

from .threads import readers


class FileStream(StreamingHttpResponse):
    """A file in parts, of which only one is held at a time.

    Left to itself Django makes the whole of a synchronous iterator before it sends the first byte of it, when it
    runs behind ASGI. Here each part is made in a thread, when the one before it is on its way.
    """

    def __init__(self, *args: object, name: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self["Content-Disposition"] = f'attachment; filename="{name}"'

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts."""
        parts = iter(self)
        while (part := await readers.run(lambda: next(parts, None))) is not None:
            yield part
