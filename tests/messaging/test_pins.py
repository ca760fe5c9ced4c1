"""Pinned messages: told by the room's own event, bounded, gone with their message, seen by those who see it."""

from uuid import uuid4

import pytest

from chatsite import limits
from chatsite.accounts.models import User
from messaging import changes, pins, queries
from messaging.errors import NoSuchMessage, TooManyPins
from messaging.models import Event, Pin
from messaging.retention import erase_before
from messaging.turn import Change
from rooms import services as rooms
from rooms.errors import NotYourRole
from rooms.models import Room
from tests.messaging.test_changes import change, say
from tests.support.http import caller

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def pinned(by: User, room: Room) -> list[int]:
    return [pin.message_seq for pin, _ in pins.pins_of(by=by.id, room_id=room.id)[0]]


def test_a_pin_is_an_event_of_the_room_that_names_the_message(alice, bob, room):
    first, second = say(bob, room, "the door code"), say(alice, room)
    sent = pins.pin_message(change(alice, first))
    assert (sent.event.kind, sent.event.subject, sent.event.data) == (
        "room.changed",
        first.seq,
        {"pinned": True},
    )
    pins.pin_message(change(alice, second))
    assert pinned(bob, room) == [second.seq, first.seq]
    assert pins.unpin_message(change(alice, second)).event.data == {"pinned": False}
    assert pinned(bob, room) == [first.seq]
    _, events, _ = queries.events_page(by=bob.id, room_id=room.id, after=sent.event.seq - 1, limit=3)
    assert [event.data for event in events] == [
        {"message": seq, "pinned": is_on}
        for seq, is_on in ((first.seq, True), (second.seq, True), (second.seq, False))
    ]


def test_again_changes_nothing_and_a_key_counts_once(alice, room):
    message = say(alice, room)
    on = change(alice, message)
    first = pins.pin_message(on)
    for again in (pins.pin_message(on), pins.pin_message(change(alice, message))):
        assert (again.duplicate, again.event.seq) == (True, first.event.seq)
    off = change(alice, message)
    last = pins.unpin_message(off)
    for again in (pins.unpin_message(off), pins.unpin_message(change(alice, message))):
        assert (again.duplicate, again.event.seq) == (True, last.event.seq)
    assert pins.pin_message(on).duplicate  # late, and nothing is pinned by it
    assert pinned(alice, room) == []


def test_members_without_the_right_neither_pin_nor_unpin(alice, bob, room):
    message = say(bob, room)
    with pytest.raises(NotYourRole):
        pins.pin_message(change(bob, message))
    pins.pin_message(change(alice, message))
    with pytest.raises(NotYourRole):
        pins.unpin_message(change(bob, message))
    assert pinned(bob, room) == [message.seq]


def test_what_is_no_message_any_more_is_not_pinned(alice, room):
    message = say(alice, room)
    pins.pin_message(change(alice, message))
    changes.delete_message(change(alice, message))
    assert pinned(alice, room) == []
    with pytest.raises(NoSuchMessage):
        pins.pin_message(change(alice, message))
    event = Event.objects.get(room=room, seq=1)
    with pytest.raises(NoSuchMessage):
        pins.pin_message(Change(by=alice.id, room_id=room.id, client_id=uuid4(), seq=event.seq))


def test_retention_takes_pins_along(alice, room):
    message = say(alice, room)
    pins.pin_message(change(alice, message))
    last = Event.objects.filter(room=room).latest("seq")
    erase_before(room.id, before=last.at, at=last.at)
    erase_before(room.id, before=last.at.replace(year=last.at.year + 1), at=last.at)
    assert not Pin.objects.exists()


def test_a_room_keeps_so_many_and_no_more(alice, room, monkeypatch):
    monkeypatch.setattr(limits, "PINS", 2)
    for message in (say(alice, room), say(alice, room)):
        pins.pin_message(change(alice, message))
    with pytest.raises(TooManyPins):
        pins.pin_message(change(alice, say(alice, room)))


def test_who_may_not_read_a_message_hears_nothing_of_its_pin(alice, mallory, room):
    message = say(alice, room, "before her time")
    rooms.change_room(by=alice, room=room, settings={"history": "joined"})
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    sent = pins.pin_message(change(alice, message))
    assert pinned(mallory, room) == []
    assert caller(mallory).get(f"rooms/{room.id}/").body["pins"] == []
    assert caller(alice).get(f"rooms/{room.id}/").body["pins"] == [message.seq]
    _, events, _ = queries.events_page(by=mallory.id, room_id=room.id, after=sent.event.seq - 1, limit=1)
    assert (events[0].kind, events[0].data) == ("tombstone", {})


def test_the_list_shows_the_messages_as_they_are_now(alice, bob, room):
    message = say(bob, room, "old")
    pins.pin_message(change(alice, message))
    changes.edit_message(change(bob, message), text="new")
    changes.add_reaction(change(bob, message), emoji="⚓")
    answer = caller(bob).get(f"rooms/{room.id}/pins/").body
    (one,) = answer["results"]
    assert (one["by"], one["message"]["text"], answer["next"]) == (alice.id, "new", None)
    assert one["message"]["reactions"] == [{"emoji": "⚓", "users": [bob.id]}]
