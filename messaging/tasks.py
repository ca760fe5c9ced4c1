"""What the chat does beside the way of a message: late-acked, may run twice, takes ids."""

from collections.abc import Sequence

from celery import shared_task

from .receipts import Mark, advance_many


@shared_task(name="messaging.store_receipts", autoretry_for=(Exception,), max_retries=5, retry_backoff=1)
def store_receipts(rows: Sequence[tuple[str, str, int, int]]) -> None:
    """Store watermarks in bulk; each row is room, user, delivered, read.

    Watermarks only rise, so a repeated or late run changes nothing; one that got lost is made up for by
    the client, which tells its marks again when it resumes.
    """
    advance_many([Mark(*row) for row in rows])
