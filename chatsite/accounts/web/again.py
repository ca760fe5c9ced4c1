"""Proving oneself again, for people whose only way in is an account of elsewhere: they sign in there once more.

django-allauth asks such people for nothing. Here a step that guards an account is theirs only when the provider has just
said that it is them. It is asked to make them sign in anew (`prompt`, `max_age`), and where it tells when they did
(`auth_time`), that must be since they left; Google and GitHub do not tell.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import password_set
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .id_tokens import CLOCKS_DIFFER_SECONDS

_LEFT_AT = "left_at"


def only_ways(user: Any) -> list[SocialApp]:
    """The providers that let somebody in who has no password, code or passkey here; none for all others."""
    if not user.is_authenticated or reauthentication.get_reauthentication_flows(user):
        return []
    linked = set(SocialAccount.objects.filter(user=user).values_list("provider", flat=True))
    return [app for app in get_adapter().list_apps(None) if app.provider_id in linked]


def has_proved(request: HttpRequest) -> bool:
    """Whether they did lately, in this session."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(
        record.get("reauthenticated") and record["at"] > since
        for record in get_authentication_records(request, request.user)
    )


@login_required
@require_safe
@never_cache
def confirm_elsewhere(request: HttpRequest) -> HttpResponse:
    """The card that leads to the provider; whoever comes back from there goes on with what they were at."""
    ways = only_ways(request.user)
    if not ways or has_proved(request):
        on: HttpResponse | None = reauthentication.resume_request(request)
        return on or redirect("profile")
    where = get_next_redirect_url(request) or ""
    return render(request, "account/confirm_elsewhere.html", {"ways": ways, "next": where})


@login_required
@never_cache
def first_password(request: HttpRequest) -> HttpResponse:
    """Set a password where there is none. One that was sent without a proof is not kept until there is one."""
    try:
        reauthentication.raise_if_reauthentication_required(request, app="")
    except ReauthenticationRequired:
        if request.method == "POST":
            return redirect("account_set_password")
        raise
    answer: HttpResponse = password_set(request)
    return answer


def errand(provider: Any, where: str | None) -> dict[str, Any]:
    """How one is sent to a provider to prove oneself, as `redirect` of allauth's provider takes it."""
    return {
        "next_url": f"{reverse('confirm-elsewhere')}?{urlencode({'next': where or reverse('profile')})}",
        "data": {_LEFT_AT: int(time.time())},
        "auth_params": {**provider.get_auth_params(), **provider.sign_in_anew},
    }


def take(request: HttpRequest, login: SocialLogin) -> None:
    """Note the proof in a provider's answer to such an errand, and go back. Raises `ImmediateHttpResponse`."""
    left_at = (login.state.get("data") or {}).get(_LEFT_AT)
    if left_at is None:
        return
    signed_in_at = getattr(login, "signed_in_at", None)
    if not request.user.is_authenticated or login.account.user_id != request.user.pk:
        messages.error(request, _("That is not the account that lets you in here."))
    elif signed_in_at is not None and signed_in_at < left_at - CLOCKS_DIFFER_SECONDS:
        messages.error(
            request, _("You were not asked to sign in there anew. Sign out there, then try again.")
        )
    else:
        provider = {"provider": login.account.provider, "uid": login.account.uid}
        record_authentication(request, request.user, "socialaccount", reauthenticated=True, **provider)
    raise ImmediateHttpResponse(redirect(login.get_redirect_url(request)))
