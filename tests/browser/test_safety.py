"""Nothing that people write is ever run."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.hostile import PAYLOADS as PAYLOADS_OF_ALL
from tests.browser.hostile import settle
from tests.support.deployments import Deployment
from tests.support.people import ALICE, Role

PAYLOADS = [
    "<script>globalThis.hacked = 1</script>",
    "<img src=x onerror=globalThis.hacked=1>",
    '<svg onload="globalThis.hacked=1"><use href="data:image/svg+xml,<svg id=x onload=globalThis.hacked=1>#x"/></svg>',
    "[click](javascript:globalThis.hacked=1)",
    "[click](JaVaScRiPt&colon;globalThis.hacked=1)",
    "[click](data:text/html,<script>globalThis.hacked=1</script>)",
    '![x](x"onerror=globalThis.hacked=1)',
    '<a href="javascript:globalThis.hacked=1">click</a>',
    "`<img src=x onerror=globalThis.hacked=1>`",
    "```html\n<script>globalThis.hacked=1</script>\n```",
    "<javascript:globalThis.hacked=1>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.hacked=1&gt;">',
    '<style>*{display:none}</style><div style="position:fixed;inset:0">x</div>',
    '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe><form action=//evil.example><input name=x>',
    "@alice<img src=x onerror=globalThis.hacked=1>",
    "${globalThis.hacked=1} {{constructor.constructor('globalThis.hacked=1')()}}",
    "\u202egnirts sdrawkcab\u0000"[:-1],
]
NAME = '"><img src=x onerror=globalThis.hacked=1>'


@pytest.fixture(scope="module")
def hostile_room(site: Deployment) -> tuple[str, object]:
    """A room of somebody with a hostile name, with hostile name and topic, full of hostile messages."""
    owner = site.person(Role("hostile", '<img src=x onerror="globalThis.hacked=1">'))
    alice = site.person(ALICE)
    with site.rest(owner) as rest:
        room = rest.create_room(NAME)
        rest.call("PATCH", f"rooms/{room}/", {"topic": "</script><script>globalThis.hacked=1</script>"})
        rest.add_member(room, alice.id)
        for payload in PAYLOADS:
            rest.send(room, payload)
    return room, alice


def test_hostile_text_runs_nothing_and_breaks_no_rule(visit: Visit, hostile_room: tuple[str, object]) -> None:
    room, alice = hostile_room
    hers = visit(alice).open(room)
    expect(hers.page.locator(".msg")).to_have_count(len(PAYLOADS))
    hers.page.get_by_role("button", name="Room details").click()
    for link in hers.page.locator(".msg__text a").all():
        href = link.get_attribute("href")
        assert href is None or href.startswith(("https:", "http:", "mailto:")), href
    for text in hers.page.locator(".msg__text").all():
        text.hover()
    hers.page.reload()
    hers.settled()
    hers.page.wait_for_timeout(500)
    assert hers.page.evaluate("globalThis.hacked") is None
    assert hers.page.evaluate("globalThis.violations") == []
    assert (
        hers.page.locator(
            ".msg__text :is(script, img, svg:not(.i), iframe, form, style, input, math)"
        ).count()
        == 0
    )
    assert hers.page.locator("h1").inner_text() == NAME
    title = hers.page.title()
    assert NAME in title


def test_a_hostile_name_of_oneself_runs_nothing(visit: Visit, site: Deployment) -> None:
    person = site.person(Role("hostile-too", "</script><script>globalThis.hacked=1</script>"))
    room = site.open_room(person, name="plain")
    theirs = visit(person).open(room)
    theirs.write("<script>globalThis.hacked=1</script>", "**bold** <b>not bold</b>")
    theirs.expect_texts(["<script>globalThis.hacked=1</script>", "bold <b>not bold</b>"])
    assert theirs.page.evaluate("globalThis.hacked") is None
    boot = json.loads(theirs.page.locator("#boot").evaluate("element => element.textContent"))
    assert boot["me"]["display_name"] == "</script><script>globalThis.hacked=1</script>"


def test_the_policy_allows_no_inline_script_or_style(visit: Visit, site: Deployment) -> None:
    hers = visit(site.person(ALICE))
    answer = hers.page.goto("/rooms/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy
    assert hers.page.locator("[style]").count() == 0


def test_a_hundred_payloads_in_texts_names_and_topics_run_nothing(
    visit_own: Visit, own_site: Deployment
) -> None:
    alice = own_site.person(ALICE)
    room = settle(own_site, alice)
    assert len(set(PAYLOADS_OF_ALL)) == len(PAYLOADS_OF_ALL) == 100
    hers = visit_own(alice).open(room)
    rows = hers.page.locator(".msg")
    expect(rows).to_have_count(100)
    names = rows.locator(".msg__by h3")
    expect(names).to_have_text(PAYLOADS_OF_ALL)
    hers.page.get_by_role("button", name="Browse rooms").click()
    expect(hers.page.get_by_role("dialog").get_by_role("button", name="Join")).to_have_count(100)
    hers.page.keyboard.press("Escape")
    rows.last.hover()
    rows.last.get_by_role("button", name="Reply", exact=True).click()
    expect(hers.page.locator(".replying")).to_contain_text(PAYLOADS_OF_ALL[-1][:20])
    hers.field.press_sequentially("@hostile")
    rows.last.get_by_role("button", name="Actions").click()
    hers.page.get_by_role("menuitem", name="Show the thread").click()
    expect(hers.page.locator(".thread__msg")).to_have_count(1)
    hers.page.wait_for_timeout(300)  # whatever was to run has run
    assert hers.page.evaluate("globalThis.hacked") is None
    assert hers.page.evaluate("globalThis.violations") == []
    made = ":is(script, img, svg:not(.i, .logo, .conn__dot), iframe, form, style, input, math, video, object)"
    assert hers.page.locator(f".msg__text {made}").count() == 0
