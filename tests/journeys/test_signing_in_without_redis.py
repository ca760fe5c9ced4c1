"""With Redis cut off, or swallowing everything, people sign in, are held up when they guess, and get their mails."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Self

import httpx
import pytest

from tests.support.deployments import Deployment, breakable
from tests.support.people import ALICE, BOB, CAROL, Role
from tests.support.processes import wait_until
from tests.support.second_factor import code_of

_PATIENCE_S = 15.0
_TRIES = 10


class Door:
    """A browser at the page of one of the servers."""

    def __init__(self, origin: str) -> None:
        self._http = httpx.Client(
            base_url=origin, headers={"Referer": f"{origin}/"}, trust_env=False, timeout=_PATIENCE_S
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        """Open a page."""
        return self._http.get(path, follow_redirects=True)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form, and go where it leads."""
        form["csrfmiddlewaretoken"] = self._http.cookies.get("csrftoken") or ""
        return self._http.post(path, data=form, follow_redirects=True)

    def sign_in(self, role: Role, password: str = "") -> httpx.Response:
        """Fill in the card."""
        self.get("/sign-in/")
        return self.post("/sign-in/", login=role.username, password=password or role.password)


NewDoor = Callable[[str], Door]


@pytest.fixture
def new_door() -> Iterator[NewDoor]:
    """Makes browsers, and closes them all."""
    with ExitStack() as stack:
        yield lambda origin: stack.enter_context(Door(origin))


@pytest.mark.timeout(240)
def test_people_sign_in_and_guessing_is_held_up(postgres_server: str, new_door: NewDoor) -> None:
    with breakable(postgres_server, SIGN_UP="open") as site:
        for role in (ALICE, BOB, CAROL):
            site.person(role)
        origin = site.server.url
        secret = _with_a_second_factor(new_door(origin), ALICE)
        assert site.wire is not None
        site.wire.cut()
        assert new_door(origin).sign_in(BOB).url.path == "/rooms/"
        site.wire.mend()
        site.wire.black_hole()

        assert new_door(origin).sign_in(BOB).url.path == "/rooms/"
        hers = new_door(origin)
        assert hers.sign_in(ALICE).url.path == "/account/two-step/authenticate/"
        assert hers.post("/account/two-step/authenticate/", code=code_of(secret)).url.path == "/rooms/"
        login = {"username": BOB.username, "password": BOB.password}
        assert httpx.post(f"{origin}/api/v1/auth/login/", json=login, timeout=_PATIENCE_S).status_code == 200

        tries = 1
        while new_door(origin).sign_in(CAROL, "a guess").status_code == 200:
            tries += 1
            assert tries <= 2 * _TRIES + 1  # an edge of the window in between forgets once
        assert tries > _TRIES

        _a_mail_comes(site, new_door(origin))
        newcomer = new_door(origin)
        newcomer.get("/sign-up/")
        name = f"emil-{secrets.token_hex(3)}"
        made = newcomer.post("/sign-up/", username=name, password1="a short sentence will do")
        assert made.url.path == "/rooms/"
        site.wire.mend()


def _with_a_second_factor(hers: Door, role: Role) -> str:
    hers.sign_in(role)
    hers.get("/account/confirm/")
    hers.post("/account/confirm/", password=role.password)
    page = hers.get("/account/two-step/totp/activate/").text
    found = re.search(r'id="totp-secret"[^>]*>([A-Z2-7]+)<', page)
    assert found, page
    # A code of the half minute before: the present one is still to be used.
    codes = hers.post("/account/two-step/totp/activate/", code=code_of(found[1], at=time.time() - 30))
    assert codes.url.path == "/account/two-step/recovery-codes/"
    return found[1]


def _a_mail_comes(site: Deployment, door: Door) -> None:
    address = f"nobody-{secrets.token_hex(4)}@example.org"
    door.get("/forgotten/")
    assert door.post("/forgotten/", email=address).url.path == "/forgotten/sent/"
    said = site.server.log_text
    wait_until(lambda: f"To: {address}" in said(), what="the mail is printed", timeout=_PATIENCE_S)
