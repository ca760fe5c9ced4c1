"""A room's page in the office: who belongs to it, what roles may do there, and what the office does to it at once."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatsite import clock
from chatsite.accounts.models import User
from chatsite.admin import ReadOnlyAdmin, who
from chatsite.errors import BadRequest, ChatError
from chatsite.languages import told
from rooms.invites import create_invite
from rooms.models import Role, Room, RoomKind
from rooms.moderation import change_member
from rooms.permissions import can_run_rooms
from rooms.queries import member_of
from rooms.rules import change_room_rules
from rooms.services import archive_room, remove_member, reopen_room

from .grid import ChangedMeanwhile, room_grid
from .members import members_page

MOST_HOURS = 366 * 24
"""Nobody is muted from here for longer; it may be done again."""

Act = Callable[[User, Room, Mapping[str, str]], str]


def change_role(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Give a member another role, unless somebody else gave them one meanwhile."""
    user_id, role = form.get("user", ""), form.get("role", "")
    if member_of(room.id, user_id).role != form.get("was"):
        raise ChangedMeanwhile
    change_member(by=by, room=room, user_id=user_id, role=role, office=True)
    return _("The role is “{role}” now.").format(role=Role(role).label)


def mute(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Forbid a member to speak for some hours; without hours they may speak again."""
    until = _in_hours(form.get("hours", ""))
    reason = form.get("reason", "") if until else ""
    change_member(
        by=by, room=room, user_id=form.get("user", ""), muted_until=until, mute_reason=reason, office=True
    )
    return _("Muted.") if until else _("They may speak again.")


def invite(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Make a link into the room; it is shown here and never again."""
    uses = form.get("uses", "")
    _made, code = create_invite(
        by=by,
        room=room,
        role=form.get("role", ""),
        expires_at=_in_hours(form.get("hours", "")),
        max_uses=int(uses) if uses.isdecimal() else None,
        office=True,
    )
    address = f"{settings.PUBLIC_URL}/rooms/?invite={code}"
    return _("{address} (shown only now)").format(address=address)


def _in_hours(hours: str) -> dt.datetime | None:
    if not hours:
        return None
    if not hours.isdecimal() or not 1 <= int(hours) <= MOST_HOURS:
        raise BadRequest(_("This is a whole number from 1 to {most}.").format(most=MOST_HOURS), field="hours")
    return clock.now() + dt.timedelta(hours=int(hours))


def remove(by: User, room: Room, form: Mapping[str, str]) -> str:
    """End a membership."""
    remove_member(by=by, room=room, user_id=form.get("user", ""), office=True)
    return _("Removed from the room.")


def change_rights(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Change the room's table."""
    wanted = room_grid(room).wanted(form)
    if not wanted:
        return _("Nothing was changed.")
    change_room_rules(by=by, room=room, wanted=wanted, office=True)
    return _("What roles may do here is changed, and holds from now on.")


def take_rights_back(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Let the site's table hold here again."""
    change_room_rules(by=by, room=room, wanted=room_grid(room).back(), office=True)
    return _("The site's table holds here again.")


def archive(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Close the room."""
    archive_room(by=by, room=room, office=True)
    return _("Archived: it can only be read from now on.")


def reopen(by: User, room: Room, form: Mapping[str, str]) -> str:
    """Open it again."""
    reopen_room(by=by, room=room, office=True)
    return _("Opened again.")


ACTS: dict[str, Act] = {
    "role": change_role,
    "mute": mute,
    "invite": invite,
    "remove": remove,
    "rights": change_rights,
    "rights-back": take_rights_back,
    "archive": archive,
    "reopen": reopen,
}


class RoomPage(ReadOnlyAdmin):
    """The page of one room, and the address to which its forms are sent."""

    def get_urls(self) -> list[URLPattern]:
        """The forms' address, and Django's own."""
        act = self.admin_site.admin_view(require_POST(self.act))
        urls: list[URLPattern] = super().get_urls()
        return [path("<str:room_id>/act/<slug:name>/", act, name="rooms_room_act"), *urls]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Everything about one room."""
        room = self.get_object(request, object_id)
        shown = {} if room is None else _shown(request, room)
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def act(self, request: HttpRequest, room_id: str, name: str) -> HttpResponseRedirect:
        """Do one of `ACTS`, and show the room again. Refusals are said there."""
        by = who(request)
        if not can_run_rooms(by) or name not in ACTS:
            raise PermissionDenied
        room = get_object_or_404(Room, pk=room_id)
        tell = partial(self.message_user, request)
        try:
            tell(ACTS[name](by, room, request.POST), messages.SUCCESS)
        except ChatError as error:
            tell(told(error), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:rooms_room_change", args=[room.pk]))


def _shown(request: HttpRequest, room: Room) -> dict[str, Any]:
    after = request.GET.get("after", "")
    search = request.GET.get("member", "").strip()[:64]
    here = f"room__id__exact={room.id}"
    lists = (
        (_("Reports"), "flag", reverse("admin:messaging_report_changelist"), here),
        (_("Bans"), "ban", reverse("admin:rooms_ban_changelist"), here),
        (_("Invites"), "link", reverse("admin:rooms_invite_changelist"), here),
        (_("Audit log"), "scroll-text", reverse("admin:audit_entry_changelist"), f"room_id__exact={room.id}"),
    )
    return {
        "may_act": can_run_rooms(who(request)),
        "members": members_page(room, after=int(after) if after.isdecimal() else 0, search=search),
        "member_search": search,
        "roles": Role.choices,
        "now": clock.now(),
        "grid": None if room.kind == RoomKind.DIRECT else room_grid(room),
        "is_direct": room.kind == RoomKind.DIRECT,
        "lists": [(label, icon, f"{url}?{query}") for label, icon, url, query in lists],
    }
