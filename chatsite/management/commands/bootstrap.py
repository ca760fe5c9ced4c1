"""`manage.py bootstrap`: make the site ready to serve. Run it before every start; it repeats nothing."""

import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.static_files import fingerprint

ADMINISTRATOR = "admin"
LOCK_KEY = 0x7061726C  # "parl": any number that nobody else locks in this database


class Command(BaseCommand):
    """Migrate, collect the page's files, make the first administrator."""

    help = "Make the site ready to serve: database, page files, and on a first start an administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what a cluster, whose image holds the files already, leaves out."""
        parser.add_argument("--no-static", action="store_true", help="leave the page's files alone")
        parser.add_argument(
            "--no-administrator",
            action="store_true",
            help="make none: the first visitor does, with a code from the server's log",
        )

    def handle(
        self, *args: Any, no_static: bool = False, no_administrator: bool = False, **options: Any
    ) -> None:
        """Do what is left to do, saying so; raise `CommandError` when the database does not answer."""
        try:
            with only_one():
                self.migrate()
                if not no_static:
                    self.collect_static()
                # Last: whatever fails before, the password is shown.
                password = None if no_administrator else make_administrator()
        except OperationalError as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"The database does not answer: {reason}") from error
        self.stdout.write(f"\n{settings.SITE_NAME} is at {settings.PUBLIC_URL}/")
        if password:
            self.stdout.write(
                f"  User name:  {ADMINISTRATOR}\n"
                f"  Password:   {password}\n"
                "  This is shown only now; `manage.py changepassword admin` sets another.\n"
            )
        self.stdout.flush()

    def migrate(self) -> None:
        """Bring the database to this version's shape."""
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if not missing:
            self.stdout.write("Database: up to date.")
            return
        self.stdout.write(f"Database: {missing} migration{'s' * (missing > 1)} to apply …", ending="")
        self.stdout.flush()
        call_command("migrate", verbosity=0, interactive=False)
        self.stdout.write(" done.")

    def collect_static(self) -> None:
        """Hash and compress the page's files, unless they are the same as the last time."""
        mark = Path(settings.STATIC_ROOT) / ".fingerprint"
        current = fingerprint()
        if mark.exists() and mark.read_text(encoding="ascii") == current:
            self.stdout.write("Page files: up to date.")
            return
        self.stdout.write("Page files: hashing and compressing …", ending="")
        self.stdout.flush()
        call_command("collectstatic", verbosity=0, interactive=False)
        mark.write_text(current, encoding="ascii")
        self.stdout.write(" done.")


def make_administrator() -> str | None:
    """On a site without any user make `admin`. Returns its random password, or None where somebody is."""
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(15)
    with transaction.atomic():
        made = User.objects.create_superuser(ADMINISTRATOR, password=password, display_name="Administrator")
        record(Action.USER_CREATED, by=None, user=made.id, details={"superuser": True})
    return password


@contextmanager
def only_one() -> Iterator[None]:
    """Hold a lock, so that servers that start together do this one after the other.

    SQLite needs none: it belongs to one server.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
