"""The account's pages: signing in by either name, signing up, passwords, addresses, sessions."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail

from chatsite.accounts import passwords
from chatsite.accounts.models import Session, User
from chatsite.audit.models import Entry
from tests.accounts.test_second_factor import Pages
from tests.support.http import Caller, browser, without_csrf_token
from tests.support.people import BOB, CAROL

NEW = "a short sentence will do"


@pytest.fixture
def reachable(bob: User) -> User:
    """Bob, with a confirmed address."""
    bob.email = "bob@example.org"
    bob.save()
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    return bob


def link_in(message: Any) -> str:
    """The address that a mail leads to, without its host, which must be ours."""
    found = re.search(rf"{re.escape(site.PUBLIC_URL)}(/\S+)", message.body)
    assert found, message.body
    return found[1]


@pytest.mark.parametrize("login", ["bob", "BOB", " bob ", "bob@example.org", "Bob@Example.ORG"])
def test_one_signs_in_by_username_or_email(reachable: User, login: str) -> None:
    assert Pages().sign_in(login=login).request["PATH_INFO"] == "/rooms/"
    assert Caller().post("auth/login/", {"username": login, "password": BOB.password}).status == 200


def test_an_address_that_somebody_else_only_claims_signs_its_owner_in(reachable: User, carol: User) -> None:
    EmailAddress.objects.create(user=carol, email=reachable.email, verified=False)
    carol.set_password(NEW)
    carol.save()
    door = Caller()
    assert door.post("auth/login/", {"username": reachable.email, "password": BOB.password}).status == 200
    assert door.get("me/").body["id"] == reachable.id
    assert Caller().post("auth/login/", {"username": reachable.email, "password": NEW}).status == 401


@pytest.mark.parametrize("login", ["bob", "bob@example.org", "nobody", "nobody@example.org", "", "x" * 999])
def test_every_wrong_try_costs_one_hashing_and_hears_the_same(
    reachable: User, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def counted(self: Any, *args: Any, real: Any = real) -> Any:
            hashed.append(1)
            return real(self, *args)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)
    first = Caller().post("auth/login/", {"username": "somebody-else", "password": "wrong"})
    hashed.clear()
    assert Caller().post("auth/login/", {"username": login, "password": "wrong"}).raw == first.raw
    assert len(hashed) == 1


def test_old_hashes_keep_working_and_become_argon2(bob: User) -> None:
    bob.password = PBKDF2PasswordHasher().encode(BOB.password, "salt", 1000)
    bob.save()
    assert Pages().sign_in().request["PATH_INFO"] == "/rooms/"
    bob.refresh_from_db()
    assert bob.password.startswith("argon2")


def test_guessing_does_not_lock_out_the_browser_that_knows_the_password(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "3/5m")
    his = Pages()
    his.sign_in()
    his.post("/sign-out/")
    for _ in range(3):
        Caller().post("auth/login/", {"username": "bob", "password": "a guess"})
    assert Pages().sign_in().status_code == 429
    assert his.sign_in().request["PATH_INFO"] == "/rooms/"


def test_the_browser_that_knows_it_is_held_up_too_when_it_guesses(
    bob: User, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_DEVICE", "3/5m")
    his = Pages()
    his.sign_in()
    his.post("/sign-out/")
    for _ in range(3):
        his.sign_in("a guess")
    assert his.sign_in().status_code == 429
    assert Pages().sign_in().request["PATH_INFO"] == "/rooms/"


def test_a_device_that_knows_one_account_is_a_stranger_to_another(
    bob: User, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "2/5m")
    his = Pages()
    his.sign_in()
    his.post("/sign-out/")
    for _ in range(2):
        his.sign_in("a guess", login="carol")
    assert his.sign_in(CAROL.password, login="carol").status_code == 429


def test_too_many_tries_are_said_with_the_time_to_wait(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "FAILURES_PER_ACCOUNT", "1/5m")
    pages = Pages()
    assert pages.sign_in("wrong").status_code == 200
    answer = pages.sign_in()
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert re.search(r"Wait \d minutes?, then try again", answer.content.decode())


@pytest.mark.parametrize(
    "way", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:evil"]
)
def test_nobody_is_led_to_another_site(bob: User, way: str) -> None:
    pages = Pages()
    answer = pages.client.post("/sign-in/", {"login": "bob", "password": BOB.password, "next": way})
    assert answer.headers["Location"] == "/rooms/"


# --- signing up ---

FORM = {"display_name": "Dora Diver", "username": "dora", "email": "Dora@Example.org", "password1": NEW}


def test_by_default_nobody_signs_up_uninvited(bob: User) -> None:
    answer = Pages().post("/sign-up/", **FORM)
    assert "by invitation" in answer.content.decode()
    assert not User.objects.filter(username="dora").exists()
    assert "Make one" not in Pages().get("/sign-in/").content.decode()


@pytest.fixture
def open_site(settings: Any, carol: User) -> None:
    settings.SIGN_UP = "open"


def test_where_sign_up_is_open_dora_makes_an_account_and_is_in(open_site: None) -> None:
    assert "Make one" in Pages().get("/sign-in/").content.decode()
    pages = Pages()
    assert pages.post("/sign-up/", **FORM).request["PATH_INFO"] == "/rooms/"
    dora = User.objects.get(username="dora")
    assert (dora.display_name, dora.email, dora.kind) == ("Dora Diver", "dora@example.org", "person")
    assert not dora.is_staff
    assert dora.password.startswith("argon2")
    entry = Entry.objects.get(action="user.signed_up")
    assert (entry.by_id, entry.user_id, entry.door) == (dora.id, dora.id, "page")
    assert [message.to for message in mail.outbox] == [["dora@example.org"]]


def test_the_link_in_the_mail_confirms_the_address_once(open_site: None) -> None:
    pages = Pages()
    pages.post("/sign-up/", **FORM)
    link = link_in(mail.outbox[0])
    assert "dora@example.org" in pages.get(link).content.decode()
    assert not EmailAddress.objects.get().verified
    pages.post(link)
    assert EmailAddress.objects.get().verified
    assert "no longer works" in pages.get(link).content.decode()


def test_where_it_is_mandatory_nobody_comes_in_unconfirmed(open_site: None, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    pages = Pages()
    assert pages.post("/sign-up/", **FORM).request["PATH_INFO"] == "/account/email/sent/"
    login = {"username": "dora", "password": NEW}
    assert pages.sign_in(NEW, "dora").request["PATH_INFO"] == "/account/email/sent/"
    assert Caller().post("auth/login/", login).status == 401
    pages.post(link_in(mail.outbox[0]))
    assert Caller().post("auth/login/", login).status == 200


def test_where_it_is_mandatory_people_made_without_an_address_come_in(bob: User, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert Pages().sign_in().request["PATH_INFO"] == "/rooms/"
    assert Caller().post("auth/login/", {"username": "bob", "password": BOB.password}).status == 200


def test_signing_up_does_not_tell_whose_addresses_are_known(open_site: None, reachable: User) -> None:
    known, unknown = Pages(), Pages()
    first = known.post("/sign-up/", **{**FORM, "email": reachable.email})
    second = unknown.post("/sign-up/", **{**FORM, "username": "dorothy", "email": "new@example.org"})
    assert first.request["PATH_INFO"] == second.request["PATH_INFO"]
    assert not EmailAddress.objects.filter(user__username="dora", verified=True).exists()


def test_before_the_first_administrator_nobody_signs_up(db: None, settings: Any) -> None:
    settings.SIGN_UP = "open"
    Pages().post("/sign-up/", **FORM)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "dörа",
        "ｄora",
        "do ra",
        "dora\u200b",
        "\u202edora",
        "do\x00ra",
        ".dora",
        "dora-",
        "d" * 65,
        "аlice",
        "do@ra",
    ],
)
def test_a_username_that_could_be_taken_for_another_is_refused(open_site: None, name: str) -> None:
    answer = Pages().post("/sign-up/", **{**FORM, "username": name})
    assert answer.context["form"].errors["username"]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "dora", "dora@", "@example.org", "do ra@example.org", '"do ra"@example.org', "dora@[127.0.0.1]",
        "dora@exa\u0000mple.org", "dora@example.org\nBcc: all@example.org", "dör@example.org",
        "dora@exämple.org", "x" * 250 + "@example.org", "dora@example..org", "a@b@example.org",
    ],
)  # fmt: skip
def test_an_odd_address_is_refused_with_a_word(open_site: None, address: str) -> None:
    answer = Pages().post("/sign-up/", **{**FORM, "email": address})
    assert answer.context["form"].errors["email"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "123456789012", "password1234", "doradiver@example"])
def test_a_password_that_is_easily_guessed_is_refused(open_site: None, password: str) -> None:
    form = {**FORM, "email": "doradiver@example.org", "password1": password}
    assert Pages().post("/sign-up/", **form).context["form"].errors["password1"]


# --- a forgotten password ---


def test_bob_chooses_a_new_password_by_mail(reachable: User, django_capture_on_commit_callbacks: Any) -> None:
    old = Pages()
    old.sign_in()
    pages = Pages()
    pages.post("/forgotten/", email="BOB@example.org")
    link = link_in(mail.outbox[0])
    form = pages.get(link)
    assert link not in form.content.decode()  # the key is not on the page, nor in what it refers to
    assert pages.post(form.request["PATH_INFO"], password1=NEW).request["PATH_INFO"] == "/forgotten/done/"
    assert old.get("/rooms/").request["PATH_INFO"] == "/sign-in/"
    assert Pages().sign_in(NEW).request["PATH_INFO"] == "/rooms/"
    assert "no longer works" in Pages().get(link).content.decode()


def test_asking_for_a_new_password_does_not_tell_who_exists(reachable: User) -> None:
    known = Pages().post("/forgotten/", email=reachable.email)
    unknown = Pages().post("/forgotten/", email="nobody@example.org")
    assert without_csrf_token(known.content) == without_csrf_token(unknown.content)
    assert [message.to for message in mail.outbox] == [[reachable.email], ["nobody@example.org"]]
    assert "no account" in mail.outbox[1].body


def test_the_link_never_leads_to_the_host_that_a_request_named(reachable: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Pages().client.post("/forgotten/", {"email": reachable.email}, headers={"Host": "evil.example"})
    assert "evil.example" not in mail.outbox[0].body
    assert link_in(mail.outbox[0])


@pytest.mark.parametrize(
    "link", ["/forgotten/nobody-x/", "/forgotten/abc-def-ghi/", "/account/email/nonsense:1:2/"]
)
def test_made_up_links_say_that_they_do_not_work(db: None, link: str) -> None:
    answer = Pages().get(link)
    assert answer.status_code == 200
    assert "no longer works" in answer.content.decode()


def test_mails_are_not_sent_without_end(reachable: User) -> None:
    answers = [Pages().post("/forgotten/", email=reachable.email).status_code for _ in range(7)]
    assert answers[-1] == 429
    assert len(mail.outbox) < 7


# --- one's own account ---

OWN_PAGES = ("/account/email/", "/account/password/", "/account/two-step/", "/account/sessions/")


@pytest.mark.parametrize("page", OWN_PAGES)
def test_ones_own_pages_are_for_who_is_signed_in(bob: User, page: str) -> None:
    assert Pages().get(page).request["PATH_INFO"] == "/sign-in/"
    pages = Pages()
    pages.sign_in()
    assert pages.get(page).request["PATH_INFO"] == page


@pytest.mark.parametrize("page", ["/sign-in/", "/sign-up/", "/forgotten/", *OWN_PAGES])
def test_no_page_needs_more_than_the_policy_gives(bob: User, page: str) -> None:
    pages = Pages()
    if page in OWN_PAGES:
        pages.sign_in()
    answer = pages.get(page)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    text = answer.content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", text)
    inline = re.findall(r"<script(?![^>]*\ssrc=)([^>]*)>", text)
    assert all(re.search(r"application/json|importmap.* nonce=", attributes) for attributes in inline)


@pytest.mark.parametrize("page", ["/sign-in/", "/sign-up/", "/forgotten/", "/sign-out/", *OWN_PAGES])
def test_every_form_wants_its_csrf_token(bob: User, page: str) -> None:
    person = browser(bob)
    assert person.client.post(page, {"login": "bob", "password": BOB.password}).status_code == 403


def test_a_new_password_keeps_this_session_and_ends_the_others(reachable: User) -> None:
    here, there = Pages(), Pages()
    here.sign_in()
    there.sign_in()
    wrong = here.post("/account/password/", oldpassword="wrong", password1=NEW)
    assert "That is not your password." in wrong.content.decode()
    here.post("/account/password/", oldpassword=BOB.password, password1=NEW)
    assert here.get("/rooms/").request["PATH_INFO"] == "/rooms/"
    assert there.get("/rooms/").request["PATH_INFO"] == "/sign-in/"
    assert "Password" in mail.outbox[0].subject


def test_the_list_names_the_browsers_and_ends_one_of_them(bob: User) -> None:
    here, there = Pages(), Pages()
    here.sign_in()
    there.client.defaults["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    there.sign_in()
    listed = here.get("/account/sessions/").content.decode()
    assert "Firefox on Linux" in listed
    assert "This one" in listed
    other = Session.objects.get(device__contains="Firefox")
    here.post(f"/account/sessions/{other.pk}/end/")
    assert there.get("/rooms/").request["PATH_INFO"] == "/sign-in/"
    assert here.get("/rooms/").request["PATH_INFO"] == "/rooms/"


def test_nobody_ends_anothers_session_in_the_page(bob: User, mallory: User) -> None:
    his, hers = Pages(), Pages()
    his.sign_in()
    hers.client.force_login(mallory)
    name = Session.objects.get(user=bob).pk
    assert hers.post(f"/account/sessions/{name}/end/").status_code == 404
    hers.post("/account/sessions/end-others/")
    assert his.get("/rooms/").request["PATH_INFO"] == "/rooms/"


def test_an_address_is_added_confirmed_and_removed(reachable: User) -> None:
    pages = Pages()
    pages.sign_in()
    pages.post("/account/email/", action_add="", email="second@example.org")
    assert not EmailAddress.objects.get(email="second@example.org").verified
    pages.post(link_in(mail.outbox[-1]))
    assert EmailAddress.objects.get(email="second@example.org").verified
    pages.post("/account/email/", action_primary="", email="second@example.org")
    reachable.refresh_from_db()
    assert reachable.email == "second@example.org"
    pages.post("/account/email/", action_remove="", email="bob@example.org")
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["second@example.org"]


def test_signing_in_and_out_leaves_no_message_for_a_later_page(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    assert 'class="notice' not in pages.get("/account/sessions/").content.decode()
