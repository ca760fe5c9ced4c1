"""The log for administrators. It cannot be changed here, and what people say is not shown."""

from functools import partial

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatsite.admin import ReadOnlyAdmin, who
from chatsite.office.columns import person, room
from rooms.permissions import can_run_rooms

from .models import (
    Attachment,
    Event,
    Mention,
    Pin,
    Reaction,
    Report,
    ReportState,
    RoomLog,
    Watermark,
    WatermarkAdvance,
)
from .reports import close_report


@admin.register(RoomLog)
class RoomLogAdmin(ReadOnlyAdmin):
    """How far each room's log has come."""

    list_display = ("room", "head", "min_seq", "epoch")
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("room_id",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened where, when and by whom, the newest first. What was said is in the log of a room (`office.py`)."""

    list_display = (
        room("room_id", _("room")),
        "seq",
        "kind",
        person("by_id", _("by")),
        "at",
        "subject",
        "edited_at",
        "deleted_at",
    )
    finds_room = "room_id"
    list_display_links = ("seq",)
    search_help_text = _("A room's name or id. A room's own page leads to its log, with what was said.")
    exclude = ("text", "body_digest")
    list_select_related = ("room",)
    ordering = ("-id",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """What people attached where, the newest first. What is in the files is not shown here, nor what they say it is."""

    list_display = ("room", "name", "type", "size", person("by_id", "by"), "at", "message_seq")
    list_display_links = ("name",)
    list_filter = ("at",)
    list_select_related = ("room",)
    finds_people = ("by_id",)
    finds_room = "room_id"
    exclude = ("key", "preview", "alt")
    ordering = ("-at", "id")


@admin.register(Watermark)
class WatermarkAdmin(ReadOnlyAdmin):
    """How far each member has received and read."""

    list_display = ("room", person("user_id", _("who")), "delivered", "read")
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)


@admin.register(WatermarkAdvance)
class WatermarkAdvanceAdmin(ReadOnlyAdmin):
    """When each watermark moved."""

    list_display = ("room", person("user_id", _("who")), "delivered", "read", "at")
    list_filter = ("at",)
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What members point at, on the whole site."""

    list_display = (
        "at",
        "state",
        "room",
        "message",
        person("about_id", _("about")),
        person("by_id", _("by")),
        "reason",
        person("closed_by_id", _("closed by")),
    )
    list_filter = ("state", "at")
    list_select_related = ("room",)
    finds_people = ("by_id", "about_id")
    finds_room = "room_id"
    ordering = ("-id",)
    actions = [*ReadOnlyAdmin.actions, "resolve", "dismiss"]

    @admin.display(description=_("message"))
    def message(self, report: Report) -> str:
        """The number of the message, which leads to it in the room's log."""
        log = reverse("admin:room-log", args=[report.room_id])
        seq = report.message_seq
        return format_html('<a href="{}?before={}#e{}">{}</a>', log, seq + 20, seq, seq)

    def has_office_permission(self, request: HttpRequest) -> bool:
        """Whether they may judge reports of any room."""
        return can_run_rooms(who(request))

    @admin.action(description=_("Close as resolved"), permissions=["office"])
    def resolve(self, request: HttpRequest, rows: QuerySet[Report]) -> None:
        """Something was done about them."""
        self._close(request, rows, ReportState.RESOLVED)

    @admin.action(description=_("Close as dismissed"), permissions=["office"])
    def dismiss(self, request: HttpRequest, rows: QuerySet[Report]) -> None:
        """Nothing was wrong."""
        self._close(request, rows, ReportState.DISMISSED)

    def _close(self, request: HttpRequest, rows: QuerySet[Report], state: str) -> None:
        close = partial(close_report, by=who(request), state=state, office=True)
        found = rows.select_related("room")
        self.do_to_each(request, found, lambda one: close(room=one.room, report_id=one.pk), _("Closed"))


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin):
    """Who reacted to which message with what."""

    list_display = ("room", "message_seq", "emoji", person("user_id", _("who")), "event_seq")
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)


@admin.register(Mention)
class MentionAdmin(ReadOnlyAdmin):
    """Which message names whom."""

    list_display = ("room", "message_seq", person("user_id", _("who")))
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)


@admin.register(Pin)
class PinAdmin(ReadOnlyAdmin):
    """Which messages rooms keep at hand."""

    list_display = ("room", "message_seq", person("by_id", _("pinned by")))
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)
