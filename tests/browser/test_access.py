"""The page for everyone: axe-core's rules, the keyboard alone, narrow screens."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.sites import PROJECT

AXE = PROJECT / "node_modules/axe-core/axe.min.js"
DOORS = ("/sign-in/", "/sign-up/", "/forgotten/", "/forgotten/sent/", "/forgotten/nobody-x/")
OWN_PAGES = (
    "/account/email/",
    "/account/password/",
    "/account/two-step/",
    "/account/sessions/",
    "/account/confirm/",
    "/account/",
    "/account/tokens/",
    "/account/bots/",
    "/account/data/",
)
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which the tests' node packages bring."""
    if not Path(AXE).exists():
        pytest.fail("the accessibility tests need axe-core: npm ci")
    return AXE.read_text(encoding="utf-8")


def check(visitor: Visitor, axe: str, *, preload: bool = True) -> None:
    """No violation of WCAG 2 A and AA or of axe's best practices.

    What a style sheet imports, axe reads by way of inline styles (`preload`), which our policy forbids.
    """
    visitor.page.evaluate(axe)
    found = visitor.page.evaluate(
        "preload => axe.run(document, { resultTypes: ['violations'], preload })", preload
    )
    wrong = [
        f"{rule['id']}: {rule['help']}\n"
        + "\n".join(f"    {node['html'][:200]}\n    {node['failureSummary']}" for node in rule["nodes"][:4])
        for rule in found["violations"]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def busy_room(site: Deployment, alice: Person, bob: Person, room: str) -> str:
    """A room with all kinds of rows in it."""
    with site.rest(bob) as rest:
        rest.send(
            room,
            "Hello @alice, see https://example.org and `code`:\n\n```python\nprint('a line "
            + "that is long, " * 12
            + "')\n```",
        )
        rest.send(room, "| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n1. one\n2. two")
    return room


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["wide", "phone"])
def test_the_accounts_pages_have_no_barriers(
    visit: Visit, axe: str, alice: Person, scheme: str, screen: str
) -> None:
    options = {"color_scheme": scheme, **(PHONE if screen == "phone" else {})}
    stranger, hers = visit(**options), visit(alice, **options)
    for visitor, pages in ((stranger, DOORS), (hers, OWN_PAGES)):
        for page in pages:
            visitor.page.goto(page)
            check(visitor, axe)
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_in_has_no_barriers(visit: Visit, axe: str, scheme: str) -> None:
    hers = visit(color_scheme=scheme)
    hers.page.goto("/sign-in/")
    check(hers, axe)
    hers.page.get_by_label("Username").fill("nobody")
    hers.page.get_by_label("Password", exact=True).fill("wrong")
    hers.page.get_by_role("button", name="Sign in").click()
    expect(hers.page.get_by_role("alert")).to_be_visible()
    check(hers, axe)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_room_has_no_barriers(visit: Visit, axe: str, alice: Person, busy_room: str, scheme: str) -> None:
    hers = visit(alice, color_scheme=scheme).open(busy_room)
    hers.write("An answer", "and more")
    hers.expect_sent()
    check(hers, axe)
    hers.page.get_by_role("button", name="Room details").click()
    check(hers, axe)
    hers.page.get_by_role("button", name="Add people").click()
    expect(hers.page.get_by_role("dialog")).to_be_visible()
    check(hers, axe)
    hers.page.keyboard.press("Escape")
    hers.page.get_by_role("button", name="New room").click()
    check(hers, axe)
    hers.page.keyboard.press("Escape")
    hers.offline()
    hers.write("Waits")
    expect(hers.page.locator(".banner")).to_be_visible(timeout=10_000)
    check(hers, axe)
    hers.offline(False)
    hers.settled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_has_no_barriers(visit: Visit, axe: str, alice: Person, busy_room: str, scheme: str) -> None:
    hers = visit(alice, color_scheme=scheme, **PHONE)
    hers.page.goto("/rooms/")
    expect(hers.page.locator(f'.rm[href="/rooms/{busy_room}/"]')).to_be_visible()
    check(hers, axe)
    hers.page.locator(f'.rm[href="/rooms/{busy_room}/"]').click()
    hers.settled()
    check(hers, axe)


def test_a_phone_shows_one_pane_at_a_time_and_back_works(visit: Visit, alice: Person, busy_room: str) -> None:
    hers = visit(alice, **PHONE)
    hers.page.goto("/rooms/")
    row = hers.page.locator(f'.rm[href="/rooms/{busy_room}/"]')
    row.click()
    hers.settled()
    expect(row).not_to_be_visible()
    hers.page.get_by_role("button", name="Room details").click()
    panel = hers.page.get_by_role("complementary", name="Room details")
    expect(panel).to_be_visible()
    hers.page.reload()
    expect(panel).to_be_visible()
    hers.page.go_back()
    expect(panel).to_have_count(0)
    expect(hers.field).to_be_visible()
    hers.page.go_forward()
    panel.get_by_role("button", name="Close").click()
    expect(hers.page).to_have_url(re.compile(f"/rooms/{busy_room}/$"))
    hers.field.fill("Begun and left")
    hers.page.get_by_role("link", name="Back to the rooms").click()
    expect(row.locator("small")).to_have_text("Draft: Begun and left")
    row.click()
    hers.field.fill("")
    hers.page.get_by_role("link", name="Back to the rooms").click()
    expect(row).not_to_contain_text("Draft")
    # Of a room in sight that was not opened since the page was loaded, the list still tells what was said last.
    hers.page.goto("/rooms/")
    row.scroll_into_view_if_needed()
    expect(row.locator("small")).to_contain_text("Bob: a b 1 2 quoted")
    expect(row.locator("time")).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(hers.field).not_to_be_visible()
    tabs = hers.page.get_by_role("navigation", name="Main")
    tabs.get_by_role("link", name="Mentions").click()
    mentions = hers.page.get_by_role("dialog", name="Mentions")
    expect(mentions.get_by_role("link", name="Mentions")).to_have_attribute("aria-current", "page")
    mentions.get_by_role("link", name="Rooms").click()
    expect(mentions).to_have_count(0)
    expect(row).to_be_visible()


def test_what_a_finger_meets_is_44_pixels_or_more(visit: Visit, alice: Person, busy_room: str) -> None:
    hers = visit(alice, **PHONE)
    hers.page.goto("/rooms/")
    row = hers.page.locator(f'.rm[href="/rooms/{busy_room}/"]')
    expect(row).to_be_visible()
    small = """() => [...document.querySelectorAll("button, a[href], textarea, .seg label")]
      .filter((one) => one.checkVisibility() && !one.closest(".skip, .msg__text"))
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.height < 44 || box.width < 44))
      .map(([one, box]) => `${one.outerHTML.slice(0, 120)} is ${box.width} x ${box.height}`)"""
    assert hers.page.evaluate(small) == []
    row.click()
    hers.settled()
    assert hers.page.evaluate(small) == []
    hers.page.get_by_role("button", name="Room details").click()
    assert hers.page.evaluate(small) == []


def test_nothing_is_wider_than_a_small_phone(visit: Visit, alice: Person, busy_room: str) -> None:
    hers = visit(alice, viewport={"width": 320, "height": 640}).open(busy_room)
    hers.write("averyveryverylongwordwithoutanyspaces" * 20)
    hers.expect_sent()
    assert hers.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert hers.page.evaluate(
        "document.querySelector('.list').scrollWidth <= document.querySelector('.list').clientWidth"
    )


def test_the_keyboard_alone_reaches_everything(
    visit: Visit, alice: Person, bob: Person, busy_room: str
) -> None:
    hers = visit(alice).open(busy_room)
    hers.write("Third")
    hers.expect_sent()
    page = hers.page
    focused = "document.activeElement"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(f"{focused}.querySelector('.msg__text').innerText") == "Third", (
        "one stop: the newest message"
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{focused}.matches('.msg')")
    assert "see https://example.org" in page.evaluate(f"{focused}.innerText")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{focused}.href") == "https://example.org/"
    page.keyboard.press("Escape")
    assert page.evaluate(f"{focused}.matches('.msg')")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.matches('pre')"), "what scrolls is a stop of its own"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.id") == "write", "the messages are one stop"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert "see https://example.org" in page.evaluate(f"{focused}.innerText"), "the last one is remembered"
    page.keyboard.press("End")
    assert page.evaluate(f"{focused}.querySelector('.msg__text').innerText") == "Third"
    page.keyboard.press("Escape")
    assert page.evaluate(f"{focused}.id") == "write"
    page.keyboard.press("F6")
    page.keyboard.press("F6")
    page.keyboard.press("F6")
    assert page.evaluate(f"{focused}.id") == "write", "F6 goes round the regions"


def test_how_it_looks_is_chosen_and_kept_and_nothing_flashes(visit: Visit, alice: Person, room: str) -> None:
    hers = visit(alice, color_scheme="light").open(room)
    hers.page.get_by_role("button", name="Settings and sign out").click()
    bars = """() => [...document.querySelectorAll("meta[name=theme-color]")]
      .find((meta) => matchMedia(meta.media).matches).content"""
    assert hers.page.evaluate(bars) == "#edf4f5"
    hers.page.get_by_text("Dark", exact=True).click()
    assert hers.page.evaluate(bars) == "#0a1214"
    dark = "getComputedStyle(document.body).backgroundColor"
    assert hers.page.evaluate(dark) == "rgb(18, 26, 28)"
    hers.page.get_by_role("button", name="Settings on this device").click()
    dialog = hers.page.get_by_role("dialog")
    for choice in ("Compact", "150", "Use my system font"):
        dialog.get_by_text(choice, exact=True).click()
    hers.page.keyboard.press("Escape")
    row, text = hers.page.locator(".rm").first, "getComputedStyle(document.body)"
    assert hers.page.evaluate(f"{text}.fontSize") == "21px"
    hers.page.goto("/account/")  # a page of the account, drawn without any script
    drawn = "({ ...document.documentElement.dataset })"
    chosen = {"theme": "dark", "density": "compact", "text": "150", "font": "system"}
    assert hers.page.evaluate(drawn) == chosen
    assert hers.page.evaluate(bars) == "#0a1214"
    assert hers.page.evaluate(f"{text}.fontFamily").startswith("system-ui")
    hers.open(room)
    assert hers.page.evaluate(dark) == "rgb(18, 26, 28)"
    assert row.evaluate("one => getComputedStyle(one).minHeight") == "26px"


def test_enter_breaks_the_line_for_who_wishes_it(visit: Visit, alice: Person, room: str) -> None:
    hers = visit(alice).open(room)
    hers.page.keyboard.press("Control+k")
    hers.page.get_by_role("combobox").fill("Settings on")
    hers.page.keyboard.press("Enter")
    hers.page.get_by_role("dialog").get_by_text("Begins a new line").click()
    hers.page.keyboard.press("Escape")
    hers.field.press_sequentially("one")
    hers.field.press("Enter")
    hers.field.press_sequentially("two")
    expect(hers.field).to_have_value("one\ntwo")
    hers.field.press("Shift+Enter")
    expect(hers.field).to_have_value("")
    hers.expect_texts(["one\ntwo"])


def test_a_screen_reader_hears_new_messages_of_others_only(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    spoken = hers.page.locator('.sr[aria-live="polite"]').last
    hers.write("Mine")
    his.write("Hello **Alice**")
    expect(spoken).to_have_text("Bob Baker: Hello Alice")
