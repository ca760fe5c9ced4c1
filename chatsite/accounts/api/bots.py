# ruff: noqa: ARG002 (Django hands each view its request)
"""Bots and their tokens, for whoever looks after them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts import bots, queries, services
from chatsite.accounts.models import User
from chatsite.rest.fields import StrictSerializer, Text
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView

from .shapes import (
    NewToken,
    TokenPageSerializer,
    TokenSerializer,
    UserSerializer,
    token_json,
    user_json,
)


class BotSerializer(UserSerializer):
    """A bot, and who looks after it; `owner` is null for one of the site's."""

    owner = serializers.CharField(allow_null=True)


class BotPageSerializer(serializers.Serializer[Any]):
    """A page of bots."""

    results = BotSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewBot(StrictSerializer):
    """A bot to be made; with `site` it belongs to the site, which is for site administrators."""

    username = Text()
    display_name = Text(required=False)
    site = serializers.BooleanField(required=False)


class BotChange(StrictSerializer):
    """What may be changed of a bot."""

    display_name = Text(required=False)
    status_text = Text(required=False)


def bot_json(bot: User) -> dict[str, Any]:
    """A bot as whoever looks after it sees it."""
    return {**user_json(bot), "owner": bot.owner_id}


class BotsView(ApiView):
    """`bots/`: the bots that one looks after."""

    @extend_schema(operation_id="list_bots", parameters=PAGE_PARAMETERS, responses={200: BotPageSerializer})
    def get(self, request: Request) -> Response:
        """A page of one's own bots; for site administrators the site's, too."""
        return Response(
            page(
                bots.bots_of(self.me),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda found: [bot_json(bot) for bot in found],
            )
        )

    @extend_schema(
        operation_id="create_bot", request=NewBot, responses={201: BotSerializer, 200: BotSerializer}
    )
    def post(self, request: Request) -> Response:
        """A new bot. It shows tokens, which are made under `bots/{id}/tokens/`."""
        key = self.idempotency_key()
        bot = bots.create_bot(by=self.me, key=key, **self.read(NewBot))
        return Response(bot_json(bot), status=200 if key.repeated else 201)


class BotView(ApiView):
    """`bots/{id}/`: one of them."""

    @extend_schema(operation_id="change_bot", request=BotChange, responses={200: BotSerializer})
    def patch(self, request: Request, bot_id: str) -> Response:
        """Change how it is shown."""
        bot = bots.find_bot(by=self.me, bot_id=bot_id)
        return Response(bot_json(services.change_profile(by=self.me, user=bot, **self.read(BotChange))))

    @extend_schema(operation_id="end_bot", request=None, responses={204: None})
    def delete(self, request: Request, bot_id: str) -> Response:
        """Turn it off, and end its tokens."""
        bots.end_bot(by=self.me, bot_id=bot_id)
        return Response(status=204)


class BotTokensView(ApiView):
    """`bots/{id}/tokens/`: what it signs in with."""

    @extend_schema(
        operation_id="list_bot_tokens", parameters=PAGE_PARAMETERS, responses={200: TokenPageSerializer}
    )
    def get(self, request: Request, bot_id: str) -> Response:
        """A page of its tokens, without their secrets."""
        bot = bots.find_bot(by=self.me, bot_id=bot_id)
        return Response(
            page(
                queries.tokens_of(bot),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda tokens: [token_json(token) for token in tokens],
            )
        )

    @extend_schema(operation_id="create_bot_token", request=NewToken, responses={201: TokenSerializer})
    def post(self, request: Request, bot_id: str) -> Response:
        """A new token of the bot. This answer is the only one that holds its secret."""
        key = self.idempotency_key()
        asked = self.read(NewToken)
        bot = bots.find_bot(by=self.me, bot_id=bot_id)
        token, secret = services.create_token(by=bot, key=key, **asked)
        return Response(token_json(token, secret=secret), status=201)


class BotTokenView(ApiView):
    """`bots/{id}/tokens/{token}/`: one of its tokens."""

    @extend_schema(operation_id="end_bot_token", request=None, responses={204: None})
    def delete(self, request: Request, bot_id: str, bot_token_id: str) -> Response:
        """End it, and the sockets opened with it."""
        services.end_token(by=bots.find_bot(by=self.me, bot_id=bot_id), token_id=bot_token_id)
        return Response(status=204)
