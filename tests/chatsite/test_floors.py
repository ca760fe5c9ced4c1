"""The import contracts hold, and each of them notices what it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .launching import ROOT

PACKAGES = ("chatsite", "rooms", "messaging")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and the contracts, to break something in."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


PLANTED = [
    ("messaging/room_log.py", "import messaging.services", "Imports go down"),
    ("messaging/services.py", "import messaging.realtime.consumer", "Imports go down"),
    ("messaging/realtime/consumer.py", "import rooms.api", "Imports go down"),
    ("rooms/api/views.py", "import messaging.services", "Rooms and accounts"),
    ("messaging/protocol.py", "import django.http", "The wire protocol"),
    ("rooms/services.py", "import rest_framework.request", "The domain"),
]


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED)
def test_a_planted_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    with (copy / file).open("a") as source:
        source.write(f"\n{line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout
    assert any(contract in text and text.endswith("BROKEN") for text in done.stdout.splitlines()), done.stdout
