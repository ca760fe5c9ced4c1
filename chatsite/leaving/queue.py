"""Handing work to a worker, by the task's name: the tasks themselves stand above what starts them."""

from functools import partial

from celery import current_app
from django.db import transaction


def start(task: str, name: str) -> None:
    """Let the task begin when the running transaction is committed; the sweep does it if the broker is away."""
    transaction.on_commit(partial(current_app.send_task, task, [name]), robust=True)
