# ruff: noqa: ARG002 (the arguments are the framework's)
"""The base of every REST view."""

import os
import re
from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from chatsite import limits
from chatsite.accounts.models import Scope, User
from chatsite.errors import BadRequest
from chatsite.idempotency import Key

from .errors import exception_handler
from .fields import StrictSerializer
from .json_body import StrictJSONParser
from .schema import Schema
from .throttle import spend

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class AlwaysJSON(BaseContentNegotiation):
    """There is one form of answer, whatever `Accept` says."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        """The JSON parser for JSON; None is refused."""
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return parsers[0] if kind == StrictJSONParser.media_type else None

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The JSON renderer."""
        return renderers[0], renderers[0].media_type or ""


class ApiView(APIView):
    """A view of /api/v1: JSON in and out, one error shape.

    Cookie or bearer token, and the judging of scopes, come by the settings (`REST_FRAMEWORK`), because
    this floor lies below the accounts' API.
    `change_scope` is what a token needs for anything but GET and HEAD, `read_scope` for those; `bucket` names the token bucket that
    pays for it, as on the socket: `commands` or `send`.
    """

    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema = Schema()
    read_scope: Scope = Scope.READ
    change_scope: Scope = Scope.ADMIN
    bucket = "commands"

    def get_exception_handler(self) -> Any:
        """Our error shape, whatever the settings say."""
        return exception_handler

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Know a body whose length is not told for one."""
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "") and not request.META.get(
            "CONTENT_LENGTH"
        ):
            request.META["CONTENT_LENGTH"] = _length_of(request)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who is asking, whether they may, and whether they ask too often. Raises `RateLimited` and others."""
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") and isinstance(request.user, User):
            rate = limits.MESSAGE_SEND if self.bucket == "send" else limits.COMMANDS
            spend(f"{self.bucket}:{request.user.id}", rate)

    @property
    def me(self) -> User:
        """Who is asking. Only for views behind `HasScope`."""
        user: User = self.request.user  # type: ignore[assignment]
        return user

    def read(self, shape: type[StrictSerializer], *, partial: bool = False) -> dict[str, Any]:
        """The body, judged by `shape`. Raises `ValidationError` or `BadRequest`."""
        data = self.request.data
        if not isinstance(data, Mapping):
            raise BadRequest("The body must be a JSON object.", field="body")
        judged = shape(data=data, partial=partial)
        judged.is_valid(raise_exception=True)
        return dict(judged.validated_data)

    def idempotency_key(self) -> Key:
        """The header `Idempotency-Key`, a UUID; an empty key without it. Raises `BadRequest`."""
        raw = self.request.headers.get("Idempotency-Key")
        if raw is None:
            return Key()
        if not _UUID.fullmatch(raw):
            raise BadRequest("An idempotency key is a UUID.", field="Idempotency-Key")
        return Key(UUID(raw))


def _length_of(request: HttpRequest) -> str:
    """Of a body that came in chunks. Django has all of it by now, but takes forms by their header only.

    Elsewhere, in tests without a server, it is not known; REST framework would take an absent one for "no body".
    """
    if not isinstance(request, ASGIRequest):
        return "-1"
    body: IO[bytes] = request._stream
    length = body.seek(0, os.SEEK_END)
    body.seek(0)
    return str(length)
