"""Invites: the code is shown once, lets in as many as it says, and cannot be guessed."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from chatsite.errors import ChatError
from rooms import invites, moderation, services
from rooms.models import Invite, Membership, Room
from rooms.queries import find_member
from rooms.tasks import forget_invites
from tests.support.http import caller

pytestmark = pytest.mark.storage

SHAPE = {"id", "role", "expires_at", "max_uses", "uses"}


@pytest.fixture
def path(room: Room) -> str:
    return f"rooms/{room.id}/invites/"


def test_a_code_is_shown_once(room: Room, alice: User, path: str) -> None:
    calls = caller(alice)
    made = calls.post(path, {"max_uses": 3})
    assert made.status == 201
    assert made.body.keys() == SHAPE | {"code", "url"}
    code = made.body["code"]
    assert len(code) >= 22
    assert made.body["url"].endswith(code)
    (listed,) = calls.get(path).body["results"]
    assert listed == {name: made.body[name] for name in SHAPE}
    assert code not in str(Invite.objects.values().get())


def test_mallory_comes_in_by_a_code(room: Room, alice: User, mallory: User, path: str) -> None:
    code = caller(alice).post(path, {"role": "guest"}).body["code"]
    outside = caller(mallory)
    assert find_member(room.id, mallory.id) is None
    shown = outside.get(f"invites/{code}/")
    assert shown.body["room"] == {"id": room.id, "kind": "private", "name": "Harbour", "topic": ""}
    came = outside.post(f"invites/{code}/accept/")
    assert (came.status, came.body["id"], came.body["my_role"]) == (201, room.id, "guest")
    again = outside.post(f"invites/{code}/accept/")
    assert (again.status, again.body["my_role"]) == (200, "guest")
    assert Invite.objects.get().uses == 1


def test_a_repeated_key_comes_in_once(room: Room, alice: User, mallory: User, path: str) -> None:
    code = caller(alice).post(path).body["code"]
    outside, key = caller(mallory), str(uuid.uuid4())
    assert outside.post(f"invites/{code}/accept/", Idempotency_Key=key).status == 201
    services.leave_room(by=mallory, room=room)
    repeated = outside.post(f"invites/{code}/accept/", Idempotency_Key=key)
    assert repeated.status == 200
    assert find_member(room.id, mallory.id) is None


def test_a_used_up_code_is_no_code(room: Room, alice: User, mallory: User, robo: User, path: str) -> None:
    code = caller(alice).post(path, {"max_uses": 1}).body["code"]
    assert caller(mallory).post(f"invites/{code}/accept/").status == 201
    nothing = caller(robo).post("invites/nonsense/accept/")
    assert nothing.refusal == (404, "not_found", None)
    assert caller(robo).post(f"invites/{code}/accept/").raw == nothing.raw
    assert caller(robo).get(f"invites/{code}/").raw == nothing.raw
    assert caller(mallory).post(f"invites/{code}/accept/").status == 200


def test_a_late_code_is_no_code(room: Room, alice: User, mallory: User, path: str) -> None:
    code = caller(alice).post(path).body["code"]
    Invite.objects.update(expires_at=timezone.now())
    assert caller(mallory).post(f"invites/{code}/accept/").status == 404
    assert caller(alice).get(path).body["results"] == []
    forget_invites()
    assert Invite.objects.count() == 0


def test_a_code_that_was_taken_back_is_no_code(room: Room, alice: User, mallory: User, path: str) -> None:
    calls = caller(alice)
    made = calls.post(path).body
    assert calls.delete(f"{path}{made['id']}/").status == 204
    assert calls.delete(f"{path}{made['id']}/").refusal == (404, "not_found", None)
    assert caller(mallory).post(f"invites/{made['code']}/accept/").status == 404


def test_an_invite_lasts_a_week_unless_it_says_otherwise(alice: User, path: str) -> None:
    calls = caller(alice)
    week = dt.datetime.fromisoformat(calls.post(path).body["expires_at"]) - timezone.now()
    assert dt.timedelta(days=6.9) < week < dt.timedelta(days=7.1)
    assert calls.post(path, {"expires_at": None}).body["expires_at"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "king"}, "role"),
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses": "3"}, "max_uses"),
        ({"max_uses": 10**9}, "max_uses"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_invite_that_makes_no_sense_is_refused(alice: User, path: str, body: Any, field: str) -> None:
    assert caller(alice).post(path, body).refusal == (400, "bad_request", field)


def test_a_repeated_key_shows_no_code_again(alice: User, path: str) -> None:
    calls = caller(alice)
    for body in ({}, {"expires_at": None, "max_uses": 2}, {"expires_at": "2999-01-01T00:00:00Z"}):
        key = str(uuid.uuid4())
        first = calls.post(path, body, Idempotency_Key=key).body["id"]
        again = calls.post(path, body, Idempotency_Key=key)
        assert again.refusal == (409, "conflict", None)
        assert again.error["id"] == first
        other = calls.post(path, {"max_uses": 3}, Idempotency_Key=key)
        assert other.refusal == (409, "conflict", None)
        assert "id" not in other.error
    assert Invite.objects.count() == 3


def test_who_may_invite_as_what(
    room: Room, alice: User, bob: User, carol: User, mallory: User, path: str
) -> None:
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    assert caller(bob).post(path, {"role": "member"}).status == 201
    assert caller(bob).post(path, {"role": "moderator"}).status == 403
    high = caller(alice).post(path, {"role": "owner"})
    assert high.status == 201
    assert caller(bob).delete(f"{path}{high.body['id']}/").status == 403
    for person, status in ((carol, 403), (mallory, 404)):
        assert caller(person).post(path).status == status
        assert caller(person).get(path).status == status
        assert caller(person).delete(f"{path}{high.body['id']}/").status == status


def test_codes_cannot_be_tried_at_random(room: Room, mallory: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "INVITE_TRIES", Rate(1 / 6, 5))
    outside = caller(mallory)
    answers = [outside.post(f"invites/{uuid.uuid4().hex}/accept/") for _ in range(8)]
    assert [answer.status for answer in answers] == [404] * 5 + [429] * 3
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 7
    assert outside.get("me/").status == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_last_use_one_comes_in(room: Room, alice: User) -> None:
    _, code = invites.create_invite(by=alice, room=room, max_uses=2)
    crowd = [User.objects.create(username=f"member{n}") for n in range(8)]
    before = Membership.objects.filter(room=room).count()

    def accept(person: User) -> bool:
        try:
            invites.accept_invite(by=person, code=code)
            return True
        except ChatError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(accept, crowd)) == 2
    assert Membership.objects.filter(room=room).count() == before + 2
    assert Invite.objects.get().uses == 2


def test_an_archived_room_takes_nobody_in(room: Room, alice: User, mallory: User, path: str) -> None:
    code = caller(alice).post(path).body["code"]
    services.archive_room(by=alice, room=room)
    assert caller(mallory).post(f"invites/{code}/accept/").refusal == (409, "archived", None)
    assert find_member(room.id, mallory.id) is None
