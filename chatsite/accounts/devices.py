"""Browsers that somebody has signed in with before.

Whoever guesses at a password uses up the account's tries, for its owner too. So the owner's own browser shows by a
signed cookie that it knew the password once, and has tries of its own: nobody can lock them out from elsewhere.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from .models import User

COOKIE = "device"
DAYS = 365
_SALT = "chatsite.accounts.devices"


def known_device(request: HttpRequest, user: User | None) -> str | None:
    """The name of the device that asks, if this person has signed in with it before."""
    shown = request.COOKIES.get(COOKIE)
    if user is None or not shown:
        return None
    try:
        user_id, name = signing.loads(shown, salt=_SALT, max_age=DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(name) if user_id == user.id else None


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Let the browser show from now on that this person has signed in with it."""
    if known_device(request, user):
        return
    response.set_cookie(
        COOKIE,
        signing.dumps([user.id, secrets.token_urlsafe(16)], salt=_SALT),
        max_age=DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
