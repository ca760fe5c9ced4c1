"""Many people talking at once, and the verdict on what came of it."""

import asyncio
import hashlib
import os
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import httpx

from tests.chaos.beside import phones_are_told
from tests.chaos.history import History, judge, report
from tests.chaos.marks import marks_are_stored
from tests.support.client import Client
from tests.support.deployments import Deployment
from tests.support.phones import Phone
from tests.support.records import Acked, Answered, Fetched, Searched, Sent, Uploaded
from tests.support.rest import ApiError, Person, Rest

T = TypeVar("T")

_IN_FLIGHT = 8
_A_FILE_EVERY = 50
_MOST_FETCHED = 12
# Longer than a notice is left to a worker that was killed.
_PHONES_S = 150
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
            files = await self._files_for(room, number)
            twin = self.client.post(room, text, client_id, files=files) if mood < 0.05 else None
            seq = await self.client.send(room, text, client_id, files=files)
            if twin is not None:
                assert await twin.acked == seq
            elif mood > 0.95:
                await self._over_rest(partial(self._repeat, room, text, client_id, files))
            if files and mood < 0.5:
                await self._over_rest(partial(self._rest.call, "DELETE", f"rooms/{room}/messages/{seq}/"))
        finally:
            self._window.release()

    async def _files_for(self, room: str, number: int) -> tuple[str, ...]:
        """Now and then a file to send, and now and then one that is never sent."""
        if number % _A_FILE_EVERY != 1:
            return ()
        name = f"{self.client.person.username} {number}"
        if number == 1:
            await self._over_rest(partial(self._upload, room, f"{name}, never sent"))
        sent = await self._over_rest(partial(self._upload, room, name))
        return (sent,) if sent else ()

    def _upload(self, room: str, content: str) -> str:
        made = self._rest.upload(room, content.encode())
        entry = Uploaded(time.monotonic_ns(), room, made["id"], digest_of(content.encode()))
        self.client.journal.entries.append(entry)
        return entry.file

    def _repeat(self, room: str, text: str, client_id: str, files: Sequence[str]) -> None:
        """The same message by another door."""
        entries = self.client.journal.entries
        entries.append(Sent(time.monotonic_ns(), room, client_id, text, tuple(files)))
        event, duplicate = self._rest.send(room, text, client_id, files=files)
        entries.append(Acked(time.monotonic_ns(), room, client_id, event["seq"], duplicate))

    async def _over_rest(self, ask: Callable[[], T]) -> T | None:
        """Ask REST something; None when the server is down just now, which is no fault of it."""
        try:
            return await asyncio.to_thread(ask)
        except httpx.TransportError:
            return None
        except ApiError as refused:
            if not refused.error["retryable"]:
                raise
            return None


def digest_of(content: bytes) -> str:
    """What journals keep of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


async def conclude(
    deployment: Deployment,
    clients: Sequence[Client],
    rooms: Sequence[str],
    *,
    phones: Sequence[Phone] = (),
    patience: float = 60,
) -> History:
    """Wait until every client holds all of its rooms, then judge everything; fails with what was found.

    Where a worker stores watermarks, they are waited for, too, and what `phones` show; then REST is asked who has the
    newest messages, for files and for what a word finds.
    """
    heads = {head.room: head.head for head in deployment.stored(rooms)[2]}
    for client in clients:
        await client.level_with(heads, patience=patience)
    if deployment.workers:
        await _until_marks_settle(deployment, clients, rooms, patience=patience)
        await asyncio.to_thread(_ask_who_has_the_newest, deployment, clients, heads)
    await asyncio.to_thread(_fetch_and_search, deployment, clients, rooms)
    history = _history(deployment, clients, rooms)
    if phones:
        history = await asyncio.to_thread(_until_phones_show, deployment, history, phones)
    findings = judge(history)
    assert not findings, report(findings)
    return history


def _history(deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str]) -> History:
    events, intervals, heads, marks = deployment.stored(rooms)
    # A journal is a copy: the clients go on.
    journals = [replace(client.journal, entries=list(client.journal.entries)) for client in clients]
    stored = marks if deployment.workers else None
    return History(journals, events, intervals, heads, stored, storage=deployment.storage(rooms))


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


def _until_phones_show(deployment: Deployment, history: History, phones: Sequence[Phone]) -> History:
    """The history with what the phones were told, when they show what they should; else the checker says what is missing."""
    ends = time.monotonic() + _PHONES_S
    while True:
        told = replace(history, journals=[*history.journals, *(phone.journal() for phone in phones)])
        if time.monotonic() > ends or not any(phones_are_told(told)):
            return told
        deployment.ask_for("notifications.sweep")
        deployment.ask_for("notifications.send")
        time.sleep(2)


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


def _fetch_and_search(deployment: Deployment, clients: Sequence[Client], rooms: Sequence[str]) -> None:
    """Two people ask for some files, whoever gave them, and search for a word."""
    uploads = [entry for client in clients for entry in client.journal.entries if isinstance(entry, Uploaded)]
    some = random.Random(0).sample(uploads, min(len(uploads), _MOST_FETCHED))
    for client in (clients[0], clients[-1]):
        entries = client.journal.entries
        with deployment.rest(client.person, at=-1) as rest:
            for file in some:
                got = rest.fetch(file.room, file.file)
                digest = None if got is None else digest_of(got)
                entries.append(Fetched(time.monotonic_ns(), file.file, digest))
            theirs = [room for room in rooms if room in client.cursors]
            entries += [_search(rest, room, "harbour") for room in theirs[:2]]


def _search(rest: Rest, room: str, word: str) -> Searched:
    """All pages of what is found."""
    found: set[int] = set()
    query = {"q": word, "room": room, "limit": "50"}
    complete = True
    while True:
        page = rest.call("GET", "search/", params=query)
        found |= {message["seq"] for message in page["results"]}
        complete = complete and page["complete"]
        if not page["next"]:
            return Searched(time.monotonic_ns(), room, word, frozenset(found), complete)
        query["cursor"] = page["next"]


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
            erased = {seq for room, seq in history.erased if room == interval.room}
            whole = [(seq, raw) for seq, raw in seen if seq not in erased]
            assert all(frames.setdefault((interval.room, seq), raw) == raw for seq, raw in whole)
