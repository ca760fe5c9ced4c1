"""API tokens and what their scopes let through."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from chatsite.accounts.models import ApiToken, User
from rooms.models import Room
from tests.support.hints import listening
from tests.support.http import Caller, browser, caller

SHAPE = {"id", "name", "prefix", "created_at", "last_used_at", "expires_at"}


def test_a_token_is_shown_once(bob: User) -> None:
    page = browser(bob)
    made = page.post("auth/tokens/", {"name": "ci"})
    assert made.status == 201
    assert made.body.keys() == SHAPE | {"token"}
    (listed,) = page.get("auth/tokens/").body["results"]
    assert listed.keys() == SHAPE
    assert listed["id"] == made.body["id"]


def test_without_scopes_a_token_has_all(bob: User) -> None:
    made = browser(bob).post("auth/tokens/", {"name": "ci"})
    assert ApiToken.objects.get(id=made.body["id"]).scopes == ["read", "write", "admin"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "ci", "scopes": []}, "scopes"),
        ({"name": "ci", "scopes": ["all"]}, "scopes[0]"),
        ({"name": "ci", "scopes": "read"}, "scopes"),
        ({"name": "ci", "expires_at": "soon"}, "expires_at"),
        ({"name": "ci", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "ci", "user": "x"}, "user"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(bob: User, body: Any, field: Any) -> None:
    assert browser(bob).post("auth/tokens/", body).refusal == (400, "bad_request", field)


def test_a_token_expires(bob: User) -> None:
    soon = timezone.now() + dt.timedelta(hours=1)
    made = browser(bob).post("auth/tokens/", {"name": "ci", "expires_at": soon.isoformat()})
    robot = Caller(made.body["token"])
    assert robot.get("me/").status == 200
    ApiToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert robot.get("me/").refusal == (401, "unauthenticated", None)


def test_a_repeated_key_does_not_show_the_secret_again(bob: User) -> None:
    page, key = browser(bob), str(uuid.uuid4())
    made = page.post("auth/tokens/", {"name": "ci"}, Idempotency_Key=key)
    again = page.post("auth/tokens/", {"name": "ci"}, Idempotency_Key=key)
    assert again.refusal == (409, "conflict", None)
    assert made.body["id"] in again.error["message"]
    assert ApiToken.objects.filter(name="ci").count() == 1


def test_deleting_a_token_ends_it_and_tells_its_sockets(
    bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    robot = caller(bob)
    token = ApiToken.objects.get()
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            assert robot.delete(f"auth/tokens/{token.id}/").status == 204
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": f"token:{token.id}"}]
    assert robot.get("me/").status == 401


def test_mallory_cannot_tell_bobs_token_from_none(bob: User, mallory: User) -> None:
    caller(bob)
    theirs = ApiToken.objects.get(user=bob)
    stranger = caller(mallory)
    refusals = {
        stranger.delete(f"auth/tokens/{token_id}/").raw for token_id in (theirs.id, "0" * 16, "x", "%00", "é")
    }
    assert len(refusals) == 1
    assert ApiToken.objects.filter(id=theirs.id).exists()


def test_read_sees_and_does_nothing(room: Room, bob: User) -> None:
    reader = caller(bob, scopes=("read",))
    assert reader.get(f"rooms/{room.id}/").status == 200
    assert reader.get(f"rooms/{room.id}/messages/").status == 200
    assert reader.post(f"rooms/{room.id}/messages/", {"text": "hi"}).refusal == (403, "forbidden", None)
    assert reader.put(f"rooms/{room.id}/receipt/", {"read": 1}).status == 403
    assert reader.post("rooms/", {"name": "x", "kind": "public"}).status == 403
    assert reader.post("auth/tokens/", {"name": "more"}).status == 403


def test_write_speaks_and_manages_nothing(room: Room, alice: User) -> None:
    writer = caller(alice, scopes=("write",))
    assert writer.post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 201
    assert writer.put(f"rooms/{room.id}/receipt/", {"read": 1}).status == 200
    assert writer.get(f"rooms/{room.id}/").status == 403
    assert writer.patch(f"rooms/{room.id}/", {"name": "x"}).status == 403
    assert writer.post("auth/tokens/", {"name": "more"}).status == 403


def test_admin_manages_what_its_owner_may(room: Room, alice: User, bob: User) -> None:
    assert caller(alice, scopes=("admin",)).patch(f"rooms/{room.id}/", {"name": "Quay"}).status == 200
    assert caller(bob, scopes=("admin",)).patch(f"rooms/{room.id}/", {"name": "Quay"}).status == 403
    assert caller(alice, scopes=("admin",)).post("auth/tokens/", {"name": "more"}).status == 201
    assert caller(alice, scopes=("admin",)).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 403
