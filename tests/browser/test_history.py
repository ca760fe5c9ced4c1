"""History comes as one scrolls up, and the text being read stays where it is."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person

COUNT = 420
MOST_DRAWN = 300

# The row in the middle of the list, and where it stands.
_MIDDLE = """
() => {
  const list = document.querySelector(".list").getBoundingClientRect();
  const middle = list.top + list.height / 2;
  const row = [...document.querySelectorAll(".msg")].find((one) => one.getBoundingClientRect().bottom > middle);
  return { seq: row.dataset.seq, top: row.getBoundingClientRect().top };
}
"""


@pytest.fixture(scope="module")
def long_room(site: Deployment) -> str:
    """A room of Alice and Bob with several hundred messages of very different heights, all by Bob."""
    from tests.support.people import ALICE, BOB

    alice, bob = site.person(ALICE), site.person(BOB)
    room = site.open_room(alice, [bob], name="long")
    with site.rest(bob) as rest:
        for n in range(COUNT):
            text = (
                f"Line {n}. " + "It goes on for a while. " * (n % 7) + ("\n\n- a\n- b" if n % 11 == 0 else "")
            )
            rest.send(room, text, str(uuid.uuid4()))
    return room


def _top_of(visitor: Visitor, seq: str) -> float:
    return float(
        visitor.page.evaluate(
            "seq => document.querySelector(`[data-seq='${seq}']`).getBoundingClientRect().top", seq
        )
    )


def _scroll_up(visitor: Visitor, pixels: int) -> dict[str, Any]:
    """Scroll by that much; answers the row then in the middle, taken in the same frame."""
    found: dict[str, Any] = visitor.page.evaluate(
        f"""async (pixels) => {{
          const list = document.querySelector(".list");
          list.scrollTop -= pixels;
          return ({_MIDDLE})();
        }}""",
        pixels,
    )
    return found


def test_several_hundred_messages_scroll_by_without_a_jump(
    visit: Visit, alice: Person, bob: Person, long_room: str
) -> None:
    his = visit(bob).open(long_room)
    expect(his.page.locator(".msg").last).to_contain_text(f"Line {COUNT - 1}.")
    first = his.page.locator(".msg .msg__text").first
    jumps, met = [], dict.fromkeys(his.texts())
    for _ in range(200):
        middle = _scroll_up(his, 700)
        his.page.wait_for_timeout(60)  # a page of history may come in meanwhile
        jumps.append(abs(_top_of(his, middle["seq"]) - middle["top"]))
        met = dict.fromkeys([*his.texts(), *met])  # in order: the upper ones are new
        assert his.page.locator(".msg").count() <= MOST_DRAWN
        if his.page.evaluate(
            "document.querySelector('.list').scrollTop"
        ) == 0 and first.inner_text().startswith("Line 0."):
            break
    assert max(jumps) < 2, f"the text moved by {max(jumps)} px"
    assert [text.split(".")[0] for text in met] == [f"Line {n}" for n in range(COUNT)]


def test_new_messages_do_not_move_what_is_being_read(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        for n in range(60):
            rest.send(room, f"Line {n}")
    his = visit(bob).open(room)
    expect(his.page.locator(".msg").last).to_be_in_viewport()
    middle = _scroll_up(his, 900)
    with site.rest(alice) as rest:
        rest.send(room, "New, further down")
        rest.send(room, "And another")
    pill = his.page.get_by_role("button", name="Latest, 2 new")
    expect(pill).to_be_visible()
    assert abs(_top_of(his, middle["seq"]) - middle["top"]) < 2
    pill.click()
    expect(his.page.locator(".msg").last).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_at_the_end_the_list_stays_at_the_end(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    with site.rest(bob) as rest:
        for n in range(30):
            rest.send(room, f"Line {n}\n\nwith a second paragraph")
    expect(hers.page.locator(".msg")).to_have_count(30)
    expect(hers.page.locator(".msg").last).to_be_in_viewport(ratio=1)
    hers.field.fill("a\n" * 12)  # the composer grows
    expect(hers.page.locator(".msg").last).to_be_in_viewport(ratio=1)


def test_unread_messages_stand_below_a_new_line_and_are_counted_until_read(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers = visit(alice).open(room)
    hers.write("Mine")
    hers.page.goto("about:blank")
    with site.rest(bob) as rest:
        for n in range(40):
            rest.send(room, f"Unread {n}")
    other = site.open_room(alice, name="elsewhere")
    hers.open(other)
    row = hers.page.locator(f'.rm[href="/rooms/{room}/"]')
    expect(row.locator(".count .sr")).to_have_text("40 unread")
    row.click()
    line = hers.page.locator(".new")
    expect(line).to_contain_text("40 since")
    expect(line).to_be_in_viewport()
    expect(hers.page.get_by_text("Unread 0", exact=True)).to_be_in_viewport()
    expect(hers.page.get_by_text("Unread 39", exact=True)).not_to_be_in_viewport()
    expect(row.locator(".count .sr")).not_to_have_text(
        "40 unread", timeout=5_000
    )  # what is in sight is read after 800 ms
    hers.page.get_by_role("button", name="Latest").click()
    expect(row.locator(".count")).to_have_count(0, timeout=5_000)
    hers.page.reload()
    hers.settled()
    expect(row.locator(".count")).to_have_count(0)


def test_the_title_counts_what_is_for_oneself_only(visit: Visit, site: Deployment, bob: Person) -> None:
    dana = site.newcomer()
    open_room, other = site.open_room(bob, [dana], name="quay"), site.open_room(bob, [dana], name="pier")
    hers = visit(dana).open(open_room)
    with site.rest(bob) as rest:
        direct = rest.call("POST", "direct-rooms/", {"users": [dana.id]})["id"]
        rest.send(direct, "Just for you")
        rest.send(other, "For everyone")
    expect(hers.page.locator(".rm", has_text="Bob Baker")).to_be_visible()
    expect(hers.page).to_have_title("(1) quay, Parley")
    expect(hers.page.locator(".rm", has_text="pier").locator(".count .sr")).to_have_text("1 unread")
