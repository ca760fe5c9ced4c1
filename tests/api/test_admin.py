"""The admin shows everything and lets nobody break the log."""

import uuid
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatsite.accounts import services as accounts
from chatsite.accounts.models import ApiToken, User
from chatsite.audit.doors import Door, at_door
from messaging import receipts, reports, services
from messaging.models import Attachment, Mention, Pin, Reaction, WatermarkAdvance
from rooms.models import Ban, Invite, RoleRule, Room
from tests.support.hints import listening

LOG_MODELS = [
    "rooms_room",
    "rooms_membership",
    "rooms_ban",
    "rooms_invite",
    "rooms_rolerule",
    "messaging_event",
    "messaging_roomlog",
    "messaging_watermark",
    "messaging_watermarkadvance",
    "messaging_reaction",
    "messaging_mention",
    "messaging_pin",
    "messaging_report",
    "messaging_attachment",
]
BOOKKEEPING = {"messaging_leftover", "messaging_indexposition", "messaging_indexedmessage"}
"""What nobody is to look at: bytes on their way out, and how far the index of words has come."""

ACCOUNT_MODELS = [
    "accounts_user",
    "accounts_apitoken",
    "accounts_avatar",
    "accounts_firstruncode",
    "accounts_idempotencykey",
    "accounts_session",
    "accounts_siteinvite",
    "accounts_socketticket",
]
AUDIT_MODELS = ["audit_entry", "audit_entryaddress"]
MOST_QUERIES = 20
ALL_MODELS = [*LOG_MODELS, *ACCOUNT_MODELS, *AUDIT_MODELS]


@pytest.fixture
def office(db: None) -> Any:
    """An administrator's browser."""
    client = Client()
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "correct-horse-battery-9"))
    return client


@pytest.fixture
def full(room: Room, alice: User, bob: User) -> Any:
    """A room in which something of everything is there."""
    services.send_message(by=bob.id, room_id=room.id, text="between us", client_id=uuid.uuid4())
    receipts.advance(by=bob.id, room_id=room.id, read=4)
    Reaction.objects.create(room=room, message_seq=4, user_id=alice.id, emoji="🎉", event_seq=5)
    reports.report_message(by=alice.id, room_id=room.id, seq=4, reason="spam")
    Mention.objects.create(room=room, message_seq=4, user_id=alice.id)
    Pin.objects.create(room=room, message_seq=4, by_id=alice.id, event_seq=5)
    WatermarkAdvance.objects.get_or_create(
        room=room, user_id=bob.id, delivered=4, read=4, defaults={"at": timezone.now()}
    )
    Attachment.objects.create(
        room=room,
        by_id=alice.id,
        at=timezone.now(),
        name="a.txt",
        type="text/plain",
        size=2,
        key="files/aa/a",
    )
    RoleRule.objects.create(room=room, role="guest", right="post", allowed=False)
    Ban.objects.create(room=room, user_id="0" * 16, by_id=alice.id, reason="spam")
    Invite.objects.create(room=room, by_id=alice.id, digest="0" * 64)
    with at_door(Door.PAGE, address="192.0.2.7"):
        accounts.create_token(by=bob, name="ci")
    return room


def test_every_model_of_ours_has_a_page() -> None:
    ours = {
        model
        for label in ("accounts", "audit", "rooms", "messaging")
        for model in apps.get_app_config(label).get_models()
    }
    shown = {model_of(name) for name in ALL_MODELS}
    assert shown | {model_of(name) for name in BOOKKEEPING} == ours
    assert set(admin.site._registry) >= shown
    assert not {model_of(name) for name in BOOKKEEPING} & set(admin.site._registry)


def model_of(name: str) -> Any:
    """The model whose admin pages have that name."""
    return apps.get_model(name.replace("_", "."))


@pytest.mark.parametrize("name", ALL_MODELS)
def test_lists_searches_and_pages_work(office: Client, full: Room, name: Any) -> None:
    for asked in ({}, {"q": full.id}, {"q": "bob"}, {"q": "a@b"}, {"o": "1.-2"}):
        with CaptureQueriesContext(connection) as queries:
            assert office.get(reverse(f"admin:{name}_changelist"), asked).status_code == 200
        assert len(queries) < MOST_QUERIES
    model = model_of(name)
    for thing in model.objects.all()[:1]:
        assert office.get(reverse(f"admin:{name}_change", args=[thing.pk])).status_code == 200


@pytest.mark.parametrize("name", [*LOG_MODELS, *AUDIT_MODELS])
def test_nothing_of_the_log_can_be_added_changed_or_deleted(office: Client, full: Room, name: Any) -> None:
    model = model_of(name)
    thing = model.objects.all()[0]
    assert office.post(reverse(f"admin:{name}_add")).status_code == 403
    assert office.post(reverse(f"admin:{name}_change", args=[thing.pk])).status_code == 403
    assert office.post(reverse(f"admin:{name}_delete", args=[thing.pk]), {"post": "yes"}).status_code == 403
    before = model.objects.count()
    office.post(
        reverse(f"admin:{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"},
    )
    assert model.objects.count() == before


def test_what_people_say_is_not_shown(office: Client, full: Room) -> None:
    event = full.events.get(kind="message.created")
    for page in (
        reverse("admin:messaging_event_changelist"),
        reverse("admin:messaging_event_change", args=[event.pk]),
    ):
        assert b"between us" not in office.get(page).content


def test_users_are_never_deleted(office: Client, bob: User) -> None:
    assert (
        office.post(reverse("admin:accounts_user_delete", args=[bob.id]), {"post": "yes"}).status_code == 403
    )
    assert User.objects.filter(id=bob.id).exists()


def test_a_user_is_made(office: Client) -> None:
    form = {
        "username": "dora",
        "display_name": "Dora",
        "email": "",
        "kind": "person",
        "usable_password": "true",
        "password1": "correct-horse-battery-9",
        "password2": "correct-horse-battery-9",
    }
    assert office.post(reverse("admin:accounts_user_add"), form).status_code == 302
    assert User.objects.get(username="dora").check_password("correct-horse-battery-9")
    taken = office.post(reverse("admin:accounts_user_add"), {**form, "username": "DORA"})
    assert taken.status_code == 200
    assert User.objects.filter(username__iexact="dora").count() == 1


def test_turning_an_account_off_ends_what_it_has_open(
    office: Client, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = reverse("admin:accounts_user_change", args=[bob.id])
    form = {"username": "bob", "display_name": "Bob Baker", "email": "", "kind": "person"}
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            assert office.post(page, form).status_code == 302
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": None}]
    bob.refresh_from_db()
    assert not bob.is_active


def test_a_new_password_ends_what_was_open(
    office: Client, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = reverse("admin:auth_user_password_change", args=[bob.id])
    form = {
        "usable_password": "true",
        "password1": "correct-horse-battery-9",
        "password2": "correct-horse-battery-9",
    }
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            assert office.post(page, form).status_code == 302
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": None}]
    bob.refresh_from_db()
    assert bob.check_password("correct-horse-battery-9")


def test_ending_a_token_ends_its_sockets(
    office: Client, full: Room, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    token = ApiToken.objects.get(name="ci")
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            office.post(
                reverse("admin:accounts_apitoken_changelist"),
                {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"},
            )
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": f"token:{token.id}"}]
    assert not ApiToken.objects.filter(name="ci").exists()


def test_bob_who_is_no_administrator_sees_nothing(bob: User) -> None:
    client = Client()
    client.force_login(bob)
    for name in ALL_MODELS:
        assert client.get(reverse(f"admin:{name}_changelist"), follow=True).status_code == 403


def test_strangers_are_sent_to_the_sign_in_page(db: None) -> None:
    answer = Client().get(reverse("admin:index"))
    assert answer.status_code == 302
    again = Client().get(answer.headers["Location"])
    assert again.headers["Location"] == "/sign-in/?next=/admin/"
