"""What administrators do from the panel reaches sockets that are open, on whichever server, within a second."""

import httpx

from tests.support.deployments import full
from tests.support.people import ADMIN, BOB
from tests.support.rest import Person, Rest, token_of
from tests.support.wire import sign_in

WITHIN = 1.0


def _close_sockets(url: str, person: Person) -> None:
    """As the admin's page does it."""
    with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url}) as browser:
        login = {"username": ADMIN.username, "password": ADMIN.password}
        browser.post("/api/v1/auth/login/", json=login).raise_for_status()
        browser.get("/admin/accounts/user/").raise_for_status()
        form = {
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "action": "close_sockets",
            "_selected_action": person.id,
        }
        assert browser.post("/admin/accounts/user/", data=form).status_code == 302


async def test_announcements_and_closed_sockets(postgres_server: str) -> None:
    with full(postgres_server) as deployment:
        bob = deployment.person(BOB)
        url = f"http://localhost:{deployment.server.url.rsplit(':', 1)[1]}"
        with Rest(url, token=token_of(url, ADMIN.username, ADMIN.password)) as admin:
            async with sign_in(deployment.addresses[1], bob.token) as socket:
                admin.call("POST", "site/announcements/", {"text": "Back soon.", "level": "warning"})
                heard = await socket.next("announcement", patience=WITHIN)
                assert (heard["text"], heard["level"]) == ("Back soon.", "warning")
                _close_sockets(url, bob)
                assert await socket.closed(patience=WITHIN) == 1012
            async with sign_in(deployment.addresses[0], bob.token) as again:
                assert await again.is_well()
