"""Real processes of the product: `manage.py serve`, and a Celery worker."""

import contextlib
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.processes import free_port, new_folder, signal_group, start_process, wait_until
from tests.support.sites import PROJECT, environment


class Process:
    """One process of the product, in a process group of its own, its output in a file."""

    def __init__(self, name: str, env: dict[str, str]) -> None:
        self.name = name
        self.env = env
        self.log_file = new_folder(name) / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    def command(self) -> list[str | Path]:
        """What to run; each kind of process says."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """Whether it does its work; each kind of process says how one knows."""
        raise NotImplementedError

    def launch(self) -> None:
        """Start it without waiting."""
        self._said_before = len(self.log_text())
        self._process = start_process(self.command(), self.log_file, cwd=PROJECT, env=environment(self.env))

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_ready()

    def wait_ready(self, timeout: float = 40) -> None:
        """Block until it is ready; its log is shown when it ends instead."""
        wait_until(self._ready_or_dead, what=f"{self.name} is ready", timeout=timeout)

    def _ready_or_dead(self) -> bool:
        if not self.alive:
            raise RuntimeError(f"{self.name} ended by itself:\n{self.log_text()[-3000:]}")
        return self.is_ready()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    def terminate(self) -> None:
        """Send SIGTERM, as a deploy does, without waiting."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float = 30) -> int:
        """Wait for its end; answers the exit status."""
        assert self._process is not None
        return self._process.wait(timeout)

    def deploy_away(self, timeout: float = 60) -> None:
        """SIGTERM and wait for an orderly end: status 0, or by the signal itself once all is done (as uvicorn does)."""
        self.terminate()
        try:
            status = self.wait(timeout)
        except subprocess.TimeoutExpired:
            self._dump_threads()
            raise AssertionError(f"does not end in {timeout:g} s:\n{self.log_text()[-6000:]}") from None
        assert status in (0, -signal.SIGTERM), f"ended with {status}:\n{self.log_text()[-3000:]}"

    def _dump_threads(self) -> None:
        """Make Python write what every thread is doing to the log, which ends the process."""
        assert self._process is not None
        self._process.send_signal(signal.SIGABRT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)

    def kill(self) -> None:
        """SIGKILL the whole group, as a crash or a lost machine does, and wait for its end."""
        if self._process is not None:
            signal_group(self._process, signal.SIGKILL)
            self._process.wait()

    def freeze(self) -> None:
        """Stop the whole group in its tracks (SIGSTOP)."""
        assert self._process is not None
        signal_group(self._process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        signal_group(self._process, signal.SIGCONT)

    def close(self) -> None:
        """End it for good."""
        if self._process is not None:
            self.kill()

    def log_text(self) -> str:
        """All that it printed so far, over all its starts."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def fault(self) -> str:
        """What it printed from its first traceback on, some lines before it; empty without one."""
        text = self.log_text()
        at = text.find("Traceback")
        return "" if at < 0 else text[max(0, at - 1_000) : at + 6_000]

    def said(self) -> str:
        """What it printed since its last start."""
        return self.log_text()[self._said_before :]


class Server(Process):
    """One `manage.py serve` (or `runserver`) on a port of its own, which it keeps over restarts."""

    def __init__(self, env: dict[str, str], *, name: str = "serve", port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(name, {"PORT": str(self.port), "PUBLIC_URL": self.url, **env})

    @property
    def ws_url(self) -> str:
        """The address of the socket."""
        return f"ws://127.0.0.1:{self.port}/ws/"

    def command(self) -> list[str | Path]:
        """`manage.py serve` on 127.0.0.1."""
        return [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(self.port)]

    def is_ready(self) -> bool:
        """What a load balancer asks: `/readyz` answers 200."""
        return self.get("/readyz") == 200

    def get(self, path: str) -> int:
        """The status of a GET without credentials; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=3) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code
        except OSError:
            return 0


class ManyServers(Server):
    """`manage.py serve --workers`."""

    workers = 2

    def command(self) -> list[str | Path]:
        """As users run it."""
        return [*super().command(), "--workers", str(self.workers)]


class RunServer(Server):
    """`manage.py runserver`: Channels through daphne, for development."""

    def command(self) -> list[str | Path]:
        """Without the reloader, which would be a second process."""
        return [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"]


class Worker(Process):
    """One Celery worker."""

    def __init__(self, env: dict[str, str], *, name: str = "worker") -> None:
        super().__init__(name, env)

    def command(self) -> list[str | Path]:
        """One child process is enough for tests."""
        options = ["--loglevel", "INFO", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        return [sys.executable, "-m", "celery", "-A", "chatsite", "worker", *options]

    def is_ready(self) -> bool:
        """Celery says so."""
        return " ready." in self.said()
