# ruff: noqa: ARG002 (the arguments are the library's)
"""What drf-spectacular cannot read off the views: headers, the error shape, where credentials go."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from .examples import EXAMPLES

Direction = Literal["request", "response"]


class ErrorDetailSerializer(serializers.Serializer[Any]):
    """What went wrong."""

    code = serializers.ChoiceField(
        choices=[
            "bad_request",
            "unauthenticated",
            "forbidden",
            "not_found",
            "rate_limited",
            "too_large",
            "conflict",
            "archived",
            "overloaded",
            "internal",
        ]
    )
    message = serializers.CharField()
    field = serializers.CharField(required=False)
    retryable = serializers.BooleanField()
    id = serializers.CharField(required=False, help_text="Of what was made before and is shown only once.")


class ErrorSerializer(serializers.Serializer[Any]):
    """The one error shape."""

    error = ErrorDetailSerializer()


KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    description="A repetition with the same key and body does nothing again.",
)


class Schema(AutoSchema):
    """Names the error shape and the idempotency key at every operation."""

    def get_override_parameters(self) -> list[Any]:
        """The key's header belongs to whatever changes something."""
        return [] if self.method == "GET" else [KEY_HEADER]

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        bodies["default"] = {
            "description": "Refused: `error.code` says why.",
            "content": {
                "application/json": {"schema": self.resolve_serializer(ErrorSerializer, "response").ref}
            },
        }
        return bodies


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to the finished document what serializers do not say: examples, and that unknown fields are refused."""
    for name, schema in result["components"]["schemas"].items():
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
        if name.endswith("Request"):
            schema["additionalProperties"] = False
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer <token>`."""

    target_class = "chatsite.accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme's definition."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie, with the CSRF header wherever something changes."""

    target_class = "chatsite.accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme's definition."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class PasswordScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """HTTP Basic, for making a first token."""

    target_class = "chatsite.accounts.api.authentication.PasswordAuthentication"
    name = "password"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme's definition."""
        return {"type": "http", "scheme": "basic"}
