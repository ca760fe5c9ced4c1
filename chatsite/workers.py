"""Several server processes on one machine: each is an ordinary `serve` on a shared listening socket."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

logger = logging.getLogger(__name__)

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
RESTART_SECONDS = 1.0
LOOK_SECONDS = 0.2


class Workers:
    """Keeps `count` servers running; one that dies is started again, a stop is passed on to all.

    Each holds one end of a pipe as its leash: should this process be killed, they notice, drain and end, rather than
    keep the port and serve unwatched.
    """

    def __init__(self, *, host: str, port: int, count: int) -> None:
        self._listening = socket.create_server((host, port), backlog=2048)
        self._count = count
        self._running: list[subprocess.Popen[bytes]] = []
        self._leash, self._held = os.pipe()
        self._stopping = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; returns when every server has drained."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            self._running = [worker for worker in self._running if worker.poll() is None]
            missing = self._count - len(self._running)
            if missing and self._running:
                logger.error("%d server processes ended; starting them again", missing)
                time.sleep(RESTART_SECONDS)
            self._running += [self._start() for _ in range(missing)]
            time.sleep(LOOK_SECONDS)
        for worker in self._running:
            worker.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        fd = self._listening.fileno()
        command = [sys.executable, str(MANAGE), "serve", "--fd", str(fd), "--leash", str(self._leash)]
        # In a session of its own, so that Ctrl C in a terminal reaches it once: through us.
        return subprocess.Popen(command, pass_fds=[fd, self._leash], start_new_session=True)

    def _stop(self, _signum: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for worker in self._running:
            worker.send_signal(signal.SIGTERM)


def end_with_parent(leash: int) -> None:
    """Stop this server in good order when the other end of the pipe `leash` is closed: its parent is gone."""

    def watch() -> None:
        os.read(leash, 1)  # nothing is ever written: this returns at the end of the pipe
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="leash", daemon=True).start()
