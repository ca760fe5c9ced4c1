"""Retention: what is too old is gone everywhere, and the count stays whole."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from messaging import changes, queries, retention
from messaging.models import Event, Mention, Reaction
from messaging.services import send_message
from messaging.turn import Change
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def old(alice, bob, room) -> Event:
    """A message of forty days ago, with a mention and a reaction, in a room that keeps thirty days."""
    Room.objects.filter(pk=room.pk).update(settings={"retention_days": 30})
    event = send_message(by=alice.id, room_id=room.id, text="a secret for @bob", client_id=uuid4()).event
    change = Change(by=bob.id, room_id=room.id, client_id=uuid4(), seq=event.seq)
    changes.add_reaction(change, emoji="👍")
    Event.objects.filter(room=room).update(at=timezone.now() - dt.timedelta(days=40))
    return event


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_event")
        return repr(cursor.fetchall())


def test_the_old_are_erased_and_the_young_are_not(alice, bob, room, old):
    young = send_message(by=alice.id, room_id=room.id, text="young", client_id=uuid4()).event
    assert "secret" in rows()
    assert retention.apply_retention() == 1
    assert "secret" not in rows()
    assert not Reaction.objects.exists()
    assert not Mention.objects.exists()
    seen, events, _ = queries.events_page(by=bob.id, room_id=room.id, after=0, limit=300)
    assert seen.slice.min_seq == young.seq
    assert [(event.seq, event.data["text"]) for event in events] == [(young.seq, "young")]
    assert queries.standings(by=bob.id, room_ids=[room.id])[room.id].unread == 1


def test_the_log_keeps_its_count(alice, room, old):
    before = Event.objects.filter(room=room).count()
    retention.apply_retention()
    seqs = list(Event.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, before + 1))


def test_running_again_changes_nothing(alice, room, old):
    retention.apply_retention()
    assert retention.apply_retention() == 0


def test_a_send_of_an_erased_message_again_is_a_duplicate_whatever_it_says(alice, room, old):
    key = Event.objects.get(pk=old.pk).client_id
    assert key is not None
    retention.apply_retention()
    again = send_message(by=alice.id, room_id=room.id, text="anything", client_id=key)
    assert (again.event.seq, again.duplicate) == (old.seq, True)


def test_a_change_to_an_erased_message_is_not_shown(alice, bob, room, old):
    change = Change(by=alice.id, room_id=room.id, client_id=uuid4(), seq=old.seq)
    changes.delete_message(change)
    retention.apply_retention()
    _, events, _ = queries.events_page(by=bob.id, room_id=room.id, after=0, limit=300)
    assert [event.kind for event in events] == ["tombstone"]


def test_a_room_without_the_setting_keeps_everything(alice, room, old):
    Room.objects.filter(pk=room.pk).update(settings={})
    assert retention.apply_retention() == 0
    assert "secret" in rows()


def test_many_are_erased_in_short_transactions(alice, room, old, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 3)
    for number in range(8):
        send_message(by=alice.id, room_id=room.id, text=f"secret {number}", client_id=uuid4())
    Event.objects.filter(room=room).update(at=timezone.now() - dt.timedelta(days=40))
    assert retention.apply_retention() == 9
    assert "secret" not in rows()
