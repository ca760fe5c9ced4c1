"""The one door that opens with a password: for the sign-in page, `auth/login/` and HTTP Basic.

Failures are counted, not sign-ins: a hundred colleagues behind one address may sign in at nine
o'clock, and somebody who guesses is held up. A guesser may fit in as many tries at the same moment as
the server has threads; hashing makes each of them slow.
"""

import unicodedata

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from chatsite.addresses import network_of
from chatsite.errors import RateLimited, Unauthenticated

from . import second_factor
from .backends import LONGEST_LOGIN, find_by_login
from .devices import COOKIE, known_device
from .emails import must_confirm_email
from .models import User

FAILURES_PER_ACCOUNT = "10/5m"
FAILURES_PER_DEVICE = "10/5m"
FAILURES_PER_ADDRESS = "100/5m"


class WrongPassword(Unauthenticated):
    """No such user, an inactive one, or another password: one answer for all."""

    default_message = "The username or the password is wrong."


class CodeNeeded(Unauthenticated):
    """The password is right, and the account has a second factor."""

    default_message = "This account also asks for a code: of the authenticator app, or a recovery code."


class WrongCode(Unauthenticated):
    """The password is right, the code is not, or was used before."""

    default_message = "The code is wrong."


class EmailUnconfirmed(Unauthenticated):
    """The password is right, and this site wants the email address confirmed first."""

    default_message = "Confirm your email address first: sign in at the page to have the link sent again."


class TooManyFailures(RateLimited):
    """Too many wrong passwords from one address or for one account."""

    default_message = "Too many wrong passwords. Try again later."


def check_password(request: HttpRequest, *, login: str, password: str) -> User:
    """The active user of that username or email address, and password.

    Raises `WrongPassword` after the same work for an unknown user as for a wrong password, and
    `TooManyFailures`. A second factor is still to be asked for.
    """
    _count(request, login, failed=False)
    user = authenticate(request, username=login, password=password)
    if not isinstance(user, User):
        _count(request, login, failed=True)
        raise WrongPassword
    return user


def check_everything(request: HttpRequest, *, login: str, password: str, otp: str | None = None) -> User:
    """As `check_password`, with the second factor where the account has one: for doors that ask in one step.

    Raises `CodeNeeded`, `WrongCode` and `EmailUnconfirmed`, too.
    """
    user = check_password(request, login=login, password=password)
    if second_factor.is_on(user):
        if otp is None:
            raise CodeNeeded(field="otp")
        if not second_factor.is_right(user, otp):
            _count(request, login, failed=True)
            raise WrongCode(field="otp")
    if must_confirm_email(user):
        raise EmailUnconfirmed
    return user


def _count(request: HttpRequest, login: str, *, failed: bool) -> None:
    """Raise `TooManyFailures` when the failures so far are at a limit; with `failed`, count one more instead."""
    for group, value, rate in _counts(request, login):
        usage = get_usage(request, group=group, key=lambda *_, v=value: v, rate=rate, increment=failed)
        if usage and not failed and usage["count"] >= usage["limit"]:
            raise TooManyFailures(retry_after_ms=max(1, usage["time_left"]) * 1000)


def _counts(request: HttpRequest, login: str) -> list[tuple[str, str, str]]:
    """What is counted: group, value and rate. The account goes by what was typed, so that no count tells who exists."""
    address = ("sign-in-address", network_of(request.META.get("REMOTE_ADDR")), FAILURES_PER_ADDRESS)
    device = known_device(request, find_by_login(login)) if COOKIE in request.COOKIES else None
    if device:
        return [("sign-in-device", device, FAILURES_PER_DEVICE), address]
    account = unicodedata.normalize("NFKC", login).strip().casefold()[:LONGEST_LOGIN]
    return [("sign-in-account", account, FAILURES_PER_ACCOUNT), address]
