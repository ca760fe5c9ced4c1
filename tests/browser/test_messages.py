"""What is done with messages: answered, changed, deleted and had back, reacted to, linked to, found again."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.past import fill
from tests.browser.test_access import PHONE, axe, check
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person

__all__ = ["axe"]  # a fixture
_DRAGGED = """names => {
  const all = new DataTransfer();
  for (const name of names) all.items.add(new File(["words"], name, { type: "text/plain" }));
  return all;
}"""
# What is in the list changes its height with each frame, as pictures and fonts do that come late.
_RESTLESS = """addEventListener("DOMContentLoaded", () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("@keyframes restless { to { padding-block-end: 9px } } .list__in { animation: restless 1s alternate infinite }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
});"""
# The messages that were in sight in any frame.
_WATCHFUL = """globalThis.sighted = new Set();
requestAnimationFrame(function look() {
  const list = document.querySelector(".list");
  const view = list?.getBoundingClientRect();
  for (const row of list?.querySelectorAll(".msg") ?? []) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > view.top && top < view.bottom) sighted.add(Number(row.dataset.seq));
  }
  requestAnimationFrame(look);
});"""
CLIPBOARD: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}


def row(visitor: Visitor, text: str) -> Locator:
    """The row of the message that says just this."""
    said = visitor.page.locator(".msg__text", has_text=re.compile(f"^\\s*{re.escape(text)}\\s*$"))
    return visitor.page.locator(".msg", has=said)


def press(visitor: Visitor, text: str, key: str) -> None:
    """Go to a message and press a key there."""
    row(visitor, text).focus()
    visitor.page.keyboard.press(key)


def sighted(visitor: Visitor) -> set[int]:
    """The messages that were in sight since the page was loaded, however shortly; at least one."""
    seqs = set(visitor.page.evaluate("[...sighted]"))
    assert seqs
    return seqs


def menu(visitor: Visitor, text: str, words: str) -> None:
    """Choose from the menu of a message."""
    row(visitor, text).hover()
    row(visitor, text).get_by_role("button", name="Actions").click()
    visitor.page.get_by_role("menuitem", name=words, exact=True).click()


def test_a_message_is_answered_followed_as_a_thread_and_linked_to(
    visit: Visit, axe: str, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice, **CLIPBOARD).open(room), visit(bob).open(room)
    his.write("Which day?", "Something else")
    hers.expect_texts(["Which day?", "Something else"])  # or the one would move from under the pointer
    row(hers, "Which day?").hover()
    row(hers, "Which day?").get_by_role("button", name="Reply", exact=True).click()
    expect(hers.page.locator(".replying")).to_contain_text("Replying to Bob Baker: Which day?")
    hers.field.fill("Thursday")
    expect(hers.page.get_by_text("Draft kept")).to_be_visible()
    hers.page.reload()  # the draft is a reply still
    hers.settled()
    expect(hers.page.locator(".replying")).to_contain_text("Which day?")
    hers.field.press("Enter")
    quote = row(his, "Thursday").locator(".quote")
    expect(quote).to_contain_text("Which day?")
    quote.click()
    expect(row(his, "Which day?")).to_have_class(re.compile("msg--target"))
    his.page.get_by_role("button", name="Back to where you were").click()

    row(his, "Which day?").get_by_role("button", name="1 reply").click()
    thread = his.page.get_by_role("dialog", name="Thread")
    expect(thread.locator(".msg__text")).to_have_text(["Which day?", "Thursday"])
    check(his, axe)
    dragged = his.page.evaluate_handle(_DRAGGED, ["a.txt", "b.txt"])
    thread.dispatch_event("dragover", {"dataTransfer": dragged})
    expect(thread.locator(".drop")).to_contain_text("Drop them to add them to your message")
    thread.dispatch_event("drop", {"dataTransfer": dragged})
    expect(thread.locator('.up[data-state="done"]')).to_have_count(2)
    check(his, axe)
    thread.get_by_role("button", name="Remove a.txt").click()
    expect(thread.locator(".toast")).to_contain_text("Removed a.txt")
    thread.get_by_role("textbox").fill("Good")
    his.page.keyboard.press("Escape")
    expect(thread).to_have_count(0)
    row(his, "Which day?").get_by_role("button", name="1 reply").click()
    expect(thread.get_by_role("textbox")).to_have_value("Good")  # what was begun is there still
    thread.get_by_role("textbox").press("Enter")
    expect(thread.locator(".msg__text")).to_have_text(["Which day?", "Thursday", "Good"])
    expect(thread.locator(".file b")).to_have_text(["b.txt"])
    his.page.keyboard.press("Escape")
    expect(thread).to_have_count(0)

    menu(hers, "Which day?", "Copy link")
    expect(hers.page.locator(".toast")).to_have_text("The link is copied")
    link = hers.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{re.escape(hers.url)}/rooms/{room}/\d+/", link)
    menu(hers, "Something else", "Copy text")
    assert hers.page.evaluate("navigator.clipboard.readText()") == "Something else"
    hers.page.goto(link)
    expect(row(hers, "Which day?")).to_be_in_viewport()


def test_a_message_is_changed_and_deleted_with_a_way_back(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.write("Frist", "Wrong room")
    hers.expect_sent()
    hers.field.press("ArrowUp")  # the last one
    expect(hers.page.get_by_role("textbox", name="Text of the message")).to_have_value("Wrong room")
    hers.page.keyboard.press("Escape")
    expect(row(hers, "Wrong room")).to_be_focused()
    press(hers, "Frist", "e")
    form = hers.page.get_by_role("textbox", name="Text of the message")
    form.fill("First")
    form.press("Enter")
    expect(row(his, "First").locator(".edited")).to_have_text("(edited)")
    expect(row(hers, "First")).to_be_focused()

    press(hers, "Wrong room", "Delete")
    gone = hers.page.locator(".msg .gone")
    expect(gone).to_contain_text("Deleted.")
    expect(row(his, "Wrong room")).to_have_count(1)
    gone.get_by_role("button", name="Undo").click()
    expect(row(hers, "Wrong room")).to_be_focused()
    press(hers, "Wrong room", "Delete")
    hers.field.focus()
    hers.page.keyboard.press("Control+z")
    expect(row(hers, "Wrong room")).to_have_count(1)
    press(hers, "Wrong room", "Delete")
    hers.page.reload()  # who leaves has thought well enough of it
    expect(his.page.locator(".msg .gone")).to_have_text("Deleted")
    hers.settled()
    hers.expect_texts(["First"])


def test_reactions_tell_who_and_code_has_colours(
    visit: Visit, axe: str, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    his.write("```python\nfor row in rows:  # all\n    print(1)\n```", "Done")
    expect(hers.page.locator(".code .k").first).to_have_text("for")
    row(hers, "Done").hover()
    row(hers, "Done").get_by_role("button", name="React: 🎉").click()
    hers_on_it = row(hers, "Done").get_by_role("button", name="🎉 1: you")
    expect(hers_on_it).to_have_attribute("aria-pressed", "true")
    row(his, "Done").get_by_role("button", name="🎉 1: Alice Archer").click()
    expect(row(hers, "Done").get_by_role("button", name="🎉 2: Bob Baker and you")).to_be_visible()
    press(hers, "Done", "+")
    search = hers.page.get_by_role("searchbox", name="Search emoji")
    expect(search).to_be_focused()
    check(hers, axe)
    search.fill("rocket")
    search.press("Enter")
    expect(row(his, "Done").get_by_role("button", name="🚀 1: Alice Archer")).to_be_visible()
    row(hers, "Done").get_by_role("button", name="🎉 2").click()
    expect(row(his, "Done").get_by_role("button", name="🎉 1: you")).to_be_visible()


def test_people_rooms_and_emoji_are_completed(
    visit: Visit, axe: str, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    site.open_room(alice, [bob], name="lighthouse-keepers")
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.field.press_sequentially("@bo")
    option = hers.page.get_by_role("option", name="Bob Baker")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(option.locator("mark")).to_have_text("Bo")
    check(hers, axe)
    hers.field.press("Enter")
    expect(hers.field).to_have_value("@bob ")
    hers.field.press_sequentially("see #lighth")
    hers.page.get_by_role("option", name="lighthouse-keepers").click()
    hers.field.press_sequentially("now :rocke")
    expect(hers.page.get_by_role("option", name="rocket")).to_be_visible()
    hers.field.press("Tab")
    hers.field.press_sequentially("@bo")
    hers.field.press("Escape")
    expect(hers.page.get_by_role("listbox")).to_have_count(0)
    expect(hers.field).to_have_value("@bob see #lighthouse-keepers now 🚀 @bo")
    hers.field.press("Enter")
    said = his.page.locator(".msg--for-me .msg__text")
    expect(said.locator(".mention").first).to_have_text("@Bob Baker")
    # Another's name in a text shows who they are, and leads to them.
    hers.page.locator(".msg").last.press("Enter")
    hers.page.keyboard.press("Enter")
    card = hers.page.get_by_role("dialog", name="Bob Baker")
    expect(card).to_contain_text("@bob")
    check(hers, axe)
    card.get_by_role("button", name="Write to Bob Baker").click()
    expect(hers.page.get_by_role("heading", level=1)).to_have_text("Bob Baker")
    said.get_by_role("link", name="#lighthouse-keepers").click()
    expect(his.page.get_by_role("heading", level=1)).to_contain_text("lighthouse-keepers")


def test_who_has_seen_a_message_and_when_is_a_click_away(
    visit: Visit, axe: str, site: Deployment, alice: Person, bob: Person
) -> None:
    dana = site.newcomer()
    room = site.open_room(alice, [bob, dana], name="quay")
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.write("All aboard")
    seen = hers.page.get_by_role("button", name="Seen by 1 of 2")
    expect(seen).to_be_visible(timeout=10_000)
    seen.click()
    told = hers.page.get_by_role("dialog", name="Who has seen this")
    expect(told.locator("section").first).to_contain_text(
        re.compile(r"Seen by 1\s*.*Bob Baker\s*\d\d:\d\d", re.DOTALL)
    )
    expect(told.locator("section").last).to_contain_text("A Newcomer")
    expect(told.locator("section").last).to_contain_text("Not delivered yet")
    check(hers, axe)
    hers.page.keyboard.press("Escape")
    expect(told).to_have_count(0)
    his.write("Here")
    press(hers, "All aboard", "s")
    expect(told).to_be_visible()


def test_unread_from_here_is_a_private_mark(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    other = site.open_room(alice, name="elsewhere")
    hers, his = visit(alice).open(room), visit(bob).open(room)
    his.write("One", "Two", "Three")
    expect(his.page.get_by_text("Seen by everyone")).to_be_visible(timeout=10_000)
    menu(hers, "Two", "Mark unread from here")
    expect(hers.page.locator(".new")).to_contain_text("2 since")
    count = hers.page.locator(f'.rm[href="/rooms/{room}/"] .count')
    expect(count.locator(".sr")).to_have_text("2 unread")
    hers.page.goto(f"/rooms/{other}/")
    hers.settled()
    expect(count.locator(".sr")).to_have_text("2 unread")
    expect(his.page.get_by_text("Seen by everyone")).to_be_visible()
    hers.page.locator(f'.rm[href="/rooms/{room}/"]').click()
    expect(hers.page.locator(".new")).to_contain_text("2 since")
    hers.page.locator(f'.rm[href="/rooms/{other}/"]').click()
    expect(count).to_have_count(0)


@pytest.fixture(scope="module")
def deep_room(site: Deployment) -> str:
    """A room of Alice and Bob with a hundred thousand messages by Bob."""
    from tests.support.people import ALICE, BOB

    alice, bob = site.person(ALICE), site.person(BOB)
    room = site.open_room(alice, [bob], name="deep")
    fill(site, room, bob, to=100_000)
    return room


def test_a_hundred_thousand_messages_are_gone_through_by_link_by_date_and_by_scrolling(
    visit: Visit, site: Deployment, alice: Person, bob: Person, deep_room: str
) -> None:
    with site.rest(bob) as rest:
        rest.call("PUT", f"rooms/{deep_room}/receipt/", {"read": 100_000})
        rest.call("PUT", f"rooms/{deep_room}/messages/40000/reactions/🎉/")
    his = visit(bob)
    his.page.add_init_script(_WATCHFUL)
    his.page.goto(f"/rooms/{deep_room}/200000/")
    expect(his.page.locator(".toast")).to_have_text(re.compile("not there any more"))
    expect(row(his, "Line 100000")).to_be_in_viewport()
    his.page.goto(f"/rooms/{deep_room}/40000/")
    his.settled()
    expect(row(his, "Line 40000")).to_be_in_viewport()
    assert all(39_950 <= seq <= 40_050 for seq in sighted(his))
    expect(row(his, "Line 40000").get_by_role("button", name="🎉 1: you")).to_be_visible()
    for _ in range(30):  # down, through what has to be fetched
        his.page.evaluate("document.querySelector('.list').scrollTop += 700")
        his.page.wait_for_timeout(60)
    drawn = his.page.locator(".msg").evaluate_all("all => all.map((one) => Number(one.dataset.seq))")
    assert drawn[-1] > 40_300
    assert drawn == list(range(drawn[0], drawn[-1] + 1))
    his.page.get_by_role("button", name="Latest").click()
    expect(his.page.locator(".msg").last).to_be_in_viewport()
    expect(his.page).to_have_url(re.compile(f"/rooms/{deep_room}/$"))

    press(his, "Line 100000", "g")
    asked = his.page.evaluate("new Date(Date.now() - 20 * 86400e3).toISOString().slice(0, 10)")
    his.page.get_by_role("textbox", name="Date").fill(asked)
    his.page.get_by_role("button", name="Go", exact=True).click()
    that_day = his.page.locator(".msg", has=his.page.locator(f'time[datetime^="{asked}"]'))
    expect(that_day.first).to_be_in_viewport()
    his.page.get_by_role("button", name="Back to where you were").click()
    expect(row(his, "Line 100000")).to_be_in_viewport()
    assert his.page.locator(".msg").count() <= 300


def test_beyond_hundreds_of_unread_messages_the_room_opens_at_the_first_of_them(
    visit: Visit, site: Deployment, alice: Person, bob: Person
) -> None:
    room, other = site.open_room(alice, [bob], name="busy"), site.open_room(alice, name="idle")
    fill(site, room, bob, to=900)
    with site.rest(alice) as rest:
        rest.call("PUT", f"rooms/{room}/receipt/", {"read": 100})
    hers = visit(alice)
    hers.page.add_init_script(_RESTLESS)
    hers.page.add_init_script(_WATCHFUL)
    hers.open(other)
    hers.page.locator(f'.rm[href="/rooms/{room}/"]').click()
    expect(hers.page.locator(".new")).to_be_in_viewport()
    expect(hers.page.locator(".new")).to_contain_text("800 since")
    expect(row(hers, "Line 101")).to_be_in_viewport()
    assert all(51 <= seq <= 150 for seq in sighted(hers))
    pill = hers.page.get_by_role("button", name="Latest, 800 new")
    pill.click()
    expect(row(hers, "Line 900")).to_be_in_viewport()
    press(hers, "Line 900", "g")
    hers.page.get_by_role("button", name="To the first unread message").click()
    expect(row(hers, "Line 101")).to_be_in_viewport()


def test_on_a_phone_a_long_press_opens_the_sheet(
    visit: Visit, axe: str, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        rest.send(room, "Press me")
    hers = visit(alice, **PHONE).open(room)
    text = row(hers, "Press me").locator(".msg__text")
    text.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    sheet = hers.page.get_by_role("menu", name="Actions")
    expect(sheet).to_be_visible()
    check(hers, axe)
    box = sheet.bounding_box()
    assert box is not None
    assert box["x"] == 0
    assert box["width"] == 390
    sheet.get_by_role("menuitem", name="Reply").click()
    expect(hers.page.locator(".replying")).to_contain_text("Press me")
