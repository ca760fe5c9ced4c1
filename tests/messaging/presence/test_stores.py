"""Who is there, in this process and in Redis: the same rules, told once each."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence

import pytest
from django.conf import settings
from redis import asyncio as aioredis
from redis.exceptions import ResponseError

from chatsite.ids import new_id
from messaging.presence.local import LocalPresence
from messaging.presence.shared import SharedPresence
from messaging.presence.store import REMEMBERED_MS, Change, Entry, PresenceStore, Times
from tests.messaging.presence.clocks import Clock

TIMES = Times.of(60_000, grace_ms=10_000)
ALICE, BOB = "alice", "bob"

needs_redis = pytest.mark.skipif("not __import__('django.conf').conf.settings.REDIS_URL")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def prefix() -> str:
    """Where a test has its keys in Redis."""
    return f"test:{new_id()}:"


@pytest.fixture(params=["here", pytest.param("redis", marks=needs_redis)])
async def store(request: pytest.FixtureRequest, clock: Clock, prefix: str) -> AsyncIterator[PresenceStore]:
    """A store that has been there for a while."""
    made: PresenceStore = (
        LocalPresence(TIMES, clock)
        if request.param == "here"
        else SharedPresence(settings.REDIS_URL, TIMES, clock, prefix=prefix)
    )
    await made.sweep()
    clock.wait(TIMES.hold / 1000)
    yield made
    await made.stop()


async def come(store: PresenceStore, user: str, connection: str, state: str = "online") -> list[str]:
    return said(await store.keep([Entry(user, connection, state)]))


async def go(store: PresenceStore, user: str, connection: str) -> list[str]:
    return said(await store.keep([Entry(user, connection, "offline")]))


def said(changes: Sequence[Change]) -> list[str]:
    return [f"{change.user_id} {change.state}" for change in changes]


async def sweeps(store: PresenceStore, clock: Clock, seconds: float) -> list[str]:
    """What the rounds of a server tell while so much time passes."""
    told: list[str] = []
    for _ in range(int(seconds)):
        clock.wait(1)
        told += said(await store.sweep())
    return told


async def test_the_first_connection_tells_online_and_the_second_nothing(store):
    assert await come(store, ALICE, "phone") == ["alice online"]
    assert await come(store, ALICE, "laptop") == []
    assert await come(store, ALICE, "phone") == []


async def test_online_if_any_connection_is_and_away_if_all_are(store):
    await come(store, ALICE, "phone")
    await come(store, ALICE, "laptop")
    assert await come(store, ALICE, "phone", "away") == []
    assert await come(store, ALICE, "laptop", "away") == ["alice away"]
    assert await come(store, ALICE, "phone") == ["alice online"]


async def test_offline_is_told_once_the_grace_after_the_last_connection(store, clock):
    await come(store, ALICE, "phone")
    assert await go(store, ALICE, "phone") == []
    assert await sweeps(store, clock, 9) == []
    assert await sweeps(store, clock, 2) == ["alice offline"]
    assert await sweeps(store, clock, 60) == []


async def test_who_comes_back_within_the_grace_was_never_away(store, clock):
    await come(store, ALICE, "phone")
    await go(store, ALICE, "phone")
    assert await sweeps(store, clock, 9) == []
    assert await come(store, ALICE, "phone again") == []
    assert await sweeps(store, clock, 30) == []


async def test_reloading_the_page_at_one_screen_does_not_show_the_other_one_as_away(store, clock):
    await come(store, ALICE, "laptop", "away")
    await come(store, ALICE, "phone")
    await go(store, ALICE, "phone")
    assert await sweeps(store, clock, 5) == []
    assert await come(store, ALICE, "phone again") == []
    await go(store, ALICE, "phone again")
    assert await sweeps(store, clock, 11) == ["alice away"]


async def test_people_of_a_crashed_server_go_with_the_time_to_live(store, clock):
    await come(store, ALICE, "phone")
    told = await sweeps(store, clock, TIMES.lifetime // 1000 - 1)
    assert told == []
    assert await sweeps(store, clock, 2) == ["alice offline"]


async def test_refreshed_connections_stay(store, clock):
    await come(store, ALICE, "phone")
    for _ in range(10):
        assert await sweeps(store, clock, TIMES.refresh // 1000) == []
        assert await come(store, ALICE, "phone") == []


async def test_the_end_of_a_connection_never_lengthens_its_life(store, clock):
    await come(store, ALICE, "phone")
    await sweeps(store, clock, TIMES.lifetime // 1000 - 2)
    await go(store, ALICE, "phone")
    assert await sweeps(store, clock, 3) == ["alice offline"]


async def test_a_connection_that_came_and_went_unseen_leaves_no_trace(store, clock):
    assert await go(store, ALICE, "phone") == []
    assert (await store.news(0)).changes == []


async def test_changes_are_known_to_those_who_ask_later(store, clock):
    await come(store, ALICE, "phone")
    await come(store, BOB, "laptop", "away")
    await go(store, ALICE, "phone")
    await sweeps(store, clock, 11)
    assert said((await store.news(0)).changes) == ["bob away", "alice offline"]
    bob, _ = (await store.news(0)).changes
    assert said((await store.news(bob.at)).changes) == ["alice offline"]


async def test_news_leave_out_the_latest_changes_when_asked(store, clock):
    await come(store, ALICE, "phone")
    clock.wait(1)
    await come(store, BOB, "laptop")
    assert said((await store.news(0, until_ago=500)).changes) == ["alice online"]


async def test_no_two_changes_have_the_same_moment_and_moments_only_rise(store, clock):
    entries = [Entry(f"user{n}", "phone", "online") for n in range(500)]
    moments = [change.at for change in await store.keep(entries)]
    clock.wait(-5)
    moments += [change.at for change in await store.keep([Entry(ALICE, "phone", "online")])]
    assert len(moments) == 501
    assert moments == sorted(set(moments))


async def test_all_news_come_page_by_page(store, clock):
    await store.keep([Entry(f"user{n}", "phone", "online") for n in range(500)])
    clock.wait(1)
    seen: list[str] = []
    since = 0
    while changes := (await store.news(since)).changes:
        seen += [change.user_id for change in changes]
        since = changes[-1].at
    assert sorted(seen) == sorted(f"user{n}" for n in range(500))


async def test_people_long_offline_are_forgotten(store, clock):
    await come(store, ALICE, "phone")
    await come(store, BOB, "laptop")
    await go(store, ALICE, "phone")
    for _ in range(REMEMBERED_MS // 5_000 + 5):  # Bob's server is there all the time
        clock.wait(5)
        await come(store, BOB, "laptop")
        await store.sweep()
    assert said((await store.news(0)).changes) == ["bob online"]


@needs_redis
class TestServers:
    """Several servers on one Redis."""

    @pytest.fixture
    async def pair(self, clock: Clock, prefix: str) -> AsyncIterator[list[SharedPresence]]:
        stores = [SharedPresence(settings.REDIS_URL, TIMES, clock, prefix=prefix) for _ in range(2)]
        await stores[0].sweep()
        clock.wait(TIMES.hold / 1000)
        yield stores
        for store in stores:
            await store.stop()

    async def test_a_person_with_a_connection_elsewhere_stays_online(self, pair, clock):
        first, second = pair
        assert await come(first, ALICE, "phone") == ["alice online"]
        assert await come(second, ALICE, "laptop") == []
        await go(first, ALICE, "phone")
        for _ in range(3):
            assert await sweeps(first, clock, 10) == []
            assert await come(second, ALICE, "laptop") == []

    async def test_whom_a_server_sees_otherwise_changes_anew(self, pair):
        """As after an old state was put back, in which they were there already."""
        (came,) = await pair[0].keep([Entry(ALICE, "phone", "online", seen="offline")])
        assert await pair[1].keep([Entry(ALICE, "laptop", "online", seen="online")]) == []
        (again,) = await pair[1].keep([Entry(ALICE, "laptop", "online", seen="offline")])
        assert (again.user_id, again.state) == (ALICE, "online")
        assert again.at > came.at

    async def test_a_change_is_told_by_one_server_only(self, pair, clock):
        await pair[0].keep([Entry(f"user{n}", "phone", "online") for n in range(100)])
        await sweeps(pair[0], clock, TIMES.lifetime // 1000 - 1)
        clock.wait(2)
        told = [said(each) for _ in range(3) for each in await asyncio.gather(*[s.sweep() for s in pair])]
        assert sorted(itertools.chain(*told)) == sorted(f"user{n} offline" for n in range(100))

    async def test_when_redis_was_out_of_reach_nobody_goes_before_the_servers_had_time_to_come_back(
        self, pair, clock
    ):
        first, second = pair
        await come(first, ALICE, "phone")
        await come(second, BOB, "laptop")
        clock.wait(300)
        assert said(await first.sweep()) == []
        assert await come(first, ALICE, "phone") == []
        clock.wait(TIMES.hold / 1000 - 1)
        assert said(await first.sweep()) == []
        assert await come(second, BOB, "laptop") == []
        assert await sweeps(first, clock, 30) == []

    async def test_who_does_not_come_back_after_an_outage_is_offline_soon(self, pair, clock):
        await come(pair[0], ALICE, "phone")
        clock.wait(300)
        assert await sweeps(pair[1], clock, TIMES.hold // 1000 - 1) == []
        assert await sweeps(pair[1], clock, 3) == ["alice offline"]

    async def test_a_wiped_redis_is_another_one_and_settles_when_the_servers_have_come_back(
        self, pair, clock, prefix
    ):
        first, second = pair
        await come(first, ALICE, "phone")
        await come(second, BOB, "laptop")
        born = (await first.news(0)).born
        redis = aioredis.Redis.from_url(settings.REDIS_URL)
        await redis.delete(*[key async for key in redis.scan_iter(f"{prefix}*")])
        await redis.aclose()
        news = await first.news(0)
        assert news.born > born
        assert not news.settled
        assert news.changes == []
        assert await come(first, ALICE, "phone") == ["alice online"]
        await sweeps(first, clock, TIMES.hold // 1000 + 1)
        news = await second.news(0)
        assert news.settled
        assert said(news.changes) == ["alice online"]
        assert await come(second, BOB, "laptop") == ["bob online"]

    @pytest.mark.parametrize("key", ["site", "user:alice", "due", "changes", "gone"])
    @pytest.mark.parametrize("poison", ["values", "type"])
    async def test_a_poisoned_redis_begins_anew(self, pair, clock, prefix, key, poison):
        first, second = pair
        await come(first, ALICE, "phone")
        await come(second, BOB, "laptop")
        redis = aioredis.Redis.from_url(settings.REDIS_URL)
        place = f"{prefix}{key}"
        kind = await redis.type(place)
        if poison == "type" or kind == b"none":
            await redis.delete(place)
            await redis.set(place, "garbage")
        elif kind == b"hash":
            await redis.hset(place, mapping=dict.fromkeys(await redis.hkeys(place), "garbage"))
        else:
            await redis.zadd(place, {"garbage": 1})
        told: list[str] = []
        for store, user, connection in ((first, ALICE, "phone"), (second, BOB, "laptop")) * 3:
            with contextlib.suppress(ResponseError):
                told += await come(store, user, connection)
                told += await sweeps(store, clock, 2)
                await store.news(0)
        assert not [change for change in told if change.endswith("offline")]
        assert set(said((await first.news(0)).changes)) >= {"alice online", "bob online"}
        assert await sweeps(second, clock, 30) == []
        await redis.aclose()

    async def test_redis_own_clock_is_used_by_itself(self, prefix):
        store = SharedPresence(settings.REDIS_URL, Times.of(600, grace_ms=100), prefix=prefix)
        await store.sweep()
        await asyncio.sleep(0.1)
        assert await come(store, ALICE, "phone") == ["alice online"]
        await go(store, ALICE, "phone")
        told: list[str] = []
        for _ in range(40):
            await asyncio.sleep(0.02)
            told += said(await store.sweep())
        assert told == ["alice offline"]
        await store.stop()


async def test_nobody_counts_as_online_later_than_the_time_to_live():
    times = Times.of(60_000, grace_ms=10_000)
    assert times.lifetime + times.hold + 2 * times.round <= 60_000
    assert 2 * times.refresh < times.lifetime
