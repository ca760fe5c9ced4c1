"""Signing in and out."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.deployments import Deployment
from tests.support.people import ALICE
from tests.support.rest import Person


def test_alice_signs_in_and_lands_where_she_was_going(visit: Visit, alice: Person, room: str) -> None:
    hers = visit()
    hers.page.goto(f"/rooms/{room}/")
    expect(hers.page).to_have_url(re.compile(r"/sign-in/\?next="))
    hers.page.get_by_label("Username").fill(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill(ALICE.password)
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page).to_have_url(re.compile(f"/rooms/{room}/$"))
    hers.settled()


def test_a_wrong_password_is_said_in_place_and_keeps_the_way(visit: Visit, alice: Person, room: str) -> None:
    hers = visit()
    hers.page.goto(f"/sign-in/?next=/rooms/{room}/")
    hers.page.get_by_label("Username").fill(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill("wrong")
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page.get_by_role("alert")).to_have_text("The username or the password is not right.")
    expect(hers.page.get_by_label("Username")).to_have_value(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill(ALICE.password)
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page).to_have_url(re.compile(f"/rooms/{room}/$"))


def test_the_password_can_be_shown(visit: Visit) -> None:
    hers = visit()
    hers.page.goto("/sign-in/")
    field = hers.page.locator("#id_password")
    hers.page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    hers.page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "password")


def test_one_signs_in_without_javascript(visit: Visit, alice: Person) -> None:
    hers = visit(java_script_enabled=False)
    hers.page.goto("/sign-in/")
    hers.page.get_by_label("Username").fill(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill(ALICE.password)
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page).to_have_url(re.compile("/rooms/$"))
    expect(hers.page.locator("noscript p")).to_have_text(re.compile("^This page needs JavaScript"))


def test_nobody_is_sent_to_another_site_after_signing_in(visit: Visit, alice: Person) -> None:
    hers = visit()
    hers.page.goto("/sign-in/?next=https://evil.example/")
    hers.page.get_by_label("Username").fill(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill(ALICE.password)
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/rooms/"))


def test_after_ten_wrong_tries_an_account_rests(visit: Visit, site: Deployment) -> None:
    stranger = site.newcomer()
    hers = visit()
    hers.page.goto("/sign-in/")
    for _ in range(11):
        hers.page.get_by_label("Username").fill(stranger.username)
        hers.page.get_by_label("Password", exact=True).fill("wrong")
        hers.page.get_by_role("button", name="Sign in").click()
        expect(hers.page.get_by_role("alert")).to_be_visible()
    expect(hers.page.get_by_role("alert")).to_have_text(
        re.compile(r"Too many tries went wrong\. Wait \d minutes?, then")
    )
    hers.complaints.clear()  # the browser logs the 429


def test_signing_out_ends_the_session_and_the_other_tab_says_so(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    tab = hers.new_page()
    tab.goto(f"/rooms/{room}/")
    tab.get_by_role("button", name="Settings and sign out").click()
    tab.get_by_role("button", name="Sign out", exact=True).click()
    expect(tab).to_have_url(re.compile("/sign-in/"))
    hers.expect_line("Signed out. Sign in")
    link = hers.page.locator("#line a")
    expect(link).to_have_attribute("href", re.compile(f"/sign-in/\\?next=.*{room}"))
    hers.field.fill("Still here after signing in")
    hers.page.wait_for_timeout(400)
    link.click()
    hers.page.get_by_label("Username").fill(ALICE.username)
    hers.page.get_by_label("Password", exact=True).fill(ALICE.password)
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.field).to_have_value("Still here after signing in")
    hers.complaints.clear()


def test_a_missing_page_looks_like_the_product(visit: Visit) -> None:
    hers = visit()
    answer = hers.page.goto("/no-such-page/")
    assert answer is not None
    assert answer.status == 404
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    hers.complaints.clear()
