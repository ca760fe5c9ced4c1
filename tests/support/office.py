"""The page's side of an account: the administrator's office in the admin, and a browser's session."""

import re
from typing import Self

import httpx

from tests.support.deployments import Deployment
from tests.support.people import ADMIN
from tests.support.rest import Person


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
        assert page.status_code == 200, (page.status_code, page.headers, page.text[:500])
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


class Browser:
    """Somebody signed in by cookie, as their browser is; the same session counts on every server of the site."""

    def __init__(self, site: Deployment, person: Person) -> None:
        self.origin = site.server.url
        self._person = person
        self._http = httpx.Client(base_url=f"{self.origin}/api/v1/", trust_env=False)

    def __enter__(self) -> Self:
        login = {"username": self._person.username, "password": self._person.password}
        answer = self._http.post("auth/login/", json=login)
        assert answer.status_code == 200, answer.text
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def cookie(self) -> str:
        """What the browser sends with each request."""
        return f"sessionid={self._http.cookies['sessionid']}"

    def sign_out(self) -> None:
        """End the session."""
        headers = {"X-CSRFToken": self._http.cookies["csrftoken"], "Origin": self.origin}
        answer = self._http.post("auth/logout/", headers=headers)
        assert answer.status_code == 204, answer.text
