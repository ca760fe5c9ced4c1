"""Base64 as Web Push writes it: the alphabet for addresses, without padding."""

import base64
import binascii


def encode(data: bytes) -> str:
    """`data` as text."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes again; padding and the common alphabet are understood too. Raises `ValueError`."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
