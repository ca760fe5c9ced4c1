"""What a token's scopes let through."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chatsite.accounts.credentials import Credential
from chatsite.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from chatsite.rest.views import ApiView


class ScopeMissing(Forbidden):
    """The token was not made for this."""

    default_message = "This token has not the scope for this."


class HasScope(BasePermission):
    """Somebody is signed in, with the view's `read_scope` for GET and HEAD, and its `change_scope` for the rest.

    A session has all scopes.
    """

    def has_permission(self, request: Request, view: "ApiView") -> bool:  # type: ignore[override]
        """True, or raises `Unauthenticated` or `ScopeMissing`."""
        credential = request.auth
        if not isinstance(credential, Credential):
            raise Unauthenticated
        needed = view.read_scope if request.method in ("GET", "HEAD") else view.change_scope
        if needed not in credential.scopes:
            raise ScopeMissing
        return True
