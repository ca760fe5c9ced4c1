"""The figures' work that no request waits for."""

from celery import shared_task

from .periods import fold


@shared_task(name="figures.fold")
def fold_figures() -> None:
    """Sweep: keep what the samples since the last one say. It may come an hour late, and twice."""
    fold()
