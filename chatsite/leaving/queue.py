"""Handing work to a worker, by the task's name: the tasks themselves stand above what starts them."""

from celery import current_app

from chatsite.after_commit import after_commit


def start(task: str, name: str) -> None:
    """Let the task begin when the running transaction is committed; the sweep does it if the broker is away."""
    after_commit(current_app.send_task, task, [name])
