"""What administrators do in Django's own forms, and operators by commands, is recorded; and nobody helps themselves."""

import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from chatsite.accounts import invites, services
from chatsite.accounts.models import Session, User
from chatsite.audit.models import Entry
from tests.support.hints import listening
from tests.support.second_factor import turn_on

PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def anna(db: None) -> User:
    """A superuser."""
    return User.objects.create_superuser("anna", "anna@example.org", PASSWORD)


@pytest.fixture
def otto(db: None) -> User:
    """Staff, who may change users and nothing else."""
    return staff("otto", "change_user", "view_user")


def staff(name: str, *may: str) -> User:
    """An ordinary member of the staff, by a group of the site."""
    user = User.objects.create(username=name, is_staff=True)
    group = Group.objects.create(name=f"of {name}")
    group.permissions.set(Permission.objects.filter(codename__in=may))
    user.groups.add(group)
    return user


def office(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def opened(client: Client, page: str) -> dict[str, str]:
    """The form as it stands, ready to be sent."""
    form = client.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    sent = {name: _sent(value) for name, value in values.items() if value not in (None, False, "")}
    return {name: value for name, value in sent.items() if name != "password"}


def _sent(value: Any) -> Any:
    return [str(getattr(one, "pk", one)) for one in value] if isinstance(value, list) else str(value)


def last() -> tuple[str, str, str, str, str, Any]:
    entry = Entry.objects.latest("id")
    return entry.action, entry.door, entry.by_id, entry.user_id, entry.target, entry.details


def page_of(row: Any) -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])


def deleted(client: Client, row: Any) -> None:
    at = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_delete", args=[row.pk])
    assert client.post(at, {"post": "yes"}).status_code == 302


@pytest.mark.storage
def test_a_user_made_and_changed_in_a_form_leaves_entries(anna: User) -> None:
    client = office(anna)
    form = {
        "username": "dora",
        "kind": "person",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    client.post(reverse("admin:accounts_user_add"), form)
    dora = User.objects.get(username="dora")
    assert last() == ("user.created", "admin", anna.id, dora.id, "", {})
    page = page_of(dora)
    assert (
        client.post(page, {**opened(client, page), "is_staff": "on", "display_name": "Dora"}).status_code
        == 302
    )
    now = {"active": True, "staff": True, "superuser": False, "groups": []}
    assert last() == (
        "user.changed",
        "admin",
        anna.id,
        dora.id,
        "",
        {"fields": ["Display name", "Staff status"], **now},
    )
    seen = Entry.objects.count()
    client.post(page, opened(client, page))  # nothing was changed
    assert Entry.objects.count() == seen
    new = {
        "usable_password": "true",
        "password1": "another-horse-battery-9",
        "password2": "another-horse-battery-9",
    }
    client.post(reverse("admin:auth_user_password_change", args=[dora.id]), new)
    assert last() == ("password.changed", "admin", anna.id, dora.id, "", {})


def test_groups_and_what_they_may_do_are_recorded(anna: User) -> None:
    client = office(anna)
    view, change = Permission.objects.filter(content_type__app_label="audit", codename__endswith="_entry")[:2]
    client.post(reverse("admin:auth_group_add"), {"name": "Auditors", "permissions": [view.pk]})
    group = Group.objects.get(name="Auditors")
    assert last() == ("group.created", "admin", anna.id, "", str(group.pk), {})
    page = page_of(group)
    client.post(page, {**opened(client, page), "permissions": [view.pk, change.pk]})
    may = {"fields": ["Permissions"], "permissions": sorted([view.codename, change.codename])}
    assert last() == ("group.changed", "admin", anna.id, "", str(group.pk), may)
    deleted(client, group)
    assert last() == ("group.deleted", "admin", anna.id, "", str(group.pk), {})


def test_what_is_taken_from_people_is_recorded_as_whose_act_it_is(anna: User, bob: User) -> None:
    client = office(anna)
    token, _ = services.create_token(by=bob, name="ci")
    deleted(client, token)
    assert last() == ("token.ended", "admin", anna.id, bob.id, token.id, {})
    turn_on(bob)
    factor = Authenticator.objects.filter(user=bob, type="totp").get()
    deleted(client, factor)
    assert last() == ("second_factor.ended", "admin", anna.id, bob.id, str(factor.pk), {})
    link = SocialAccount.objects.create(user=bob, provider="openid", uid="7")
    deleted(client, link)
    assert last() == ("link.ended", "admin", anna.id, bob.id, str(link.pk), {})
    office(bob)
    deleted(client, Session.objects.get(user=bob))
    assert last() == ("sessions.ended", "admin", anna.id, bob.id, "", {})
    invite, _ = invites.create_site_invite(by=anna)
    deleted(client, invite)
    assert last() == ("invite.ended", "admin", anna.id, "", invite.id, {})


# --- two at the same row ---


@pytest.mark.storage
def test_the_second_of_two_who_change_the_same_user_is_told(anna: User, bob: User) -> None:
    first, second, page = office(anna), office(anna), page_of(bob)
    hers, his = opened(first, page), opened(second, page)
    assert first.post(page, {**hers, "display_name": "Bob the First"}).status_code == 302
    answer = second.post(page, {**his, "status_text": "gone fishing"})
    assert answer.status_code == 200
    assert "Somebody else changed this while you had it open" in answer.content.decode()
    bob.refresh_from_db()
    assert (bob.display_name, bob.status_text) == ("Bob the First", "")
    assert second.post(page, {**opened(second, page), "status_text": "gone fishing"}).status_code == 302


def test_who_signs_in_meanwhile_changes_nothing_for_the_form(anna: User, bob: User) -> None:
    client, page = office(anna), page_of(bob)
    form = opened(client, page)
    office(bob)
    assert client.post(page, {**form, "display_name": "Bobby"}).status_code == 302


def test_the_second_of_two_who_change_the_same_group_is_told(anna: User) -> None:
    group = Group.objects.create(name="Auditors")
    client, page = office(anna), page_of(group)
    form = opened(client, page)
    group.permissions.add(Permission.objects.get(codename="view_entry"))
    answer = client.post(page, {**form, "name": "Readers"})
    assert "Somebody else changed this" in answer.content.decode()
    assert Group.objects.get().name == "Auditors"


# --- powers ---


def test_who_may_change_users_gives_nobody_powers(otto: User, anna: User, bob: User) -> None:
    client, page = office(otto), page_of(bob)
    powers = {"is_staff": "on", "is_superuser": "on", "groups": [otto.groups.get().pk]}
    assert client.post(page, {**opened(client, page), **powers, "display_name": "Bobby"}).status_code == 302
    bob.refresh_from_db()
    assert (bob.display_name, bob.is_staff, bob.is_superuser, bob.groups.count()) == (
        "Bobby",
        False,
        False,
        0,
    )
    for other in (anna, staff("olga")):
        assert client.post(page_of(other), {"display_name": "Mine"}).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[other.id])
        assert client.post(password, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403
    assert (
        client.post(page_of(otto), {**opened(client, page_of(otto)), "is_superuser": "on"}).status_code == 302
    )
    otto.refresh_from_db()
    assert not otto.is_superuser
    may_groups = staff("gina", "add_group", "change_group", "view_group")
    assert office(may_groups).post(page_of(otto.groups.get()), {"name": "Mine"}).status_code == 403


def test_the_last_superuser_stays_one(anna: User) -> None:
    client, page = office(anna), page_of(anna)
    for power in ("is_superuser", "is_active"):
        form = opened(client, page)
        del form[power]
        answer = client.post(page, form)
        assert "make another superuser first" in answer.content.decode()
    User.objects.create_superuser("ben", "ben@example.org", PASSWORD)
    form = opened(client, page)
    del form["is_superuser"]
    assert client.post(page, form).status_code == 302


# --- the command line ---


def test_an_administrator_made_by_a_command_is_recorded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="root-of-all", email="", stdout=io.StringIO())
    made = User.objects.get()
    assert last() == ("user.created", "command", "", made.id, "", {"superuser": True})
    assert made.check_password(PASSWORD)


def test_a_password_set_by_a_command_is_recorded_and_ends_what_was_open(
    bob: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt="": PASSWORD)
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            call_command("changepassword", "bob", stdout=io.StringIO())
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": None}]
    assert last() == ("password.changed", "command", "", bob.id, "", {})
