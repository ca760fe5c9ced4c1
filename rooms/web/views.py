"""The page in which people talk: one shell, filled by the page's own script."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.installed import page_version
from rooms.models import Room


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
def shell(request: HttpRequest, room_id: str | None = None, seq: int | None = None) -> HttpResponse:
    """The page at `/rooms/`, `/rooms/<id>/`, `/rooms/<id>/details/` and, for one message, `/rooms/<id>/<seq>/`.

    Also at `/rooms/mentions/`, `/rooms/drafts/` and `/rooms/search/`, which no room is called: they lie over a room.

    It is the same for every room: the script asks the API, which answers alike for a room that isn't there and
    one that isn't for this person. Nothing about rooms is decided here.
    """
    assert isinstance(request.user, User)
    response = render(request, "shell.html", {"boot": boot_data(request.user)})
    # The service worker keeps one shell, and asks these whose it is and of which files.
    response["X-Page-Person"] = request.user.id
    response["X-Page-Version"] = page_version()
    return response


def boot_data(me: User) -> dict[str, Any]:
    """What the page's script is told at the start: who is here, the place, addresses, limits."""
    return {
        "me": {
            "id": me.id,
            "username": me.username,
            "display_name": me.shown_name,
            "avatar": me.avatar_url,
            "kind": me.kind,
        },
        "version": page_version(),
        "site": {"name": settings.SITE_NAME},
        "urls": {
            "rooms": reverse("rooms:list"),
            "signIn": reverse("account_login"),
            "signOut": reverse("account_logout"),
            "account": reverse("profile"),
            "worker": reverse("worker"),
            "icons": static("icons.svg"),
            "logo": static("logo.svg"),
            "logoFlag": static("logo-flag.svg"),
            "logoOffline": static("logo-offline.svg"),
        },
        "limits": {
            "textBytes": limits.TEXT_BYTES,
            "nameLength": Room._meta.get_field("name").max_length,
            "topicLength": Room._meta.get_field("topic").max_length,
            "fileBytes": limits.FILE_BYTES,
            "files": limits.MESSAGE_FILES,
        },
    }
