"""Signing in with an account of elsewhere, in a real browser, at a real provider on 127.0.0.1."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_account import confirm, sign_in
from tests.browser.visitor import Visitor
from tests.support.deployments import Deployment, embedded
from tests.support.openid import OpenIDServer
from tests.support.people import BOB


@pytest.fixture
def provider() -> Iterator[OpenIDServer]:
    """The provider, where Dora sits."""
    with OpenIDServer() as provider:
        provider.person = {
            "sub": "dora-7",
            "email": "dora@example.org",
            "preferred_username": "dora",
            "name": "Dora Diver",
        }
        yield provider


@pytest.fixture
def its_site(provider: OpenIDServer) -> Iterator[Deployment]:
    """A server that knows the provider."""
    with embedded(**provider.environment, SIGN_UP="open") as site:
        yield site


def test_dora_comes_by_the_provider_and_bob_links_his(
    browser: Browser, provider: OpenIDServer, its_site: Deployment
) -> None:
    hers = Visitor(browser, its_site.server.url)
    page = hers.page
    page.goto("/sign-in/?next=/account/sessions/")
    expect(page.get_by_role("button", name="Go on with GitHub")).to_be_visible()
    page.get_by_role("button", name="Go on with Harbour Office").click()
    page.get_by_role("link", name="No").click()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    page.goto("/sign-in/?next=/account/sessions/")
    page.get_by_role("button", name="Go on with Harbour Office").click()
    page.get_by_role("link", name="Yes, it is me").click()
    expect(page.get_by_label("Username")).to_have_value("dora")
    expect(page.get_by_label("Email")).to_be_disabled()
    page.get_by_role("button", name="Make the account").click()
    expect(page).to_have_url(re.compile("/account/sessions/"))
    expect(page.locator(".account__who")).to_contain_text("Dora Diver")

    page.goto("/account/two-step/totp/activate/")
    page.get_by_role("button", name="Go on with Harbour Office").click()
    page.get_by_role("link", name="No").click()
    expect(page.get_by_role("heading", name="Nothing was changed.")).to_be_visible()
    page.goto("/account/two-step/totp/activate/")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_role("button", name="Go on with Harbour Office").click()
    page.get_by_role("link", name="Yes, it is me").click()
    expect(page).to_have_url(re.compile("/account/two-step/totp/activate/"))
    assert provider.asked[-1]["prompt"] == "login"

    bob = its_site.person(BOB)
    provider.person = {"sub": "bob-9", "email": "bob@example.org"}
    his = Visitor(browser, its_site.server.url)
    sign_in(his.page, bob)
    his.page.goto("/account/linked/")
    his.page.get_by_role("button", name="Link Harbour Office").click()
    his.page.get_by_role("link", name="Yes, it is me").click()
    confirm(his.page, bob)
    expect(his.page.get_by_text("bob@example.org", exact=False)).to_be_visible()
    his.context.clear_cookies()
    his.page.goto("/sign-in/")
    his.page.get_by_role("button", name="Go on with Harbour Office").click()
    his.page.get_by_role("link", name="Yes, it is me").click()
    expect(his.page).to_have_url(re.compile("/rooms/"))
    his.page.goto("/account/linked/")
    expect(his.page.locator(".account__who")).to_contain_text("@bob")
    for visitor in (hers, his):
        visitor.leave()
