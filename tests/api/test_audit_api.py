"""The audit log over REST, and which administrator may do what: by Django's groups, there as in the admin."""

from typing import Any

import pytest

from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.doors import Door, at_door
from chatsite.audit.record import record
from rooms.models import Room
from tests.audit.test_office_forms import office, staff
from tests.support.http import caller


@pytest.fixture
def acts(alice: User, bob: User) -> None:
    """Five acts, the last at the page from 192.0.2.7."""
    for number in range(4):
        record(Action.ANNOUNCED, by=alice, details={"minutes": number + 1})
    with at_door(Door.PAGE, address="192.0.2.7"):
        record(Action.SESSIONS_ENDED, by=alice, user=bob.id)


@pytest.mark.storage
def test_the_log_is_read_in_pages_the_newest_first(acts: None, alice: User, bob: User) -> None:
    calls = caller(staff("vera", "view_entry"))
    first = calls.get("site/audit/?by=" + alice.id + "&limit=2").body
    assert [act["action"] for act in first["results"]] == ["sessions.ended", "site.announced"]
    newest = first["results"][0]
    assert newest | {"id": 0, "at": ""} == {
        "id": 0,
        "at": "",
        "action": "sessions.ended",
        "door": "page",
        "by": alice.id,
        "user": bob.id,
        "room": None,
        "target": None,
        "details": {},
    }
    rest = calls.get(f"site/audit/?by={alice.id}&limit=3&cursor={first['next']}").body
    assert [act["details"] for act in rest["results"]] == [{"minutes": 3}, {"minutes": 2}, {"minutes": 1}]
    assert rest["next"] is None


def test_it_is_narrowed_by_who_whom_where_and_what(acts: None, alice: User, bob: User, room: Room) -> None:
    calls = caller(staff("vera", "view_entry"))

    def told(query: str) -> list[str]:
        return [act["action"] for act in calls.get(f"site/audit/?{query}").body["results"]]

    assert told(f"user={bob.id}&action=sessions.ended") == ["sessions.ended"]
    assert set(told(f"room={room.id}")) == {"member.added"}
    assert told("by=nobody") == []
    assert calls.get("site/audit/?action=nonsense").refusal == (400, "bad_request", "action")
    assert calls.get("site/audit/?by=%00").refusal == (400, "bad_request", "by")


def test_addresses_are_for_those_who_may_see_them(acts: None) -> None:
    seen = (
        caller(staff("vera", "view_entry", "view_entryaddress")).get("site/audit/?action=sessions.ended").body
    )
    assert seen["results"][0]["address"] == "192.0.2.7"


# What a group may do, and the calls and pages that this opens; all others stay closed.
DOORS: dict[str, tuple[str, str, Any]] = {
    "view_entry": ("GET", "site/audit/", None),
    "add_siteinvite": ("POST", "site-invites/", {}),
    "add_user": ("POST", "users/", {"username": "dora", "password": "correct-horse-battery-9"}),
    "change_room": ("POST", "site/announcements/", {"text": "Tea is ready"}),
}
PAGES = {
    "view_entry": "/admin/audit/entry/",
    "add_siteinvite": "/account/invitations/",
    "add_user": "/admin/accounts/user/add/",
    "change_room": "/admin/rooms/room/",
}


@pytest.mark.parametrize("may", DOORS)
def test_staff_may_do_exactly_what_their_group_may(db: None, may: str) -> None:
    user = staff("stan", may, *(["change_user"] if may == "add_user" else []))
    calls, client = caller(user), office(user)
    for name, (method, path, body) in DOORS.items():
        status = calls(method, path, body).status
        assert (status in (200, 201, 204)) is (name == may), (path, status)
    for name, page in PAGES.items():
        assert (client.get(page).status_code == 200) is (name == may), page


def test_a_group_without_being_staff_opens_nothing(db: None) -> None:
    user = staff("stan", *DOORS)
    User.objects.filter(id=user.id).update(is_staff=False)
    calls, client = caller(User.objects.get(id=user.id)), office(User.objects.get(id=user.id))
    for method, path, body in DOORS.values():
        assert calls(method, path, body).refusal == (403, "forbidden", None)
    for page in PAGES.values():
        assert client.get(page).status_code in (302, 403, 404)
