"""One person's calls to the API inside the test's own process, without a server."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

if TYPE_CHECKING:
    from chatsite.accounts.models import User

ALL_SCOPES = ("read", "write", "admin")


class Form:
    """A body of `multipart/form-data`: files and texts by name."""

    content_type = MULTIPART_CONTENT

    def __init__(self, parts: dict[str, Any]) -> None:
        self.raw = encode_multipart(BOUNDARY, parts)


@dataclass(frozen=True)
class Answer:
    """What came back: status, decoded body (None when empty), raw bytes, headers."""

    status: int
    body: Any
    raw: bytes
    headers: Any

    @property
    def error(self) -> dict[str, Any]:
        """The error object of a refusal."""
        error: dict[str, Any] = self.body["error"]
        return error

    @property
    def code(self) -> str:
        """The protocol's error code of a refusal."""
        return str(self.error["code"])

    @property
    def refusal(self) -> tuple[int, str, str | None]:
        """Status, code and the field at fault of a refusal."""
        return self.status, self.code, self.error.get("field")


class Caller:
    """Calls as a bot does, with a token; or as a browser does, with `client`'s cookies."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(
        self, method: str, path: str, body: Any = None, *, raw: Any = None, **headers: str
    ) -> Answer:
        """One call. `body` goes as JSON, `raw` as it is; `Idempotency_Key="…"` is a header."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method,
            f"/api/v1/{path}",
            sent,
            headers.pop("content_type", "application/json"),
            headers={**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}},
        )
        content = answer.getvalue()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Answer(
            answer.status_code, json.loads(content) if content and is_json else None, content, answer.headers
        )

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST."""
        return self("POST", path, {} if body is None else body, **headers)

    def upload(
        self,
        room: str,
        content: bytes,
        name: str = "notes.txt",
        *,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Answer:
        """POST of a file as a form; `fields` are its other parts."""
        form = Form({"file": SimpleUploadedFile(name, content), **fields})
        return self(
            "POST",
            f"rooms/{room}/attachments/",
            raw=form.raw,
            content_type=form.content_type,
            **(headers or {}),
        )

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """PATCH."""
        return self("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        """PUT."""
        return self("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """DELETE."""
        return self("DELETE", path, **headers)


def caller(user: "User", *, scopes: tuple[str, ...] = ALL_SCOPES) -> Caller:
    """Somebody's calls, with a token of these scopes."""
    from chatsite.accounts import services

    _, secret = services.create_token(by=user, name="tests", scopes=scopes)
    return Caller(secret)


def browser(user: "User") -> Caller:
    """Somebody's browser: signed in by cookie, its page showing the CSRF token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(user)
    client.get("/sign-in/")
    page = Caller(client=client)
    client.get("/rooms/")
    if "csrftoken" in client.cookies:
        page.headers["X-CSRFToken"] = client.cookies["csrftoken"].value
    return page


def without_csrf_token(page: bytes) -> bytes:
    """A page but for the token that is another one in each answer."""
    return re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", page)
