"""The cast and the room, in the test database of the running process.

Real servers for journeys are in `tests/journeys/conftest.py`; what starts PostgreSQL and Redis is
`tests/support/plugin.py`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.people import ALICE, BOB, CAROL, MALLORY, ROBO, Role
from tests.support.services import Postgres

if TYPE_CHECKING:
    from django.test import Client

    from chatsite.accounts.models import User
    from rooms.models import Room


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite on disk, as the product runs it: in memory, threads would share a cache and lock each other out."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; it is dropped when no thread reads from it any more."""
    from chatsite.threads import readers

    yield
    readers.stop(wait=True)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of the run's PostgreSQL, to make databases on."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.skip("this run is about the embedded storage: no PostgreSQL")
    return url


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL that a test may stop."""
    postgres = Postgres()
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.close()


@pytest.fixture(autouse=True, scope="session")
def _flush_empties_what_is_filled() -> Iterator[None]:
    """After a test that commits the database is emptied, the audit log too; on PostgreSQL in a hundredth of the time.

    Truncating each of the tables costs files and fsyncs for each: 0.8 s a test, and most tables are empty.
    """
    from django.core.management.commands.flush import Command
    from django.db import connection

    flush = Command.handle

    def handle(self: Command, **options: Any) -> None:
        with triggers_lifted():
            if connection.vendor == "postgresql":
                _delete_all_rows()
            else:
                flush(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Command, "handle", handle)
        yield


_MADE_BY_MIGRATIONS = {"django_content_type", "auth_permission"}


def _delete_all_rows() -> None:
    from django.db import connection

    quoted = connection.ops.quote_name
    tables = set(connection.introspection.django_table_names(only_existing=True)) - _MADE_BY_MIGRATIONS
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quoted(name)})" for name in tables
            )
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted(name)}")


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """In the block the audit log's triggers do not run; on PostgreSQL none does, and no foreign key is looked at."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        )
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashing() -> Iterator[None]:
    """Hashing is slow by design. In this process it costs as little as it can; servers hash as in production."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Argon2PasswordHasher, "time_cost", 1)
        patched.setattr(Argon2PasswordHasher, "memory_cost", 256)
        yield


def _make(role: Role) -> "User":
    from django.contrib.auth.hashers import make_password

    from chatsite.accounts.models import User

    return User.objects.create(
        username=role.username,
        display_name=role.display_name,
        kind=role.kind,
        password=make_password(role.password),
    )


@pytest.fixture
def alice(db: None) -> "User":
    """Alice owns the room."""
    return _make(ALICE)


@pytest.fixture
def bob(db: None) -> "User":
    """Bob is a member of the room."""
    return _make(BOB)


@pytest.fixture
def carol(db: None) -> "User":
    """Carol is a guest in the room."""
    return _make(CAROL)


@pytest.fixture
def mallory(db: None) -> "User":
    """Mallory is outside the room."""
    return _make(MALLORY)


@pytest.fixture
def robo(db: None) -> "User":
    """Robo is a bot."""
    return _make(ROBO)


@pytest.fixture
def admin(db: None) -> "User":
    """The site's administrator, who belongs to no room."""
    from chatsite.accounts.models import User

    return User.objects.create_superuser("admin")


@pytest.fixture
def office(admin: "User") -> "Client":
    """The administrator's browser."""
    from django.test import Client

    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def room(alice: "User", bob: "User", carol: "User") -> "Room":
    """A private room: Alice owns it, Bob is a member, Carol a guest. Its log has three events."""
    from rooms import services

    room = services.create_room(by=alice, name="Harbour", kind="private")
    services.add_member(by=alice, room=room, user_id=bob.id, role="member")
    services.add_member(by=alice, room=room, user_id=carol.id, role="guest")
    return room
