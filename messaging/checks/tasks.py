"""The check's work that no request waits for."""

from celery import shared_task

from .checking import check_logs


@shared_task(name="checks.check_logs", soft_time_limit=90, time_limit=100)
def check_the_logs() -> None:
    """Sweep: check what was stored since the last one. What it does not get done, the next one does."""
    check_logs()
