"""A running site for a journey: servers on one database, with people and rooms in it."""

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from chatsite.celery import app
from tests.support.database_log import Stored, read_database, read_storage
from tests.support.people import Role
from tests.support.processes import new_folder
from tests.support.proxy import Proxy
from tests.support.push_service import HOST
from tests.support.records import Storage
from tests.support.rest import Person, Registrar, Rest
from tests.support.servers import Process, Server, Worker
from tests.support.services import Redis, drop_database, with_port
from tests.support.sites import GENEROUS
from tests.support.templates import People, postgres_database, sqlite_folder


class Deployment:
    """Some servers and what they stand on. `source` is the database that they share: a URL or a file.

    `workers` are Celery's. `wire` is what lies between all of these and Redis, if anything does.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        source: str | Path,
        people: People,
        *,
        workers: Sequence[Worker] = (),
        redis: Redis | None = None,
        wire: Proxy | None = None,
        clear: Callable[[], None] = lambda: None,
    ) -> None:
        self.servers = list(servers)
        self.workers = list(workers)
        self.wire = wire
        self.source = source
        self.redis = redis
        self._clear = clear
        self._people = dict(people)
        self._turn = 0
        self._rests: list[Rest] = []

    def __enter__(self) -> Self:
        try:
            for process in self._processes:
                process.launch()
            for process in self._processes:
                process.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, failure: type[BaseException] | None = None, *_: object) -> None:
        if failure is not None:
            for process in self._processes:
                print(f"--- {process.name} said:\n{process.log_text()[-4000:]}")  # noqa: T201
        for rest in self._rests:
            rest.close()
        for process in self._processes:
            process.close()
        if self.wire is not None:
            self.wire.close()
        if self.redis is not None:
            self.redis.close()
        self._clear()

    @property
    def _processes(self) -> list[Process]:
        return [*self.servers, *self.workers]

    @property
    def server(self) -> Server:
        """The first, or only, server."""
        return self.servers[0]

    @property
    def ws_url(self) -> str:
        """The address of the socket, of one server after another."""
        self._turn += 1
        return self.servers[self._turn % len(self.servers)].ws_url

    @property
    def addresses(self) -> list[str]:
        """The sockets' addresses of all servers."""
        return [server.ws_url for server in self.servers]

    @cached_property
    def _registrar(self) -> Registrar:
        registrar = Registrar(self.server.url)
        self._rests.append(registrar.rest)
        return registrar

    def person(self, role: Role) -> Person:
        """One of the cast on this site, made on first asking."""
        if role.username not in self._people:
            self._people[role.username] = self._registrar.make(role)
        return self._people[role.username]

    def newcomer(self) -> Person:
        """Somebody whom no other test knows."""
        name = f"newcomer-{secrets.token_hex(6)}"
        return self.person(Role(name, "A Newcomer"))

    def rest(self, person: Person, *, at: int = 0) -> Rest:
        """The API as one person sees it, on one of the servers; closed with the deployment at the latest."""
        rest = Rest(self.servers[at].url, token=person.token)
        self._rests.append(rest)
        return rest

    def open_room(self, owner: Person, members: Sequence[Person] = (), *, name: str = "Harbour") -> str:
        """A private room of `owner` with `members`; answers its id."""
        with self.rest(owner) as rest:
            room = rest.create_room(name)
            for member in members:
                rest.add_member(room, member.id)
        return room

    def stored(self, rooms: Sequence[str]) -> Stored:
        """What the database holds about some rooms."""
        return read_database(self.source, rooms)

    def ask_for(self, name: str, *arguments: Any) -> None:
        """Give a task to the queue, as a server or beat does."""
        assert self.wire is not None
        with app.connection_for_write(f"redis://127.0.0.1:{self.wire.port}/0") as connection:
            app.send_task(name, arguments, connection=connection)

    def storage(self, rooms: Sequence[str]) -> Storage:
        """The files of some rooms, and what lies in the folder of all."""
        return read_storage(self.source, Path(self.server.env["DATA_DIR"]) / "uploads", rooms)


def embedded(kind: type[Server] = Server, /, **limits: str) -> Deployment:
    """One server with SQLite and nothing else, as `make run` starts it; limits are generous unless named."""
    folder, people = sqlite_folder()
    server = kind({"DATA_DIR": str(folder), **GENEROUS, **limits}, name="embedded")
    database = folder / "parley.sqlite3"
    return Deployment([server], database, people, clear=lambda: shutil.rmtree(folder, ignore_errors=True))


def full(postgres: str, *, servers: int = 2, workers: int = 0, **limits: str) -> Deployment:
    """Servers, and workers, on a new PostgreSQL database of the server `postgres` and a Redis of their own."""
    return _on_services(postgres, limits, servers=servers, workers=workers)


def breakable(postgres: str, **limits: str) -> Deployment:
    """Two servers and a Celery worker, which reach their Redis by a `wire` that a test can cut."""
    limits = {"PUSH_TRUSTED_HOSTS": HOST, **limits}
    return _on_services(postgres, limits, servers=2, workers=1, wired=True)


def _on_services(
    postgres: str, limits: Mapping[str, str], *, servers: int, workers: int = 0, wired: bool = False
) -> Deployment:
    database, people = postgres_database(postgres, f"journey_{secrets.token_hex(6)}")
    redis = Redis()
    redis.start()
    wire = Proxy(redis.port) if wired else None
    address = redis.url() if wire is None else with_port(redis.url(), wire.port)
    folder = new_folder("site")
    env = {"DATABASE_URL": database, "REDIS_URL": address, "DATA_DIR": str(folder), **GENEROUS, **limits}

    def clear() -> None:
        drop_database(database)
        shutil.rmtree(folder, ignore_errors=True)

    return Deployment(
        [Server(env, name=f"serve{number}") for number in range(1, servers + 1)],
        database,
        people,
        workers=[Worker(env, name=f"worker{number}") for number in range(1, workers + 1)],
        redis=redis,
        wire=wire,
        clear=clear,
    )
