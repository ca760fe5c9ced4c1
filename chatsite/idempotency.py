"""Idempotency keys of the HTTP API: a call that comes again does nothing a second time.

A service takes the caller's `Key` and sets `repeated` on it when the first call with that key
had been done already; the transport then answers 200 in place of 201.
"""

import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from chatsite.errors import Conflict

DIGEST_BYTES = 16


class KeyUsedForAnother(Conflict):
    """The idempotency key came before, with another body."""

    default_message = "This idempotency key was used before for something else."


class ShownBefore(Conflict):
    """The call came again that made what is shown only once, a secret; `id` is that of the first."""

    default_message = "This was made before, and is shown only once."

    def __init__(self, id: str) -> None:
        super().__init__(f"{self.default_message} Its id is {id}.")
        self.id = id


@dataclass(slots=True)
class Key:
    """A caller's idempotency key, if there is one, and whether the call turned out to change nothing new.

    `repeated` is also set where the thing asked for was there already.
    """

    value: UUID | None = None
    repeated: bool = False

    def admit(self, kept: bytes | memoryview | None, body: object) -> None:
        """Note a repetition of the call whose digest was kept; raises `KeyUsedForAnother` if the body differs."""
        if kept is not None and not is_same_body(kept, body):
            raise KeyUsedForAnother
        self.repeated = True


def body_digest(body: object, *, secret: str | None = None) -> bytes:
    """A keyed digest of JSON-ready values: it tells a repetition, and tells nobody the body."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True)
    return hmac.digest((secret or settings.SECRET_KEY).encode(), text.encode(), "sha256")[:DIGEST_BYTES]


def is_same_body(kept: bytes | memoryview, body: object) -> bool:
    """Whether `kept` is the digest of `body`, made with the present secret key or a retired one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(bytes(kept), body_digest(body, secret=secret)) for secret in secrets)
