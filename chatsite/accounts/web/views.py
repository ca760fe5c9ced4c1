"""Coming in and going out through the page, and the sessions that one has open."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from chatsite.accounts import queries, services
from chatsite.accounts.digests import session_digest
from chatsite.accounts.first_run import is_first_run
from chatsite.accounts.models import User
from chatsite.errors import NotFound

from .forms import SignInForm


def enter(request: HttpRequest) -> HttpResponse:
    """The bare address: to the rooms, or to the door."""
    return redirect(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else settings.LOGIN_URL)


class SignInView(LoginView):  # type: ignore[misc] # allauth has no types
    """One card: username or email, password, or a passkey. Afterwards to `next`, if that is of this site."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The card; while nobody is here at all, the page that makes the first."""
        if is_first_run():
            return redirect("first-run")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Say what was wrong in place; 429 while too many tries were."""
        response: HttpResponse = super().form_invalid(form)
        if form.wait:
            response.status_code = 429
            response["Retry-After"] = str(form.wait)
        return response


class SignOutView(auth.LogoutView):
    """Ends the session (POST only, so that no link can) and goes back to the door."""

    next_page = settings.LOGOUT_REDIRECT_URL


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    here = session_digest(request.session.session_key or "")
    listed = queries.sessions_of(_me(request))
    return render(request, "account/sessions.html", {"sessions": listed, "here": here})


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of one's sessions; its pages close at once."""
    try:
        services.end_session_named(by=_me(request), session_id=session_id)
    except NotFound as error:
        raise Http404 from error
    return redirect("sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    services.end_other_sessions(by=_me(request), keep=request.session.session_key)
    return redirect("sessions")


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
