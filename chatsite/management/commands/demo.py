"""`manage.py demo`: fill a new site with people who talk, or with as many as one likes."""

import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from chatsite.accounts.models import User
from chatsite.demo import crowd, lively
from chatsite.errors import ChatError
from messaging.models import Event, EventKind


class Command(BaseCommand):
    """Make a lively site, or a huge one."""

    help = "Fill a new site with made-up people and rooms: a lively one, or (--scale) a huge one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to make, and how much of it."""
        size = crowd.Size()
        parser.add_argument(
            "--scale", action="store_true", help="a huge site, in bulk, whose people can't sign in"
        )
        parser.add_argument("--users", type=int, default=size.users, help=f"(default {size.users})")
        parser.add_argument("--rooms", type=int, default=size.rooms, help=f"(default {size.rooms})")
        parser.add_argument(
            "--memberships", type=int, default=size.memberships, help=f"(default {size.memberships})"
        )
        parser.add_argument(
            "--messages", type=int, default=size.messages, help=f"in each room (default {size.messages})"
        )
        parser.add_argument("--password", help="of the lively people (default: a random one, shown)")
        parser.add_argument("--anyway", action="store_true", help="on a site that is in use, too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, saying so; raise `CommandError` where people are already."""
        call_command("migrate", verbosity=0, interactive=False)
        if is_in_use() and not options["anyway"]:
            raise CommandError("This site is in use. To add made-up people all the same: --anyway")
        # On a new site its administrator first: once somebody is here, no first start makes one.
        call_command("bootstrap", no_static=True, stdout=self.stdout)
        if options["scale"]:
            self.make_crowd(
                crowd.Size(**{name: options[name] for name in ("users", "rooms", "memberships", "messages")})
            )
        else:
            self.make_lively(options["password"])

    def make_lively(self, given: str | None) -> None:
        """Eight people in their rooms."""
        password = given or secrets.token_urlsafe(15)
        try:
            with transaction.atomic():
                people = lively.tell(password=password)
        except ChatError as error:
            raise CommandError(f"{error.message} Nothing was made.") from error
        lively.make_previews()
        self.stdout.write(f"{len(people)} people talk at {settings.PUBLIC_URL}/")
        self.stdout.write(f"  User names:  {', '.join(people)}")
        if given is None:
            self.stdout.write(f"  Password:    {password}")

    def make_crowd(self, size: crowd.Size) -> None:
        """As many as wanted, telling how far it is."""
        began = time.monotonic()

        def tell(what: str, done: int, whole: int) -> None:
            self.stdout.write(
                f"  {what}: {done:,} of {whole:,} ({done / whole:.0%}), {time.monotonic() - began:.0f} s"
            )
            self.stdout.flush()

        try:
            crowd.make(size, tell=tell)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Made {size.users:,} users and {size.rooms:,} rooms in {time.monotonic() - began:.0f} s."
        )


def is_in_use() -> bool:
    """Whether somebody is or talks here, but for the administrator whom a first start makes."""
    people = User.objects.filter(is_superuser=False).exists()
    return people or Event.objects.filter(kind=EventKind.MESSAGE_CREATED).exists()
