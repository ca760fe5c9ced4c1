"""The log for administrators. It cannot be changed here, and what people say is not shown."""

from django.contrib import admin

from chatsite.admin import ReadOnlyAdmin

from .models import Event, Mention, Reaction, Report, RoomLog, Watermark, WatermarkAdvance


@admin.register(RoomLog)
class RoomLogAdmin(ReadOnlyAdmin):
    """How far each room's log has come."""

    list_display = ("room", "head", "min_seq", "epoch")
    list_select_related = ("room",)
    search_fields = ("=room__id", "room__name")
    ordering = ("room_id",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened where, when and by whom. `room id` or `user id` narrow the list."""

    list_display = ("room_id", "seq", "kind", "by_id", "at", "subject", "edited_at", "deleted_at")
    list_filter = ("kind", "at")
    search_fields = ("=room__id", "=by_id", "=client_id")
    search_help_text = "A room's id, a user's id or a client id."
    exclude = ("text", "body_digest")
    list_select_related = ("room",)
    ordering = ("-id",)


@admin.register(Watermark)
class WatermarkAdmin(ReadOnlyAdmin):
    """How far each member has received and read."""

    list_display = ("room", "user_id", "delivered", "read")
    list_select_related = ("room",)
    search_fields = ("=room__id", "=user_id", "room__name")
    ordering = ("-id",)


@admin.register(WatermarkAdvance)
class WatermarkAdvanceAdmin(ReadOnlyAdmin):
    """When each watermark moved."""

    list_display = ("room", "user_id", "delivered", "read", "at")
    list_filter = ("at",)
    list_select_related = ("room",)
    search_fields = ("=room__id", "=user_id", "room__name")
    ordering = ("-id",)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What members point at, on the whole site."""

    list_display = ("at", "state", "room", "message_seq", "about_id", "by_id", "reason", "closed_by_id")
    list_filter = ("state", "at")
    list_select_related = ("room",)
    search_fields = ("=room__id", "=by_id", "=about_id", "room__name")
    ordering = ("-id",)


@admin.register(Reaction)
class ReactionAdmin(ReadOnlyAdmin):
    """Who reacted to which message with what."""

    list_display = ("room", "message_seq", "emoji", "user_id", "event_seq")
    list_select_related = ("room",)
    search_fields = ("=room__id", "=user_id", "room__name")
    ordering = ("-id",)


@admin.register(Mention)
class MentionAdmin(ReadOnlyAdmin):
    """Which message names whom."""

    list_display = ("room", "message_seq", "user_id")
    list_select_related = ("room",)
    search_fields = ("=room__id", "=user_id", "room__name")
    ordering = ("-id",)
