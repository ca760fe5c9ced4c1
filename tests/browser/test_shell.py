"""The frame around the conversation: favourites, muted rooms, the switcher, keys, announcements, new versions."""

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.people import ADMIN, ALICE
from tests.support.processes import new_folder
from tests.support.rest import Person, Rest, token_of
from tests.support.templates import collected_pages


def row(visitor: Visitor, room: str) -> Locator:
    """The room's row in the pane."""
    return visitor.page.locator(f'.rm[href="/rooms/{room}/"]')


def test_favourites_and_muted_rooms_follow_to_another_device(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(alice) as rest:
        quiet = rest.create_room("quiet-corner", "public")
        rest.add_member(quiet, bob.id)
    his = visit(bob).open(quiet)
    his.page.get_by_role("button", name="Room details").click()
    panel = his.page.get_by_role("complementary", name="Room details")
    panel.get_by_role("button", name="Mute").click()
    expect(panel.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    row(his, room).click()
    his.settled()
    panel.get_by_role("button", name="Favourite").click()
    expect(his.page.get_by_role("heading", name="Favourites")).to_be_visible()

    elsewhere = visit(bob).open(room)
    heading = elsewhere.page.locator(".sec", has=elsewhere.page.get_by_role("heading", name="Favourites"))
    favourites = heading.locator("+ ul")
    expect(favourites.locator(".rm")).to_have_attribute("href", f"/rooms/{room}/")
    expect(row(elsewhere, quiet)).to_have_class(re.compile("is-muted"))
    heads = elsewhere.page.locator(".sec__fold")
    elsewhere.page.get_by_role("button", name="Direct", exact=True).press("Shift+ArrowUp")
    expect(heads).to_have_text(["Favourites", "Direct", "Rooms"])
    expect(elsewhere.page.locator('.sr[aria-live="polite"]').last).to_have_text("Direct: 2 of 3")
    grip, goal = heads.first.bounding_box(), heads.nth(1).bounding_box()
    assert grip
    assert goal
    elsewhere.page.mouse.move(grip["x"] + 4, grip["y"] + 4)
    elsewhere.page.mouse.down()
    elsewhere.page.mouse.move(goal["x"] + 4, goal["y"] + 12, steps=4)
    expect(heads).to_have_text(["Direct", "Favourites", "Rooms"])
    elsewhere.page.mouse.up()
    expect(heads.nth(1)).to_have_attribute("aria-expanded", "true")  # moving it did not fold it
    elsewhere.open(room)
    expect(heads).to_have_text(["Direct", "Favourites", "Rooms"])
    with site.rest(alice) as rest:
        rest.send(quiet, "Nothing of note")
        rest.send(room, "Read me")
        rest.send(quiet, "@bob this is for you")
    expect(row(elsewhere, quiet).locator(".badge")).to_contain_text("1 message names you")
    expect(row(elsewhere, quiet).locator(".count")).to_have_count(0)


def test_the_switcher_goes_to_rooms_people_actions_and_rooms_to_join(
    visit: Visit, site: Deployment, alice: Person, bob: Person, mallory: Person, room: str
) -> None:
    with site.rest(mallory) as rest:
        rest.create_room("zebra-crossing", "public")
    hers = visit(alice).open(room)
    page = hers.page
    hers.page.get_by_role("button", name="Room details").focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    field.fill("zebra")
    expect(page.get_by_role("option")).to_contain_text(["You are not in this room", "Search messages"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Room details")).to_be_focused()

    page.keyboard.press("Control+k")
    field.fill("mallory")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mallory Mason")
    hers.settled()
    page.get_by_role("button", name="Jump to").click()
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    field.fill("theme: da")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Control+k")
    field.fill("zebra")
    page.get_by_role("option", name="zebra-crossing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("zebra-crossing")
    hers.settled()
    field_is_next = page.locator("#write")
    expect(field_is_next).to_be_focused()


def test_the_sheet_of_keys_opens_where_nobody_writes_and_focus_returns(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    hers.field.press("?")
    expect(hers.field).to_have_value("?")
    hers.field.fill("")
    hers.page.keyboard.press("Shift+Tab")
    hers.page.keyboard.press("?")
    sheet = hers.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Mark this room as read")
    hers.page.keyboard.press("Escape")
    # The browser closes it a moment before the page takes it away.
    expect(hers.page.locator("dialog")).to_have_count(0)
    hers.page.keyboard.press("Control+/")
    expect(sheet).to_be_visible()


def test_shift_escape_reads_the_room_and_escape_does_not(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        for number in range(60):
            rest.send(room, f"Line {number}\n\nand more of it")
    hers = visit(alice).open(room)
    hers.page.keyboard.press("Escape")
    expect(row(hers, room).locator(".count")).to_be_visible()
    hers.page.keyboard.press("Shift+Escape")
    expect(row(hers, room).locator(".count")).to_have_count(0)
    hers.page.get_by_role("button", name="Undo").click()
    expect(row(hers, room).locator(".count")).to_be_visible()


@pytest.mark.parametrize("level", ["info", "warning"])
def test_an_announcement_is_shown_spoken_once_and_can_be_dismissed(
    visit: Visit, site: Deployment, alice: Person, room: str, level: str
) -> None:
    hers = visit(alice).open(room)
    text = f"We update tonight <b>{level}</b>"
    token = token_of(site.server.url, ADMIN.username, ADMIN.password)
    with Rest(site.server.url, token=token) as rest:
        rest.call("POST", "site/announcements/", {"text": text, "level": level, "minutes": 1})
    shown = hers.page.locator(".announced")
    expect(shown).to_have_text(text)
    expect(shown).to_have_attribute("data-level", level)
    expect(hers.page.locator('.sr[aria-live="polite"]').last).to_have_text(text)
    shown.get_by_role("button", name="Dismiss").click()
    expect(shown).to_have_count(0)
    expect(hers.field).to_be_focused()


def newer_pages() -> Path:
    """The page's files as those of another version."""
    folder = new_folder("newer") / "static"
    shutil.copytree(collected_pages(), folder)
    manifest = folder / "staticfiles.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**told, "hash": "newer"}), encoding="utf-8")
    return folder


def test_a_new_version_is_offered_after_a_deployment_and_never_taken_unasked(
    visit_own: Visit, own_site: Deployment
) -> None:
    alice = own_site.person(ALICE)
    hers = visit_own(alice, service_workers="allow").open(own_site.open_room(alice))
    version = "() => JSON.parse(document.getElementById('boot').textContent).version"
    before = hers.page.evaluate(version)
    hers.page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=30_000)
    worker = hers.page.evaluate_handle("navigator.serviceWorker.controller")
    hers.field.fill("half a sentence")
    own_site.server.deploy_away()
    own_site.server.env["STATIC_ROOT"] = str(newer_pages())
    own_site.server.start()
    hers.expect_line("A new version is ready. Reload", timeout=40_000)
    # Another worker answers by now, and the page is the one that it was.
    hers.page.wait_for_function("before => navigator.serviceWorker.controller !== before", arg=worker)
    assert hers.page.evaluate("caches.has('files-newer')")
    assert hers.page.evaluate(version) == before != "newer"
    expect(hers.field).to_have_value("half a sentence")
    hers.page.locator("#line").get_by_role("button", name="Reload").click()
    hers.settled()
    assert hers.page.evaluate(version) == "newer"
    expect(hers.field).to_have_value("half a sentence")


def test_megabytes_pasted_are_refused_with_the_limit_and_the_draft_stays(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    hers.field.fill("Look at this: ")
    hers.field.evaluate("""field => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "x".repeat(3_000_000));
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));
    }""")
    expect(hers.page.locator("#note")).to_have_text("What you pasted is too long: at most 16,384 bytes.")
    expect(hers.field).to_have_value("Look at this: ")
