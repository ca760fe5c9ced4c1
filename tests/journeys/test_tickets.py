"""A ticket opens one socket, once, from anywhere; used twice or late the socket is closed with 4401."""

import asyncio

import pytest

from tests.support.deployments import Deployment, embedded
from tests.support.people import BOB
from tests.support.rest import Person
from tests.support.wire import Socket, dial


def _ticket(site: Deployment, person: Person) -> str:
    with site.rest(person) as rest:
        made = rest.call("POST", "socket-tickets/")
    assert made["expires_in"] == 30
    return str(made["ticket"])


async def _code(site: Deployment, ticket: str, *, cookie: str = "", origin: str = "", token: str = "") -> int:
    """The code that a socket with this ticket is closed with."""
    async with dial(f"{site.ws_url}?ticket={ticket}", cookie=cookie, origin=origin, token=token) as socket:
        code = await socket.closed()
        assert [frame["type"] for frame in socket.frames] in ([], ["goodbye"])
        return code


async def test_a_ticket_opens_a_socket_without_header_or_origin(site: Deployment, bob: Person) -> None:
    async with dial(f"{site.ws_url}?ticket={_ticket(site, bob)}") as socket:
        assert (await socket.next("welcome"))["user"] == bob.id
        assert await socket.is_well()


async def test_shown_late_it_opens_nothing() -> None:
    with embedded(LIMIT_TICKET_SECONDS="1") as site, site.rest(site.person(BOB)) as rest:
        made = await asyncio.to_thread(rest.call, "POST", "socket-tickets/")
        assert made["expires_in"] == 1
        await asyncio.sleep(1.1)
        assert await _code(site, made["ticket"]) == 4401
        made = await asyncio.to_thread(rest.call, "POST", "socket-tickets/")
        async with dial(f"{site.ws_url}?ticket={made['ticket']}") as socket:
            assert (await socket.next("welcome"))["user"] == site.person(BOB).id


async def test_used_twice_it_opens_nothing(site: Deployment, bob: Person) -> None:
    ticket = _ticket(site, bob)
    async with dial(f"{site.ws_url}?ticket={ticket}") as socket:
        await socket.next("welcome")
        assert await _code(site, ticket) == 4401
        assert await socket.is_well()


@pytest.mark.parametrize("ticket", ["", "nonsense", "%00", "%ff", "x" * 5000])
async def test_a_made_up_ticket_opens_nothing(site: Deployment, ticket: str) -> None:
    assert await _code(site, ticket) == 4401


async def test_a_bad_ticket_is_not_saved_by_anything(site: Deployment, bob: Person) -> None:
    assert await _code(site, "nonsense", origin=site.server.url, cookie="sessionid=nonsense") == 4401


async def test_of_two_who_show_it_at_once_one_comes_in(site: Deployment, bob: Person) -> None:
    address = f"{site.ws_url}?ticket={_ticket(site, bob)}"

    async def outcome(socket: Socket) -> str:
        await socket.wait_for(lambda frame: frame["type"] == "welcome")
        return "welcome"

    async with dial(address) as one, dial(address) as other:
        results = await asyncio.gather(outcome(one), outcome(other), return_exceptions=True)
        assert [result for result in results if result == "welcome"] == ["welcome"]
        assert {one.close_code, other.close_code} == {None, 4401}


async def test_its_socket_ends_with_the_token_that_asked(site: Deployment) -> None:
    dora = site.newcomer()
    async with dial(f"{site.ws_url}?ticket={_ticket(site, dora)}") as socket:
        await socket.next("welcome")
        with site.rest(dora) as rest:
            for token in rest.call("GET", "auth/tokens/")["results"]:
                rest.call("DELETE", f"auth/tokens/{token['id']}/")
        assert await socket.closed(patience=1) == 4403
