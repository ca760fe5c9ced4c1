"""When rooms in which something happened are handed to the task queue."""

from queue import SimpleQueue

import pytest

from messaging.notifications import rounds
from messaging.notifications.rounds import Rounds


class Handed(SimpleQueue[list[str]]):
    """In place of the task queue: the rooms of each task."""

    def send_task(self, name: str, arguments: list[list[str]]) -> None:
        """Take one."""
        assert name == rounds.LOOK
        self.put(arguments[0])


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    handed = Handed()
    monkeypatch.setattr(rounds, "current_app", handed)
    monkeypatch.setattr(rounds, "GATHER_SECONDS", 0.01)
    return handed


def test_while_workers_are_behind_rooms_are_gathered_for_one_task(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, more = Rounds(), iter(["fog", "gale", "harbour"])

    def behind() -> bool:
        room = next(more, None)
        ours.note([room] if room else [])
        return room is not None

    monkeypatch.setattr(rounds, "workers_are_behind", behind)
    ours.note(["ebb", "fog"])
    assert handed.get(timeout=5) == ["ebb", "fog", "gale", "harbour"]


def test_workers_that_stay_behind_are_handed_the_rooms_all_the_same(
    handed: Handed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "HOLD_SECONDS", 0.05)
    monkeypatch.setattr(rounds, "workers_are_behind", lambda: True)
    Rounds().note(["ebb"])
    assert handed.get(timeout=5) == ["ebb"]
