"""Bans, invites and reports are for some members only, and these are told when there are others."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chatsite.accounts.models import User
from messaging import reports
from messaging.services import send_message
from rooms import invites, moderation, rules
from rooms.models import Room
from tests.support.hints import listening

STAFF = ["owner", "moderator"]


@pytest.fixture
def told(room: Room, django_capture_on_commit_callbacks: Any) -> Callable[..., list[tuple[str, list[str]]]]:
    """What is told of lists of the room by something done to it: which, and to which roles."""

    def of(deed: Callable[..., Any], **how: Any) -> list[tuple[str, list[str]]]:
        with listening() as hints, django_capture_on_commit_callbacks(execute=True):
            deed(**how)
        said = [hint for hint in hints.all() if hint["type"] == "room.list"]
        assert all((hint["room"], hint["key"]) == (room.id, f"room.{room.id}") for hint in said)
        return [(hint["list"], hint["roles"]) for hint in said]

    return of


def test_bans_are_told_to_those_who_may_ban(room: Room, alice: User, bob: User, told: Any) -> None:
    assert told(moderation.ban_member, by=alice, room=room, user_id=bob.id) == [("bans", STAFF)]
    assert told(moderation.unban, by=alice, room=room, user_id=bob.id) == [("bans", STAFF)]


def test_invites_are_told_to_those_who_may_invite(room: Room, alice: User, mallory: User, told: Any) -> None:
    made, _ = invites.create_invite(by=alice, room=room)
    assert (
        told(invites.rotate_invite, by=alice, room=room, invite_id=made.id) == []
    )  # shows the same in the list
    _, code = invites.create_invite(by=alice, room=room)
    assert told(invites.accept_invite, by=mallory, code=code) == [("invites", STAFF)]
    rules.change_room_rules(by=alice, room=room, wanted={"member": {"invite": True}})
    assert told(invites.create_invite, by=alice, room=room) == [("invites", [*STAFF, "member"])]
    assert told(invites.end_invite, by=alice, room=room, invite_id=made.id) == [
        ("invites", [*STAFF, "member"])
    ]


def test_reports_are_told_to_those_who_judge(
    room: Room, alice: User, bob: User, carol: User, told: Any
) -> None:
    seq = send_message(by=bob.id, room_id=room.id, text="boats", client_id=uuid.uuid4()).event.seq
    report = {"by": carol.id, "room_id": room.id, "seq": seq, "reason": "Spam"}
    assert told(reports.report_message, **report) == [("reports", STAFF)]
    assert told(reports.report_message, **report) == []
    (made,) = reports.reports_of(by=alice, room_id=room.id)
    judged = {"by": alice, "room": room, "report_id": made.pk, "state": "dismissed"}
    assert told(reports.close_report, **judged) == [("reports", STAFF)]
    assert told(reports.close_report, **judged) == []
