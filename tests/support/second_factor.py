"""Second factors as tests have them: an authenticator app, in a few lines."""

import base64
import hmac
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatsite.accounts.models import User


def code_of(secret: str, *, at: float | None = None) -> str:
    """What an authenticator app shows for that secret, now or at a time (RFC 6238)."""
    counter = int(time.time() if at is None else at) // 30
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def turn_on(user: "User") -> tuple[str, list[str]]:
    """Give somebody an authenticator app: its secret, and the recovery codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).get_unused_codes()
