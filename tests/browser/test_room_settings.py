"""A room is run in the page: settings, rights, mutes and bans, invites, reports, export; others see it at once."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.test_access import PHONE, axe, check  # noqa: F401 (a fixture)
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person

SOON = 1_500
"""Within a second, and a little for the test itself."""


def settings(visitor: Visitor, matter: str) -> Locator:
    """Open a matter of the room's settings."""
    page = visitor.page
    if not page.get_by_role("dialog").is_visible():
        if not page.get_by_role("button", name="Room settings").is_visible():
            page.get_by_role("button", name="Room details").click()
        page.get_by_role("button", name="Room settings").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name=matter).click()
    expect(dialog.get_by_role("tab", name=matter)).to_have_attribute("aria-selected", "true")
    return dialog


def test_what_the_owner_changes_is_seen_at_once(visit: Visit, alice: Person, bob: Person, room: str) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    dialog = settings(hers, "General")
    dialog.get_by_label("Name").fill("Quay")
    dialog.get_by_label("Who writes").select_option("staff")
    dialog.get_by_label("Members wait between two messages").select_option("30")
    dialog.get_by_role("button", name="Save").click()
    expect(his.page.get_by_role("heading", level=1)).to_have_text("Quay", timeout=SOON)
    expect(his.page.get_by_text("Only owners and moderators write here.")).to_be_visible(timeout=SOON)
    expect(hers.field).to_be_visible()
    dialog.get_by_label("Who writes").select_option("all")
    dialog.get_by_label("Members wait between two messages").select_option("0")
    dialog.get_by_role("button", name="Save").click()
    expect(his.field).to_be_visible(timeout=SOON)

    dialog = settings(hers, "Who may do what")
    write = dialog.get_by_role("checkbox", name="Members: Write", exact=True)
    expect(write).to_be_checked()
    write.uncheck()
    expect(his.page.get_by_text("Your role may not write in this room.")).to_be_visible(timeout=SOON)
    own = dialog.get_by_role("checkbox", name="Members: Write (this room's own; site: yes)")
    expect(own).not_to_be_checked()
    own.check()
    expect(his.field).to_be_visible(timeout=SOON)
    expect(write).to_be_checked()

    dialog = settings(hers, "Roles, mutes and bans")
    dialog.get_by_label("Role of Bob Baker").select_option("moderator")
    his.page.get_by_role("button", name="Room details").click()
    expect(his.page.get_by_role("button", name="Room settings")).to_be_visible(timeout=SOON)
    dialog = settings(hers, "General")
    dialog.get_by_role("button", name="Close the room").click()
    expect(his.page.get_by_text("This room is closed. It can be read")).to_be_visible(timeout=SOON)
    dialog.get_by_role("button", name="Open the room again").click()
    expect(his.field).to_be_visible(timeout=SOON)


def test_a_reported_message_is_judged_and_deleted(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.write("buy my boats")
    queue = settings(hers, "Reports")
    expect(queue.get_by_text("Nothing waits for you.")).to_be_visible()
    article = his.page.get_by_role("article").filter(has_text="buy my boats")
    article.get_by_role("button", name="Actions").focus()
    his.page.keyboard.press("Enter")
    his.page.get_by_role("menuitem", name="Report").click()
    dialog = his.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(dialog.get_by_text("Write a few words.")).to_be_visible()
    dialog.get_by_label("What is wrong with it?").fill("He sells boats")
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(his.page.locator("#room").get_by_text("Reported. The moderators will look at it.")).to_be_visible()

    expect(queue.get_by_text("He sells boats")).to_be_visible(timeout=SOON)
    expect(queue.get_by_role("blockquote")).to_contain_text("buy my boats")
    queue.get_by_role("button", name="Delete the message").click()
    expect(queue.get_by_text("Nothing waits for you.")).to_be_visible(timeout=SOON)
    expect(his.page.get_by_role("article").filter(has_text="buy my boats")).to_have_count(0, timeout=SOON)


def test_people_come_by_a_link_and_are_muted_and_banned(
    visit: Visit,
    site: Deployment,
    alice: Person,
    room: str,
    axe: str,  # noqa: F811 (the fixture)
) -> None:
    dora = site.newcomer()
    hers = visit(alice).open(room)
    dialog = settings(hers, "Invites")
    dialog.get_by_label("For").select_option("1")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("The new link, shown only now").input_value()
    expect(dialog.get_by_text("used 0 of 1")).to_be_visible()

    theirs = visit(dora)
    theirs.page.goto(link[link.index("/rooms/") :])
    asked = theirs.page.get_by_role("dialog")
    expect(asked.get_by_text(re.compile("Alice Archer invites you to harbour"))).to_be_visible()
    check(theirs, axe)
    asked.get_by_role("button", name="Join").click()
    theirs.settled()
    expect(dialog.get_by_text("No link lets anybody in now.")).to_be_visible(timeout=SOON)

    dialog = settings(hers, "Roles, mutes and bans")
    dialog.get_by_label("Who", exact=True).select_option(dora.id)
    dialog.get_by_role("button", name="Mute").click()
    expect(dialog.get_by_role("heading", name="Muted")).to_be_visible(timeout=SOON)
    check(hers, axe)
    dialog.get_by_role("button", name="End the mute of A Newcomer").click()
    expect(dialog.get_by_role("heading", name="Muted")).to_have_count(0, timeout=SOON)
    dialog.get_by_label("What", exact=True).select_option("ban")
    dialog.get_by_label("Who", exact=True).select_option(dora.id)
    dialog.get_by_label("Why").fill("Boats again")
    dialog.get_by_role("button", name="Ban", exact=True).click()
    expect(dialog.get_by_text("Boats again")).to_be_visible(timeout=SOON)
    expect(theirs.page.get_by_text("You are not in this room any more")).to_be_visible(timeout=SOON)
    dialog.get_by_role("button", name="End the ban of A Newcomer").click()
    expect(dialog.get_by_text("Boats again")).to_have_count(0, timeout=SOON)
    dialog = settings(hers, "Who may do what")
    expect(dialog.get_by_role("checkbox")).to_have_count(64)
    check(hers, axe)


def test_the_owner_takes_the_room_along_and_hands_it_over(
    visit: Visit, alice: Person, bob: Person, room: str, site: Deployment
) -> None:
    hers = visit(alice).open(room)
    dialog = settings(hers, "Export")
    dialog.get_by_role("button", name="Make an export").click()
    expect(dialog.get_by_text("Ready")).to_be_visible(timeout=20_000)
    with hers.page.expect_download() as download:
        dialog.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("room-")
    hers.page.keyboard.press("Escape")
    hers.page.get_by_role("button", name="Leave this room").click()
    dialog = hers.page.get_by_role("dialog")
    dialog.get_by_label("New owner").select_option(bob.id)
    dialog.get_by_role("button", name="Hand over and leave").click()
    expect(hers.page.get_by_text("You are not in this room any more")).to_be_visible()
    with site.rest(bob) as rest:
        assert rest.call("GET", f"rooms/{room}/")["my_role"] == "owner"
