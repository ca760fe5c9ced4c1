"""The audit log for administrators, to be looked at."""

from django.contrib import admin

from chatsite.admin import ReadOnlyAdmin

from .models import Entry, EntryAddress


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Who did what to whom. An id narrows the list."""

    list_display = ("at", "by_id", "action", "user_id", "room_id", "target", "door")
    list_filter = ("action", "door", "at")
    search_fields = ("=by_id", "=user_id", "=room_id", "=target")
    search_help_text = "The id of a person, a room, a token, an invite."
    ordering = ("-id",)


@admin.register(EntryAddress)
class EntryAddressAdmin(ReadOnlyAdmin):
    """From where each act came, as long as that is kept."""

    list_display = ("entry", "address", "at")
    list_select_related = ("entry",)
    search_fields = ("=address", "=entry__by_id")
    ordering = ("-entry_id",)
