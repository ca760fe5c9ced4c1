"""Our HTTP protocol class for uvicorn: a request that does not arrive in time is not waited for.

Uvicorn bounds the time between requests, not that of a request itself; a peer that sends a byte now and then would
hold a connection for ever. Like `direct_socket` this leans on uvicorn's inside;
`tests/chatsite/test_patient_http.py` pins what it needs.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chatsite import limits


class PatientHttpProtocol(HttpToolsProtocol):
    """One connection, until it is upgraded or ends. Patient for `limits.UPGRADE_SECONDS`."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._begin_waiting()

    def on_message_begin(self) -> None:
        """A request begins: the first one is waited for already."""
        super().on_message_begin()
        self._begin_waiting()

    def on_headers_complete(self) -> None:
        """All that says what is wanted is there; what the answer takes is another matter."""
        self._end_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone."""
        self._end_waiting()
        super().connection_lost(exc)

    def _begin_waiting(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(limits.UPGRADE_SECONDS, self.transport.close)

    def _end_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
