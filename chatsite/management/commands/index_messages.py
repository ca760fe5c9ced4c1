"""`manage.py index_messages`: index at once what search has not indexed yet; with `--rebuild` everything anew."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Fill the index of search."""

    help = "Index the messages that search does not know yet. The workers do it by themselves; this waits for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the way to begin anew."""
        parser.add_argument("--rebuild", action="store_true", help="forget the index first, and make it anew")

    def handle(self, *args: Any, rebuild: bool = False, **options: Any) -> None:
        """Do it, saying how far it is."""
        from messaging.search import index

        if rebuild:
            index.rebuild()
        began, indexed = time.monotonic(), 0
        while added := index.advance(seconds=5, resting=False):
            indexed += added
            self.stdout.write(f"{indexed} messages in {time.monotonic() - began:.0f} s …")
        self.stdout.write(f"Indexed {indexed} messages.")
