"""The REST API as tests use it: make people, tokens, rooms and members on a running server."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpx

from tests.support.people import ADMIN, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who exists on a server."""

    id: str
    username: str
    password: str
    token: str


class ApiError(Exception):
    """The API answered with an error: `status` and the body's `error` object."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status = status
        self.error = error
        super().__init__(f"{status}: {error}")

    @property
    def code(self) -> str:
        """The protocol's error code."""
        return str(self.error.get("code"))


class Rest:
    """One person's view of the API: `Rest(server.url, token=...)` or with HTTP Basic by `login=(name, password)`."""

    def __init__(self, url: str, *, token: str = "", login: tuple[str, str] | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(
            base_url=f"{url}/api/v1/", headers=headers, auth=login, timeout=20, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self.http.close()

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """One request; answers the decoded body, or None for an empty one. Raises `ApiError`."""
        answer = self.http.request(method, path, json=body, **options)
        if answer.status_code >= 400:
            raise ApiError(answer.status_code, _error_in(answer))
        return answer.json() if answer.content else None

    def create_room(self, name: str, kind: str = "private") -> str:
        """Open a room and answer its id."""
        return str(self.call("POST", "rooms/", {"name": name, "kind": kind})["id"])

    def add_member(self, room: str, user: str, role: str = "member") -> None:
        """Make somebody a member of one's room."""
        self.call("POST", f"rooms/{room}/members/", {"user": user, "role": role})

    def remove_member(self, room: str, user: str) -> None:
        """Put somebody out of one's room."""
        self.call("DELETE", f"rooms/{room}/members/{user}/")

    def send(
        self, room: str, text: str, client_id: str = "", *, files: Sequence[str] = ()
    ) -> tuple[dict[str, Any], bool]:
        """Say something; answers the `event`, and whether it was a repetition (200 instead of 201)."""
        key = {"Idempotency-Key": client_id or str(uuid.uuid4())}
        body = {"text": text, "attachments": list(files)}
        answer = self.http.post(f"rooms/{room}/messages/", json=body, headers=key)
        if answer.status_code >= 400:
            raise ApiError(answer.status_code, _error_in(answer))
        return answer.json(), answer.status_code == 200

    def upload(self, room: str, content: bytes, name: str = "tides.txt") -> dict[str, Any]:
        """Give a file to a room; answers the attachment."""
        answer = self.http.post(f"rooms/{room}/attachments/", files={"file": (name, content)})
        if answer.status_code >= 400:
            raise ApiError(answer.status_code, _error_in(answer))
        made: dict[str, Any] = answer.json()
        return made

    def fetch(self, room: str, file: str) -> bytes | None:
        """The bytes of a file; None when there is none for this person."""
        answer = self.http.get(f"rooms/{room}/attachments/{file}/")
        if answer.status_code == 404:
            return None
        if answer.status_code >= 400:
            raise ApiError(answer.status_code, _error_in(answer))
        return answer.content

    def events(self, room: str, **query: Any) -> dict[str, Any]:
        """One page of the log: `{epoch, head, events, more}`."""
        answer: dict[str, Any] = self.call("GET", f"rooms/{room}/events/", params=query)
        return answer


def _error_in(answer: httpx.Response) -> dict[str, Any]:
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return {"code": "", "message": answer.text[:500]}
    return error if isinstance(error, dict) else {"code": "", "message": str(error)}


def token_of(url: str, username: str, password: str) -> str:
    """A new API token with all scopes, by HTTP Basic."""
    with Rest(url, login=(username, password)) as rest:
        body = {"name": "tests", "scopes": ["read", "write", "admin"]}
        return str(rest.call("POST", "auth/tokens/", body)["token"])


class Registrar:
    """The site's administrator, who makes people."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.rest = Rest(url, token=token_of(url, ADMIN.username, ADMIN.password))

    def make(self, role: Role) -> Person:
        """Make one of the cast exist on the server, with a token."""
        body = {"username": role.username, "password": role.password, "display_name": role.display_name}
        user = self.rest.call("POST", "users/", body)
        token = token_of(self.url, role.username, role.password)
        return Person(str(user["id"]), role.username, role.password, token)
