"""How the product's processes are run in tests: their environment, and `manage.py`."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SECRET_KEY = "only-for-tests-" + "0123456789" * 5

GENEROUS = {
    "LIMIT_MESSAGE_SEND": "100000/s+100000",
    "LIMIT_COMMANDS": "100000/s+100000",
    "LIMIT_SEARCHES": "100000/s+100000",
    "LIMIT_SOCKETS_PER_ADDRESS": "10000",
    "LIMIT_SOCKETS_PER_USER": "1000",
}
"""Limits that load and quick tests never meet."""


def environment(extra: dict[str, str]) -> dict[str, str]:
    """The environment of a process of the product: this one's, without any setting that is not named in `extra`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "SECRET_KEY": SECRET_KEY, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **extra}


def manage(*arguments: str, env: dict[str, str]) -> str:
    """Run `manage.py` to its end and answer what it printed; a failure shows what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
