"""Waiting for the log to move: in a real event loop, over the real ASGI application."""

import asyncio
import time
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connections

from chatsite import health
from chatsite.accounts import services as accounts
from chatsite.accounts.models import User
from messaging import services
from messaging.realtime.process import stop_process
from rooms import services as rooms
from rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def poll(room: Room, bob: User) -> Any:
    """Asks for Bob's events; a call that can be awaited, or let wait."""
    from chatsite.asgi import application

    _, secret = await sync_to_async(accounts.create_token)(by=bob, name="poll")

    def ask(query: str) -> ApplicationCommunicator:
        return ApplicationCommunicator(
            application,
            {
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": "GET",
                "scheme": "http",
                "path": f"/api/v1/rooms/{room.id}/events/",
                "raw_path": b"",
                "root_path": "",
                "query_string": query.encode(),
                "headers": [(b"host", b"localhost"), (b"authorization", f"Bearer {secret}".encode())],
                "client": ("127.0.0.1", 50000),
                "server": ("127.0.0.1", 8000),
            },
        )

    yield ask
    await stop_process()
    await sync_to_async(connections.close_all)()


async def begin(call: Any) -> None:
    await call.send_input({"type": "http.request", "body": b"", "more_body": False})


async def answer(call: Any, seconds: Any = 10) -> Any:
    start = await call.receive_output(seconds)
    body = b""
    while True:
        part = await call.receive_output(seconds)
        body += part["body"]
        if not part.get("more_body"):
            break
    await call.wait(seconds)
    import json

    return start["status"], json.loads(body)


async def say(room: Room, by: User, text: Any) -> Any:
    return await sync_to_async(services.send_message)(
        by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4()
    )


async def test_what_is_there_comes_at_once(poll: Any) -> None:
    call = poll("after=0&wait=30")
    await begin(call)
    status, body = await answer(call)
    assert status == 200
    assert [event["seq"] for event in body["events"]] == [2, 3]


async def test_what_comes_later_is_waited_for(poll: Any, room: Room, bob: User) -> None:
    call = poll("after=3&wait=30")
    await begin(call)
    assert await call.receive_nothing(0.5)
    await say(room, bob, "hello")
    status, body = await answer(call)
    assert (status, body["head"]) == (200, 4)
    assert [event["data"]["text"] for event in body["events"]] == ["hello"]


async def test_many_wait_without_a_thread_each(poll: Any, room: Room, bob: User) -> None:
    import threading

    calls = [poll("after=3&wait=30") for _ in range(40)]
    for call in calls:
        await begin(call)
    assert await calls[-1].receive_nothing(2)
    assert threading.active_count() < 30
    await say(room, bob, "hello")
    for status, body in await asyncio.gather(*map(answer, calls)):
        assert (status, body["head"]) == (200, 4)


async def test_when_nothing_comes_the_page_is_empty_after_the_time(poll: Any) -> None:
    call = poll("after=3&wait=1")
    begun = time.monotonic()
    await begin(call)
    status, body = await answer(call)
    assert 0.9 < time.monotonic() - begun < 5
    assert (status, body["events"], body["more"]) == (200, [], False)


async def test_without_wait_nothing_is_waited_for(poll: Any) -> None:
    call = poll("after=3")
    await begin(call)
    assert (await answer(call))[1]["events"] == []


async def test_a_refusal_is_not_waited_for(poll: Any) -> None:
    call = poll("after=3&wait=31")
    await begin(call)
    status, body = await answer(call)
    assert (status, body["error"]["field"]) == (400, "wait")


async def test_bob_who_is_removed_while_he_waits_hears_so_and_no_more(
    poll: Any, room: Room, alice: User, bob: User
) -> None:
    call = poll("after=3&wait=30")
    await begin(call)
    assert await call.receive_nothing(0.5)
    await sync_to_async(rooms.remove_member)(by=alice, room=room, user_id=bob.id)
    await say(room, alice, "now that he is gone")
    status, body = await answer(call)
    assert (status, body["error"]["code"]) == (404, "not_found")


async def test_whoever_hangs_up_is_not_waited_with(poll: Any) -> None:
    call = poll("after=3&wait=30")
    await begin(call)
    assert await call.receive_nothing(0.5)
    await call.send_input({"type": "http.disconnect"})
    await call.wait(5)


async def test_a_stopping_server_sends_its_waiters_home(poll: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call = poll("after=3&wait=30")
    await begin(call)
    assert await call.receive_nothing(0.5)
    monkeypatch.setattr(health, "draining", True)
    status, body = await answer(call, seconds=5)
    assert (status, body["events"]) == (200, [])
