"""One push, encrypted for one browser (RFC 8291) and given to its maker's push service (RFC 8030)."""

import logging
import os
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from ssl import SSLContext, create_default_context

import urllib3
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .encoding import decode
from .endpoints import Endpoint, NotReachable, address_of

logger = logging.getLogger(__name__)

RECORD_BYTES = 4096
TIMEOUT = urllib3.Timeout(connect=2.0, read=4.0)
LIFETIME_SECONDS = 86_400
LONGEST_PAUSE = 3600.0


class Result(Enum):
    """What came of a push."""

    TAKEN = auto()
    GONE = auto()  # the browser wants no more
    TOO_LARGE = auto()
    REFUSED = auto()  # again would be refused again
    FAILED = auto()  # later it may go


@dataclass(frozen=True, slots=True)
class Answer:
    """The result, why, and for how many seconds the service wants to be left alone."""

    result: Result
    why: str = ""
    pause: float = 0.0


def encrypt(payload: bytes, *, p256dh: str, auth: str) -> bytes:
    """The body of a push that only the browser with these keys can read."""
    key, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    return seal_with(payload, p256dh=decode(p256dh), auth=decode(auth), key=key, salt=salt)


def seal_with(
    payload: bytes, *, p256dh: bytes, auth: bytes, key: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """As `encrypt`, with the sender's key and salt, each of which is to be used once."""
    browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    own = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    shared = _derive(key.exchange(ec.ECDH(), browser), auth, b"WebPush: info\0" + p256dh + own, 32)
    content_key = _derive(shared, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(shared, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own)]) + own + sealed


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def push(endpoint: Endpoint, body: bytes, *, authorization: str, topic: str, urgent: bool) -> Answer:
    """Give an encrypted body to the push service. Of several with one `topic` the browser gets the last.

    Never raises for what the other side does: it follows no redirect, and reads nothing of the answer.
    """
    headers = {
        "Host": endpoint.origin.partition("://")[2],
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIFETIME_SECONDS),
        "Urgency": "high" if urgent else "normal",
        "Topic": topic,
        "User-Agent": "parley",
    }
    try:
        with _pool(endpoint, address_of(endpoint)) as pool:
            answer = pool.urlopen(
                "POST",
                endpoint.path,
                body=body,
                headers=headers,
                retries=False,
                redirect=False,
                preload_content=False,
                assert_same_host=False,
            )
            answer.close()
    except NotReachable as error:
        return Answer(Result.FAILED, str(error))
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        return Answer(Result.FAILED, type(error).__name__)
    return _judge(answer.status, answer.headers.get("Retry-After", ""))


def _judge(status: int, retry_after: str) -> Answer:
    why = f"answered {status}"
    if 200 <= status < 300:
        return Answer(Result.TAKEN)
    if status in (404, 410):
        return Answer(Result.GONE, why)
    if status == 413:
        return Answer(Result.TOO_LARGE, why)
    if status == 429 or status >= 500:
        pause = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0
        return Answer(Result.FAILED, why, min(pause, LONGEST_PAUSE))
    return Answer(Result.REFUSED, why)


def _pool(endpoint: Endpoint, address: str) -> urllib3.HTTPConnectionPool:
    """A connection to the address that was judged, and no other; the certificate is the host's all the same."""
    if endpoint.scheme == "http":
        return urllib3.HTTPConnectionPool(address, endpoint.port, timeout=TIMEOUT)
    return urllib3.HTTPSConnectionPool(
        address,
        endpoint.port,
        timeout=TIMEOUT,
        ssl_context=_tls(),
        server_hostname=endpoint.host,
        assert_hostname=endpoint.host,
    )


@lru_cache(maxsize=1)
def _tls() -> SSLContext:
    return create_default_context()
