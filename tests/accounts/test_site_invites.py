"""Invites to the site: made by administrators, used by whoever holds the link."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from chatsite.accounts import invites
from chatsite.accounts.models import SiteInvite, User
from chatsite.errors import BadRequest, Forbidden, NotFound
from tests.accounts.test_pages import FORM
from tests.accounts.test_second_factor import Pages
from tests.accounts.test_sessions import everything_stored
from tests.support.http import caller


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("anna", "anna@example.org", "correct-horse-battery-9")


def joined(code: str, **changed: str) -> Any:
    """Follow the link and sign up."""
    pages = Pages()
    pages.get(f"/join/{code}/")
    return pages.post("/sign-up/", **{**FORM, **changed})


@pytest.mark.storage
def test_the_link_says_who_invites_and_lets_dora_in(admin: User) -> None:
    _, code = invites.create_site_invite(by=admin, max_uses=1)
    pages = Pages()
    shown = pages.get(f"/join/{code}/").content.decode()
    assert "anna invites you to Parley" in shown
    assert SiteInvite.objects.get().uses == 0  # looking uses nothing up
    assert "Make one" in pages.get("/sign-in/").content.decode()
    assert pages.post("/sign-up/", **FORM).request["PATH_INFO"] == "/rooms/"
    assert User.objects.filter(username="dora").exists()
    assert SiteInvite.objects.get().uses == 1


def test_a_link_that_is_used_up_lets_nobody_in(admin: User) -> None:
    _, code = invites.create_site_invite(by=admin, max_uses=1)
    late = Pages()
    late.get(f"/join/{code}/")
    joined(code)
    answer = late.post("/sign-up/", **{**FORM, "username": "emil"})
    assert "by invitation" in answer.content.decode()
    assert Pages().get(f"/join/{code}/").status_code == 404
    assert not User.objects.filter(username="emil").exists()


def test_at_the_last_use_one_of_two_is_let_in_and_the_other_leaves_nothing(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, code = invites.create_site_invite(by=admin, max_uses=1)
    joined(code)
    stale = SiteInvite(by=admin)
    monkeypatch.setattr("chatsite.accounts.web.invites.invites.find_site_invite", lambda _: stale)
    assert joined(code, username="emil").status_code == 403
    assert not User.objects.filter(username="emil").exists()


def test_what_is_wrong_with_the_form_uses_nothing_up(admin: User) -> None:
    _, code = invites.create_site_invite(by=admin, max_uses=1)
    assert joined(code, password1="short").context["form"].errors
    assert SiteInvite.objects.get().uses == 0
    assert joined(code).request["PATH_INFO"] == "/rooms/"


@pytest.mark.parametrize("fault", ["expired", "taken back", "its maker is off", "made up"])
def test_a_link_that_does_not_count_says_so(admin: User, fault: str) -> None:
    invite, code = invites.create_site_invite(by=admin)
    if fault == "expired":
        SiteInvite.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif fault == "taken back":
        other = User.objects.create_superuser("ada", "ada@example.org", "correct-horse-battery-9")
        invites.end_site_invite(by=other, invite_id=invite.id)
    elif fault == "its maker is off":
        User.objects.filter(id=admin.id).update(is_active=False)
    else:
        code = "x" * 24
    answer = Pages().get(f"/join/{code}/")
    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()
    joined(code)
    assert not User.objects.filter(username="dora").exists()


def test_where_sign_up_is_off_no_link_lets_anybody_in(admin: User, settings: Any) -> None:
    _, code = invites.create_site_invite(by=admin)
    settings.SIGN_UP = "off"
    joined(code)
    assert not User.objects.filter(username="dora").exists()
    pages = Pages()
    pages.client.force_login(admin)
    assert "Sign-up is off" in pages.get("/account/invitations/").content.decode()


def test_where_sign_up_is_open_a_link_is_not_used_up(admin: User, settings: Any) -> None:
    _, code = invites.create_site_invite(by=admin, max_uses=1)
    settings.SIGN_UP = "open"
    assert joined(code).request["PATH_INFO"] == "/rooms/"
    assert SiteInvite.objects.get().uses == 0


@pytest.mark.storage
def test_a_dump_holds_no_code_and_a_code_cannot_be_guessed(admin: User) -> None:
    codes = [invites.create_site_invite(by=admin)[1] for _ in range(20)]
    pages = Pages()
    pages.get(f"/join/{codes[0]}/")  # its session holds it, too
    dump = everything_stored()
    assert not any(code in dump for code in codes)
    assert all(len(code) == 24 for code in codes)  # 18 bytes
    assert len(set(codes)) == 20


def test_trying_codes_is_held_up(db: None) -> None:
    # Tries are counted in fixed windows of time: should one end meanwhile, the other half is enough.
    answers = [Pages().get(f"/join/{'x' * 23}{n % 10}/").status_code for n in range(64)]
    assert answers[0] == 404
    assert 429 in answers


# --- making them ---


def test_an_administrator_makes_and_ends_them_over_rest(admin: User) -> None:
    calls = caller(admin)
    made = calls.post("site-invites/", {"max_uses": 3})
    assert made.status == 201
    assert made.body["url"] == f"http://localhost:8000/join/{made.body['code']}/"
    assert 6 < (dt.datetime.fromisoformat(made.body["expires_at"]) - timezone.now()).days + 1 <= 7
    (listed,) = calls.get("site-invites/").body["results"]
    assert listed == {name: value for name, value in made.body.items() if name not in ("code", "url")}
    assert calls.delete(f"site-invites/{made.body['id']}/").status == 204
    assert calls.delete(f"site-invites/{made.body['id']}/").refusal == (404, "not_found", None)
    assert calls.get("site-invites/").body["results"] == []


def test_a_repeated_call_makes_no_second_one(admin: User) -> None:
    calls, key = caller(admin), str(uuid.uuid4())
    first = calls.post("site-invites/", Idempotency_Key=key)
    again = calls.post("site-invites/", Idempotency_Key=key)
    assert again.refusal == (409, "conflict", None)
    assert again.error["id"] == first.body["id"]
    assert SiteInvite.objects.count() == 1


def test_bob_makes_none_and_ends_none(bob: User, admin: User) -> None:
    invite, _ = invites.create_site_invite(by=admin)
    with pytest.raises(Forbidden):
        invites.create_site_invite(by=bob)
    with pytest.raises(Forbidden):
        invites.end_site_invite(by=bob, invite_id=invite.id)
    pages = Pages()
    pages.sign_in()
    assert pages.get("/account/invitations/").status_code == 404
    assert pages.post(f"/account/invitations/{invite.id}/end/").status_code == 404
    assert "Invitations" not in pages.get("/account/").content.decode()
    assert SiteInvite.objects.exists()


@pytest.mark.parametrize("uses", [0, -1, 100_001])
def test_odd_numbers_of_uses_are_refused(admin: User, uses: int) -> None:
    with pytest.raises(BadRequest):
        invites.create_site_invite(by=admin, max_uses=uses)
    with pytest.raises(BadRequest):
        invites.create_site_invite(by=admin, expires_at=timezone.now() - dt.timedelta(hours=1))
    with pytest.raises(NotFound):
        invites.end_site_invite(by=admin, invite_id="nonsense")


def test_the_page_shows_a_new_link_once_and_takes_it_back(admin: User) -> None:
    pages = Pages()
    pages.client.force_login(admin)
    made = pages.post("/account/invitations/", max_uses="10", days="7")
    link = made.context["link"]
    assert link in made.content.decode()
    assert link not in pages.get("/account/invitations/").content.decode()
    invite = SiteInvite.objects.get()
    assert invite.max_uses == 10
    pages.post(f"/account/invitations/{invite.id}/end/")
    assert not SiteInvite.objects.exists()


def test_old_ones_are_swept(admin: User) -> None:
    invites.create_site_invite(by=admin, expires_at=None)
    invites.create_site_invite(by=admin, expires_at=timezone.now() + dt.timedelta(days=1))
    SiteInvite.objects.filter(expires_at__isnull=False).update(
        expires_at=timezone.now() - dt.timedelta(minutes=1)
    )
    assert invites.forget_old_site_invites() == 1
    assert SiteInvite.objects.count() == 1
