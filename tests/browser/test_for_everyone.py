"""The chat page in every state, for everyone: axe-core in both themes, right to left, zoomed in, without motion."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_access import PHONE, axe, busy_room
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.people import ADMIN
from tests.support.rest import Person, Rest, token_of

__all__ = ["axe", "busy_room"]  # fixtures of theirs

LAYERS = "dialog[open], [popover]:popover-open"
LOOK = """async ([layers, only]) => {
  const options = { resultTypes: ['violations'], ...(only ? { runOnly: [only] } : {}) };
  const found = await axe.run(document.querySelector(layers) ?? document, options);
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html} ${node.failureSummary}`));
}"""


def barriers(visitor: Visitor, state: str) -> list[str]:
    """Violations in what lies on top, else in the page; in the other theme lack of contrast."""
    page = visitor.page
    light = page.evaluate(LOOK, [LAYERS, None])
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = page.evaluate(LOOK, [LAYERS, "color-contrast"])
    page.evaluate("delete document.documentElement.dataset.theme")
    return [f"{state}: {each}" for each in light] + [f"{state}, dark: {each}" for each in dark]


def dialogs(page: Page) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every dialog and floating thing of a room, by name, and how it is opened."""
    message = page.locator(".msg").last
    yield "jump field", lambda: page.keyboard.press("Control+k")
    yield "keys", lambda: page.keyboard.press("Control+/")
    yield "mentions", page.get_by_role("link", name="Mentions").click
    yield "drafts", page.get_by_role("link", name="Drafts").click
    yield "date", page.locator(".day button").last.click
    yield "browse", page.get_by_role("button", name="Browse rooms").first.click
    yield "direct", page.get_by_role("button", name="New direct message").first.click
    yield "new room", lambda: page.get_by_role("button", name="New room").click()
    yield "settings", lambda: page.get_by_role("button", name="Settings and sign out").click()

    def looks() -> None:
        page.get_by_role("button", name="Settings and sign out").click()
        page.get_by_role("button", name="Settings on this device").click()

    yield "settings on this device", looks
    yield "name and topic", lambda: page.locator(".panel").get_by_role("button", name="Write a topic").click()
    yield "add people", lambda: page.locator(".panel").get_by_role("button", name="Add people").click()
    yield "remove", lambda: page.locator(".panel").get_by_role("button", name="Remove Bob Baker").click()
    yield "leave", lambda: page.locator(".panel").get_by_role("button", name="Leave this room").click()

    def menu() -> None:
        message.hover()
        message.get_by_role("button", name="Actions").click()

    def entry(name: str) -> None:
        menu()
        page.get_by_role("menuitem", name=name).click()

    yield "menu of a message", menu
    yield "who has seen it", lambda: entry("Who has seen this")
    yield "reactions", lambda: entry("React")
    yield "editing", lambda: entry("Edit")


@pytest.mark.timeout(300)
def test_no_state_of_a_room_has_a_barrier(
    visit: Visit, site: Deployment, axe: str, alice: Person, busy_room: str
) -> None:
    hers = visit(alice, color_scheme="light", reduced_motion="reduce").open(busy_room)
    page = hers.page
    hers.write("Mine")
    hers.expect_sent()
    page.evaluate(axe)
    page.get_by_role("button", name="Room details").click()
    wrong: list[str] = []
    for name, open_it in dialogs(page):
        open_it()
        page.wait_for_timeout(200)  # until it has come to rest
        layer = page.locator("dialog[open], [popover]:popover-open, .float__in, .edit, [role=menu]").first
        expect(layer, name).to_be_visible()
        wrong += barriers(hers, name)
        page.keyboard.press("Escape")
        expect(layer, name).to_have_count(0) if name != "settings" else expect(layer).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("ha")
    wrong += barriers(hers, "found")
    page.keyboard.press("Escape")
    hers.field.fill("@b")
    wrong += barriers(hers, "completion")
    hers.field.fill("")
    token = token_of(site.server.url, ADMIN.username, ADMIN.password)
    with Rest(site.server.url, token=token) as rest:
        for level in ("info", "warning"):
            rest.call("POST", "site/announcements/", {"text": f"Soon: {level}", "level": level, "minutes": 1})
    expect(page.locator(".announced")).to_have_count(2)
    wrong += barriers(hers, "announcements")
    hers.offline()
    hers.write("Too late")
    with site.rest(alice) as rest:
        rest.call("DELETE", f"rooms/{busy_room}/")
    hers.offline(False)
    expect(page.locator(".fail")).to_be_visible()
    wrong += barriers(hers, "not sent")
    page.get_by_role("button", name="1 not sent").click()
    wrong += barriers(hers, "what was not sent")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("nobody can write in it")).to_be_visible()
    wrong += barriers(hers, "closed room")
    page.goto("/rooms/0000000000000000/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such room")
    page.evaluate(axe)
    wrong += barriers(hers, "no such room")
    assert wrong == []
    hers.complaints.clear()  # the browser notes the 404


WIDER = """() => [...document.querySelectorAll("body, .side, .side__nav, .main, .list, .head, .foot, .panel")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "none")
  .map((one) => `${one.className || one.tagName}: ${one.scrollWidth} > ${one.clientWidth}`)"""


@pytest.mark.parametrize("screen", ["wide", "phone"])
def test_right_to_left_the_page_is_mirrored_and_nothing_sticks_out(
    visit: Visit, alice: Person, busy_room: str, screen: str
) -> None:
    hers = visit(alice, **(PHONE if screen == "phone" else {}))
    hers.context.add_init_script(
        "document.addEventListener('readystatechange', () => { document.documentElement.dir = 'rtl'; });"
    )
    hers.open(busy_room)
    for line in ("שלום, זה משפט ארוך יותר", "an English line"):
        hers.field.fill(line)
        hers.page.get_by_role("button", name="Send", exact=True).click()
        expect(hers.field).to_have_value("")
    hers.expect_sent()
    assert hers.page.evaluate(WIDER) == []
    mark = hers.page.locator(".mark").last.bounding_box()
    text = hers.page.locator(".msg__text").last.bounding_box()
    assert mark
    assert text
    assert mark["x"] < text["x"], "the ledger changes sides"
    if screen == "wide":
        side = hers.page.locator(".side").bounding_box()
        assert side
        assert side["x"] > 1000
    hers.page.get_by_role("button", name="Room details").click()
    assert hers.page.evaluate(WIDER) == []
    hers.page.keyboard.press("Escape")
    hers.page.keyboard.press("Control+k")
    expect(hers.page.get_by_role("combobox")).to_be_focused()
    assert hers.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("percent", [200, 400])
def test_zoomed_in_everything_can_be_reached_and_nothing_sticks_out(
    visit: Visit, alice: Person, busy_room: str, percent: int
) -> None:
    """A page of 1280 by 1024 zoomed in is a page of so many times fewer pixels, drawn larger."""
    size = {"width": 1280 * 100 // percent, "height": 1024 * 100 // percent}
    hers = visit(alice, viewport=size, device_scale_factor=percent / 100).open(busy_room)
    hers.write("Large letters")
    hers.expect_sent()
    assert hers.page.evaluate(WIDER) == []
    expect(hers.field).to_be_in_viewport(ratio=1)
    expect(hers.page.locator(".msg__text").last).to_be_in_viewport()
    hers.page.get_by_role("button", name="Room details").click()
    leave = hers.page.get_by_role("button", name="Leave this room")
    leave.scroll_into_view_if_needed()
    expect(leave).to_be_in_viewport(ratio=1)
    assert hers.page.evaluate(WIDER) == []


def test_without_motion_nothing_moves(visit: Visit, alice: Person, busy_room: str) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const { animationDuration, transitionDuration } = getComputedStyle(one);
      return `${animationDuration}, ${transitionDuration}`.split(", ").some((each) => parseFloat(each) > 0.001);
    }).map((one) => one.outerHTML.slice(0, 80))"""
    calm = visit(alice, reduced_motion="reduce").open(busy_room)
    calm.page.keyboard.press("Control+k")
    expect(calm.page.get_by_role("dialog")).to_be_visible()
    assert calm.page.evaluate(moving) == []
    usual = visit(alice).open(busy_room)
    assert usual.page.evaluate(moving) != [], "the measure sees motion where there is some"
