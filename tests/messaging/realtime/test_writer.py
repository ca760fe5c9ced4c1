"""Group commit: batches that grow by themselves, and answers that come whatever the database does."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import uuid4

import pytest
from django.db import OperationalError

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.errors import ChatError
from chatsite.threads import readers
from messaging.models import Event
from messaging.realtime import writer as module
from messaging.realtime.writer import Writer
from messaging.services import Draft, Outcome, Sent, send_messages
from rooms.models import Room
from tests.messaging.delivery.sockets import until

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]

Store = Callable[[Sequence[Draft]], list[Outcome]]


class Database:
    """The real store, with a gate to hold it up and a record of the batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.open = threading.Event()
        self.open.set()
        self.broken = False

    def __call__(self, drafts: Sequence[Draft]) -> list[Outcome]:
        self.batches.append(len(drafts))
        self.open.wait(20)
        if self.broken:
            raise OperationalError("the database went away")
        return send_messages(drafts)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    database = Database()
    monkeypatch.setattr(module, "send_messages", database)
    return database


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    writer = Writer()
    yield writer
    database.open.set()
    await writer.finish()
    writer.stop()


def draft(by: User, room: Room, text: str) -> Draft:
    return Draft(by=by.id, room_id=room.id, client_id=uuid4(), text=text)


async def texts(room: Room) -> list[str]:
    messages = Event.objects.filter(room=room, kind="message.created").order_by("seq")
    return await readers.run(lambda: list(messages.values_list("text", flat=True)))


def code(outcome: Outcome) -> str:
    return outcome.code if isinstance(outcome, ChatError) else "stored"


async def test_a_lone_message_goes_straight_through(writer, database, alice, room):
    answers: list[Outcome] = []
    writer.send(draft(alice, room, "alone"), answers.append)
    await until(lambda: answers)
    assert isinstance(answers[0], Sent)
    assert database.batches == [1]


async def test_what_comes_during_a_commit_forms_the_next_batch_in_order(writer, database, alice, room):
    answers: list[Outcome] = []
    database.open.clear()
    writer.send(draft(alice, room, "0"), answers.append)
    await until(lambda: database.batches == [1])
    for number in range(1, 51):
        writer.send(draft(alice, room, str(number)), answers.append)
    database.open.set()
    await until(lambda: len(answers) == 51)
    assert database.batches == [1, 50]
    assert await texts(room) == [str(number) for number in range(51)]


async def test_a_batch_has_a_largest_size(writer, database, alice, room):
    answers: list[Outcome] = []
    database.open.clear()
    for number in range(limits.WRITER_BATCH + 10):
        writer.send(draft(alice, room, str(number)), answers.append)
    database.open.set()
    await until(lambda: len(answers) == limits.WRITER_BATCH + 10)
    assert max(database.batches) <= limits.WRITER_BATCH


async def test_a_refused_message_harms_no_neighbour(writer, database, alice, mallory, room):
    answers: list[tuple[str, str]] = []
    for by, text in ((alice, "one"), (mallory, "mine"), (alice, ""), (alice, "two")):
        writer.send(draft(by, room, text), lambda outcome, text=text: answers.append((text, code(outcome))))
    await until(lambda: len(answers) == 4)
    assert answers == [("one", "stored"), ("mine", "not_found"), ("", "bad_request"), ("two", "stored")]


async def test_a_database_that_hangs_is_answered_overloaded_in_time(writer, database, alice, room):
    answers: list[Outcome] = []
    clock = asyncio.get_running_loop()
    database.open.clear()
    began = clock.time()
    writer.send(draft(alice, room, "first"), answers.append)
    await until(lambda: database.batches == [1])
    writer.send(draft(alice, room, "second"), answers.append)
    await until(lambda: len(answers) == 2)
    assert [code(answer) for answer in answers] == ["overloaded", "overloaded"]
    assert all(isinstance(answer, ChatError) and answer.retryable for answer in answers)
    assert clock.time() - began < limits.WRITER_SECONDS + 1


async def test_a_send_answered_overloaded_is_a_duplicate_when_it_was_stored_after_all(
    writer, database, alice, room
):
    answers: list[Outcome] = []
    late = draft(alice, room, "late")
    database.open.clear()
    writer.send(late, answers.append)
    await until(lambda: len(answers) == 1)
    database.open.set()
    writer.send(late, answers.append)
    await until(lambda: len(answers) == 2)
    assert code(answers[0]) == "overloaded"
    assert isinstance(answers[1], Sent)
    assert answers[1].duplicate
    assert await texts(room) == ["late"]


async def test_a_database_error_is_overloaded_and_the_next_batch_goes_on(writer, database, alice, room):
    answers: list[Outcome] = []
    database.broken = True
    writer.send(draft(alice, room, "lost"), answers.append)
    await until(lambda: answers)
    database.broken = False
    writer.send(draft(alice, room, "kept"), answers.append)
    await until(lambda: len(answers) == 2)
    assert [code(answer) for answer in answers] == ["overloaded", "stored"]


async def test_the_queue_is_bounded(writer, database, alice, room, monkeypatch):
    monkeypatch.setattr(limits, "WRITER_QUEUE", 10)
    answers: list[Outcome] = []
    database.open.clear()
    writer.send(draft(alice, room, "under way"), answers.append)
    await until(lambda: database.batches == [1])
    for number in range(12):
        writer.send(draft(alice, room, str(number)), answers.append)
    assert [code(answer) for answer in answers] == ["overloaded", "overloaded"]
    database.open.set()
    await until(lambda: len(answers) == 13)
