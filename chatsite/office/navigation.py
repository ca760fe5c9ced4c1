"""Where one can go in the office: what is used every day by name and icon, everything else behind it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.models import User
from chatsite.languages import Words

from .live import can_announce


class Place(NamedTuple):
    """One entry of the navigation; `here` when it is the page that is open."""

    label: str
    icon: str
    url: str
    here: bool


class Section(NamedTuple):
    """Places under one heading; those of a `folded` one are shown when it is opened."""

    label: str
    places: Sequence[Place]
    folded: bool = False


CHAT, RUNNING = _("Chat"), _("Running it")

# Heading, then label, icon and model (`app.Model`); more after the model is the query of the list.
_LISTS = (
    (
        CHAT,
        (
            (_("Rooms"), "hash", "rooms.Room"),
            (_("Members"), "users", "rooms.Membership"),
            (_("Files"), "file", "messaging.Attachment"),
            (_("Reports"), "flag", "messaging.Report"),
            (_("Bans"), "ban", "rooms.Ban"),
            (_("Room invites"), "link", "rooms.Invite"),
        ),
    ),
    (
        _("People"),
        (
            (_("Users"), "user", "accounts.User"),
            (_("Bots"), "bot", "accounts.User?kind__exact=bot"),
            (_("Groups"), "users", "auth.Group"),
            (_("Site invites"), "ticket", "accounts.SiteInvite"),
            (_("Sessions"), "monitor-smartphone", "accounts.Session"),
            (_("API tokens"), "terminal", "accounts.ApiToken"),
        ),
    ),
    (
        RUNNING,
        (
            (_("Audit log"), "scroll-text", "audit.Entry"),
            (_("Check of the logs"), "check-check", "checks.LogFault"),
        ),
    ),
)


def sections(request: HttpRequest, available_apps: Sequence[dict[str, Any]]) -> list[Section]:
    """What this administrator may open, in the order of the day's work."""
    models = {
        f"{app['app_label']}.{model['object_name']}": (app["name"], model)
        for app in available_apps
        for model in app["models"]
    }
    found = [Section("", [_place(request, _("Overview"), "house", reverse("admin:index"), exact=True)])]
    listed = set()
    for heading, lists in _LISTS:
        places = []
        for label, icon, wanted in lists:
            name, __, query = wanted.partition("?")
            listed.add(name)
            if name in models and (url := models[name][1]["admin_url"]):
                places.append(_place(request, label, icon, f"{url}?{query}" if query else url))
        found.append(Section(str(heading), [*places, *_pages(request, heading)]))
    rest = [
        _place(request, str(model["name"]), "", model["admin_url"])
        for name, (__, model) in models.items()
        if name not in listed and model["admin_url"]
    ]
    found.append(
        Section(str(_("Everything else")), sorted(rest, key=lambda place: place.label.lower()), folded=True)
    )
    return [section for section in found if section.places]


def _pages(request: HttpRequest, heading: Words) -> list[Place]:
    """Pages of no model under a heading, for those who may open them."""
    from rooms.permissions import can_change_site_rules  # noqa: PLC0415 (rooms' admin knows this office)

    if not isinstance(request.user, User):
        return []
    if heading is CHAT and can_change_site_rules(request.user):
        return [_place(request, _("Permissions"), "shield", reverse("admin:permissions"))]
    if heading is RUNNING and can_announce(request.user):
        return [_place(request, _("Announce"), "megaphone", reverse("admin:announce"))]
    return []


def _place(request: HttpRequest, label: Words, icon: str, url: str, *, exact: bool = False) -> Place:
    path, __, query = url.partition("?")
    if exact or query:
        here = request.get_full_path() == url if query else request.path == path
    else:
        here = request.path.startswith(path) and request.META.get("QUERY_STRING", "") != "kind__exact=bot"
    label = str(label)
    return Place(label[:1].upper() + label[1:], icon, url, here)
