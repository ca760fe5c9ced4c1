"""Periodic work on the audit log: a sweep, which may run twice."""

from celery import shared_task

from .record import forget_old_addresses


@shared_task(name="audit.forget_old_addresses")
def forget_addresses() -> None:
    """Sweep: drop the addresses whose days are over."""
    forget_old_addresses()
