"""The office's pages about rooms: who belongs there, what roles may do there and everywhere, and what the log holds."""

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from chatsite.accounts.models import User
from chatsite.audit.models import Entry
from messaging import changes, services
from messaging.models import Event
from messaging.office import PAGE, log_page
from messaging.turn import Change
from rooms import rules
from rooms.models import RoleRule, Room
from rooms.office.grid import Grid, room_grid, site_grid
from rooms.office.members import PAGE as MEMBERS_PAGE
from rooms.office.members import members_page
from rooms.queries import find_member
from rooms.rights import Right, bit_of
from rooms.services import add_member, open_direct_room
from tests.support.http import caller


def only_looking(user: User) -> Client:
    """Somebody who may look at rooms and logs, and change nothing."""
    user.is_staff = True
    user.save()
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_room", "view_event", "view_membership"])
    )
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, room: Room, name: str, **form: str) -> Any:
    """Send one of the forms of a room's page."""
    return client.post(reverse("admin:rooms_room_act", args=[room.id, name]), form, follow=True)


def ticked(grid: Grid, **changed: bool) -> dict[str, str]:
    """The grid's form as it stands, but for some boxes (`role__right`)."""
    boxes = {cell.name: cell.allowed for row in grid.rows for cell in row.cells}
    boxes |= {name.replace("__", "."): value for name, value in changed.items()}
    return {"shown": grid.shown, **{name: "on" for name, value in boxes.items() if value}}


def test_a_room_s_page_shows_its_members_with_their_roles(office: Client, room: Room) -> None:
    page = office.get(reverse("admin:rooms_room_change", args=[room.id])).content.decode()
    for name in ("Alice Archer", "Bob Baker", "Carol Cooper"):
        assert name in page
    assert page.count(" selected>Owner<") == 1
    found = office.get(reverse("admin:rooms_room_change", args=[room.id]), {"member": "bob"}).content.decode()
    assert "Bob Baker" in found
    assert "Carol Cooper" not in found


def test_a_role_is_given_by_an_event_and_recorded(office: Client, room: Room, bob: User, admin: User) -> None:
    page = act(office, room, "role", user=bob.id, role="moderator", was="member")
    assert "The role is “Moderator” now." in page.content.decode()
    assert find_member(room.id, bob.id).role == "moderator"  # type: ignore[union-attr]
    assert Event.objects.filter(room=room, kind="member.changed", by_id=admin.id).count() == 1
    entry = Entry.objects.get(action="role.changed")
    assert (entry.by_id, entry.user_id, entry.room_id, entry.door) == (admin.id, bob.id, room.id, "admin")


def test_the_second_of_two_who_change_a_role_is_told(office: Client, room: Room, bob: User) -> None:
    act(office, room, "role", user=bob.id, role="guest", was="member")
    page = act(office, room, "role", user=bob.id, role="moderator", was="member")
    assert b"Somebody else changed this meanwhile" in page.content
    assert find_member(room.id, bob.id).role == "guest"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("role", {"role": "guest", "was": "owner"}),  # the last owner
        ("remove", {}),
        ("role", {"role": "emperor", "was": "owner"}),
    ],
)
def test_what_the_services_refuse_is_said(
    office: Client, room: Room, alice: User, name: str, form: dict[str, str]
) -> None:
    page = act(office, room, name, user=alice.id, **form)
    assert b"notice--wrong" in page.content
    assert find_member(room.id, alice.id).role == "owner"  # type: ignore[union-attr]


def test_archiving_removing_and_opening_again(office: Client, room: Room, bob: User) -> None:
    act(office, room, "archive")
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).code == "archived"
    act(office, room, "reopen")
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 201
    act(office, room, "remove", user=bob.id)
    assert find_member(room.id, bob.id) is None


def test_the_grid_of_a_room_changes_what_a_role_may_do_there(office: Client, room: Room, bob: User) -> None:
    page = act(office, room, "rights", **ticked(room_grid(room), member__post=False, guest__pin=True))
    assert b"holds from now on" in page.content
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 403
    room.refresh_from_db()
    assert {(rule.role, rule.right, rule.allowed) for rule in RoleRule.objects.filter(room=room)} == {
        ("member", "post", False),
        ("guest", "pin", True),
    }
    shown = office.get(reverse("admin:rooms_room_change", args=[room.id])).content.decode()
    assert shown.count("is-own") == 2
    act(office, room, "rights", **ticked(room_grid(room), member__post=True))
    assert not RoleRule.objects.filter(room=room, right="post").exists()  # as the site's: no rule is left
    act(office, room, "rights-back")
    assert not RoleRule.objects.filter(room=room).exists()


def test_a_grid_that_somebody_else_changed_meanwhile_saves_nothing(
    office: Client, room: Room, alice: User
) -> None:
    form = ticked(room_grid(room), member__post=False)
    rules.change_room_rules(by=alice, room=room, wanted={"guest": {"react": False}})
    page = act(office, room, "rights", **form)
    assert b"Somebody else changed this meanwhile" in page.content
    assert not RoleRule.objects.filter(right="post").exists()
    unknown = {name: value for name, value in form.items() if name != "shown"}
    assert b"Somebody else" in act(office, room, "rights", **unknown).content


def test_every_box_of_the_grid_is_the_cell_it_says(room: Room) -> None:
    for row, right in zip(room_grid(room).rows, Right, strict=True):
        for cell in row.cells:
            role, name = cell.name.split(".")
            assert (name, cell.allowed) == (right.value, bool(room.rights_of(role) & bit_of(right)))


def test_the_site_s_grid_holds_in_every_room_at_once(office: Client, room: Room, bob: User) -> None:
    page = reverse("admin:permissions")
    assert office.get(page).content.decode().count('type="checkbox"') == 4 * len(Right)
    office.post(page, ticked(site_grid(), member__post=False))
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 403
    stale = ticked(site_grid())
    office.post(page, {**stale, "back": "yes"})
    assert not RoleRule.objects.exists()
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 201
    assert b"Somebody else" in office.post(page, stale, follow=True).content


def test_direct_rooms_have_no_table(office: Client, alice: User, bob: User) -> None:
    room = open_direct_room(by=alice, user_ids=[bob.id])
    page = office.get(reverse("admin:rooms_room_change", args=[room.id])).content.decode()
    assert "no roles in it" in page
    assert (
        "notice--wrong" in act(office, room, "role", user=bob.id, role="guest", was="owner").content.decode()
    )


def test_who_may_only_look_sees_no_forms_and_sends_none(room: Room, bob: User, mallory: User) -> None:
    looker = only_looking(mallory)
    page = looker.get(reverse("admin:rooms_room_change", args=[room.id])).content.decode()
    assert "Bob Baker" in page
    assert "/act/" not in page.replace("/act/rights/", "")
    for name in ("role", "remove", "rights", "rights-back", "archive", "reopen"):
        assert act(looker, room, name, user=bob.id, role="owner", was="member").status_code == 403
    assert looker.get(reverse("admin:permissions")).status_code == 403
    assert looker.get(reverse("admin:announce")).status_code == 403


def test_acts_are_posts_of_known_names_to_known_rooms(office: Client, room: Room) -> None:
    address = reverse("admin:rooms_room_act", args=[room.id, "archive"])
    assert office.get(address).status_code == 405
    assert act(office, room, "explode").status_code == 403
    assert office.post(reverse("admin:rooms_room_act", args=["nothing", "archive"])).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="admin"))
    assert strict.post(address).status_code == 403


def test_members_come_by_pages(room: Room, alice: User) -> None:
    people = User.objects.bulk_create(User(username=f"u{n}") for n in range(MEMBERS_PAGE))
    for person in people:
        add_member(by=alice, room=room, user_id=person.id, role="member")
    first = members_page(room)
    second = members_page(room, after=first.after or 0)
    assert (len(first.rows), second.after) == (MEMBERS_PAGE, None)
    ids = [one.membership.user_id for one in (*first.rows, *second.rows)]
    assert len(ids) == len(set(ids)) == MEMBERS_PAGE + 3


def say(room: Room, by: User, text: str) -> int:
    return services.send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4()).event.seq


def test_a_log_shows_what_was_said_but_nothing_erased_and_that_is_recorded(
    office: Client, room: Room, bob: User, admin: User
) -> None:
    say(room, bob, "to be kept")
    gone = say(room, bob, "to be erased")
    changes.delete_message(Change(by=bob.id, room_id=room.id, client_id=uuid.uuid4(), seq=gone))
    page = office.get(reverse("admin:room-log", args=[room.id])).content.decode()
    assert "to be kept" in page
    assert "to be erased" not in page
    entry = Entry.objects.get(action="log.read")
    assert (entry.by_id, entry.room_id, entry.details) == (admin.id, room.id, {"from": 1, "to": 6})


def test_what_is_said_in_direct_rooms_and_to_who_may_only_look_is_not_shown(
    office: Client, room: Room, alice: User, bob: User, mallory: User
) -> None:
    direct = open_direct_room(by=alice, user_ids=[bob.id])
    say(direct, bob, "between us")
    say(room, bob, "among us")
    looker = only_looking(mallory)
    assert "between us" not in office.get(reverse("admin:room-log", args=[direct.id])).content.decode()
    seen = looker.get(reverse("admin:room-log", args=[room.id]))
    assert seen.status_code == 200
    assert "among us" not in seen.content.decode()
    assert not Entry.objects.filter(action="log.read").exists()
    looker_without = only_looking(bob)
    bob.user_permissions.clear()
    assert looker_without.get(reverse("admin:room-log", args=[room.id])).status_code == 403


def test_a_log_is_paged_by_its_numbers(room: Room, bob: User, office: Client) -> None:
    Event.objects.bulk_create(
        Event(room=room, seq=seq, kind="message.created", by_id=bob.id, at=room.created_at, text=f"n{seq}")
        for seq in range(4, 2 * PAGE + 11)
    )
    room.log.head = 2 * PAGE + 10
    room.log.save()
    newest = log_page(room.log)
    assert [line.event.seq for line in newest.lines] == list(range(PAGE + 11, 2 * PAGE + 11))
    assert newest.after is None
    middle = log_page(room.log, before=newest.before)
    assert middle.lines[-1].event.seq == PAGE + 10
    first = log_page(room.log, before=middle.before)
    assert (first.lines[0].event.seq, first.before) == (1, None)
    assert log_page(room.log, after=first.after).lines[0].event.seq == 11
    for odd in ("x", "-1", "9" * 30, "\N{SUPERSCRIPT TWO}"):
        assert office.get(reverse("admin:room-log", args=[room.id]), {"before": odd}).status_code == 200
    assert re.search(r"\?before=\d+", office.get(reverse("admin:room-log", args=[room.id])).content.decode())


def test_the_office_mutes_with_a_reason_and_lets_speak_again(office: Client, room: Room, bob: User) -> None:
    page = act(office, room, "mute", user=bob.id, hours="24", reason="shouting").content.decode()
    member = find_member(room.id, bob.id)
    assert member is not None
    assert (member.muted_until is not None, member.mute_reason) == (True, "shouting")
    assert "shouting" in page
    assert "Let Bob Baker speak" in page
    assert Entry.objects.filter(action="member.muted", user_id=bob.id).count() == 1
    act(office, room, "mute", user=bob.id)
    assert find_member(room.id, bob.id).muted_until is None  # type: ignore[union-attr]
    for hours in ("0", "-1", "x", "99999999"):
        assert "whole number" in act(office, room, "mute", user=bob.id, hours=hours).content.decode()


def test_the_office_makes_an_invite_that_lets_in(office: Client, room: Room, mallory: User) -> None:
    page = act(office, room, "invite", role="guest", hours="24", uses="1").content.decode()
    (code,) = re.findall(r"invite=([\w-]+) \(shown only now\)", page)
    assert caller(mallory).post(f"invites/{code}/accept/").status == 201
    assert find_member(room.id, mallory.id).role == "guest"  # type: ignore[union-attr]
