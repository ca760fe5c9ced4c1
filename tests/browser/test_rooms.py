"""Rooms and people, through the page."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.deployments import Deployment
from tests.support.rest import Person


def test_alice_opens_a_room_and_bob_finds_and_joins_it(visit: Visit, alice: Person, bob: Person) -> None:
    hers = visit(alice)
    hers.page.goto("/rooms/")
    hers.page.get_by_role("button", name="New room").first.click()
    dialog = hers.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Open the room").click()
    expect(dialog.get_by_text("Write a name.")).to_be_visible()
    dialog.get_by_label("Name", exact=True).fill("garden")
    dialog.get_by_label("Topic").fill("Where things grow")
    dialog.get_by_role("button", name="Open the room").click()
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("garden")
    expect(hers.page.get_by_text("This room is new")).to_be_visible()
    hers.settled()

    his = visit(bob)
    his.page.goto("/rooms/")
    his.page.get_by_role("button", name="Browse rooms").first.click()
    his.page.get_by_role("dialog").get_by_label("Find a room").fill("gard")
    his.page.get_by_role("button", name="Join garden").click()
    expect(his.page.get_by_role("heading", level=1)).to_have_text("garden")
    his.settled()
    his.write("Good soil here")
    hers.expect_texts(["Good soil here"])
    expect(hers.page.locator(".said").last).to_contain_text("Bob Baker joined")


def test_a_link_to_an_open_room_offers_to_join(
    visit: Visit, site: Deployment, alice: Person, mallory: Person
) -> None:
    with site.rest(alice) as rest:
        room = rest.create_room("market", "public")
    hers = visit(mallory)
    hers.page.goto(f"/rooms/{room}/")
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("You are not in market")
    hers.page.get_by_role("button", name="Join", exact=True).click()
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("market")
    hers.settled()


def test_mallory_outside_the_room_learns_nothing_of_it(visit: Visit, mallory: Person, room: str) -> None:
    hers = visit(mallory)
    hers.page.goto(f"/rooms/{room}/")
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("There is no such room")
    hers.complaints.clear()


def test_a_direct_message_reaches_bob_at_once(visit: Visit, alice: Person, bob: Person, room: str) -> None:
    his = visit(bob).open(room)
    hers = visit(alice).open(room)
    hers.page.get_by_role("button", name="New direct message").first.click()
    hers.page.get_by_label("Find people").fill("bob")
    hers.page.get_by_role("dialog").get_by_role("button", name=re.compile("Bob Baker")).click()
    hers.page.get_by_role("button", name="Start writing").click()
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("Bob Baker")
    hers.settled()
    hers.write("Only for you")
    row = his.page.locator(".rm", has_text="Alice Archer")
    expect(row).to_be_visible()
    row.click()
    his.expect_texts(["Only for you"])


def test_alice_adds_and_removes_people_and_the_page_follows(
    visit: Visit, site: Deployment, alice: Person, bob: Person, mallory: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    theirs = visit(mallory)
    theirs.page.goto("/rooms/")
    hers.page.get_by_role("button", name="Room details").click()
    panel = hers.page.get_by_role("complementary", name="Room details")
    panel.get_by_role("button", name="Add people").click()
    hers.page.get_by_label("Find people").fill("mallory")
    hers.page.get_by_role("dialog").get_by_role("button", name=re.compile("Mallory Mason")).click()
    hers.page.get_by_role("button", name="Add", exact=True).click()
    expect(panel.get_by_text("Mallory Mason")).to_be_visible()
    name = hers.page.locator("h1").inner_text()
    theirs.page.locator(".rm", has_text=name).click()
    theirs.settled()
    theirs.write("Thank you")
    hers.expect_texts(["Thank you"])

    panel.get_by_role("button", name="Remove Mallory Mason").click()
    hers.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(panel.get_by_text("Mallory Mason")).to_have_count(0)
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("You are not in this room any more")
    expect(theirs.page.locator(".rm", has_text=name)).to_have_count(0)


def test_bob_leaves_a_room(visit: Visit, bob: Person, room: str) -> None:
    his = visit(bob).open(room)
    his.page.get_by_role("button", name="Room details").click()
    # Who leaves while the list of people is on its way gets a 404 for it, which the browser notes.
    expect(his.page.get_by_text("Room owner")).to_be_visible()
    his.page.get_by_role("button", name="Leave this room").click()
    his.page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    expect(his.page.get_by_role("heading", level=1)).to_have_text("You are not in this room any more")


def test_a_message_that_is_refused_stays_in_place_with_ways_out(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    his = visit(bob).open(room)
    his.offline()
    his.expect_line("Offline")
    his.write("Too late")
    with site.rest(alice) as rest:
        rest.remove_member(room, bob.id)
        rest.add_member(room, bob.id)
        rest.call("DELETE", f"rooms/{room}/")
    his.offline(False)
    failure = his.page.locator(".fail")
    expect(failure).to_contain_text("Not sent. This room is closed. It can only be read.", timeout=30_000)
    expect(his.page.locator(".line")).to_contain_text("1 not sent")
    failure.get_by_role("button", name="Delete").click()
    expect(failure).to_have_count(0)
    expect(his.page.get_by_text("nobody can write in it")).to_be_visible()
