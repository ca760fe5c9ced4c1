"""Notifications in the page: asked for on a press, shown by the worker, closed when read, opened by a click."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Worker, expect

from tests.browser.conftest import Visit, launched
from tests.browser.test_access import AXE, check
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment
from tests.support.processes import wait_until
from tests.support.rest import Person

_SHOWN = """async () => (await self.registration.getNotifications()).map(({ title, body, data }) => [title, body, data.seq])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One with windows: only that shows notifications."""
    with launched(windows=True) as browser:
        yield browser


class Device:
    """A visitor's browser as one that notifications come to."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        visitor.page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=30_000)
        wait_until(lambda: self._worker() is not None, what="the worker runs")
        self._devtools = visitor.context.new_cdp_session(visitor.page)
        self._registration = ""
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self._devtools.send("ServiceWorker.enable")
        wait_until(self._told, what="the browser names the registration")

    def _told(self) -> bool:
        self.visitor.page.evaluate("1")  # as above
        return bool(self._registration)

    def _registered(self, told: dict[str, Any]) -> None:
        for each in told["registrations"]:
            self._registration = each["registrationId"]

    def _worker(self) -> Worker | None:
        self.visitor.page.evaluate("1")  # what the browser has to say is heard while it is asked
        workers = self.visitor.context.service_workers
        return workers[-1] if workers else None

    @property
    def worker(self) -> Worker:
        """The service worker."""
        worker = self._worker()
        assert worker is not None
        return worker

    def push(self, **told: Any) -> None:
        """What the browser's push service would bring."""
        self._devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.visitor.url,
                "registrationId": self._registration,
                "data": json.dumps(told),
            },
        )

    def shows(self, *notices: list[Any]) -> None:
        """Wait until it shows these."""
        wait_until(
            lambda: sorted(self.worker.evaluate(_SHOWN)) == sorted(notices), what=f"it shows {notices}"
        )

    def press(self) -> None:
        """Press the one that is shown."""
        self.worker.evaluate(
            """async () => {
              const [notification] = await self.registration.getNotifications();
              self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
            }"""
        )


def said(room: str, seq: int, body: str) -> dict[str, Any]:
    """What the server pushes of a message."""
    return {
        "kind": "message",
        "room": room,
        "seq": seq,
        "tag": room,
        "title": "Bob in harbour",
        "body": body,
        "url": f"/rooms/{room}/{seq}/",
    }


def read(room: str, seq: int) -> dict[str, Any]:
    """What the server pushes when something was read elsewhere."""
    return {"kind": "read", "room": room, "seq": seq, "tag": room}


def test_a_push_comes_with_the_page_closed_goes_when_read_elsewhere_and_a_press_opens_its_message(
    visit: Visit, site: Deployment, alice: Person, bob: Person, room: str
) -> None:
    with site.rest(bob) as rest:
        message, _again = rest.send(room, "The tide turns")
    seq = message["seq"]
    hers = visit(alice, service_workers="allow", permissions=["notifications"]).open(room)
    device = Device(hers)
    hers.page.goto("about:blank")
    device.push(**said(room, seq, "The tide turns"))
    device.shows(["Bob in harbour", "The tide turns", seq])
    device.push(**said(room, seq, "The tide turns at six"))
    device.shows(["Bob in harbour", "The tide turns at six", seq])
    device.push(**read(room, seq - 1))
    device.push(**said(room, seq - 1, "Late"))
    device.push(**said("another", 3, "In another room"))
    device.shows(["Bob in harbour", "The tide turns at six", seq], ["Bob in harbour", "In another room", 3])
    device.push(**read(room, seq))
    device.push(**read("another", 3))
    device.shows()
    device.push(**said(room, seq, "The tide turns"))
    device.shows(["Bob in harbour", "The tide turns", seq])
    hers.page.goto("/rooms/")
    hers.settled()
    device.press()
    expect(hers.page).to_have_url(f"{site.server.url}/rooms/{room}/{seq}/")
    device.shows()


def test_a_page_that_nobody_looks_at_tells_what_is_wanted_and_the_settings_say_what_that_is(
    visit: Visit, site: Deployment, bob: Person
) -> None:
    dora = site.newcomer()  # nothing else is unread for her
    room = site.open_room(bob, [dora], name="quay")
    hers = visit(dora, service_workers="allow", permissions=["notifications"])
    hers.context.add_init_script(
        "navigator.setAppBadge = async (count) => { globalThis.badge = count; };"
        "navigator.clearAppBadge = async () => { globalThis.badge = 0; };"
    )
    hers.open(room)
    device = Device(hers)
    hers.page.get_by_role("button", name="Settings and sign out").click()
    hers.page.get_by_role("button", name="Notifications").click()
    dialog = hers.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Notify on this device").click()
    expect(dialog.get_by_role("button", name="Stop on this device")).to_be_visible()
    dialog.get_by_label("Quiet hours").check()
    dialog.get_by_label("From").fill("21:30")
    dialog.get_by_label("To").fill("06:00")
    check(hers, AXE.read_text(encoding="utf-8"))
    with site.rest(dora) as rest:
        wait_until(
            lambda: rest.call("GET", "me/notifications/")["quiet_hours"] == "21:30-06:00", what="it is kept"
        )
        dialog.get_by_label("Quiet hours").uncheck()
        wait_until(lambda: rest.call("GET", "me/notifications/")["quiet_hours"] == "", what="it is kept")
    hers.page.keyboard.press("Escape")

    # Headless tabs all believe that somebody looks at them.
    hers.page.evaluate("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })")
    device.worker.evaluate("self.clients.matchAll = async () => [{}]")
    title = f"Bob Baker in {hers.page.locator('h1').inner_text()}"
    with site.rest(bob) as rest:
        rest.send(room, "To nobody by name")
        named, _again = rest.send(room, f"**Come**, @{dora.username}")
        device.shows([title, f"Come, @{dora.username}", named["seq"]])
        assert hers.page.evaluate("globalThis.badge") == 1
        with site.rest(dora) as elsewhere:
            elsewhere.call("PUT", f"rooms/{room}/receipt/", {"read": named["seq"]})
        device.shows()
        wait_until(lambda: hers.page.evaluate("globalThis.badge") == 0, what="the icon says so")
        hers.page.get_by_role("button", name="Room details").click()
        hers.page.get_by_label("Everything").check(force=True)
        with site.rest(dora) as elsewhere:
            wait_until(
                lambda: elsewhere.call("GET", f"rooms/{room}/")["my_marks"]["notify"] == "everything",
                what="it is kept",
            )
        plain, _again = rest.send(room, "To nobody again")
        device.shows([title, "To nobody again", plain["seq"]])
