"""New databases in no time: copies of one that is migrated and has the administrator and the cast in it.

Each of the two (PostgreSQL, SQLite) is made once in a test run, by whichever process needs it first.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.people import ADMIN, CAST, Role, crowd
from tests.support.processes import new_folder
from tests.support.rest import Person, Registrar
from tests.support.servers import Server
from tests.support.services import create_database, drop_database, with_path
from tests.support.sites import GENEROUS, manage

People = dict[str, Person]
"""Who is in a database, by username."""

_CROWD = 19


def template_name() -> str:
    """The PostgreSQL database of this run that new ones are copied from."""
    return f"parley_template_{os.environ['TEST_RUN']}"


def postgres_database(server: str, name: str) -> tuple[str, People]:
    """A new database `name` on the server that the URL `server` names: its URL, and who is in it.

    The crowd is only on the run's own server, not on one that a test starts for itself.
    """
    others = crowd(_CROWD) if server == os.environ["TEST_DATABASE_URL"] else ()

    def make() -> People:
        url, folder = create_database(server, template_name()), new_folder("template")
        try:
            return _prepare({"DATABASE_URL": url, "DATA_DIR": str(folder)}, others)
        finally:
            shutil.rmtree(folder)

    people = _once(f"postgres-{urlsplit(server).port}", make)
    with _alone("copy"):
        return create_database(server, name, template=template_name()), people


def drop_template(server: str) -> None:
    """Remove the template from a server that outlives the run."""
    drop_database(with_path(server, template_name()))


def sqlite_folder() -> tuple[Path, People]:
    """A new data folder with `parley.sqlite3` in it, and who is in that."""
    template = _run_folder() / "embedded"

    def make() -> People:
        template.mkdir()
        return _prepare({"DATA_DIR": str(template)}, crowd(5))

    people = _once("sqlite", make)
    folder = new_folder("site")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder, people


def collected_pages() -> Path:
    """A folder with the page's files, hashed and compressed as in production: a `STATIC_ROOT`, made once in the run."""
    folder = _run_folder() / "static"

    def make() -> People:
        env = {"STATIC_ROOT": str(folder), "DATA_DIR": str(_run_folder() / "collecting")}
        manage("collectstatic", "--noinput", "--verbosity", "0", env=env)
        return {}

    _once("static", make)
    return folder


def _prepare(env: dict[str, str], others: tuple[Role, ...]) -> People:
    """Migrate an empty database, make the administrator by command and the people by REST."""
    manage("migrate", "--noinput", "--verbosity", "0", env=env)
    login = {
        "DJANGO_SUPERUSER_USERNAME": ADMIN.username,
        "DJANGO_SUPERUSER_PASSWORD": ADMIN.password,
        "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
    }
    manage("createsuperuser", "--noinput", env=env | login)
    server = Server(env | GENEROUS, name="template")
    try:
        server.start()
        registrar = Registrar(server.url)
        people = {role.username: registrar.make(role) for role in (*CAST, *others)}
        registrar.rest.close()
        server.deploy_away()
    finally:
        server.close()
    return people


def _run_folder() -> Path:
    """One folder for all processes of a test run."""
    return Path(os.environ["TEST_FOLDER"])


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Only one process of the run is inside at a time."""
    with (_run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _once(name: str, make: Callable[[], People]) -> People:
    """The people that `make` made, which is called once in the whole run; others wait for it, or fail alike."""
    done, failed = (_run_folder() / f"{name}.{end}" for end in ("json", "failed"))
    with _alone(name):
        if failed.exists():
            raise RuntimeError(failed.read_text())
        if not done.exists():
            try:
                made = make()
            except Exception as reason:
                failed.write_text(f"the template {name} could not be made: {reason}")
                raise
            done.write_text(json.dumps([dataclasses.asdict(person) for person in made.values()]))
        people = [Person(**fields) for fields in json.loads(done.read_text())]
    return {person.username: person for person in people}
