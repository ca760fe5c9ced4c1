"""A new password ends the sessions made with the old one, and no tokens; an account turned off ends everything."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

from tests.support.deployments import Deployment, embedded, full
from tests.support.office import Browser, Office
from tests.support.people import ALICE, BOB
from tests.support.rest import Person
from tests.support.wire import Socket, dial, sign_in


@contextlib.asynccontextmanager
async def _at_home_and_by_token(site: Deployment, person: Person) -> AsyncIterator[tuple[Socket, Socket]]:
    """One who is connected twice: by a session of a browser, and by a token."""
    with Browser(site, person) as browser:
        cookie = browser.cookie
    async with (
        dial(site.server.ws_url, cookie=cookie, origin=site.server.url) as laptop,
        dial(site.ws_url, token=person.token) as robot,
    ):
        await laptop.next("welcome")
        await robot.next("welcome")
        yield laptop, robot


async def test_a_new_password_ends_sessions_and_no_tokens(site: Deployment) -> None:
    dora = site.newcomer()
    async with _at_home_and_by_token(site, dora) as (laptop, robot):
        new = "another-long-one-42"
        with Office(site) as office:
            office.submit(f"/admin/accounts/user/{dora.id}/password/", password1=new, password2=new)
        assert await laptop.closed(patience=1) == 4403
        assert await robot.is_well()


async def test_an_account_turned_off_ends_everything(site: Deployment) -> None:
    dora = site.newcomer()
    async with _at_home_and_by_token(site, dora) as (laptop, robot):
        with Office(site) as office:
            office.submit(f"/admin/accounts/user/{dora.id}/change/", is_active=None)
        assert await laptop.closed(patience=1) == 4403
        assert await robot.closed(patience=1) == 4403


_RECHECK_S = 2.0
_IN_TIME_S = 3 * _RECHECK_S


def _delete_tokens(site: Deployment, person: Person) -> None:
    with site.rest(person) as rest:
        for token in rest.call("GET", "auth/tokens/")["results"]:
            rest.call("DELETE", f"auth/tokens/{token['id']}/")


async def test_what_was_not_heard_is_found_by_the_recheck(postgres_server: str) -> None:
    with full(postgres_server, LIMIT_RECHECK_SECONDS=str(_RECHECK_S)) as site:
        alice, bob, dora = site.person(ALICE), site.person(BOB), site.newcomer()
        near, far = site.addresses
        async with (
            sign_in(near, dora.token) as heard,
            sign_in(far, dora.token) as unheard,
            sign_in(far, bob.token) as his,
        ):
            await his.ask("subscribe", rooms="all")
            assert site.redis is not None
            await asyncio.to_thread(site.redis.kill)
            await asyncio.to_thread(_delete_tokens, site, dora)
            assert await heard.closed(patience=1) == 4403
            assert await unheard.closed(patience=_IN_TIME_S) == 4403
            room = await asyncio.to_thread(site.open_room, alice, [bob])
            joined = await his.next("room.joined", patience=_IN_TIME_S)
            assert joined["room"] == room
            assert await his.is_well()


async def test_a_token_that_expires_ends_its_socket_by_the_recheck() -> None:
    with embedded(LIMIT_RECHECK_SECONDS=str(_RECHECK_S)) as site:
        expires_at = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)).isoformat()
        with site.rest(site.person(BOB)) as rest:
            made = rest.call("POST", "auth/tokens/", {"name": "short", "expires_at": expires_at})
        async with (
            sign_in(site.server.ws_url, made["token"]) as short,
            sign_in(site.ws_url, site.person(BOB).token) as long,
        ):
            assert await short.closed(patience=3 + _IN_TIME_S) == 4403
            assert dt.datetime.now(dt.UTC).isoformat() >= expires_at
            assert await long.is_well()
