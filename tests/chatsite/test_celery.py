"""The task queue inside the server: a real task runs in a thread, and signals stay the server's."""

from pathlib import Path

from .launching import environment, run

PROGRAM = """
import os, pathlib, signal, sys, threading, time
sys.path[0] = os.getcwd()
os.chdir(os.environ["DATA_DIR"])
import django
django.setup()
from celery import current_app, shared_task
from django.conf import settings
from chatsite.celery import app, start_embedded, stop_embedded

done = threading.Event()

@shared_task(name="probe")
def probe(number):
    print("ran", number, threading.current_thread().name)
    done.set()

handlers = [signal.getsignal(number) for number in signal.valid_signals()]
start_embedded()
start_embedded()
names = [thread.name for thread in threading.enumerate()]
assert names.count("celery-worker") == 1, names

# From a thread that knows nothing of the app, as a request's thread does.
sender = threading.Thread(target=lambda: current_app.send_task("probe", [7]))
sender.start(); sender.join()
assert done.wait(5)

started = time.monotonic()
stop_embedded()
stop_embedded()
assert time.monotonic() - started < 8
assert "celery-worker" not in [thread.name for thread in threading.enumerate()]
assert handlers == [signal.getsignal(number) for number in signal.valid_signals()]

done.clear()
start_embedded()
probe.delay(8)
assert done.wait(5)
stop_embedded()
assert not list(pathlib.Path.cwd().glob("celerybeat-schedule*"))  # the schedule's clock is kept in memory
"""


def test_a_task_runs_inside_the_server_and_the_worker_can_be_started_again(tmp_path: Path) -> None:
    done = run("-c", PROGRAM, env=environment(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["ran 7 celery-worker", "ran 8 celery-worker"]
