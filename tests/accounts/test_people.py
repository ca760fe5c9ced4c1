"""Making people, changing them, turning them off."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError

from chatsite.accounts import services
from chatsite.accounts.models import User
from chatsite.errors import BadRequest, Forbidden
from chatsite.idempotency import Key, KeyUsedForAnother
from tests.support.hints import listening

PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def admin(db: None) -> Any:
    return User.objects.create_superuser("admin", "admin@example.org", PASSWORD)


def test_an_administrator_makes_a_person_who_can_sign_in(admin: User) -> None:
    dora = services.create_user(by=admin, username="Dora", password=PASSWORD, display_name="Dora Day")
    assert dora.check_password(PASSWORD)
    assert (dora.shown_name, dora.kind, dora.is_staff) == ("Dora Day", "person", False)


def test_without_a_display_name_the_username_is_shown(admin: User) -> None:
    assert services.create_user(by=admin, username="dora", password=PASSWORD).shown_name == "dora"


def test_bob_who_is_no_administrator_makes_nobody(bob: User) -> None:
    with pytest.raises(Forbidden):
        services.create_user(by=bob, username="dora", password=PASSWORD)


def test_a_username_is_taken_in_any_case(alice: User, admin: User) -> None:
    with pytest.raises(services.UsernameTaken) as refusal:
        services.create_user(by=admin, username="ALICE", password=PASSWORD)
    assert refusal.value.field == "username"


def test_the_database_itself_keeps_usernames_apart_in_any_case(alice: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create(username="Alice")


def test_people_are_found_by_name_in_any_case(alice: User) -> None:
    assert User.objects.get_by_natural_key("aLiCe") == alice


@pytest.mark.parametrize(
    "username", ["", " ", "a b", "-a", "a.", "é", "\u0430", "a" * 65, "a\n", "a@b", "<b>", "a\x00b", "\ud800"]
)
def test_an_odd_username_is_refused(admin: User, username: Any) -> None:
    with pytest.raises(BadRequest) as refusal:
        services.create_user(by=admin, username=username, password=PASSWORD)
    assert refusal.value.field == "username"


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012", "dora-dora-dora", "x" * 1025])
def test_a_weak_password_is_refused(admin: User, password: Any) -> None:
    with pytest.raises(BadRequest) as refusal:
        services.create_user(by=admin, username="dora-dora-dora", password=password)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("name", ["a\nb", "a\x00b", "x" * 81, "\u202egnp.exe"])
def test_a_display_name_is_one_plain_line(admin: User, name: Any) -> None:
    with pytest.raises(BadRequest) as refusal:
        services.create_user(by=admin, username="dora", password=PASSWORD, display_name=name)
    assert refusal.value.field == "display_name"


def test_a_repeated_key_makes_one_person(admin: User) -> None:
    key = Key(uuid.uuid4())
    dora = services.create_user(by=admin, username="dora", password=PASSWORD, key=key)
    again = Key(key.value)
    assert services.create_user(by=admin, username="dora", password=PASSWORD, key=again) == dora
    assert (key.repeated, again.repeated) == (False, True)
    with pytest.raises(KeyUsedForAnother):
        services.create_user(by=admin, username="dora2", password=PASSWORD, key=Key(key.value))


def test_a_failed_call_does_not_use_up_its_key(admin: User, alice: User) -> None:
    key = Key(uuid.uuid4())
    with pytest.raises(services.UsernameTaken):
        services.create_user(by=admin, username="alice", password=PASSWORD, key=key)
    assert services.create_user(by=admin, username="dora", password=PASSWORD, key=key).username == "dora"


def test_a_new_password_is_announced_to_all_sockets(
    bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            services.change_password(by=bob, user=bob, password=PASSWORD)
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": None}]
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_mallory_changes_nothing_of_bob(bob: User, mallory: User) -> None:
    for change in (
        lambda: services.change_password(by=mallory, user=bob, password=PASSWORD),
        lambda: services.change_profile(by=mallory, user=bob, display_name="B"),
        lambda: services.deactivate_user(by=mallory, user=bob),
    ):
        with pytest.raises(Forbidden):
            change()


def test_turning_an_account_off_is_announced(
    admin: User, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            services.deactivate_user(by=admin, user=bob)
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": None}]
    bob.refresh_from_db()
    assert not bob.is_active


def test_what_was_not_committed_is_not_announced(bob: User, django_capture_on_commit_callbacks: Any) -> None:
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=False):
            services.change_password(by=bob, user=bob, password=PASSWORD)
        assert hints.to(bob.id) == []
