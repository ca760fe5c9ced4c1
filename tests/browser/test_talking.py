"""Two people at two browsers, talking."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.support.deployments import Deployment
from tests.support.people import ALICE, BOB
from tests.support.rest import Person


def test_what_alice_and_bob_write_arrives_on_both_sides_in_one_order(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    said = []
    for n in range(4):
        hers.write(f"Alice {n}a", f"Alice {n}b")
        said += [f"Alice {n}a", f"Alice {n}b"]
        his.expect_texts(said)
        his.write(f"Bob {n}")
        said.append(f"Bob {n}")
        hers.expect_texts(said)
    hers.expect_sent()
    his.expect_sent()


def test_both_writing_at_once_see_the_same_order(visit: Visit, alice: Person, bob: Person, room: str) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    for n in range(10):
        hers.write(f"Alice {n}")
        his.write(f"Bob {n}")
    hers.expect_sent()
    his.expect_sent()
    expect(hers.page.locator(".msg")).to_have_count(20)
    expect(his.page.locator(".msg")).to_have_count(20)
    assert hers.texts() == his.texts()
    assert [text for text in hers.texts() if text.startswith("Bob")] == [f"Bob {n}" for n in range(10)]


def test_a_reload_in_mid_send_loses_and_doubles_nothing(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    texts = [f"Line {n}" for n in range(12)]
    for n, text in enumerate(texts):
        hers.write(text)
        if n % 4 == 3:
            hers.page.reload()
            hers.settled()
    hers.expect_sent()
    hers.expect_texts(texts)
    his.expect_texts(texts)


def test_the_server_is_stopped_and_killed_in_mid_conversation(visit_own: Visit, own_site: Deployment) -> None:
    alice, bob = own_site.person(ALICE), own_site.person(BOB)
    room = own_site.open_room(alice, [bob])
    hers, his = visit_own(alice).open(room), visit_own(bob).open(room)
    hers.write("Before the stop")
    his.expect_texts(["Before the stop"])

    own_site.server.deploy_away()
    hers.write("Written while it was stopped", "And one more")
    expect(hers.page.locator('.mark[data-state="waiting"]')).to_have_count(2)
    own_site.server.start()
    said = ["Before the stop", "Written while it was stopped", "And one more"]
    his.expect_texts(said, timeout=30_000)
    hers.expect_texts(said)
    hers.expect_sent()

    his.write("Before the kill")
    own_site.server.kill()
    his.write("Written while it was dead")
    own_site.server.start()
    said += ["Before the kill", "Written while it was dead"]
    hers.expect_texts(said, timeout=30_000)
    his.expect_texts(said)
    his.expect_sent()
    hers.settled()
    his.settled()


def test_offline_and_back_the_line_says_what_is_so(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.offline()
    hers.expect_line("Offline")
    banner = hers.page.locator(".banner")
    expect(banner).to_contain_text("Offline. What you write waits here")  # by now the socket is cut too
    hers.write("One")
    hers.expect_line("Offline: 1 message waits here")
    hers.write("Two", "Three")
    hers.expect_line("Offline: 3 messages wait here")
    expect(banner).to_contain_text(
        "Offline. 3 messages wait here. They go out, in order, when the connection is back."
    )
    expect(banner.get_by_role("button", name="Try now")).to_be_visible()
    his.write("From Bob")
    hers.offline(False)
    hers.expect_line("Up to date")
    his.expect_texts(["From Bob", "One", "Two", "Three"])
    hers.expect_texts(["From Bob", "One", "Two", "Three"])
    hers.expect_sent()
    expect(banner).to_have_count(0)


def test_what_waited_offline_survives_a_closed_page(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    hers.offline()
    hers.write("Kept here")
    hers.expect_line("Offline: 1 message waits here")
    hers.page.close()
    hers.offline(False)
    hers.page = hers.new_page()
    hers.open(room)
    his.expect_texts(["Kept here"])
    hers.expect_texts(["Kept here"])
    hers.expect_sent()


def test_a_draft_stays_with_its_room(visit: Visit, site: Deployment, alice: Person, room: str) -> None:
    other = site.open_room(alice, name="beacon")
    hers = visit(alice).open(room)
    hers.field.fill("Not finished")
    hers.page.get_by_role("link", name=re.compile("beacon")).click()
    expect(hers.page).to_have_url(re.compile(other))
    expect(hers.field).to_have_value("")
    hers.page.go_back()
    expect(hers.field).to_have_value("Not finished")
    hers.page.reload()
    expect(hers.field).to_have_value("Not finished")


def test_shift_enter_breaks_the_line_and_enter_sends(visit: Visit, alice: Person, room: str) -> None:
    hers = visit(alice).open(room)
    hers.field.press_sequentially("one")
    hers.field.press("Shift+Enter")
    hers.field.press_sequentially("two")
    assert hers.field.input_value() == "one\ntwo"
    hers.field.press("Enter")
    hers.expect_texts(["one\ntwo"])


def test_a_text_beyond_the_limit_is_counted_and_cannot_be_sent(
    visit: Visit, alice: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    send = hers.page.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_disabled()
    hers.field.fill("é" * 8192)
    expect(hers.page.locator("#note")).to_have_text("0 left")
    hers.field.fill("é" * 8192 + "x")
    expect(hers.page.locator("#note")).to_have_text("1 too many")
    expect(send).to_be_disabled()
    hers.field.fill("é" * 8192)
    hers.field.press("Enter")
    hers.expect_texts(["é" * 8192])
