"""The site's table of rights, in the office."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from chatsite.admin import who
from chatsite.errors import ChatError
from chatsite.languages import told
from chatsite.office.frame import frame
from rooms.permissions import can_change_site_rules
from rooms.rules import change_site_rules

from .grid import site_grid


def permissions(request: HttpRequest) -> HttpResponseBase:
    """What each role may do in rooms without rules of their own; a change holds in all of them at once."""
    by = who(request)
    if not can_change_site_rules(by):
        raise PermissionDenied
    grid = site_grid()
    if request.method == "POST":
        try:
            wanted = grid.back() if "back" in request.POST else grid.wanted(request.POST)
            change_site_rules(by=by, wanted=wanted)
        except ChatError as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("What roles may do is changed, and holds from now on."))
        return redirect("admin:permissions")
    return TemplateResponse(
        request, "admin/permissions.html", {**frame(request), "title": _("Permissions"), "grid": grid}
    )
