"""The office in a real browser: what is done there is seen in an open chat page, and its pages are for everyone."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_access import AXE, PHONE, check
from tests.support.deployments import Deployment
from tests.support.people import ADMIN
from tests.support.rest import Person

OFFICE = Person(id="", username=ADMIN.username, password=ADMIN.password, token="")
WITHIN_MS = 1500  # a second, and what the browser needs to draw


def act(page: Page, name: str, *rows: str) -> None:
    """Choose rows of a list by their links, and do something to them."""
    for row in rows:
        page.get_by_role("row").filter(has=page.get_by_role("link", name=row, exact=True)).get_by_role(
            "checkbox"
        ).check()
    page.get_by_label("Action:").select_option(label=name)
    page.get_by_role("button", name="Go", exact=True).click()


def test_what_the_office_does_is_seen_in_an_open_chat_page(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    his, office = visit(bob).open(room), visit(OFFICE).page
    his.page.get_by_role("button", name="Room details").click()
    mine = his.page.locator(".person").filter(has_text="Bob Baker")
    expect(mine).not_to_contain_text("Moderator")

    office.goto("/admin/rooms/room/")
    office.get_by_label("Search").fill(room)
    office.get_by_role("button", name="Search").click()
    office.locator("#result_list tbody th a").click()
    office.get_by_label("Role of Bob Baker").select_option("moderator")
    office.get_by_role("row").filter(has_text="Bob Baker").get_by_role("button", name="Change").click()
    expect(mine).to_contain_text("Moderator", timeout=WITHIN_MS)
    expect(office.get_by_role("status")).to_contain_text("The role is “Moderator” now.")

    box = office.get_by_label("Moderator: Speak", exact=True)
    box.uncheck()
    office.locator("form").filter(has=box).get_by_role("button", name="Save").click()
    expect(office.get_by_role("status")).to_contain_text("holds from now on")
    expect(office.get_by_label("Moderator: Speak (differs)")).not_to_be_checked()
    expect(his.field).to_have_count(0, timeout=5 * WITHIN_MS)  # who may not speak has nothing to write in
    office.get_by_role("button", name="As the site").click()
    expect(his.field).to_be_visible(timeout=WITHIN_MS)
    with site.rest(bob) as rest:
        rest.send(room, "Now I may")

    for allowed in (False, True):  # the table of the whole site
        office.goto("/admin/permissions/")
        office.get_by_role("checkbox", name=re.compile("^Moderator: Speak")).set_checked(allowed)
        office.get_by_role("button", name="Save").click()
        expect(his.field).to_have_count(int(allowed), timeout=WITHIN_MS)
    expect(office.get_by_role("button", name="Back to the defaults")).to_have_count(0)

    office.goto("/admin/announce/")
    office.get_by_label("What to say").fill("Back in five minutes.")
    office.get_by_text("To mind").click()
    office.get_by_role("button", name="Tell everybody").click()
    told = his.page.locator('.announced[data-level="warning"]')
    expect(told).to_contain_text("Back in five minutes.", timeout=WITHIN_MS)

    office.goto(f"/admin/rooms/room/{room}/log/")
    expect(office.locator(".log")).to_contain_text("Now I may")
    expect(office.locator(".log tbody tr").first.get_by_role("rowheader")).to_have_text("1")


def test_the_overview_shows_live_figures(visit: Visit, bob: Person, room: str) -> None:
    visit(bob).open(room)
    office = visit(OFFICE, color_scheme="dark").page
    office.goto("/admin/")
    expect(office.locator("#servers tr")).to_have_count(1)
    expect(office.locator("#servers .pill")).to_have_text("Serving")
    expect(office.locator("#people")).to_have_text(re.compile(r"[1-9]"), timeout=20_000)
    expect(office.locator("#people-more")).to_have_text(
        re.compile(r"on (1 socket|[1-9]\d* sockets)$"), timeout=20_000
    )
    expect(office.locator("#health")).to_have_text("Well")
    expect(office.locator("#log-more")).to_have_text(re.compile(r"^(Checked \d|The first check)"))
    expect(office.locator("#trouble")).to_be_hidden()
    expect(office.locator("#plot-people canvas")).to_be_visible(timeout=40_000)
    expect(office.get_by_role("img", name=re.compile(r"People connected: People \d"))).to_be_visible()
    people = office.locator("#plot-people")
    people.get_by_text("Show numbers").click()
    expect(people.get_by_role("columnheader")).to_have_text(["Time", "People"])
    office.get_by_text("Day", exact=True).click()
    expect(office.locator("#grain")).to_contain_text("Each step is 15 minutes")
    expect(people.locator("tbody tr")).to_have_count(96)


def test_lists_are_exported_and_people_signed_out(visit: Visit, site: Deployment, tmp_path: Path) -> None:
    dora = site.newcomer()
    hers, office = visit(dora), visit(OFFICE).page
    hers.page.goto("/rooms/")
    office.goto("/admin/accounts/user/")
    office.get_by_label("Search").fill(dora.username)
    office.get_by_role("button", name="Search").click()
    with office.expect_download() as download:
        act(office, "Export as CSV", dora.username)
    download.value.save_as(tmp_path / "users.csv")
    rows = list(csv.DictReader((tmp_path / "users.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["username"] for row in rows] == [dora.username]
    act(office, "End their sessions")
    expect(office.get_by_role("status")).to_contain_text("Ended the sessions of: 1.")
    expect(hers.page.get_by_role("alert")).to_contain_text("Signed out")


@pytest.mark.parametrize(
    ("scheme", "options"), [("light", {}), ("dark", PHONE)], ids=["wide-light", "phone-dark"]
)
def test_the_office_has_no_barriers(
    visit: Visit, alice: Person, bob: Person, room: str, scheme: str, options: dict[str, Any]
) -> None:
    axe = AXE.read_text(encoding="utf-8")
    office, wrong = visit(OFFICE, color_scheme=scheme, **options), []
    for path in (
        "/admin/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{bob.id}/change/",
        f"/admin/accounts/user/{bob.id}/password/",
        f"/admin/accounts/user/{bob.id}/history/",
        f"/admin/rooms/room/{room}/change/",
        f"/admin/rooms/room/{room}/log/",
        "/admin/permissions/",
        "/admin/announce/",
        "/admin/audit/entry/",
        "/admin/auth/group/add/",
        "/admin/rooms/",
    ):
        office.page.goto(path)
        expect(office.page.locator("h1")).to_be_visible()
        try:
            check(office, axe, preload=False)
        except AssertionError as violation:
            wrong.append(f"{path}\n{violation}")
        # On a phone `innerWidth` grows with a page that is too wide.
        width = (office.page.viewport_size or {"width": 0})["width"]
        if office.page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{path} is wider than the screen")
    assert not wrong, "\n".join(wrong)


def test_on_a_phone_places_and_filters_open_from_buttons(visit: Visit) -> None:
    office = visit(OFFICE, **PHONE).page
    office.goto("/admin/accounts/user/")
    places = office.get_by_role("navigation", name="Administration")
    expect(places).to_be_hidden()
    office.get_by_role("button", name="Places").click()
    expect(places).to_be_visible()
    office.keyboard.press("Escape")
    office.get_by_role("button", name="Filter").click()
    office.get_by_role("link", name="Bot", exact=True).last.click()
    expect(office).to_have_url(re.compile("kind__exact=bot"))
    office.get_by_role("button", name="Places").click()
    places.get_by_role("link", name="Rooms", exact=True).click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Rooms")
