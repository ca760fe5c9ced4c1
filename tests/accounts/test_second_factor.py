"""The second factor: at the doors that ask in one step, and what is kept of it."""

import json
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from chatsite.accounts import passwords
from chatsite.accounts.models import User
from tests.accounts.test_sessions import everything_stored
from tests.accounts.test_signing_in import basic
from tests.support.http import Caller, caller
from tests.support.people import BOB
from tests.support.second_factor import code_of, turn_on

RIGHT = {"username": "bob", "password": BOB.password}


def test_the_app_is_one_that_the_standard_knows() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B
    assert [code_of(secret, at=at) for at in (59, 1_111_111_109)] == ["287082", "081804"]


def test_with_a_second_factor_the_password_alone_opens_nothing(bob: User) -> None:
    turn_on(bob)
    answer = Caller().post("auth/login/", RIGHT)
    assert answer.refusal == (401, "unauthenticated", "otp")
    assert "sessionid" not in answer.headers.get("Set-Cookie", "")
    answer = Caller().post("auth/tokens/", {"name": "ci"}, Authorization=basic("bob", BOB.password))
    assert answer.refusal == (401, "unauthenticated", "otp")


@pytest.mark.storage
def test_the_code_opens_both_doors_but_once(bob: User) -> None:
    secret, recovery = turn_on(bob)
    code = code_of(secret)
    door = Caller()
    assert door.post("auth/login/", {**RIGHT, "otp": code}).status == 200
    assert door.get("me/").status == 200
    again = Caller().post("auth/login/", {**RIGHT, "otp": code})
    assert again.refusal == (401, "unauthenticated", "otp")
    shown = {"Authorization": basic("bob", BOB.password), "X-OTP": recovery[0]}
    assert Caller().post("auth/tokens/", {"name": "ci"}, **shown).status == 201
    assert Caller().post("auth/tokens/", {"name": "ci"}, **shown).status == 401


def test_a_code_of_the_half_minute_before_is_right_and_still_only_once(bob: User) -> None:
    secret, _ = turn_on(bob)
    if (passed := time.time() % 30) > 15:
        time.sleep(30 - passed)  # or the code would be of the half minute before that when it comes
    code = code_of(secret, at=time.time() - 30)
    assert Caller().post("auth/login/", {**RIGHT, "otp": code}).status == 200
    cache.delete(f"allauth.mfa.totp.used?user={bob.id}&code={code}")  # as after half a minute
    assert Caller().post("auth/login/", {**RIGHT, "otp": code}).status == 401
    pages = Pages()
    pages.sign_in()
    cache.delete(f"allauth.mfa.totp.used?user={bob.id}&code={code}")
    again = pages.post("/account/two-step/authenticate/", code=code)
    assert "The code is not right" in again.content.decode()


def test_a_code_helps_nobody_without_the_password(bob: User) -> None:
    secret, _ = turn_on(bob)
    wrong = Caller().post("auth/login/", {"username": "bob", "password": "wrong", "otp": code_of(secret)})
    stranger = Caller().post("auth/login/", {"username": "nobody", "password": "wrong"})
    assert wrong.raw == stranger.raw


def test_guessing_at_the_code_is_held_up_like_guessing_at_the_password(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "3/5m")
    secret, _ = turn_on(bob)
    for _ in range(3):
        assert Caller().post("auth/login/", {**RIGHT, "otp": "not it"}).status == 401
    assert Caller().post("auth/login/", {**RIGHT, "otp": code_of(secret)}).status == 429


def test_tokens_go_on_without_it(bob: User) -> None:
    calls = caller(bob)
    turn_on(bob)
    assert calls.get("me/").status == 200


def test_a_code_that_is_not_asked_for_does_no_harm(bob: User) -> None:
    assert Caller().post("auth/login/", {**RIGHT, "otp": "123456"}).status == 200


@pytest.mark.storage
def test_a_dump_makes_no_codes(bob: User) -> None:
    secret, recovery = turn_on(bob)
    dump = everything_stored()
    assert secret not in dump
    assert not any(code in dump for code in recovery)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert "gAAAA" in kept  # a seal


class Pages:
    """Somebody's browser at the account's pages."""

    def __init__(self) -> None:
        self.client = Client()

    def post(self, path: str, **form: str) -> Any:
        """Send a form and go where it leads."""
        return self.client.post(path, form, follow=True)

    def get(self, path: str) -> Any:
        """Open a page."""
        return self.client.get(path, follow=True)

    def sign_in(self, password: str = BOB.password, login: str = "bob") -> Any:
        """Fill in the first card."""
        return self.post("/sign-in/", login=login, password=password)

    def confirmed(self, path: str, password: str = BOB.password) -> Any:
        """Open a page that asks for the password again first."""
        self.post("/account/confirm/", password=password)
        return self.get(path)


def test_bob_turns_it_on_in_the_page_and_is_asked_from_then_on(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    shown = pages.confirmed("/account/two-step/totp/activate/")
    secret = shown.context["form"].secret
    codes = pages.post("/account/two-step/totp/activate/", code=code_of(secret))
    assert codes.request["PATH_INFO"] == "/account/two-step/recovery-codes/"
    assert len(codes.context["unused_codes"]) == 10

    other = Pages()
    step = other.sign_in()
    assert step.request["PATH_INFO"] == "/account/two-step/authenticate/"
    assert other.get("/rooms/").request["PATH_INFO"] != "/rooms/"
    wrong = other.post("/account/two-step/authenticate/", code="000000")
    assert "The code is not right" in wrong.content.decode()
    inside = other.post("/account/two-step/authenticate/", code=codes.context["unused_codes"][3])
    assert inside.request["PATH_INFO"] == "/rooms/"


def test_the_recovery_codes_are_shown_once(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    secret = pages.confirmed("/account/two-step/totp/activate/").context["form"].secret
    first = pages.post("/account/two-step/totp/activate/", code=code_of(secret))
    code = first.context["unused_codes"][0]
    assert code in first.content.decode()
    assert code not in pages.get("/account/two-step/recovery-codes/").content.decode()


def test_what_guards_an_account_asks_for_the_password_again(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    asked = pages.get("/account/two-step/totp/activate/")
    assert asked.request["PATH_INFO"] == "/account/confirm/"
    wrong = pages.post("/account/confirm/", password="wrong")
    assert "That is not your password." in wrong.content.decode()
    assert pages.get("/account/two-step/totp/activate/").request["PATH_INFO"] == "/account/confirm/"
    right = pages.confirmed("/account/two-step/totp/activate/")
    assert right.request["PATH_INFO"] == "/account/two-step/totp/activate/"


def test_a_session_made_over_rest_is_asked_for_the_password_too(bob: User) -> None:
    pages = Pages()
    pages.client.force_login(bob)
    assert pages.get("/account/two-step/webauthn/add/").request["PATH_INFO"] == "/account/confirm/"
