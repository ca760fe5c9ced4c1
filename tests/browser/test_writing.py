"""Hands at the page: the bar of marks, an address pasted on words, the width of the rooms pane, a swipe."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_access import PHONE
from tests.support.deployments import Deployment
from tests.support.rest import Person

PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_marks_by_the_bar_a_link_by_pasting_and_a_wider_pane_by_keys(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    page = hers.page
    page.get_by_role("button", name="Format").click()
    hers.field.fill("high tide")
    hers.field.select_text()
    page.get_by_role("toolbar").get_by_role("button", name="Bold").click()
    expect(hers.field).to_have_value("**high tide**")
    expect(hers.field).to_be_focused()
    hers.field.evaluate(PASTE, "https://example.org/tides")
    expect(hers.field).to_have_value("**[high tide](https://example.org/tides)**")
    hers.field.press("Enter")
    expect(page.locator(".msg strong a")).to_have_attribute("href", "https://example.org/tides")
    grip = page.get_by_role("separator", name="Width of the rooms pane")
    grip.focus()
    page.keyboard.press("ArrowRight")
    expect(grip).to_have_attribute("aria-valuenow", "288")
    page.keyboard.press("End")
    page.reload()
    hers.settled()
    expect(grip).to_have_attribute("aria-valuenow", "360")
    expect(page.locator(".side")).to_have_css("width", "360px")  # it is remembered on this device
    page.mouse.move(360, 300)
    page.mouse.down()
    page.mouse.move(300, 300, steps=3)
    page.mouse.up()
    expect(grip).to_have_attribute("aria-valuenow", "300")


def test_a_folded_section_keeps_what_is_open_and_is_remembered(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    quiet = site.open_room(alice, name="boathouse")
    hers = visit(alice).open(room)
    rows = {each: hers.page.locator(f'.rm[href="/rooms/{each}/"]') for each in (room, quiet)}
    expect(rows[quiet]).to_be_visible()
    fold = hers.page.get_by_role("button", name="Rooms", exact=True)
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    hers.page.reload()
    hers.settled()
    expect(rows[quiet]).to_have_count(0)
    expect(rows[room]).to_be_visible()
    with site.rest(alice) as rest:
        rest.add_member(quiet, bob.id)
    with site.rest(bob) as rest:
        rest.send(quiet, "Anybody there?")
    expect(rows[quiet]).to_be_visible()  # what has something for one stays


def test_a_swipe_along_the_line_replies_and_a_short_or_steep_one_does_not(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        rest.send(room, "Which day?")
    hers = visit(alice, **PHONE).open(room)
    message = hers.page.locator(".msg", has_text="Which day?")
    expect(message).to_be_in_viewport()
    box = message.locator(".msg__text").bounding_box()
    assert box is not None
    tools = hers.context.new_cdp_session(hers.page)

    def swipe(along: float, down: float) -> None:
        x, y = box["x"] + 5, box["y"] + box["height"] / 2
        tools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for step in (0.25, 0.5, 0.75, 1):
            point = {"x": x + along * step, "y": y + down * step}
            tools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    replying = hers.page.locator(".replying")
    swipe(40, 0)
    swipe(120, 200)
    swipe(-120, 0)
    expect(replying).to_have_count(0)
    swipe(120, 4)
    expect(replying).to_contain_text("Replying to Bob Baker: Which day?")
    expect(message).to_have_css("translate", "none")  # back at its place
