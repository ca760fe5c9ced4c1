"""Throw-away PostgreSQL and Redis: real ones, on free ports, in temporary folders."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

from tests.support.processes import free_port, new_folder, start_process, stop_process, wait_until


def newest_postgres() -> Path:
    """The folder of the newest PostgreSQL binaries: Debian's layout first, else what is on the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("initdb")
    if found:
        return found[0].parent
    if on_path:
        return Path(on_path).parent
    raise RuntimeError("PostgreSQL is not installed; on Debian: apt-get install postgresql")


def _unprivileged() -> dict[str, Any]:
    """Arguments for `subprocess` that give up root: initdb and postgres refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


class Postgres:
    """One PostgreSQL cluster of our own, with fsync on; the superuser is `parley`."""

    def __init__(self) -> None:
        self.bin = newest_postgres()
        self.port = free_port()
        self.folder = new_folder("pg")
        self.password = secrets.token_hex(12)
        self._process: subprocess.Popen[bytes] | None = None
        self._initialise()

    def _initialise(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            os.chown(password_file, account.pw_uid, account.pw_gid)
        command: list[str | Path] = [self.bin / "initdb", "-D", self.folder / "data", "-U", "parley"]
        command += ["-A", "scram-sha-256", "--pwfile", password_file]
        command += ["-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=self.folder,
            **_unprivileged(),
        )

    def start(self) -> None:
        """Start the cluster and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on",
            "synchronous_commit": "on",
            "max_connections": "200",
            "log_min_messages": "fatal",
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._process = start_process(
            [self.bin / "postgres", "-D", self.folder / "data", *arguments],
            self.folder / "postgres.log",
            leash=signal.SIGQUIT,
            cwd=self.folder,
            **_unprivileged(),
        )
        wait_until(self._answers, what=f"PostgreSQL on port {self.port} answers", timeout=30)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "postgres.log").read_text()[-2000:])
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop at once (immediate shutdown, as in a power cut): clients are cut, the log is replayed at the next start."""
        if self._process is not None:
            stop_process(self._process, signal.SIGQUIT)
            self._process = None

    def kill(self) -> None:
        """SIGKILL the postmaster and wait until its backends, which notice it by themselves, are gone too."""
        if self._process is None:
            return
        family = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        backends = [Path("/proc", pid) for pid in family.read_text().split()]
        stop_process(self._process, signal.SIGKILL)
        self._process = None
        wait_until(
            lambda: not any(backend.exists() for backend in backends), what="PostgreSQL's backends are gone"
        )

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The address of one database, in the form that `DATABASE_URL` takes."""
        return f"postgresql://parley:{self.password}@127.0.0.1:{self.port}/{database}"


class Redis:
    """One Redis of our own that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = new_folder("redis")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start Redis and wait until it answers."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("Redis is not installed; on Debian: apt-get install redis-server")
        command = [
            program,
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        command += ["--databases", "64", "--dir", str(self.folder)]
        self._process = start_process(command, self.folder / "redis.log")
        wait_until(self._answers, what=f"Redis on port {self.port} answers")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "redis.log").read_text()[-2000:])
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    @property
    def alive(self) -> bool:
        """Whether it was started, and not ended since."""
        return self._process is not None

    def kill(self) -> None:
        """End Redis by SIGKILL: everything it held is gone."""
        if self._process is not None:
            stop_process(self._process, signal.SIGKILL)
            self._process = None

    def close(self) -> None:
        """Stop and remove everything."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, number: int = 0) -> str:
        """The address of one numbered database, in the form that `REDIS_URL` takes."""
        return f"redis://127.0.0.1:{self.port}/{number}"


def with_path(url: str, path: str) -> str:
    """`url` with another path: another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def with_port(url: str, port: int) -> str:
    """`url` with another port of 127.0.0.1: that of a proxy."""
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login}{at}127.0.0.1:{port}"))


@contextlib.contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(with_path(url, "postgres"), autocommit=True) as connection:
        yield connection


def create_database(url: str, name: str, *, template: str = "template1") -> str:
    """Make database `name` on the server of `url` as a copy of `template`; answers the new database's address."""
    with _maintenance(url) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return with_path(url, name)


def end_backends(url: str) -> int:
    """End every connection to the database that `url` names, as an administrator does; how many there were."""
    name = urlsplit(url).path.removeprefix("/")
    with _maintenance(url) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", [name]
        ).fetchone()
    assert ended is not None
    return int(ended[0])


def drop_database(url: str) -> None:
    """Drop the database that `url` names, whoever is still connected to it."""
    name = urlsplit(url).path.removeprefix("/")
    with _maintenance(url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def flush_redis(url: str) -> None:
    """Empty the one numbered Redis database that `url` names."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()
