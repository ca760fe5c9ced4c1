"""Takes the pictures in `docs/screenshots/` from the running page: `python -m tests.browser.screenshots`."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.browser.story import PLACE, Story, tell
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment, embedded
from tests.support.processes import new_folder
from tests.support.sites import PROJECT, manage

FOLDER = PROJECT / "docs/screenshots"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABLET: dict[str, Any] = {"viewport": {"width": 900, "height": 1100}}


class Studio:
    """A browser, a site, and the folder for the pictures."""

    def __init__(self, browser: Browser, site: Deployment, story: Story) -> None:
        self.browser = browser
        self.site = site
        self.story = story
        self._watching: list[Visitor] = []

    def mira(self, **options: Any) -> Visitor:
        """Mira at the page."""
        return self.at("mira", **options)

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


def keep(visitor: Visitor, name: str) -> None:
    """Take one picture."""
    visitor.page.wait_for_timeout(1500)  # receipts, fonts, the moving day label
    visitor.page.mouse.move(0, 0)
    visitor.page.screenshot(path=FOLDER / f"{name}.png")
    sys.stderr.write(f"{name}.png\n")
    visitor.context.close()


def sign_in(studio: Studio) -> None:
    """The door."""
    visitor = Visitor(studio.browser, studio.site.server.url)
    visitor.page.goto("/sign-in/")
    keep(visitor, "sign-in")


def rooms(studio: Studio) -> None:
    """The busy room, light with details, dark, on a tablet and on phones."""
    light = studio.mira(color_scheme="light").open(studio.story.launch)
    light.page.get_by_role("button", name="Room details").click()
    keep(light, "room-light")
    keep(studio.mira(color_scheme="dark").open(studio.story.launch), "room-dark")
    tablet = studio.mira(color_scheme="dark", **TABLET).open(studio.story.launch)
    tablet.page.get_by_role("button", name="Room details").click()
    keep(tablet, "tablet-dark")
    for scheme in ("light", "dark"):
        keep(studio.mira(color_scheme=scheme, **PHONE).open(studio.story.launch), f"phone-{scheme}")
    phone = studio.mira(color_scheme="light", **PHONE)
    phone.page.goto("/rooms/")
    keep(phone, "phone-rooms")


def states(studio: Studio) -> None:
    """Offline, and not sent."""
    offline = studio.mira(color_scheme="light").open(studio.story.launch)
    offline.offline()
    offline.page.locator(".banner").wait_for()
    offline.write(
        "New wording is in. Please reload the staging copy.",
        "Amara agreed to the text.",
        "Tomas, you can go.",
    )
    keep(offline, "offline")

    failed = studio.mira(color_scheme="light").open(studio.story.hiring)
    failed.offline()
    failed.page.locator(".banner").wait_for()
    failed.write("Shall I write to the others?")
    with studio.site.rest(studio.story.people["leo"]) as rest:
        rest.call("DELETE", f"rooms/{studio.story.hiring}/")
    failed.offline(False)
    failed.page.locator(".fail").wait_for()
    keep(failed, "not-sent")


def new_room(studio: Studio) -> None:
    """A room nobody has written in, and the dialog that makes one."""
    visitor = studio.mira(color_scheme="light").open(studio.story.launch)
    visitor.page.get_by_role("button", name="New room").click()
    visitor.page.get_by_label("Name", exact=True).fill("field-reports-2027")
    visitor.page.screenshot(path=FOLDER / "new-room.png")
    visitor.page.get_by_role("button", name="Open the room").click()
    visitor.page.get_by_text("This room is new").wait_for()
    keep(visitor, "empty-room")


def main() -> None:
    """Take all pictures, or those whose names are given."""
    pictures: list[Callable[[Studio], None]] = [sign_in, rooms, new_room, states]
    os.environ["TEST_FOLDER"] = str(new_folder("run"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    deployment = embedded(SITE_NAME=PLACE)
    manage("collectstatic", "--noinput", "--verbosity", "0", env=deployment.server.env)
    try:
        with deployment as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
            studio = Studio(browser, site, tell(site))
            studio.let_them_read("mira", "ines", "tomas", "jun", "priya", "leo")
            for picture in pictures:
                if not sys.argv[1:] or picture.__name__ in sys.argv[1:]:
                    picture(studio)
            studio.close()
            browser.close()
    finally:
        shutil.rmtree(Path(os.environ["TEST_FOLDER"]), ignore_errors=True)


if __name__ == "__main__":
    main()
