"""One look at one process: what it tells the others of itself."""

import os
import socket
import time

import msgspec

SERVER = f"{socket.gethostname()}:{os.getpid()}"
STARTED_MS = time.time_ns() // 1_000_000


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Totals count from the server's start. A duration of None: there was no answer (or, of Redis, there is none).

    `people` are those who are there on the whole site, `people_here` those with a socket on this server; `tasks` wait in
    Celery's queue, `writing` messages for the database of this server.
    """

    server: str
    started_ms: int
    at_ms: int
    draining: bool
    sockets: int
    people: int | None
    people_here: int
    writing: int
    tasks: int | None
    stored: int
    refused: int
    cut: int
    waits: list[int]
    waited_ms: float
    redis_ms: float | None
    database_ms: float | None


encoder = msgspec.json.Encoder()
decoder = msgspec.json.Decoder(Sample)
