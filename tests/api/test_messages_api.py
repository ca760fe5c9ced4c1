"""Messages and the log over HTTP."""

import uuid
from typing import Any

import pytest

from chatsite.accounts.models import User
from messaging import services
from messaging.models import Event
from rooms import services as rooms
from rooms.models import Room
from tests.support.http import caller

MESSAGE = {"room", "seq", "by", "at", "text", "deleted", "attachments", "reactions", "mentions"}


@pytest.fixture
def say(room: Room, bob: User) -> Any:
    """Says something as Bob, past the rate limit of the doors; answers its `seq`."""

    def send(text: Any, reply_to: Any = None) -> Any:
        return services.send_message(
            by=bob.id, room_id=room.id, text=text, client_id=uuid.uuid4(), reply_to=reply_to
        ).event.seq

    return send


def test_a_message_is_answered_with_its_event(room: Room, bob: User) -> None:
    key = str(uuid.uuid4())
    answer = caller(bob).post(f"rooms/{room.id}/messages/", {"text": "  hi "}, Idempotency_Key=key)
    assert answer.status == 201
    assert answer.body | {"at": "", "epoch": ""} == {
        "room": room.id,
        "epoch": "",
        "seq": 4,
        "kind": "message.created",
        "by": bob.id,
        "at": "",
        "client_id": key,
        "data": {"text": "  hi ", "attachments": [], "mentions": []},
    }


def test_a_repetition_answers_the_first_event(room: Room, bob: User) -> None:
    key = str(uuid.uuid4())
    send = lambda text, key=key: caller(bob).post(  # noqa: E731
        f"rooms/{room.id}/messages/", {"text": text}, Idempotency_Key=key
    )
    first, again = send("hi"), send("hi", key.upper())
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert send("ho").refusal == (409, "conflict", "client_id")
    assert Event.objects.filter(kind="message.created").count() == 1


def test_a_repetition_is_answered_after_one_was_removed(room: Room, alice: User, bob: User) -> None:
    key = str(uuid.uuid4())
    path = f"rooms/{room.id}/messages/"
    first = caller(bob).post(path, {"text": "hi"}, Idempotency_Key=key)
    rooms.remove_member(by=alice, room=room, user_id=bob.id)
    assert caller(bob).post(path, {"text": "hi"}, Idempotency_Key=key).body == first.body
    assert caller(bob).post(path, {"text": "hi"}).refusal == (404, "not_found", None)


def test_without_a_key_every_post_is_a_message(room: Room, bob: User) -> None:
    path = f"rooms/{room.id}/messages/"
    assert [caller(bob).post(path, {"text": "hi"}).body["seq"] for _ in range(2)] == [4, 5]


def test_whoever_sends_too_fast_is_told_when_to_come_back(
    room: Room, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatsite import limits
    from chatsite.env import Rate

    monkeypatch.setattr(limits, "MESSAGE_SEND", Rate(0.5, 2))
    path = f"rooms/{room.id}/messages/"
    calls = caller(bob)
    assert [calls.post(path, {"text": "hi"}).status for _ in range(2)] == [201, 201]
    refused = calls.post(path, {"text": "hi"})
    assert refused.refusal == (429, "rate_limited", None)
    assert refused.error["retryable"]
    assert refused.headers["Retry-After"] in ("1", "2")


def test_pages_of_messages_ascend_and_meet(room: Room, bob: User, say: Any) -> None:
    sent = [say(f"{n}") for n in range(7)]
    calls = caller(bob)
    page = lambda query="": calls.get(f"rooms/{room.id}/messages/{query}").body  # noqa: E731
    seqs = lambda body: [message["seq"] for message in body["results"]]  # noqa: E731
    newest = page("?limit=3")
    assert seqs(newest) == sent[4:]
    assert seqs(page(f"?limit=3&before={sent[4]}")) == sent[1:4]
    assert seqs(page(f"?limit=3&cursor={newest['next']}")) == sent[1:4]
    oldest = page("?limit=3&after=0")
    assert seqs(oldest) == sent[:3]
    assert seqs(page(f"?limit=3&after=0&cursor={oldest['next']}")) == sent[3:6]
    assert seqs(page(f"?after={sent[0]}&before={sent[3]}")) == sent[1:3]
    assert page(f"?after={sent[-1]}") == {"results": [], "next": None}
    assert page("?after=999") == {"results": [], "next": None}
    assert page()["next"] is None


def test_a_message_is_shown_as_it_is_now(room: Room, bob: User, say: Any) -> None:
    first = say("one")
    say("two", reply_to=first)
    one, two = caller(bob).get(f"rooms/{room.id}/messages/").body["results"]
    assert one.keys() == MESSAGE
    assert two.keys() == MESSAGE | {"reply_to"}
    assert (one["text"], one["by"], one["deleted"]) == ("one", bob.id, False)
    assert two["reply_to"] == first


def test_nobody_reads_what_was_said_before_they_came(
    room: Room, alice: User, mallory: User, say: Any
) -> None:
    say("before")
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    say("while she was in")
    rooms.remove_member(by=alice, room=room, user_id=mallory.id)
    say("while she was out")
    rooms.add_member(by=alice, room=room, user_id=mallory.id)
    say("again in")
    calls = caller(mallory)
    for query in ("", "?after=0", "?limit=2", "?before=99"):
        texts = [one["text"] for one in calls.get(f"rooms/{room.id}/messages/{query}").body["results"]]
        assert texts == ["while she was in", "again in"], query
    events = calls.get(f"rooms/{room.id}/events/").body["events"]
    assert [event["seq"] for event in events] == list(range(5, 11))
    assert [event["kind"] for event in events] == [
        "member.joined",
        "message.created",
        "member.left",
        "tombstone",
        "member.joined",
        "message.created",
    ]
    assert events[3].keys() == {"room", "epoch", "seq", "kind", "at", "data"}
    assert events[3]["data"] == {}


def test_the_log_comes_in_pages(room: Room, bob: User, carol: User, say: Any) -> None:
    for n in range(5):
        say(f"{n}")
    calls = caller(bob)
    page = calls.get(f"rooms/{room.id}/events/?limit=4").body
    assert page.keys() == {"epoch", "head", "events", "more"}
    assert (page["head"], page["more"]) == (8, True)
    assert [event["seq"] for event in page["events"]] == [2, 3, 4, 5]
    rest = calls.get(f"rooms/{room.id}/events/?after=5&epoch={page['epoch']}").body
    assert ([event["seq"] for event in rest["events"]], rest["more"]) == ([6, 7, 8], False)
    assert calls.get(f"rooms/{room.id}/events/?after=8").body["events"] == []
    assert calls.get(f"rooms/{room.id}/events/?after=999").body["events"] == []


def test_receipts_only_move_forward(room: Room, bob: User, say: Any) -> None:
    say("one")
    say("two")
    calls = caller(bob)
    put = lambda body: calls.put(f"rooms/{room.id}/receipt/", body).body  # noqa: E731
    assert put({"delivered": 4}) == {"user": bob.id, "delivered": 4, "read": 2}
    assert put({"read": 5}) == {"user": bob.id, "delivered": 5, "read": 5}
    assert put({"read": 0, "delivered": 1}) == {"user": bob.id, "delivered": 5, "read": 5}
    assert put({"read": 10**9}) == {"user": bob.id, "delivered": 5, "read": 5}


def test_bob_edits_and_deletes_what_he_said(room: Room, bob: User, say: Any) -> None:
    seq, calls = say("helo"), caller(bob)
    path = f"rooms/{room.id}/messages/{seq}/"
    edited = calls.patch(path, {"text": "hello"})
    assert (edited.status, edited.body["kind"]) == (200, "message.edited")
    assert edited.body["data"] | {"mentions": []} == {"message": seq, "text": "hello", "mentions": []}
    (shown,) = calls.get(f"rooms/{room.id}/messages/").body["results"]
    assert (shown["text"], shown["deleted"]) == ("hello", False)
    assert shown.keys() == MESSAGE | {"edited_at"}
    deleted = calls.delete(path)
    assert (deleted.status, deleted.body["kind"], deleted.body["data"]) == (
        200,
        "message.deleted",
        {"message": seq},
    )
    (shown,) = calls.get(f"rooms/{room.id}/messages/").body["results"]
    assert (shown["text"], shown["deleted"]) == ("", True)
    assert calls.delete(path).body["seq"] == deleted.body["seq"]
    assert calls.patch(path, {"text": "again"}).refusal == (404, "not_found", "seq")


def test_reactions_are_shown_in_the_order_of_reacting(room: Room, alice: User, bob: User, say: Any) -> None:
    seq = say("party")
    path = f"rooms/{room.id}/messages/{seq}/reactions/"
    first = caller(bob).put(f"{path}🎉/", None)
    assert (first.status, first.body["kind"], first.body["data"]) == (
        200,
        "reaction.added",
        {"message": seq, "emoji": "🎉"},
    )
    caller(alice).put(f"{path}👍/", None)
    caller(alice).put(f"{path}🎉/", None)
    assert caller(bob).put(f"{path}🎉/", None).body["seq"] == first.body["seq"]
    (shown,) = caller(bob).get(f"rooms/{room.id}/messages/").body["results"]
    assert shown["reactions"] == [
        {"emoji": "🎉", "users": [bob.id, alice.id]},
        {"emoji": "👍", "users": [alice.id]},
    ]
    assert caller(bob).delete(f"{path}🎉/").body["kind"] == "reaction.removed"
    (shown,) = caller(bob).get(f"rooms/{room.id}/messages/").body["results"]
    assert shown["reactions"][0] == {"emoji": "👍", "users": [alice.id]}
    assert caller(bob).put(f"{path}x/", None).refusal == (400, "bad_request", "emoji")


@pytest.mark.parametrize("seq", ["0", "1", "99", "-1", "x", "\u0664", "%00", "9" * 16, "9" * 5000, "4.0"])
def test_odd_messages_are_not_found_alike(room: Room, bob: User, mallory: User, say: Any, seq: str) -> None:
    say("something")
    path = f"rooms/{room.id}/messages/{seq}/"
    assert caller(bob).patch(path, {"text": "x"}).refusal == (404, "not_found", "seq")
    theirs = caller(mallory).get(f"rooms/{room.id}/messages/")
    for method, body in (("PATCH", {"text": "x"}), ("DELETE", None)):
        assert caller(mallory)(method, path, body).raw == theirs.raw
    assert caller(mallory).put(f"{path}reactions/🎉/", None).raw == theirs.raw


def test_alice_cannot_edit_what_bob_said(room: Room, alice: User, say: Any) -> None:
    answer = caller(alice).patch(f"rooms/{room.id}/messages/{say('mine')}/", {"text": "hers"})
    assert answer.refusal == (403, "forbidden", None)
