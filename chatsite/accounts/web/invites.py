"""Coming in by an invite to the site, and making such invites."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from chatsite.accounts import invites
from chatsite.accounts.models import SiteInvite, User
from chatsite.accounts.permissions import can_invite_to_site
from chatsite.errors import ChatError

from .forms import add_refusal

HELD = "site_invite"
"""Under this name the session of who wants to sign up keeps the code."""

TRIES = "30/m"


@require_safe
@never_cache
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Who invites to what; whoever goes on makes an account."""
    if is_ratelimited(request, group="site-invite", key="ip", rate=TRIES, increment=True):
        return render(request, "429.html", status=429)
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    invite = invites.find_site_invite(code) if settings.SIGN_UP != "off" else None
    if invite is not None:
        request.session[HELD] = code
    return render(request, "account/join.html", {"invite": invite}, status=200 if invite else 404)


def held_invite(request: HttpRequest) -> SiteInvite | None:
    """The invite that this browser opened, if it still lets somebody in."""
    code = request.session.get(HELD)
    return invites.find_site_invite(code) if code and settings.SIGN_UP == "invitation" else None


class InviteForm(forms.Form):
    """For how many, and how long."""

    max_uses = forms.TypedChoiceField(
        label=_("For"),
        choices=[
            ("1", _("one person")),
            ("10", _("ten people")),
            ("100", _("a hundred people")),
            ("", _("any number")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial="1",
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        choices=[("1", _("a day")), ("7", _("a week")), ("30", _("a month"))],
        initial="7",
        coerce=int,
    )


@login_required
def site_invites(request: HttpRequest) -> HttpResponse:
    """The invites that are open; a new one shows its link once."""
    me = _inviter(request)
    form, link = InviteForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        until = timezone.now() + timedelta(days=form.cleaned_data["days"])
        try:
            __, code = invites.create_site_invite(
                by=me, expires_at=until, max_uses=form.cleaned_data["max_uses"]
            )
        except ChatError as refusal:
            add_refusal(form, refusal)
        else:
            form, link = InviteForm(), invites.site_invite_url(code)
    listed = invites.open_site_invites().select_related("by").order_by("-created_at", "id")
    shown = {"form": form, "link": link, "invites": listed, "closed": settings.SIGN_UP == "off"}
    return render(request, "account/invites.html", shown)


@login_required
@require_POST
def end_invite(request: HttpRequest, invite_id: str) -> HttpResponse:
    """Take one back."""
    try:
        invites.end_site_invite(by=_inviter(request), invite_id=invite_id)
    except ChatError as error:
        raise Http404 from error
    return redirect("site-invites")


def _inviter(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    if not can_invite_to_site(request.user):
        raise Http404
    return request.user
