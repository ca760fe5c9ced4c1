"""`manage.py document_protocol`: write `docs/protocol.md` and `docs/asyncapi.yaml` from the code that speaks the protocol."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """The protocol's documents, from the code."""

    help = "Write docs/protocol.md and docs/asyncapi.yaml, or with --check fail when they are not as the code says."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--check`."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when they are stale")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write or compare."""
        for name, text in documents().items():
            target = Path(settings.BASE_DIR) / "docs" / name
            if not check:
                target.parent.mkdir(exist_ok=True)
                target.write_text(text, encoding="utf-8")
            elif not target.exists() or target.read_text(encoding="utf-8") != text:
                raise CommandError(f"docs/{name} is stale: run `make docs`.")


def documents() -> dict[str, str]:
    """The text of each document, by its name in `docs/`."""
    import yaml

    from chatsite.documents.asyncapi import asyncapi
    from chatsite.documents.page import protocol_page

    first_line = "# Made by `make docs` from the code; a test compares them.\n"
    dumped = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=110)
    return {"protocol.md": protocol_page(), "asyncapi.yaml": first_line + dumped}
