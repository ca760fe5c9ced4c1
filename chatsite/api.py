"""The one list of /api/v1 routes. Shapes and rules are those of the protocol (`docs/protocol.md`)."""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from chatsite.errors import NotFound
from chatsite.rest import errors
from chatsite.rest.errors import exception_handler

__all__ = ["error_response", "exception_handler", "urlpatterns"]


def error_response(error: BaseException) -> JsonResponse:
    """The API's answer to an exception that no view of its own has seen."""
    refusal = errors.to_chat_error(error)
    return JsonResponse(errors.body(refusal), status=refusal.status, headers=errors.headers(refusal))


@csrf_exempt
def no_such_route(_: HttpRequest) -> JsonResponse:
    """Any address under /api/v1/ that is not listed."""
    return error_response(NotFound())


urlpatterns = [
    path("", include("chatsite.accounts.api.urls")),
    path("", include("chatsite.leaving.api")),
    path("", include("chatsite.office.api")),
    path("", include("rooms.api.urls")),
    path("", include("messaging.api.urls")),
    path("", include("messaging.notifications.api.urls")),
    re_path("", no_such_route),
]
