"""Who has a message, who read it, since when: over HTTP."""

import uuid

import pytest

from chatsite.accounts.models import User
from messaging import receipts, services
from rooms.models import Room
from tests.support.http import Caller, caller


def test_a_messages_receipts(room: Room, alice: User, bob: User, carol: User) -> None:
    sent = services.send_message(by=bob.id, room_id=room.id, text="hi", client_id=uuid.uuid4())
    seq = sent.event.seq
    receipts.advance(by=alice.id, room_id=room.id, read=seq)
    receipts.advance(by=carol.id, room_id=room.id, delivered=seq)
    answer = caller(bob).get(f"rooms/{room.id}/messages/{seq}/receipts/")
    assert answer.status == 200
    assert answer.body.keys() == {"room", "seq", "sent_at", "members"}
    assert [(each["user"], sorted(each)) for each in answer.body["members"]] == [
        (alice.id, ["delivered_at", "read_at", "user"]),
        (carol.id, ["delivered_at", "user"]),
    ]


@pytest.mark.parametrize("seq", ["1", "999", "0", "-1", "x", "9" * 17, "4.0"])
def test_what_is_no_message_has_no_receipts(room: Room, alice: User, mallory: User, seq: str) -> None:
    assert caller(alice).get(f"rooms/{room.id}/messages/{seq}/receipts/").refusal == (404, "not_found", "seq")
    outside = caller(mallory)
    nowhere = outside.get("rooms/nowhere/messages/1/receipts/")
    assert nowhere.refusal == (404, "not_found", None)
    assert outside.get(f"rooms/{room.id}/messages/{seq}/receipts/").raw == nowhere.raw


def test_nobody_reads_receipts(room: Room) -> None:
    assert Caller().get(f"rooms/{room.id}/messages/1/receipts/").status == 401
