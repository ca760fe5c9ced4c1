"""Receipts on their way into the database: whatever is lost, each is stored and told, and nothing before it is stored."""

import datetime as dt
from collections.abc import AsyncIterator, Iterator, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.threads import readers
from messaging import queries, receipts
from messaging.delivery.hub import Hub
from messaging.models import Event, Watermark, WatermarkAdvance
from messaging.protocol import MarkRead
from messaging.realtime import receipt_book
from messaging.realtime.commands import COMMANDS
from messaging.realtime.receipt_book import ReceiptBook
from messaging.realtime.receipt_watch import ReceiptWatch
from messaging.receipts import Mark
from messaging.services import send_message
from rooms import services as rooms
from rooms.models import Room
from tests.messaging.delivery.sockets import Socket
from tests.support.hints import Hints, listening

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def hints() -> Iterator[Hints]:
    """No hint reaches the hub."""
    with listening() as hints:
        yield hints


@pytest.fixture
def seqs(alice: User, room: Room) -> list[int]:
    return [
        send_message(by=alice.id, room_id=room.id, text="hello", client_id=uuid4()).event.seq
        for _ in range(3)
    ]


@pytest.fixture
async def hub() -> Hub:
    return Hub()


@pytest.fixture
async def book(hub: Hub) -> AsyncIterator[ReceiptBook]:
    book = ReceiptBook(hub)
    yield book
    await book.stop()


class Queue:
    """In place of the task queue: it keeps, and forgets, what it is given."""

    def __init__(self) -> None:
        self.taken: list[Mark] = []
        self.broken = False

    def __call__(self, marks: Sequence[Mark], at: dt.datetime) -> None:
        if self.broken:
            raise OSError("the queue is away")
        self.taken += marks


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue()
    monkeypatch.setattr(receipt_book, "_queue", queue)
    return queue


async def kept(user: User) -> list[tuple[int, int]]:
    rows = Watermark.objects.filter(user_id=user.id)
    return await readers.run(lambda: list(rows.values_list("delivered", "read")))


def told(hints: Hints) -> list[Any]:
    return [hint["marks"] for hint in hints.all() if hint["type"] == "room.receipts"]


async def hears(hub: Hub, user: User, room: Room) -> Socket:
    """A socket of somebody that hears the room from now on."""
    socket = Socket(user.id)
    hub.add(socket.connection)
    view = await readers.run(queries.view, by=user.id, room_id=room.id)
    hub.subscribe(socket.connection, room.id, visible=view.slice, head=view.head, cursor=view.head.head)
    return socket


async def test_a_lost_task_is_made_up_for(book, queue, bob, room, seqs, hints, monkeypatch):
    book.note(Mark(room.id, bob.id, seqs[1], seqs[0]))
    await book.hand_over()
    await book.hand_over()
    assert queue.taken == [Mark(room.id, bob.id, seqs[1], seqs[0])]
    assert (await kept(bob), told(hints)) == ([], [])
    monkeypatch.setattr(receipt_book, "PATIENCE_SECONDS", 0.0)
    book.note(Mark(room.id, bob.id, seqs[2], 0))
    await book.hand_over()
    assert await kept(bob) == [(seqs[2], seqs[0])]
    assert told(hints) == [[(bob.id, seqs[2], seqs[0])]]
    await book.hand_over()
    assert len(told(hints)) == 1


async def test_without_a_queue_receipts_are_stored_at_once(book, queue, bob, room, seqs, hints):
    queue.broken = True
    book.note(Mark(room.id, bob.id, seqs[2], seqs[2]))
    await book.hand_over()
    assert await kept(bob) == [(seqs[2], seqs[2])]
    assert told(hints) == [[(bob.id, seqs[2], seqs[2])]]


async def test_while_workers_are_behind_receipts_are_stored_at_once_and_no_task_is_added(
    book, queue, bob, room, seqs, hints, monkeypatch
):
    monkeypatch.setattr(receipt_book, "workers_are_behind", lambda: True)
    book.note(Mark(room.id, bob.id, seqs[2], seqs[2]))
    await book.hand_over()
    assert queue.taken == []
    assert await kept(bob) == [(seqs[2], seqs[2])]
    assert told(hints) == [[(bob.id, seqs[2], seqs[2])]]


async def test_what_was_stored_and_not_heard_of_is_told_again(book, queue, bob, room, seqs, hints):
    mark = Mark(room.id, bob.id, seqs[2], seqs[2])
    await readers.run(receipts.store, [mark], at=NOON)
    queue.broken = True
    book.note(mark)
    await book.hand_over()
    assert told(hints) == [[(bob.id, seqs[2], seqs[2])]]
    assert await readers.run(WatermarkAdvance.objects.count) == 1


async def test_what_is_known_to_be_stored_is_not_handed_over_again(book, queue, hub, bob, room, seqs):
    hub.raise_marks(room.id, [(bob.id, seqs[2], seqs[1])], at="")
    book.note(Mark(room.id, bob.id, seqs[2], seqs[1]))
    book.note(Mark(room.id, bob.id, seqs[0], 0))
    await book.hand_over()
    assert queue.taken == []
    book.note(Mark(room.id, bob.id, seqs[2], seqs[2]))
    await book.hand_over()
    assert queue.taken == [Mark(room.id, bob.id, seqs[2], seqs[2])]


async def test_a_mark_of_what_another_server_stored_a_moment_ago_is_taken_whole(
    book, queue, hub, alice, bob, room, seqs
):
    socket = await hears(hub, bob, room)
    sent = await readers.run(
        send_message, by=alice.id, room_id=room.id, text="not heard here", client_id=uuid4()
    )
    command = MarkRead(room=room.id, seq=sent.event.seq)
    session = SimpleNamespace(connection=socket.connection, user_id=bob.id)
    await COMMANDS[MarkRead].handle(SimpleNamespace(receipts=book), session, command)
    await book.hand_over()
    assert socket.connection.subscriptions[room.id].feed.head == seqs[2]
    assert queue.taken == [Mark(room.id, bob.id, sent.event.seq, sent.event.seq)]


async def test_a_stopping_server_stores_what_is_on_its_way(book, queue, alice, bob, room, seqs):
    book.note(Mark(room.id, bob.id, seqs[1], 0))
    await book.hand_over()
    book.note(Mark(room.id, bob.id, 0, seqs[0]))
    book.note(Mark(room.id, alice.id, seqs[2], 0))
    await book.stop()
    assert (await kept(bob), await kept(alice)) == ([(seqs[1], seqs[0])], [(seqs[2], 1)])


async def test_what_rose_without_a_hint_is_found_by_looking(hub, alice, bob, carol, room, seqs):
    hers, watch = await hears(hub, alice, room), ReceiptWatch(hub)
    await readers.run(receipts.store, [Mark(room.id, carol.id, seqs[2], 0)], at=NOON)
    await watch.look()
    await readers.run(receipts.store, [Mark(room.id, bob.id, seqs[1], 0)], at=NOON)
    await readers.run(receipts.store, [Mark(room.id, bob.id, 0, seqs[0])], at=NOON)
    for _ in range(4):
        await watch.look()
    (frame,) = hers.outlet.frames
    assert frame == {
        "type": "receipt",
        "room": room.id,
        "user": bob.id,
        "delivered": seqs[1],
        "read": seqs[0],
        "at": "2026-11-24T12:00:00.000Z",
    }


async def test_an_advance_that_was_committed_late_is_found(hub, alice, bob, carol, room, seqs):
    def advance(number: int, user: User) -> None:
        WatermarkAdvance.objects.create(
            pk=number, room=room, user_id=user.id, delivered=seqs[0], read=seqs[0], at=NOON
        )

    hers, watch = await hears(hub, alice, room), ReceiptWatch(hub)
    await watch.look()
    newest = await readers.run(receipts.newest_advance)
    await readers.run(advance, newest + 2, bob)
    await watch.look()
    await readers.run(advance, newest + 1, carol)
    await watch.look()
    assert [frame["user"] for frame in hers.outlet.frames] == [bob.id, carol.id]


async def test_in_a_large_room_looking_tells_ones_own_devices(hub, alice, bob, room, seqs, monkeypatch):
    monkeypatch.setattr(limits, "LARGE_ROOM", 2)
    hers, his, watch = await hears(hub, alice, room), await hears(hub, bob, room), ReceiptWatch(hub)
    await watch.look()
    await readers.run(receipts.store, [Mark(room.id, bob.id, seqs[1], 0)], at=NOON)
    await watch.look()
    assert (hers.outlet.frames, [frame["user"] for frame in his.outlet.frames]) == ([], [bob.id])


async def test_who_has_left_since_is_not_told_of(hub, alice, bob, carol, room, seqs):
    hers, watch = await hears(hub, alice, room), ReceiptWatch(hub)
    await watch.look()
    await readers.run(receipts.store, [Mark(room.id, bob.id, seqs[1], 0)], at=NOON)
    await readers.run(receipts.store, [Mark(room.id, carol.id, seqs[1], 0)], at=NOON)
    await readers.run(rooms.remove_member, by=alice, room=room, user_id=bob.id)
    await readers.run(rooms.remove_member, by=alice, room=room, user_id=carol.id)
    await readers.run(rooms.add_member, by=alice, room=room, user_id=carol.id)
    await watch.look()
    assert hers.outlet.types() == []
    assert await readers.run(Event.objects.filter(kind="member.left").count) == 2
