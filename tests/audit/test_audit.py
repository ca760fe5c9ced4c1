"""Every privileged act leaves one row, in the act's own transaction, and the row stays as it is."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatsite.accounts import services as accounts
from chatsite.accounts.bots import create_bot, end_bot
from chatsite.accounts.invites import create_site_invite, end_site_invite
from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.doors import Door, at_door
from chatsite.audit.models import Entry, EntryAddress
from chatsite.audit.record import forget_old_addresses, record
from messaging import changes
from messaging import services as messages
from messaging.turn import Change
from rooms import invites, moderation, services
from rooms.errors import LastOwner, NotYourRole
from rooms.models import Room
from tests.support.http import caller

pytestmark = pytest.mark.storage


def told(**of: str) -> list[tuple[str, str, str, str, str]]:
    """What the log says, in order."""
    rows = Entry.objects.filter(**of).order_by("id")
    return list(rows.values_list("action", "by_id", "user_id", "room_id", "target"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET by_id = 'nobody'",
        "DELETE FROM audit_entry",
        pytest.param("TRUNCATE audit_entry CASCADE", id="truncate"),
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_a_row(db: None, statement: str) -> None:
    if connection.vendor == "sqlite" and statement.startswith("TRUNCATE"):
        pytest.skip("SQLite has no TRUNCATE")
    record(Action.ANNOUNCED, by=None)
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(statement)
    assert told() == [("site.announced", "", "", "", "")]


def test_each_act_in_a_room_is_recorded_with_who_and_whom(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    seen = Entry.objects.count()
    services.add_member(by=alice, room=room, user_id=mallory.id, role="guest")
    moderation.change_member(by=alice, room=room, user_id=mallory.id, role="member")
    later = timezone.now() + dt.timedelta(hours=1)
    moderation.change_member(by=alice, room=room, user_id=mallory.id, muted_until=later)
    moderation.change_member(by=alice, room=room, user_id=mallory.id, muted_until=None)
    services.remove_member(by=alice, room=room, user_id=mallory.id)
    moderation.ban_member(by=alice, room=room, user_id=mallory.id, reason="shouted")
    moderation.unban(by=alice, room=room, user_id=mallory.id)
    invite, _ = invites.create_invite(by=alice, room=room)
    invites.end_invite(by=alice, room=room, invite_id=invite.id)
    services.change_room(by=alice, room=room, topic="Boats", settings={"retention_days": 9})
    services.archive_room(by=alice, room=room)
    assert told(room_id=room.id)[seen:] == [
        ("member.added", alice.id, mallory.id, room.id, ""),
        ("role.changed", alice.id, mallory.id, room.id, ""),
        ("member.muted", alice.id, mallory.id, room.id, ""),
        ("member.unmuted", alice.id, mallory.id, room.id, ""),
        ("member.removed", alice.id, mallory.id, room.id, ""),
        ("member.banned", alice.id, mallory.id, room.id, ""),
        ("member.unbanned", alice.id, mallory.id, room.id, ""),
        ("invite.created", alice.id, "", room.id, invite.id),
        ("invite.ended", alice.id, "", room.id, invite.id),
        ("room.changed", alice.id, "", room.id, ""),
        ("room.archived", alice.id, "", room.id, ""),
    ]


def test_what_changes_nothing_or_is_refused_is_not_recorded(room: Room, alice: User, bob: User) -> None:
    seen = Entry.objects.count()
    services.add_member(by=alice, room=room, user_id=bob.id, role="member")
    services.change_room(by=alice, room=room, name=room.name)
    with pytest.raises(NotYourRole):
        services.archive_room(by=bob, room=room)
    with pytest.raises(LastOwner):
        moderation.change_member(by=alice, room=room, user_id=alice.id, role="member")
    services.leave_room(by=bob, room=room)
    assert Entry.objects.count() == seen


def test_what_people_do_to_their_own_messages_is_no_privileged_act_and_no_text_is_kept(
    room: Room, alice: User, bob: User
) -> None:
    seen = Entry.objects.count()
    own, others = (say(room, bob) for _ in range(2))
    changes.delete_message(change(room, bob, own))
    assert Entry.objects.count() == seen
    changes.delete_message(change(room, alice, others))
    assert told()[seen:] == [("message.removed", alice.id, bob.id, room.id, str(others))]
    assert "between us" not in str(list(Entry.objects.values()))


def say(room: Room, by: User) -> int:
    sent = messages.send_message(by=by.id, room_id=room.id, text="between us", client_id=uuid.uuid4())
    return sent.event.seq


def change(room: Room, by: User, seq: int) -> Change:
    return Change(by=by.id, room_id=room.id, client_id=uuid.uuid4(), seq=seq)


def test_accounts_and_tokens_by_the_operator_and_by_themselves(db: None) -> None:
    dora = accounts.create_user(by=None, username="dora", password="a-long-one-of-hers")
    token, _ = accounts.create_token(by=dora, name="ci")
    accounts.end_token(by=dora, token_id=token.id)
    accounts.change_password(by=dora, user=dora, password="another-long-one-of-hers")
    accounts.deactivate_user(by=None, user=dora)
    assert told() == [
        ("user.created", "", dora.id, "", ""),
        ("token.created", dora.id, dora.id, "", token.id),
        ("token.ended", dora.id, dora.id, "", token.id),
        ("password.changed", dora.id, dora.id, "", ""),
        ("user.deactivated", "", dora.id, "", ""),
    ]
    assert set(Entry.objects.values_list("door", flat=True)) == {"command"}


def test_bots_and_site_invites_are_recorded_as_whose_they_are(alice: User) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    seen = Entry.objects.count()
    bot = create_bot(by=alice, username="harbourbot")
    end_bot(by=alice, bot_id=bot.id)
    invite, _ = create_site_invite(by=alice)
    end_site_invite(by=alice, invite_id=invite.id)
    assert told()[seen:] == [
        ("user.created", alice.id, bot.id, "", ""),
        ("user.deactivated", alice.id, bot.id, "", ""),
        ("invite.created", alice.id, "", "", invite.id),
        ("invite.ended", alice.id, "", "", invite.id),
    ]


def test_an_act_that_is_undone_leaves_no_row(room: Room, alice: User) -> None:
    seen = Entry.objects.count()
    with transaction.atomic():
        services.archive_room(by=alice, room=room)
        transaction.set_rollback(True)
    assert Entry.objects.count() == seen


def test_over_rest_the_door_and_the_address_are_known(room: Room, alice: User) -> None:
    assert caller(alice)("DELETE", f"rooms/{room.id}/").status == 204
    entry = Entry.objects.get(action="room.archived")
    assert (entry.door, entry.origin.address) == ("rest", "127.0.0.1")


def test_an_address_is_forgotten_after_its_days_and_the_act_is_not(db: None, settings: Any) -> None:
    with at_door(Door.PAGE, address="192.0.2.7"):
        record(Action.ANNOUNCED, by=None)
    assert forget_old_addresses() == 0
    late = timezone.now() - dt.timedelta(days=settings.AUDIT_ADDRESS_DAYS, seconds=1)
    EntryAddress.objects.update(at=late)
    assert forget_old_addresses() == 1
    assert told() == [("site.announced", "", "", "", "")]


def test_a_server_behind_a_unix_socket_knows_no_address(db: None) -> None:
    with at_door(Door.PAGE, address="unix:"):
        record(Action.ANNOUNCED, by=None)
    assert Entry.objects.count() == 1
    assert not EntryAddress.objects.exists()


def test_the_office_finds_entries_by_what_they_were_about(alice: User) -> None:
    admin = User.objects.create_superuser("admin")
    token, _ = accounts.create_token(by=alice, name="ci")
    accounts.create_token(by=alice, name="other")
    office = Client()
    office.force_login(admin)
    found = office.get(reverse("admin:audit_entry_changelist"), {"q": token.id}).context["cl"].result_list
    assert [(entry.action, entry.target) for entry in found] == [("token.created", token.id)]
