"""A new password ends the sessions made with the old one, and no tokens; an account turned off ends everything."""

import re
from typing import Self

import httpx

from tests.support.deployments import Deployment
from tests.support.people import ADMIN
from tests.support.rest import Person
from tests.support.wire import dial


class Office:
    """The administrator in the browser."""

    def __init__(self, site: Deployment) -> None:
        self.origin = site.server.url
        self.http = httpx.Client(base_url=self.origin, trust_env=False)

    def __enter__(self) -> Self:
        login = {"username": ADMIN.username, "password": ADMIN.password}
        assert self.http.post("/api/v1/auth/login/", json=login).status_code == 200
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def submit(self, path: str, **changed: str | None) -> None:
        """Fill in a form of the admin as it stands, but for `changed` (None: leave out), and send it."""
        page = self.http.get(path)
        assert page.status_code == 200
        fields = dict(re.findall(r'<input type="(?:text|email)" name="([^"]+)" value="([^"]*)"', page.text))
        fields |= dict(
            re.findall(r'<select name="(kind)".*?<option value="([^"]+)" selected', page.text, re.DOTALL)
        )
        if 'name="is_active"' in page.text:
            fields["is_active"] = "on"
        fields |= {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        sent = {name: value for name, value in (fields | changed).items() if value is not None}
        answer = self.http.post(path, data=sent, headers={"Referer": self.origin})
        assert answer.status_code == 302, answer.text


def _session(site: Deployment, person: Person) -> str:
    login = {"username": person.username, "password": person.password}
    answer = httpx.post(f"{site.server.url}/api/v1/auth/login/", json=login, trust_env=False)
    return f"sessionid={answer.cookies['sessionid']}"


async def test_a_new_password_ends_sessions_and_no_tokens(site: Deployment) -> None:
    dora = site.newcomer()
    cookie = _session(site, dora)
    async with (
        dial(site.server.ws_url, cookie=cookie, origin=site.server.url) as laptop,
        dial(site.server.ws_url, token=dora.token) as robot,
    ):
        await laptop.next("welcome")
        await robot.next("welcome")
        new = "another-long-one-42"
        with Office(site) as office:
            office.submit(f"/admin/accounts/user/{dora.id}/password/", password1=new, password2=new)
        assert await laptop.closed(patience=1) == 4403
        assert await robot.is_well()


async def test_an_account_turned_off_ends_everything(site: Deployment) -> None:
    dora = site.newcomer()
    cookie = _session(site, dora)
    async with (
        dial(site.server.ws_url, cookie=cookie, origin=site.server.url) as laptop,
        dial(site.server.ws_url, token=dora.token) as robot,
    ):
        await laptop.next("welcome")
        await robot.next("welcome")
        with Office(site) as office:
            office.submit(f"/admin/accounts/user/{dora.id}/change/", is_active=None)
        assert await laptop.closed(patience=1) == 4403
        assert await robot.closed(patience=1) == 4403
