"""Where the bytes are: Django's storage, a folder or a bucket. Nothing else of messaging knows it.

Bytes and rows are kept by two that share no transaction, so a note (`Leftover`) is made before anything is written and
goes in the transaction of the row that the bytes belong to; one made in the transaction that drops a row says
that its bytes go. Whatever is killed between, the sweep finds the note.
"""

import datetime as dt
import logging
from collections.abc import Iterable

from celery import current_app
from django.core.files.base import File
from django.core.files.storage import default_storage

from chatsite import clock
from chatsite.after_commit import after_commit
from chatsite.errors import Overloaded
from chatsite.ids import new_id

from ..models import Leftover

logger = logging.getLogger(__name__)

GRACE = dt.timedelta(hours=1)
"""Longer than writing one file takes: what is still noted then was left behind."""

SWEPT_AT_ONCE = 200


class FilesAway(Overloaded):
    """The disk is full, or the bucket does not answer."""

    default_message = "Files cannot be reached at the moment."


def put(content: "File[bytes]") -> str:
    """Keep these bytes; the key under which they are. They belong to nothing until `adopt`. Raises `FilesAway`."""
    wanted = new_id()
    note = Leftover.objects.create(key=f"files/{wanted[:2]}/{wanted}", after=clock.now() + GRACE)
    try:
        key = default_storage.save(note.key, content)
    except Exception as error:
        logger.exception("a file could not be kept")
        Leftover.objects.filter(pk=note.pk).update(after=clock.now())
        raise FilesAway from error
    if key != note.key:
        Leftover.objects.filter(pk=note.pk).update(key=key)
    return key


def adopt(key: str) -> None:
    """In the transaction of the row that has it now: these bytes belong to something."""
    Leftover.objects.filter(key=key).delete()


def let_go(keys: Iterable[str]) -> None:
    """In the transaction that drops their rows: these bytes belong to nothing any more, and go soon after its commit."""
    now = clock.now()
    notes = [Leftover(key=key, after=now) for key in keys if key]
    if notes:
        Leftover.objects.bulk_create(notes, ignore_conflicts=True)
        Leftover.objects.filter(key__in=[note.key for note in notes]).update(after=now)
        after_commit(current_app.send_task, "messaging.erase_leftovers")


def erase_leftovers() -> int:
    """Erase what belongs to nothing; how many files. Safe to run at any time, twice at once too."""
    due = Leftover.objects.filter(after__lte=clock.now()).order_by("after", "pk")
    erased = 0
    for note in list(due[:SWEPT_AT_ONCE]):
        try:
            default_storage.delete(note.key)
        except Exception:  # the others go all the same; this one with the next sweep
            logger.exception("a file that belongs to nothing could not be erased")
            continue
        erased += note.delete()[0]
    return erased


def open_file(key: str) -> "File[bytes]":
    """The bytes. Raises `FileNotFoundError` when they were erased meanwhile, and `FilesAway`."""
    try:
        return default_storage.open(key, "rb")
    except FileNotFoundError:
        raise
    except Exception as error:
        logger.exception("a file could not be read")
        raise FilesAway from error
