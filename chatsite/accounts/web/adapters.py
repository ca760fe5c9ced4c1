# ruff: noqa: ARG002 (the arguments are the framework's)
"""Where django-allauth asks this site: who may sign up, how a password is judged, where mails lead.

Its views and flows are used as they are; what is ours is said here, in `forms.py` and in the templates.
"""

import math
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.account.stages import EmailVerificationStage
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chatsite.accounts import emails, passwords, services
from chatsite.accounts.devices import remember_device
from chatsite.accounts.first_run import is_first_run
from chatsite.accounts.invites import use_site_invite
from chatsite.accounts.models import User
from chatsite.accounts.usernames import refuse_confusable
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest
from chatsite.languages import told
from chatsite.sealing import seal, unseal

from . import again
from .forms import TOO_MANY
from .invites import HELD, held_invite
from .locality import as_at_home

_NOT_RIGHT = _("The username or the password is not right.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts: sign-in, sign-up, email, passwords."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for all cases, so that nobody learns which names exist or are switched off.
        "username_password_mismatch": _NOT_RIGHT,
        "email_password_mismatch": _NOT_RIGHT,
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "incorrect_code": _("The code is not right, or was used before."),
        "too_many_login_attempts": _("Too many codes were wrong. Wait a few minutes, then try again."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Whose username or email address and password these are.

        Raises `ValidationError` with the code `TOO_MANY` and `wait`, the seconds to wait.
        """
        login = credentials.get("username") or credentials.get("email") or ""
        try:
            return passwords.check_password(request, login=login, password=credentials.get("password", ""))
        except passwords.WrongPassword:
            return None
        except passwords.TooManyFailures as refused:
            wait = math.ceil((refused.retry_after_ms or 0) / 1000)
            minutes = math.ceil(wait / 60)
            raise ValidationError(
                ngettext(
                    "Too many tries went wrong. Wait {n} minute, then try again.",
                    "Too many tries went wrong. Wait {n} minutes, then try again.",
                    minutes,
                ).format(n=minutes),
                code=TOO_MANY,
                params={"wait": wait},
            ) from refused

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponseBase:
        """From now on this browser has tries of its own."""
        response: HttpResponseBase = super().post_login(request, user, **options)
        remember_device(request, response, user)
        return response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How somebody may prove themselves again: as allauth knows it, or else where they come from."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not again.only_ways(user):
            return methods
        return [{"id": "elsewhere", "description": "", "url": reverse("confirm-elsewhere")}]

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Whether a step asks for a proof.

        Raises `ReauthenticationRequired` for those whom allauth itself would ask for none.
        """
        required: bool = super().is_reauthentication_required(app=app, **options)
        if required and again.only_ways(self.request.user) and not again.has_proved(self.request):
            raise ReauthenticationRequired
        return required

    def get_login_stages(self) -> list[str]:
        """The steps of a sign-in, with our rule on who has to confirm an address."""
        ours = f"{ConfirmEmailStage.__module__}.{ConfirmEmailStage.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether somebody may make an account now."""
        if is_first_run():
            return False
        return settings.SIGN_UP == "open" or held_invite(request) is not None

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A username that people may give themselves. Raises `ValidationError`."""
        cleaned: str = super().clean_username(username, shallow)
        try:
            refuse_confusable(cleaned)
        except BadRequest as error:
            raise ValidationError(told(error)) from error
        return cleaned

    def clean_email(self, email: str) -> str:
        """The address in its one form. Raises `ValidationError`."""
        try:
            return emails.clean_email(email) if email else ""
        except BadRequest as error:
            raise ValidationError(told(error)) from error

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Store whoever signs up, with the name that others see; it uses up the invite that let them."""
        user.display_name = form.cleaned_data.get("display_name", "")
        with transaction.atomic():
            if settings.SIGN_UP != "open" and not use_site_invite(request.session.pop(HELD, "")):
                raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
            saved: User = super().save_user(request, user, form, commit)
            record(Action.USER_SIGNED_UP, by=saved, user=saved.id)
        return saved

    def set_password(self, user: User, password: str) -> None:
        """A new password ends what was opened with the old one, here as everywhere."""
        services.change_password(by=user, user=user, password=password)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that asks; the server has looked behind trusted proxies already."""
        return request.META.get("REMOTE_ADDR") or "unknown"

    def is_safe_url(self, url: str | None) -> bool:
        """Whether one may be sent there after signing in: within this site only."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()})

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """To the list of addresses, or to the door."""
        return reverse("account_email" if self.request.user.is_authenticated else "account_login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail; it never depends on the host that a request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", key)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """As `get_reset_password_from_key_url`."""
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails name the place, link to its public address, and tell times as the reader's clock does."""
        place = {"place": settings.SITE_NAME, "site_url": settings.PUBLIC_URL, "sign_up": settings.SIGN_UP}
        reader = context.get("user")
        with as_at_home(reader if isinstance(reader, User) else None):
            super().send_mail(template_prefix, email, {**context, **place})


class ConfirmEmailStage(EmailVerificationStage):  # type: ignore[misc] # allauth has no types
    """Confirming an address is asked of those who gave one; administrators make people without."""

    def handle(self) -> tuple[Any, bool]:
        """Go on, or wait for the mail."""
        user = self.login.user
        if user is not None and not self.login.signup and not emails.must_confirm_email(user):
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Second factors: what is kept of them is sealed, and they are bound to the public address."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or was used before."),
    }

    def encrypt(self, text: str) -> str:
        """A dump of the database makes no codes."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called until somebody names it."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("Passkey")) if number == 1 else _("Passkey {n}").format(n=number)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What passkeys are bound to: the host that people type; browsers bind none to an address like 127.0.0.1."""
        host = urlsplit(settings.PUBLIC_URL).hostname or ""
        return {"id": "localhost" if host in ("127.0.0.1", "::1") else host, "name": settings.SITE_NAME}

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)
