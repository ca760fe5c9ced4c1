"""Rooms and memberships for administrators. They change only with their log, by the services' own ways."""

from collections.abc import Collection
from functools import partial

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatsite.admin import ReadOnlyAdmin, who
from chatsite.errors import ChatError
from chatsite.languages import told
from chatsite.office.columns import person

from .invites import end_invite, rotate_invite
from .models import Ban, Invite, Membership, RoleRule, Room
from .moderation import unban
from .office.room_page import RoomPage
from .permissions import can_run_rooms
from .services import archive_room, remove_member, reopen_room


class RoomsOffice(ReadOnlyAdmin):
    """Lists whose rows the site's office acts upon: whoever may change rooms in Django's permissions."""

    def has_office_permission(self, request: HttpRequest) -> bool:
        """Whether they may act on any room, belonging to it or not."""
        return can_run_rooms(who(request))


@admin.register(Room)
class RoomAdmin(RoomPage, RoomsOffice):
    """Every room, by name, kind and age."""

    list_display = ("name", "kind", "id", "head", "created_at", "archived_at")
    list_filter = ("kind", "created_at", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("log",)
    fields = ("name", "kind", "topic", "id", "created_at", "archived_at", "settings")
    search_fields = ("name", "topic", "id__exact")
    search_help_text = _("A name, words of a topic, an id.")
    sortable_by = ("name", "kind", "created_at", "archived_at")
    ordering = ("-created_at",)
    actions = [*RoomsOffice.actions, "archive", "reopen"]

    @admin.display(description=_("events"))
    def head(self, room: Room) -> int:
        """How many events the room's log has."""
        return room.log.head

    @admin.action(description=_("Archive"), permissions=["office"])
    def archive(self, request: HttpRequest, rooms: QuerySet[Room]) -> None:
        """From now on they can only be read."""
        archive = partial(archive_room, by=who(request), office=True)
        self.do_to_each(request, rooms, lambda room: archive(room=room), _("Archived"))

    @admin.action(description=_("Open again"), permissions=["office"])
    def reopen(self, request: HttpRequest, rooms: QuerySet[Room]) -> None:
        """People may speak there again."""
        reopen = partial(reopen_room, by=who(request), office=True)
        self.do_to_each(request, rooms, lambda room: reopen(room=room), _("Opened again"))


@admin.register(Membership)
class MembershipAdmin(RoomsOffice):
    """Who belonged where, from which event to which."""

    list_display = (person("user_id", _("who")), "room", "role", "joined_seq", "left_seq", "muted_until")
    list_display_links = ("role",)
    list_filter = ("role", ("left_seq", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    finds_people = ("user_id",)
    finds_room = "room_id"
    search_help_text = _("Somebody's name or id; a room's name or id.")
    ordering = ("-id",)
    actions = [*RoomsOffice.actions, "remove"]

    def of_column(self, column: str, values: Collection[str]) -> Q:
        """A person's open and ended intervals have an index each, which the database takes if it is told of both."""
        found = super().of_column(column, values)
        if column != "user_id":
            return found
        return (found & Q(left_seq__isnull=True)) | (found & Q(left_seq__isnull=False))

    @admin.action(description=_("Remove from the room"), permissions=["office"])
    def remove(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        """End these memberships, and hear nothing more there; a last owner stays."""
        remove = partial(remove_member, by=who(request), office=True)
        found = memberships.filter(left_seq=None).select_related("room")
        self.do_to_each(request, found, lambda m: remove(room=m.room, user_id=m.user_id), _("Removed"))


@admin.register(RoleRule)
class RoleRuleAdmin(ReadOnlyAdmin):
    """What roles may do other than by default, on the site and in rooms."""

    list_display = ("role", "right", "allowed", "room")
    list_filter = ("role", "right", "allowed", ("room", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    finds_room = "room_id"
    ordering = ("-id",)


@admin.register(Ban)
class BanAdmin(RoomsOffice):
    """Who may not come into which room."""

    list_display = (person("user_id", _("who")), "room", person("by_id", _("by")), "reason", "at", "until")
    list_display_links = ("at",)
    list_filter = ("at", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("room",)
    finds_people = ("user_id",)
    finds_room = "room_id"
    ordering = ("-at",)
    actions = [*RoomsOffice.actions, "end"]

    @admin.action(description=_("Let them in again"), permissions=["office"])
    def end(self, request: HttpRequest, bans: QuerySet[Ban]) -> None:
        """End these bans."""
        end = partial(unban, by=who(request), office=True)
        found = bans.select_related("room")
        self.do_to_each(
            request, found, lambda ban: end(room=ban.room, user_id=ban.user_id), _("Let in again")
        )


@admin.register(Invite)
class InviteAdmin(RoomsOffice):
    """Open doors into rooms. Their codes are not known here."""

    list_display = (
        "id",
        "room",
        "role",
        person("by_id", _("by")),
        "created_at",
        "expires_at",
        "uses",
        "max_uses",
    )
    list_filter = ("created_at", "expires_at")
    list_select_related = ("room",)
    finds = ("id",)
    finds_people = ("by_id",)
    finds_room = "room_id"
    exclude = ("digest",)
    ordering = ("-created_at",)
    actions = [*RoomsOffice.actions, "end", "rotate"]

    @admin.action(description=_("Take back"), permissions=["office"])
    def end(self, request: HttpRequest, invites: QuerySet[Invite]) -> None:
        """They open nothing from now on."""
        end = partial(end_invite, by=who(request), office=True)
        found = invites.select_related("room")
        self.do_to_each(
            request, found, lambda invite: end(room=invite.room, invite_id=invite.id), _("Taken back")
        )

    @admin.action(description=_("Give a new code"), permissions=["office"])
    def rotate(self, request: HttpRequest, invites: QuerySet[Invite]) -> None:
        """The former code opens nothing from now on; the new one is shown here and never again."""
        for invite in invites.select_related("room"):
            try:
                __, code = rotate_invite(by=who(request), room=invite.room, invite_id=invite.id, office=True)
            except ChatError as error:
                self.message_user(request, told(error), messages.ERROR)
            else:
                address = f"{settings.PUBLIC_URL}/rooms/?invite={code}"
                self.message_user(
                    request,
                    _("{room}: {address} (shown only now)").format(room=invite.room, address=address),
                    messages.SUCCESS,
                )
