"""Coming in and going out through the page."""

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from chatsite.accounts.web import attempts
from chatsite.accounts.web.forms import SignInForm


def enter(request: HttpRequest) -> HttpResponse:
    """The bare address: to the rooms, or to the door."""
    return redirect(settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else settings.LOGIN_URL)


class SignInView(auth.LoginView):
    """One card: username and password. Afterwards to `next`, if that is an address of this site."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try to sign in, unless too many tries were wrong: then 429, without looking at the password."""
        wait = attempts.seconds_to_wait(request)
        if wait:
            return self._too_many(wait)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the wrong try and say so in place; what cannot be right (an empty field) is not counted."""
        if "__all__" in form.errors:
            attempts.count_wrong(self.request)
        return super().form_invalid(form)

    def _too_many(self, wait: int) -> HttpResponse:
        form = SignInForm(self.request, initial={"username": self.request.POST.get("username", "")[:150]})
        response = self.render_to_response(self.get_context_data(form=form, wait_minutes=-(-wait // 60)))
        response.status_code = 429
        response["Retry-After"] = str(wait)
        return response


class SignOutView(auth.LogoutView):
    """Ends the session (POST only, so that no link can) and goes back to the door."""

    next_page = settings.LOGOUT_REDIRECT_URL
