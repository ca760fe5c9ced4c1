"""What the chat does beside the way of a message: late-acked, may run twice, takes ids."""

import datetime as dt
from collections.abc import Sequence

from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from chatsite import clock

from . import receipts, retention
from .files import previews, store, uploads
from .receipts import Mark
from .search import index

INDEX_STEP = 1.0
INDEXING, INDEXING_LOST = "search:indexing", 30
"""Says that a row of steps is under way, and after how many seconds without one it is lost."""


@shared_task(name="messaging.store_receipts", autoretry_for=(Exception,), max_retries=5, retry_backoff=1)
def store_receipts(rows: Sequence[tuple[str, str, int, int]], at: float) -> None:
    """Store watermarks in bulk, and tell them: each row is room, user, delivered, read; `at` is when they were given (POSIX).

    Watermarks only rise, so a repeated or late run changes and tells nothing; one that got lost is made up for by
    the server that gave it (`realtime/receipt_book.py`).
    """
    receipts.store_and_tell([Mark(*row) for row in rows], at=dt.datetime.fromtimestamp(at, dt.UTC))


@shared_task(name="messaging.announce_summary")
def announce_summary(room_id: str) -> None:
    """Tell a large room how many have its newest message."""
    cache.delete(f"summary:{room_id}")
    receipts.announce_summary(room_id)


@shared_task(name="messaging.forget_receipt_times")
def forget_receipt_times() -> None:
    """Sweep: drop the times of watermarks that are older than the site keeps them."""
    receipts.forget_old_times(before=clock.now() - dt.timedelta(days=settings.RECEIPT_DAYS))


@shared_task(name="messaging.apply_retention", soft_time_limit=90, time_limit=100)
def apply_retention() -> None:
    """Sweep: erase what is older than its room keeps. What it does not get done in its time, the next one does."""
    retention.apply_retention()


@shared_task(name="messaging.make_preview")
def make_preview(file_id: str) -> None:
    """Make a picture small."""
    previews.make_preview(file_id)


@shared_task(name="messaging.erase_leftovers")
def erase_leftovers() -> None:
    """Erase the bytes of files that belong to nothing. Also a sweep: what it does not get done, the next one does."""
    store.erase_leftovers()


@shared_task(name="messaging.sweep_files")
def sweep_files() -> None:
    """Sweep: files that no message has named for a day go, and previews whose task got lost are made."""
    uploads.forget_unsent(now=clock.now())
    for file_id in previews.left_waiting():
        make_preview.delay(file_id)


@shared_task(name="messaging.index_messages", soft_time_limit=90, time_limit=100)
def index_messages(going_on: bool = False) -> None:
    """Sweep: put what was said since the last one into the index of search.

    A step at a time: what is left goes to the end of the queue, behind receipts and notices. One such row of steps is
    under way at a time, and a sweep that finds one leaves the work to it.
    """
    if going_on:
        cache.set(INDEXING, 1, timeout=INDEXING_LOST)
    elif not cache.add(INDEXING, 1, timeout=INDEXING_LOST):
        return
    if index.advance(seconds=INDEX_STEP) and index.is_behind():
        index_messages.delay(going_on=True)
    else:
        cache.delete(INDEXING)
