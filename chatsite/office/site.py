"""The site of the admin: its navigation, its first page, and the pages that belong to no model."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from .navigation import sections
from .overview import PLOTS, TILES
from .watching import can_watch


class OfficeSite(AdminSite):
    """The office."""

    site_title = _("administration")
    site_header = _("administration")
    index_title = _("Overview")
    index_template = "admin/overview.html"
    enable_nav_sidebar = False
    empty_value_display = "-"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the office shows: where one can go."""
        context = super().each_context(request)
        return {**context, "sections": sections(request, context["available_apps"])}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The first page: the live figures, for those who may watch them."""
        shown = {"watching": can_watch(request.user), "tiles": TILES, "plots": PLOTS}
        return super().index(request, {**shown, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our own pages, and those of the models."""
        from messaging.office import room_log  # noqa: PLC0415 (the apps' pages know this site)
        from rooms.office.pages import permissions  # noqa: PLC0415

        from .pages import announcements, figures  # noqa: PLC0415

        return [
            path("figures/", self.admin_view(figures), name="figures"),
            path("announce/", self.admin_view(announcements), name="announce"),
            path("permissions/", self.admin_view(permissions), name="permissions"),
            path("rooms/room/<str:room_id>/log/", self.admin_view(room_log), name="room-log"),
            *super().get_urls(),
        ]
