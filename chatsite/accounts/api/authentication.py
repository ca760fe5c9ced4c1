# ruff: noqa: ARG002 (the arguments are the framework's)
"""Who is calling: by bearer token, by session cookie, or by password where a first token is made.

`request.auth` is the `Credential`. Who shows a wrong token or password is refused, also where a good
cookie lies beside it.
"""

import base64
import binascii

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from chatsite.accounts.credentials import Credential, find_token, of_session, of_token
from chatsite.accounts.models import User
from chatsite.accounts.passwords import WrongPassword, check_everything
from chatsite.errors import Forbidden, Unauthenticated

Found = tuple[User, Credential]


class TokenUnknown(Unauthenticated):
    """The bearer token is nobody's, or has expired, or its owner is inactive."""

    default_message = "The token is not valid."


class CSRFFailed(Forbidden):
    """A cookie alone may not change anything: the page has to show its CSRF token too."""

    default_message = "The CSRF token is missing or wrong."


class HeaderAuthentication(BaseAuthentication):
    """Reads `Authorization: <scheme> <what is shown>`."""

    scheme = ""

    def shown(self, request: Request) -> str | None:
        """What is shown under this scheme; None when the header is absent or of another scheme."""
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        return shown.strip() if scheme.lower() == self.scheme else None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class TokenAuthentication(HeaderAuthentication):
    """`Authorization: Bearer <API token>`."""

    scheme = "bearer"

    def authenticate(self, request: Request) -> Found | None:
        """The token's owner. Raises `TokenUnknown`."""
        secret = self.shown(request)
        if secret is None:
            return None
        token = find_token(secret)
        if token is None:
            raise TokenUnknown
        return token.user, of_token(token)


class SessionAuthentication(BaseAuthentication):
    """The session cookie. Changes need the CSRF token, in the header `X-CSRFToken`, and an origin that is ours."""

    def authenticate(self, request: Request) -> Found | None:
        """Whose session it is. Raises `CSRFFailed`."""
        raw = request._request
        user = getattr(raw, "user", AnonymousUser())
        session_key = raw.session.session_key
        if not isinstance(user, User) or not user.is_active or session_key is None:
            return None
        _check_csrf(request)
        return user, of_session(user, session_key)

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class PasswordAuthentication(HeaderAuthentication):
    """HTTP Basic, held up like every other try with a password; a second factor's code comes as `X-OTP`."""

    scheme = "basic"

    def authenticate(self, request: Request) -> Found | None:
        """The person of that username and password. Raises `WrongPassword` and its kin."""
        shown = self.shown(request)
        if shown is None:
            return None
        try:
            username, colon, password = base64.b64decode(shown, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise WrongPassword from error
        if not colon:
            raise WrongPassword
        user = check_everything(
            request._request, login=username, password=password, otp=request.headers.get("X-OTP")
        )
        return user, of_session(user, "")


def _check_csrf(request: Request) -> None:
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request._request)
    if check.process_view(request._request, None, (), {}):  # type: ignore[arg-type]
        raise CSRFFailed
