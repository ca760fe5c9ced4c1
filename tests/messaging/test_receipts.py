"""Receipts: watermarks that never fall, with their times."""

import datetime as dt
from uuid import uuid4

import pytest

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.errors import NotFound
from messaging import changes, queries, receipts
from messaging.models import Event, Watermark, WatermarkAdvance
from messaging.receipts import Mark
from messaging.services import send_message
from messaging.turn import Change
from rooms import services as rooms
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def say(by: User, room: Room, text: str = "hello") -> Event:
    return send_message(by=by.id, room_id=room.id, text=text, client_id=uuid4()).event


def kept(user: User, room: Room) -> tuple[int, int]:
    mark = Watermark.objects.get(room=room, user_id=user.id)
    return mark.delivered, mark.read


def mark(user: User, room: Room, delivered: int, read: int = 0) -> Mark:
    return Mark(room.id, user.id, delivered, read)


def test_marks_rise_and_never_fall(alice, bob, room):
    seqs = [say(alice, room).seq for _ in range(3)]
    receipts.store([mark(bob, room, seqs[1], seqs[0])], at=NOON)
    assert kept(bob, room) == (seqs[1], seqs[0])
    assert receipts.store([mark(bob, room, seqs[0])], at=NOON) == []
    assert kept(bob, room) == (seqs[1], seqs[0])


def test_read_implies_delivered(alice, bob, room):
    seq = say(alice, room).seq
    assert receipts.store([mark(bob, room, 0, seq)], at=NOON) == [mark(bob, room, seq, seq)]


def test_marks_beyond_the_head_are_clamped_and_begin_at_joining(alice, bob, room):
    seq = say(alice, room).seq
    receipts.store([mark(bob, room, 10_000, 10_000)], at=NOON)
    assert kept(bob, room) == (seq, seq)
    receipts.store([mark(alice, room, 0)], at=NOON)
    assert kept(alice, room) == (1, 1)


def test_many_marks_of_one_person_count_as_their_highest(alice, bob, room):
    seqs = [say(alice, room).seq for _ in range(3)]
    receipts.store([mark(bob, room, seqs[2]), mark(bob, room, 0, seqs[0]), mark(bob, room, seqs[1])], at=NOON)
    assert kept(bob, room) == (seqs[2], seqs[0])


def test_marks_of_strangers_are_dropped(alice, mallory, room):
    seq = say(alice, room).seq
    assert receipts.store([mark(mallory, room, seq)], at=NOON) == []
    with pytest.raises(NotFound):
        receipts.advance(by=mallory.id, room_id=room.id, read=seq)
    assert not Watermark.objects.filter(user_id=mallory.id).exists()


def test_a_repeated_task_leaves_one_time(alice, bob, room):
    seq = say(alice, room).seq
    for minute in range(3):
        receipts.store([mark(bob, room, seq)], at=NOON + dt.timedelta(minutes=minute))
    assert [advance.at for advance in WatermarkAdvance.objects.filter(user_id=bob.id)] == [NOON]


def test_since_when_each_member_has_a_message(alice, bob, carol, room):
    first, second = say(alice, room), say(alice, room)
    receipts.store([mark(bob, room, first.seq)], at=NOON)
    receipts.store([mark(bob, room, second.seq, first.seq)], at=NOON + dt.timedelta(minutes=1))
    message, members = receipts.message_receipts(by=alice.id, room_id=room.id, seq=first.seq)
    assert message.seq == first.seq
    assert members == [
        receipts.MemberReceipt(bob.id, NOON, NOON + dt.timedelta(minutes=1)),
        receipts.MemberReceipt(carol.id, None, None),
    ]


def test_the_receipts_of_a_message_are_for_those_who_may_read_it(alice, bob, mallory, room):
    seq = say(alice, room).seq
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    for by in (mallory, bob):
        wrong = seq if by is mallory else 1
        with pytest.raises(NotFound):
            receipts.message_receipts(by=by.id, room_id=room.id, seq=wrong)


def test_who_came_later_or_left_before_is_not_asked_about(alice, bob, carol, mallory, room):
    rooms.remove_member(by=alice, room=room, user_id=carol.id)
    seq = say(alice, room).seq
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    _, members = receipts.message_receipts(by=alice.id, room_id=room.id, seq=seq)
    assert [member.user_id for member in members] == [bob.id]


def test_who_comes_back_has_nothing_unread_from_between(alice, bob, room):
    receipts.store([mark(bob, room, 3, 3)], at=NOON)
    rooms.remove_member(by=alice, room=room, user_id=bob.id)
    say(alice, room, "while Bob is away")
    member = rooms.add_member(by=alice, room=room, user_id=bob.id)
    standing = queries.standings(by=bob.id, room_ids=[room.id])[room.id]
    assert (standing.read, standing.unread) == (member.joined_seq, 0)


def test_old_times_are_forgotten_but_for_the_last(alice, bob, room):
    seqs = [say(alice, room).seq for _ in range(3)]
    for days, seq in zip((60, 50, 40), seqs, strict=True):
        receipts.store([mark(bob, room, seq)], at=NOON - dt.timedelta(days=days))
    assert receipts.forget_old_times(before=NOON - dt.timedelta(days=30)) == 2
    _, (has, _) = receipts.message_receipts(by=alice.id, room_id=room.id, seq=seqs[0])
    assert has.delivered_at == NOON - dt.timedelta(days=40)


def test_a_room_is_large_above_the_limit(alice, bob, carol, room, monkeypatch):
    monkeypatch.setattr(limits, "LARGE_ROOM", 3)
    assert receipts.large_rooms([room.id]) == set()
    monkeypatch.setattr(limits, "LARGE_ROOM", 2)
    assert receipts.large_rooms([room.id]) == {room.id}


def test_unread_counts_follow_reading_and_deletion(alice, bob, room):
    messages = [say(alice, room, "for @bob") for _ in range(3)]
    say(bob, room, "mine")
    receipts.advance(by=bob.id, room_id=room.id, read=messages[0].seq)
    standing = queries.standings(by=bob.id, room_ids=[room.id])[room.id]
    assert (standing.unread, standing.mentions) == (2, 2)
    change = Change(by=alice.id, room_id=room.id, client_id=uuid4(), seq=messages[1].seq)
    changes.delete_message(change)
    standing = queries.standings(by=bob.id, room_ids=[room.id])[room.id]
    assert (standing.unread, standing.mentions) == (1, 1)
