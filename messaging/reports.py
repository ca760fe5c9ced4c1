"""Reports of messages: a member points at one, moderators judge it.

A report holds who, which message and why, never the message's text: moderators read that in the room.
"""

from django.db import transaction
from django.db.models import QuerySet

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest, Forbidden
from chatsite.text import one_line
from rooms.errors import NotYourRole
from rooms.lists import PrivateList, tell_change
from rooms.models import Room
from rooms.permissions import can_run_rooms
from rooms.queries import find_member, visible_room

from . import queries
from .errors import NoSuchMessage, NoSuchReport, ReportClosed
from .models import Event, EventKind, Report, ReportState
from .permissions import can_see_reports

LONGEST_REASON = 500


def report_message(*, by: str, room_id: str, seq: int, reason: str) -> tuple[Report, bool]:
    """Point moderators at a message of another; the report, and whether it is new. A second of one person stays the first.

    Raises `BadRequest`, `NoSuchRoom` and `NoSuchMessage`.
    """
    reason = one_line(reason, field="reason", longest=LONGEST_REASON)
    seen = queries.view(by=by, room_id=room_id)
    messages = Event.objects.filter(room_id=room_id, kind=EventKind.MESSAGE_CREATED, deleted_at=None)
    message = messages.filter(seq=seq).first() if seen.slice.sees(seq) else None
    if message is None:
        raise NoSuchMessage(field="seq")
    if message.by_id == by:
        raise BadRequest("This message is your own: you may delete it.", field="seq")
    report, fresh = Report.objects.get_or_create(
        room_id=room_id,
        message_seq=seq,
        by_id=by,
        defaults={"about_id": message.by_id, "reason": reason, "at": clock.now()},
    )
    if fresh:
        tell_change(report.room, PrivateList.REPORTS)
    return report, fresh


def reports_of(*, by: User, room_id: str) -> QuerySet[Report]:
    """The reports of a room, for those who judge them. Raises `NoSuchRoom` and `NotYourRole`."""
    room = visible_room(by=by, room_id=room_id)
    _judging(room, by=by)
    return Report.objects.filter(room=room)


@transaction.atomic
def close_report(*, by: User, room: Room, report_id: int, state: str, office: bool = False) -> Report:
    """Say what came of a report: `resolved` or `dismissed`. Closed the same way already, it stays as it is.

    With `office` a site administrator does it. Raises `BadRequest`, `NoSuchRoom`, `NotYourRole`, `Forbidden`,
    `NoSuchReport`, and `ReportClosed` where somebody came first and judged otherwise.
    """
    if state not in (ReportState.RESOLVED, ReportState.DISMISSED):
        raise BadRequest("A report is closed as resolved or dismissed.", field="state")
    if office and not can_run_rooms(by):
        raise Forbidden
    if not office:
        _judging(visible_room(by=by, room_id=room.id), by=by)
    report = Report.objects.select_for_update().filter(room=room, id=report_id).first()
    if report is None:
        raise NoSuchReport
    if report.state == state:
        return report
    if report.state != ReportState.OPEN:
        raise ReportClosed
    report.state, report.closed_by_id, report.closed_at = state, by.id, clock.now()
    report.save(update_fields=["state", "closed_by_id", "closed_at"])
    record(
        Action.REPORT_CLOSED,
        by=by,
        user=report.about_id,
        room=room.id,
        target=str(report.message_seq),
        details={"report": report.pk, "state": state},
    )
    tell_change(report.room, PrivateList.REPORTS)
    return report


def _judging(room: Room, *, by: User) -> None:
    if not can_see_reports(room, actor=find_member(room.id, by.id)):
        raise NotYourRole
