"""What is told to people who are away; late-acked, may run twice, derived anew by the sweep."""

from collections.abc import Sequence

from celery import shared_task
from django.core.cache import cache

from chatsite import clock

from . import looking, missed, telling

MOST_BATCHES = 20
WAITING = "notifications:waiting"


@shared_task(name="notifications.look")
def look(room_ids: Sequence[str]) -> None:
    """See whom to tell of what happened in these rooms, and tell them."""
    if looking.look(room_ids):
        send()


@shared_task(name="notifications.send")
def send() -> None:
    """Send what is due, and come back for what is due soon."""
    for _ in range(MOST_BATCHES):
        next_due = telling.send_due()
        if next_due is None:
            return
        wait = max(0.0, (next_due - clock.now()).total_seconds())
        if wait:
            if cache.add(WAITING, 1, timeout=int(wait) + 2):  # one comes back, however many look
                send.apply_async(countdown=wait + 0.1)
            return
    send.delay()


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Sweep: rooms and receipts whose task got lost."""
    if looking.sweep():
        send()


@shared_task(name="notifications.mail_missed")
def mail_missed() -> None:
    """Write to those who asked for it what waits for them."""
    missed.mail_missed()
