# ruff: noqa: ARG002 (the arguments are the framework's)
"""How a name and a password become a user."""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .models import User

LONGEST_LOGIN = 254


def find_by_login(login: str) -> User | None:
    """The active user of that username, or of that email address; None when there is none, or more than one.

    No username has an `@` in it. Of several people who name the same address, the one who has confirmed it counts.
    """
    login = login.strip()
    if not login.isprintable() or not 0 < len(login) <= LONGEST_LOGIN:
        return None
    if "@" in login:
        found = filter_users_by_email(login, is_active=True, prefer_verified=True, for_login=True)
        return found[0] if len(found) == 1 else None
    try:
        return User.objects.get_by_natural_key(login)
    except User.DoesNotExist:
        return None


class LoginBackend(ModelBackend):
    """Username or email address, and password. Each try costs one hashing, whether or not anybody was found."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The active user whom `username` names, if this is their password."""
        user = find_by_login(username or "")
        if user is None:
            User().set_password(password)
            return None
        right = user.check_password(password or "")
        return user if right and self.user_can_authenticate(user) else None
