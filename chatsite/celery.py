"""The task queue: the Celery app, the beat schedule, and both inside the server when there is no Redis.

Full mode runs `celery -A chatsite worker` and one `celery -A chatsite beat`. Embedded mode calls
`start_embedded()` in the server process: one worker thread and one beat thread over an in-memory
broker. Tasks take ids, may run twice, and are derived anew by a periodic sweep when one got lost.
"""

import os
import threading
from dataclasses import dataclass
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.schedules import crontab
from celery.utils.nodenames import anon_nodename
from celery.worker import WorkController, state

from chatsite.task_broker import bear_lost_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")

bear_lost_connections()
app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # threads that never imported this module must find this app, too
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "clear-expired-sessions": {
        "task": "chatsite.tasks.clear_expired_sessions",
        "schedule": crontab(hour="4", minute="10"),
    },
    "forget-old-site-invites": {
        "task": "accounts.forget_old_site_invites",
        "schedule": crontab(hour="4", minute="20"),
    },
    "forget-late-tickets": {"task": "accounts.forget_late_tickets", "schedule": 300.0},
    "apply-retention": {
        "task": "messaging.apply_retention",
        "schedule": crontab(minute="35"),
    },
    "erase-leftovers": {"task": "messaging.erase_leftovers", "schedule": 60.0},
    "sweep-files": {"task": "messaging.sweep_files", "schedule": 300.0},
    "index-messages": {
        "task": "messaging.index_messages",
        "schedule": 5.0,
        "options": {"expires": 5.0},  # one that waited behind a long one has nothing left to do
    },
    "check-logs": {"task": "checks.check_logs", "schedule": 60.0, "options": {"expires": 60.0}},
    "fold-figures": {"task": "figures.fold", "schedule": 60.0, "options": {"expires": 60.0}},
    "forget-old-invites": {"task": "rooms.forget_old_invites", "schedule": 3600.0},
    "forget-old-bans": {"task": "rooms.forget_old_bans", "schedule": 3600.0},
    "send-notices": {"task": "notifications.send", "schedule": 20.0},
    "mail-missed": {"task": "notifications.mail_missed", "schedule": 60.0},
    "sweep-notices": {"task": "notifications.sweep", "schedule": 60.0},
    "go-on-leaving": {"task": "leaving.go_on", "schedule": 60.0},
    "forget-audit-addresses": {
        "task": "audit.forget_old_addresses",
        "schedule": crontab(hour="4", minute="30"),
    },
    "forget-receipt-times": {
        "task": "messaging.forget_receipt_times",
        "schedule": crontab(hour="4", minute="20"),
    },
}


class _Worker(WorkController):
    """A worker without a process of its own: no signal handlers, no log set-up, a flag when it is ready."""

    def __init__(self, **options: Any) -> None:
        self.ready = threading.Event()
        super().__init__(**options)

    def on_consumer_ready(self, consumer: object) -> None:  # noqa: ARG002
        """Called by Celery when tasks are being taken."""
        self.ready.set()


@dataclass(slots=True)
class _Embedded:
    """What runs inside the server."""

    worker: _Worker
    thread: threading.Thread
    beat: Any


_running: list[_Embedded] = []
_lock = threading.Lock()


def start_embedded(*, ready_timeout: float = 10.0) -> None:
    """Run one worker and beat in daemon threads of this process; a second call changes nothing.

    Returns when tasks are being taken. Raises `TimeoutError` when that takes longer than
    `ready_timeout` seconds.
    """
    with _lock:
        if _running:
            return
        app.finalize()
        worker = _Worker(
            app=app,
            pool="solo",
            hostname=anon_nodename(),
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=None,
        )
        thread = threading.Thread(target=worker.start, name="celery-worker", daemon=True)
        beat: Any = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
        thread.start()
        beat.start()
        _running.append(_Embedded(worker, thread, beat))
        if not worker.ready.wait(ready_timeout):
            raise TimeoutError("The embedded worker did not start.")


def stop_embedded(*, timeout: float = 10.0, at_exit: bool = False) -> None:
    """Finish the task at hand and end both threads; without them nothing happens.

    Tasks that still wait are dropped with the process: their periodic sweeps make up for them. `at_exit`
    says that the process ends next: a worker that has nothing to do, and looks up every other second only,
    is then not waited for.
    """
    with _lock:
        if not _running:
            return
        embedded = _running.pop()
        _set_stop(0)  # read by the worker's loop: the exit status of a clean end
        if at_exit and not state.active_requests:
            return
        embedded.beat.stop()
        embedded.thread.join(timeout)
        if not embedded.thread.is_alive():
            _set_stop(None)


def _set_stop(status: int | None) -> None:
    """Tell Celery's loop in this process to end with `status`, or to go on."""
    vars(state)["should_stop"] = status  # a module's variable, typed as None only
