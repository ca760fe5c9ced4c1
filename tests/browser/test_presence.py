"""Who is there and who is writing, as the page shows it."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person


def _row(visitor: Visitor, words: str) -> Locator:
    """A row of the list of rooms by what it says to a screen reader."""
    return visitor.page.get_by_role("link", name=re.compile(words))


def test_bob_writing_is_shown_to_alice_and_not_to_himself_until_he_sends(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    his.field.press_sequentially("I am")
    expect(hers.page.get_by_text("Bob Baker is writing")).to_be_visible()
    expect(his.page.get_by_text("is writing")).to_have_count(0)
    his.write("I am done")
    expect(hers.page.get_by_text("Bob Baker is writing")).to_have_count(0, timeout=4_000)


def test_the_list_tells_who_is_here_and_who_has_not_touched_the_page_for_ten_minutes(
    visit: Visit, site: Deployment, room: str
) -> None:
    alice, dora = site.newcomer(), site.newcomer()
    with site.rest(alice) as rest:
        direct = rest.call("POST", "direct-rooms/", {"users": [dora.id]})["id"]
        harbour = rest.create_room("Harbour")
    hers = visit(alice).open(harbour)
    expect(_row(hers, "A Newcomer")).to_be_visible()
    expect(_row(hers, "A Newcomer ?, (here|away)")).to_have_count(0)
    theirs = visit(dora)
    theirs.page.clock.install()
    theirs.open(direct)
    expect(_row(hers, "A Newcomer ?, here")).to_be_visible()
    again = visit(alice).open(harbour)  # who comes later knows it too
    expect(_row(again, "A Newcomer ?, here")).to_be_visible()
    theirs.page.clock.fast_forward("10:01")
    # Ten minutes in one step look like a dead connection too: the page may have to reconnect first.
    expect(_row(hers, "A Newcomer ?, away")).to_be_visible(timeout=30_000)
    theirs.page.mouse.move(100, 100)
    theirs.page.mouse.move(200, 200)
    expect(_row(hers, "A Newcomer ?, here")).to_be_visible(timeout=30_000)
