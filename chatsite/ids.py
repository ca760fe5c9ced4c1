"""Ids of rooms, users and the like: short, opaque, not guessable."""

import re
import secrets

# 32 signs without the look-alikes i, l, o and 1: five bits each.
_SIGNS = "023456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 16

_PATTERN = re.compile(f"[{_SIGNS}]{{{_LENGTH}}}")


def new_id() -> str:
    """A new id of 16 signs: 80 random bits."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def is_id(value: object) -> bool:
    """Whether `value` has the form of an id; any other string can be answered `not_found` unread."""
    return isinstance(value, str) and _PATTERN.fullmatch(value) is not None
