"""The site as a Django app: it holds the management commands and starts the task queue's app."""

from django.apps import AppConfig


class ChatsiteConfig(AppConfig):
    """What ties the apps together."""

    name = "chatsite"
    verbose_name = "Site"

    def ready(self) -> None:
        """Make the Celery app current, so that `shared_task` functions belong to it."""
        from chatsite import celery  # noqa: F401, PLC0415: needs the settings
