"""Indexing goes a step at a time, so that nothing else waits long for the same worker."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from chatsite.accounts.models import User
from messaging import tasks
from messaging.models import IndexedMessage
from messaging.search import index
from messaging.services import send_message
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was put at the end of the queue; a step is one message, however quick it is."""
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.index_messages, "delay", lambda **options: queued.append(options))
    monkeypatch.setattr(tasks, "INDEX_STEP", 0)
    monkeypatch.setattr(index, "CHUNK", 1)
    return queued


def test_what_a_step_leaves_goes_behind_what_waits_and_one_row_of_steps_does_it(
    room: Room, bob: User, queued: list[dict[str, Any]]
) -> None:
    index.advance(seconds=20)
    for text in ("one", "two", "three"):
        send_message(by=bob.id, room_id=room.id, text=text, client_id=uuid4())
    tasks.index_messages()
    tasks.index_messages()  # the next sweep comes while the row is under way
    steps = 1
    while queued:
        tasks.index_messages(**queued.pop())
        tasks.index_messages()
        steps += 1
        assert len(queued) <= 1
    assert (steps, IndexedMessage.objects.count(), index.is_behind()) == (3, 3, False)
    tasks.index_messages()
    assert cache.add(tasks.INDEXING, 1, timeout=1)
