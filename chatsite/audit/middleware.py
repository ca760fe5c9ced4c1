"""Notes for the audit log by which door a request came, and from where."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .doors import Door, at_door


def audit_door(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A middleware: what a request does is recorded with its door and address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with at_door(door_of(request.path), address=request.META.get("REMOTE_ADDR") or None):
            return get_response(request)

    return middleware


def door_of(path: str) -> Door:
    """The door that an address of the site belongs to."""
    if path.startswith("/admin/"):
        return Door.ADMIN
    return Door.REST if path.startswith("/api/") else Door.PAGE
