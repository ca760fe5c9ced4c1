"""The page as an app: installable, started without a connection, and empty for whoever comes after."""

import json
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.processes import wait_until
from tests.support.rest import Person

_KEPT = """async () => {
  const shell = Boolean(await caches.match("/rooms/", { cacheName: "shell", ignoreVary: true }));
  const begun = (await indexedDB.databases()).some(({ name }) => name === "parley-last");
  if (!begun) return { shell, rooms: "" };
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open("parley-last");
    opening.onsuccess = () => resolve(opening.result);
  });
  const asked = database.transaction("rooms").objectStore("rooms").getAll();
  const rooms = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  database.close();
  return { shell, rooms: JSON.stringify(rooms) };
}"""


def wait_until_kept(visitor: Visitor, *words: str) -> None:
    """Until the browser keeps the shell and these words of the rooms."""
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=30_000)

    wait_until(lambda: kept(visitor)["shell"], what="the shell is kept")
    wait_until(lambda: all(word in kept(visitor)["rooms"] for word in words), what="the rooms are kept")


def kept(visitor: Visitor) -> dict[str, Any]:
    """What the browser keeps: whether a shell, and the rooms as text."""
    found: dict[str, Any] = visitor.page.evaluate(_KEPT)
    return found


def test_it_can_be_installed(visit: Visit, alice: Person, room: str) -> None:
    hers = visit(alice, service_workers="allow").open(room)
    devtools = hers.context.new_cdp_session(hers.page)
    manifest = devtools.send("Page.getAppManifest")
    assert not manifest["errors"]
    told = json.loads(manifest["data"])
    assert (told["start_url"], told["scope"], told["display"]) == ("/rooms/", "/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        size = hers.page.evaluate(
            """async (src) => {
              const image = new Image();
              image.src = src;
              await image.decode();
              return image.naturalWidth;
            }""",
            icon["src"],
        )
        assert icon["sizes"] in ("any", f"{size}x{size}")
    hindrances = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {each["errorId"] for each in hindrances} <= {"in-incognito"}  # as the browser of a test is
    hers.page.goto("/rooms/?open=switch")
    expect(hers.page.get_by_role("combobox")).to_be_focused()


def test_it_starts_without_a_connection_with_what_was_last_said_and_only_for_whom_it_was_said(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    quay = site.open_room(alice, [bob], name=f"quay-{room[:4]}")
    with site.rest(bob) as rest:
        rest.send(room, "The tide turns at six")
        wrong, _again = rest.send(room, "The tide turns at seven")
        rest.call("PATCH", f"rooms/{room}/messages/{wrong['seq']}/", {"text": "No: at half past six"})
        rest.send(quay, "The quay is free")
    hers = visit(alice, service_workers="allow").open(room)
    hers.field.fill("half a sentence")
    wait_until_kept(hers, "at half past six", "The quay is free")
    assert "at seven" not in kept(hers)["rooms"]

    hers.offline()
    hers.page.reload()
    hers.expect_texts(["The tide turns at six", "No: at half past six"])
    expect(hers.field).to_have_value("half a sentence")
    hers.write("I come at six")
    hers.page.reload()
    expect(hers.page.locator('.mark[data-state="waiting"]')).to_have_count(1)
    hers.page.locator(f'.rm[href="/rooms/{quay}/"]').click()
    hers.expect_texts(["The quay is free"])
    with site.rest(bob) as rest:
        rest.send(quay, "Not any more")

    hers.offline(False)
    hers.settled()
    hers.expect_texts(["The quay is free", "Not any more"])
    hers.page.locator(f'.rm[href="/rooms/{room}/"]').click()
    hers.expect_sent()
    hers.expect_texts(["The tide turns at six", "No: at half past six", "I come at six"])

    wait_until_kept(hers, "I come at six", "Not any more")
    hers.page.get_by_role("button", name="Settings and sign out").click()
    hers.page.get_by_role("button", name="Sign out", exact=True).click()
    hers.page.wait_for_url(lambda url: "/rooms/" not in url)
    wait_until(lambda: kept(hers) == {"shell": False, "rooms": "[]"}, what="nothing is kept of her")
