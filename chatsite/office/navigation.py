"""Where one can go in the office: what is used every day by name and icon, everything else behind it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from chatsite.accounts.models import User

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


# Heading, then label, icon and model (`app.Model`); more after the model is the query of the list.
_LISTS = (
    (
        "Chat",
        (
            ("Rooms", "hash", "rooms.Room"),
            ("Members", "users", "rooms.Membership"),
            ("Reports", "flag", "messaging.Report"),
            ("Bans", "ban", "rooms.Ban"),
            ("Room invites", "link", "rooms.Invite"),
        ),
    ),
    (
        "People",
        (
            ("Users", "user", "accounts.User"),
            ("Bots", "bot", "accounts.User?kind__exact=bot"),
            ("Groups", "users", "auth.Group"),
            ("Site invites", "ticket", "accounts.SiteInvite"),
            ("Sessions", "monitor-smartphone", "accounts.Session"),
            ("API tokens", "terminal", "accounts.ApiToken"),
        ),
    ),
    ("Running it", (("Audit log", "scroll-text", "audit.Entry"),)),
)


def sections(request: HttpRequest, available_apps: Sequence[dict[str, Any]]) -> list[Section]:
    """What this administrator may open, in the order of the day's work."""
    models = {
        f"{app['app_label']}.{model['object_name']}": (app["name"], model)
        for app in available_apps
        for model in app["models"]
    }
    found = [Section("", [_place(request, "Overview", "house", reverse("admin:index"), exact=True)])]
    listed = set()
    for heading, lists in _LISTS:
        places = []
        for label, icon, wanted in lists:
            name, _, query = wanted.partition("?")
            listed.add(name)
            if name in models and (url := models[name][1]["admin_url"]):
                places.append(_place(request, label, icon, f"{url}?{query}" if query else url))
        found.append(Section(heading, [*places, *_pages(request, heading)]))
    rest = [
        _place(request, str(model["name"]), "", model["admin_url"])
        for name, (_, model) in models.items()
        if name not in listed and model["admin_url"]
    ]
    found.append(Section("Everything else", sorted(rest, key=lambda place: place.label.lower()), folded=True))
    return [section for section in found if section.places]


def _pages(request: HttpRequest, heading: str) -> list[Place]:
    """Pages of no model under a heading, for those who may open them."""
    from rooms.permissions import can_change_site_rules  # noqa: PLC0415 (rooms' admin knows this office)

    if not isinstance(request.user, User):
        return []
    if heading == "Chat" and can_change_site_rules(request.user):
        return [_place(request, "Permissions", "shield", reverse("admin:permissions"))]
    if heading == "Running it" and can_announce(request.user):
        return [_place(request, "Announce", "megaphone", reverse("admin:announce"))]
    return []


def _place(request: HttpRequest, label: str, icon: str, url: str, *, exact: bool = False) -> Place:
    path, _, query = url.partition("?")
    if exact or query:
        here = request.get_full_path() == url if query else request.path == path
    else:
        here = request.path.startswith(path) and request.META.get("QUERY_STRING", "") != "kind__exact=bot"
    return Place(label[:1].upper() + label[1:], icon, url, here)
