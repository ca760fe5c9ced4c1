"""Servers whose clocks are ten minutes apart are one place all the same: nothing is lost, and nothing is late."""

import asyncio
import contextlib
import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.deployments import Deployment, full
from tests.support.load import Speaker, assert_every_view_is_the_log, conclude
from tests.support.people import ALICE, BOB
from tests.support.rest import ApiError, Rest
from tests.support.servers import Server
from tests.support.wire import dial, sign_in

_OFF_S = 600
_SENDS = 100
_TICKET_S = 2


class FastServer(Server):
    """A server whose clock is ten minutes fast."""

    def command(self) -> list[str | Path]:
        """`manage.py serve`, at the wrong time."""
        program, _, *words = super().command()
        return [program, "-m", "tests.support.wrong_clock", str(_OFF_S), *words]


@pytest.fixture(scope="module")
def apart(postgres_server: str) -> Iterator[Deployment]:
    """Two servers; the clock of the second is wrong."""
    deployment = full(postgres_server, LIMIT_MESSAGE_SEND="10/s+40", LIMIT_TICKET_SECONDS=str(_TICKET_S))
    deployment.servers[1] = FastServer(deployment.servers[1].env, name="fast")
    with deployment as site:
        yield site


async def test_the_clocks_are_apart_and_all_tell_the_databases_time(apart: Deployment) -> None:
    own, told = [], []
    for server in apart.servers:
        with apart.rest(apart.person(BOB), at=apart.servers.index(server)) as rest:
            own.append(parsedate_to_datetime(rest.http.get("me/").headers["Date"]))
        async with dial(server.ws_url, token=apart.person(BOB).token) as socket:
            told.append(dt.datetime.fromisoformat((await socket.next("welcome"))["now"]))
    assert _OFF_S - 30 < (own[1] - own[0]).total_seconds() < _OFF_S + 30
    assert abs(told[1] - told[0]) < dt.timedelta(seconds=30)


def _refusal(rest: Rest, method: str, path: str, body: Any) -> str:
    """The code with which a call is refused; empty when it is done."""
    try:
        rest.call(method, path, body)
    except ApiError as error:
        return error.code
    return ""


def _in_minutes(minutes: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()


def test_what_ends_at_a_moment_ends_for_all_servers_at_once(apart: Deployment) -> None:
    """A mute, a ban, an invite and the time to edit: none is over at the fast one, nor begins there."""
    # Newcomers: how fast the cast may write, other tests may have used up.
    alice, bob, dora = apart.person(ALICE), apart.newcomer(), apart.newcomer()
    room = apart.open_room(alice, [bob])
    hers, his = ([apart.rest(person, at=n) for n in range(2)] for person in (alice, bob))
    hers[0].call("PATCH", f"rooms/{room}/", {"settings": {"edit_seconds": 300}})
    said = [rest.send(room, "hello")[0] for rest in his]
    times = [dt.datetime.fromisoformat(event["at"]) for event in said]
    # The clocks are minutes apart; how long the database took to tell its own may show, and is far less than a second.
    assert dt.timedelta(seconds=-1) < times[1] - times[0] < dt.timedelta(seconds=30)
    for event, (n, rest) in itertools.product(said, enumerate(his)):  # said at one, edited at the other
        edit = f"rooms/{room}/messages/{event['seq']}/", {"text": f"edited at {n}"}
        assert rest.call("PATCH", *edit)["kind"] == "message.edited"
    member, ban = f"rooms/{room}/members/{bob.id}/", f"rooms/{room}/bans/{dora.id}/"
    for owner, end in itertools.product(hers, (5, 2)):  # made at one, judged at both
        soon = _in_minutes(end)
        owner.call("PATCH", member, {"muted_until": soon})
        for rest, text in itertools.product(his, ("plain", "for @alice")):
            assert _refusal(rest, "POST", f"rooms/{room}/messages/", {"text": text}) == "forbidden"
        owner.call("PATCH", member, {"muted_until": None})
        owner.call("PUT", ban, {"until": soon})
        for rest in hers:
            assert _refusal(rest, "POST", f"rooms/{room}/members/", {"user": dora.id}) == "forbidden"
        owner.call("DELETE", ban)
        code = owner.call("POST", f"rooms/{room}/invites/", {"expires_at": soon})["code"]
        assert [rest.call("GET", f"invites/{code}/")["room"]["id"] for rest in his] == [room, room]
        assert _refusal(owner, "PATCH", member, {"muted_until": _in_minutes(-end)}) == "bad_request"


async def test_nothing_is_lost_or_out_of_order(apart: Deployment) -> None:
    people = [apart.person(ALICE), apart.person(BOB)]
    room = apart.open_room(people[0], people[1:])
    async with contextlib.AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(Client(person, apart.addresses[n:][:1], [room], first=n))
            for n, person in enumerate(people)
        ]
        async with asyncio.TaskGroup() as group:
            for n, client in enumerate(clients):
                speaker = Speaker(client, [room], apart.rest(client.person, at=1 - n), seed=n)
                group.create_task(speaker.speak(_SENDS // 2))
        history = await conclude(apart, clients, [room])
    assert len(history.stored) == _SENDS
    assert_every_view_is_the_log(history, people)


@pytest.mark.parametrize(("made", "shown"), [(0, 1), (1, 0)], ids=["shown to the fast one", "made by it"])
async def test_a_ticket_counts_on_the_other_server_and_a_late_one_does_not(
    apart: Deployment, made: int, shown: int
) -> None:
    with apart.rest(apart.person(BOB), at=made) as rest:
        ticket, late = [rest.call("POST", "socket-tickets/")["ticket"] for _ in range(2)]
    async with dial(f"{apart.addresses[shown]}?ticket={ticket}") as socket:
        assert (await socket.next("welcome", "goodbye"))["type"] == "welcome"
    await asyncio.sleep(_TICKET_S + 0.1)
    async with dial(f"{apart.addresses[shown]}?ticket={late}") as socket:
        assert await socket.closed() == 4401


async def test_a_bucket_and_who_is_there_go_by_one_clock(apart: Deployment) -> None:
    dora, bob = apart.newcomer(), apart.person(BOB)
    room = apart.open_room(dora, [bob])
    async with (
        sign_in(apart.addresses[0], dora.token) as here,
        sign_in(apart.addresses[1], dora.token) as fast,
    ):
        answers = await asyncio.gather(
            *(
                (here, fast)[n % 2].ask("message.send", room=room, client_id=str(uuid.uuid4()), text="hello")
                for n in range(200)
            )
        )
        refused = [answer for answer in answers if answer["type"] == "error"]
        assert 200 - 90 < len(refused) <= 160
        assert all(0 < answer["retry_after_ms"] <= 101 for answer in refused)
        async with asyncio.timeout(10), sign_in(apart.addresses[0], bob.token) as his:
            entry = await his.subscribe(room)
            while dora.id not in {person["user"] for person in entry["present"]}:
                await asyncio.sleep(0.1)
                entry = await his.subscribe(room)
