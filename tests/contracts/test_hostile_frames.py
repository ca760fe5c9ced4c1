"""The socket under hostile frames: no fault of the server, no restart, no memory lost."""

import os
from collections.abc import Iterator

import pytest

from tests.contracts.hostile import BROKEN_BYTES, Frame, hostile_frames
from tests.support.deployments import Deployment, embedded
from tests.support.people import ALICE
from tests.support.processes import resident_mib
from tests.support.wire import Socket, sign_in

FULL = os.environ.get("PROOF") == "full"
FRAMES = 3000 if FULL else 150
GROWTH_MIB = 50
ROUND = 100


@pytest.fixture(scope="module")
def site() -> Iterator[Deployment]:
    """A server that shows nobody out for being refused often: every frame is to be read."""
    with embedded(LIMIT_BROKEN_FRAMES="1000000", LIMIT_REFUSED_COMMANDS="1000000") as deployment:
        yield deployment


async def fire(socket: Socket, frames: list[Frame]) -> None:
    """Send them all; the socket answers a good command afterwards."""
    for frame in frames:
        await socket.send_raw(_sendable(frame))
    await socket.send("unsubscribe", id="still there", rooms=[])
    assert (await socket.reply("still there", patience=60))["type"] == "ok"


def _sendable(frame: Frame) -> Frame:
    """Lone surrogates cannot be sent as text; as bytes they are what a hostile client would write."""
    if isinstance(frame, str):
        return frame.encode(errors="replace").decode()
    return [part.encode(errors="replace").decode() for part in frame] if isinstance(frame, list) else frame


@pytest.mark.proof
@pytest.mark.timeout(1500 if FULL else 300)
async def test_hostile_frames_are_answered_and_the_server_stays_well(site: Deployment) -> None:
    alice, server = site.person(ALICE), site.server
    room = site.open_room(alice)
    frames = hostile_frames(FRAMES + ROUND, room=room)
    pid = server.pid
    async with sign_in(server.ws_url, alice.token) as socket:
        await fire(socket, frames[:ROUND])
    before = resident_mib(pid)
    for start in range(ROUND, len(frames), ROUND):
        async with sign_in(server.ws_url, alice.token) as socket:
            await fire(socket, frames[start : start + ROUND])
            assert socket.close_code is None
    assert (server.alive, server.pid) == (True, pid)
    assert not server.fault()
    assert resident_mib(pid) - before < GROWTH_MIB
    with site.rest(alice) as rest:
        assert rest.events(room)["head"] >= 1


@pytest.mark.parametrize("raw", BROKEN_BYTES, ids=lambda raw: raw[:6].hex())
async def test_bytes_that_are_no_frames_end_their_connection_and_nothing_else(
    site: Deployment, raw: bytes
) -> None:
    alice = site.person(ALICE)
    async with sign_in(site.server.ws_url, alice.token) as other:
        async with sign_in(site.server.ws_url, alice.token) as socket:
            socket.connection.transport.write(raw)
            assert await socket.closed() in (1002, 1006, 1007, 1009)
        assert await other.is_well()
    assert not site.server.fault()
