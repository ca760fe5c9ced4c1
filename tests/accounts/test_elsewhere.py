"""Signing in with an account of elsewhere, at a small OpenID provider and a small GitHub on 127.0.0.1."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as site

from chatsite import providers
from chatsite.accounts import invites
from chatsite.accounts.models import User
from chatsite.accounts.web.providers import GitHubAdapter
from chatsite.audit.models import Entry
from tests.accounts.test_pages import NEW
from tests.accounts.test_second_factor import Pages
from tests.accounts.test_sessions import everything_stored
from tests.support.http import caller
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, OpenIDServer
from tests.support.people import BOB
from tests.support.second_factor import code_of, turn_on

DORA = {
    "sub": "248289761001",
    "email": "dora@example.org",
    "email_verified": True,
    "preferred_username": "dora",
    "name": "Dora Diver",
}
CHOSEN = {"username": "dora", "display_name": "Dora Diver", "email": "dora@example.org"}


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIDServer]:
    with OpenIDServer() as provider:
        yield provider


@pytest.fixture
def office(running: OpenIDServer, settings: Any, carol: User) -> OpenIDServer:
    """The provider, where Dora sits; here Carol is alone so far."""
    running.person, running.spoil, running.discovery, running.sign_with = dict(DORA), dict, {}, {}
    given = providers.Given(CLIENT_ID, CLIENT_SECRET)
    settings.SOCIALACCOUNT_PROVIDERS = providers.for_allauth(
        google=providers.Given("", ""),
        github=given,
        github_url=running.url,
        openid=given,
        openid_url=running.url,
        openid_name="Harbour Office",
    )
    settings.SIGN_UP = "open"
    return running


def leave(pages: Pages, office: OpenIDServer, way: str = "openid", **form: str) -> dict[str, str]:
    """Press the button: what the provider is asked."""
    answer = pages.post(f"/sign-in/with/{way}/", **form)
    assert answer.status_code == 200, answer.content
    there = answer.context["url"]
    assert there.startswith(office.url)
    return dict(parse_qsl(urlsplit(there).query))


def come_back(pages: Pages, office: OpenIDServer, asked: dict[str, str]) -> Any:
    """Say yes at the provider, and follow."""
    return pages.get(office.allow(asked).removeprefix(site.PUBLIC_URL))


def sign_in(pages: Pages, office: OpenIDServer, way: str = "openid", **form: str) -> Any:
    return come_back(pages, office, leave(pages, office, way, **form))


def joined(office: OpenIDServer, **chosen: str) -> Any:
    pages = Pages()
    sign_in(pages, office)
    return pages.post("/sign-up/name/", **{**CHOSEN, **chosen})


@pytest.mark.storage
def test_dora_comes_from_the_provider_chooses_her_name_and_is_in(office: OpenIDServer) -> None:
    pages = Pages()
    assert "Go on with Harbour Office" in pages.get("/sign-in/").content.decode()
    form = sign_in(pages, office)
    assert form.request["PATH_INFO"] == "/sign-up/name/"
    assert form.context["form"].initial == CHOSEN
    answer = pages.post("/sign-up/name/", **{**CHOSEN, "username": "diver", "email": "other@example.org"})
    assert answer.request["PATH_INFO"] == "/rooms/"
    dora = User.objects.get(username="diver")
    assert (dora.display_name, dora.email, dora.is_staff) == ("Dora Diver", "dora@example.org", False)
    assert not dora.has_usable_password()
    again = Pages()
    assert sign_in(again, office, next="/account/sessions/").request["PATH_INFO"] == "/account/sessions/"
    assert again.client.session["_auth_user_id"] == dora.id


def test_what_is_asked_binds_the_answer_to_this_browser(office: OpenIDServer) -> None:
    asked, other = leave(Pages(), office), leave(Pages(), office)
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == f"{site.PUBLIC_URL}/sign-in/with/openid/done/"
    for name in ("state", "nonce", "code_challenge"):
        assert asked[name] != other[name]


@pytest.mark.storage
def test_of_the_provider_no_token_is_kept(office: OpenIDServer) -> None:
    joined(office)
    assert SocialAccount.objects.get().extra_data == {"name": "dora@example.org"}
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    dump = everything_stored()
    assert CLIENT_SECRET not in dump
    assert not any(token in dump for token in office._tokens)


# --- who may come in ---


def test_where_sign_up_is_off_nobody_new_comes_in(office: OpenIDServer, settings: Any) -> None:
    settings.SIGN_UP = "off"
    assert "by invitation" in sign_in(Pages(), office).content.decode()
    assert Pages().get("/sign-up/name/").request["PATH_INFO"] == "/sign-in/"
    assert not User.objects.exclude(username="carol").exists()


def test_where_one_comes_by_invitation_an_invite_is_used_up(
    office: OpenIDServer, settings: Any, carol: User
) -> None:
    settings.SIGN_UP = "invitation"
    carol.is_staff = carol.is_superuser = True
    carol.save()
    assert "by invitation" in sign_in(Pages(), office).content.decode()
    invite, code = invites.create_site_invite(by=carol, max_uses=1)
    pages = Pages()
    pages.get(f"/join/{code}/")
    sign_in(pages, office)
    invite.delete()
    late = pages.post("/sign-up/name/", **CHOSEN)
    assert "by invitation" in late.content.decode()
    assert not SocialAccount.objects.exists()
    invite, code = invites.create_site_invite(by=carol, max_uses=1)
    pages.get(f"/join/{code}/")
    sign_in(pages, office)
    assert pages.post("/sign-up/name/", **CHOSEN).request["PATH_INFO"] == "/rooms/"
    invite.refresh_from_db()
    assert invite.uses == 1


def test_who_is_switched_off_stays_outside(office: OpenIDServer) -> None:
    joined(office)
    User.objects.filter(username="dora").update(is_active=False)
    assert sign_in(Pages(), office).request["PATH_INFO"] == "/switched-off/"


def test_a_second_step_is_asked_for_here_too(office: OpenIDServer) -> None:
    joined(office)
    secret, _ = turn_on(User.objects.get(username="dora"))
    pages = Pages()
    assert sign_in(pages, office).request["PATH_INFO"] == "/account/two-step/authenticate/"
    assert pages.get("/rooms/").request["PATH_INFO"] != "/rooms/"
    step = pages.post("/account/two-step/authenticate/", code=code_of(secret))
    assert step.request["PATH_INFO"] == "/rooms/"


@pytest.mark.parametrize("username", ["adm1n", "сarol", "car0l", "do ra"])
def test_names_are_judged_as_everywhere(office: OpenIDServer, username: str) -> None:
    assert joined(office, username=username).context["form"].errors["username"]
    assert not SocialAccount.objects.exists()


# --- whose account it is ---


@pytest.fixture
def bob_has_the_address(bob: User) -> User:
    bob.email = str(DORA["email"])
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    return bob


def who(pages: Pages) -> str | None:
    found: str | None = pages.client.session.get("_auth_user_id")
    return found


def test_by_default_an_address_lets_nobody_into_the_account_that_has_it(
    office: OpenIDServer, bob_has_the_address: User
) -> None:
    pages = Pages()
    sign_in(pages, office)
    answer = pages.post("/sign-up/name/", **CHOSEN)
    assert (
        answer.request["PATH_INFO"] == "/rooms/"
    )  # as for any address, so that nobody learns which are known
    assert who(pages) != bob_has_the_address.id
    assert not EmailAddress.objects.filter(verified=True).exclude(user=bob_has_the_address).exists()


def test_by_default_an_address_is_to_be_confirmed_here(office: OpenIDServer) -> None:
    joined(office)
    assert not EmailAddress.objects.get(email=DORA["email"]).verified


@pytest.mark.parametrize(
    ("claims", "confirmed_here", "staff", "is_bobs"),
    [
        ({}, True, False, True),
        ({"email_verified": "true"}, True, False, True),
        ({"email": "DORA@example.org"}, True, False, True),
        ({"email_verified": False}, True, False, False),
        ({"email_verified": "false"}, True, False, False),
        ({"email_verified": "yes"}, True, False, False),
        ({"email_verified": 1}, True, False, True),  # to Python, 1 is True
        ({}, False, False, False),
        ({}, True, True, False),
    ],
)
def test_where_the_providers_word_counts_both_sides_must_have_confirmed_the_address(
    office: OpenIDServer,
    settings: Any,
    bob_has_the_address: User,
    claims: dict[str, Any],
    confirmed_here: bool,
    staff: bool,
    is_bobs: bool,
) -> None:
    settings.TRUST_PROVIDER_EMAILS = True
    EmailAddress.objects.update(verified=confirmed_here)
    User.objects.filter(id=bob_has_the_address.id).update(is_staff=staff)
    office.person |= claims
    pages = Pages()
    sign_in(pages, office)
    assert (who(pages) == bob_has_the_address.id) is is_bobs
    assert SocialAccount.objects.filter(user=bob_has_the_address).exists() is is_bobs
    bob_has_the_address.refresh_from_db()
    assert bob_has_the_address.check_password(BOB.password)


def test_where_it_counts_a_new_account_has_its_address_confirmed(office: OpenIDServer, settings: Any) -> None:
    settings.TRUST_PROVIDER_EMAILS = True
    joined(office)
    assert EmailAddress.objects.get(email=DORA["email"]).verified


@pytest.mark.parametrize(
    "address", ["dora", '"do ra"@example.org', "dora@[127.0.0.1]", 7, ["a@b.example"], None]
)
def test_an_odd_address_is_left_out(office: OpenIDServer, address: Any) -> None:
    office.person["email"] = address
    assert sign_in(Pages(), office).context["form"].initial["email"] == ""


def test_bob_links_it_to_his_account_after_his_password_and_unlinks_it(
    office: OpenIDServer, bob: User
) -> None:
    pages = Pages()
    pages.sign_in()
    asked = sign_in(pages, office, link="yes")
    assert asked.request["PATH_INFO"] == "/account/confirm/"
    assert not SocialAccount.objects.exists()
    shown = pages.post("/account/confirm/", password=BOB.password)
    assert shown.request["PATH_INFO"] == "/account/linked/"
    assert "The account is linked." in shown.content.decode()
    link = SocialAccount.objects.get()
    assert (link.user, link.uid) == (bob, DORA["sub"])
    his = Pages()
    sign_in(his, office)
    assert who(his) == bob.id
    pages.post("/account/linked/", account=str(link.pk))
    assert not SocialAccount.objects.exists()


def test_an_account_of_elsewhere_is_linked_once(office: OpenIDServer, bob: User) -> None:
    joined(office)
    pages = Pages()
    pages.sign_in()
    sign_in(pages, office, link="yes")
    answer = pages.post("/account/confirm/", password=BOB.password)
    assert "lets somebody else in here" in answer.content.decode()
    assert SocialAccount.objects.get().user.username == "dora"


def test_the_only_way_in_is_not_unlinked(office: OpenIDServer) -> None:
    pages = Pages()
    sign_in(pages, office)
    pages.post("/sign-up/name/", **CHOSEN)
    answer = pages.post("/account/linked/", account=str(SocialAccount.objects.get().pk))
    assert "Set a password first" in answer.content.decode()
    assert SocialAccount.objects.exists()


def test_who_has_no_password_sets_a_first_one_and_can_leave_then(office: OpenIDServer) -> None:
    pages = Pages()
    sign_in(pages, office)
    pages.post("/sign-up/name/", **CHOSEN)
    dora = User.objects.get(username="dora")
    calls = caller(dora)
    refused = calls.post("me/deletion/", {"password": "!"})
    assert refused.refusal == (400, "bad_request", "password")
    assert "Set a password first" in refused.error["message"]
    first = pages.get("/account/password/")
    assert first.request["PATH_INFO"] == "/account/confirm/elsewhere/"
    first = sign_in(pages, office, again="yes", next="/account/password/first/")
    assert first.request["PATH_INFO"] == "/account/password/first/"
    pages.post("/account/password/first/", password1=NEW)
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.by_id, entry.user_id, entry.door) == (
        "password.changed",
        dora.id,
        dora.id,
        "page",
    )
    again = Pages()
    assert again.sign_in(NEW, "dora").request["PATH_INFO"] == "/rooms/"
    assert calls.post("me/deletion/", {"password": NEW}).status == 204
    assert not SocialAccount.objects.exists()


def test_nobody_unlinks_anothers(office: OpenIDServer, bob: User) -> None:
    joined(office)
    pages = Pages()
    pages.sign_in()
    pages.post("/account/linked/", account=str(SocialAccount.objects.get().pk))
    assert SocialAccount.objects.exists()


# --- answers that are not right ---


WRONG: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another sign-in's nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another site's": lambda claims: claims | {"aud": "another"},
    "another site's, with ours beside it": lambda claims: (
        claims | {"aud": [CLIENT_ID, "another"], "azp": "another"}
    ),
    "another provider's": lambda claims: claims | {"iss": "https://evil.example"},
    "too old": lambda claims: claims | {"exp": int(time.time()) - 120},
    "of no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "of nobody": lambda claims: claims | {"sub": ""},
    "of an endless name": lambda claims: claims | {"sub": "x" * 192},
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG.keys())
def test_an_id_token_that_is_not_right_lets_nobody_in(
    office: OpenIDServer, spoil: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    joined(office)
    office.spoil = spoil
    pages = Pages()
    answer = sign_in(pages, office)
    assert (answer.status_code, who(pages)) == (401, None)
    assert "That did not work" in answer.content.decode()


SIGNED_WRONG: dict[str, dict[str, Any]] = {
    "another key under the same name": {
        "key": rsa.generate_private_key(public_exponent=65537, key_size=2048)
    },
    "a key that the provider has not": {"headers": {"kid": "two"}},
    "none": {"key": None, "algorithm": "none"},
    "the shared secret": {"key": CLIENT_SECRET.ljust(32), "algorithm": "HS256"},
}


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("signing", SIGNED_WRONG.values(), ids=SIGNED_WRONG.keys())
def test_a_signature_that_is_not_right_lets_nobody_in(office: OpenIDServer, signing: dict[str, Any]) -> None:
    joined(office)
    office.sign_with = signing
    pages = Pages()
    assert (sign_in(pages, office).status_code, who(pages)) == (401, None)


def test_the_answer_counts_once_and_for_the_browser_that_asked(office: OpenIDServer) -> None:
    joined(office)
    pages, thief = Pages(), Pages()
    asked = leave(pages, office)
    assert (come_back(thief, office, asked).status_code, who(thief)) == (401, None)
    stolen = office.allow(leave(Pages(), office)).removeprefix(site.PUBLIC_URL)
    state, code = asked["state"], dict(parse_qsl(urlsplit(stolen).query))["code"]
    mixed = pages.get(
        f"/sign-in/with/openid/done/?state={state}&code={code}"
    )  # another's code in one's own sign-in
    assert (mixed.status_code, who(pages)) == (401, None)
    back = office.allow(leave(pages, office)).removeprefix(site.PUBLIC_URL)
    pages.get(back)
    assert who(pages) is not None
    again = Pages()
    again.client.cookies = pages.client.cookies
    pages.post("/sign-out/")
    assert again.get(back).status_code == 401


def test_who_says_no_is_told_that_nothing_happened(office: OpenIDServer) -> None:
    pages = Pages()
    state = leave(pages, office)["state"]
    answer = pages.get(f"/sign-in/with/openid/done/?error=access_denied&state={state}")
    assert "nothing was changed" in answer.content.decode()


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/"},
        {"token_endpoint": None},
    ],
)
def test_a_provider_that_says_it_is_another_is_not_asked(office: OpenIDServer, says: dict[str, Any]) -> None:
    office.discovery = says
    assert Pages().post("/sign-in/with/openid/").status_code == 401


def test_a_provider_that_is_not_there_is_said(office: OpenIDServer, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"
    )
    answer = Pages().post("/sign-in/with/openid/")
    assert answer.status_code == 401
    assert "That did not work" in answer.content.decode()


def test_no_link_begins_a_sign_in_or_changes_what_is_asked(office: OpenIDServer) -> None:
    assert Pages().get("/sign-in/with/openid/").status_code == 405
    plain = leave(Pages(), office)
    spiked = Pages().post(
        "/sign-in/with/openid/?scope=admin&auth_params=redirect_uri%3Dhttps://evil.example&process=connect"
    )
    asked = dict(parse_qsl(urlsplit(spiked.context["url"]).query))
    assert asked.keys() == plain.keys()
    assert asked["redirect_uri"] == plain["redirect_uri"]
    assert set(asked["scope"].split()) == set(plain["scope"].split())


@pytest.mark.parametrize("name", ["google", "nobody", "openid_connect"])
def test_a_provider_that_is_not_set_is_not_there(office: OpenIDServer, name: str) -> None:
    assert Pages().post(f"/sign-in/with/{name}/").status_code == 404
    assert Pages().get(f"/sign-in/with/{name}/done/").status_code == 404


def test_without_providers_there_is_no_button_and_no_page_of_links(bob: User) -> None:
    pages = Pages()
    assert "Go on with" not in pages.get("/sign-in/").content.decode()
    pages.sign_in()
    assert "Linked accounts" not in pages.get("/account/").content.decode()


# --- GitHub ---


def at_github(office: OpenIDServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub is asked at the small provider."""
    for name, path in (
        ("access_token_url", "/login/oauth/access_token"),
        ("authorize_url", "/login/oauth/authorize"),
        ("profile_url", "/api/v3/user"),
        ("emails_url", "/api/v3/user/emails"),
    ):
        monkeypatch.setattr(GitHubAdapter, name, office.url + path)


def test_dora_comes_from_github(office: OpenIDServer, monkeypatch: pytest.MonkeyPatch) -> None:
    at_github(office, monkeypatch)
    other = {"email": "old@example.org", "primary": False, "verified": True}
    office.person = {
        "id": 583231,
        "login": "dora-dives",
        "name": "Dora Diver",
        "emails": [other, {"email": DORA["email"], "primary": True, "verified": True}],
    }
    pages = Pages()
    assert leave(pages, office, "github")["code_challenge_method"] == "S256"
    form = sign_in(pages, office, "github")
    assert form.context["form"].initial == {**CHOSEN, "username": "dora-dives"}
    assert pages.post("/sign-up/name/", **CHOSEN).request["PATH_INFO"] == "/rooms/"
    kept = SocialAccount.objects.get()
    assert (kept.provider, kept.uid, kept.extra_data) == ("github", "583231", {"name": "dora-dives"})
    assert not EmailAddress.objects.get().verified


def test_the_small_provider_keeps_to_the_standard(office: OpenIDServer) -> None:
    asked = leave(Pages(), office)
    code = dict(parse_qsl(urlsplit(office.allow(asked)).query))["code"]
    without_the_verifier = httpx.post(
        f"{office.url}/token",
        data={"code": code, "redirect_uri": asked["redirect_uri"], "grant_type": "authorization_code"},
        auth=(CLIENT_ID, CLIENT_SECRET),
        trust_env=False,
    )
    assert without_the_verifier.json() == {"error": "invalid_grant"}
