"""A site to run servers on: migrated databases with the first administrator in them, made quickly by copying."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.people import ADMIN
from tests.support.processes import new_folder
from tests.support.services import create_database, drop_database, with_path

PROJECT = Path(__file__).resolve().parents[2]
SECRET_KEY = "only-for-tests-" + "0123456789" * 5

GENEROUS = {
    "LIMIT_MESSAGE_SEND": "100000/s+100000",
    "LIMIT_COMMANDS": "100000/s+100000",
    "LIMIT_SOCKETS_PER_ADDRESS": "10000",
    "LIMIT_SOCKETS_PER_USER": "1000",
}
"""Limits that load and quick tests never meet."""


def environment(extra: dict[str, str]) -> dict[str, str]:
    """The environment of a process of the product: this one's, without any setting that is not named in `extra`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "SECRET_KEY": SECRET_KEY, "PYTHONUNBUFFERED": "1", **extra}


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


def _migrate(env: dict[str, str]) -> None:
    manage("migrate", "--noinput", "--verbosity", "0", env=env)
    login = {
        "DJANGO_SUPERUSER_USERNAME": ADMIN.username,
        "DJANGO_SUPERUSER_PASSWORD": ADMIN.password,
        "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
    }
    manage("createsuperuser", "--noinput", env=env | login)


def _run_folder() -> Path:
    """One folder for all processes of a test run."""
    return Path(os.environ["TEST_FOLDER"])


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one process of the run is inside at a time."""
    with (_run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _once(name: str, make: Callable[[], None]) -> None:
    """Call `make` once in the whole run, whichever process comes first; the others wait."""
    done = _run_folder() / f"{name}.done"
    with _alone(name):
        if not done.exists():
            make()
            done.touch()


def template_name() -> str:
    """The database of this run that new ones are copied from."""
    return f"parley_template_{os.environ['TEST_RUN']}"


def postgres_database(server: str, name: str) -> str:
    """A new migrated database `name` on the server that the URL `server` names; answers its URL."""

    def make() -> None:
        url = create_database(server, template_name())
        with contextlib.ExitStack() as stack:
            folder = new_folder("template")
            stack.callback(shutil.rmtree, folder)
            _migrate({"DATABASE_URL": url, "DATA_DIR": str(folder)})

    _once(f"template-{urlsplit(server).port}", make)
    with _alone("copy"):  # PostgreSQL refuses to copy a database that another session is copying from
        return create_database(server, name, template=template_name())


def drop_template(server: str) -> None:
    """Remove the template from a server that outlives the run."""
    drop_database(with_path(server, template_name()))


def sqlite_folder() -> Path:
    """A new data folder with a migrated SQLite database in it."""
    template = _run_folder() / "embedded"

    def make() -> None:
        template.mkdir()
        _migrate({"DATA_DIR": str(template)})

    _once("embedded", make)
    folder = new_folder("site")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder
