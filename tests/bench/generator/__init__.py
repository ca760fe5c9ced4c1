"""The load generator: a small C program, built on the spot, and how it is driven."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.sites import PROJECT

SOURCES = Path(__file__).parent
PROGRAM = PROJECT / "var" / "bench" / "load"

Answer = dict[str, Any]


class NoCompilerError(Exception):
    """There is no C compiler."""


def build() -> None:
    """Compile the generator, if its sources are newer. Raises `NoCompilerError`."""
    sources = sorted(SOURCES.glob("*.c"))
    newest = max(file.stat().st_mtime for file in [*sources, SOURCES / "load.h"])
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > newest:
        return
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompilerError(
            "The load generator needs a C compiler; on Debian: apt-get install gcc libc6-dev"
        )
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O2", "-Wall", "-o", PROGRAM, *sources], check=True)


class Generator:
    """A running generator. Its commands are described in `main.c`; each answer is a dict."""

    def __init__(self, codec: str, port: int, *, pids: Iterable[int] = ()) -> None:
        self._process = subprocess.Popen(
            [PROGRAM, codec, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.tell(f"pids {','.join(map(str, pids))}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def tell(self, line: str) -> None:
        """A command without an answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def ask(self, line: str) -> Answer:
        """A command and its answer. Raises `RuntimeError` when the generator has ended."""
        assert self._process.stdout is not None
        self.tell(line)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the load generator ended at {line!r}")
        answered: Answer = json.loads(answer)
        return answered
