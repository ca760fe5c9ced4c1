"""`manage.py check_log`: look whether the logs are whole; with `--all` from their beginnings."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Check the logs."""

    help = "Look for entries that are lost, doubled or out of order. The workers do it by themselves; this waits for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the way to begin anew."""
        parser.add_argument("--all", action="store_true", dest="anew", help="check all of it again")

    def handle(self, *args: Any, anew: bool = False, **options: Any) -> None:
        """Do it, saying how far it is. Raises `CommandError` if something is wrong."""
        from messaging.checks.checking import check_logs, forget_all
        from messaging.checks.models import LogFault

        if anew:
            forget_all()
        while (found := check_logs(seconds=5)).behind:
            self.stdout.write(f"{found.checked} entries …")
        self.stdout.write(f"Checked {found.checked} entries of all logs.")
        for fault in LogFault.objects.order_by("room_id", "seq").iterator():
            self.stderr.write(f"room {fault.room_id}, number {fault.seq}: {fault.kind}, {fault.count} times")
        if found.faults:
            raise CommandError(f"{found.faults} faults.")
