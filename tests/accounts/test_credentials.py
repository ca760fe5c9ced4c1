"""Who is behind a cookie or a token, and whether that still holds."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatsite.accounts import credentials, services
from chatsite.accounts.credentials import ALL_SCOPES, session_credential_key, still_valid
from chatsite.accounts.models import ApiToken, Session, User
from tests.support.people import BOB

resolve: Any = credentials.resolve
resolve_many: Any = credentials.resolve_many


def session_of(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def test_a_session_is_its_person_with_all_scopes(bob: User) -> None:
    key = session_of(bob)
    found = resolve(session_key=key, bearer=None)
    assert (found.user_id, found.username, found.display_name) == (bob.id, "bob", BOB.display_name)
    assert found.key == session_credential_key(key)
    assert key not in found.key
    assert key not in repr(found)
    assert found.scopes == ALL_SCOPES


def test_a_token_is_its_owner_with_its_scopes(robo: User) -> None:
    token, secret = services.create_token(by=robo, name="ci", scopes=["read"])
    found = resolve(session_key=None, bearer=secret)
    assert (found.user_id, found.kind, found.key) == (robo.id, "bot", f"token:{token.id}")
    assert found.scopes == {"read"}


def test_of_a_token_only_the_digest_is_kept(robo: User) -> None:
    token, secret = services.create_token(by=robo, name="ci")
    kept = ApiToken.objects.filter(id=token.id).values().get()
    assert all(secret not in str(value) for value in kept.values())
    assert secret.startswith(token.prefix)


def test_a_wrong_token_is_not_saved_by_a_good_cookie(bob: User) -> None:
    assert resolve(session_key=session_of(bob), bearer="wrong") is None


@pytest.mark.parametrize("shown", ["", "nobody", "x" * 10_000, "\x00", "é", "a\nb", "\ud800"])
def test_odd_cookies_and_tokens_are_nobody(db: None, shown: Any) -> None:
    assert resolve(session_key=shown, bearer=None) is None
    assert resolve(session_key=None, bearer=shown) is None


def test_a_hostile_cookie_harms_no_neighbour(bob: User) -> None:
    good = session_of(bob)
    assert [bool(found) for found in resolve_many([("\x00", None), (good, None)])] == [False, True]


def test_many_are_resolved_in_few_queries(
    bob: User, carol: User, robo: User, django_assert_max_num_queries: Any
) -> None:
    shown = [(session_of(bob), None) for _ in range(5)] + [(session_of(carol), None)]
    secrets = [services.create_token(by=robo, name=f"{n}")[1] for n in range(5)]
    with django_assert_max_num_queries(4):
        found = resolve_many([*shown, *((None, secret) for secret in secrets)])
    assert [one.username for one in found] == ["bob"] * 5 + ["carol"] + ["robo"] * 5


def test_the_last_use_of_a_token_is_written_once_a_minute(robo: User) -> None:
    token: Any
    token, secret = services.create_token(by=robo, name="ci")
    resolve(session_key=None, bearer=secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert timezone.now() - first < dt.timedelta(seconds=10)
    resolve(session_key=None, bearer=secret)
    token.refresh_from_db()
    assert token.last_used_at == first
    ApiToken.objects.update(last_used_at=first - dt.timedelta(seconds=61))
    resolve(session_key=None, bearer=secret)
    token.refresh_from_db()
    assert token.last_used_at >= first


def held(user: User) -> Any:
    """A session and a token of somebody, as a server holds them."""
    _, secret = services.create_token(by=user, name="held")
    return resolve(session_key=session_of(user), bearer=None), resolve(session_key=None, bearer=secret)


def test_what_holds_is_still_valid(bob: User, carol: User) -> None:
    held_now = [*held(bob), *held(carol)]
    assert still_valid(held_now) == {one.key for one in held_now}


def test_many_are_rechecked_in_few_queries(
    bob: User, carol: User, django_assert_max_num_queries: Any
) -> None:
    held_now = [one for _ in range(5) for one in (*held(bob), *held(carol))]
    with django_assert_max_num_queries(3):
        assert len(still_valid(held_now)) == 20


def test_a_session_that_ended_is_not_valid(bob: User) -> None:
    session, token = held(bob)
    Session.objects.filter(session_key=session.proof).delete()
    assert still_valid([session, token]) == {token.key}


def test_a_session_that_expired_is_not_valid(bob: User) -> None:
    session, token = held(bob)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert still_valid([session, token]) == {token.key}


def test_a_new_password_ends_sessions_and_no_tokens(bob: User) -> None:
    session, token = held(bob)
    services.change_password(by=bob, user=bob, password="correct-horse-battery-9")
    assert still_valid([session, token]) == {token.key}


def test_an_account_that_is_off_has_nothing_valid(bob: User) -> None:
    key, held_now = session_of(bob), held(bob)
    services.deactivate_user(by=None, user=bob)
    assert still_valid(held_now) == set()
    assert resolve(session_key=key, bearer=None) is None


def test_a_token_that_was_deleted_or_expired_is_not_valid(bob: User) -> None:
    (_, first), (_, second) = held(bob), held(bob)
    services.end_token(by=bob, token_id=first.proof)
    ApiToken.objects.filter(id=second.proof).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert still_valid([first, second]) == set()


def test_a_session_outlives_a_change_of_the_secret_key_while_the_old_one_is_named(
    bob: User, settings: Any
) -> None:
    key = session_of(bob)
    session = resolve(session_key=key, bearer=None)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "0123456789" * 5
    assert still_valid([session]) == set()
    settings.SECRET_KEY_FALLBACKS = [old]
    assert still_valid([session]) == {session.key}
    assert resolve(session_key=key, bearer=None).user_id == bob.id
