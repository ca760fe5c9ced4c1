"""The sign-in form."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Username and password, with what browsers and password managers want to know of them."""

    error_messages = {  # noqa: RUF012: typed by the parent
        # One sentence for all cases, so that nobody learns which names exist or are switched off.
        "invalid_login": "The username or the password is not right.",
        "inactive": "The username or the password is not right.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username: forms.Widget = self.fields["username"].widget
        username.attrs.update({"class": "input", "spellcheck": "false", "autocapitalize": "none"})
        password: forms.Widget = self.fields["password"].widget
        password.attrs.update({"class": "input"})
        self.fields["username"].error_messages["required"] = "Write your username."
        self.fields["password"].error_messages["required"] = "Write your password."
        if self.is_bound and self.errors:
            for name in self.errors.keys() & self.fields.keys() or self.fields.keys():
                widget = self.fields[name].widget
                widget.attrs.update({"aria-invalid": "true", "aria-describedby": "sign-in-problem"})
