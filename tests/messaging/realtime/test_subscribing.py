"""What is read for a subscription, while memberships come and go."""

from typing import Any

import pytest

from messaging import queries
from messaging.realtime import subscribing
from rooms import services as rooms

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def test_a_room_left_between_two_readings_is_not_subscribed(
    alice, bob, room, monkeypatch: pytest.MonkeyPatch
):
    read_views = queries.views

    def leave_after(**asked: Any) -> dict[str, queries.View]:
        found = read_views(**asked)
        assert set(found) == {room.id}
        rooms.leave_room(by=bob, room=room)
        return found

    monkeypatch.setattr(queries, "views", leave_after)
    state = subscribing._read_state(bob.id, [room.id], people_too=True)
    assert state.views == {}
