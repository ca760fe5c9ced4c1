"""What an OpenID provider says of somebody: its ID token, judged as OpenID Connect Core 1.0, section 3.1.3.7, asks.

The signature is always checked, also where the token came straight from the provider over TLS and need not be.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.utils.crypto import constant_time_compare

# Public keys only: with a shared secret, whoever can check a token could make one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_DIFFER_SECONDS = 60
LONGEST_SUBJECT = 191


class NotBelieved(OAuth2Error):  # type: ignore[misc] # allauth has no types
    """The provider's answer is not what it has to be."""


def nonce_for(verifier: str) -> str:
    """The `nonce` of the sign-in whose PKCE verifier this is: only the browser that began it has that in its session."""
    return (
        base64.urlsafe_b64encode(hashlib.sha256(b"nonce " + verifier.encode()).digest()).rstrip(b"=").decode()
    )


def read_id_token(token: object, *, issuer: str, client_id: str, nonce: str, keys: object) -> dict[str, Any]:
    """The claims of an ID token of `issuer` for `client_id`, signed with one of the JSON web `keys`.

    Raises `NotBelieved`.
    """
    if not isinstance(token, str):
        raise NotBelieved("there is no ID token")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key_of(token, keys),
            algorithms=[jwt.get_unverified_header(token)["alg"]],
            audience=client_id,
            issuer=issuer,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise NotBelieved(f"the ID token is not right: {error}") from error
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise NotBelieved("the ID token is of another sign-in")
    if claims.get("azp", client_id) != client_id:
        raise NotBelieved("the ID token is for another site")
    if not isinstance(claims.get("auth_time", 0), int | float):
        raise NotBelieved("the ID token tells no time of the sign-in")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise NotBelieved("the ID token names nobody")
    return claims


def _key_of(token: str, keys: object) -> Any:
    """The one key that the token says it was signed with."""
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise NotBelieved(f"ID tokens signed by {header.get('alg')!r} are not taken")
    fitting = [key for key in _listed(keys) if key.get("use", "sig") == "sig"]
    if "kid" in header:
        fitting = [key for key in fitting if key.get("kid") == header["kid"]]
    if len(fitting) != 1:
        raise NotBelieved("the provider has no such key")
    return jwt.PyJWK(fitting[0], algorithm=header["alg"]).key


def _listed(keys: object) -> Sequence[dict[str, Any]]:
    listed = keys.get("keys") if isinstance(keys, dict) else None
    return [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
