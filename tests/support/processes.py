"""Starting and ending child processes so that none outlives the tests."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

# Below Linux's range for outgoing connections (32768 and up), so that a port stays free while its server restarts.
_PORTS = range(18_000, 32_000)
_FOLDER_PREFIX = "parley-tests-"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on. Chosen by the system's own randomness: seeded tests run in parallel."""
    for _ in range(200):
        port = secrets.choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError("no free port on 127.0.0.1 between 18000 and 32000")


# The kernel's leash is tied to the thread that started a child, so one thread that lives as long as we do starts all.
_starter = ThreadPoolExecutor(1, thread_name_prefix="starter")


def start_process(
    command: Sequence[str | Path], log: Path, *, leash: signal.Signals = signal.SIGKILL, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child that leads its own process group, with its output appended to `log`; leashed (see there).

    `options` are those of `subprocess.Popen`.
    """

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                leashed(command, leash), stdout=output, stderr=output, start_new_session=True, **options
            )

    return _starter.submit(start).result()


def leashed(command: Sequence[str | Path], with_signal: signal.Signals) -> list[str | Path]:
    """`command` so that the kernel sends it `with_signal` when the thread that started it is gone, if it can do that.

    So even a killed pytest leaves no server behind.
    """
    leash = shutil.which("setpriv")  # of util-linux
    if leash is None:
        return list(command)
    return [leash, "--pdeathsig", with_signal.name.removeprefix("SIG"), "--", *command]


def new_folder(name: str) -> Path:
    """A new temporary folder; its name tells whose it is, so that `sweep_folders` can clear up after a killed run."""
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.getpid()}-{name}-"))


def sweep_folders() -> None:
    """Remove temporary folders of test runs that are no longer alive."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}*"):
        owner = folder.name.removeprefix(_FOLDER_PREFIX).split("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def remove_own_folders() -> None:
    """Remove every temporary folder that this process made, at its end."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER_PREFIX}{os.getpid()}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the whole process group that `process` leads; nothing happens when it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def stop_process(process: subprocess.Popen[bytes], number: signal.Signals, *, patience: float = 10) -> int:
    """Ask a process to end by `number`; after `patience` seconds kill its whole group. Answers its exit status."""
    if process.poll() is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(patience)
    signal_group(process, signal.SIGKILL)
    return process.wait()


def family(pid: int) -> Iterator[int]:
    """A process, its children and theirs."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident_mib(pid: int) -> float:
    """The memory that a process has in RAM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"{pid} has no memory")


def wait_until(true: Callable[[], bool], *, what: str, timeout: float = 20, pause: float = 0.05) -> None:
    """Block until `true()`; fail with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s in vain: {what}")
        time.sleep(pause)
