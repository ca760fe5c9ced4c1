"""What a room keeps at hand, and what names everyone in it: by two people, wide and on a phone."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_access import PHONE, axe, check
from tests.browser.test_messages import menu, row
from tests.support.deployments import Deployment
from tests.support.people import crowd
from tests.support.rest import Person

__all__ = ["axe"]  # a fixture


def test_a_message_is_pinned_seen_jumped_to_and_unpinned(
    visit: Visit, axe: str, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob, **PHONE).open(room)
    hers.write("The door code is 4711")
    menu(hers, "The door code is 4711", "Pin")
    mark = ".msg__pinned"
    expect(row(hers, "The door code is 4711").locator(mark)).to_have_text("Pinned")
    expect(hers.page.get_by_text("You pinned a message")).to_be_visible()
    expect(his.page.get_by_text("Alice Archer pinned a message")).to_be_visible()
    hers.write(*(f"Line {n}" for n in range(25)))
    his.page.reload()  # the room tells what is pinned
    his.settled()
    his.page.locator("#details-toggle").click()
    pinned = his.page.get_by_role("complementary", name="Room details").locator(".pinned")
    expect(pinned).to_contain_text("The door code is 4711")
    expect(pinned.get_by_role("button", name="Unpin")).to_have_count(0)  # he is a member
    check(his, axe)
    pinned.get_by_role("button").click()
    expect(row(his, "The door code is 4711").locator(mark)).to_be_visible()

    hers.page.locator("#details-toggle").click()
    check(hers, axe)
    if look := os.environ.get("LOOK"):
        hers.page.screenshot(path=Path(look) / "pins-wide.png")
        his.page.screenshot(path=Path(look) / "pins-phone.png")
    hers.page.get_by_role("button", name="Unpin the message of Alice Archer").click()
    expect(hers.page.locator(".pinned")).to_have_count(0)
    expect(his.page.locator(mark)).to_have_count(0)


def test_everyone_is_offered_to_those_who_may_and_marked(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    his.field.press_sequentially("@every")
    expect(his.page.get_by_role("option")).to_have_count(0)
    his.field.fill("")
    his.write("@everyone: plain")
    expect(row(hers, "@everyone: plain").locator(".mention")).to_have_count(0)

    hers.field.press_sequentially("@every")
    expect(hers.page.get_by_role("option", name="Everyone in this room")).to_contain_text("tells 1 person")
    hers.field.press("Enter")
    hers.field.press_sequentially("tea")
    if look := os.environ.get("LOOK"):
        hers.page.screenshot(path=Path(look) / "everyone-wide.png")
    hers.field.press("Enter")
    named = row(his, "@everyone tea")
    expect(named.locator(".mention")).to_have_text("@everyone")
    expect(named).to_have_class("msg msg--first msg--for-me")
    if look:
        his.page.screenshot(path=Path(look) / "everyone-told.png")


def test_naming_everyone_in_a_room_of_many_is_asked_about_once(
    visit: Visit, site: Deployment, alice: Person
) -> None:
    room = site.open_room(alice, [site.person(role) for role in crowd(21)], name="everybody")
    hers = visit(alice).open(room)
    expect(hers.page.get_by_role("button", name="22 people")).to_be_visible()
    hers.field.fill("@everyone tea")
    hers.field.press("Enter")
    asked = hers.page.get_by_role("dialog", name="Tell 21 people?")
    asked.get_by_role("button", name="Cancel").click()
    expect(hers.field).to_have_value("@everyone tea")
    hers.field.press("Enter")
    asked.get_by_role("button", name="Send").click()
    hers.expect_texts(["@everyone tea"])
