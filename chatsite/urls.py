"""Every address of the site."""

import sys
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from django.views import defaults
from drf_spectacular.views import SpectacularAPIView

from chatsite import api, health, installed
from chatsite.errors import BadRequest, Forbidden, NotFound
from chatsite.figures.prometheus import metrics


def enter_admin(request: HttpRequest) -> HttpResponseBase:
    """The admin's own sign-in would be a second door for passwords, without a count of failures."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))


urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("sw.js", installed.worker, name="worker"),
    path("admin/login/", enter_admin),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[])),
    path("rooms/", include("rooms.web.urls")),
    path("", include("chatsite.leaving.web")),
    path("", include("messaging.notifications.web")),
    path("", include("chatsite.accounts.web.urls")),
]


def _in_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """What Django itself refuses: JSON under /api/, a page elsewhere."""
    return api.error_response(BadRequest()) if _in_api(request) else defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """As `bad_request`, for 403."""
    if _in_api(request):
        return api.error_response(Forbidden())
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """As `bad_request`, for 404."""
    return api.error_response(NotFound()) if _in_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """As `bad_request`, for what went wrong outside a view: a middleware that found no database, say."""
    if not _in_api(request):
        return defaults.server_error(request)
    error: Any = sys.exc_info()[1]
    return api.error_response(error or RuntimeError())


handler400 = "chatsite.urls.bad_request"
handler403 = "chatsite.urls.forbidden"
handler404 = "chatsite.urls.not_found"
handler500 = "chatsite.urls.server_error"
