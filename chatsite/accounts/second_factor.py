"""The second factor of a sign-in: codes of an authenticator app, recovery codes, passkeys.

django-allauth keeps them (`allauth.mfa`); here is what the doors ask that have no pages.
"""

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from .digests import token_digest
from .models import User

_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_on(user: User) -> bool:
    """Whether a password alone does not let this person in."""
    return bool(Authenticator.objects.filter(user=user, type__in=_FACTORS).exists())


def is_right(user: User, code: str) -> bool:
    """Whether this is a code of the app or an unused recovery code; it is used up."""
    mine = Authenticator.objects.filter(user=user, type__in=_CODES)
    return any(one.wrap().validate_code(code) for one in mine) and is_first_use(user, code)


def is_first_use(user: User, code: str) -> bool:
    """Whether a right code was not used within the time in which it is right.

    allauth itself remembers it for one period only, and codes of the periods before and after are right too.
    """
    periods = 2 * app_settings.TOTP_TOLERANCE + 1
    key = f"second-factor:{user.id}:{token_digest(''.join(code.split()))}"
    return cache.add(key, True, timeout=periods * app_settings.TOTP_PERIOD)
