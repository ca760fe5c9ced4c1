"""What browsers may do with answers that are no pages."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOTHING = "default-src 'none'; frame-ancestors 'none'"

DATA = ("/api/", "/healthz", "/readyz", "/metrics")


def answers_show_nothing(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A middleware: opened as a page, an answer of the API loads and runs nothing, and stands in no frame."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(DATA):
            response.headers.setdefault("Content-Security-Policy", NOTHING)
        return response

    return middleware
