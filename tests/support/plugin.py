"""The pytest plugin that has services ready before Django's settings are read (`-p tests.support.plugin`).

The process that starts the run (xdist's controller, or the only one) starts ONE PostgreSQL and ONE Redis and
names them in the environment; xdist's workers inherit it. Every process then has test databases and a Redis
database of its own. With `TEST_DATABASE_URL` and `TEST_REDIS_URL` given, nothing is started. With
`TEST_STORAGE=sqlite` the product runs embedded: SQLite and no Redis.
"""

import os
from collections.abc import Generator

import pytest

from tests.support.processes import new_folder, remove_own_folders, sweep_folders
from tests.support.services import Postgres, Redis, flush_redis, with_path
from tests.support.sites import SECRET_KEY
from tests.support.templates import drop_template

# Settings of whoever runs the tests must not leak into them.
_FOREIGN = ("DATABASE_URL", "REDIS_URL", "DEBUG", "HOST", "PORT", "PUBLIC_URL", "ALLOWED_HOSTS", "SITE_NAME")


class Services:
    """What this process started for the whole run, and must end with it."""

    def __init__(self) -> None:
        self._postgres: Postgres | None = None
        self._redis: Redis | None = None
        self._started = False

    def start(self) -> None:
        """Start what is not given, and tell this process's children by the environment."""
        self._started = True
        if not os.environ.get("TEST_DATABASE_URL"):
            self._postgres = Postgres()
            self._postgres.start()
            os.environ["TEST_DATABASE_URL"] = self._postgres.url("postgres")
        if not os.environ.get("TEST_REDIS_URL"):
            self._redis = Redis()
            self._redis.start()
            os.environ["TEST_REDIS_URL"] = self._redis.url()

    def close(self) -> None:
        """End what was started, and leave nothing in what was given."""
        if self._postgres is None and self._started:
            drop_template(os.environ["TEST_DATABASE_URL"])
        for service in (self._postgres, self._redis):
            if service is not None:
                service.close()


def worker_number() -> int:
    """0 in the only process, 1 and up in xdist's workers."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1


def is_embedded() -> bool:
    """Whether this run tests the embedded storage: SQLite, no Redis."""
    storage = os.environ.get("TEST_STORAGE", "postgresql")
    if storage not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"TEST_STORAGE is {storage!r}: it can be sqlite or postgresql")
    return storage == "sqlite"


_services = Services()
_data_dir = new_folder("data")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Runs before pytest-django loads the settings: point them at this process's own services."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ["DATA_DIR"] = str(_data_dir)
    os.environ["SECRET_KEY"] = SECRET_KEY
    if worker_number() == 0:
        sweep_folders()
        os.environ["TEST_RUN"] = str(os.getpid())
        os.environ["TEST_FOLDER"] = str(new_folder("run"))
    if is_embedded():
        return
    if worker_number() == 0:
        _services.start()
    number = worker_number()
    os.environ["DATABASE_URL"] = with_path(
        os.environ["TEST_DATABASE_URL"], f"parley_{os.environ['TEST_RUN']}"
    )
    os.environ["REDIS_URL"] = with_path(os.environ["TEST_REDIS_URL"], str(number))
    flush_redis(os.environ["REDIS_URL"])


@pytest.hookimpl(wrapper=True)
def pytest_unconfigure() -> Generator[None]:
    """Also reached when the run was interrupted; services end whatever other plugins find at the end."""
    try:
        yield
    finally:
        if worker_number() == 0:
            _services.close()
        remove_own_folders()
