"""The doors: sign in, sign out, HTTP Basic, and the count of failures."""

import base64
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from chatsite.accounts import passwords
from chatsite.accounts.credentials import session_credential_key
from chatsite.accounts.models import User
from tests.support.hints import listening
from tests.support.http import Caller, browser, caller
from tests.support.people import BOB, CAROL

RIGHT = {"username": "bob", "password": BOB.password}


@pytest.fixture(autouse=True)
def _forget_failures() -> Any:
    cache.clear()
    yield
    cache.clear()


def test_bob_signs_in_and_is_bob(bob: User) -> None:
    door = Caller()
    answer = door.post("auth/login/", RIGHT)
    assert (answer.status, answer.body["id"], answer.body["username"]) == (200, bob.id, "bob")
    assert door.client.cookies["sessionid"]["httponly"]
    assert door.get("me/").body == answer.body


def test_the_username_may_be_typed_in_any_case(bob: User) -> None:
    assert Caller().post("auth/login/", {**RIGHT, "username": "BOB"}).status == 200


def test_after_signing_in_changes_need_the_csrf_token(bob: User) -> None:
    door = Caller()
    door.post("auth/login/", RIGHT)
    change = {"display_name": "Bobby"}
    assert door.patch("me/", change).refusal == (403, "forbidden", None)
    token = door.client.cookies["csrftoken"].value
    assert door.patch("me/", change, X_CSRFToken=token).body["display_name"] == "Bobby"


@pytest.mark.parametrize(
    "asked",
    [
        {"username": "bob", "password": "wrong"},
        {"username": "nobody", "password": BOB.password},
        {"username": "", "password": ""},
        {"username": "'; --", "password": BOB.password},
    ],
)
def test_wrong_password_and_unknown_user_hear_the_same(bob: User, asked: Any) -> None:
    answer = Caller().post("auth/login/", asked)
    first = Caller().post("auth/login/", {"username": "bob", "password": "wrong too"})
    assert answer.status == 401
    assert answer.raw == first.raw


def test_an_account_that_is_off_hears_the_same(bob: User) -> None:
    bob.is_active = False
    bob.save()
    wrong = Caller().post("auth/login/", {"username": "nobody", "password": "wrong"})
    assert Caller().post("auth/login/", RIGHT).raw == wrong.raw


def test_an_unknown_user_costs_as_much_hashing_as_a_wrong_password(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed = []
    encode = Argon2PasswordHasher.encode

    def counted(self: Any, *args: Any) -> str:
        hashed.append(1)
        return encode(self, *args)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    Caller().post("auth/login/", {"username": "nobody", "password": "wrong"})
    assert len(hashed) == 1


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost:1", "null", "http://localhost.evil"]
)
def test_a_foreign_page_cannot_sign_anybody_in(bob: User, origin: Any) -> None:
    answer = Caller().post("auth/login/", RIGHT, Origin=origin)
    assert answer.refusal == (403, "forbidden", None)
    assert "Set-Cookie" not in answer.headers


def test_our_own_page_can(bob: User) -> None:
    assert Caller().post("auth/login/", RIGHT, Origin=settings.ORIGINS[0]).status == 200


def test_a_form_of_another_site_cannot_post_to_the_door(bob: User) -> None:
    answer = Caller()(
        "POST", "auth/login/", raw="username=bob", content_type="application/x-www-form-urlencoded"
    )
    assert answer.refusal == (400, "bad_request", None)


def test_after_too_many_failures_the_account_has_to_wait(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "3/5m")
    for _ in range(3):
        assert Caller().post("auth/login/", {"username": "Bob", "password": "wrong"}).status == 401
    answer = Caller().post("auth/login/", RIGHT)
    assert answer.refusal == (429, "rate_limited", None)
    assert answer.error["retryable"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert Caller().get("auth/tokens/", Authorization=basic("bob", BOB.password)).status == 429


def test_other_accounts_need_not_wait_for_it(bob: User, carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "3/5m")
    for _ in range(3):
        Caller().post("auth/login/", {"username": "bob", "password": "wrong"})
    assert Caller().post("auth/login/", {"username": "carol", "password": CAROL.password}).status == 200


def test_an_address_that_tries_many_accounts_has_to_wait(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ADDRESS", "3/5m")
    for n in range(3):
        Caller().post("auth/login/", {"username": f"nobody{n}", "password": "wrong"})
    assert Caller().post("auth/login/", RIGHT).refusal == (429, "rate_limited", None)


def test_sign_ins_that_succeed_are_not_counted(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "2/5m")
    assert [Caller().post("auth/login/", RIGHT).status for _ in range(4)] == [200] * 4


def test_signing_out_ends_the_session_and_tells_its_sockets(
    bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = browser(bob)
    key = page.client.cookies["sessionid"].value
    assert page.get("me/").status == 200
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            assert page.post("auth/logout/").status == 204
        assert hints.to(bob.id) == [{"type": "session.ended", "credential": session_credential_key(key)}]
    page.client.cookies["sessionid"] = key
    assert page.get("me/").refusal == (401, "unauthenticated", None)


def test_signing_out_is_for_sessions(bob: User) -> None:
    assert caller(bob).post("auth/logout/").refusal == (401, "unauthenticated", None)


def test_nobody_hears_the_one_error_shape(db: None) -> None:
    answer = Caller().get("me/")
    assert answer.body == {
        "error": {"code": "unauthenticated", "message": "Sign in first.", "retryable": False}
    }
    assert answer.status == 401


def basic(username: Any, password: Any) -> Any:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def test_a_first_token_is_made_with_a_password(bob: User) -> None:
    answer = Caller().post("auth/tokens/", {"name": "ci"}, Authorization=basic("bob", BOB.password))
    assert answer.status == 201
    assert Caller(answer.body["token"]).get("me/").body["id"] == bob.id


@pytest.mark.parametrize(
    "shown",
    [
        basic("bob", "wrong"),
        basic("nobody", "wrong"),
        "Basic !",
        "Basic",
        "Basic " + base64.b64encode(b"bob").decode(),
        "Basic " + base64.b64encode(b"bob:\xff").decode(),
        basic("bob\x00", "x\x00"),
    ],
)
def test_a_wrong_basic_header_opens_nothing(bob: User, shown: Any) -> None:
    assert Caller().post("auth/tokens/", {"name": "ci"}, Authorization=shown).refusal == (
        401,
        "unauthenticated",
        None,
    )


def test_a_password_opens_only_the_tokens(bob: User) -> None:
    assert Caller().get("me/", Authorization=basic("bob", BOB.password)).status == 401


def test_the_admin_has_no_password_door_of_its_own(bob: User, db: None) -> None:
    page = browser(bob)
    assert page.client.get("/admin/login/").status_code == 403
    stranger = Caller().client.post("/admin/login/", {"username": "bob", "password": BOB.password})
    assert stranger.status_code in (302, 403)
    assert "sessionid" not in stranger.cookies
