"""What the office does from the panel: at once, recorded, and only for those who may."""

import asyncio
import csv
import io
import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatsite.accounts.models import User
from chatsite.audit.models import Entry
from chatsite.office.export import harmless
from chatsite.office.paging import BoundedPaginator
from chatsite.threads import readers
from messaging import reports, services
from messaging.models import Event
from rooms import invites, moderation
from rooms import services as services_of_rooms
from rooms.errors import NoSuchInvite
from rooms.models import Ban, Invite, Membership, Room
from rooms.queries import find_member
from tests.support.hints import listening
from tests.support.http import caller


def act(client: Client, model: str, action: str, *things: Any) -> Any:
    """Choose rows of a list and do something to them."""
    address = reverse(f"admin:{model}_changelist")
    chosen = {"action": action, "_selected_action": [thing.pk for thing in things]}
    return client.post(address, chosen, follow=True)


def recorded(action: str) -> Entry:
    """The one entry of an action."""
    return Entry.objects.get(action=action)


def test_a_room_is_archived_and_opened_again_by_events_of_its_log(
    office: Client, admin: User, room: Room, bob: User
) -> None:
    act(office, "rooms_room", "archive", room)
    room.refresh_from_db()
    assert room.archived
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).code == "archived"
    act(office, "rooms_room", "reopen", room)
    assert caller(bob).post(f"rooms/{room.id}/messages/", {"text": "hi"}).status == 201
    kinds = Event.objects.filter(room=room, by_id=admin.id).order_by("seq").values_list("kind", "data")
    assert list(kinds) == [("room.archived", {}), ("room.changed", {"archived": False})]
    entry = recorded("room.reopened")
    assert (entry.by_id, entry.room_id, entry.door) == (admin.id, room.id, "admin")


def test_a_member_is_removed_and_the_last_owner_is_not(
    office: Client, room: Room, alice: User, bob: User
) -> None:
    mine = Membership.objects.get(room=room, user_id=bob.id)
    owners = Membership.objects.get(room=room, user_id=alice.id)
    page = act(office, "rooms_membership", "remove", mine, owners)
    assert find_member(room.id, bob.id) is None
    assert find_member(room.id, alice.id) is not None
    assert b"last owner" in page.content
    assert recorded("member.removed").user_id == bob.id


def test_a_ban_is_ended(office: Client, room: Room, alice: User, bob: User) -> None:
    moderation.ban_member(by=alice, room=room, user_id=bob.id)
    act(office, "rooms_ban", "end", Ban.objects.get())
    assert not Ban.objects.exists()
    assert recorded("member.unbanned").user_id == bob.id


def test_an_invite_s_new_code_is_shown_once_and_its_old_one_opens_nothing(
    office: Client, room: Room, alice: User, mallory: User
) -> None:
    invite, old = invites.create_invite(by=alice, room=room)
    page = act(office, "rooms_invite", "rotate", invite).content.decode()
    new = page.split("/rooms/?invite=")[1].split()[0]
    assert new not in office.get(reverse("admin:rooms_invite_changelist")).content.decode()
    with pytest.raises(NoSuchInvite):
        invites.accept_invite(by=mallory, code=old)
    assert invites.accept_invite(by=mallory, code=new).room == room
    assert recorded("invite.rotated").target == invite.id
    act(office, "rooms_invite", "end", invite)
    assert not Invite.objects.exists()


def test_reports_of_any_room_are_closed(
    office: Client, room: Room, alice: User, bob: User, admin: User
) -> None:
    sent = services.send_message(by=bob.id, room_id=room.id, text="buy", client_id=uuid.uuid4())
    report, _ = reports.report_message(by=alice.id, room_id=room.id, seq=sent.event.seq, reason="Spam")
    listed = office.get(reverse("admin:messaging_report_changelist")).content.decode()
    assert f"{reverse('admin:room-log', args=[room.id])}?before=24#e4" in listed
    (line,) = b"".join(act(office, "messaging_report", "export_json", report).streaming_content).splitlines()
    assert json.loads(line)["message"] == "4"
    act(office, "messaging_report", "dismiss", report)
    report.refresh_from_db()
    assert (report.state, report.closed_by_id) == ("dismissed", admin.id)
    assert b"before you" in act(office, "messaging_report", "resolve", report).content


def test_sockets_of_a_person_are_told_to_close(
    office: Client, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        act(office, "accounts_user", "close_sockets", bob)
    assert {"type": "sockets.close"} in hints.to(bob.id)
    assert recorded("sockets.closed").user_id == bob.id


def test_sessions_of_a_person_are_ended_everywhere(
    office: Client, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    theirs = Client()
    theirs.force_login(bob)
    assert theirs.get("/rooms/").status_code == 200
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        act(office, "accounts_user", "end_sessions", bob)
    assert {"type": "session.ended", "credential": None} in hints.to(bob.id)
    assert theirs.get("/rooms/").status_code == 302
    assert recorded("sessions.ended").user_id == bob.id
    assert office.get("/admin/").status_code == 200


def test_an_announcement_goes_to_everybody_and_its_words_are_kept_nowhere(
    admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        answer = caller(admin).post("site/announcements/", {"text": "Back in five minutes.", "minutes": 5})
    assert answer.status == 204
    (hint,) = [hint for hint in hints.all() if hint["type"] == "site.frames"]
    frame = json.loads(hint["frames"][0])
    assert (hint["key"], frame["type"], frame["text"], frame["level"]) == (
        "site",
        "announcement",
        "Back in five minutes.",
        "info",
    )
    assert recorded("site.announced").details == {"level": "info", "minutes": 5}
    for body in (
        {"text": ""},
        {"text": "x" * 301},
        {"text": "a", "level": "loud"},
        {"text": "a", "minutes": 0},
    ):
        assert caller(admin).post("site/announcements/", body).status == 400


def test_an_announcement_is_made_in_the_panel(
    office: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = reverse("admin:announce")
    assert office.get(page).status_code == 200
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        told = office.post(page, {"text": "Back soon.", "level": "warning", "minutes": 5}, follow=True)
    assert b"Everybody who is connected was told." in told.content
    (hint,) = [hint for hint in hints.all() if hint["type"] == "site.frames"]
    assert json.loads(hint["frames"][0])["text"] == "Back soon."
    for wrong in ({"text": ""}, {"text": "a\u202eb"}, {"minutes": 0}, {"level": "loud"}):
        answer = office.post(page, {"text": "a", "level": "info", "minutes": 5, **wrong})
        assert answer.status_code == 200
        assert b'class="problem"' in answer.content
    assert Entry.objects.filter(action="site.announced").count() == 1


def test_who_may_only_look_acts_on_nothing(room: Room, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_room"))
    client = Client()
    client.force_login(bob)
    offered = client.get(reverse("admin:rooms_room_changelist")).content.decode()
    assert "export_csv" in offered
    assert 'value="archive"' not in offered
    act(client, "rooms_room", "archive", room)
    room.refresh_from_db()
    assert not room.archived


def test_a_list_comes_as_csv_without_formulas_and_as_json(office: Client, room: Room, admin: User) -> None:
    Room.objects.filter(pk=room.pk).update(name='=HYPERLINK("http://evil.example")')
    room.refresh_from_db()
    answer = act(office, "rooms_room", "export_csv", room)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    titles, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert titles[0] == "name"
    assert row[0] == "'" + room.name
    line = json.loads(b"".join(act(office, "rooms_room", "export_json", room).streaming_content))
    assert (line["name"], line["events"]) == (room.name, 3)
    assert Entry.objects.filter(action="list.exported", by_id=admin.id, target="rooms.room").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_a_long_list_only_a_page_is_held_at_a_time(
    office: Client, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatsite.office.export.ROWS_AT_ONCE", 2)
    people = User.objects.bulk_create(User(username=f"person{n}", display_name="before") for n in range(5))
    answer = act(office, "accounts_user", "export_json", admin, *people)

    async def pages() -> list[list[str]]:
        """The names on each page as a server sends it; after the first one everybody gets another name."""
        found = []
        async for part in answer:
            found.append([json.loads(line)["display name"] for line in part.splitlines()])
            if sum(map(len, found)) == 2:
                await readers.run(User.objects.update, display_name="after")
        return found

    first, *later = [page for page in asyncio.run(pages()) if page]
    assert len(first) == 2
    assert "after" not in first
    assert later == [["after", "after"], ["after", "after"]]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_carry_out_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("a=1") == "a=1"
    assert harmless(-1) == -1


def test_long_lists_are_not_counted_to_their_end(
    office: Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatsite.office.paging.MOST_COUNTED", 2)
    assert Membership.objects.count() == 3
    assert BoundedPaginator(Membership.objects.order_by("id"), 50).count == 2
    with CaptureQueriesContext(connection) as asked:
        assert office.get(reverse("admin:rooms_membership_changelist")).status_code == 200
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    assert counts
    assert all("LIMIT 2" in sql for sql in counts)


@pytest.mark.parametrize("model", ["accounts_user", "rooms_room", "rooms_membership", "audit_entry"])
def test_the_queries_of_a_list_do_not_grow_with_its_rows(office: Client, room: Room, model: str) -> None:
    address = reverse(f"admin:{model}_changelist")
    with CaptureQueriesContext(connection) as few:
        office.get(address)
    for n in range(30):
        person = User.objects.create(username=f"person{n}")
        Membership.objects.create(room=room, user_id=person.id, joined_seq=n + 1)
    with CaptureQueriesContext(connection) as many:
        office.get(address)
    assert len(many) == len(few) < 20


def found(client: Client, model: str, text: str) -> int:
    """How many rows of a list a search finds."""
    page = client.get(reverse(f"admin:{model}_changelist"), {"q": text})
    assert page.status_code == 200
    count: int = page.context["cl"].result_count
    return count


def test_lists_are_searched_by_ids_and_by_the_names_of_people_and_rooms(
    office: Client, room: Room, alice: User, bob: User, mallory: User
) -> None:
    other = services_of_rooms.create_room(by=mallory, name="Quay", kind="private")
    assert found(office, "rooms_membership", "harb") == 3
    assert found(office, "rooms_membership", room.id) == 3
    assert found(office, "rooms_membership", "Bob Bak") == found(office, "rooms_membership", bob.id) == 1
    assert found(office, "rooms_membership", "nobody") == found(office, "rooms_membership", "0" * 16) == 0
    assert found(office, "messaging_event", "quay") == Event.objects.filter(room=other).count()
    assert found(office, "audit_entry", "alice") == Entry.objects.filter(by_id=alice.id).count() == 2
    assert found(office, "accounts_user", "ob bak") == found(office, "accounts_user", bob.id) == 1
    assert found(office, "rooms_room", "quay") == found(office, "rooms_room", other.id) == 1
    services_of_rooms.remove_member(by=bob, room=room, user_id=bob.id)
    assert found(office, "rooms_membership", "bob") == 1  # former intervals, too
    assert found(office, "rooms_membership", room.id) == 3


def test_a_list_is_sorted_by_no_column_without_an_index(office: Client, room: Room) -> None:
    ids = [
        [
            one.pk
            for one in office.get(reverse("admin:rooms_membership_changelist"), asked)
            .context["cl"]
            .result_list
        ]
        for asked in ({}, {"o": "3"}, {"o": "-3"}, {"o": "1"})
    ]
    assert len(ids[0]) == 3
    assert all(other == ids[0] for other in ids)
    names = [
        room.name
        for room in office.get(reverse("admin:rooms_room_changelist"), {"o": "1"}).context["cl"].result_list
    ]
    assert names == sorted(names)


def test_lists_show_names_and_files_ids(office: Client, room: Room, alice: User, bob: User) -> None:
    page = office.get(reverse("admin:audit_entry_changelist")).content.decode()
    for thing, name in ((alice, "alice"), (bob, "bob"), (room, "Harbour")):
        assert f'title="{thing.id}">{name}</a>' in page
    mine = Membership.objects.get(room=room, user_id=bob.id)
    (line,) = b"".join(act(office, "rooms_membership", "export_json", mine).streaming_content).splitlines()
    assert (json.loads(line)["who"], json.loads(line)["room"]) == (bob.id, "Harbour")
