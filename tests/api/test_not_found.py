"""A room of others, a room never made and any odd string: one answer, byte for byte."""

from typing import Any

import pytest

from chatsite.accounts.models import User
from rooms.models import Room
from tests.support.http import caller

CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"name": "x"}),
    ("DELETE", "", None),
    ("POST", "join/", {}),
    ("POST", "leave/", {}),
    ("PUT", "marks/", {"muted": True}),
    ("GET", "members/", None),
    ("POST", "members/", {"user": "0" * 16}),
    ("PATCH", "members/0000000000000000/", {"role": "guest"}),
    ("DELETE", "members/0000000000000000/", None),
    ("GET", "messages/", None),
    ("POST", "messages/", {"text": "hi"}),
    ("GET", "events/", None),
    ("PUT", "receipt/", {"read": 1}),
]
ODD = [
    "0" * 16,
    "x",
    "%00",
    "é",
    "A" * 16,
    "0" * 5000,
    "%F0%9F%98%80",
    "..",
    "' OR 1=1 --",
    "%ed%a0%80",
    "null",
]


@pytest.mark.parametrize(("method", "rest", "body"), CALLS, ids=[f"{c[0]} {c[1]}" for c in CALLS])
def test_mallory_cannot_tell_a_room_of_others_from_none(
    room: Room, mallory: User, method: Any, rest: Any, body: Any
) -> None:
    calls = caller(mallory)
    theirs = calls(method, f"rooms/{room.id}/{rest}", body)
    assert theirs.refusal == (404, "not_found", None)
    for room_id in ODD:
        answer = calls(method, f"rooms/{room_id}/{rest}", body)
        assert (answer.status, answer.raw) == (theirs.status, theirs.raw), room_id
        assert answer.headers == theirs.headers


@pytest.mark.parametrize(("method", "rest", "body"), CALLS, ids=[f"{c[0]} {c[1]}" for c in CALLS])
def test_every_call_about_a_room_refuses_alike(
    room: Room, mallory: User, method: Any, rest: Any, body: Any
) -> None:
    assert caller(mallory)(method, f"rooms/{room.id}/{rest}", body).body == {
        "error": {"code": "not_found", "message": "There is no such room.", "retryable": False}
    }


def test_bob_who_was_removed_is_as_far_outside_as_mallory(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    assert caller(bob).get(f"rooms/{room.id}/").status == 200
    assert caller(alice).delete(f"rooms/{room.id}/members/{bob.id}/").status == 204
    for method, rest, body in CALLS:
        path = f"rooms/{room.id}/{rest}"
        assert caller(bob)(method, path, body).raw == caller(mallory)(method, path, body).raw


def test_odd_members_are_not_found_alike(room: Room, alice: User, mallory: User) -> None:
    calls = caller(alice)
    theirs = calls.delete(f"rooms/{room.id}/members/{mallory.id}/")
    assert theirs.refusal == (404, "not_found", None)
    for user_id in ODD:
        assert calls.delete(f"rooms/{room.id}/members/{user_id}/").raw == theirs.raw
        assert calls.patch(f"rooms/{room.id}/members/{user_id}/", {"role": "guest"}).raw == theirs.raw
