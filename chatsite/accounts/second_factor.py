"""The second factor of a sign-in: codes of an authenticator app, recovery codes, passkeys.

django-allauth keeps them (`allauth.mfa`); here is what the doors ask that have no pages.
"""

from allauth.mfa.models import Authenticator

from .models import User

_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_on(user: User) -> bool:
    """Whether a password alone does not let this person in."""
    return bool(Authenticator.objects.filter(user=user, type__in=_FACTORS).exists())


def is_right(user: User, code: str) -> bool:
    """Whether this is a code of the app or an unused recovery code; it is used up."""
    mine = Authenticator.objects.filter(user=user, type__in=_CODES)
    return any(one.wrap().validate_code(code) for one in mine)
