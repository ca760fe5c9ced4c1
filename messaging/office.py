"""A room's log for the office: to be read, by its numbers. Whoever reads what people said leaves an entry in the audit log.

What was erased is kept nowhere and so not shown; what people say in direct rooms is not shown either.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chatsite.accounts.models import User
from chatsite.accounts.queries import users_by_id
from chatsite.admin import who
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.office.frame import frame
from rooms.models import Room, RoomKind
from rooms.permissions import can_run_rooms

from .models import Event, EventKind, RoomLog
from .protocol import MAX_SEQ

PAGE = 100


class Line(NamedTuple):
    """One event, and who did it."""

    event: Event
    by: User | None

    @property
    def name(self) -> str:
        """Who did it, by name; the id of somebody who is nowhere any more."""
        return self.by.shown_name if self.by else self.event.by_id

    @property
    def is_message(self) -> bool:
        """Whether it says something."""
        return self.event.kind == EventKind.MESSAGE_CREATED


class Page(NamedTuple):
    """Events in the order of `seq`; `before` and `after` lead further, None at an end of the log."""

    lines: Sequence[Line]
    before: int | None
    after: int | None


def log_page(log: RoomLog, *, before: int | None = None, after: int | None = None) -> Page:
    """The events after `after`, else the last ones before `before`, else the newest."""
    rows = Event.objects.filter(room_id=log.room_id)
    if after is not None:
        events = list(rows.filter(seq__gt=after).order_by("seq")[:PAGE])
    else:
        ending = rows if before is None else rows.filter(seq__lt=before)
        events = list(ending.order_by("-seq")[:PAGE])[::-1]
    users = {user.id: user for user in users_by_id({event.by_id for event in events})}
    lines = [Line(event, users.get(event.by_id)) for event in events]
    if not events:
        return Page(lines, None, None)
    first, last = events[0].seq, events[-1].seq
    return Page(lines, first if first > log.min_seq else None, last if last < log.head else None)


@require_safe
def room_log(request: HttpRequest, room_id: str) -> HttpResponseBase:
    """A page of a room's log."""
    by = who(request)
    if not (by.is_staff and by.has_perm("messaging.view_event")):
        raise PermissionDenied
    room = get_object_or_404(Room.objects.select_related("log"), pk=room_id)
    page = log_page(room.log, before=_number(request, "before"), after=_number(request, "after"))
    reads = room.kind != RoomKind.DIRECT and can_run_rooms(by)
    if reads and any(line.is_message for line in page.lines):
        bounds = {"from": page.lines[0].event.seq, "to": page.lines[-1].event.seq}
        record(Action.LOG_READ, by=by, room=room.id, details=bounds)
    context = {"title": _("Log"), "room": room, "page": page, "reads": reads}
    return TemplateResponse(request, "admin/messaging/log.html", {**frame(request), **context})


def _number(request: HttpRequest, name: str) -> int | None:
    """A `seq` of the address; what is none counts as not said."""
    text = request.GET.get(name, "")
    return min(int(text), MAX_SEQ) if text.isdecimal() and len(text) < 20 else None
