"""Exports and departures in the background: small steps, each of which may run twice."""

import time
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.utils import timezone

from . import departures, exports, taking_out

BUSY_SECONDS = 1.0
"""How long one task goes on: in an embedded site everything else waits for it meanwhile."""


@shared_task(name="leaving.make_export", autoretry_for=(Exception,), max_retries=5, retry_backoff=1)
def make_export(export_id: str) -> None:
    """Make some files of an export; what is left is another task's."""
    _go_on(exports.advance, export_id, make_export)


@shared_task(name="leaving.take_out", autoretry_for=(Exception,), max_retries=5, retry_backoff=1)
def take_out(user_id: str) -> None:
    """Take somebody who deleted their account out of some rooms; what is left is another task's."""
    if _go_on(taking_out.advance_departure, user_id, take_out):
        departures.forget_free_pages()


@shared_task(name="leaving.go_on")
def go_on() -> None:
    """Sweep: exports whose time is over go, and what stands still goes on."""
    exports.forget_old_exports()
    now = timezone.now()
    for export_id in exports.left_behind(now=now):
        make_export.delay(export_id)
    for user_id in taking_out.waiting_departures(now=now):
        take_out.delay(user_id)


def _go_on(advance: Callable[[str], bool], name: str, task: Any) -> bool:
    """Go on for a while; whether all is done."""
    until = time.monotonic() + BUSY_SECONDS
    while advance(name):
        if time.monotonic() > until:
            task.delay(name)
            return False
    return True
