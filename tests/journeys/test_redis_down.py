"""With Redis gone, sends go on and deliveries come by the comparison of heads; when it is back they are prompt again."""

import asyncio
import time
import uuid

from tests.support.deployments import Deployment, full
from tests.support.people import ALICE, BOB
from tests.support.wire import Socket, sign_in

_COMPARISON_S = 6.0
_PROMPT_S = 1.0


async def _delivery(sender: Socket, reader: Socket, room: str) -> tuple[float, float]:
    """Seconds until one message is acknowledged, and until the other side has it."""
    began = time.monotonic()
    client_id = str(uuid.uuid4())
    ok = await sender.ask("message.send", room=room, client_id=client_id, text="over there")
    assert ok["type"] == "ok", ok
    acked = time.monotonic() - began
    await reader.wait_for(lambda frame: frame.get("client_id") == client_id, patience=3 * _COMPARISON_S)
    return acked, time.monotonic() - began


async def _deliveries(deployment: Deployment, hers: Socket, his: Socket, room: str) -> None:
    assert deployment.redis is not None
    assert (await _delivery(hers, his, room))[1] < _PROMPT_S
    await asyncio.to_thread(deployment.redis.kill)
    for _ in range(2):
        for pair in ((hers, his), (his, hers)):
            acked, delivered = await _delivery(*pair, room)
            assert acked < 2
            assert delivered < _COMPARISON_S
    await asyncio.to_thread(deployment.redis.start)
    await _until_prompt(hers, his, room)
    for pair in ((hers, his), (his, hers)):
        assert (await _delivery(*pair, room))[1] < _PROMPT_S


async def _until_prompt(hers: Socket, his: Socket, room: str) -> None:
    """Both servers find Redis again within seconds. One prompt round may be the comparison's luck, three are not."""
    deadline = time.monotonic() + 20
    rounds = 0
    while rounds < 3:
        assert time.monotonic() < deadline, "Redis is back, and deliveries are still slow"
        times = [(await _delivery(hers, his, room))[1], (await _delivery(his, hers, room))[1]]
        rounds = rounds + 1 if max(times) < _PROMPT_S else 0


async def test_delivery_goes_on_without_redis_and_is_prompt_again_with_it(postgres_server: str) -> None:
    with full(postgres_server) as deployment:
        alice, bob = deployment.person(ALICE), deployment.person(BOB)
        room = deployment.open_room(alice, [bob])
        first, second = deployment.addresses
        async with sign_in(first, alice.token) as hers, sign_in(second, bob.token) as his:
            await hers.subscribe(room, after=0)
            await his.subscribe(room, after=0)
            await _deliveries(deployment, hers, his, room)
            head = deployment.stored([room])[2][0].head
            for socket, begin in ((hers, 1), (his, 2)):
                assert await socket.reach(room, head) == list(range(begin, head + 1))


async def test_a_removed_member_hears_nothing_later_without_redis(postgres_server: str) -> None:
    with full(postgres_server) as deployment:
        alice, bob = deployment.person(ALICE), deployment.person(BOB)
        room = deployment.open_room(alice, [bob])
        first, second = deployment.addresses
        async with sign_in(first, alice.token) as hers, sign_in(second, bob.token) as his:
            await his.subscribe(room)
            assert deployment.redis is not None
            await asyncio.to_thread(deployment.redis.kill)
            with deployment.rest(alice) as rest:
                await asyncio.to_thread(rest.remove_member, room, bob.id)
            ok = await hers.ask("message.send", room=room, client_id=str(uuid.uuid4()), text="without Bob")
            assert ok["seq"] == 4
            revoked = await his.next("room.revoked", patience=_COMPARISON_S)
            assert revoked["room"] == room
            await asyncio.sleep(_COMPARISON_S)
            assert all(event["seq"] <= 3 for event in his.events(room))
