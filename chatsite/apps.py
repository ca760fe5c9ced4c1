"""The site as a Django app: it holds the management commands and starts the task queue's app."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ChatsiteConfig(AppConfig):
    """What ties the apps together."""

    name = "chatsite"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Make the Celery app current, so that `shared_task` functions belong to it."""
        from chatsite import celery  # noqa: F401, PLC0415

        pre_migrate.connect(lift_timeouts)
        post_migrate.connect(restore_timeouts)


_TIMEOUTS = ("statement_timeout", "lock_timeout")


def lift_timeouts(using: str, **_: Any) -> None:
    """A migration of a large table may take longer than any request should."""
    _each_timeout(using, "SET {} = 0")


def restore_timeouts(using: str, **_: Any) -> None:
    """Back to what the connection began with."""
    _each_timeout(using, "RESET {}")


def _each_timeout(using: str, statement: str) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in _TIMEOUTS:
                cursor.execute(statement.format(name))
