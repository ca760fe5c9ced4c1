"""Who sits at an open page, as a worker asks."""

import asyncio

import pytest
from django.conf import settings

from chatsite.ids import new_id
from messaging.presence.here import people_here
from messaging.presence.store import Entry, new_store


async def test_who_is_online_is_here_and_who_is_away_or_gone_is_not() -> None:
    store = new_store()
    alice, bob, carol, mallory = (new_id() for _ in range(4))
    entries = [Entry(alice, new_id(), "online"), Entry(bob, new_id(), "away"), Entry(bob, new_id(), "online")]
    ended = Entry(carol, new_id(), "away")
    await store.keep([*entries, ended])
    try:
        assert await asyncio.to_thread(people_here, [alice, bob, carol, mallory]) == {alice, bob}
        assert await asyncio.to_thread(people_here, []) == set()
    finally:
        await store.stop()


@pytest.mark.skipif(not settings.REDIS_URL, reason="it is about Redis")
def test_while_redis_is_away_nobody_counts_as_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert people_here([new_id()]) == set()
