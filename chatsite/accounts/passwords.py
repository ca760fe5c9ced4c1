"""The one door that opens with a password: for the sign-in page, `auth/login/` and HTTP Basic.

Failures are counted, not sign-ins: a hundred colleagues behind one address may sign in at nine
o'clock, and somebody who guesses is held up. A guesser may fit in as many tries at the same moment as
the server has threads; hashing makes each of them slow.
"""

import re

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from chatsite.addresses import network_of
from chatsite.errors import RateLimited, Unauthenticated

from .models import USERNAME_PATTERN, User

FAILURES_PER_ACCOUNT = "20/5m"
FAILURES_PER_ADDRESS = "100/5m"


class WrongPassword(Unauthenticated):
    """No such user, an inactive one, or another password: one answer for all."""

    default_message = "The username or the password is wrong."


class TooManyFailures(RateLimited):
    """Too many wrong passwords from one address or for one account."""

    default_message = "Too many wrong passwords. Try again later."


def check_password(request: HttpRequest, *, username: str, password: str) -> User:
    """The active user of that name and password.

    Raises `WrongPassword` after the same work for an unknown user as for a wrong password, and
    `TooManyFailures`.
    """
    if not re.fullmatch(USERNAME_PATTERN, username):
        username = ""  # nobody's; the password is hashed all the same
    _count(request, username, failed=False)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        _count(request, username, failed=True)
        raise WrongPassword
    return user


def _count(request: HttpRequest, username: str, *, failed: bool) -> None:
    """Raise `TooManyFailures` when the failures so far are at a limit; with `failed`, count one more instead."""
    try:
        for group, value, rate in (
            ("sign-in-account", username.lower(), FAILURES_PER_ACCOUNT),
            ("sign-in-address", network_of(request.META.get("REMOTE_ADDR")), FAILURES_PER_ADDRESS),
        ):
            usage = get_usage(request, group=group, key=lambda *_, v=value: v, rate=rate, increment=failed)
            if usage and not failed and usage["count"] >= usage["limit"]:
                raise TooManyFailures(retry_after_ms=max(1, usage["time_left"]) * 1000)
    except RedisError:
        return  # with Redis away people can still sign in
