"""Sending: exactly once, judged one by one, in the protocol's order."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.errors import ChatError
from messaging import services as module
from messaging import statements
from messaging.models import Event
from messaging.services import Draft, Outcome, Sent, send_message, send_messages
from rooms import services as rooms
from rooms.models import Membership, Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


def draft(by: User, room: Room, text: str = "hello", **more: Any) -> Draft:
    asked: dict[str, Any] = {"by": by.id, "room_id": room.id, "client_id": uuid4(), "text": text, **more}
    return Draft(**asked)


def codes(outcomes: list[Outcome]) -> list[object]:
    return [outcome.code if isinstance(outcome, ChatError) else outcome.event.seq for outcome in outcomes]


def texts(room: Room) -> list[str]:
    messages = Event.objects.filter(room=room, kind="message.created").order_by("seq")
    return list(messages.values_list("text", flat=True))


def head(room: Room) -> int:
    room.log.refresh_from_db()
    return room.log.head


def test_a_message_is_the_next_event_of_its_room(alice: User, room: Room):
    before = head(room)
    sent = send_message(by=alice.id, room_id=room.id, text="  hello\n", client_id=uuid4())
    assert (sent.event.seq, sent.duplicate) == (before + 1, False)
    assert texts(room) == ["  hello\n"]
    assert head(room) == before + 1


def test_the_same_send_again_is_answered_with_the_first_number(alice: User, room: Room):
    first = draft(alice, room)
    (sent,), (again,) = send_messages([first]), send_messages([first])
    assert isinstance(sent, Sent)
    assert isinstance(again, Sent)
    assert (again.event.seq, again.duplicate) == (sent.event.seq, True)
    assert texts(room) == ["hello"]


def test_the_same_key_with_another_body_is_a_conflict(alice: User, room: Room):
    key = uuid4()
    answer = send_message(by=alice.id, room_id=room.id, text="one", client_id=key).event.seq
    outcomes = send_messages(
        [draft(alice, room, "two", client_id=key), draft(alice, room, "one", client_id=key, reply_to=answer)]
    )
    assert codes(outcomes) == ["conflict", "conflict"]
    assert texts(room) == ["one"]


def test_two_people_may_use_the_same_key(alice: User, bob: User, room: Room):
    key = uuid4()
    outcomes = send_messages([draft(alice, room, client_id=key), draft(bob, room, client_id=key)])
    assert [isinstance(outcome, Sent) and outcome.duplicate for outcome in outcomes] == [False, False]


def test_the_same_send_twice_in_one_batch_is_stored_once(alice: User, room: Room):
    twice = draft(alice, room, "twice")
    other = draft(alice, room, "other", client_id=twice.client_id)
    first, again, conflict = send_messages([twice, twice, other])
    assert isinstance(first, Sent)
    assert isinstance(again, Sent)
    assert (again.event.seq, again.duplicate) == (first.event.seq, True)
    assert isinstance(conflict, ChatError)
    assert conflict.code == "conflict"
    assert texts(room) == ["twice"]


def test_one_refusal_harms_no_neighbour_and_takes_no_number(alice: User, mallory: User, room: Room):
    assert not Membership.objects.filter(room=room, user_id=mallory.id).exists()
    before = head(room)
    outcomes = send_messages(
        [
            draft(alice, room, "one"),
            draft(mallory, room, "let me in"),
            draft(alice, room, ""),
            draft(alice, room, "x" * (limits.TEXT_BYTES + 1)),
            draft(alice, room, "answer", reply_to=99),
            draft(alice, room, "two"),
        ]
    )
    assert codes(outcomes) == [before + 1, "not_found", "bad_request", "too_large", "bad_request", before + 2]
    assert texts(room) == ["one", "two"]


@pytest.mark.parametrize("text", ["", " ", "\n\t  \u2003", "nul \0 inside", "half \ud83d"])
def test_a_text_that_shows_nothing_or_cannot_be_stored_is_refused(text: str, alice: User, room: Room):
    (refusal,) = send_messages([draft(alice, room, text)])
    assert isinstance(refusal, ChatError)
    assert (refusal.code, refusal.field) == ("bad_request", "text")


def test_the_limit_of_a_text_is_in_bytes(alice: User, room: Room):
    fits = "é" * (limits.TEXT_BYTES // 2)
    assert codes(send_messages([draft(alice, room, fits + "e"), draft(alice, room, fits)])) == [
        "too_large",
        head(room),
    ]
    assert texts(room) == [fits]


def test_a_stranger_hears_of_a_private_room_what_they_hear_of_none(mallory: User, room: Room):
    outcomes = send_messages([draft(mallory, room), draft(mallory, room, room_id="0" * 16)])
    refusals = [(o.code, o.message, o.field) for o in outcomes if isinstance(o, ChatError)]
    assert len(refusals) == 2
    assert refusals[0] == refusals[1]


def test_who_was_removed_is_still_told_of_what_they_had_sent(alice: User, bob: User, room: Room):
    mine = draft(bob, room, "before")
    (sent,) = send_messages([mine])
    assert isinstance(sent, Sent)
    rooms.remove_member(by=alice, room=room, user_id=bob.id)
    again, new = send_messages([mine, draft(bob, room, "after")])
    assert isinstance(again, Sent)
    assert (again.event.seq, again.duplicate) == (sent.event.seq, True)
    assert isinstance(new, ChatError)
    assert new.code == "not_found"


def test_the_muted_are_silent_until_their_time_is_over(bob: User, room: Room):
    member = Membership.objects.get(room=room, user_id=bob.id)
    member.muted_until = timezone.now() + dt.timedelta(minutes=5)
    member.save()
    assert codes(send_messages([draft(bob, room)])) == ["forbidden"]
    member.muted_until = timezone.now() - dt.timedelta(seconds=1)
    member.save()
    assert codes(send_messages([draft(bob, room)])) == [head(room)]


def test_an_archived_room_takes_no_message(alice: User, room: Room):
    rooms.archive_room(by=alice, room=room)
    assert codes(send_messages([draft(alice, room)])) == ["archived"]


def test_a_reply_names_a_message_of_the_same_room(alice: User, room: Room):
    message = send_message(by=alice.id, room_id=room.id, text="question", client_id=uuid4()).event
    elsewhere = rooms.create_room(by=alice, name="Pier", kind="private")
    outcomes = send_messages(
        [
            draft(alice, room, "answer", reply_to=message.seq),
            draft(alice, room, "to a member joining", reply_to=1),
            draft(alice, elsewhere, "across", reply_to=message.seq),
        ]
    )
    assert codes(outcomes) == [message.seq + 1, "bad_request", "bad_request"]


def test_a_plain_batch_is_stored_without_judging_one_by_one(alice, bob, room, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL stores a plain batch in one round trip")
    monkeypatch.setattr(module, "_store_together", None)
    before = head(room)
    outcomes = send_messages([draft(by, room, f"{n}") for n in range(3) for by in (alice, bob)])
    assert codes(outcomes) == list(range(before + 1, before + 7))
    assert texts(room) == [f"{n}" for n in range(3) for _ in range(2)]
    assert head(room) == before + 6


def test_what_a_plain_batch_leaves_is_judged_like_any_other(alice, bob, mallory, room):
    first = draft(alice, room, "once")
    send_messages([first])
    before = head(room)
    Membership.objects.filter(user_id=bob.id).update(muted_until=timezone.now() + dt.timedelta(hours=1))
    batch = [draft(alice, room, "a"), first, draft(mallory, room), draft(bob, room), draft(alice, room, "b")]
    outcomes = send_messages(batch)
    assert codes(outcomes) == [before + 1, first_seq(outcomes[1]), "not_found", "forbidden", before + 2]
    assert texts(room) == ["once", "a", "b"]


def first_seq(outcome: Outcome) -> int:
    """The number of a repetition, which says so."""
    assert isinstance(outcome, Sent)
    assert outcome.duplicate
    return outcome.event.seq


def test_a_mute_that_has_ended_hinders_nobody(bob, room):
    Membership.objects.filter(user_id=bob.id).update(muted_until=timezone.now() - dt.timedelta(seconds=1))
    send_messages([draft(bob, room, "again")])
    assert texts(room) == ["again"]


def test_a_plain_batch_looks_keys_up_in_their_index(alice, room):
    if connection.vendor != "postgresql":
        pytest.skip("the statement is PostgreSQL's")
    send_messages([draft(alice, room, str(n)) for n in range(400)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"EXPLAIN {statements._STORE_PLAIN_POSTGRESQL}", ["[]"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on messaging_event" not in plan
