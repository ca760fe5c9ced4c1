"""Browsers (the system's Chromium, by Playwright) at a real server."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE, BOB, MALLORY
from tests.support.rest import Person
from tests.support.templates import collected_pages

# Without these, Chromium looks for its maker's servers at every start.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    *([] if os.geteuid() else ["--no-sandbox"]),  # root has no sandbox
]

Visit = Callable[..., Visitor]


def chromium_path(*, windows: bool = False) -> str:
    """The system's Chromium; CHROMIUM names another.

    The one without windows comes first: the same engine, and a page costs half the processor's time. It shows no
    notifications, however; with `windows` it is not taken.
    """
    names = (
        ("chromium", "google-chrome") if windows else ("chromium-headless-shell", "chromium", "google-chrome")
    )
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.fail(f"the browser tests need one of {', '.join(names)}, or CHROMIUM=/path/to/it")
    return found


@contextmanager
def launched(*, windows: bool = False) -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(windows=windows), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module; each visitor has a context of their own in it.

    Not for the whole run: as long as Playwright is there, its event loop runs, and no other test could run one.
    """
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def site() -> Iterator[Deployment]:
    """One server for all tests that restart nothing, with hashed page files as in production."""
    with embedded(STATIC_ROOT=str(collected_pages())) as deployment:
        yield deployment


@pytest.fixture
def visit(browser: Browser, site: Deployment) -> Iterator[Visit]:
    """Brings people to the page: `visit(alice)`; all leave at the end, without complaints."""
    yield from _visits(browser, site.server.url)


def _visits(browser: Browser, url: str) -> Iterator[Visit]:
    visitors: list[Visitor] = []

    def visit(person: Person | None = None, **options: Any) -> Visitor:
        visitor = Visitor(browser, url, **options)
        visitors.append(visitor)
        return visitor.sign_in(person) if person else visitor

    yield visit
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def own_site() -> Iterator[Deployment]:
    """A server for one test alone, which may kill it."""
    with embedded(STATIC_ROOT=str(collected_pages())) as deployment:
        yield deployment


@pytest.fixture
def visit_own(browser: Browser, own_site: Deployment) -> Iterator[Visit]:
    """As `visit`, to `own_site`."""
    yield from _visits(browser, own_site.server.url)


@pytest.fixture
def alice(site: Deployment) -> Person:
    """Alice owns the room."""
    return site.person(ALICE)


@pytest.fixture
def bob(site: Deployment) -> Person:
    """Bob is a member of the room."""
    return site.person(BOB)


@pytest.fixture
def mallory(site: Deployment) -> Person:
    """Mallory is outside the room."""
    return site.person(MALLORY)


@pytest.fixture
def room(site: Deployment, alice: Person, bob: Person) -> str:
    """A new private room: Alice owns it, Bob is a member."""
    return site.open_room(alice, [bob], name=f"harbour-{secrets.token_hex(2)}")
