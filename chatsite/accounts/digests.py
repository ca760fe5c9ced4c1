"""What is kept of secrets that people show: a plain SHA-256 is enough for 160 random bits and more."""

import hashlib


def session_digest(session_key: str) -> str:
    """What is kept of a session's key."""
    return _digest(session_key)


def token_digest(secret: str) -> str:
    """What is kept of a token, a ticket or an invite."""
    return _digest(secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
