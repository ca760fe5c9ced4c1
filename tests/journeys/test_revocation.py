"""Revocation during traffic, on two servers: whoever is put out, or whose session or token ends, hears nothing later."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, conclude, size
from tests.support.office import Browser, Office
from tests.support.people import ALICE, BOB
from tests.support.wire import Socket, dial

_ROUNDS = size(4, 34)  # of six ways each: about 200 revocations in full
_LANES = 2
_SOON = 1.0
# The test runs beside others, which may hold up the machine: that many of 24, or of 204, may be late, and none by more than patience.
_LATE = size(1, 2)
_PATIENCE = 5.0
_GOES_ON = 10


class Lane:
    """Somebody is revoked again and again in a room where two others keep talking, each on another server."""

    def __init__(self, site: Deployment, room: str, others: list[Client], office: Office) -> None:
        self.site = site
        self.room = room
        self.others = others
        self.office = office
        self.took: list[float] = []
        self.owner = site.rest(others[0].person)
        self.dora = site.newcomer()
        self.rest = site.rest(self.dora)

    async def revoke_once(self, way: str) -> None:
        """One revocation: she comes, hears the traffic on four sockets, is revoked, and hears nothing more."""
        await asyncio.to_thread(self.owner.add_member, self.room, self.dora.id)
        if way in ("remove", "ban"):
            await self._put_out(way)
        elif way == "delete a token":
            made = await asyncio.to_thread(self.rest.call, "POST", "auth/tokens/", {"name": "spare"})
            path = f"auth/tokens/{made['id']}/"
            await self._end_credential(lambda: self.rest.call("DELETE", path), token=made["token"])
        else:
            with Browser(self.site, self.dora) as browser:
                await self._end_credential(self._ways_of(browser)[way], cookie=browser.cookie)
        if way in ("new password", "deactivate"):  # her account is of no use to the next round
            self.rest.close()
            self.dora = await asyncio.to_thread(self.site.newcomer)
            self.rest = self.site.rest(self.dora)

    def _ways_of(self, browser: Browser) -> dict[str, Callable[[], None]]:
        """What ends a session on every server."""
        account, new = f"/admin/accounts/user/{self.dora.id}", "quite-different-words-42"
        return {
            "log out": browser.sign_out,
            "new password": lambda: self.office.submit(f"{account}/password/", password1=new, password2=new),
            "deactivate": lambda: self.office.submit(f"{account}/change/", is_active=None),
        }

    async def _put_out(self, way: str) -> None:
        member, ban = (f"rooms/{self.room}/{kind}/{self.dora.id}/" for kind in ("members", "bans"))
        async with self._listening(token=self.dora.token) as sockets:
            if way == "remove":
                await asyncio.to_thread(self.owner.call, "DELETE", member)
            else:
                await asyncio.to_thread(self.owner.call, "PUT", ban, {})
            with self._timed():
                await asyncio.gather(*(socket.next("room.revoked", patience=_PATIENCE) for socket in sockets))
            left = sockets[0].events(self.room)[-1]
            assert (left["kind"], left["data"]["user"]) == ("member.left", self.dora.id)
            await self._more_is_said(left["seq"])
            for socket in sockets:
                assert await socket.is_well()
                assert socket.events(self.room)[-1] == left
        if way == "ban":
            await asyncio.to_thread(self.owner.call, "DELETE", ban)

    async def _end_credential(self, revoke: Callable[[], None], token: str = "", cookie: str = "") -> None:
        async with self._listening(token=token, cookie=cookie) as sockets:
            await asyncio.to_thread(revoke)
            with self._timed():
                codes = await asyncio.gather(*(socket.closed(patience=_PATIENCE) for socket in sockets))
            assert set(codes) == {4403}
            assert {socket.frames[-1]["type"] for socket in sockets} == {"goodbye"}
            assert not any(socket.frames[-1]["reconnect"] for socket in sockets)

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        """Note how long it takes until all sockets know."""
        began = time.monotonic()
        yield
        self.took.append(time.monotonic() - began)

    @contextlib.asynccontextmanager
    async def _listening(self, *, token: str = "", cookie: str = "") -> AsyncIterator[list[Socket]]:
        """Two sockets on each server, one that names the room and one that follows all, which hear the traffic."""
        async with contextlib.AsyncExitStack() as stack:
            sockets = []
            for server, named in itertools.product(self.site.servers, (True, False)):
                socket = await stack.enter_async_context(
                    dial(server.ws_url, token=token, cookie=cookie, origin=server.url)
                )
                await socket.next("welcome")
                rooms = [{"room": self.room}] if named else "all"
                await socket.ask("subscribe", rooms=rooms)
                sockets.append(socket)
            for socket in sockets:
                await socket.wait_for(lambda frame: frame.get("kind") == "message.created")
            yield sockets

    async def _more_is_said(self, seq: int) -> None:
        """Return when each server has handed on so many events after `seq`."""
        await asyncio.gather(*(other.level_with({self.room: seq + _GOES_ON}) for other in self.others))


_WAYS = ("remove", "ban", "log out", "new password", "deactivate", "delete a token")


@pytest.mark.proof
@pytest.mark.timeout(600)
async def test_who_is_revoked_during_traffic_hears_nothing_later_on_any_server(postgres_server: str) -> None:
    with full(postgres_server) as site:
        alice, bob = site.person(ALICE), site.person(BOB)
        room = site.open_room(alice, [bob])
        over = asyncio.Event()
        async with contextlib.AsyncExitStack() as stack:
            others = [
                await stack.enter_async_context(
                    Client(person, site.addresses[place:][:1], [room], first=place)
                )
                for place, person in enumerate((alice, bob))
            ]
            await asyncio.gather(*(other.online.wait() for other in others))
            async with asyncio.TaskGroup() as group:
                for place, other in enumerate(others):
                    speaker = Speaker(other, [room], site.rest(other.person, at=1 - place), seed=place)
                    group.create_task(speaker.speak(1, pause=0.05, until=over))
                took = await _revoke_all(site, room, others)
                over.set()
            await conclude(site, others, [room])
        said = f"{len(took)} revocations, known within {took[len(took) // 2]:.2f} s, the slowest {took[-1]:.2f} s"
        print(said)  # noqa: T201
        assert len([one for one in took if one >= _SOON]) <= _LATE, said


async def _revoke_all(site: Deployment, room: str, others: list[Client]) -> list[float]:
    """Revoke in all ways, again and again; how long each took from the answer until the last socket knew."""
    ways = iter(_WAYS * _ROUNDS)
    with contextlib.ExitStack() as offices:
        lanes = [Lane(site, room, others, offices.enter_context(Office(site))) for _ in range(_LANES)]

        async def one_after_another(lane: Lane) -> None:
            for way in ways:
                await lane.revoke_once(way)

        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                group.create_task(one_after_another(lane))
    return sorted(took for lane in lanes for took in lane.took)
