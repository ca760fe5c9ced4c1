"""Small pictures of pictures, made by a worker: what a room shows until somebody asks for the original."""

import logging
import subprocess
import sys
import tempfile
from pathlib import Path

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from chatsite import clock
from chatsite.after_commit import after_commit

from ..models import Attachment
from . import store

logger = logging.getLogger(__name__)

TRIES = 3
SECONDS = 25
LARGEST = 2 * 2**20
KIND = "image/webp"
_RENDER = str(Path(__file__).with_name("render.py"))


def start(file_id: str) -> None:
    """Let a worker make the preview when the running transaction is committed; the sweep does it if that is lost."""
    after_commit(current_app.send_task, "messaging.make_preview", [file_id])


def make_preview(file_id: str) -> bool:
    """Make the preview of a picture that wants one; whether there is one now. Safe to run at any time, twice too."""
    waiting = Attachment.objects.filter(id=file_id, preview="", previews_left__gt=0)
    if not waiting.update(previews_left=F("previews_left") - 1):
        return False
    file = Attachment.objects.filter(id=file_id).first()
    if file is None:
        return False
    small = _small(file)
    if small is None:
        Attachment.objects.filter(id=file_id).update(previews_left=0)
        return False
    key = store.put(ContentFile(small))
    with transaction.atomic():
        if Attachment.objects.filter(id=file_id, preview="").update(preview=key, previews_left=0):
            store.adopt(key)
            return True
        store.let_go([key])  # erased meanwhile, or another worker was quicker
    return False


def _small(file: Attachment) -> bytes | None:
    with tempfile.NamedTemporaryFile() as copy, store.open_file(file.key) as original:
        for part in original.chunks():
            copy.write(part)
        copy.flush()
        # Isolated (-I), with an empty environment: nothing of the site is within its reach.
        words = [sys.executable, "-I", _RENDER, copy.name]
        try:
            done = subprocess.run(words, capture_output=True, timeout=SECONDS, env={}, check=False)
        except subprocess.TimeoutExpired:
            logger.warning("no preview of %s: it took too long", file.id)
            return None
    if done.returncode != 0 or not 0 < len(done.stdout) <= LARGEST:
        logger.info("no preview of %s: its picture cannot be read", file.id)
        return None
    return done.stdout


def left_waiting() -> list[str]:
    """Pictures whose task got lost."""
    before = clock.now() - store.GRACE / 30
    waiting = Attachment.objects.filter(preview="", previews_left__gt=0, at__lt=before)
    return list(waiting.order_by("at").values_list("id", flat=True)[:100])
