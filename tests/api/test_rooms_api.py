"""Rooms and members over HTTP: shapes, pages, repetitions."""

import uuid
from typing import Any
from urllib.parse import urlencode

import pytest

from chatsite.accounts.models import User
from messaging import receipts, services
from rooms.models import Room
from rooms.rights import Right
from tests.support.http import browser, caller

ROOM = {
    "id",
    "kind",
    "name",
    "topic",
    "epoch",
    "head",
    "min_seq",
    "archived",
    "my_role",
    "my_marks",
    "my_rights",
    "settings",
    "unread",
    "pins",
}
SETTINGS = {
    "edit_seconds": None,
    "delete_seconds": None,
    "moderators_delete": True,
    "history": None,
    "retention_days": None,
    "read_only": False,
    "slow_seconds": 0,
}


def test_alice_opens_a_room_and_sees_it(alice: User) -> None:
    page = browser(alice)
    made = page.post("rooms/", {"name": "Harbour", "kind": "private", "topic": "Boats"})
    assert made.status == 201
    assert made.body.keys() == ROOM
    assert made.body | {"id": "", "epoch": ""} == {
        "id": "",
        "kind": "private",
        "name": "Harbour",
        "topic": "Boats",
        "epoch": "",
        "head": 1,
        "min_seq": 1,
        "archived": False,
        "my_role": "owner",
        "my_marks": {"favourite": False, "muted": False, "notify": "mentions"},
        "my_rights": [right for right in Right.values if right != "edit_others"],
        "settings": SETTINGS,
        "unread": 0,
        "pins": [],
    }
    assert page.get(f"rooms/{made.body['id']}/").body == made.body
    assert page.get("rooms/").body == {"results": [made.body], "next": None}


def test_a_room_shows_each_member_their_own_side(room: Room, alice: User, bob: User, carol: User) -> None:
    sides = {person.username: caller(person).get(f"rooms/{room.id}/").body for person in (alice, bob, carol)}
    assert {name: (side["my_role"], side["min_seq"]) for name, side in sides.items()} == {
        "alice": ("owner", 1),
        "bob": ("member", 2),
        "carol": ("guest", 3),
    }


def test_favourites_and_muted_rooms_are_ones_own_and_tell_nobody(room: Room, alice: User, bob: User) -> None:
    def marks(person: User) -> Any:
        return caller(person).get(f"rooms/{room.id}/").body["my_marks"]

    head = caller(bob).get(f"rooms/{room.id}/").body["head"]
    assert marks(bob) == {"favourite": False, "muted": False, "notify": "mentions"}
    answer = caller(bob).put(f"rooms/{room.id}/marks/", {"favourite": True})
    assert (answer.status, answer.body) == (200, {"favourite": True, "muted": False, "notify": "mentions"})
    assert caller(bob).put(f"rooms/{room.id}/marks/", {"muted": True}).body == {
        "favourite": True,
        "muted": True,
        "notify": "mentions",
    }
    assert marks(bob) == {"favourite": True, "muted": True, "notify": "mentions"}
    assert marks(alice) == {"favourite": False, "muted": False, "notify": "mentions"}
    assert caller(bob).get(f"rooms/{room.id}/").body["head"] == head
    for wrong in ({}, {"favourite": None}, {"loved": True}, {"muted": 3}, {"notify": "shouts"}):
        assert caller(bob).put(f"rooms/{room.id}/marks/", wrong).status == 400, wrong


def test_a_public_room_can_be_seen_and_joined_from_outside(alice: User, mallory: User) -> None:
    room_id = caller(alice).post("rooms/", {"name": "Lobby", "kind": "public"}).body["id"]
    calls = caller(mallory)
    seen = calls.get(f"rooms/{room_id}/").body
    assert (seen["my_role"], seen["unread"]) == (None, 0)
    assert calls.get(f"rooms/{room_id}/messages/").refusal == (404, "not_found", None)
    assert calls.get(f"rooms/{room_id}/members/").refusal == (403, "forbidden", None)
    assert [one["id"] for one in calls.get("rooms/").body["results"]] == [room_id]
    assert calls.get("rooms/?mine=true").body["results"] == []
    joined = calls.post(f"rooms/{room_id}/join/")
    assert (joined.status, joined.body["my_role"]) == (201, "member")
    assert calls.post(f"rooms/{room_id}/join/").status == 200
    assert calls.get(f"rooms/{room_id}/messages/").status == 200
    assert calls.post(f"rooms/{room_id}/leave/").status == 204
    assert calls.get(f"rooms/{room_id}/").body["my_role"] is None


def test_rooms_to_join_are_found_by_part_of_a_name_and_never_all(alice: User, mallory: User) -> None:
    owner, calls = caller(alice), caller(mallory)
    made = {
        name: owner.post("rooms/", {"name": name, "kind": kind, "topic": topic}).body["id"]
        for name, kind, topic in (
            ("Boats", "public", ""),
            ("Quay", "public", "All boats here"),
            ("Boathouse", "private", ""),
            ("Old boats", "public", ""),
            ("My boats", "public", ""),
        )
    }
    owner.delete(f"rooms/{made['Old boats']}/")
    calls.post(f"rooms/{made['My boats']}/join/")

    def found(**asked: str) -> set[str]:
        return {room["name"] for room in calls.get("rooms/?" + urlencode(asked)).body["results"]}

    assert found(joinable="true", q="BOAT") == {"Boats", "Quay"}
    assert found(joinable="true", q="quay") == {"Quay"}
    assert found(joinable="true") == {"Boats", "Quay"}
    assert found(mine="true") == {"My boats"}


def test_unread_counts_what_others_said_after_ones_own_mark(room: Room, alice: User, bob: User) -> Any:
    def say(by: User, text: Any) -> Any:
        return services.send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4()).event.seq

    def unread() -> Any:
        return caller(bob).get("rooms/").body["results"][0]["unread"]

    assert unread() == 0
    first = say(alice, "one")
    say(alice, "two")
    say(bob, "mine")
    assert unread() == 2
    receipts.advance(by=bob.id, room_id=room.id, read=first)
    assert unread() == 1
    assert caller(bob).put(f"rooms/{room.id}/receipt/", {"read": 10**9}).body == {
        "user": bob.id,
        "delivered": 6,
        "read": 6,
    }
    assert unread() == 0


def test_members_come_in_pages_in_the_order_of_joining(
    room: Room, alice: User, bob: User, carol: User
) -> None:
    calls = caller(carol)
    first = calls.get(f"rooms/{room.id}/members/?limit=2").body
    assert first["results"] == [
        {"user": alice.id, "role": "owner", "joined_seq": 1},
        {"user": bob.id, "role": "member", "joined_seq": 2},
    ]
    rest = calls.get(f"rooms/{room.id}/members/?limit=2&cursor={first['next']}").body
    assert rest == {"results": [{"user": carol.id, "role": "guest", "joined_seq": 3}], "next": None}


def test_rooms_come_in_pages_without_repeats_or_holes(alice: User) -> None:
    calls = caller(alice)
    made = {calls.post("rooms/", {"name": f"Room {n}", "kind": "private"}).body["id"] for n in range(7)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = calls.get(f"rooms/?limit=3{f'&cursor={cursor}' if cursor else ''}").body
        seen += [one["id"] for one in page["results"]]
        cursor = page["next"]
    assert len(seen) == 7
    assert set(seen) == made


def test_alice_adds_changes_and_removes_mallory(room: Room, alice: User, mallory: User) -> None:
    calls = caller(alice)
    added = calls.post(f"rooms/{room.id}/members/", {"user": mallory.id})
    assert (added.status, added.body) == (201, {"user": mallory.id, "role": "member", "joined_seq": 4})
    assert calls.post(f"rooms/{room.id}/members/", {"user": mallory.id}).status == 200
    changed = calls.patch(f"rooms/{room.id}/members/{mallory.id}/", {"role": "guest"})
    assert (changed.status, changed.body["role"]) == (200, "guest")
    assert calls.post(f"rooms/{room.id}/members/", {"user": mallory.id}).refusal == (409, "conflict", "user")
    assert calls.delete(f"rooms/{room.id}/members/{mallory.id}/").status == 204
    assert calls.delete(f"rooms/{room.id}/members/{mallory.id}/").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "user"),
        ({"user": "nobody"}, "user"),
        ({"user": "0" * 16}, "user"),
        ({"user": None}, "user"),
        ({"user": "x", "role": "king"}, "role"),
        ({"user": "x", "muted": True}, "muted"),
    ],
)
def test_a_member_that_makes_no_sense_is_refused(room: Room, alice: User, body: Any, field: Any) -> None:
    assert caller(alice).post(f"rooms/{room.id}/members/", body).refusal == (400, "bad_request", field)


def test_bob_may_not_manage(room: Room, bob: User, mallory: User) -> None:
    calls = caller(bob)
    for answer in (
        calls.post(f"rooms/{room.id}/members/", {"user": mallory.id}),
        calls.patch(f"rooms/{room.id}/", {"name": "Mine"}),
        calls.delete(f"rooms/{room.id}/"),
        calls.patch(f"rooms/{room.id}/members/{bob.id}/", {"role": "owner"}),
    ):
        assert answer.refusal == (403, "forbidden", None)


def test_a_room_is_changed_and_archived(room: Room, alice: User, bob: User) -> None:
    calls = caller(alice)
    changed = calls.patch(f"rooms/{room.id}/", {"name": "Quay", "topic": "Ships"})
    assert (changed.body["name"], changed.body["topic"], changed.body["head"]) == ("Quay", "Ships", 4)
    assert calls.delete(f"rooms/{room.id}/").status == 204
    assert calls.get(f"rooms/{room.id}/").body["archived"]
    assert calls.patch(f"rooms/{room.id}/", {"name": "Pier"}).refusal == (409, "archived", None)
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).refusal == (409, "archived", None)
    assert caller(bob).get(f"rooms/{room.id}/messages/").status == 200


def test_a_direct_room_is_one_whoever_asks(alice: User, bob: User) -> None:
    first = caller(alice).post("direct-rooms/", {"users": [bob.id]})
    again = caller(bob).post("direct-rooms/", {"users": [alice.id, bob.id]})
    assert (first.status, again.status) == (201, 200)
    assert first.body["id"] == again.body["id"]
    assert first.body.keys() == ROOM | {"people"}
    assert (first.body["kind"], first.body["people"]) == ("direct", [alice.id, bob.id])


@pytest.mark.parametrize(
    "users", [[], ["nobody"], "x", [7], [None], [["x"]], {"a": 1}, None, ["0" * 16], ["x"] * 101]
)
def test_a_direct_room_that_makes_no_sense_is_refused(alice: User, users: Any) -> None:
    field: Any
    status, code, field = caller(alice).post("direct-rooms/", {"users": users}).refusal
    assert (status, code) == (400, "bad_request")
    assert field.startswith("users")


def test_with_a_repeated_key_nothing_happens_twice(room: Room, alice: User, mallory: User) -> None:
    calls, key = caller(alice), str(uuid.uuid4())
    made = [calls.post("rooms/", {"name": "Quay", "kind": "private"}, Idempotency_Key=key) for _ in range(2)]
    assert [answer.status for answer in made] == [201, 200]
    assert made[0].body == made[1].body
    another = calls.post("rooms/", {"name": "Pier", "kind": "private"}, Idempotency_Key=key)
    assert another.refusal == (409, "conflict", None)
    added = [
        calls.post(f"rooms/{room.id}/members/", {"user": mallory.id}, Idempotency_Key=key) for _ in range(2)
    ]
    assert [answer.status for answer in added] == [201, 200]
    gone = [
        calls.delete(f"rooms/{room.id}/members/{mallory.id}/", Idempotency_Key=key.upper()) for _ in range(2)
    ]
    assert [answer.status for answer in gone] == [409, 409]
    key = str(uuid.uuid4())
    gone = [calls.delete(f"rooms/{room.id}/members/{mallory.id}/", Idempotency_Key=key) for _ in range(2)]
    assert [answer.status for answer in gone] == [204, 204]


def test_people_are_found_by_part_of_a_name(alice: User, bob: User, carol: User, mallory: User) -> None:
    calls = caller(alice)
    assert [one["username"] for one in calls.get("users/").body["results"]] == [
        "alice",
        "bob",
        "carol",
        "mallory",
    ]
    assert [one["id"] for one in calls.get("users/?q=COOP").body["results"]] == [carol.id]
    assert calls.get("users/?q=%25").body["results"] == []
    first = calls.get("users/?limit=2").body
    assert [one["username"] for one in calls.get(f"users/?cursor={first['next']}").body["results"]] == [
        "carol",
        "mallory",
    ]


def test_former_people_have_a_name_still(alice: User, bob: User) -> None:
    bob.is_active = False
    bob.save()
    assert caller(alice).get("users/?q=bob").body["results"] == []
    (found,) = caller(alice).get(f"users/?ids={bob.id},nobody").body["results"]
    assert found == {
        "id": bob.id,
        "username": "bob",
        "display_name": "Bob Baker",
        "avatar": "",
        "kind": "person",
    }


def test_one_changes_ones_own_name(bob: User) -> None:
    calls = caller(bob)
    assert calls.patch("me/", {"display_name": " Bobby "}).body["display_name"] == "Bobby"
    assert calls.patch("me/", {}).body["display_name"] == "Bobby"
    assert calls.patch("me/", {"is_staff": True}).refusal == (400, "bad_request", "is_staff")
    assert calls.patch("me/", {"display_name": "a\nb"}).refusal == (400, "bad_request", "display_name")


def test_administrators_make_people(alice: User, bob: User) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    body = {"username": "dora", "password": "correct-horse-battery-9", "display_name": "Dora"}
    assert caller(bob).post("users/", body).refusal == (403, "forbidden", None)
    made = caller(alice).post("users/", body)
    assert (made.status, made.body["username"], made.body["display_name"]) == (201, "dora", "Dora")
    assert caller(alice).post("users/", {**body, "username": "DORA"}).refusal == (409, "conflict", "username")
    assert caller(alice).post("users/", {**body, "is_staff": True}).refusal == (
        400,
        "bad_request",
        "is_staff",
    )
    weak = caller(alice).post("users/", {**body, "username": "dora2", "password": "short"})
    assert weak.refusal == (400, "bad_request", "password")
