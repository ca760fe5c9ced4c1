"""Secrets that must be read again, and so cannot be digests: sealed under the secret key, which no dump holds."""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

_PURPOSE = b"chatsite.sealing"


class BrokenSeal(ValueError):
    """It was sealed under another key, or is no seal at all."""


def seal(text: str) -> str:
    """The text, so that only who has the secret key can read it."""
    return _sealer().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again, also when it was sealed under a retired key. Raises `BrokenSeal`."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BrokenSeal from error


def _sealer() -> MultiFernet:
    return _sealer_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _sealer_of(secret_keys: tuple[str, ...]) -> MultiFernet:
    keys = (hmac.digest(secret.encode(), _PURPOSE, "sha256") for secret in secret_keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
