"""Files in the page: dropped, pasted, chosen, looked at; and what becomes of them where nobody may."""

import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.hostile import PAYLOADS
from tests.browser.test_access import PHONE, axe
from tests.browser.test_for_everyone import WIDER, barriers
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.rest import Person

__all__ = ["axe"]  # a fixture of theirs

_MB = 2**20
_DRAGGED = """files => {
  const all = new DataTransfer();
  for (const [name, size] of files) all.items.add(new File([new Uint8Array(size).fill(97)], name, { type: "text/plain" }));
  return all;
}"""
_TO_CLIPBOARD = """async bytes => {
  const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" });
  await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
}"""


def picture(width: int, height: int, colour: str = "teal") -> bytes:
    """A PNG of one colour."""
    kept = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(kept, "PNG")
    return kept.getvalue()


def drop(page: Page, *files: tuple[str, int]) -> None:
    """Drag files of these names and sizes over the room, and let them fall."""
    dragged = page.evaluate_handle(_DRAGGED, files)
    page.locator("#room").dispatch_event("dragover", {"dataTransfer": dragged})
    expect(page.locator(".drop")).to_contain_text("Drop them to add them to your message")
    expect(page.locator(".drop")).to_contain_text("10 files in a message, up to 50 MB each")
    page.locator("#room").dispatch_event("drop", {"dataTransfer": dragged})
    expect(page.locator(".drop")).to_have_count(0)


def choose(visitor: Visitor, *files: tuple[str, str, bytes]) -> None:
    """Choose files by name, type and content."""
    given: list[Any] = [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(given)


def uploads(visitor: Visitor, state: str = "done") -> Locator:
    """The files of the message that is being written."""
    return visitor.page.locator(f'.up[data-state="{state}"]')


def shots(visitor: Visitor, count: int) -> Locator:
    """The pictures in the list, each one drawn."""
    all_shots = visitor.page.locator(".shot img")
    expect(all_shots).to_have_count(count)
    for each in all_shots.all():
        each.scroll_into_view_if_needed()
        expect(each).to_have_js_property("complete", True)
        visitor.page.wait_for_function("one => one.naturalWidth > 0", arg=each.element_handle())
    return all_shots


def ignore_previews(visitor: Visitor) -> None:
    """The browser notes each preview that is asked for before it is made."""
    visitor.complaints[:] = [one for one in visitor.complaints if "404" not in one]


def test_three_files_are_dropped_one_is_cancelled_and_the_rest_arrive_and_go_with_their_message(
    visit: Visit, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    network = hers.context.new_cdp_session(hers.page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    network.send("Network.emulateNetworkConditions", slow)
    drop(hers.page, ("notes.txt", 1000), ("plan.txt", 2048), ("recording.txt", 4 * _MB))
    expect(uploads(hers)).to_have_count(2)
    bar = hers.page.get_by_label("Uploading recording.txt")
    hers.page.wait_for_function("one => one.value > 0 && one.value < one.max", arg=bar.element_handle())
    hers.field.fill("Two documents")
    hers.field.press("Enter")
    expect(hers.page.get_by_text("It is sent as soon as the files are there.")).to_be_visible()
    expect(hers.field).to_have_value("Two documents")
    hers.page.get_by_role("button", name="Cancel recording.txt").click()
    expect(hers.page.locator(".tray")).to_have_count(0)
    expect(hers.field).to_have_value("")
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    hers.expect_sent()
    cards = his.page.locator(".msg").last.locator(".file")
    expect(cards.locator("b")).to_have_text(["notes.txt", "plan.txt"])
    expect(cards.locator("small")).to_have_text(["1,000 bytes", "2 kB"])
    with his.page.expect_download() as download:
        cards.first.click()
    assert download.value.suggested_filename == "notes.txt"
    assert Path(download.value.path()).read_bytes() == b"a" * 1000
    address = cards.first.evaluate("one => one.href")
    assert his.context.request.get(address).ok

    hers.page.locator(".msg").last.focus()
    hers.page.keyboard.press("Delete")
    expect(hers.page.locator(".file")).to_have_count(0)
    hers.page.reload()
    expect(his.page.locator(".gone")).to_have_text("Deleted")
    expect(cards).to_have_count(0)
    assert his.context.request.get(address).status == 404


def test_a_picture_is_pasted_described_and_looked_at_by_keyboard(
    visit: Visit, axe: str, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob, color_scheme="light", reduced_motion="reduce").open(room)
    hers.context.grant_permissions(["clipboard-read", "clipboard-write"])
    hers.page.evaluate(_TO_CLIPBOARD, list(picture(900, 600)))
    hers.field.press("Control+v")
    expect(uploads(hers)).to_have_count(1)
    expect(hers.page.locator(".up b")).to_have_text(re.compile(r"^Picture 20\d\d-.*\.png$"))
    hers.page.get_by_placeholder("Say what it shows").fill("The sea at six")
    hers.page.keyboard.press("Enter")
    hers.field.press("Enter")
    expect(hers.page.locator(".tray")).to_have_count(0)  # it has waited until the server knew the words
    choose(hers, ("mast.png", "image/png", picture(100, 700, "brown")), ("list.csv", "text/csv", b"a,b\n1,2"))
    expect(uploads(hers)).to_have_count(2)
    hers.page.evaluate(axe)
    wrong = barriers(hers, "files of a message")
    hers.field.press("Enter")
    hers.expect_sent()

    drawn = shots(his, 2)
    boxes = [each.bounding_box() for each in drawn.all()]
    assert [(round(box["width"]), round(box["height"])) for box in boxes if box] == [(320, 213), (48, 320)]
    expect(drawn.first).to_have_attribute("alt", "The sea at six")
    expect(drawn.last).to_have_attribute("alt", "mast.png")
    page = his.page
    page.evaluate(axe)
    wrong += barriers(his, "pictures and cards")
    page.locator(".msg").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".shot").first).to_be_focused()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    expect(box).to_have_accessible_name("The sea at six")
    expect(box.get_by_role("img").last).to_have_attribute("alt", "The sea at six")
    expect(box.get_by_role("status")).to_contain_text("1 of 2")
    wrong += barriers(his, "lightbox")
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("status")).to_have_text("mast.png 2 of 2")
    expect(box.get_by_role("button", name="Next picture")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(box.get_by_role("status")).to_contain_text("1 of 2")
    with page.expect_download() as download:
        box.get_by_role("link", name=re.compile("^Download Picture")).click()
    whole = io.BytesIO(Path(download.value.path()).read_bytes())
    assert Image.open(whole).size == (900, 600)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator(".shot").first).to_be_focused()
    assert wrong == []

    # The arrows mean what they point at, and nothing sticks out, from right to left on a phone too.
    mirrored = visit(bob, **PHONE)
    mirrored.context.add_init_script("addEventListener('DOMContentLoaded', () => { document.dir = 'rtl'; })")
    mirrored.open(room)
    shots(mirrored, 2)
    assert mirrored.page.evaluate(WIDER) == []
    mirrored.page.locator(".shot").first.click()
    expect(mirrored.page.get_by_role("dialog")).to_be_visible()
    mirrored.page.keyboard.press("ArrowLeft")
    expect(mirrored.page.get_by_role("dialog").get_by_role("status")).to_contain_text("2 of 2")
    assert mirrored.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # The room's details know its files: a picture opens, everything leads to its message.
    page.get_by_role("button", name="Room details").click()
    kept = page.get_by_role("complementary").locator(".kept li")
    expect(kept).to_have_count(3)
    expect(kept.filter(has_text="list.csv").locator("small")).to_contain_text("Alice")
    wrong = barriers(his, "files of the room")
    assert wrong == []
    kept.get_by_role("link", name="The sea at six").click()
    expect(box.get_by_role("status")).to_contain_text("1 of 2")
    page.keyboard.press("Escape")
    kept.filter(has_text="list.csv").get_by_role("button").click()
    expect(page.locator(".msg").last).to_have_class(re.compile("msg--target"))

    # One who is put out while the picture is open does not keep it.
    page.locator(".shot").first.click()
    address = page.locator(".shot").first.evaluate("one => one.href")
    expect(box).to_be_visible()
    hers.page.evaluate(
        """([room, user]) => fetch(`/api/v1/rooms/${room}/members/${user}/`, {
          method: "DELETE", headers: { "X-CSRFToken": document.cookie.match(/csrftoken=([^;]*)/)[1] } })""",
        [room, bob.id],
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not in this room any more")
    expect(box).to_have_count(0)
    refused = his.context.request.get(address)
    made_up = his.context.request.get(address.replace(room, room[::-1]))
    assert refused.status == 404
    assert refused.text() == made_up.text()
    for each in (hers, his, mirrored):
        ignore_previews(each)


def test_what_cannot_be_attached_is_said_and_a_draft_keeps_its_files(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    hers, his = visit(alice).open(room), visit(bob).open(room)
    choose(
        hers,
        ("empty.txt", "text/plain", b""),
        *((f"page {n}.txt", "text/plain", b"words") for n in range(11)),
    )
    expect(hers.page.locator(".tray__no li")).to_have_text(
        ["empty.txt is empty.", "page 10.txt is one too many: 10 files in a message."]
    )
    expect(uploads(hers)).to_have_count(10)
    for n in range(10):
        hers.page.get_by_role("button", name=f"Remove page {n}.txt").click()
    toast = hers.page.locator(".toast")
    expect(toast).to_contain_text("Removed page 9.txt")
    toast.get_by_role("button", name="Undo").click()
    expect(uploads(hers).locator("b")).to_have_text(["page 9.txt"])
    hers.page.get_by_role("button", name="Remove page 9.txt").click()
    expect(hers.field).to_be_focused()
    hers.page.keyboard.press("Control+z")
    expect(uploads(hers).locator("b")).to_have_text(["page 9.txt"])
    expect(toast).to_have_count(0)
    drop(hers.page, ("film.txt", 50 * _MB + 1))
    expect(hers.page.locator(".tray__no li")).to_have_text(["film.txt is larger than 50 MB."])
    hers.page.get_by_role("button", name="Dismiss").click()

    hers.page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector("#write").dispatchEvent(event);
        }""",
        "a line of a long story\n" * 10_000,
    )
    hers.page.get_by_role("button", name="Add it as a file").click()
    expect(uploads(hers)).to_have_count(2)
    hers.field.fill("Kept")
    expect(hers.page.locator("#note")).to_have_text("Draft kept")
    hers.page.reload()
    expect(uploads(hers)).to_have_count(2)
    expect(hers.field).to_have_value("Kept")

    hers.offline()
    hers.expect_line("Offline")
    choose(hers, ("later.txt", "text/plain", b"written at sea"))
    expect(uploads(hers, "waiting").locator("small")).to_have_text("Waits for the connection")
    hers.field.press("Enter")
    expect(hers.page.get_by_text("It is sent as soon as the files are there.")).to_be_visible()
    hers.offline(False)
    names = ["page 9.txt", "Pasted text.txt", "later.txt"]
    expect(his.page.locator(".file b")).to_have_text(names)
    expect(hers.page.locator(".file b")).to_have_text(names)
    expect(hers.page.locator(".tray")).to_have_count(0)
    hers.expect_sent()

    with site.rest(alice) as rest:
        rest.call("PATCH", f"rooms/{room}/permissions/", {"permissions": {"member": {"attach": False}}})
    his.page.reload()
    his.settled()
    expect(his.page.get_by_role("button", name="Attach files")).to_have_count(0)
    dragged = his.page.evaluate_handle(_DRAGGED, [["notes.txt", 10]])
    his.page.locator("#room").dispatch_event("dragover", {"dataTransfer": dragged})
    expect(his.page.locator(".drop")).to_have_text("You may not attach files in this room.")
    his.page.locator("#room").dispatch_event("drop", {"dataTransfer": dragged})
    expect(his.page.locator(".tray")).to_have_count(0)


def test_a_hundred_payloads_as_names_and_as_what_pictures_show_run_nothing(
    visit: Visit, site: Deployment, alice: Person, room: str
) -> None:
    with site.rest(alice) as rest:
        headers = {"Authorization": f"Bearer {alice.token}"}
        sent = httpx.post(
            f"{site.server.url}/api/v1/rooms/{room}/attachments/",
            headers=headers,
            files={"file": ("one.png", picture(40, 40), "image/png")},
        ).json()
        body = {"text": "", "attachments": [sent["id"]]}
        seqs = [rest.call("POST", f"rooms/{room}/messages/", body)["seq"]]
        seqs += [rest.send(room, "x")[0]["seq"] for _ in range(9)]
    kept = {"id": sent["id"], "size": 9, "width": 40, "height": 40}
    assert isinstance(site.source, Path)
    with sqlite3.connect(site.source, timeout=30) as database:
        for number, seq in enumerate(seqs):
            files = [
                {**kept, "name": one, "alt": one, "type": "image/png", "preview": number % 2 == 0}
                for one in PAYLOADS[number * 10 : number * 10 + 10]
            ]
            data = json.dumps({"attachments": files, "mentions": []})
            database.execute(
                "UPDATE messaging_event SET data = ?, text = '' WHERE room_id = ? AND seq = ?",
                (data, room, seq),
            )
    hers = visit(alice).open(room)
    page = hers.page
    expect(page.locator(".shot")).to_have_count(50)
    names = [" ".join(one.split()) for one in page.locator(".file b").all_text_contents()]
    assert names == [
        " ".join(one.split()) for number in range(1, 10, 2) for one in PAYLOADS[number * 10 :][:10]
    ]
    assert page.locator(".shot img").evaluate_all("all => all.map(one => one.alt)")[:10] == PAYLOADS[:10]
    page.locator(".shot").first.click()
    expect(page.get_by_role("dialog")).to_have_accessible_name(" ".join(PAYLOADS[0].split()))
    page.keyboard.press("Escape")
    page.locator(".msg").last.hover()
    page.locator(".msg").last.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".replying")).to_contain_text(PAYLOADS[90][:20])
    choose(hers, *((one.replace("/", "∕"), "text/plain", b"x") for one in PAYLOADS))
    expect(page.locator(".tray__no li")).to_have_count(90)
    expect(uploads(hers)).to_have_count(10)
    page.wait_for_timeout(300)  # whatever was to run has run
    assert page.evaluate("globalThis.hacked") is None
    assert page.evaluate("globalThis.violations") == []
    made = ":is(script, iframe, form, style, math, video, object, svg:not(.i))"
    assert page.locator(f".msg {made}, .tray {made}").count() == 0
    ignore_previews(hers)
