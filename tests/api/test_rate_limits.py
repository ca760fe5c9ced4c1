"""Changes over HTTP spend the same tokens as commands on the socket; `Retry-After` is true."""

import time
from typing import Any

import pytest

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from rooms.models import Room
from tests.support.http import Caller, caller

pytestmark = pytest.mark.storage


@pytest.fixture
def tight(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "COMMANDS", Rate(1.0, 3))


def flood(calls: Caller, path: str, times: int) -> list[int]:
    return [calls.put(path, {"read": 1}).status for _ in range(times)]


def test_changes_beyond_the_burst_are_refused(room: Room, bob: User, tight: Any) -> None:
    calls = caller(bob)
    answers = [calls.put(f"rooms/{room.id}/receipt/", {"read": 1}) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 3
    assert answers[-1].refusal == (429, "rate_limited", None)
    assert answers[-1].error["retryable"] is True


def test_retry_after_is_true(room: Room, bob: User, tight: Any) -> None:
    calls, path = caller(bob), f"rooms/{room.id}/receipt/"
    assert 429 in flood(calls, path, 5)
    refused = calls.put(path, {"read": 1})
    assert refused.status == 429
    time.sleep(int(refused.headers["Retry-After"]))
    assert calls.put(path, {"read": 1}).status == 200


def test_reading_costs_nothing(room: Room, bob: User, tight: Any) -> None:
    calls = caller(bob)
    assert 429 in flood(calls, f"rooms/{room.id}/receipt/", 5)
    assert {calls.get(f"rooms/{room.id}/").status for _ in range(5)} == {200}


def test_anothers_flood_is_no_matter(room: Room, alice: User, bob: User, tight: Any) -> None:
    path = f"rooms/{room.id}/receipt/"
    assert 429 in flood(caller(bob), path, 5)
    assert flood(caller(alice), path, 2) == [200, 200]


def test_the_bucket_is_the_persons_not_the_tokens(room: Room, bob: User, tight: Any) -> None:
    path = f"rooms/{room.id}/receipt/"
    assert 429 in flood(caller(bob), path, 5)
    assert flood(caller(bob), path, 1) == [429]
