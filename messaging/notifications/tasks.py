"""What is told to people who are away; late-acked, may run twice, derived anew by the sweep."""

import logging
import time
from collections.abc import Sequence

from celery import shared_task
from django.core.cache import cache
from kombu.exceptions import OperationalError

from chatsite import clock

from . import looking, missed, telling

logger = logging.getLogger(__name__)

# Within the time for which a notice is taken; a batch that meets only silence takes half a minute.
SOFT_SECONDS, HARD_SECONDS = 75, 85
# So long one task sends before others have their turn.
ENOUGH_SECONDS = 2.0
WAITING = "notifications:waiting"


@shared_task(name="notifications.look", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def look(room_ids: Sequence[str]) -> None:
    """See whom to tell of what happened in these rooms, and tell them."""
    if looking.look(room_ids):
        send()


@shared_task(name="notifications.send", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def send() -> None:
    """Send what is due, and come back for what is due soon."""
    ends = time.monotonic() + ENOUGH_SECONDS
    while time.monotonic() < ends:
        next_due = telling.send_due()
        if next_due is None:
            return
        wait = max(0.0, (next_due - clock.now()).total_seconds())
        if wait:
            if cache.add(WAITING, 1, timeout=int(wait) + 2):  # one comes back, however many look
                _come_back(wait + 0.1)
            return
    _come_back(0)


def _come_back(seconds: float) -> None:
    """Have `send` done again; while there is no queue to ask, what is due waits for beat, which does so every 20 s."""
    try:
        send.apply_async(countdown=seconds)
    except OperationalError as error:
        logger.warning("what is due waits for the task queue (%r)", error)


@shared_task(name="notifications.sweep", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def sweep() -> None:
    """Sweep: rooms and receipts whose task got lost."""
    if looking.sweep():
        send()


@shared_task(name="notifications.mail_missed", soft_time_limit=SOFT_SECONDS, time_limit=HARD_SECONDS)
def mail_missed() -> None:
    """Write to those who asked for it what waits for them."""
    missed.mail_missed()
