"""Pages of the office that belong to no model."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatsite.accounts.models import User
from chatsite.errors import BadRequest
from chatsite.figures.counters import percentile
from chatsite.figures.periods import SPANS, columns_over, stored_since
from chatsite.figures.series import columns, present
from chatsite.figures.store import Kept, read_figures_after
from chatsite.languages import told
from messaging.checks.checking import last_check

from .frame import frame
from .live import LONGEST_WORDS, MOST_MINUTES, announce, can_announce
from .watching import can_watch


@require_safe
@never_cache
def figures(request: HttpRequest) -> JsonResponse:
    """Every server now, and one column a figure: of the last hour, what came `after` (seconds) in it, or of a longer `span`."""
    if not can_watch(request.user):
        raise PermissionDenied
    asked = request.GET.get("after", "")
    after = int(asked) * 1000 if asked.isdecimal() and len(asked) < 12 else 0
    span = request.GET.get("span", "")
    read = read_figures_after(after)
    return JsonResponse(
        {
            "now": read.now,
            "away": read.away,
            "embedded": settings.EMBEDDED,
            "servers": [_server(entry, read.now) for entry in present(read)],
            "today": stored_since(timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)),
            "log": _log(),
            "columns": columns_over(span, now=read.now // 1000)
            if span in SPANS
            else columns(read, after=after),
        }
    )


def _log() -> dict[str, object]:
    """What the check of the logs found last; times in ms."""
    if (found := last_check()) is None:
        return {"faults": 0, "checked": 0, "at": None, "behind": False}
    at = int(found.at.timestamp() * 1000)
    return {"faults": found.faults, "checked": found.checked, "at": at, "behind": found.behind}


def _server(entry: Kept, now: int) -> dict[str, object]:
    one = entry.sample
    return {
        "name": one.server,
        "up_seconds": (one.at_ms - one.started_ms) // 1000,
        "seen_ms_ago": max(0, now - entry.at),
        "draining": one.draining,
        "sockets": one.sockets,
        "people": one.people_here,
        "people_everywhere": one.people,
        "writing": one.writing,
        "tasks": one.tasks,
        "stored": one.stored,
        "cut": one.cut,
        "refused": one.refused,
        "p50": percentile(one.waits, 0.5),
        "p99": percentile(one.waits, 0.99),
        "redis_ms": one.redis_ms,
        "database_ms": one.database_ms,
    }


class AnnouncementForm(forms.Form):
    """Words for everybody who is connected."""

    text = forms.CharField(
        label=_("What to say"),
        max_length=LONGEST_WORDS,
        help_text=_("One line. It is kept nowhere: who comes later misses it."),
    )
    level = forms.ChoiceField(
        label=_("How it looks"),
        choices=[("info", _("To know")), ("warning", _("To mind"))],
        widget=forms.RadioSelect,
        initial="info",
    )
    minutes = forms.IntegerField(
        label=_("For how many minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        initial=60,
        help_text=_("Then pages take it down."),
    )


def announcements(request: HttpRequest) -> HttpResponseBase:
    """Say something to everybody who is connected now, on every server."""
    by = request.user
    if not (isinstance(by, User) and can_announce(by)):
        raise PermissionDenied
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            announce(by=by, **form.cleaned_data)
        except BadRequest as error:
            form.add_error(error.field if error.field in form.fields else None, told(error))
        else:
            messages.success(request, _("Everybody who is connected was told."))
            return redirect("admin:announce")
    context = {"title": _("Announce"), "form": form}
    return TemplateResponse(request, "admin/announce.html", {**frame(request), **context})
