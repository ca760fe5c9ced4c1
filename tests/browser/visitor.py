"""Somebody at the page: one browser context, signed in, and words for what people do there."""

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.rest import Person

# What a browser itself says about a network that a test has cut.
_CUT_OFF = re.compile(
    r"ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|NETWORK_CHANGED|EMPTY_RESPONSE)|WebSocket connection"
)

# Nor has a browser of a test a push service.
_NO_PUSHES = "does not support the Push API in incognito mode"

_LISTEN = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


class Visitor:
    """One person in one browser of their own.

    `complaints` gathers what a healthy page never says: errors on the console, uncaught exceptions, breaches
    of the content security policy. `leave` fails on any.
    """

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        settings = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "en-GB",
            "timezone_id": "UTC",
            # It would bring all of the page's files ahead in every test; those that are about it allow it.
            "service_workers": "block",
            **options,
        }
        self._scripted = options.get("java_script_enabled", True)
        self.context: BrowserContext = browser.new_context(base_url=url, **settings)
        self.context.set_default_timeout(15_000)
        self.context.add_init_script(_LISTEN)
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not _CUT_OFF.search(text) and _NO_PUSHES not in text:
            self.complaints.append(f"console: {text}")

    def sign_in(self, person: Person) -> "Visitor":
        """Sign in without the form, which has tests of its own."""
        body = {"username": person.username, "password": person.password}
        answer = self.context.request.post(f"{self.url}/api/v1/auth/login/", data=body)
        assert answer.ok, answer.text()
        return self

    def open(self, room: str) -> "Visitor":
        """Open a room by its address and wait until it is there, with the line saying so."""
        self.page.goto(f"/rooms/{room}/")
        self.settled()
        return self

    def settled(self) -> None:
        """Wait until the page says that it is up to date."""
        self.expect_line("Up to date")
        expect(self.field).to_be_visible()

    @property
    def field(self) -> Any:
        """Where one writes."""
        return self.page.locator("#write")

    def write(self, *texts: str) -> None:
        """Write and send, as fast as one can; waits until each has left the field."""
        for text in texts:
            self.field.fill(text)
            self.field.press("Enter")
            expect(self.field).to_have_value("")

    def expect_line(self, words: str | re.Pattern[str], *, timeout: float = 20_000) -> None:
        """Wait for the words of the line below the composer."""
        expect(self.page.locator("#line")).to_have_text(words, timeout=timeout)

    def texts(self) -> list[str]:
        """All messages in the list, top to bottom, as text."""
        found: list[str] = self.page.locator(".msg .msg__text").evaluate_all(
            "all => all.map(one => one.innerText.trim())"
        )
        return found

    def marks(self) -> list[str]:
        """The marks in the ledger, top to bottom."""
        found: list[str] = self.page.locator(".mark").evaluate_all("all => all.map(one => one.dataset.state)")
        return found

    def expect_texts(self, texts: Sequence[str], *, timeout: float = 15_000) -> None:
        """Wait until the list holds exactly these messages, in this order."""
        expect(self.page.locator(".msg .msg__text")).to_have_text(list(texts), timeout=timeout)

    def expect_sent(self, *, timeout: float = 15_000) -> None:
        """Wait until nothing waits and nothing has failed."""
        pending = self.page.locator('.mark[data-state="waiting"], .mark[data-state="failed"]')
        expect(pending).to_have_count(0, timeout=timeout)

    def offline(self, cut: bool = True) -> None:
        """Cut the browser off, or bring it back."""
        self.context.set_offline(cut)

    def leave(self) -> None:
        """Close the browser; the page must have had nothing to complain about."""
        for page in self.context.pages if self._scripted else ():
            if page.url.startswith("http"):
                self.complaints += page.evaluate("globalThis.violations ?? []")
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)
