"""The room log on both databases: numbers without a hole, in the order of commits."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from messaging import room_log
from messaging.models import Event, RoomLog
from messaging.room_log import NewEvent
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def harbour() -> Room:
    return new_room("Harbour")


def new_room(name: str) -> Room:
    with transaction.atomic():
        room = Room.objects.create(kind="public", name=name)
        room_log.open_log(room.id)
    return room


def entry(room: Room, text: str = "hi", **more: Any) -> NewEvent:
    return NewEvent(room_id=room.id, kind="message.created", by_id="alice", text=text, **more)


def append(*entries: NewEvent) -> list[Event]:
    with transaction.atomic():
        return room_log.append(room_log.lock({each.room_id for each in entries}), entries)


def test_numbers_count_from_one_in_each_room(harbour: Room):
    pier = new_room("Pier")
    events = append(entry(harbour), entry(pier), entry(harbour), entry(pier), entry(harbour))
    assert [(event.room_id, event.seq) for event in events] == [
        (harbour.id, 1),
        (pier.id, 1),
        (harbour.id, 2),
        (pier.id, 2),
        (harbour.id, 3),
    ]
    assert {room: head.head for room, head in room_log.heads([harbour.id, pier.id]).items()} == {
        harbour.id: 3,
        pier.id: 2,
    }


def test_a_transaction_that_fails_leaves_no_hole(harbour: Room):
    append(entry(harbour))
    with transaction.atomic():
        room_log.append(room_log.lock([harbour.id]), [entry(harbour)])
        transaction.set_rollback(True)
    assert [event.seq for event in append(entry(harbour))] == [2]


def test_locking_without_a_transaction_is_an_error(harbour: Room):
    with pytest.raises(transaction.TransactionManagementError):
        room_log.lock([harbour.id])


def test_a_room_that_does_not_exist_is_not_locked(harbour: Room):
    with transaction.atomic():
        assert set(room_log.lock([harbour.id, "0" * 16])) == {harbour.id}


def test_a_key_used_before_is_found_with_its_room_and_sender_only(harbour: Room):
    pier = new_room("Pier")
    key = uuid4()
    append(entry(harbour, "first", client_id=key), entry(pier, "elsewhere", client_id=uuid4()))
    assert room_log.find_repeats([(pier.id, "alice", key), (harbour.id, "bob", key)]) == {}
    (found,) = room_log.find_repeats([(harbour.id, "alice", key), (pier.id, "alice", key)]).values()
    assert (found.room_id, found.text) == (harbour.id, "first")


def test_many_keys_are_found_in_one_query(harbour: Room, django_assert_num_queries):
    keys = [uuid4() for _ in range(200)]
    append(*[entry(harbour, client_id=key) for key in keys])
    with django_assert_num_queries(1):
        found = room_log.find_repeats([(harbour.id, "alice", key) for key in keys])
    assert len(found) == 200


def test_pages_follow_the_sequence_both_ways(harbour: Room):
    append(*[entry(harbour, str(number)) for number in range(1, 8)])
    assert [event.seq for event in room_log.read_after(harbour.id, 2, limit=3)] == [3, 4, 5]
    assert [event.seq for event in room_log.read_before(harbour.id, 6, limit=3)] == [3, 4, 5]
    assert room_log.read_after(harbour.id, 7, limit=3) == []
    assert [event.text for event in room_log.read_before(harbour.id, 3, limit=9)] == ["1", "2"]


def test_two_writers_of_the_same_rooms_neither_leave_holes_nor_wait_for_each_other(harbour: Room):
    pier = new_room("Pier")
    rounds, failures = 25, []

    def write(first: Room, second: Room) -> None:
        try:
            for _ in range(rounds):
                append(entry(first), entry(second))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in ((harbour, pier), (pier, harbour))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    for room in (harbour, pier):
        seqs = list(Event.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, 2 * rounds + 1))
        assert RoomLog.objects.get(room=room).head == 2 * rounds
