"""Places in a log that cannot be: beyond its end, negative, of another epoch; limits out of range."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.deployments import Deployment
from tests.support.rest import Person
from tests.support.wire import Socket, sign_in


@pytest_asyncio.fixture
async def socket(site: Deployment, alice: Person) -> AsyncIterator[Socket]:
    """The socket of Alice, who sees the log from 1; it is well after each test."""
    async with sign_in(site.ws_url, alice.token) as socket:
        yield socket
        assert await socket.is_well()


async def _say(socket: Socket, room: str, text: str) -> int:
    ok = await socket.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)
    assert ok["type"] == "ok", ok
    return int(ok["seq"])


async def test_subscribing_after_a_seq_beyond_the_head_goes_on_from_the_head(
    socket: Socket, room: str
) -> None:
    entry = await socket.subscribe(room, after=99)
    assert (entry["recovered"], entry["head"]) == (False, 3)
    await _say(socket, room, "new")
    assert (await socket.next("event"))["seq"] == 4


async def test_subscribing_with_another_epoch_goes_on_from_the_head(socket: Socket, room: str) -> None:
    entry = await socket.subscribe(room, after=1, epoch="another")
    assert (entry["recovered"], entry["head"]) == (False, 3)
    assert entry["epoch"] != "another"
    await _say(socket, room, "new")
    assert (await socket.next("event"))["seq"] == 4


@pytest.mark.parametrize("after", [-1, -(2**63), 2**53, 1.5, "1"], ids=str)
async def test_subscribing_after_what_is_no_seq_is_refused(socket: Socket, room: str, after: object) -> None:
    error = await socket.ask("subscribe", rooms=[{"room": room, "after": after}])
    assert (error["type"], error["code"]) == ("error", "bad_request")
    assert "after" in error["field"]


async def test_fetching_after_the_head_is_an_empty_page(socket: Socket, room: str) -> None:
    page = await socket.ask("events.fetch", room=room, after=99)
    assert (page["type"], page["events"], page["more"]) == ("events.page", [], False)


@pytest.mark.parametrize("bound", ["after", "before"])
@pytest.mark.parametrize("value", [-1, 2**53, 1.5, "1"], ids=str)
async def test_fetching_from_what_is_no_seq_is_refused(
    socket: Socket, room: str, bound: str, value: object
) -> None:
    error = await socket.ask("events.fetch", room=room, **{bound: value})
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", bound)


async def test_fetching_of_another_epoch_is_refused(socket: Socket, room: str) -> None:
    error = await socket.ask("events.fetch", room=room, after=0, epoch="another")
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "epoch")


@pytest.mark.parametrize("limit", [0, -1, 301, 2**40, 1.5, "5", None], ids=str)
async def test_a_limit_out_of_range_is_refused(socket: Socket, room: str, limit: object) -> None:
    error = await socket.ask("events.fetch", room=room, after=0, limit=limit)
    assert (error["type"], error["code"], error["field"]) == ("error", "bad_request", "limit")


@pytest.mark.parametrize("bounds", [{}, {"after": 0, "before": 3}], ids=["neither", "both"])
async def test_fetching_needs_one_bound(socket: Socket, room: str, bounds: dict[str, int]) -> None:
    error = await socket.ask("events.fetch", room=room, **bounds)
    assert (error["type"], error["code"]) == ("error", "bad_request")
    assert error["field"] in ("after", "before")


async def test_pages_tile_the_log_forwards(socket: Socket, room: str) -> None:
    for number in range(7):
        await _say(socket, room, f"message {number}")
    after, seen, pages = 0, [], []
    while True:
        page = await socket.ask("events.fetch", room=room, after=after, limit=3)
        seen += [event["seq"] for event in page["events"]]
        pages.append((len(page["events"]), page["more"]))
        if not page["more"]:
            break
        after = seen[-1]
    assert seen == list(range(1, 11))
    assert pages == [(3, True), (3, True), (3, True), (1, False)]


async def test_pages_tile_the_log_backwards(socket: Socket, room: str) -> None:
    for number in range(6):
        await _say(socket, room, f"message {number}")
    before, pages = 10, []
    while True:
        page = await socket.ask("events.fetch", room=room, before=before, limit=3)
        pages.append([event["seq"] for event in page["events"]])
        if not page["more"]:
            break
        before = pages[-1][0]
    assert pages == [[7, 8, 9], [4, 5, 6], [1, 2, 3]]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 301},
        {"after": -1},
        {"after": "x"},
        {"epoch": "another"},
        {"wait": 31},
        {"wait": 3600},
    ],
    ids=str,
)
async def test_the_same_over_rest_is_refused_alike(
    site: Deployment, alice: Person, room: str, query: dict[str, int | str]
) -> None:
    with site.rest(alice) as rest:
        answer = rest.http.get(f"rooms/{room}/events/", params=query)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "bad_request")
    assert error["field"] == next(iter(query))
