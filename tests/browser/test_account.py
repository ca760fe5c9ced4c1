"""One's own account in a real browser: the second factor, passkeys, a forgotten password, sessions."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.people import ADMIN
from tests.support.processes import new_folder, wait_until
from tests.support.rest import Person
from tests.support.second_factor import code_of
from tests.support.servers import Server
from tests.support.sites import GENEROUS, manage

NEW = "a short sentence will do"


@pytest.fixture
def dora(site: Deployment) -> Person:
    """Somebody whose account only this test changes."""
    return site.newcomer()


def sign_in(page: Page, person: Person, password: str = "") -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username or email").fill(person.username)
    page.get_by_label("Password", exact=True).fill(password or person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page, person: Person) -> None:
    """Say the password again where it is asked for."""
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(person.password)
    page.get_by_role("button", name="Go on").click()


def test_dora_turns_on_the_app_and_signs_in_with_its_code(visit: Visit, dora: Person) -> None:
    hers = visit().page
    sign_in(hers, dora)
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/two-step/")
    hers.get_by_role("link", name="Turn on").click()
    confirm(hers, dora)
    picture = hers.get_by_alt_text("QR code of the secret below")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    secret = hers.locator("#totp-secret").inner_text()
    hers.get_by_label("Authenticator code").fill(code_of(secret))
    hers.get_by_role("button", name="Turn on").click()
    codes = hers.locator(".codes li").all_inner_texts()
    assert len(codes) == 10

    other = visit().page
    sign_in(other, dora)
    expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    other.get_by_label("Code").fill("000000")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.locator(".problem").first).to_have_text("The code is not right, or was used before.")
    other.get_by_label("Code").fill(codes[0])
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other).to_have_url(re.compile("/rooms/"))


@pytest.fixture
def with_a_key(browser: Browser, site: Deployment) -> Iterator[Visitor]:
    """A browser at the public address, with an authenticator that says yes."""
    visitor = Visitor(browser, site.server.url.replace("127.0.0.1", "localhost"))
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield visitor
    visitor.leave()


def test_dora_makes_a_passkey_and_needs_no_password(with_a_key: Visitor, dora: Person) -> None:
    hers = with_a_key.page
    sign_in(hers, dora)
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/two-step/")
    hers.get_by_role("link", name="Add a passkey").click()
    confirm(hers, dora)
    hers.get_by_label("Name").fill("My laptop")
    hers.get_by_role("button", name="Add the passkey").click()
    expect(hers.locator(".codes li")).to_have_count(10)
    hers.goto("/account/two-step/webauthn/")
    expect(hers.get_by_text("My laptop")).to_be_visible()

    with_a_key.context.clear_cookies()
    hers.goto("/sign-in/")
    hers.get_by_role("button", name="Use a passkey").click()
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/sessions/")
    expect(hers.locator(".account__who")).to_contain_text(dora.username)


def test_a_passkey_is_the_second_factor_of_a_password_too(with_a_key: Visitor, dora: Person) -> None:
    hers = with_a_key.page
    sign_in(hers, dora)
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/two-step/webauthn/add/")
    confirm(hers, dora)
    hers.get_by_role("button", name="Add the passkey").click()
    expect(hers.locator(".codes li")).to_have_count(10)
    with_a_key.context.clear_cookies()
    sign_in(hers, dora)
    expect(hers.get_by_role("heading", name="One more step")).to_be_visible()
    hers.get_by_role("button", name="Use a passkey").click()
    expect(hers).to_have_url(re.compile("/rooms/"))


def test_dora_who_forgot_her_password_chooses_a_new_one_by_mail(
    visit: Visit, dora: Person, site: Deployment
) -> None:
    address = f"{dora.username}@example.org"
    hers = visit().page
    sign_in(hers, dora)
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/email/")
    hers.get_by_label("Email").fill(address)
    hers.get_by_role("button", name="Add the address").click()
    expect(hers.get_by_text(address, exact=True)).to_be_visible()

    other = visit().page
    other.goto("/sign-in/")
    other.get_by_role("link", name="Forgotten it?").click()
    other.get_by_label("Email").fill(address)
    other.get_by_role("button", name="Send the link").click()
    expect(other.get_by_role("heading", name="Look into your mail")).to_be_visible()
    other.goto(_link(site, address))
    other.get_by_label("New password").fill(NEW)
    other.get_by_role("button", name="Keep this password").click()
    expect(other.get_by_role("heading", name="The new password is kept")).to_be_visible()
    sign_in(other, dora, NEW)
    expect(other).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/sessions/")
    expect(hers).to_have_url(re.compile("/sign-in/"))


def _link(site: Deployment, address: str) -> str:
    """Where the mail that the server printed leads to."""
    found: list[Any] = []

    def sent() -> bool:
        log = site.server.log_text()
        found[:] = re.findall(rf"To: {re.escape(address)}.*?https?://[^/\s]+(/forgotten/\S+)", log, re.DOTALL)
        return bool(found)

    wait_until(sent, what="the mail is printed", timeout=20)
    return str(found[-1])


def test_ending_the_other_sessions_closes_their_pages_at_once(
    visit: Visit, alice: Person, bob: Person, site: Deployment
) -> None:
    dora = site.newcomer()
    room = site.open_room(alice, [dora])
    there = visit(dora).open(room)
    here = visit().page
    sign_in(here, dora)
    expect(here).to_have_url(re.compile("/rooms/"))
    here.goto("/account/sessions/")
    expect(here.locator(".line-item")).to_have_count(2)
    here.get_by_role("button", name="End all others").click()
    expect(here.locator(".line-item")).to_have_count(1)
    there.expect_line("Signed out. Sign in")
    there.complaints.clear()


@pytest.fixture
def empty_site() -> Iterator[Server]:
    """A server where nobody is yet."""
    folder = new_folder("empty")
    env = {"DATA_DIR": str(folder), **GENEROUS}
    manage("bootstrap", "--no-static", "--no-administrator", env=env)
    server = Server(env, name="empty")
    server.start()
    yield server
    server.close()
    shutil.rmtree(folder)


def test_the_first_visitor_opens_the_place_with_the_code_from_the_log(
    browser: Browser, empty_site: Server
) -> None:
    first = Visitor(browser, empty_site.url)
    first.page.goto("/")
    expect(first.page).to_have_url(re.compile("/first-run/$"))
    (code,) = re.findall(r"code for /first-run/ is (\S+) ", empty_site.log_text())
    first.page.get_by_label("Code from the server's log").fill(code)
    first.page.get_by_label("Your name").fill("Mira Sato")
    first.page.get_by_label("Username").fill("mira")
    first.page.get_by_label("Password", exact=True).fill(NEW)
    first.page.get_by_role("button", name="Open the place").click()
    expect(first.page).to_have_url(re.compile("/rooms/[a-z0-9]{16}/"))
    first.settled()
    first.write("Welcome")
    first.expect_sent()
    first.leave()


def test_emil_signs_up_by_the_link_that_an_administrator_makes(visit: Visit, site: Deployment) -> None:
    office = visit().page
    office.goto("/sign-in/?next=/account/invitations/")
    office.get_by_label("Username or email").fill(ADMIN.username)
    office.get_by_label("Password", exact=True).fill(ADMIN.password)
    office.get_by_role("button", name="Sign in", exact=True).click()
    office.get_by_role("button", name="Make a link").click()
    link = office.locator("#new-link").inner_text()

    his = visit().page
    his.goto(link)
    expect(his.get_by_role("heading")).to_have_text(re.compile("invites you to Parley"))
    his.get_by_role("link", name="Make an account").click()
    his.get_by_label("Your name").fill("Emil Ember")
    his.get_by_label("Username").fill(f"emil{site.server.pid}")
    his.get_by_label("Password", exact=True).fill(NEW)
    his.get_by_role("button", name="Make the account").click()
    expect(his).to_have_url(re.compile("/rooms/"))
    expect(his.locator(".me__name")).to_contain_text("Emil Ember")
    late = visit()
    late.page.goto(link)
    expect(late.page.get_by_role("heading")).to_have_text("This invitation no longer works")
    late.complaints.clear()  # the browser logs the 404
