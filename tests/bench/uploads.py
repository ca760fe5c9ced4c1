"""One file of 100 MB on its way in: what the server holds of it."""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Iterator

from tests.bench.contenders import Contender
from tests.bench.measuring import Taken

FILE_BYTES = 100 * 2**20
PART = os.urandom(256 * 1024)
BOUNDARY = "a-boundary-of-the-bench"
HEAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="tides.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
EVERY_SECONDS = 0.02


def upload(contender: Contender) -> Taken:
    """The most memory that the server held above what it holds after a first small file, MiB; and how long it took."""
    contender.start()
    _send(contender, len(PART))  # whatever a first upload loads is loaded
    before = contender.resident_kib()
    with _Watch(contender) as watch:
        began = time.monotonic()
        status = _send(contender, FILE_BYTES)
        took = time.monotonic() - began
    problems = [] if status == 201 else [f"the upload was answered {status}"]
    return Taken({"mib": (watch.most - before) / 1024, "mib_goal": 20, "seconds": took}, problems=problems)


def _send(contender: Contender, size: int) -> int:
    room = contender.world.rooms["ten"][0]
    connection = http.client.HTTPConnection("127.0.0.1", contender.port, timeout=120)
    headers = {
        "Authorization": f"Bearer {contender.world.people[0].token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(HEAD) + size + len(TAIL)),
    }
    connection.request("POST", f"/api/v1/rooms/{room}/attachments/", _parts(size), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _parts(size: int) -> Iterator[bytes]:
    yield HEAD
    for _ in range(size // len(PART)):
        yield PART
    yield TAIL


class _Watch:
    """Looks at the server's memory while a block runs; `most` is the highest, KiB."""

    def __init__(self, contender: Contender) -> None:
        self._contender = contender
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = 0

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.most = max(self.most, self._contender.resident_kib())
