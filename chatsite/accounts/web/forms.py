"""django-allauth's forms, with what browsers and password managers want to know of the fields."""

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.models import User
from chatsite.accounts.second_factor import is_first_use
from chatsite.accounts.services import valid_name
from chatsite.errors import BadRequest, ChatError
from chatsite.languages import told

TOO_MANY = "too_many_tries"
PASSWORD_HINT = _("At least 12 characters. A short sentence is fine.")


def add_refusal(form: forms.BaseForm, refusal: ChatError, names: Mapping[str, str] | None = None) -> None:
    """Say what a service refused: at the field that it names (`names` translates), or above the form."""
    named = (names or {}).get(refusal.field or "", refusal.field)
    form.add_error(named if named in form.fields else None, told(refusal))


class SignInForm(account.LoginForm):  # type: ignore[misc] # allauth has no types
    """Username or email address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, login.max_length = _("Username or email"), 254
        login.widget.attrs.update(
            {"autocomplete": "username webauthn", "spellcheck": "false", "autocapitalize": "none"}
        )
        login.error_messages["required"] = _("Write your username or your email address.")
        password.help_text = ""
        password.error_messages["required"] = _("Write your password.")

    @property
    def wait(self) -> int:
        """Seconds until the next try is heard; 0 when it may be made now."""
        found = self.errors.get("__all__")
        waits = [error.params["wait"] for error in found.as_data() if error.code == TOO_MANY] if found else []
        return max(waits, default=0)


class _NewAccount(forms.Form):
    """What every new account is asked for."""

    display_name = forms.CharField(label=_("Your name"), max_length=80, required=False)
    field_order = ("display_name", "username", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        self.fields["username"].widget.attrs.update({"spellcheck": "false", "autocapitalize": "none"})
        self.fields["username"].help_text = _("Letters, digits, dots, hyphens and underscores.")

    def clean_display_name(self) -> str:
        """One line, without signs that rearrange the page."""
        try:
            return valid_name(self.cleaned_data["display_name"])
        except BadRequest as error:
            raise ValidationError(told(error)) from error


class SignUpForm(_NewAccount, account.SignupForm):  # type: ignore[misc] # allauth has no types
    """A new account: the name that others see, username, email address, password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT


class JoinForm(_NewAccount, SocialSignupForm):  # type: ignore[misc] # allauth has no types
    """A new account for who comes by a provider. The address that the provider told stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial["email"]:
            self.fields["email"].disabled = True
            self.fields["email"].label = _("Email")
            self.fields["email"].help_text = _("As {provider} tells it.").format(
                provider=self.sociallogin.provider.name
            )


class _OneNewPassword:
    """Asked once: it can be shown before it is sent, and mistyping it costs a mail at worst."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT


class NewPasswordForm(_OneNewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password for who followed the link of a mail."""


class SetPasswordForm(_OneNewPassword, account.SetPasswordForm):  # type: ignore[misc]
    """A first password for who came by a provider."""


class ChangePasswordForm(_OneNewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password for who knows the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""


class _OneUse:
    """A code that was used is not right again."""

    user: User

    def clean_code(self) -> str:
        """The code. Raises `ValidationError`."""
        code: str = super().clean_code()  # type: ignore[misc]
        if not is_first_use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OneUse, AuthenticateForm):  # type: ignore[misc] # allauth has no types
    """The second step of signing in."""


class CodeAgainForm(_OneUse, ReauthenticateForm):  # type: ignore[misc] # allauth has no types
    """A code before anything that guards the account changes."""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    """A passkey, which signs in by itself: it knows whose it is, and asks for a finger or a PIN."""

    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)
