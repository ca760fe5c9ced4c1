"""Who may open a socket: a token from anywhere, a session cookie from our own pages only."""

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import dial


def _session_cookie(site: Deployment, person: Person) -> str:
    """Sign in as the page does; the cookie as a browser would send it."""
    body = {"username": person.username, "password": person.password}
    answer = httpx.post(f"{site.server.url}/api/v1/auth/login/", json=body, trust_env=False)
    assert answer.status_code == 200, answer.text
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


async def _is_turned_away(site: Deployment, *, cookie: str, origin: str = "") -> bool:
    """Whether the handshake is refused, or the socket closed with 4401 before any `welcome`."""
    try:
        async with dial(site.server.ws_url, cookie=cookie, origin=origin) as socket:
            code = await socket.closed()
            return code == 4401 and socket.frames == []
    except InvalidStatus as refused:
        return refused.response.status_code == 403


async def test_a_token_opens_a_socket_and_welcome_says_who_is_there(site: Deployment, bob: Person) -> None:
    async with dial(site.ws_url, token=bob.token) as socket:
        welcome = await socket.next("welcome")
        assert socket.frames == [welcome]
        assert socket.connection.subprotocol == "chat.v1"
        assert welcome["user"] == bob.id
        assert welcome["heartbeat_ms"] == 20_000
        assert welcome["connection"]
        assert welcome["now"].endswith("Z")
        assert isinstance(welcome["limits"], dict)


async def test_a_token_opens_a_socket_from_any_origin(site: Deployment, bob: Person) -> None:
    async with dial(site.ws_url, token=bob.token, origin="https://elsewhere.example") as socket:
        assert (await socket.next("welcome"))["user"] == bob.id


@pytest.mark.parametrize("token", ["", "nonsense", "parley_" + "x" * 43, "x" * 5000])
async def test_without_a_valid_token_the_socket_is_closed_with_4401(site: Deployment, token: str) -> None:
    async with dial(site.ws_url, token=token) as socket:
        assert await socket.closed() == 4401
        assert [frame["type"] for frame in socket.frames] in ([], ["goodbye"])


async def test_a_revoked_token_opens_nothing(site: Deployment) -> None:
    dora = site.newcomer()
    with site.rest(dora) as rest:
        for token in rest.call("GET", "auth/tokens/")["results"]:
            rest.call("DELETE", f"auth/tokens/{token['id']}/")
    async with dial(site.ws_url, token=dora.token) as socket:
        assert await socket.closed() == 4401


async def test_a_revoked_token_ends_its_open_socket_within_a_second(site: Deployment) -> None:
    dora = site.newcomer()
    async with dial(site.ws_url, token=dora.token) as socket:
        await socket.next("welcome")
        with site.rest(dora) as rest:
            for token in rest.call("GET", "auth/tokens/")["results"]:
                rest.call("DELETE", f"auth/tokens/{token['id']}/")
        assert await socket.closed(patience=1) == 4403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_session_opens_a_socket_from_our_own_page(site: Deployment, bob: Person, host: str) -> None:
    cookie = _session_cookie(site, bob)
    origin = f"http://{host}:{site.server.port}"
    async with dial(site.server.ws_url, cookie=cookie, origin=origin) as socket:
        assert (await socket.next("welcome"))["user"] == bob.id


@pytest.mark.parametrize(
    "origin",
    [
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1:{port}.evil.example",
        "http://evil.example:{port}",
        "http://user@127.0.0.1:{port}",
        "null",
        "nonsense",
    ],
)
async def test_a_session_opens_nothing_from_another_origin(
    site: Deployment, bob: Person, origin: str
) -> None:
    cookie = _session_cookie(site, bob)
    assert await _is_turned_away(site, cookie=cookie, origin=origin.format(port=site.server.port))


async def test_a_session_opens_nothing_without_an_origin(site: Deployment, bob: Person) -> None:
    assert await _is_turned_away(site, cookie=_session_cookie(site, bob))


async def test_an_unknown_session_is_closed_with_4401(site: Deployment) -> None:
    origin = f"http://127.0.0.1:{site.server.port}"
    async with dial(site.server.ws_url, cookie="sessionid=nonsense", origin=origin) as socket:
        assert await socket.closed() == 4401


async def test_signing_out_ends_the_open_socket_within_a_second(site: Deployment) -> None:
    dora = site.newcomer()
    origin = f"http://127.0.0.1:{site.server.port}"
    async with httpx.AsyncClient(base_url=f"{site.server.url}/api/v1/", trust_env=False) as http:
        login = await http.post("auth/login/", json={"username": dora.username, "password": dora.password})
        assert login.status_code == 200, login.text
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        async with dial(site.server.ws_url, cookie=cookie, origin=origin) as socket:
            await socket.next("welcome")
            headers = {"X-CSRFToken": http.cookies["csrftoken"], "Origin": origin}
            logout = await http.post("auth/logout/", headers=headers)
            assert logout.status_code in (200, 204), logout.text
            assert await socket.closed(patience=1) == 4403
