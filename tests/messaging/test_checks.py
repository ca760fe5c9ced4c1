"""The check of the logs: finds each planted fault, goes on where it stopped, and says of a healthy log that it is whole."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatsite.accounts.models import User
from messaging import changes
from messaging.checks import checking
from messaging.checks.checking import check_logs
from messaging.checks.models import FaultKind, LogCheck, LogFault, LogPosition
from messaging.models import Event, RoomLog, Watermark
from messaging.services import send_message
from messaging.turn import Change
from rooms.models import Room

pytestmark = [pytest.mark.storage, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def talk(alice: User, room: Room) -> list[Event]:
    """Some messages, one of them an answer, one edited."""
    said = [
        send_message(by=alice.id, room_id=room.id, text=f"word {n}", client_id=uuid4()).event
        for n in range(10)
    ]
    answer = send_message(
        by=alice.id, room_id=room.id, text="yes", client_id=uuid4(), reply_to=said[0].seq
    ).event
    change = Change(by=alice.id, room_id=room.id, client_id=uuid4(), seq=answer.seq)
    changes.edit_message(change, text="no")
    return said


def faults() -> set[tuple[int, str, int]]:
    return set(LogFault.objects.values_list("seq", "kind", "count"))


def test_a_healthy_log_is_whole_and_looked_at_once(alice: User, room: Room, talk: list[Event]) -> None:
    head = RoomLog.objects.get(pk=room.pk).head
    found = check_logs()
    assert (found.faults, found.checked, found.behind) == (0, head, False)
    send_message(by=alice.id, room_id=room.id, text="more", client_id=uuid4())
    parts = checking._parts_left()
    assert parts == [(room.pk, head, head + 1)]
    assert check_logs().checked == head + 1
    assert not checking._parts_left()
    assert LogCheck.objects.count() == 1


def test_a_long_log_is_checked_in_steps(
    room: Room, talk: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_EVENTS", 4)
    Event.objects.filter(room=room, seq=talk[5].seq).delete()
    first = check_logs(seconds=0)
    assert (first.checked, first.behind) == (0, True)
    assert not check_logs().behind
    assert faults() == {(talk[5].seq, FaultKind.LOST, 1)}


def lose_two(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    Event.objects.filter(room=room, seq__in=[talk[3].seq, talk[4].seq]).delete()
    return talk[3].seq, FaultKind.LOST, 2


def lose_the_first(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    Event.objects.filter(room=room, seq=1).delete()
    return 1, FaultKind.LOST, 1


def lose_the_last(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    head = RoomLog.objects.get(pk=room.pk).head
    Event.objects.filter(room=room, seq=head).delete()
    return head, FaultKind.LOST, 1


def swap(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    first, second = talk[6], talk[7]
    Event.objects.filter(pk=first.pk).update(seq=10_000)
    Event.objects.filter(pk=second.pk).update(seq=first.seq)
    Event.objects.filter(pk=first.pk).update(seq=second.seq)
    return second.seq, FaultKind.DISORDERED, 1


def lose_what_was_answered(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    answer = Event.objects.exclude(reply_to=None).get()
    Event.objects.filter(pk=answer.pk).update(reply_to=9_999)
    return answer.seq, FaultKind.ASTRAY, 1


def fall_back(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    head = RoomLog.objects.get(pk=room.pk).head
    RoomLog.objects.filter(pk=room.pk).update(head=head - 1)
    return head, FaultKind.AHEAD, 1


def read_the_future(room: Room, talk: list[Event]) -> tuple[int, FaultKind, int]:
    Watermark.objects.filter(room=room).delete()
    Watermark.objects.create(room=room, user_id=talk[0].by_id, delivered=500, read=0)
    return 500, FaultKind.RECEIPT, 1


@pytest.mark.parametrize(
    "plant",
    [lose_two, lose_the_first, lose_the_last, swap, lose_what_was_answered, fall_back, read_the_future],
)
def test_a_planted_fault_is_found(
    room: Room, talk: list[Event], plant: Callable[[Room, list[Event]], tuple[int, FaultKind, int]]
) -> None:
    planted = plant(room, talk)
    assert check_logs().faults == planted[2]
    assert faults() == {planted}


def test_what_is_there_twice_is_found_where_no_constraint_forbids_it(room: Room, talk: list[Event]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes the table anew for each constraint, with all the others")
    constraints = [
        one for one in Event._meta.constraints if one.name in {"event_seq_once", "event_client_id_once"}
    ]
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(Event, constraint)
    try:
        first, other = talk[2], talk[3]
        again = Event.objects.create(
            room=room, seq=first.seq, kind=first.kind, by_id=first.by_id, at=first.at, text="twice"
        )
        Event.objects.filter(pk=other.pk).update(client_id=first.client_id)
        check_logs()
        assert {(first.seq, "doubled"), (other.seq, "doubled")} <= {found[:2] for found in faults()}
    finally:
        Event.objects.filter(pk=again.pk).delete()
        Event.objects.filter(pk=other.pk).update(client_id=other.client_id)
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(Event, constraint)


def test_after_a_week_a_log_is_gone_through_anew_and_what_is_mended_is_forgotten(
    room: Room, talk: list[Event]
) -> None:
    mended, head = talk[3], RoomLog.objects.get(pk=room.pk).head
    Event.objects.filter(pk=mended.pk).update(reply_to=9_999)
    assert check_logs().faults == 1
    Event.objects.filter(pk=mended.pk).update(reply_to=None)
    Event.objects.filter(pk=talk[5].pk).delete()
    assert faults() == {(mended.seq, FaultKind.ASTRAY, 1)}
    long_ago = timezone.now() - dt.timedelta(days=8)
    LogPosition.objects.update(begun=long_ago)
    LogFault.objects.update(at=long_ago)
    assert check_logs().checked == head  # begins anew at its end, and never says that less was checked
    found = check_logs()
    assert (found.checked, found.faults) == (head, 1)
    assert faults() == {(talk[5].seq, FaultKind.LOST, 1)}


def test_the_command_the_office_and_prometheus_tell_of_it(
    client: Client, room: Room, talk: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_log")
    assert "of all logs" in capsys.readouterr().out
    Event.objects.filter(pk=talk[5].pk).delete()
    call_command("check_log")  # what was checked is looked at again in a week
    with pytest.raises(CommandError, match="1 fault"):
        call_command("check_log", "--all")
    assert f"number {talk[5].seq}: lost" in capsys.readouterr().err
    client.force_login(User.objects.create_superuser("admin"))
    log = client.get("/admin/figures/").json()["log"]
    assert (log["faults"], log["checked"]) == (1, RoomLog.objects.get(pk=room.pk).head)
    assert "parley_log_faults 1.0" in client.get("/metrics").content.decode()
    listed = client.get("/admin/checks/logfault/").content.decode()
    assert "numbers without an entry" in listed
