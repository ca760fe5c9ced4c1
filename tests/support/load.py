"""Many people talking at once, and the verdict on what came of it."""

import asyncio
import os
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

import httpx

from tests.chaos.history import History, judge, report
from tests.chaos.marks import marks_are_stored
from tests.support.client import Client
from tests.support.deployments import Deployment
from tests.support.records import Acked, Answered, Sent
from tests.support.rest import ApiError, Person, Rest

_IN_FLIGHT = 8
_WORDS = ("ahoy", "harbour", "Möwe", "灯台", "⚓️", "**bold**", "<b>", "\\", '"quoted"', "\u2028", "tail ")


def size(reduced: int, whole: int) -> int:
    """How much a long proof does: `whole` under `PROOF=full`, otherwise `reduced`."""
    return whole if os.environ.get("PROOF") == "full" else reduced


def phrase(chance: random.Random, start: str) -> str:
    """A text that begins with `start` and holds awkward but permitted characters."""
    return " ".join([start, *chance.choices(_WORDS, k=chance.randint(0, 6))]) + "."


class Speaker:
    """One client that says things in its rooms, and repeats about one in ten: at once, or by REST on another server."""

    def __init__(self, client: Client, rooms: Sequence[str], rest: Rest, *, seed: int) -> None:
        self.client = client
        self.rooms = rooms
        self.said = 0
        self._rest = rest
        self._chance = random.Random(seed)
        self._window = asyncio.Semaphore(_IN_FLIGHT)

    async def speak(self, count: int, *, pause: float = 0, until: asyncio.Event | None = None) -> None:
        """Send `count` messages, and go on until `until` is set; return when all are acknowledged."""
        async with asyncio.TaskGroup() as group:
            while self.said < count or (until is not None and not until.is_set()):
                self.said += 1
                await self._window.acquire()
                group.create_task(self._say(self.said))
                await asyncio.sleep(pause)

    async def _say(self, number: int) -> None:
        room = self._chance.choice(self.rooms)
        text = phrase(self._chance, f"{self.client.person.username} {number}")
        client_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        mood = self._chance.random()
        try:
            twin = self.client.post(room, text, client_id) if mood < 0.05 else None
            seq = await self.client.send(room, text, client_id)
            if twin is not None:
                assert await twin.acked == seq
            elif mood > 0.95:
                await self._repeat_over_rest(room, text, client_id)
        finally:
            self._window.release()

    async def _repeat_over_rest(self, room: str, text: str, client_id: str) -> None:
        """The same message by another door; a server that is down just now is no fault of it."""
        entries = self.client.journal.entries
        entries.append(Sent(time.monotonic_ns(), room, client_id, text))
        try:
            event, duplicate = await asyncio.to_thread(self._rest.send, room, text, client_id)
        except httpx.TransportError:
            return
        except ApiError as refused:
            if not refused.error["retryable"]:
                raise
            return
        entries.append(Acked(time.monotonic_ns(), room, client_id, event["seq"], duplicate))


async def conclude(
    deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str], *, patience: float = 60
) -> History:
    """Wait until every client holds all of its rooms, then judge everything; fails with what was found.

    Where a worker stores watermarks, they are waited for, too; then REST is asked who has the newest messages.
    """
    heads = {head.room: head.head for head in deployment.stored(rooms)[2]}
    for client in clients:
        await client.level_with(heads, patience=patience)
    if deployment.workers:
        await _until_marks_settle(deployment, clients, rooms, patience=patience)
        await asyncio.to_thread(_ask_who_has_the_newest, deployment, clients, heads)
    findings = judge(history := _history(deployment, clients, rooms))
    assert not findings, report(findings)
    return history


def _history(deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str]) -> History:
    events, intervals, heads, marks = deployment.stored(rooms)
    # A journal is a copy: the clients go on.
    journals = [replace(client.journal, entries=list(client.journal.entries)) for client in clients]
    return History(journals, events, intervals, heads, marks if deployment.workers else None)


async def _until_marks_settle(
    deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str], *, patience: float
) -> None:
    """Every client has read all and said so, and that is stored and told; else the checker says what is missing."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        said = all(
            client.marks[room] == (seq, seq)
            for client in clients
            for room, (_, seq) in client.cursors.items()
        )
        if said and not any(marks_are_stored(_history(deployment, clients, rooms))):
            return
        await asyncio.sleep(0.5)


def _ask_who_has_the_newest(
    deployment: Deployment, clients: Sequence[Client], heads: Mapping[str, int]
) -> None:
    """The first client's person asks REST, about the newest message of each room."""
    client = clients[0]
    with deployment.rest(client.person) as rest:
        for room in heads:
            seq = rest.call("GET", f"rooms/{room}/messages/?limit=1")["results"][0]["seq"]
            told = rest.call("GET", f"rooms/{room}/messages/{seq}/receipts/")["members"]
            people = {
                name: frozenset(member["user"] for member in told if name in ("user", *member))
                for name in ("user", "delivered_at", "read_at")
            }
            client.journal.entries.append(Answered(time.monotonic_ns(), room, seq, *people.values()))


def assert_every_view_is_the_log(history: History, people: Sequence[Person]) -> None:
    """The plain statement, without the checker: each person holds each of their rooms from joining to the head."""
    frames: dict[tuple[str, int], bytes] = {}
    heads = {head.room: head.head for head in history.heads}
    for person in people:
        for interval in (part for part in history.intervals if part.user == person.id):
            seen = [
                (event["seq"], raw)
                for view in history.views
                if (view.user, view.room) == (person.id, interval.room)
                for event, raw in view.events
            ]
            assert [seq for seq, _ in seen] == list(range(interval.first, heads[interval.room] + 1))
            assert all(frames.setdefault((interval.room, seq), raw) == raw for seq, raw in seen)
