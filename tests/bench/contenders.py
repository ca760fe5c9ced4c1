"""The servers that are measured: ours, and each peer, on the same PostgreSQL and Redis."""

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.bench.layout import PEOPLE, Kind, Signed, World
from tests.support.processes import family, new_folder
from tests.support.servers import ManyServers, Process, Server
from tests.support.services import Postgres, Redis, create_database, flush_redis
from tests.support.sites import GENEROUS, PROJECT, environment, manage

PEERS = Path(__file__).parent / "peers"
_TUTORIAL = "tests.bench.peers.tutorial"


class BenchPostgres(Postgres):
    """PostgreSQL as the tests start it, fsync and synchronous_commit on; counts statements where a row asks for it."""

    def _initialise(self) -> None:
        super()._initialise()
        with (self.folder / "data" / "postgresql.conf").open("a") as config:
            config.write("shared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.track = none\n")

    def settle(self, url: str) -> None:
        """Give the planner the statistics that autovacuum would gather within minutes."""
        if url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")

    def checkpoint(self) -> None:
        """Write out what the last run left, so that the next does not pay for it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


class Contender:
    """One server in its database, with its people and rooms. `name` is also the codec of the generator."""

    name = ""
    title = ""
    credentials: Sequence[str] = ("token",)

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = {kind.name: kind for kind in kinds}
        self.world = World([], {})
        self.database = ""
        self._process: Process | None = None

    def prepare(self, postgres: Postgres, redis: Redis, number: int) -> None:
        """Make the database and seed it; `number` is this contender's own among Redis' databases."""
        self.database = create_database(postgres.url("postgres"), f"bench_{self.name}_{secrets.token_hex(4)}")
        self.env = {"DATABASE_URL": self.database, "REDIS_URL": f"{redis.url().rsplit('/', 1)[0]}/{number}"}
        self.seed()

    def seed(self) -> None:
        """Fill the database; each kind of contender says how."""
        raise NotImplementedError

    def new_process(self) -> Process:
        """The process to start; each kind of contender says which."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server, unless it runs."""
        if self._process is None:
            if url := self.env.get("REDIS_URL"):
                flush_redis(url)  # a server that was killed leaves counts behind that live on for a minute
            self._process = self.new_process()
            self._process.start()

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.close()
            shutil.rmtree(self._process.log_file.parent, ignore_errors=True)
            self._process = None

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self.process.env["PORT"])

    @property
    def process(self) -> Process:
        """The running server."""
        assert self._process is not None
        return self._process

    def pids(self) -> list[int]:
        """The server's process and its children."""
        return list(family(self.process.pid))

    def resident_kib(self) -> int:
        """Memory that the server's processes hold, KiB."""
        return sum(_resident_kib(pid) for pid in self.pids())

    def sockets(
        self, kind: str, credential: str = "", *, senders: int = -1, rooms: int = -1, join: bool = True
    ) -> Iterator[str]:
        """The generator's lines for the people online in the rooms of a kind.

        `senders`: how many of each room send, all by default; `rooms`: in how many of the rooms.
        """
        credential = credential or self.credentials[0]
        way = "cookie" if credential == "session" else "bearer"
        those = self.kinds[kind]
        for number, room in enumerate(self.world.rooms[kind][: rooms if rooms >= 0 else None]):
            for place, person in enumerate(those.people(number)[: those.online]):
                signed = self.world.people[person]
                secret = signed.session if credential == "session" else signed.token
                sends = int(senders < 0 or place < senders)
                yield f"socket {room if join else '-'} {signed.id} {way} {secret} {sends}"


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


class Parley(Contender):
    """Ours, by `manage.py serve`, with PostgreSQL and Redis. Only rates and socket counts are raised."""

    name = "parley"
    title = "Parley"
    credentials = ("session", "token")
    server: type[Server] = Server

    def seed(self) -> None:
        """By Parley's own models."""
        self.folder = new_folder("bench")
        self.env |= {"DATA_DIR": str(self.folder)}
        manage("migrate", "--noinput", "--verbosity", "0", env=self.env)
        people, rooms = _seeded(self.env, "tests.bench.seed", ",".join(self.kinds), str(self.people_count))
        self.world = World([Signed(*person) for person in people], rooms)

    @property
    def people_count(self) -> int:
        """How many people there are."""
        return PEOPLE

    def new_process(self) -> Process:
        """Our server."""
        return self.server(self.env | GENEROUS | {"LIMIT_FILE_BYTES": str(200 * 2**20)}, name="parley")


class Huge(Parley):
    """Ours with 100,000 users, 20,000 rooms and 2,000,000 memberships, as `manage.py demo --scale` makes them."""

    title = "Parley, huge"

    def seed(self) -> None:
        """By Parley's own command; nobody there has a socket."""
        self.folder = new_folder("bench")
        self.env |= {"DATA_DIR": str(self.folder)}
        manage("migrate", "--noinput", "--verbosity", "0", env=self.env)
        manage("demo", "--scale", env=self.env)

    def start(self) -> None:
        """Its pages are asked in a process of their own."""

    def office(self) -> dict[str, float]:
        """The most queries of a list of the admin, and the longest time that one took, ms."""
        answer = json.loads(_run(self.env, "chatsite.settings", "tests.bench.office"))
        return {"queries": answer["queries"], "ms": answer["ms"]}


class Searched(Parley):
    """Ours with a million messages of many words, all indexed."""

    title = "Parley, a million said"

    def seed(self) -> None:
        """By the bench's own words."""
        super().seed()
        _run(self.env, "chatsite.settings", "tests.bench.search", "fill")

    def search(self) -> dict[str, float]:
        """First pages as members ask for them, ms."""
        members = ",".join(person.id for person in self.world.people[:3])
        answer = json.loads(_run(self.env, "chatsite.settings", "tests.bench.search", "ask", members))
        return {"p50": answer["p50"], "p95": answer["p95"]}

    @contextmanager
    def indexing(self) -> Iterator[None]:
        """The sweep of a worker runs meanwhile."""
        command = [
            sys.executable,
            "-m",
            "tests.bench.under_django",
            "chatsite.settings",
            "tests.bench.search",
        ]
        worker = subprocess.Popen([*command, "keep"], cwd=PROJECT, env=environment(self.env))
        try:
            yield
        finally:
            worker.terminate()
            worker.wait()


class TwoProcesses(Parley):
    """Ours with `--workers 2`, in the database of another contender."""

    title = "Parley, 2 processes"
    server = ManyServers

    def __init__(self, other: Parley) -> None:
        super().__init__(list(other.kinds.values()))
        self.world, self.env, self.database = other.world, other.env, other.database


class Embedded(Parley):
    """Ours without any setting: SQLite, everything in one process."""

    title = "Parley, embedded"

    def prepare(self, postgres: Postgres, redis: Redis, number: int) -> None:
        """A data folder is all that it needs."""
        self.env = {}
        self.seed()

    @property
    def people_count(self) -> int:
        """Those of the twenty rooms."""
        return 200


def _seeded(
    env: dict[str, str], module: str, *arguments: str
) -> tuple[list[list[str]], dict[str, list[str]]]:
    made = json.loads(_run(env, "chatsite.settings", module, *arguments))
    return made["people"], made["rooms"]


def _run(env: dict[str, str], settings: str, module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.bench.under_django", settings, module, *arguments]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(env), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    return done.stdout


class Node(Contender):
    """A peer on Node."""

    program = ""

    def seed(self) -> None:
        """Plain tables, by COPY."""
        people = [Signed(f"person{n}", secrets.token_urlsafe(32), "") for n in range(PEOPLE)]
        rooms = {kind.name: [f"{kind.name}{n}" for n in range(kind.count)] for kind in self.kinds.values()}
        self.world = World(people, rooms)
        with psycopg.connect(self.database) as connection, connection.cursor() as cursor:
            cursor.execute((PEERS / "schema.sql").read_text().encode())
            with cursor.copy("COPY tokens FROM STDIN") as copy:
                for person in people:
                    copy.write_row((hashlib.sha256(person.token.encode()).hexdigest(), person.id))
            with cursor.copy("COPY rooms FROM STDIN") as copy:
                for ids in rooms.values():
                    for room in ids:
                        copy.write_row((room, 0))
            with cursor.copy("COPY members FROM STDIN") as copy:
                for kind in self.kinds.values():
                    for number, room in enumerate(rooms[kind.name]):
                        for person_number in kind.people(number):
                            copy.write_row((room, people[person_number].id))

    def new_process(self) -> Process:
        """Node with the peer's program."""
        return NodeServer(self.env | {"NODE_ENV": "production"}, self.program)


class NodeServer(Server):
    """One Node process."""

    def __init__(self, env: dict[str, str], program: str) -> None:
        super().__init__(env, name=program.removesuffix(".mjs"))
        self._program = program

    def command(self) -> list[str | Path]:
        """Node as it comes."""
        return ["node", PEERS / self._program]

    def is_ready(self) -> bool:
        """It says so when it listens."""
        return "ready" in self.log_text()


class SocketIo(Node):
    """Peer (b)."""

    name = "socketio"
    title = "Socket.IO 4"
    program = "socketio.mjs"


class PlainWs(Node):
    """Peer (c)."""

    name = "ws"
    title = "ws with batches"
    program = "ws.mjs"


class Tutorial(Contender):
    """Peer (a)."""

    name = "tutorial"
    title = "Channels tutorial"
    credentials = ("session",)

    def seed(self) -> None:
        """By its own models; rooms are only names."""
        made = json.loads(_run(self.env, f"{_TUTORIAL}.settings", f"{_TUTORIAL}.seed", str(PEOPLE)))
        people = [Signed(id, "", session) for id, session in made]
        rooms = {kind.name: [f"{kind.name}_{n}" for n in range(kind.count)] for kind in self.kinds.values()}
        self.world = World(
            people, {name: [room.replace("-", "_") for room in ids] for name, ids in rooms.items()}
        )

    def new_process(self) -> Process:
        """Daphne."""
        return Daphne(self.env, name="tutorial")


class Daphne(Server):
    """Daphne with the tutorial's application, without its access log."""

    def command(self) -> list[str | Path]:
        """As the tutorial's deployment page has it."""
        application = f"{_TUTORIAL}.asgi:application"
        return [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            application,
        ]

    def is_ready(self) -> bool:
        """It answers: with 404, as the tutorial has no such page."""
        return self.get("/") != 0
