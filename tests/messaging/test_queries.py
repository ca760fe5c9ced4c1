"""What many ask at once is answered as it is to each alone, in the same few queries."""

import datetime as dt
from uuid import uuid4

import pytest

from messaging import queries, receipts
from messaging.services import send_message
from rooms import services as rooms

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def harbour(alice, bob, carol, room):
    """Two rooms with things unread, mentioned and read; Carol has left the second and come back."""
    second = rooms.create_room(by=alice, name="Pier", kind="private")
    for person in (bob, carol):
        rooms.add_member(by=alice, room=second, user_id=person.id)
    rooms.remove_member(by=alice, room=second, user_id=carol.id)
    for number, where in enumerate((room, second, room, second)):
        text = f"{number} for @bob and @carol"
        send_message(by=alice.id, room_id=where.id, client_id=uuid4(), text=text)
    rooms.add_member(by=alice, room=second, user_id=carol.id)
    send_message(by=bob.id, room_id=second.id, client_id=uuid4(), text="hello @carol")
    receipts.store([receipts.Mark(room.id, bob.id, 4, 4)], at=dt.datetime.now(dt.UTC))
    return [room.id, second.id]


def _wishes(people, rooms):
    """All kinds of wishes: everything, one room, no room, what is nobody's, the same twice."""
    first, second = rooms
    wishes = [(person.id, named) for person in people for named in (None, [first], [second, first], [])]
    return [*wishes, (people[0].id, ["nowhere", "\x00"]), ("nobody", None), wishes[0]]


def test_views_of_many_are_those_of_each(alice, bob, carol, mallory, harbour):
    wishes = _wishes((alice, bob, carol, mallory), harbour)
    assert queries.views_of(wishes) == [queries.views(by=by, room_ids=named) for by, named in wishes]
    assert queries.views(by=mallory.id) == {}
    assert set(queries.views(by=carol.id)) == set(harbour)


def test_standings_of_many_are_those_of_each(alice, bob, carol, harbour):
    views = queries.views_of([(person.id, None) for person in (alice, bob, carol)])
    together = queries.standings_of(view for seen in views for view in seen.values())
    for person, seen in zip((alice, bob, carol), views, strict=True):
        alone = queries.standings(by=person.id, room_ids=harbour)
        assert {room_id: together[view.membership] for room_id, view in seen.items()} == alone
    first, second = harbour
    assert queries.standings(by=bob.id, room_ids=harbour)[first].unread == 1
    assert queries.standings(by=carol.id, room_ids=harbour)[second].mentions == 1


def test_many_cost_as_many_queries_as_one(alice, bob, carol, harbour, django_assert_num_queries):
    with django_assert_num_queries(3):
        views = queries.views_of([(alice.id, None), (bob.id, harbour), (carol.id, None)])
        queries.standings_of(view for seen in views for view in seen.values())
