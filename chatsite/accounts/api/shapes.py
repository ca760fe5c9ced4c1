"""The shapes of people and tokens on the wire."""

from typing import Any

from rest_framework import serializers

from chatsite.accounts.models import ApiToken, Scope, User, UserKind
from chatsite.rest.fields import StrictSerializer, Text
from messaging.protocol import rfc3339


def user_json(user: User) -> dict[str, Any]:
    """A user, as everybody here sees them. `avatar` is an address below this site's, or empty."""
    shown = {
        "id": user.id,
        "username": user.username,
        "display_name": user.shown_name,
        "avatar": user.avatar_url,
        "kind": user.kind,
    }
    if user.status_text:
        shown["status_text"] = user.status_text
    return shown


def me_json(user: User) -> dict[str, Any]:
    """Oneself."""
    return {**user_json(user), "time_zone": user.time_zone, "language": user.language}


def token_json(token: ApiToken, *, secret: str | None = None) -> dict[str, Any]:
    """An API token; with its secret only in the answer that made it."""
    shown: dict[str, Any] = {
        "id": token.id,
        "name": token.name,
        "prefix": token.prefix,
        "created_at": rfc3339(token.created_at),
        "last_used_at": rfc3339(token.last_used_at) if token.last_used_at else None,
        "expires_at": rfc3339(token.expires_at) if token.expires_at else None,
    }
    if secret is not None:
        shown["token"] = secret
    return shown


class UserSerializer(serializers.Serializer[Any]):
    """A person or a bot."""

    id = serializers.CharField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    avatar = serializers.CharField(allow_blank=True)
    status_text = serializers.CharField(required=False)
    kind = serializers.ChoiceField(choices=UserKind.choices)


class MeSerializer(UserSerializer):
    """Oneself: what everybody sees, and what only oneself does."""

    time_zone = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)


class UserPageSerializer(serializers.Serializer[Any]):
    """A page of users."""

    results = UserSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class TokenSerializer(serializers.Serializer[Any]):
    """An API token; `token` is only in the answer that made it."""

    id = serializers.CharField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    token = serializers.CharField(required=False)


class TokenPageSerializer(serializers.Serializer[Any]):
    """A page of tokens."""

    results = TokenSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class TicketSerializer(serializers.Serializer[Any]):
    """A one-use ticket for a socket; `expires_in` are seconds."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField()


class Login(StrictSerializer):
    """Username or email address, and password; `otp` where the account has a second factor."""

    username = Text()
    password = Text()
    otp = Text(required=False)


class NewUser(StrictSerializer):
    """A user to be made."""

    username = Text()
    password = Text()
    display_name = Text(required=False)
    email = Text(required=False)


class Profile(StrictSerializer):
    """What one may change of oneself."""

    display_name = Text(required=False)
    status_text = Text(required=False)
    time_zone = Text(required=False)
    language = Text(required=False)


class NewToken(StrictSerializer):
    """A token to be made; without `scopes` it has all of them."""

    name = Text()
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), required=False, allow_empty=False
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
