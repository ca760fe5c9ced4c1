"""Periodic work on what people sign in with: sweeps, which may run twice."""

from celery import shared_task

from . import invites, tickets


@shared_task(name="accounts.forget_late_tickets")
def forget_late_tickets() -> None:
    """Sweep: drop socket tickets that nobody used in time."""
    tickets.forget_late_tickets()


@shared_task(name="accounts.forget_old_site_invites")
def forget_old_site_invites() -> None:
    """Sweep: drop invites to the site that have expired."""
    invites.forget_old_site_invites()
