"""`manage.py runserver`, for development, runs the same consumer through daphne."""

import uuid

from tests.support.deployments import embedded
from tests.support.people import ALICE, BOB
from tests.support.servers import RunServer
from tests.support.wire import Socket, sign_in


async def test_two_people_talk_through_the_development_server() -> None:
    with embedded(RunServer) as deployment:
        alice, bob = deployment.person(ALICE), deployment.person(BOB)
        room = deployment.open_room(alice, [bob])
        async with (
            sign_in(deployment.server.ws_url, alice.token) as hers,
            sign_in(deployment.server.ws_url, bob.token) as his,
        ):
            await hers.subscribe(room, after=0)
            await his.subscribe(room, after=0)
            for sender, text in ((hers, "ahoy"), (his, "ahoy there")):
                ok = await sender.ask("message.send", room=room, client_id=str(uuid.uuid4()), text=text)
                assert ok["type"] == "ok"
                for socket in (hers, his):
                    assert await _text_of(socket, ok["seq"]) == text
            await his.send_raw("nonsense")
            assert (await his.next("error"))["code"] == "bad_request"
            assert await his.is_well()


async def _text_of(socket: Socket, seq: int) -> str:
    """The text of the message with this number, once it came."""
    event = await socket.wait_for(lambda frame: frame["type"] == "event" and frame["seq"] == seq)
    return str(event["data"]["text"])
