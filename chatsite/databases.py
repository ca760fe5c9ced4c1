"""From `DATABASE_URL` to Django's `DATABASES["default"]`: PostgreSQL through a pool, or SQLite in one file."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

LOCK_WAIT_S = 1.5
"""How long to wait for a connection or a lock: the writer must answer `overloaded` within 2 s."""

POSTGRESQL_SCHEMES = ("postgres", "postgresql")


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database: one file, safe against power loss, one writer at a time.

    `IMMEDIATE` takes the write lock at the start of a transaction, where waiting helps;
    a read transaction that turns into a write would fail at once instead. `secure_delete`: what is deleted is
    overwritten, so that the file does not keep it.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": LOCK_WAIT_S,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON"
            ),
        },
    }


def postgresql(url: str, *, pool_size: int, statement_timeout_ms: int) -> dict[str, Any]:
    """The shared database. The URL's query may hold any libpq parameter (`sslmode`, `host=/run/postgresql`).

    Raises `ValueError` when a parameter is unknown or the database has no name.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise ValueError("must name a database, as in postgres://user:password@host:5432/name")
    try:
        make_conninfo(**query)
    except ProgrammingError as error:
        raise ValueError(f"has a parameter that PostgreSQL does not know: {error}") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        # A pooled connection that the server dropped (a restart) is replaced before it is lent.
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # Planning costs more than the round trip, so statements that come again are prepared.
            "server_side_binding": True,
            "prepare_threshold": 5,
            "connect_timeout": 2,
            "application_name": "parley",
            # A black-holed connection is given up: unacknowledged data after 2 s, silence after 14.
            "tcp_user_timeout": 2000,
            "keepalives_idle": 5,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "options": (
                f"-c statement_timeout={statement_timeout_ms}"
                f" -c lock_timeout={int(LOCK_WAIT_S * 1000)}"
                " -c idle_in_transaction_session_timeout=30000"
            ),
            "pool": {
                "min_size": 1,
                "max_size": pool_size,
                "timeout": LOCK_WAIT_S,
                "name": "parley",
            },
            **query,
        },
    }


def from_url(url: str, *, pool_size: int, statement_timeout_ms: int) -> dict[str, Any]:
    """`postgres://…` or `sqlite:////absolute/path`. Raises `ValueError` with the reason."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        path = unquote(rest.removeprefix("/"))
        if not path:
            raise ValueError("must name a file, as in sqlite:////srv/parley/parley.sqlite3")
        return sqlite(Path(path).absolute())
    if scheme not in POSTGRESQL_SCHEMES:
        raise ValueError("must begin with postgres://, postgresql:// or sqlite:///")
    return postgresql(url, pool_size=pool_size, statement_timeout_ms=statement_timeout_ms)
