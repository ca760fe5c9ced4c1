"""Whatever goes wrong under /api/ leaves as one shape: `{"error": {"code", "message", "field"?, "retryable"}}`.

What is shown only once and was made before is named by `id`, too.
"""

import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response

from chatsite.errors import (
    BadRequest,
    ChatError,
    Forbidden,
    Internal,
    NotFound,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthenticated,
)
from chatsite.idempotency import ShownBefore
from chatsite.languages import told

logger = logging.getLogger(__name__)

Errors = tuple[type[Exception], ...]

# What is refused outside our own rules, and as what. The first row that fits decides.
_REFUSALS: tuple[tuple[Errors, type[ChatError], str], ...] = (
    ((exceptions.MethodNotAllowed,), BadRequest, "This method is not for this address."),
    ((exceptions.UnsupportedMediaType,), BadRequest, "Send JSON, as application/json."),
    ((exceptions.AuthenticationFailed, exceptions.NotAuthenticated), Unauthenticated, ""),
    ((exceptions.PermissionDenied, PermissionDenied), Forbidden, ""),
    ((exceptions.NotFound, Http404), NotFound, ""),
    ((exceptions.Throttled,), RateLimited, ""),
    ((RequestDataTooBig,), TooLarge, ""),
    ((exceptions.APIException, SuspiciousOperation, UnreadablePostError), BadRequest, ""),
    # The database is away, its pool is used up, or it waited too long for a lock.
    ((OperationalError, InterfaceError, PoolTimeout), Overloaded, ""),
)


def to_chat_error(error: BaseException) -> ChatError:
    """The refusal that stands for any exception; `Internal` for what nobody foresaw."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, exceptions.ValidationError):
        field, message = _first_fault(error.detail)
        return BadRequest(message, field=field or "body")
    for kinds, refusal, message in _REFUSALS:
        if isinstance(error, kinds):
            return refusal(message)
    return Internal()


def body(error: ChatError) -> dict[str, Any]:
    """The error's body, ready for JSON."""
    said: dict[str, Any] = {"code": error.code, "message": told(error)}
    if error.field is not None:
        said["field"] = error.field
    said["retryable"] = error.retryable
    if isinstance(error, ShownBefore):
        said["id"] = error.id
    return {"error": said}


def headers(error: ChatError) -> dict[str, str]:
    """The headers that go with an error: when to come back, how to sign in."""
    told = {}
    if error.retry_after_ms is not None:
        told["Retry-After"] = str(math.ceil(error.retry_after_ms / 1000))
    if isinstance(error, Unauthenticated):
        told["WWW-Authenticate"] = "Bearer"
    return told


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's hook: every exception of a view becomes an answer in our shape."""
    refusal = to_chat_error(error)
    request = context.get("request")
    if isinstance(refusal, Internal):
        logger.error("%s failed", getattr(request, "path", "a request"), exc_info=error)
        got_request_exception.send(sender=None, request=getattr(request, "_request", None))
    elif isinstance(refusal, Overloaded) and not isinstance(error, ChatError):
        logger.warning("%s: the database cannot take it (%s)", getattr(request, "path", "a request"), error)
    answer = Response(body(refusal), status=refusal.status, headers=headers(refusal))
    if isinstance(error, exceptions.MethodNotAllowed) and context.get("view"):
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
    return answer


def _first_fault(detail: Any, path: str = "") -> tuple[str, str]:
    """The first field at fault, as `users[0]` or `a.b`, and what is wrong with it."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if inner:
                here = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}".lstrip(".")
                return _first_fault(inner, path if name == "non_field_errors" else here)
    if isinstance(detail, list):
        for place, inner in enumerate(detail):
            if isinstance(inner, Mapping):
                if inner:
                    return _first_fault(inner, f"{path}[{place}]")
            else:
                return path, str(inner)
    return path, str(detail) if isinstance(detail, str) else BadRequest.default_message
