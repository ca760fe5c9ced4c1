"""Rooms and memberships for administrators, to be looked at: they change only with their log."""

from django.contrib import admin

from chatsite.admin import ReadOnlyAdmin

from .models import Membership, Room


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    """Every room, by name, kind and age."""

    list_display = ("name", "kind", "id", "head", "created_at", "archived_at")
    list_filter = ("kind", "created_at", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("log",)
    search_fields = ("name", "topic", "=id")
    ordering = ("-created_at",)

    @admin.display(description="events")
    def head(self, room: Room) -> int:
        """How many events the room's log has."""
        return room.log.head


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belonged where, from which event to which."""

    list_display = ("user_id", "room", "role", "joined_seq", "left_seq", "muted_until")
    list_filter = ("role", ("left_seq", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    search_fields = ("=user_id", "=room__id", "room__name")
    ordering = ("-id",)
