"""What administrators do from the panel reaches sockets that are open, on whichever server, within a second."""

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.deployments import full
from tests.support.people import ADMIN, ALICE, BOB
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


async def _until(browser: httpx.AsyncClient, told: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The figures as soon as they tell something; each server takes a look every five seconds."""
    deadline = time.monotonic() + 30
    while True:
        found: dict[str, Any] = (await browser.get("/admin/figures/")).raise_for_status().json()
        if told(found):
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.2)


async def test_any_server_tells_the_figures_of_all_and_only_its_own_without_redis(
    postgres_server: str,
) -> None:
    token = "only-for-tests-7391"
    with full(postgres_server, METRICS_TOKEN=token) as deployment:
        alice, bob = deployment.person(ALICE), deployment.person(BOB)
        room = deployment.open_room(alice, [bob])
        first, second = deployment.addresses
        url = deployment.server.url
        async with httpx.AsyncClient(base_url=url, trust_env=False) as browser:
            login = {"username": ADMIN.username, "password": ADMIN.password}
            (await browser.post("/api/v1/auth/login/", json=login)).raise_for_status()
            async with sign_in(first, alice.token) as hers, sign_in(second, bob.token) as his:
                for number in range(3):
                    ok = await hers.ask(
                        "message.send", room=room, client_id=str(uuid.uuid4()), text=f"{number}"
                    )
                    assert ok["type"] == "ok"
                found = await _until(
                    browser,
                    lambda told: (
                        [one["sockets"] for one in told["servers"]] == [1, 1]
                        and [one["people_everywhere"] for one in told["servers"]] == [2, 2]
                        and sorted(one["stored"] for one in told["servers"]) == [0, 3]
                    ),
                )
                assert not found["away"]
                assert all(one["redis_ms"] and one["database_ms"] for one in found["servers"])
                scraped = await browser.get(
                    f"{deployment.servers[1].url}/metrics",
                    headers={"Authorization": f"Bearer {token}"},
                )
                assert (
                    len(re.findall(r'^parley_sockets\{server="[^"]+"\} 1.0$', scraped.text, re.MULTILINE))
                    == 2
                )
                assert "parley_people_online 2.0" in scraped.text
                assert (
                    await browser.get("/metrics", headers={"Authorization": "Bearer wrong"})
                ).status_code == 403
                assert deployment.redis is not None
                await asyncio.to_thread(deployment.redis.kill)
                alone = await _until(browser, lambda told: told["away"] and len(told["servers"]) == 1)
                assert alone["servers"][0]["sockets"] == 1
                ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="still here")
                assert ok["type"] == "ok"
                await asyncio.to_thread(deployment.redis.start)
                await _until(browser, lambda told: not told["away"] and len(told["servers"]) == 2)
                assert await his.is_well()
