"""Takes the pictures in `docs/screenshots/` from the running page: `python -m tests.browser.screenshots`."""

import io
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.browser.story import PLACE, Story, drawing, tell
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment, embedded
from tests.support.people import ADMIN
from tests.support.processes import new_folder
from tests.support.rest import Person
from tests.support.sites import PROJECT, manage

FOLDER = PROJECT / "docs/screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}

NEW_ROOMS = {
    ("wide", "light"): "tide-tables",
    ("wide", "dark"): "night-watch",
    ("phone", "light"): "pilots",
    ("phone", "dark"): "charts",
}


class Studio:
    """A browser, a site, and the folder for the pictures."""

    def __init__(self, browser: Browser, site: Deployment, story: Story) -> None:
        self.browser = browser
        self.site = site
        self.story = story
        self._watching: list[Visitor] = []

    def at(self, name: str, **options: Any) -> Visitor:
        """One of the people at the page."""
        return Visitor(self.browser, self.site.server.url, **options).sign_in(self.story.people[name])

    def let_them_read(self, *names: str) -> None:
        """Bring some people into the room, who read it and stay."""
        for name in names:
            visitor = self.at(name).open(self.story.launch)
            visitor.page.wait_for_timeout(1500)
            if visitor.page.locator(".tolatest").is_visible():
                visitor.page.locator(".tolatest").click()
            visitor.page.wait_for_timeout(2500)
            self._watching.append(visitor)

    def close(self) -> None:
        """Send everybody home."""
        for visitor in self._watching:
            visitor.leave()


class Shot:
    """One visitor on one screen in one theme, who goes from state to state."""

    def __init__(self, studio: Studio, screen: str, scheme: str) -> None:
        self.studio = studio
        self.screen = screen
        self.scheme = scheme
        options = {"color_scheme": scheme, "reduced_motion": "reduce", **SCREENS[screen]}
        self.visitor = Visitor(studio.browser, studio.site.server.url, **options)
        self.page = self.visitor.page

    def keep(self, name: str) -> None:
        """Take one picture, of few colours: it is a third as large, and looks the same."""
        self.page.wait_for_timeout(700)  # receipts, fonts, the moving day label
        whole = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        small = whole.quantize(colors=96, dither=Image.Dither.NONE)
        path = FOLDER / f"{name}-{self.screen}-{self.scheme}.png"
        small.save(path, optimize=True)
        sys.stderr.write(f"{path.name}\n")

    def say(self, text: str) -> None:
        """Write and send, by the button: on a phone Enter breaks the line."""
        self.visitor.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.visitor.field).to_have_value("")

    def cut_off(self, room: str) -> None:
        """Into a room, and out of reach once all are called by their names there."""
        self.visitor.open(room)
        expect(self.page.get_by_text("Someone")).to_have_count(0)
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.avatar')].every(one => one.textContent.trim())"
        )
        self.visitor.offline()
        self.page.locator(".banner").wait_for()

    def menu(self, entry: str = "") -> None:
        """The menu of Mira's last message, and one of its entries."""
        message = self.page.locator(".msg:has(.mark)").last
        message.focus()
        message.get_by_role("button", name="Actions").click(force=True)
        if entry:
            self.page.get_by_role("menuitem", name=entry).click()


def sign_in(shot: Shot) -> None:
    """The door; Mira comes in."""
    shot.page.goto("/sign-in/")
    shot.keep("sign-in")
    shot.visitor.sign_in(shot.studio.story.people["mira"])


def room(shot: Shot) -> None:
    """The rooms, the busy room, its details."""
    if shot.screen == "phone":
        shot.page.goto("/rooms/")
        shot.page.locator(f'.rm[data-room="{shot.studio.story.launch}"] small').wait_for()
        shot.keep("rooms")
    shot.visitor.open(shot.studio.story.launch)
    shot.keep("room")
    shot.page.get_by_role("button", name="Room details").click()
    shot.keep("details")
    shot.page.get_by_role("button", name="Close").first.click()


def layers(shot: Shot) -> None:
    """What lies over a room: the switcher, the keys, a message's menu, who has seen it, its thread."""
    shot.page.keyboard.press("Control+k")
    shot.page.get_by_role("combobox").fill("de")
    shot.keep("switcher")
    shot.page.keyboard.press("Escape")
    shot.page.keyboard.press("Control+/")
    shot.keep("keys")
    shot.page.keyboard.press("Escape")
    shot.menu()
    shot.keep("menu")
    shot.page.keyboard.press("Escape")
    shot.menu("Who has seen this")
    shot.keep("seen")
    shot.page.keyboard.press("Escape")
    shot.menu("Show the thread")
    shot.keep("thread")
    shot.page.keyboard.press("Escape")


def files(shot: Shot) -> None:
    """Pictures and a card in a room, files on their way in the message field, a picture at its full size."""
    shot.visitor.open(shot.studio.story.design)
    page = shot.page
    page.wait_for_function(
        "() => [...document.querySelectorAll('.shot img')].every(one => one.naturalWidth > 0)"
    )
    chosen: list[Any] = [
        {"name": "sketch.png", "mimeType": "image/png", "buffer": drawing("tile-ring.png")},
        {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": drawing("minutes.pdf")},
    ]
    page.locator("input[type=file]").set_input_files(chosen)
    expect(page.locator('.up[data-state="done"]')).to_have_count(2)
    shot.visitor.field.fill("The ring. A sketch of it and the minutes:")
    page.locator(".tolatest").click() if page.locator(".tolatest").is_visible() else None
    shot.keep("files")
    page.locator(".shot").first.click()
    shot.keep("lightbox")
    page.keyboard.press("Escape")
    for name in ("sketch.png", "minutes.pdf"):
        page.get_by_role("button", name=f"Remove {name}").click()
    shot.visitor.field.fill("")


def notifications(shot: Shot) -> None:
    """How one is told."""
    if shot.screen == "phone":
        shot.page.goto("/rooms/")
        shot.page.get_by_role("button", name="You", exact=True).click()
    else:
        shot.page.get_by_role("button", name="Settings and sign out").click()
    shot.page.get_by_role("button", name="Notifications").click()
    shot.page.get_by_label("Quiet hours").check()
    shot.page.get_by_label("From").wait_for()
    shot.keep("notifications")
    shot.page.get_by_label("Quiet hours").uncheck()
    shot.page.keyboard.press("Escape")


def new_room(shot: Shot) -> None:
    """The dialog that makes a room, and a room nobody has written in."""
    if shot.screen == "phone":
        shot.page.goto("/rooms/")
    shot.page.get_by_role("button", name="New room").click()
    shot.page.get_by_label("Name", exact=True).fill(NEW_ROOMS[shot.screen, shot.scheme])
    shot.keep("new-room")
    shot.page.get_by_role("button", name="Open the room").click()
    shot.page.get_by_text("This room is new").wait_for()
    shot.keep("empty-room")
    shot.page.get_by_role("button", name="Room details").click()
    shot.page.get_by_role("button", name="Close").first.wait_for()


def not_sent(shot: Shot) -> None:
    """Refused: the room was closed while one was away."""
    studio = shot.studio
    with studio.site.rest(studio.story.people["leo"]) as rest:
        closed = rest.create_room("offers", "private")
        rest.add_member(closed, studio.story.people["mira"].id)
        shot.cut_off(closed)
        shot.say("Shall I write to the others?")
        rest.call("DELETE", f"rooms/{closed}/")
        shot.visitor.offline(False)
        shot.page.locator(".fail").wait_for()
        shot.keep("not-sent")
        shot.page.locator(".fail").get_by_role("button", name="Delete").click()
        shot.page.locator(".fail").wait_for(state="detached")
        rest.remove_member(closed, studio.story.people["mira"].id)


def offline(shot: Shot) -> None:
    """Cut off, with messages that wait."""
    shot.cut_off(shot.studio.story.launch)
    for text in ("New wording is in. Please reload the staging copy.", "Tomas, you can go."):
        shot.say(text)
    shot.keep("offline")


def office(shot: Shot) -> None:
    """The admin: live figures, the list of people, and what roles may do in a room."""
    shot.page.goto("about:blank")  # what waits there is to stay unsent
    shot.visitor.offline(False)
    shot.visitor.context.clear_cookies()
    shot.visitor.sign_in(Person(id="", username=ADMIN.username, password=ADMIN.password, token=""))
    shot.page.goto("/admin/")
    shot.page.locator("#plot-people canvas").wait_for()
    shot.keep("admin-overview")
    shot.page.goto("/admin/accounts/user/")
    shot.keep("admin-people")
    shot.page.goto(f"/admin/rooms/room/{shot.studio.story.launch}/change/#rights")
    shot.keep("admin-room")


def main() -> None:
    """Take all pictures: every state, wide and on a phone, light and dark."""
    os.environ["TEST_FOLDER"] = str(new_folder("run"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    deployment = embedded(SITE_NAME=PLACE)
    manage("collectstatic", "--noinput", "--verbosity", "0", env=deployment.server.env)
    try:
        with deployment as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
            studio = Studio(browser, site, tell(site))
            studio.let_them_read("mira", "ines", "tomas", "jun", "priya", "leo")
            for screen in SCREENS:
                for scheme in ("light", "dark"):
                    shot = Shot(studio, screen, scheme)
                    for picture in (
                        sign_in,
                        room,
                        layers,
                        notifications,
                        files,
                        new_room,
                        not_sent,
                        offline,
                        office,
                    ):
                        picture(shot)
                    shot.visitor.context.close()
            studio.close()
            browser.close()
    finally:
        shutil.rmtree(Path(os.environ["TEST_FOLDER"]), ignore_errors=True)


if __name__ == "__main__":
    main()
