"""Periodic work of the site itself."""

from importlib import import_module

from celery import shared_task
from django.conf import settings


@shared_task
def clear_expired_sessions() -> None:
    """Delete the sessions that ended; they count no more, but their rows stay until somebody does this."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
