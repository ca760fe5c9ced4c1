"""`manage.py serve`: run the chat server."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Serve page, API and sockets until SIGTERM or Ctrl C, then drain."""

    help = "Run the chat server: page, API and sockets."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and with how many processes."""
        parser.add_argument(
            "--host", default=settings.HOST, help=f"address to listen on (default {settings.HOST})"
        )
        parser.add_argument("--port", type=int, default=settings.PORT, help=f"port (default {settings.PORT})")
        parser.add_argument(
            "--workers", type=int, default=1, help="server processes on this machine (default 1)"
        )
        parser.add_argument("--fd", type=int, help="number of a listening socket that was handed down")
        parser.add_argument("--leash", type=int, help="number of a pipe at whose end this server stops")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what can be known beforehand, and serve."""
        from chatsite.server import serve
        from chatsite.workers import end_with_parent

        workers = options["workers"]
        if workers < 1:
            raise CommandError("--workers takes a number of 1 or more.")
        if workers > 1 and (settings.EMBEDDED or not settings.DATABASE_URL):
            raise CommandError(
                "More than one worker needs DATABASE_URL and REDIS_URL: embedded, one process is all there is."
            )
        if options["leash"] is not None:
            end_with_parent(options["leash"])
        if options["fd"] is None:
            self.stdout.write(f"Parley listens on http://{options['host']}:{options['port']}")
            self.stdout.flush()
        serve(host=options["host"], port=options["port"], workers=workers, fd=options["fd"])
