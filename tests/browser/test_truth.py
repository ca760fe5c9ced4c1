"""The page tells what is so: about the connection, about what it keeps, and about what was refused."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.past import fill
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person

_REFUSE = """
IDBFactory.prototype.open = function () { throw new DOMException("refused", "SecurityError"); };
Storage.prototype.setItem = function () { throw new DOMException("full", "QuotaExceededError"); };
"""
# The database opens, and the disk is full from some moment on.
_FULL = """
const add = IDBObjectStore.prototype.add, put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.add = function (...all) {
  if (globalThis.full) throw new DOMException("full", "QuotaExceededError");
  return add.apply(this, all);
};
IDBObjectStore.prototype.put = function (...all) {
  if (globalThis.full) throw new DOMException("full", "QuotaExceededError");
  return put.apply(this, all);
};
"""
CANNOT_KEEP = "This browser cannot keep messages. Do not close the page yet."


def test_a_browser_that_keeps_nothing_says_so_before_a_message_waits(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice), visit(bob).open(room)
    hers.context.add_init_script(_REFUSE)
    hers.open(room)
    expect(hers.page.locator(".banner")).to_have_count(0)
    hers.offline()
    hers.expect_line("Offline")
    expect(hers.page.locator(".banner")).to_have_text(CANNOT_KEEP)
    hers.write("One", "Two")
    hers.expect_line("Offline: 2 messages wait here")
    hers.offline(False)
    his.expect_texts(["One", "Two"])
    hers.expect_sent()
    expect(hers.page.locator(".banner")).to_have_count(0)


def test_a_disk_that_fills_up_loses_nothing_that_was_written(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice), visit(bob).open(room)
    hers.context.add_init_script(_FULL)
    hers.open(room)
    hers.offline()
    hers.write("Kept on the disk")
    hers.page.evaluate("globalThis.full = true")
    hers.write("Kept by the page")
    expect(hers.page.locator(".banner")).to_have_text(CANNOT_KEEP)
    hers.page.evaluate("globalThis.full = false")
    hers.write("Kept on the disk again")
    hers.offline(False)
    his.expect_texts(["Kept on the disk", "Kept by the page", "Kept on the disk again"])
    hers.expect_sent()


def test_two_tabs_of_one_person_share_what_waits_what_is_written_and_what_is_read(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    first, second = hers.page, hers.new_page()
    second.goto(f"/rooms/{room}/")
    expect(second.locator("#line")).to_have_text("Up to date")
    hers.offline()
    hers.write("One", "Two", "Three")
    waiting = second.locator('.mark[data-state="waiting"]')
    expect(waiting).to_have_count(3)
    hers.offline(False)
    his.expect_texts(["One", "Two", "Three"])
    for page in (first, second):
        expect(page.locator('.mark[data-state="waiting"]')).to_have_count(0, timeout=20_000)
        expect(page.locator(".msg .msg__text")).to_have_text(["One", "Two", "Three"])

    second.bring_to_front()
    first.evaluate("document.hasFocus = () => false")  # headless tabs all believe that they have it
    second.locator("#write").fill("Begun in the other tab")
    expect(first.locator("#write")).to_have_value("Begun in the other tab")
    second.locator("#write").press("Enter")
    expect(first.locator("#write")).to_have_value("")
    his.expect_texts(["One", "Two", "Three", "Begun in the other tab"])

    other = site.open_room(alice, name="elsewhere")
    first.goto(f"/rooms/{other}/")
    his.write("Read in one tab")
    count = first.locator(f'.rm[href="/rooms/{room}/"] .count')
    expect(second.locator(".msg").last).to_contain_text("Read in one tab")
    expect(count).to_have_count(0, timeout=5_000)


def _end_session(visit: Visit, visitor: Visitor) -> None:
    """End the visitor's session behind the page's back."""
    elsewhere = visit()
    elsewhere.context.add_cookies(visitor.context.cookies())  # type: ignore[arg-type]
    token = next(each["value"] for each in visitor.context.cookies() if each["name"] == "csrftoken")
    answer = elsewhere.context.request.post(
        f"{visitor.url}/api/v1/auth/logout/", headers={"X-CSRFToken": token, "Origin": visitor.url}
    )
    assert answer.ok, answer.text()


def test_the_session_ends_while_one_writes_and_nothing_is_lost(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.offline()
    hers.write("Sent before it ended")
    hers.expect_line("Offline: 1 message waits here")
    hers.field.press_sequentially("Half a sen")
    _end_session(visit, hers)
    hers.offline(False)
    hers.expect_line(re.compile("Signed out. 1 message waits here"), timeout=30_000)
    banner = hers.page.locator(".banner")
    expect(banner).to_contain_text("What you write here is kept until you sign in again.")
    hers.field.press_sequentially("tence")
    expect(hers.page.get_by_text("Draft kept")).to_be_visible()
    banner.get_by_role("link", name="Sign in to send them").click()
    expect(hers.page).to_have_url(re.compile("/sign-in/"))
    hers.page.get_by_label("Name").first.fill(alice.username)
    hers.page.get_by_label("Password", exact=True).fill(alice.password)
    hers.page.get_by_role("button", name="Sign in", exact=True).click()
    hers.settled()
    expect(hers.field).to_have_value("Half a sentence")
    his.expect_texts(["Sent before it ended"])
    hers.expect_sent()


def test_the_room_is_closed_while_one_writes(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    his = visit(bob).open(room)
    his.field.press_sequentially("Too late for th")
    with site.rest(alice) as rest:
        rest.call("DELETE", f"rooms/{room}/")
    expect(his.page.get_by_text("nobody can write in it")).to_be_visible()
    kept = his.page.get_by_role("textbox", name="What you had written")
    expect(kept).to_have_value("Too late for th")
    expect(his.page.get_by_text("Draft kept")).to_be_visible()
    his.page.reload()
    expect(kept).to_have_value("Too late for th")


def test_a_refused_message_is_changed_and_goes_out_or_is_tried_again(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    his.offline()  # or the page would let nothing be written any more
    his.write("Not now", "Nor this")
    with site.rest(alice) as rest:
        rest.call("PATCH", f"rooms/{room}/", {"settings": {"read_only": True}})
    his.offline(False)
    failures = his.page.locator(".fail")
    expect(failures).to_have_count(2)
    expect(his.page.locator(".line")).to_contain_text("2 not sent")
    with site.rest(alice) as rest:
        rest.call("PATCH", f"rooms/{room}/", {"settings": {"read_only": False}})
    failures.last.get_by_role("button", name="Edit").click()
    form = his.page.get_by_role("textbox", name="Text of the message")
    expect(form).to_be_focused()
    his.offline()
    failures.first.get_by_role("button", name="Try again").click()
    expect(failures).to_have_count(0)
    form.focus()
    his.offline(False)  # what was tried again goes before the one that is being changed
    hers.expect_texts(["Not now"])
    expect(his.page.locator(".msg").first).to_contain_text("Not now")
    expect(form).to_be_focused()
    form.fill("But this")
    his.page.get_by_role("button", name="Send", exact=True).first.click()
    hers.expect_texts(["Not now", "But this"])
    expect(failures).to_have_count(0)


def test_what_was_missed_is_shown_as_missing_until_it_is_here(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    with site.rest(bob) as rest:
        rest.send(room, "Before")
    hers.expect_texts(["Before"])
    hers.offline()
    hers.expect_line("Offline")
    fill(site, room, bob, to=2_500)
    hers.offline(False)
    hers.settled()
    gap = hers.page.locator(".gap")
    hers.page.locator(".list").hover()
    for _ in range(40):
        hers.page.mouse.wheel(0, -900)
        hers.page.wait_for_timeout(30)
    expect(gap.or_(hers.page.locator(".msg", has_text="Before"))).not_to_have_count(0)
    seqs = hers.page.locator(".msg[data-seq]").evaluate_all(
        "all => all.map((one) => Number(one.dataset.seq))"
    )
    assert seqs == sorted(seqs)


def test_an_hour_in_the_background_with_a_wrong_clock_changes_nothing_that_is_said(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice), visit(bob).open(room)
    # Her clock is a day ahead, and the page sleeps for an hour.
    hers.page.clock.install(time=hers.page.evaluate("Date.now()") / 1000 + 86_400)
    hers.open(room)
    hers.write("From tomorrow")
    his.expect_texts(["From tomorrow"])
    his.write("From today")
    hers.expect_texts(["From tomorrow", "From today"])
    hers.page.clock.fast_forward("01:00:00")
    hers.settled()
    his.write("An hour later")
    hers.expect_texts(["From tomorrow", "From today", "An hour later"])
    hers.write("Still in order")
    his.expect_texts(["From tomorrow", "From today", "An hour later", "Still in order"])
    hers.expect_sent()


def test_on_a_slow_network_nothing_is_claimed_before_it_is_so(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    fill(site, room, bob, to=200)
    hers, his = visit(alice), visit(bob).open(room)
    network = hers.context.new_cdp_session(hers.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    network.send("Network.emulateNetworkConditions", slow)
    # Whenever the line says so, the newest message is drawn.
    hers.context.add_init_script("""
      globalThis.lies = 0;
      new MutationObserver(() => {
        const line = document.querySelector("#line");
        const level = line?.dataset.state === "level" && line.textContent.includes("Up to date");
        if (level && !document.querySelector(".msg[data-seq='200']")) globalThis.lies += 1;
      }).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    """)
    hers.page.goto(f"/rooms/{room}/")
    hers.expect_line("Up to date", timeout=60_000)
    assert hers.page.evaluate("globalThis.lies") == 0
    hers.write("Slowly")
    expect(his.page.locator(".msg").last).to_contain_text("Slowly", timeout=20_000)
    hers.expect_sent(timeout=20_000)
