"""What is read for a subscription, while memberships come and go."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

import pytest

from messaging import queries, receipts
from messaging.realtime import subscribing
from messaging.services import send_message
from rooms import services as rooms

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def test_a_room_left_between_two_readings_is_not_subscribed(
    alice, bob, room, monkeypatch: pytest.MonkeyPatch
):
    read_views = queries.views_of

    def leave_after(wishes: Sequence[queries.Wish]) -> list[dict[str, queries.View]]:
        found = read_views(wishes)
        assert set(found[0]) == {room.id}
        rooms.leave_room(by=bob, room=room)
        return found

    monkeypatch.setattr(queries, "views_of", leave_after)
    (state,) = subscribing._read_states([subscribing.Question(bob.id, [room.id], people_too=True)])
    assert state.views == {}


def test_a_message_between_two_readings_is_either_unread_or_still_to_come(
    alice, bob, room, monkeypatch: pytest.MonkeyPatch
):
    read_views = queries.views_of

    def speak_after(wishes: Sequence[queries.Wish]) -> list[dict[str, queries.View]]:
        found = read_views(wishes)
        send_message(by=alice.id, room_id=room.id, client_id=uuid4(), text="just now")
        return found

    monkeypatch.setattr(queries, "views_of", speak_after)
    (state,) = subscribing._read_states([subscribing.Question(bob.id, [room.id], people_too=True)])
    view = state.views[room.id]
    assert (view.head.head, state.standings[view.membership].unread) == (4, 1)


def test_no_mark_lies_above_the_one_that_unread_messages_are_counted_from(
    alice, bob, room, monkeypatch: pytest.MonkeyPatch
):
    seq = send_message(by=alice.id, room_id=room.id, client_id=uuid4(), text="hello").event.seq
    count = queries.standings_of

    def count_and_store_a_receipt(views: Iterable[queries.View]) -> Mapping[int, queries.Standing]:
        standings = count(views)
        receipts.advance(by=bob.id, room_id=room.id, read=seq)
        return standings

    monkeypatch.setattr(queries, "standings_of", count_and_store_a_receipt)
    (state,) = subscribing._read_states([subscribing.Question(bob.id, [room.id], people_too=True)])
    standing = state.standings[state.views[room.id].membership]
    marks = {user: read for user, _, read in state.marks[room.id]}
    assert standing.unread == 1
    assert marks.get(bob.id, 0) <= standing.read


def test_who_does_not_name_a_room_is_told_nobody_of_it_though_another_names_it_at_the_same_moment(
    alice, bob, room
):
    named, all_rooms = subscribing._read_states(
        [
            subscribing.Question(alice.id, [room.id], people_too=True),
            subscribing.Question(bob.id, [room.id], people_too=False),
        ]
    )
    assert named.people.keys() == named.marks.keys() == {room.id}
    assert (all_rooms.people, all_rooms.marks) == ({}, {})
