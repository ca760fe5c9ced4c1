"""A feed: events in order and whole, from hints that come late, twice, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from django.db import transaction

from chatsite import limits
from chatsite.threads import readers
from messaging import room_log
from messaging.delivery.feed import Feed
from messaging.delivery.frames import Item, to_item
from messaging.delivery.slices import Slice
from messaging.delivery.subscription import Subscription
from messaging.models import Event
from messaging.room_log import NewEvent
from rooms.models import Room
from tests.messaging.delivery.sockets import Socket, until

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]

ALL = Slice(((1, None),), joined_seq=1)


class Log:
    """A room's log in the database, and its events as hints would bring them."""

    def __init__(self) -> None:
        with transaction.atomic():
            self.room = Room.objects.create(kind="public", name="Harbour")
            self.epoch = room_log.open_log(self.room.id).epoch

    def _append(self, entries: Sequence[NewEvent]) -> list[Item]:
        with transaction.atomic():
            events = room_log.append(room_log.lock([self.room.id]), entries)
        return [to_item(event, epoch=self.epoch) for event in events]

    async def say(self, *texts: str) -> list[Item]:
        """Store messages; their items."""
        return await self.store(
            *[NewEvent(room_id=self.room.id, kind="message.created", by_id="a" * 16, text=t) for t in texts]
        )

    async def store(self, *entries: NewEvent) -> list[Item]:
        return await readers.run(self._append, entries)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def feed(log: Log) -> AsyncIterator[Feed]:
    feed = Feed(log.room.id)
    feed.begin(log.epoch, 0)
    yield feed
    feed.stop()


def hear(feed: Feed, socket: Socket, *, cursor: int = 0, visible: Slice = ALL) -> Subscription:
    subscription = Subscription(socket.connection, feed, visible, cursor)
    subscription.start()
    return subscription


async def test_hints_in_order_are_handed_on_at_once_without_reading(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say("one", "two", "three")
    feed.hear(log.epoch, items[:2])
    feed.hear(log.epoch, items[2:])
    assert bob.outlet.seqs(log.room.id) == [1, 2, 3]
    assert [frame["data"]["text"] for frame in bob.outlet.frames] == ["one", "two", "three"]


async def test_a_hint_heard_twice_or_late_is_handed_on_once(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say("one", "two", "three")
    for hint in (items[:2], items[:1], items[:3], items):
        feed.hear(log.epoch, hint)
    assert bob.outlet.seqs(log.room.id) == [1, 2, 3]


async def test_a_hole_is_filled_from_the_log(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say(*"abcde")
    feed.hear(log.epoch, items[:1])
    feed.hear(log.epoch, items[3:])
    assert bob.outlet.seqs(log.room.id) == [1]
    await until(lambda: len(bob.outlet.frames) == 5)
    assert bob.outlet.seqs(log.room.id) == [1, 2, 3, 4, 5]


async def test_hints_that_come_while_a_hole_is_filled_are_not_lost(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say(*"abcdef")
    feed.hear(log.epoch, items[2:3])
    for item in items[3:]:
        feed.hear(log.epoch, [item])
    await until(lambda: len(bob.outlet.frames) == 6)
    assert bob.outlet.seqs(log.room.id) == [1, 2, 3, 4, 5, 6]


async def test_the_comparison_of_heads_finds_what_no_hint_told(log, feed):
    bob = Socket()
    hear(feed, bob)
    await log.say(*"abc")
    feed.compare(log.epoch, 3)
    await until(lambda: len(bob.outlet.frames) == 3)
    assert bob.outlet.seqs(log.room.id) == [1, 2, 3]


async def test_a_hint_of_more_than_the_log_holds_does_no_harm(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say("one")
    feed.hear(log.epoch, [Item(9, b"{}", None, None, "x")])
    await until(lambda: len(bob.outlet.frames) == 1)
    feed.hear(log.epoch, await log.say("two"))
    assert items[0].seq == 1
    assert bob.outlet.seqs(log.room.id) == [1, 2]


async def test_hints_of_another_epoch_are_not_mixed_in(log, feed):
    bob = Socket()
    hear(feed, bob)
    items = await log.say("one")
    feed.hear("another", items)
    assert bob.outlet.frames == []


async def test_who_was_away_catches_up_before_live_events(log, feed):
    early = await log.say(*[str(n) for n in range(1, 451)])
    feed.begin(log.epoch, 450)
    bob = Socket()
    hear(feed, bob, cursor=10)
    feed.hear(log.epoch, early)
    live = await log.say("live")
    feed.hear(log.epoch, live)
    await until(lambda: len(bob.outlet.frames) >= 441)
    assert bob.outlet.seqs(log.room.id) == list(range(11, 452))


async def test_catching_up_goes_at_the_pace_of_the_reader(log, feed):
    await log.say(*["x" * 4000] * 1000)
    feed.compare(log.epoch, 1000)
    await until(lambda: feed.head == 1000)
    bob = Socket()
    bob.outlet.frozen = True
    hear(feed, bob, cursor=0)
    await asyncio.sleep(0.3)
    given = len(bob.outlet.frames)
    assert 0 < given < 1000
    assert bob.outlet.closed_with is None
    bob.outlet.thaw()
    await until(lambda: len(bob.outlet.frames) == 1000)
    assert bob.outlet.seqs(log.room.id) == list(range(1, 1001))


async def test_rooms_that_catch_up_together_do_not_fill_the_queue(log, feed):
    bob, others = Socket(), [await readers.run(Log) for _ in range(3)]
    feeds = [feed, *[Feed(other.room.id) for other in others]]
    for each, kept in zip(feeds, [log, *others], strict=True):
        each.begin(kept.epoch, 0)
        await kept.say(*["\x01" * 16_000] * 40)
        each.compare(kept.epoch, 40)
    await until(lambda: all(each.head == 40 for each in feeds))
    bob.outlet.frozen = True
    for each in feeds:
        hear(each, bob)
    for _ in range(400):
        bob.outlet.thaw()
        bob.outlet.frozen = True
        await asyncio.sleep(0.002)
        assert bob.outlet.buffered() < 300_000
    bob.outlet.thaw()
    await until(lambda: len(bob.outlet.frames) == 160)
    assert bob.outlet.closed_with is None
    for each in feeds:
        assert bob.outlet.seqs(each.room_id) == list(range(1, 41))
        each.stop()


async def test_a_reader_that_lets_too_much_pile_up_is_cut_and_others_do_not_wait(log, feed):
    slow, quick = Socket(), Socket("c" * 16)
    hear(feed, slow)
    hear(feed, quick)
    slow.outlet.frozen = True
    size = 16_000
    rounds = limits.SEND_QUEUE_BYTES // size + 2
    for item in await log.say(*["x" * size] * rounds):
        feed.hear(log.epoch, [item])
    assert slow.outlet.closed_with == 4409
    assert slow.outlet.frames[-1] == {"type": "goodbye", "code": 4409, "reconnect": True, "after_ms": 0}
    assert len(slow.outlet.seqs(log.room.id)) < rounds
    assert quick.outlet.seqs(log.room.id) == list(range(1, rounds + 1))


async def test_one_flush_reaches_each_socket_as_one_write(log, feed):
    bob = Socket()
    hear(feed, bob)
    feed.hear(log.epoch, await log.say(*"abcdef"))
    assert bob.outlet.flushes == 1


def leave(log: Log, user_id: str, *, by: str) -> NewEvent:
    return NewEvent(
        room_id=log.room.id, kind="member.left", by_id=by, data={"user": user_id, "role": "member"}
    )


@pytest.mark.parametrize("live", [True, False], ids=["live", "catching up"])
async def test_nothing_after_leaving_reaches_the_leaver(log, feed, live):
    bob, carol = Socket("b" * 16), Socket("c" * 16)
    before = await log.say("before")
    left = await log.store(leave(log, "b" * 16, by="a" * 16))
    after = await log.say("after")
    if live:
        hear(feed, bob)
        hear(feed, carol)
        feed.hear(log.epoch, before + left + after)
    else:
        feed.compare(log.epoch, 3)
        await until(lambda: feed.head == 3)
        hear(feed, bob)
        hear(feed, carol)
    await until(lambda: carol.outlet.seqs(log.room.id) == [1, 2, 3])
    assert bob.outlet.seqs(log.room.id) == [1, 2]
    assert bob.outlet.frames[-1] == {"type": "room.revoked", "room": log.room.id, "reason": "removed"}
    assert log.room.id not in bob.connection.subscriptions
    feed.hear(log.epoch, await log.say("later"))
    assert bob.outlet.types() == ["event", "event", "room.revoked"]


async def test_an_earlier_leaving_does_not_end_the_present_membership(log, feed):
    bob = Socket("b" * 16)
    left = await log.store(leave(log, "b" * 16, by="b" * 16))
    joined = await log.store(
        NewEvent(room_id=log.room.id, kind="member.joined", by_id="b" * 16, data={"user": "b" * 16})
    )
    hear(feed, bob, visible=Slice(((1, None),), joined_seq=2))
    feed.hear(log.epoch, left + joined)
    assert bob.outlet.seqs(log.room.id) == [1, 2]
    assert log.room.id in bob.connection.subscriptions


async def test_a_change_to_a_message_from_before_ones_time_comes_as_a_tombstone(log, feed):
    old, new = Socket("b" * 16), Socket("c" * 16)
    await log.say("before Carol's time")
    feed.compare(log.epoch, 1)
    await until(lambda: feed.head == 1)
    hear(feed, old, cursor=1)
    hear(feed, new, cursor=1, visible=Slice(((2, None),), joined_seq=2))
    change = NewEvent(
        room_id=log.room.id, kind="reaction.added", by_id="a" * 16, subject=1, data={"emoji": "👍"}
    )
    feed.hear(log.epoch, await log.store(change))
    assert old.outlet.frames[-1]["data"] == {"message": 1, "emoji": "👍"}
    told = new.outlet.frames[-1]
    assert (told["seq"], told["kind"], told["data"]) == (2, "tombstone", {})
    assert "by" not in told


async def test_the_time_between_two_memberships_comes_as_tombstones(log, feed):
    bob = Socket("b" * 16)
    feed.hear(log.epoch, await log.say(*"abcde"))
    hear(feed, bob, cursor=0, visible=Slice(((1, 2), (4, None)), joined_seq=4))
    await until(lambda: len(bob.outlet.frames) == 5)
    assert [frame["kind"] for frame in bob.outlet.frames] == [
        "message.created",
        "message.created",
        "tombstone",
        "message.created",
        "message.created",
    ]


async def test_subscribing_again_takes_the_place_of_the_first(log, feed):
    bob = Socket()
    hear(feed, bob)
    feed.hear(log.epoch, await log.say(*"abc"))
    bob.outlet.frames.clear()
    hear(feed, bob, cursor=1)
    await until(lambda: bob.outlet.seqs(log.room.id) == [2, 3])
    feed.hear(log.epoch, await log.say("d"))
    assert bob.outlet.seqs(log.room.id) == [2, 3, 4]


async def test_another_epoch_sends_everyone_away_to_resume(log, feed):
    bob = Socket()
    hear(feed, bob)
    feed.compare("restored", 0)
    assert bob.outlet.closed_with == 1012


async def test_many_who_come_back_at_once_cost_few_reads(log, feed, monkeypatch):
    reads: list[str] = []

    def counted(name: str) -> Callable[..., list[Event]]:
        real: Callable[..., list[Event]] = getattr(room_log, name)

        def read(*bounds: Any, **limit: int) -> list[Event]:
            reads.append(name)
            return real(*bounds, **limit)

        return read

    for name in ("read_after", "read_before"):
        monkeypatch.setattr(room_log, name, counted(name))
    await log.say(*[str(n) for n in range(500)])
    feed = Feed(log.room.id)
    feed.begin(log.epoch, 500)
    sockets = [Socket() for _ in range(200)]
    for number, socket in enumerate(sockets):
        hear(feed, socket, cursor=450 - number % 40)
    await until(lambda: all(socket.outlet.seqs(log.room.id)[-1:] == [500] for socket in sockets))
    for number, socket in enumerate(sockets):
        assert socket.outlet.seqs(log.room.id) == list(range(451 - number % 40, 501))
    assert reads == ["read_before"]


async def test_a_text_that_was_erased_is_not_served_from_memory(log, feed):
    feed.hear(log.epoch, await log.say("a secret"))
    early = Socket()
    hear(feed, early, cursor=0)
    await until(lambda: early.outlet.frames)

    def erase() -> None:
        with transaction.atomic():
            room_log.append(
                room_log.lock([log.room.id]),
                [NewEvent(room_id=log.room.id, kind="message.deleted", by_id="a" * 16, subject=1)],
            )
            Event.objects.filter(room=log.room, seq=1).update(text="")

    await readers.run(erase)
    # The hint of the deletion was lost; whoever subscribes now has read the head from the database.
    feed.compare(log.epoch, 2)
    late = Socket("c" * 16)
    Subscription(late.connection, feed, ALL, 0, head=2).start()
    await until(lambda: late.outlet.seqs(log.room.id) == [1, 2])
    assert "secret" not in str(late.outlet.frames)
