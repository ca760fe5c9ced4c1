"""Starting Parley's programs as a stranger would: a new process with an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Nothing but the way to Python, a data folder, and `settings`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, "DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "chatsite.settings", **settings}


def run(*command: str, env: dict[str, str], timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run Python in the project's folder, with warnings as errors, and wait for its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def setting(expression: str, *, env: dict[str, str]) -> str:
    """What an expression over the settings module `s` prints in a new process."""
    done = run("-c", f"from chatsite import settings as s; print({expression})", env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
