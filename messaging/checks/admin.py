"""What the check of the logs found, for administrators."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chatsite.admin import ReadOnlyAdmin
from chatsite.office.columns import room

from .models import LogFault


@admin.register(LogFault)
class LogFaultAdmin(ReadOnlyAdmin):
    """What is wrong with the logs, what was seen last first. On a healthy site there is nothing."""

    list_display = ("kind", room("room_id", _("room")), "seq", "count", "at")
    list_filter = ("kind",)
    finds_room = "room_id"
    search_help_text = _("A room's name or id.")
    ordering = ("-id",)
