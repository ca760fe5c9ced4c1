"""A push service as browsers' makers run them, and browsers that subscribe there; it reads what it gets as they would."""

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.notifications.encoding import decode, encode

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Push:
    """One that arrived."""

    headers: Mapping[str, str]
    payload: dict[str, Any]


@dataclass
class Browser:
    """One that shows notices, with its keys; `statuses` are what its service answers next, then 201."""

    url: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    pushes: list[Push] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)
        self._arrived = threading.Condition()

    @property
    def keys(self) -> dict[str, str]:
        """Its public key and its secret, as a page tells them."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"p256dh": encode(point), "auth": encode(self._auth)}

    @property
    def endpoint(self) -> str:
        """Its address at the service."""
        return f"{self.url}/{self.name}"

    @property
    def subscription(self) -> dict[str, Any]:
        """What its page sends to the site."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys}

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """A push arrives; the status that is answered."""
        with self._arrived:
            self.asked += 1
            status = self.statuses.pop(0) if self.statuses else 201
            if status < 300:
                clear = http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth)
                self.pushes.append(Push(headers, json.loads(clear)))
            self._arrived.notify_all()
        return status

    def wait_for(self, count: int, *, patience: float = 30) -> list[dict[str, Any]]:
        """The payloads, as soon as there are so many of them."""
        ends = time.monotonic() + patience
        with self._arrived:
            while len(self.pushes) < count:
                left = ends - time.monotonic()
                assert left > 0, f"{len(self.pushes)} pushes came, {count} were expected: {self.pushes}"
                self._arrived.wait(left)
            return [push.payload for push in self.pushes]


class PushService:
    """A service on this machine; `new_browser` subscribes another browser to it."""

    def __init__(self) -> None:
        self._browsers: dict[str, Browser] = {}
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def new_browser(self) -> Browser:
        """Another browser."""
        browser = Browser(self.url)
        self._browsers[f"/{browser.name}"] = browser
        return browser

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        browsers = self._browsers

        class Handler(BaseHTTPRequestHandler):
            """Takes pushes."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                browser = browsers[self.path]
                self.send_response(browser.take(dict(self.headers), body))
                for name, value in browser.answer_headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def claims_of(push: Push, *, key: str, audience: str) -> dict[str, Any]:
    """What the site signed (RFC 8292), if it is the one of that public key and meant this service."""
    scheme, _, parameters = push.headers["Authorization"].partition(" ")
    told = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert (scheme, told["k"]) == ("vapid", key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(key))
    claims: dict[str, Any] = jwt.decode(told["t"], public, algorithms=["ES256"], audience=audience)
    return claims
