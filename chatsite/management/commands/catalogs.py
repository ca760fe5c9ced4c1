"""`manage.py catalogs`: gather what is said, and write the catalogs anew."""

from argparse import ArgumentParser
from typing import Any

from babel.messages import Catalog
from django.core.management.base import BaseCommand, CommandError

from chatsite.languages import catalogs


class Command(BaseCommand):
    """The catalogs of every language, from what templates, Python and scripts say."""

    help = "Write chatsite/locale anew, or with --check fail when it is not whole."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--check`."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when something is missing"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write, or only say what is missing."""
        wrong: list[str] = []
        for domain, said in catalogs.domains().items():
            for language in catalogs.languages():
                catalog = catalogs.renewed(catalogs.read(language, domain), said)
                wrong += catalogs.problems(catalog)
                if not check:
                    _write(language, domain, catalog)
        for problem in wrong:
            self.stderr.write(problem)
        if check and wrong:
            raise CommandError(
                f"{len(wrong)} texts are not translated: `make messages`, then chatsite/locale/."
            )


def _write(language: str, domain: str, catalog: Catalog) -> None:
    target = catalogs.path(language, domain)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(catalogs.as_text(catalog))
    target.with_suffix(".mo").write_bytes(catalogs.compiled(catalog))
