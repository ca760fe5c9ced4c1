# ruff: noqa: ARG002 (Django hands each view its request)
"""Signing in and out, oneself, other people, API tokens."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.db.models.functions import Lower
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite import limits
from chatsite.accounts import avatars, queries, services, tickets
from chatsite.accounts.credentials import Credential
from chatsite.accounts.devices import remember_device
from chatsite.accounts.models import ApiToken, Scope, User
from chatsite.accounts.passwords import check_everything
from chatsite.errors import Forbidden
from chatsite.rest import query
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView

from .authentication import PasswordAuthentication, SessionAuthentication, TokenAuthentication
from .pictures import PictureParser, TakesPictures
from .shapes import (
    Login,
    MeSerializer,
    NewToken,
    NewUser,
    Profile,
    TicketSerializer,
    TokenPageSerializer,
    TokenSerializer,
    UserPageSerializer,
    UserSerializer,
    me_json,
    token_json,
    user_json,
)


class ForeignOrigin(Forbidden):
    """Another site's page asked."""

    default_message = "This may only be asked from our own pages."


class LoginView(ApiView):
    """`POST auth/login/`: a session for a password."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(operation_id="sign_in", auth=[], request=Login, responses={200: MeSerializer})
    def post(self, request: Request) -> Response:
        """Sign in: answers the session cookie and `me`.

        Only JSON is taken, which another site's form cannot send, and an `Origin` must be ours.
        """
        if request.headers.get("Origin", settings.ORIGINS[0]) not in settings.ORIGINS:
            raise ForeignOrigin
        asked = self.read(Login)
        user = check_everything(
            request._request, login=asked["username"], password=asked["password"], otp=asked.get("otp")
        )
        login(request._request, user)
        response = Response(me_json(user))
        remember_device(request._request, response, user)
        return response


class LogoutView(ApiView):
    """`POST auth/logout/`: the end of a session and of its sockets."""

    authentication_classes = [SessionAuthentication]

    @extend_schema(operation_id="sign_out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out."""
        logout(request._request)
        return Response(status=204)


class MeView(ApiView):
    """`me/`: oneself."""

    @extend_schema(operation_id="read_me", responses={200: MeSerializer})
    def get(self, request: Request) -> Response:
        """Who is signed in."""
        return Response(me_json(self.me))

    @extend_schema(operation_id="change_me", request=Profile, responses={200: MeSerializer})
    def patch(self, request: Request) -> Response:
        """Change one's own profile."""
        services.change_profile(by=self.me, user=self.me, **self.read(Profile))
        return Response(me_json(self.me))


class AvatarView(ApiView):
    """`me/avatar/`: one's picture. The body is the picture itself, not JSON."""

    parser_classes = [PictureParser]
    content_negotiation_class = TakesPictures

    @extend_schema(
        operation_id="set_avatar",
        request=dict.fromkeys(avatars.KINDS, OpenApiTypes.BINARY),
        responses={200: MeSerializer},
    )
    def put(self, request: Request) -> Response:
        """Show this picture. It is cut to a square, made small and encoded anew."""
        sent: Any = request.data  # the parser's bytes; no body at all is an empty dictionary
        picture = sent if isinstance(sent, bytes) else b""
        return Response(me_json(services.set_avatar(by=self.me, user=self.me, picture=picture)))

    @extend_schema(operation_id="remove_avatar", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Show none."""
        services.remove_avatar(by=self.me, user=self.me)
        return Response(status=204)


class UsersView(ApiView):
    """`users/`: everybody here."""

    @extend_schema(
        operation_id="list_users",
        parameters=[
            OpenApiParameter("q", str, description="Part of a username or display name."),
            OpenApiParameter("ids", str, description="Ids between commas, at most 300; former users too."),
            *PAGE_PARAMETERS,
        ],
        responses={200: UserPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page of users in the order of their usernames."""
        ids = query.words(request.query_params, "ids", most=300)
        q = query.text(request.query_params, "q", longest=80).strip()
        found = queries.users_by_id(ids) if ids else queries.search_users(q)
        return Response(
            page(
                found.annotate(place=Lower("username")),
                by="place",
                params=request.query_params,
                kind=str,
                show=lambda users: [user_json(user) for user in users],
            )
        )

    @extend_schema(
        operation_id="create_user", request=NewUser, responses={201: UserSerializer, 200: UserSerializer}
    )
    def post(self, request: Request) -> Response:
        """A new user; for site administrators."""
        key = self.idempotency_key()
        user: User = services.create_user(by=self.me, key=key, **self.read(NewUser))
        return Response(user_json(user), status=200 if key.repeated else 201)


class TokensView(ApiView):
    """`auth/tokens/`: one's own API tokens."""

    authentication_classes = [TokenAuthentication, PasswordAuthentication, SessionAuthentication]

    @extend_schema(
        operation_id="list_tokens", parameters=PAGE_PARAMETERS, responses={200: TokenPageSerializer}
    )
    def get(self, request: Request) -> Response:
        """A page of tokens, without their secrets."""
        return Response(
            page(
                queries.tokens_of(self.me),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda tokens: [token_json(token) for token in tokens],
            )
        )

    @extend_schema(operation_id="create_token", request=NewToken, responses={201: TokenSerializer})
    def post(self, request: Request) -> Response:
        """A new token. This answer is the only one that holds its secret."""
        asked: dict[str, Any] = self.read(NewToken)
        token: ApiToken
        token, secret = services.create_token(by=self.me, key=self.idempotency_key(), **asked)
        return Response(token_json(token, secret=secret), status=201)


class TokenView(ApiView):
    """`auth/tokens/{id}/`: one token."""

    @extend_schema(operation_id="end_token", request=None, responses={204: None})
    def delete(self, request: Request, token_id: str) -> Response:
        """End a token, and the sockets opened with it."""
        services.end_token(by=self.me, token_id=token_id)
        return Response(status=204)


class TicketsView(ApiView):
    """`socket-tickets/`: opening a socket without a cookie or a header."""

    change_scope = Scope.READ

    @extend_schema(operation_id="create_socket_ticket", request=None, responses={201: TicketSerializer})
    def post(self, request: Request) -> Response:
        """A ticket for `/ws/?ticket=`: it opens one socket, once, as the session or token that asked would."""
        credential = request.auth
        assert isinstance(credential, Credential)
        ticket = tickets.create_ticket(by=self.me, credential=credential, key=self.idempotency_key())
        return Response({"ticket": ticket, "expires_in": limits.TICKET_SECONDS}, status=201)
