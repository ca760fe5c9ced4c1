"""Taking one's data along, and going, in a real browser."""

import io
import json
import re
import sqlite3
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_account import confirm, sign_in
from tests.support.deployments import Deployment
from tests.support.processes import wait_until
from tests.support.rest import Person

MANY = 40_000


def has_said_much(site: Deployment, person: Person, room: str) -> None:
    """Lengthen the room's log by what would take hours to say."""
    assert isinstance(site.source, Path)
    with sqlite3.connect(site.source, timeout=20) as database:
        (head,) = database.execute("SELECT head FROM messaging_roomlog WHERE room_id = ?", (room,)).fetchone()
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO messaging_event (room_id, seq, kind, by_id, at, text, data)"
            " SELECT ?, ? + i, 'message.created', ?, '2026-01-01 10:00:00', 'word', ? FROM n",
            (MANY, room, head, person.id, '{"attachments": [], "mentions": []}'),
        )
        database.execute("UPDATE messaging_roomlog SET head = head + ? WHERE room_id = ?", (MANY, room))


def test_dora_watches_her_export_grow_and_takes_it_along(visit: Visit, site: Deployment) -> None:
    dora = site.newcomer()
    room = site.open_room(dora, [])
    has_said_much(site, dora, room)
    hers = visit(dora).page
    hers.goto("/account/data/")
    hers.get_by_role("button", name="Make an export").click()
    bar = hers.get_by_role("progressbar", name="How far the export is")
    expect(bar).to_be_visible()
    expect(hers.locator("[data-words]")).to_have_text(
        re.compile(r"^[1-9][\d,]* of [\d,]+ so far$"), timeout=20_000
    )
    expect(hers.locator("[data-words]")).to_have_text("Ready", timeout=60_000)
    expect(bar).to_have_count(0)
    with hers.expect_download() as download:
        hers.get_by_role("link", name="Download").click()
    with ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert json.loads(archive.read("account.json"))["username"] == dora.username
        said = [name for name in archive.namelist() if name.startswith(f"rooms/{room}/")]
        events = sum(len(json.loads(archive.read(name))) for name in said)
    assert events == MANY + 1
    hers.get_by_role("button", name=re.compile("^Throw the export")).click()
    expect(hers.get_by_role("link", name="Download")).to_have_count(0)


def test_dora_goes_and_bob_sees_it_and_owns_the_room(visit: Visit, site: Deployment, bob: Person) -> None:
    dora = site.newcomer()
    room = site.open_room(dora, [bob], name="Quay")
    with site.rest(dora) as rest:
        rest.send(room, "so long")
    assert _in_the_file(site, dora.username)
    his, elsewhere = visit(bob).open(room), visit(dora).open(room)
    expect(his.page.get_by_role("article", name=re.compile("^A Newcomer"))).to_be_visible()
    hers = visit().page
    sign_in(hers, dora)
    expect(hers).to_have_url(re.compile("/rooms/"))
    hers.goto("/account/data/")
    hers.get_by_role("link", name="Delete my account").click()
    if not hers.get_by_role("heading", name="Delete your account").is_visible():
        confirm(hers, dora)
    expect(hers.get_by_label("Who owns Quay?")).to_be_visible()
    hers.get_by_label("Your username").fill("somebody else")
    hers.get_by_role("button", name="Delete my account").click()
    expect(hers.locator(".problem")).to_have_text("This is not your username.")
    hers.get_by_label("Your username").fill(dora.username)
    hers.get_by_role("button", name="Delete my account").click()
    expect(hers.get_by_text("Your account is deleted.")).to_be_visible()

    main = his.page.get_by_role("main")  # others called so have direct rooms with Bob
    expect(main.get_by_text("A Newcomer")).to_have_count(0)
    expect(his.page.get_by_text("Deleted user left")).to_be_visible()
    his.expect_texts(["so long"])
    elsewhere.expect_line("Signed out. Sign in")
    elsewhere.complaints.clear()
    his.page.reload()
    his.settled()
    expect(his.page.get_by_role("article", name=re.compile("^Deleted user"))).to_be_visible()
    with site.rest(bob) as rest:
        assert rest.call("GET", f"rooms/{room}/")["my_role"] == "owner"
    _is_refused(hers, dora)
    wait_until(lambda: not _in_the_file(site, dora.username), what="the file has nothing of her", timeout=10)


def _in_the_file(site: Deployment, words: str) -> bool:
    """Whether SQLite's own files have this somewhere, in a freed page or in the log of what was written."""
    assert isinstance(site.source, Path)
    files = [site.source, site.source.with_name(f"{site.source.name}-wal")]
    return any(words.encode() in file.read_bytes() for file in files if file.exists())


def _is_refused(page: Page, person: Person) -> None:
    sign_in(page, person)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in/"))
