"""Rooms and memberships for administrators, to be looked at: they change only with their log."""

from django.contrib import admin

from chatsite.admin import ReadOnlyAdmin

from .models import Ban, Invite, Membership, RoleRule, Room


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


@admin.register(RoleRule)
class RoleRuleAdmin(ReadOnlyAdmin):
    """What roles may do other than by default, on the site and in rooms."""

    list_display = ("role", "right", "allowed", "room")
    list_filter = ("role", "right", "allowed", ("room", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    search_fields = ("=room__id", "room__name")
    ordering = ("-id",)


@admin.register(Ban)
class BanAdmin(ReadOnlyAdmin):
    """Who may not come into which room."""

    list_display = ("user_id", "room", "by_id", "reason", "at", "until")
    list_filter = ("at", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    search_fields = ("=user_id", "=room__id", "room__name")
    ordering = ("-at",)


@admin.register(Invite)
class InviteAdmin(ReadOnlyAdmin):
    """Open doors into rooms. Their codes are not known here."""

    list_display = ("id", "room", "role", "by_id", "created_at", "expires_at", "uses", "max_uses")
    list_filter = ("created_at", "expires_at")
    list_select_related = ("room",)
    search_fields = ("=id", "=room__id", "room__name", "=by_id")
    exclude = ("digest",)
    ordering = ("-created_at",)
