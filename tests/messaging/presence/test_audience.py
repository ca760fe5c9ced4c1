"""Who hears of whom: members of the rooms they share, large ones left out."""

import datetime as dt

import pytest
from django.utils import timezone

from chatsite import limits
from chatsite.errors import ChatError
from messaging.presence.audience import rooms_told
from messaging.presence.writing import is_writing_told
from rooms import services
from rooms.models import Membership

pytestmark = [pytest.mark.storage, pytest.mark.django_db]


def test_a_person_is_told_in_their_own_rooms(alice, bob, mallory, room):
    hers = services.create_room(by=alice, name="Pier", kind="public")
    assert rooms_told([alice.id, bob.id, mallory.id]) == {
        alice.id: sorted([room.id, hers.id], key=[room.id, hers.id].index),
        bob.id: [room.id],
        mallory.id: [],
    }


def test_a_large_room_hears_nothing(alice, room, monkeypatch):
    monkeypatch.setattr(limits, "LARGE_ROOM", 2)
    small = services.create_room(by=alice, name="Pier", kind="public")
    assert rooms_told([alice.id]) == {alice.id: [small.id]}
    assert not is_writing_told(by=alice.id, room_id=room.id)
    assert is_writing_told(by=alice.id, room_id=small.id)


def test_who_has_left_is_told_there_no_more(alice, bob, room):
    services.remove_member(by=alice, room=room, user_id=bob.id)
    assert rooms_told([bob.id]) == {bob.id: []}


def refusal(by: str, room_id: str) -> str:
    with pytest.raises(ChatError) as refused:
        is_writing_told(by=by, room_id=room_id)
    return refused.value.code


def test_writing_is_refused_where_a_message_would_be(alice, bob, mallory, room):
    assert is_writing_told(by=bob.id, room_id=room.id)
    assert refusal(mallory.id, room.id) == "not_found"
    assert refusal(bob.id, "no such room") == "not_found"
    later = timezone.now() + dt.timedelta(hours=1)
    Membership.objects.filter(user_id=bob.id).update(muted_until=later)
    assert refusal(bob.id, room.id) == "forbidden"
    services.archive_room(by=alice, room=room)
    assert refusal(alice.id, room.id) == "archived"
