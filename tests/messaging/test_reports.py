"""Members point at messages, moderators judge: each report once, told to nobody else."""

import uuid
from typing import Any

import pytest

from chatsite.accounts.models import User
from chatsite.audit.models import Entry
from messaging import changes, reports
from messaging.models import Report
from messaging.services import send_message
from messaging.turn import Change
from rooms import moderation
from rooms.models import Room
from tests.support.http import caller

pytestmark = pytest.mark.storage


@pytest.fixture
def seq(room: Room, bob: User) -> int:
    """A message of Bob's."""
    return send_message(by=bob.id, room_id=room.id, text="buy my boats", client_id=uuid.uuid4()).event.seq


def path(room: Room, seq: int) -> str:
    return f"rooms/{room.id}/messages/{seq}/reports/"


def test_a_guest_reports_and_an_owner_finds_it_and_closes_it(
    room: Room, alice: User, bob: User, carol: User, seq: int
) -> None:
    made = caller(carol).post(path(room, seq), {"reason": "  Spam  "})
    assert made.status == 201
    assert (made.body["by"], made.body["about"], made.body["reason"], made.body["state"]) == (
        carol.id,
        bob.id,
        "Spam",
        "open",
    )
    calls = caller(alice)
    assert calls.get(f"rooms/{room.id}/reports/").body == {"results": [made.body], "next": None}
    closed = calls.patch(f"rooms/{room.id}/reports/{made.body['id']}/", {"state": "dismissed"}).body
    assert (closed["state"], closed["closed_by"]) == ("dismissed", alice.id)
    assert calls.get(f"rooms/{room.id}/reports/").body["results"] == []
    assert calls.get(f"rooms/{room.id}/reports/?state=dismissed").body["results"] == [closed]
    entry = Entry.objects.latest("id")
    assert (entry.action, entry.by_id, entry.user_id, entry.target) == (
        "report.closed",
        alice.id,
        bob.id,
        str(seq),
    )


def test_a_second_report_of_the_same_person_is_the_first(room: Room, carol: User, seq: int) -> None:
    first = caller(carol).post(path(room, seq), {"reason": "Spam"})
    again = caller(carol).post(path(room, seq), {"reason": "Really"})
    assert (again.status, again.body) == (200, first.body)
    assert Report.objects.count() == 1


def test_of_two_moderators_the_second_is_told(
    room: Room, alice: User, bob: User, carol: User, seq: int
) -> None:
    report, _ = reports.report_message(by=carol.id, room_id=room.id, seq=seq, reason="Spam")
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="moderator")
    address = f"rooms/{room.id}/reports/{report.pk}/"
    assert caller(alice).patch(address, {"state": "resolved"}).status == 200
    assert caller(bob).patch(address, {"state": "resolved"}).status == 200
    assert caller(bob).patch(address, {"state": "dismissed"}).refusal == (409, "conflict", None)
    report.refresh_from_db()
    assert (report.state, report.closed_by_id) == ("resolved", alice.id)


def test_members_see_no_reports(room: Room, bob: User, carol: User, seq: int) -> None:
    report, _ = reports.report_message(by=carol.id, room_id=room.id, seq=seq, reason="Spam")
    for person in (bob, carol):
        assert caller(person).get(f"rooms/{room.id}/reports/").status == 403
        assert (
            caller(person).patch(f"rooms/{room.id}/reports/{report.pk}/", {"state": "resolved"}).status == 403
        )


def test_what_cannot_be_reported(room: Room, alice: User, bob: User, mallory: User, seq: int) -> None:
    spam = {"reason": "Spam"}
    assert caller(mallory).post(path(room, seq), spam).status == 404
    assert caller(bob).post(path(room, seq), spam).refusal == (400, "bad_request", "seq")
    assert caller(alice).post(path(room, 1), spam).status == 404  # a person's coming is no message
    assert caller(alice).post(path(room, 999), spam).status == 404
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "two\nlines"}, {"reason": 7}):
        refused = caller(alice).post(path(room, seq), body)
        assert (refused.status, refused.code) == (400, "bad_request"), body
    changes.delete_message(Change(by=bob.id, room_id=room.id, client_id=uuid.uuid4(), seq=seq))
    assert caller(alice).post(path(room, seq), spam).status == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("report", ["0", "-1", "x", "9" * 17, "%00", "12345"])
def test_reports_that_are_not_there(room: Room, alice: User, report: Any) -> None:
    answer = caller(alice).patch(f"rooms/{room.id}/reports/{report}/", {"state": "resolved"})
    assert (answer.status, answer.code) == (404, "not_found")
    assert caller(alice).get(f"rooms/{room.id}/reports/?state=lost").refusal == (400, "bad_request", "state")
