"""Periodic work on rooms: sweeps, which may run twice."""

from celery import shared_task

from chatsite import clock

from .invites import forget_old_invites
from .models import Ban


@shared_task(name="rooms.forget_old_invites")
def forget_invites() -> None:
    """Sweep: drop invites that have expired."""
    forget_old_invites()


@shared_task(name="rooms.forget_old_bans")
def forget_bans() -> None:
    """Sweep: drop bans that are over."""
    Ban.objects.filter(until__lte=clock.now()).delete()
