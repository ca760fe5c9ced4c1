"""Deleting an account: rooms keep an owner and their log, and nothing personal is left."""

import datetime as dt
import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from chatsite.accounts import bots, queries, services
from chatsite.accounts.models import ApiToken, Session, User
from chatsite.audit.models import Entry, EntryAddress
from chatsite.leaving import departures, exports, taking_out
from chatsite.leaving.errors import LastAdministrator, NoSuccessor, SuccessorNeeded
from chatsite.leaving.models import Departure, Export
from messaging import reports
from messaging.changes import add_reaction
from messaging.history import messages_page
from messaging.models import Event, Reaction
from messaging.services import send_message
from messaging.turn import Change
from rooms import moderation
from rooms import services as rooms
from rooms.models import Membership, Room
from rooms.queries import find_member
from tests.accounts.test_dump import dumped
from tests.accounts.test_profile import picture
from tests.support.hints import listening
from tests.support.http import browser, caller
from tests.support.people import ALICE, BOB

pytestmark = pytest.mark.storage


def say(by: User, room: Room, text: str) -> int:
    return send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4()).event.seq


def carry_out(user: User) -> None:
    while taking_out.advance_departure(user.id):
        pass
    assert not Departure.objects.filter(user=user).exists()


def kinds(room: Room, *, after: int) -> list[Any]:
    rows = Event.objects.filter(room=room, seq__gt=after).order_by("seq")
    return [(event.kind, event.by_id, event.data) for event in rows]


def test_a_member_goes_and_their_words_stay_as_a_deleted_users(
    room: Room, alice: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    say(bob, room, "so long")
    with listening() as hints, django_capture_on_commit_callbacks(execute=True):
        departures.delete_account(by=bob, user=bob)
        carry_out(bob)
    assert hints.to(bob.id) == [
        {"type": "session.ended", "credential": None},
        {"type": "room.revoked", "room": room.id, "reason": "left"},
    ]
    assert kinds(room, after=4) == [
        ("member.left", bob.id, {"user": bob.id, "role": "member", "deleted": True})
    ]
    bob.refresh_from_db()
    assert (bob.username, bob.display_name, bob.is_active) == (f"deleted-{bob.id}", "Deleted user", False)
    assert [m.text for m in messages_page(by=alice.id, room_id=room.id, limit=5).messages] == ["so long"]
    assert list(Entry.objects.filter(action="user.deleted").values_list("by_id", "user_id")) == [
        (bob.id, bob.id)
    ]
    assert not queries.active_users().filter(id=bob.id).exists()


def test_where_the_site_says_so_their_words_go_with_an_event_for_each(
    room: Room, alice: User, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DELETED_MESSAGES = "erase"
    monkeypatch.setattr(taking_out, "CHUNK", 2)
    said = [say(bob, room, f"word {n}") for n in range(5)]
    kept = say(alice, room, "hers")
    add_reaction(Change(by=bob.id, room_id=room.id, client_id=uuid.uuid4(), seq=kept), emoji="⚓")
    departures.delete_account(by=bob, user=bob)
    carry_out(bob)
    assert not Reaction.objects.exists()
    messages = messages_page(by=alice.id, room_id=room.id, limit=10).messages
    assert [(m.text, m.deleted_at is not None) for m in messages] == [("", True)] * 5 + [("hers", False)]
    deleted = Event.objects.filter(room=room, kind="message.deleted").order_by("seq")
    assert [event.subject for event in deleted] == said
    assert list(Event.objects.filter(room=room).order_by("seq").values_list("seq", flat=True)) == list(
        range(1, room.log.__class__.objects.get(pk=room.id).head + 1)
    )


def test_the_last_owner_names_who_owns_the_room(
    room: Room, alice: User, bob: User, carol: User, mallory: User
) -> None:
    assert [each.id for each in departures.rooms_to_hand_over(alice)] == [room.id]
    assert departures.candidates(room, but=alice) == [bob, carol]
    with pytest.raises(SuccessorNeeded):
        departures.delete_account(by=alice, user=alice)
    for wrong in (mallory.id, alice.id, "", "nobody"):
        with pytest.raises(NoSuccessor):
            departures.delete_account(by=alice, user=alice, successors={room.id: wrong})
    alice.refresh_from_db()
    assert alice.username == "alice"
    departures.delete_account(by=alice, user=alice, successors={room.id: carol.id})
    carry_out(alice)
    assert kinds(room, after=3) == [
        ("member.changed", alice.id, {"user": carol.id, "role": "owner"}),
        ("member.left", alice.id, {"user": alice.id, "role": "owner", "deleted": True}),
    ]


def test_who_is_gone_meanwhile_is_no_successor(room: Room, alice: User, bob: User, carol: User) -> None:
    departures.delete_account(by=alice, user=alice, successors={room.id: carol.id})
    rooms.leave_room(by=carol, room=room)
    carry_out(alice)
    heir = find_member(room.id, bob.id)
    assert heir is not None
    assert heir.role == "owner"


def test_a_room_in_which_nobody_is_left_is_closed(alice: User) -> None:
    room = rooms.create_room(by=alice, name="Quay", kind="private")
    departures.delete_account(by=alice, user=alice)
    carry_out(alice)
    assert [kind for kind, _, _ in kinds(room, after=1)] == ["room.archived", "member.left"]
    room.refresh_from_db()
    assert room.archived


def test_direct_and_archived_rooms_are_left_too(room: Room, alice: User, bob: User) -> None:
    direct = rooms.open_direct_room(by=bob, user_ids=[alice.id])
    rooms.archive_room(by=alice, room=room)
    departures.delete_account(by=bob, user=bob)
    carry_out(bob)
    assert not Membership.objects.filter(user_id=bob.id, left_seq=None).exists()
    assert find_member(direct.id, alice.id) is not None


def test_bots_go_with_who_looks_after_them(room: Room, alice: User, bob: User) -> None:
    bot = bots.create_bot(by=bob, username="bobs-helper", display_name="Helper")
    services.create_token(by=bot, name="ci")
    rooms.add_member(by=alice, room=room, user_id=bot.id)
    departures.delete_account(by=bob, user=bob)
    carry_out(bot)
    bot.refresh_from_db()
    assert (bot.username, bot.is_active, bot.owner) == (f"deleted-{bot.id}", False, None)
    assert not ApiToken.objects.filter(user=bot).exists()
    assert find_member(room.id, bot.id) is None


def test_the_last_administrator_stays(db: None) -> None:
    admin, other = (User.objects.create_superuser(name) for name in ("admin", "other"))
    departures.delete_account(by=other, user=other)
    with pytest.raises(LastAdministrator):
        departures.delete_account(by=admin, user=admin)


MARKS = (
    "zanzibarname",
    "zanzibaruser",
    "zanzibar.mail",
    "zanzibarstatus",
    "zanzibardevice",
    "198.51.100.77",
    "zanzibartoken",
)


def is_in(image: bytes, dump: str) -> bool:
    """PostgreSQL writes bytes in hexadecimal digits, SQLite's file has them as they are, perhaps on several pages."""
    return image.hex() in dump or image[:400].decode("latin-1") in dump


@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_has_nothing_personal_left_in_it(room: Room, alice: User) -> None:
    user = services.create_user(
        by=None,
        username="zanzibaruser",
        password=BOB.password,
        display_name="zanzibarname",
        email="a@zanzibar.mail",
    )
    services.change_profile(by=user, user=user, status_text="zanzibarstatus", time_zone="Africa/Nairobi")
    EmailAddress.objects.create(user=user, email="a@zanzibar.mail", primary=True)
    services.set_avatar(by=user, user=user, picture=picture())
    image = bytes(user.avatar.image)
    page = browser(user)
    Session.objects.filter(user=user).update(device="zanzibardevice")
    digest = Session.objects.get(user=user).session_key
    services.create_token(by=user, name="zanzibartoken")
    rooms.add_member(by=alice, room=room, user_id=user.id)
    seq = say(alice, room, "hello")
    reports.report_message(by=user.id, room_id=room.id, seq=seq, reason="zanzibarname says so")
    moderation.change_member(by=alice, room=room, user_id=user.id, role="moderator")
    until = timezone.now() + dt.timedelta(days=1)
    reason = "zanzibarname shouts"
    moderation.change_member(by=alice, room=room, user_id=user.id, muted_until=until, mute_reason=reason)
    entry = Entry.objects.filter(by_id=user.id).first()
    assert entry is not None
    EntryAddress.objects.create(entry=entry, address="198.51.100.77", at=entry.at)
    LogEntry.objects.create(
        user=alice,
        content_type=ContentType.objects.get_for_model(User),
        object_id=user.id,
        object_repr="zanzibaruser",
        action_flag=2,
    )
    for who, where in ((user, None), (alice, room.id)):
        export, _ = exports.begin_export(by=who, room_id=where)
        while exports.advance(export.id):
            pass
    before = dumped()
    assert all(mark in before for mark in (*MARKS, digest))
    assert is_in(image, before)
    departures.delete_account(by=user, user=user)
    carry_out(user)
    departures.forget_free_pages()
    after = dumped()
    assert room.id in after  # it is one
    assert not [mark for mark in (*MARKS, digest, user.password) if mark in after]
    assert not is_in(image, after)
    assert not Export.objects.exists()
    assert page.get("me/").status == 401


def test_every_table_that_points_at_a_user_is_either_emptied_or_blanked() -> None:
    """A new table with a foreign key to users has to say what becomes of it."""
    kept = {
        relation.related_model._meta.label
        for relation in departures.relations_to_users()
        if relation.on_delete is not models.CASCADE
    }
    assert kept == {"accounts.User"}, "bots: deleted by name"


def test_deleting_over_the_api_asks_for_the_password(room: Room, alice: User, bob: User) -> None:
    calls = caller(alice)
    plan = calls.get("me/deletion/").body
    assert plan["messages"] == "keep"
    assert [(each["id"], [user["username"] for user in each["candidates"]]) for each in plan["rooms"]] == [
        (room.id, ["bob", "carol"])
    ]
    assert calls.post("me/deletion/", {"password": "wrong"}).code == "unauthenticated"
    assert calls.post("me/deletion/", {"password": ALICE.password}).code == "conflict"
    asked = {"password": ALICE.password, "successors": {room.id: bob.id}}
    assert calls.post("me/deletion/", asked).status == 204
    assert calls.get("me/").status == 401
    carry_out(alice)
    shown = caller(bob).get(f"users/?ids={alice.id}").body
    assert shown["results"][0]["display_name"] == "Deleted user"
