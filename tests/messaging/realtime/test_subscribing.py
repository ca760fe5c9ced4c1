"""What is read for a subscription fits together, whatever is stored meanwhile."""

import pytest

from chatsite.accounts.models import User
from messaging import queries, receipts
from messaging.realtime import subscribing
from messaging.services import send_message
from rooms.models import Room
from tests.messaging.test_services import draft

pytestmark = [pytest.mark.storage, pytest.mark.django_db]


def test_no_mark_lies_above_the_one_that_unread_messages_are_counted_from(
    alice: User, bob: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = draft(alice, room)
    seq = send_message(by=sent.by, room_id=sent.room_id, text=sent.text, client_id=sent.client_id).event.seq
    count = queries.standings_of

    def count_and_let_bob_read(views):  # as a worker that stores his receipt at this moment
        standings = count(views)
        receipts.advance(by=bob.id, room_id=room.id, read=seq)
        return standings

    monkeypatch.setattr(queries, "standings_of", count_and_let_bob_read)
    (state,) = subscribing._read_states([subscribing.Question(bob.id, [room.id], people_too=True)])
    standing = state.standings[state.views[room.id].membership]
    marks = {user: read for user, _, read in state.marks[room.id]}
    assert standing.unread == 1
    assert marks.get(bob.id, 0) <= standing.read
