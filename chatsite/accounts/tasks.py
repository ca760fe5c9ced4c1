"""Periodic work on what people sign in with: sweeps, which may run twice."""

from celery import shared_task

from . import tickets


@shared_task(name="accounts.forget_late_tickets")
def forget_late_tickets() -> None:
    """Sweep: drop socket tickets that nobody used in time."""
    tickets.forget_late_tickets()
