"""Draws the app's icons from the mark: `python -m tests.browser.app_icons` writes `static/icons/`."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.support.sites import PROJECT

FOLDER = PROJECT / "static/icons"
LOGO = (PROJECT / "static/logo.svg").read_text()
GROUND = 'fill="#006469"'


def maskable() -> str:
    """The mark on a ground to the edges, small enough that a device may cut any shape out of it."""
    ticks = re.findall(r"<path[^>]*/>", LOGO)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 32 32"><rect x="-2" y="-2" width="32" height="32" '
        f"{GROUND}/>{''.join(ticks)}</svg>"
    )


def badge() -> str:
    """The ticks alone: a device takes only their shape, and colours it."""
    return re.sub(r"<rect[^>]*/>", "", LOGO).replace('viewBox="0 0 28 28"', 'viewBox="3 3 22 22"')


def draw(page: Page, drawing: str, size: int, name: str) -> None:
    """One picture, of few colours."""
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<style>*{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{drawing}"
    )
    picture = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    picture.quantize(colors=64).save(FOLDER / f"{name}-{size}.png", optimize=True)


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=QUIET)
        page = browser.new_page()
        for size in (192, 512):
            draw(page, LOGO, size, "app")
            draw(page, maskable(), size, "maskable")
        draw(page, badge(), 96, "badge")
        browser.close()


if __name__ == "__main__":
    main()
