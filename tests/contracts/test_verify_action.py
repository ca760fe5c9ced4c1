"""Every event leads every client where a fresh load would: in random interleavings, beside a model of the rules."""

import os
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatsite import limits
from chatsite.accounts import services as accounts
from chatsite.accounts.models import User
from chatsite.env import Rate
from messaging import queries
from tests.contracts.reducer import View, events_since, load
from tests.support.http import Answer, Caller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof, pytest.mark.timeout(2400)]

FULL = os.environ.get("PROOF") == "full"
NAMES = ("alice", "bob", "carol", "mallory")
EMOJI = ("👍", "🎉", "❤️")

names = strategies.sampled_from(NAMES)
others = strategies.sampled_from(NAMES[1:])
texts = strategies.sampled_from(
    ("hello", "for @bob", "@carol and @mallory", "@everyone, and @bob", "**bold**", "x" * 500)
)


class Model:
    """The rules of a private room in plain Python: who is in, what each message is, what may be done."""

    def __init__(self) -> None:
        self.roles: dict[str, str] = {"alice": "owner"}
        self.intervals: dict[str, list[tuple[int, int | None]]] = {"alice": [(1, None)]}
        self.head = 1
        self.author: dict[int, str] = {}
        self.text: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.reactions: set[tuple[int, str, str]] = set()
        self.pins: set[int] = set()
        self.archived = False
        self.read: dict[str, int] = {}

    def sees(self, name: str, seq: int) -> bool:
        return any(
            start <= seq and (end is None or seq <= end) for start, end in self.intervals.get(name, [])
        )

    def is_there(self, name: str, seq: int) -> bool:
        return seq in self.author and seq not in self.deleted and self.sees(name, seq)

    def refusal(self, name: str) -> str | None:
        """What stops `name` from saying or changing anything."""
        if name not in self.roles:
            return "not_found"
        return "archived" if self.archived else None


class Room(RuleBasedStateMachine):
    """A room of Alice's: every rule is judged by the model, every view of every member is verified."""

    users: dict[str, User]
    call: dict[str, Caller]

    @initialize()
    def open(self) -> None:
        self.room = self.call["alice"]("POST", "rooms/", {"name": "Harbour", "kind": "private"}).body["id"]
        self.model = Model()
        self.views: dict[str, View] = {
            "alice": load(self.call["alice"], self.room, me=self.users["alice"].id)
        }
        self.sent: list[tuple[str, str, str]] = []
        self.topic = ""
        self.turn = 0

    def path(self, rest: str) -> str:
        return f"rooms/{self.room}/{rest}"

    def act(
        self, name: str, method: str, rest: str, body: Any = None, *, expect: str | None, **headers: str
    ) -> Answer:
        """Do something as `name`; it must be refused exactly as the model says."""
        answer = self.call[name](method, self.path(rest), body, **headers)
        if expect is None:
            assert answer.status < 300, answer.body
        else:
            assert answer.code == expect, (answer.body, expect)
        return answer

    @rule(name=names, text=texts)
    def send(self, name: str, text: str) -> None:
        key = str(uuid4())
        expect = self.model.refusal(name)
        answer = self.act(name, "POST", "messages/", {"text": text}, expect=expect, Idempotency_Key=key)
        if expect is None:
            self._appended(answer.body["seq"])
            self.model.author[self.model.head], self.model.text[self.model.head] = name, text
            self.sent.append((name, key, text))

    @precondition(lambda self: self.sent)
    @rule(data=strategies.data(), same=strategies.booleans())
    def send_again(self, data: Any, same: bool) -> None:
        name, key, text = data.draw(strategies.sampled_from(self.sent))
        body = {"text": text if same else text + "!"}
        answer = self.act(
            name, "POST", "messages/", body, expect=None if same else "conflict", Idempotency_Key=key
        )
        if same:
            assert answer.status == 200
            assert answer.body["client_id"] == key

    @precondition(lambda self: self.model.author)
    @rule(name=names, data=strategies.data(), text=texts)
    def edit(self, name: str, data: Any, text: str) -> None:
        seq = data.draw(strategies.sampled_from(sorted(self.model.author)))
        expect = self.model.refusal(name)
        if expect is None and not self.model.is_there(name, seq):
            expect = "not_found"
        if expect is None and self.model.author[seq] != name:
            expect = "forbidden"
        self.act(name, "PATCH", f"messages/{seq}/", {"text": text}, expect=expect)
        if expect is None and self.model.text[seq] != text:
            self.model.text[seq] = text
            self._appended()

    @precondition(lambda self: self.model.author)
    @rule(name=names, data=strategies.data())
    def delete(self, name: str, data: Any) -> None:
        seq = data.draw(strategies.sampled_from(sorted(self.model.author)))
        model = self.model
        expect = model.refusal(name)
        if expect is None and not model.sees(name, seq):
            expect = "not_found"
        if expect is None and seq in model.deleted:
            self.act(name, "DELETE", f"messages/{seq}/", expect=None)
            return
        if expect is None and model.author[seq] != name and model.roles[name] not in ("owner", "moderator"):
            expect = "forbidden"
        self.act(name, "DELETE", f"messages/{seq}/", expect=expect)
        if expect is None:
            model.deleted.add(seq)
            model.pins.discard(seq)
            model.reactions = {each for each in model.reactions if each[0] != seq}
            self._appended()

    @precondition(lambda self: self.model.author)
    @rule(name=names, data=strategies.data(), emoji=strategies.sampled_from(EMOJI), add=strategies.booleans())
    def react(self, name: str, data: Any, emoji: str, add: bool) -> None:
        seq = data.draw(strategies.sampled_from(sorted(self.model.author)))
        expect = self.model.refusal(name)
        if expect is None and not self.model.is_there(name, seq):
            expect = "not_found"
        self.act(name, "PUT" if add else "DELETE", f"messages/{seq}/reactions/{emoji}/", expect=expect)
        mine = (seq, name, emoji)
        if expect is None and (mine in self.model.reactions) != add:
            self.model.reactions ^= {mine}
            self._appended()

    @precondition(lambda self: self.model.author)
    @rule(name=names, data=strategies.data(), add=strategies.booleans())
    def pin(self, name: str, data: Any, add: bool) -> None:
        seq = data.draw(strategies.sampled_from(sorted(self.model.author)))
        model = self.model
        expect = model.refusal(name)
        if expect is None and model.roles[name] not in ("owner", "moderator"):
            expect = "forbidden"
        if expect is None and not model.is_there(name, seq):
            expect = "not_found"
        self.act(name, "PUT" if add else "DELETE", f"messages/{seq}/pin/", expect=expect)
        if expect is None and (seq in model.pins) != add:
            model.pins ^= {seq}
            self._appended()

    @rule(name=others, role=strategies.sampled_from(("moderator", "member", "guest")))
    def add(self, name: str, role: str) -> None:
        model = self.model
        expect = "archived" if model.archived else None
        if expect is None and model.roles.get(name, role) != role:
            expect = "conflict"
        self.act("alice", "POST", "members/", {"user": self.users[name].id, "role": role}, expect=expect)
        if expect is None and name not in model.roles:
            self._appended()
            model.roles[name] = role
            model.intervals.setdefault(name, []).append((model.head, None))

    @rule(name=others)
    def remove(self, name: str) -> None:
        there = name in self.model.roles
        self.act("alice", "DELETE", f"members/{self.users[name].id}/", expect=None if there else "not_found")
        if there:
            self._ended(name)

    @rule(name=others)
    def leave(self, name: str) -> None:
        there = name in self.model.roles
        self.act(name, "POST", "leave/", expect=None if there else "not_found")
        if there:
            self._ended(name)

    @rule(name=others, role=strategies.sampled_from(("moderator", "member", "guest")))
    def change_role(self, name: str, role: str) -> None:
        there = name in self.model.roles
        expect = "archived" if self.model.archived else None if there else "not_found"
        self.act("alice", "PATCH", f"members/{self.users[name].id}/", {"role": role}, expect=expect)
        if expect is None and self.model.roles[name] != role:
            self.model.roles[name] = role
            self._appended()

    @rule(topic=strategies.sampled_from(("boats", "tides", "")))
    def change_topic(self, topic: str) -> None:
        self.act("alice", "PATCH", "", {"topic": topic}, expect="archived" if self.model.archived else None)
        if not self.model.archived and topic != self.topic:
            self.topic = topic
            self._appended()

    @precondition(lambda self: self.model.head > 30 and not self.model.archived)
    @rule()
    def archive(self) -> None:
        self.act("alice", "DELETE", "", expect=None)
        self.model.archived = True
        self._appended()

    @rule(name=names, data=strategies.data())
    def read(self, name: str, data: Any) -> None:
        seq = data.draw(strategies.integers(0, self.model.head + 5))
        expect = None if name in self.model.roles else "not_found"
        answer = self.act(name, "PUT", "receipt/", {"read": seq}, expect=expect)
        if expect is None:
            self.model.read[name] = max(self.model.read.get(name, 0), min(seq, self.model.head))
            assert answer.body["read"] == max(self.model.read[name], self.model.intervals[name][-1][0])
            assert answer.body["delivered"] >= answer.body["read"]
            if name in self.views:
                self.views[name].read_up_to(answer.body["read"])

    @invariant()
    def a_view_plus_its_events_is_a_fresh_load(self) -> None:
        """One member in turn: their view is then of some steps ago, as a client's is that was away."""
        members = sorted(self.model.roles)
        self.turn += 1
        self.verify(members[self.turn % len(members)])

    def teardown(self) -> None:
        """At the end everybody is verified."""
        for name in sorted(self.model.roles):
            self.verify(name)

    def verify(self, name: str) -> None:
        """What the member's client shows, with the events since, is what a fresh load shows."""
        fresh = load(self.call[name], self.room, me=self.users[name].id)
        assert fresh.head == self.model.head
        view = self.views.get(name)
        if view is not None:
            for event in events_since(self.call[name], self.room, view.head):
                view.apply(event)
            assert view.shown() == fresh.shown()
        self.views[name] = fresh
        standing = queries.standings(by=self.users[name].id, room_ids=[self.room])[self.room]
        assert standing.mentions == fresh.shown()["mentions"]

    def _appended(self, seq: int | None = None) -> None:
        self.model.head += 1
        assert seq is None or seq == self.model.head

    def _ended(self, name: str) -> None:
        self._appended()
        del self.model.roles[name]
        intervals = self.model.intervals[name]
        intervals[-1] = (intervals[-1][0], self.model.head)
        self.views.pop(name, None)


def test_state_before_and_events_are_the_state_after(
    alice: User, bob: User, carol: User, mallory: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MESSAGE_SEND", "COMMANDS"):
        monkeypatch.setattr(limits, limit, Rate(per_second=1e6, burst=10**6))
    users = {user.username: user for user in (alice, bob, carol, mallory)}

    class RoomOfTheCast(Room):
        """The machine with people in it; Hypothesis makes a new one for every run."""

        def __init__(self) -> None:
            super().__init__()
            self.users, self.call = users, callers

    callers = {name: Caller(accounts.create_token(by=user, name="test")[1]) for name, user in users.items()}
    run_state_machine_as_test(
        RoomOfTheCast,
        settings=settings(
            max_examples=300 if FULL else 4,
            stateful_step_count=50,
            deadline=None,
            database=None,
            # A run takes seconds: shrinking a failure would take longer than reading it.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
