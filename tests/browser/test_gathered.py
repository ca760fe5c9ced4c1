"""What all rooms have for one, gathered: what names one, what one has begun, what was refused."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.deployments import Deployment
from tests.support.rest import Person


def test_mentions_are_gathered_and_lead_to_their_messages(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    newcomer = site.newcomer()
    other = site.open_room(alice, [bob], name=f"jetty-{secrets.token_hex(2)}")
    with site.rest(alice) as rest:
        for each in (room, other):
            rest.add_member(each, newcomer.id)
    hers = visit(newcomer).open(other)
    page = hers.page
    entry = page.get_by_role("link", name="Mentions")
    entry.click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing waits for you")
    page.keyboard.press("Escape")
    with site.rest(bob) as rest:
        rest.send(room, f"@{newcomer.username} the tide is **high**")
    expect(entry).to_contain_text("1 message names you")
    entry.click()
    expect(page.get_by_role("dialog")).to_contain_text("Bob Baker: ")
    expect(page.get_by_role("dialog")).to_contain_text("the tide is high")
    page.get_by_role("dialog").get_by_role("link").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".msg--for-me")).to_be_visible()
    expect(entry).not_to_contain_text("names you")  # it was read there
    page.go_back()
    expect(page).to_have_url(re.compile("/rooms/mentions/$"))
    expect(page.get_by_role("dialog", name="Mentions")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(f"/rooms/{other}/$"))


def test_drafts_of_all_rooms_are_gathered_and_dropped(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    his = visit(bob).open(room)
    page, dialog = his.page, his.page.get_by_role("dialog")
    his.field.fill("Begun and left")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.goto("/rooms/drafts/")
    expect(dialog).to_contain_text("Begun and left")
    dialog.get_by_role("link").click()
    expect(his.field).to_have_value("Begun and left")
    page.get_by_role("link", name="Drafts").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("No draft waits here")
    page.keyboard.press("Escape")
    expect(his.field).to_have_value("")


def test_what_was_refused_in_a_room_that_one_has_left_can_be_read_and_dropped(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    his = visit(bob).open(room)
    page, dialog = his.page, his.page.get_by_role("dialog")
    his.offline()
    his.write("Too late for them")
    with site.rest(alice) as rest:
        rest.remove_member(room, bob.id)
    his.offline(False)
    page.get_by_role("button", name="See what was not sent").click()
    expect(dialog).to_contain_text("A room that you are not in any more")
    expect(dialog).to_contain_text("Too late for them")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("Nothing is left here that was not sent.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Not sent")).to_have_count(0)
    his.complaints.clear()  # the browser notes the 404 of the room that is gone
