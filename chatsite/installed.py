"""What makes the page an app on somebody's device: its manifest and its service worker."""

import json
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from chatsite.templatetags.page import page_modules, static_file

# The ground of the rooms pane, as in `css/tokens.css`; a manifest knows no dark one, the page's own tags do.
COLOUR = "#edf4f5"
PNG = "image/png"
_WRITTEN = re.compile(r"\{% static '([^']+)' %\}")


def page_version() -> str:
    """Another one means other page files. Empty before files are collected: they have no hashes then."""
    return str(getattr(staticfiles_storage, "manifest_hash", ""))


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a device is told that installs the page. The same for everyone: it is fetched without a cookie."""
    rooms = reverse("rooms:list")
    told = {
        "id": rooms,
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME[:12].strip(),
        "description": _("Rooms and messages of your team."),
        "start_url": rooms,
        "scope": "/",
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "categories": ["productivity", "social"],
        "icons": [
            _icon("logo.svg", "any", "image/svg+xml"),
            _icon("icons/app-192.png", "192x192"),
            _icon("icons/app-512.png", "512x512"),
            _icon("icons/maskable-192.png", "192x192", purpose="maskable"),
            _icon("icons/maskable-512.png", "512x512", purpose="maskable"),
        ],
        "shortcuts": [
            {"name": _("New direct message"), "url": f"{rooms}?open=direct"},
            {"name": _("Jump to a room"), "url": f"{rooms}?open=switch"},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


def _icon(name: str, sizes: str, kind: str = PNG, purpose: str = "any") -> dict[str, str]:
    return {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}


@require_safe
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may answer for every page; it is another one for other files."""
    told = {
        "version": page_version(),
        "files": [static(name) for name in page_files()] if page_version() else [],
        "statics": settings.STATIC_URL,
        "rooms": reverse("rooms:list"),
        "doors": [reverse("account_login"), reverse("account_logout")],
        "icon": static("icons/app-192.png"),
        "badge": static("icons/badge-96.png"),
    }
    text = static_file("js/worker.js").read_text(encoding="utf-8")
    return HttpResponse(f"self.PARLEY = {json.dumps(told)};\n{text}", content_type="text/javascript")


@lru_cache(maxsize=1)
def page_files() -> tuple[str, ...]:
    """What the page needs when there is no server: what its templates name, its modules, fonts and icons."""
    templates = [settings.BASE_DIR / "templates" / name for name in ("base.html", "shell.html")]
    named: list[Any] = [name for path in templates for name in _WRITTEN.findall(path.read_text("utf-8"))]
    fonts = [
        f"fonts/{path.name}" for path in sorted(static_file("fonts/LICENSE-next.txt").parent.glob("*.woff2"))
    ]
    logos = ["logo-flag.svg", "logo-offline.svg"]
    modules = [
        name for name in page_modules() if not name.startswith("js/office/") and name != "js/vendor/uplot.js"
    ]
    return tuple(dict.fromkeys([*named, *fonts, *logos, *modules]))
