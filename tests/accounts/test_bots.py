"""Bots and who looks after them; tokens in the page."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from chatsite.accounts import bots, services
from chatsite.accounts.credentials import find_token
from chatsite.accounts.models import ApiToken, User
from chatsite.errors import BadRequest, Forbidden, NotFound
from tests.accounts.test_second_factor import Pages
from tests.support.hints import listening
from tests.support.http import Caller, caller


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("anna", "anna@example.org", "correct-horse-battery-9")


@pytest.mark.storage
def test_bob_makes_a_bot_that_speaks_with_its_token(bob: User) -> None:
    calls = caller(bob)
    made = calls.post("bots/", {"username": "deploys", "display_name": "Deploys"})
    assert made.status == 201
    assert (made.body["kind"], made.body["owner"]) == ("bot", bob.id)
    token = calls.post(f"bots/{made.body['id']}/tokens/", {"name": "ci", "scopes": ["read", "write"]})
    robot = Caller(token.body["token"])
    assert robot.get("me/").body["username"] == "deploys"
    assert robot.post("rooms/", {"name": "Quay", "kind": "public"}).status == 403  # not its scope
    (listed,) = calls.get("bots/").body["results"]
    assert listed == made.body
    assert calls.patch(f"bots/{listed['id']}/", {"status_text": "Watching"}).body["status_text"] == "Watching"


def test_a_bot_has_no_password_and_no_bots(bob: User) -> None:
    bot = bots.create_bot(by=bob, username="deploys")
    assert not bot.has_usable_password()
    with pytest.raises(Forbidden):
        bots.create_bot(by=bot, username="helper")


def test_nobody_else_looks_after_it(bob: User, mallory: User, admin: User) -> None:
    bot = bots.create_bot(by=bob, username="deploys")
    token, _ = services.create_token(by=bot, name="ci")
    hers = caller(mallory)
    for answer in (
        hers.patch(f"bots/{bot.id}/", {"display_name": "mine"}),
        hers.delete(f"bots/{bot.id}/"),
        hers.get(f"bots/{bot.id}/tokens/"),
        hers.post(f"bots/{bot.id}/tokens/", {"name": "mine"}),
        hers.delete(f"bots/{bot.id}/tokens/{token.id}/"),
        caller(admin).get(
            f"bots/{bot.id}/tokens/"
        ),  # an administrator turns accounts off, but does not speak as them
    ):
        assert answer.refusal == (404, "not_found", None)
    assert hers.get("bots/").body["results"] == []
    assert ApiToken.objects.filter(id=token.id).exists()


def test_people_are_not_bots(bob: User, admin: User) -> None:
    assert caller(admin).delete(f"bots/{bob.id}/").status == 404
    with pytest.raises(NotFound):
        bots.find_bot(by=bob, bot_id=bob.id)


def test_the_sites_bots_are_for_administrators(bob: User, admin: User) -> None:
    with pytest.raises(Forbidden):
        bots.create_bot(by=bob, username="news", site=True)
    bot = bots.create_bot(by=admin, username="news", site=True)
    assert bot.owner is None
    assert [one["username"] for one in caller(admin).get("bots/").body["results"]] == ["news"]
    assert caller(bob).get("bots/").body["results"] == []


def test_ending_a_bot_ends_what_it_has_open(bob: User, django_capture_on_commit_callbacks: Any) -> None:
    bot = bots.create_bot(by=bob, username="deploys")
    _, secret = services.create_token(by=bot, name="ci")
    with listening() as hints:
        with django_capture_on_commit_callbacks(execute=True):
            bots.end_bot(by=bob, bot_id=bot.id)
        assert hints.to(bot.id) == [{"type": "session.ended", "credential": None}]
    assert Caller(secret).get("me/").status == 401
    with pytest.raises(NotFound):
        bots.end_bot(by=bob, bot_id=bot.id)


def test_when_its_owner_is_turned_off_a_bot_is_too(bob: User) -> None:
    bot = bots.create_bot(by=bob, username="deploys")
    _, secret = services.create_token(by=bot, name="ci")
    services.deactivate_user(by=None, user=bob)
    assert Caller(secret).get("me/").status == 401


def test_a_repeated_call_makes_no_second_bot(bob: User) -> None:
    calls, key = caller(bob), str(uuid.uuid4())
    first = calls.post("bots/", {"username": "deploys"}, Idempotency_Key=key)
    again = calls.post("bots/", {"username": "deploys"}, Idempotency_Key=key)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert calls.post("bots/", {"username": "other"}, Idempotency_Key=key).refusal[:2] == (409, "conflict")


def test_one_has_only_so_many(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bots, "MOST_BOTS", 2)
    for name in ("first-bot", "second-bot"):
        bots.create_bot(by=bob, username=name)
    with pytest.raises(bots.TooManyBots):
        bots.create_bot(by=bob, username="third-bot")


@pytest.mark.parametrize("username", ["b0b", "admin", "dep loys", "deploys\x00", ""])
def test_a_bot_takes_nobodys_name(bob: User, username: str) -> None:
    with pytest.raises(BadRequest):
        bots.create_bot(by=bob, username=username)
    assert User.objects.count() == 1


@pytest.mark.storage
def test_the_database_itself_gives_an_owner_to_bots_only(bob: User, carol: User) -> None:
    carol.owner = bob
    with pytest.raises(IntegrityError):
        carol.save()


def test_an_owner_is_not_deleted_from_under_a_bot(bob: User) -> None:
    bots.create_bot(by=bob, username="deploys")
    with pytest.raises(ProtectedError):
        bob.delete()


# --- in the page ---


def test_a_token_is_made_shown_once_and_ended_in_the_page(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    made = pages.client.post("/account/tokens/", {"name": "ci", "scopes": ["read"], "days": "30"})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert Caller(secret).get("me/").status == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("ci", ["read"])
    assert token.expires_at is not None
    assert secret not in pages.get("/account/tokens/").content.decode()
    pages.post(f"/account/tokens/{token.id}/end/")
    assert Caller(secret).get("me/").status == 401


@pytest.mark.parametrize("form", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"name": "x" * 81}])
def test_what_is_wrong_with_a_token_is_said_in_place(bob: User, form: Any) -> None:
    pages = Pages()
    pages.sign_in()
    answer = pages.client.post("/account/tokens/", {"name": "ci", "scopes": ["read"], "days": "", **form})
    assert "problem" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_bot_is_made_given_a_token_and_turned_off_in_the_page(bob: User, mallory: User) -> None:
    pages = Pages()
    pages.sign_in()
    shown = pages.post("/account/bots/", username="deploys", display_name="Deploys")
    bot = User.objects.get(username="deploys")
    assert shown.request["PATH_INFO"] == f"/account/bots/{bot.id}/"
    made = pages.client.post(f"/account/bots/{bot.id}/", {"name": "ci", "scopes": ["write"], "days": ""})
    token = ApiToken.objects.get(user=bot)
    assert find_token(made.context["secret"]) == token
    hers = Pages()
    hers.client.force_login(mallory)
    for path in ("", "end/", f"tokens/{token.id}/end/"):
        assert hers.post(f"/account/bots/{bot.id}/{path}").status_code == 404
    pages.post(f"/account/bots/{bot.id}/tokens/{token.id}/end/")
    assert not ApiToken.objects.filter(user=bot).exists()
    pages.post(f"/account/bots/{bot.id}/end/")
    bot.refresh_from_db()
    assert not bot.is_active
