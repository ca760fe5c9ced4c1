"""The audit log for administrators, to be looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chatsite.admin import ReadOnlyAdmin
from chatsite.office.columns import person, room

from .models import Entry, EntryAddress


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Who did what to whom. An id narrows the list."""

    list_display = (
        "at",
        person("by_id", _("by")),
        "action",
        person("user_id", _("to whom")),
        room("room_id", _("room")),
        "target",
        "door",
    )
    list_filter = ("action", "door", "at")
    finds_people = ("by_id", "user_id")
    finds = ("target",)
    finds_room = "room_id"
    search_help_text = _(
        "The name or id of a person or a room; what else it was about: a token, an invite, a message's number."
    )
    ordering = ("-id",)


@admin.register(EntryAddress)
class EntryAddressAdmin(ReadOnlyAdmin):
    """From where each act came, as long as that is kept."""

    list_display = ("entry", "address", "at")
    list_select_related = ("entry",)
    finds = ("address",)
    ordering = ("-entry_id",)
