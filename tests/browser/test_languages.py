"""Each language once, as its people meet it: at the door, in the room, in the account and in the office."""

from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_office import OFFICE
from tests.support.deployments import Deployment
from tests.support.rest import Person

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
WIDER = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.scrollWidth > innerWidth + 1 && getComputedStyle(one).overflowX === "visible")
    .map((one) => one.className || one.tagName).slice(0, 5)"""


class Language(NamedTuple):
    """What it calls itself, which way it is written, and some words that people see in it."""

    name: str
    direction: str
    sign_in: str
    profile: str
    field: str
    office: str


SPOKEN = {
    "de": Language("Deutsch", "ltr", "Anmelden", "Profil", "Nachricht an", "Verwaltung"),
    "es": Language("Español", "ltr", "Iniciar sesión", "Perfil", "Mensaje para", "Administración"),
    "ar": Language("العربيّة", "rtl", "تسجيل الدخول", "الملف الشخصي", "رسالة إلى", "الإدارة"),
}


def speaks(page: Page, code: str) -> None:
    """The page says which language it is in and which way it runs, and nothing of it is wider than the phone."""
    expect(page.locator("html")).to_have_attribute("lang", code)
    assert page.evaluate("getComputedStyle(document.documentElement).direction") == SPOKEN[code].direction
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(WIDER)


@pytest.mark.parametrize("code", SPOKEN)
def test_everything_is_in_the_language_that_somebody_chose(
    code: str, visit: Visit, site: Deployment, alice: Person
) -> None:
    words, dora = SPOKEN[code], site.newcomer()
    room = site.open_room(alice, [dora], name=f"quay-{code}")
    hers = visit(**PHONE)
    hers.page.goto("/sign-in/")
    expect(hers.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    hers.page.get_by_role("button", name=words.name).click()
    expect(hers.page.get_by_role("button", name=words.sign_in, exact=True)).to_be_visible()
    speaks(hers.page, code)

    hers.sign_in(dora)
    hers.page.goto("/account/")
    hers.page.locator("#id_language").select_option(code)
    hers.page.locator("form").filter(has=hers.page.locator("#id_language")).get_by_role("button").click()
    hers.context.clear_cookies(name="django_language")
    hers.page.reload()
    expect(hers.page.get_by_role("heading", level=1)).to_have_text(words.profile)
    speaks(hers.page, code)

    hers.page.goto(f"/rooms/{room}/")
    expect(hers.field).to_be_visible()
    assert words.field in str(
        hers.field.get_attribute("aria-label") or hers.field.get_attribute("placeholder")
    )
    hers.write("שלום, مرحبا, hello")
    hers.expect_sent()
    speaks(hers.page, code)

    office = visit(OFFICE, **{**PHONE, "locale": code}).page
    office.goto("/admin/")
    expect(office.get_by_role("banner").get_by_text(words.office)).to_be_attached()
    speaks(office, code)
