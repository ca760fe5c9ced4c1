"""Searching messages through the page."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_access import PHONE, axe, check  # noqa: F401 (a fixture)
from tests.support.deployments import Deployment
from tests.support.rest import Person

SEARCH = "Search messages"


def look(page: Page, name: str) -> None:
    """Keep a picture, when one is wanted."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_search_opens_the_message_in_its_place(
    visit: Visit,
    site: Deployment,
    alice: Person,
    bob: Person,
    room: str,
    axe: str,  # noqa: F811
) -> None:
    with site.rest(bob) as rest:
        other = rest.create_room("Pier", "private")
        rest.send(other, "A heron at the pier")
        event, _ = rest.send(room, "The **heron** was seen at https://example.com/pond")
        wanted = event["seq"]
        for number in range(70):
            rest.send(room, f"Later word {number}")
    hers = visit(alice).open(room)
    page = hers.page
    page.get_by_role("button", name=re.compile("^Latest")).click()
    expect(page.locator(".msg").last).to_be_in_viewport()
    page.keyboard.press("Control+Shift+F")
    dialog = page.get_by_role("dialog", name=SEARCH)
    field = dialog.get_by_role("searchbox", name=SEARCH)
    expect(field).to_be_focused()
    check(hers, axe)
    field.fill("hero")
    hits = dialog.get_by_role("link")
    expect(hits).to_have_count(1)  # Bob's other room is not hers
    expect(hits).to_contain_text("Bob Baker")
    expect(hits.locator("mark")).to_have_text("heron")
    check(hers, axe)
    look(page, "search-found")

    dialog.get_by_role("button", name="With a link").click()
    expect(field).to_have_value("hero has:link")
    expect(field).to_be_focused()
    expect(dialog.get_by_role("button", name="Without the filter: With a link")).to_be_visible()
    expect(dialog.get_by_role("button", name="With a link", exact=True)).to_have_count(0)
    expect(hits).to_have_count(1)
    field.press_sequentially(" from:bo")
    dialog.get_by_role("button", name="Bob Baker").click()
    expect(field).to_have_value("hero has:link from:bob ")
    expect(hits).to_have_count(1)
    field.press("ArrowDown")
    expect(hits).to_be_focused()
    page.keyboard.press("Enter")

    expect(dialog).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/rooms/{room}/{wanted}/$"))
    row = page.locator(f'.msg[data-seq="{wanted}"]')
    expect(row).to_be_in_viewport()
    expect(row).to_have_class(re.compile("msg--target"))
    look(page, "search-opened")
    page.get_by_role("button", name="Back to where you were").click()
    expect(page.locator(".msg").last).to_be_in_viewport()

    page.get_by_role("button", name="Search in this room").click()
    expect(dialog.get_by_role("button", name=re.compile("^Search in all rooms"))).to_be_visible()
    field.fill("a word that nobody said")
    expect(dialog.get_by_text("No message matches. Try fewer words.")).to_be_visible()
    check(hers, axe)
    look(page, "search-nothing")
    field.fill('heron from:"nobody" has:file')
    expect(dialog.get_by_text("No message matches. Try fewer words.")).to_be_visible()
    dialog.get_by_role("button", name="Without the filter: From nobody").click()
    expect(field).to_have_value("heron has:file")
    dialog.get_by_role("button", name="Without the filter: With a file").click()
    expect(field).to_have_value("heron")
    expect(hits).to_have_count(1)
    field.fill("before:soon")
    field.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("complete the filter")
    hers.complaints = [one for one in hers.complaints if "400 (Bad Request)" not in one]
    hers.offline()
    field.fill("heron")
    expect(dialog.get_by_role("alert")).to_contain_text("The server cannot be reached")
    hers.offline(False)
    field.press("Enter")
    expect(hits).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_switcher_hands_what_is_typed_to_the_search_on_a_phone_too(
    visit: Visit,
    site: Deployment,
    bob: Person,
    room: str,
    axe: str,  # noqa: F811
) -> None:
    with site.rest(bob) as rest:
        for number in range(25):
            rest.send(room, f"Tide table {number}")
    his = visit(bob, **PHONE, color_scheme="dark")
    page = his.page
    page.goto("/rooms/")
    page.get_by_role("button", name="Jump to").click()
    switch = page.get_by_role("combobox")
    switch.fill("tide tab")
    look(page, "switcher-phone")
    switch.press("Control+Enter")
    dialog = page.get_by_role("dialog", name=SEARCH)
    hits = dialog.get_by_role("link")
    expect(hits).to_have_count(20)
    check(his, axe)
    look(page, "search-phone")
    dialog.get_by_role("button", name="Show older ones").click()
    expect(hits).to_have_count(25)
    hits.last.click()
    expect(page.get_by_text("Tide table 0", exact=True)).to_be_in_viewport()
