"""A small OpenID provider on 127.0.0.1, with the ways of GitHub beside them: real HTTP, real signatures.

`provider.person` is who sits at it, as claims; `provider.spoil` changes what it answers, for a provider (or somebody on the
way) that lies.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "parley-tests"
CLIENT_SECRET = "shared:with the provider"

Answer = tuple[int, str, bytes]


class OpenIDServer:
    """Runs in a thread of its own between `with` and its end."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.discovery: dict[str, Any] = {}
        self.sign_with: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The product's settings that name it, as an OpenID provider and as a GitHub."""
        return {
            "OPENID_URL": self.url,
            "OPENID_CLIENT_ID": CLIENT_ID,
            "OPENID_CLIENT_SECRET": CLIENT_SECRET,
            "OPENID_NAME": "Harbour Office",
            "GITHUB_URL": self.url,
            "GITHUB_CLIENT_ID": CLIENT_ID,
            "GITHUB_CLIENT_SECRET": CLIENT_SECRET,
        }

    def allow(self, asked: dict[str, str]) -> str:
        """The person says yes: where their browser goes with the code."""
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(
        self, method: str, path: str, query: dict[str, str], form: dict[str, str], shown: str
    ) -> Answer:
        """What it says to one request; `shown` is the header `Authorization`."""
        if path == "/.well-known/openid-configuration":
            return _json(self._configuration() | self.discovery)
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
            return _json({"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]})
        if path in ("/authorize", "/login/oauth/authorize"):
            return self._ask(query)
        if path in ("/token", "/login/oauth/access_token") and method == "POST":
            return self._exchange(form, shown, signed=path == "/token")
        if path == "/favicon.ico":
            return 200, "image/png", b""
        told = self._tokens.get(shown.partition(" ")[2])
        if told is not None and path in ("/userinfo", "/api/v3/user"):
            return _json(told)
        if told is not None and path == "/api/v3/user/emails":
            return _json(told["emails"])
        return 404, "text/plain", b""

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
        }

    def _ask(self, asked: dict[str, str]) -> Answer:
        self.asked.append(asked)
        yes, no = (
            self.allow(asked),
            f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}",
        )
        links = f'<a href="{_quoted(yes)}">Yes, it is me</a> <a href="{_quoted(no)}">No</a>'
        return (
            200,
            "text/html",
            f"<!doctype html><title>Harbour Office</title><h1>Is it you?</h1>{links}".encode(),
        )

    def _exchange(self, form: dict[str, str], shown: str, *, signed: bool) -> Answer:
        asked = self._codes.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        knows = shown == basic if signed else form.get("client_secret") == CLIENT_SECRET
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or not knows
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != challenge.rstrip(b"=").decode()
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe()
        self._tokens[access] = self.person
        answer: dict[str, Any] = {"access_token": access, "token_type": "Bearer"}
        if signed:
            answer["id_token"] = self._id_token(asked)
        return _json(answer)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            **({"auth_time": now} if "max_age" in asked else {}),
            **self.person,
        }
        signing: Any = {"key": self._key, "algorithm": "RS256", "headers": {"kid": "one"}} | self.sign_with
        return jwt.encode(self.spoil(claims), **signing)


def _handler(server: OpenIDServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, method: str, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            form = dict(parse_qsl(body.decode()))
            status, kind, content = server.answer(
                method, parts.path, query, form, self.headers.get("Authorization", "")
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


def _json(value: object, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value).encode()


def _quoted(url: str) -> str:
    return url.replace("&", "&amp;")
