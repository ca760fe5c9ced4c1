"""The key that the site's pushes are signed with (VAPID, RFC 8292): made on first use, the same on every server.

It lies in the database, sealed under the secret key: whoever has a dump cannot sign. Under another secret key, of
which this one was no fallback, a new key is made, and devices subscribe anew when their page is opened next.
"""

import time
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from chatsite.sealing import BrokenSeal, seal, unseal

from .encoding import encode
from .models import ServerKey

# Push services refuse more than a day.
GOOD_SECONDS = 12 * 3600


def public_key() -> str:
    """What a browser is given when it subscribes: the public half, as Web Push writes it."""
    return public_part(_private_key())


def public_part(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half of a key."""
    return encode(
        key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    )


def authorization(origin: str) -> str:
    """The header that tells the push service at `origin` who sends."""
    key = _private_key()
    subject = settings.PUBLIC_URL if settings.HTTPS else f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    claims = {"aud": origin, "exp": int(time.time()) + GOOD_SECONDS, "sub": subject}
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={public_part(key)}"


def _private_key() -> ec.EllipticCurvePrivateKey:
    row = ServerKey.objects.first() or ServerKey.objects.get_or_create(id=1, defaults={"sealed": _new()})[0]
    try:
        return _loaded(unseal(row.sealed))
    except BrokenSeal:
        ServerKey.objects.filter(id=1, sealed=row.sealed).update(sealed=_new())
        return _loaded(unseal(ServerKey.objects.get(id=1).sealed))


def _new() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return seal(pem.decode())


@lru_cache(maxsize=2)
def _loaded(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
