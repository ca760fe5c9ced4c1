"""Signing in with an account of elsewhere: the way there, the way back, and which accounts are linked."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import ConnectionsView, SignupView
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from . import again

TRIES = "30/m"


@require_POST
@never_cache
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, to sign in; with `link` to link that account to one's own, with `again` to prove oneself.

    By a page of ours that leads on: after a form, our own policy (`form-action 'self'`) lets a browser go nowhere else.
    """
    if is_ratelimited(request, group="sign-in-with", key="ip", rate=TRIES, increment=True):
        return render(request, "429.html", status=429)
    provider = _provider(request, provider_id)
    process, where = AuthProcess.LOGIN, get_next_redirect_url(request)
    errand = {"next_url": where}
    if "link" in request.POST:
        process = AuthProcess.CONNECT
    elif "again" in request.POST:
        process, errand = AuthProcess.REDIRECT, again.errand(provider, where)
    try:
        there = provider.redirect(request, process, **errand)
    except OAuth2Error as error:
        failed: HttpResponse = render_authentication_error(request, provider, exception=error)
        return failed
    return render(request, "socialaccount/leaving.html", {"url": there["Location"], "name": provider.name})


@require_safe
@never_cache
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the provider, with its answer."""
    adapter = _provider(request, provider_id).get_oauth2_adapter(request)
    answer: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    return answer


class JoinView(SignupView):  # type: ignore[misc] # allauth has no types
    """The name under which somebody who comes from a provider wants to be here."""

    def form_valid(self, form: Any) -> HttpResponse:
        """The new account; where the form came twice, the first made it."""
        try:
            answer: HttpResponse = super().form_valid(form)
        except ImmediateHttpResponse as refused:
            return refused.response  # type: ignore[no-any-return]
        except IntegrityError:
            return redirect("account_login")
        return answer


class LinkedView(ConnectionsView):  # type: ignore[misc] # allauth has no types
    """The accounts elsewhere that let one in here."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Those that are linked, and those that could be."""
        names = {app.provider_id: app.name for app in providers(self.request)}
        linked = list(SocialAccount.objects.filter(user=self.request.user).order_by("date_joined", "id"))
        shown = [(account, names.get(account.provider, account.provider)) for account in linked]
        free = [app for app in providers(self.request) if app.provider_id not in {a.provider for a in linked}]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "linked": shown, "free": free}


def providers(request: HttpRequest) -> list[SocialApp]:
    """The providers that the settings name."""
    found: list[SocialApp] = get_adapter(request).list_apps(request)
    return found


def _provider(request: HttpRequest, provider_id: str) -> Any:
    if provider_id not in {app.provider_id for app in providers(request)}:
        raise Http404
    return get_adapter(request).get_provider(request, provider_id)
